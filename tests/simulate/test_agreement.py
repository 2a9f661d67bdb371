"""Both engines say the same of every scenario that ships."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.records import list_ids, resolve
from enkephalin.simulate import simulate

AGREE = 5e-3  # of the largest value of each watched name; each engine is asked for 1e-3
NEAR_ZERO = 1e-3  # below this a largest value is noise of the solver
TIMES = 25


@pytest.mark.slow
@pytest.mark.parametrize("scenario", list_ids("scenario"))
def test_both_engines_agree(scenario):
    resolved = resolve(scenario)
    hours = np.linspace(0, resolved.end, TIMES) - resolved.zero
    smooth = [name for name in resolved.watch if name not in ("cows", "cows_item")]  # rounding jumps at its edges
    one, other = (
        simulate("adult_reference", scenario, at=hours, watch=smooth, engine=engine)
        for engine in ("kernel", "roadrunner")
    )
    for name in smooth:
        largest = max(float(np.nanmax(np.abs(one[name]), initial=0.0)), NEAR_ZERO)
        apart = float(np.nanmax(np.abs(one[name] - other[name]), initial=0.0))
        assert apart < AGREE * largest, name
