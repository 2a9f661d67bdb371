"""Bodies with depots, transit stages, a deep store and slow binders: the second engine sees the same."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.records.shapes import Scenario
from enkephalin.simulate import simulate

WATCH = ["plasma", "occupancy", "cows_expected", "signal"]
HOURS = [0.2, 1.0, 5.0, 24.0, 60.0, 120.0, 240.0]
AGREE = 2e-3  # of the largest value: both engines at a tolerance of 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        ("buprenorphine 300 mg implant_sc at 0 h", "buprenorphine 8 mg sl at 0 h every 24 h x 3"),
        ("fentanyl 1.8 mg transdermal at 0 h", "naloxone 2 mg auto_injector at 30 h", "fentanyl 0.1 mg in at 50 h"),
        (
            "heroin 20 mg iv at 0 h every 6 h x 8 except 3",
            "naltrexone 380 mg xr_im at 4 d",
            "naloxone 0.4 mg iv at 40 h",
        ),
    ],
)
def test_both_engines_agree_on_bodies_with_further_parts(lines):
    scenario = Scenario(id="parts", about="Parts.", lasts="12 d", happens=lines, watch=("cows",), every="1 h")
    kernel = simulate("adult_reference", scenario, at=HOURS, watch=WATCH)
    other = simulate("adult_reference", scenario, at=HOURS, watch=WATCH, engine="roadrunner")
    for name in WATCH:
        one, two = kernel[name].values, other[name].values
        np.testing.assert_allclose(one, two, rtol=0, atol=AGREE * np.nanmax(np.abs(two)), equal_nan=True, err_msg=name)
