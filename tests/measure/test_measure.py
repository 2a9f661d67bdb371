"""The read-out language: every form it takes, dims and units it keeps, and how it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from enkephalin.errors import EnkephalinError, RequestError, UnitError, UnknownNameError
from enkephalin.measure import measure

TIME = np.array([-24.0, -12.0, 0.0, 6.0, 12.0, 24.0, 48.0])


@pytest.fixture
def seen():
    """Two people; cows, dopamine in two regions, blockade of two receptors in two regions, and a survival."""
    cows = np.array([[0, 0, 1, 4, 10, 16, 2], [0, 0, 0, 1, 2, 3, 0]], dtype=float)
    dopamine = np.stack([1 - cows / 40, 1 + cows / 40], axis=-1)
    blockade = np.arange(2 * 7 * 2 * 2, dtype=float).reshape(2, 7, 2, 2) / 100
    data = {
        "cows": (("person", "time"), cows, {"units": "points"}),
        "dopamine": (("person", "time", "region"), dopamine, {"units": "ratio to baseline"}),
        "blockade": (("person", "time", "receptor", "region"), blockade, {"units": "share"}),
        "plasma": (("person", "time"), cows * 2, {"units": "ng/mL"}),
    }
    coords = {"time": TIME, "person": [0, 1], "region": ["NAc", "THAL"], "receptor": ["mu", "delta"]}
    return xr.Dataset(data, coords, attrs={"provenance": "{}"})


@pytest.mark.parametrize(
    ("line", "values", "units"),
    [
        ("peak cows after 0 h", [16, 3], "points"),
        ("time of peak cows after 0 h", [24, 24], "h"),
        ("time of lowest dopamine[NAc] from 0 h to 48 h", [24, 24], "h"),
        ("lowest dopamine[NAc] from 24 h to 48 h", [0.6, 0.925], "ratio to baseline"),
        ("mean cows from -24 h to 0 h", [0.25, 0], "points"),
        ("area cows from 0 h to 12 h", [15 + 42, 3 + 9], "points*h"),
        ("cows at 9 h", [7, 1.5], "points"),
        ("cows at 0.5 d", [10, 2], "points"),
        ("first cows above 5 after 0 h", [7, np.nan], "h"),
        ("first plasma above 10000 pg/mL after 0 h", [7, np.nan], "h"),
        ("last cows above 9", [36, np.nan], "h"),
        ("first cows below 1 after 6 h", [np.nan, 40], "h"),
        ("blockade[THAL mu] at 48 h", [0.25, 0.53], "share"),
        ("blockade[mu THAL] at 48 h", [0.25, 0.53], "share"),
        ("blockade[delta, NAc] at 48 h", [0.26, 0.54], "share"),
        ("rise of cows from 0 h to 24 h", [15, 3], "points"),
        ("peak cows before 12 h", [4, 1], "points"),
        ("peak cows / cows at 12 h", [1.6, 1.5], "1"),
        ("peak cows - cows at 12 h", [6, 1], "points"),
        ("(peak cows - cows at 12 h) / (cows at 6 h)", [1.5, 1], "1"),
        ("peak cows - cows at 12 h - cows at 6 h", [2, 0], "points"),
        ("time of peak cows after 0 h - first cows above 2 after 0 h", [22, 12], "h"),
        ("cows at -12h", [0, 0], "points"),
    ],
)
def test_a_line_reads_what_it_says(seen, line, values, units):
    found = measure(seen, line)
    assert found.dims == ("person",)
    np.testing.assert_allclose(found.values, values, rtol=1e-12)  # rounding only
    assert found.attrs["units"] == units
    assert found.attrs["readout"] == line
    assert found.attrs["provenance"] == "{}"


def test_dims_that_are_not_named_are_kept(seen):
    found = measure(seen, "blockade[mu] at 48 h")
    assert found.dims == ("person", "region")
    assert list(found.region.values) == ["NAc", "THAL"]
    assert measure(seen, "blockade at 48 h").dims == ("person", "receptor", "region")


def test_a_ratio_meets_by_coordinate(seen):
    one = measure(seen, "dopamine at 24 h / dopamine at 0 h")
    assert one.dims == ("person", "region")
    assert np.isclose(one.sel(person=0, region="NAc"), 0.6 / 0.975)


def test_the_order_of_dims_and_of_brackets_does_not_matter(seen):
    turned = seen.transpose("region", "receptor", "time", "person")
    xr.testing.assert_identical(
        measure(seen, "peak blockade[mu THAL]").drop_attrs(), measure(turned, "peak blockade[THAL mu]").drop_attrs()
    )


def test_one_person_without_the_dim_is_a_number(seen):
    assert float(measure(seen.isel(person=0, drop=True), "peak cows")) == 16


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        ("", RequestError, "the end stands where a watched value should"),
        ("cows", RequestError, "the end stands where 'at' should"),
        ("peak", RequestError, "a watched value"),
        ("peak kows", UnknownNameError, "cows"),
        ("peak cows[NAc]", UnknownNameError, "no coordinate 'NAc'"),
        ("peak dopamine[NAcc]", UnknownNameError, "NAc"),
        ("peak blockade[mu delta]", RequestError, "two of the same dim"),
        ("cows at 6", RequestError, "a time has no unit"),
        ("cows at noon", RequestError, "no time"),
        ("cows at 6 mg", UnitError, "no unit of time"),
        ("cows at 6 hrz", UnitError, "unknown unit"),
        ("cows at 300 h", RequestError, "times that the result does not hold"),
        ("peak cows from 24 h to 0 h", RequestError, "ends before it begins"),
        ("peak cows after -25 h", RequestError, "-24 h and 48 h"),
        ("first cows 5", RequestError, "'above' or 'below'"),
        ("first cows above many", RequestError, "no number"),
        ("first cows above 5 mg after 0 h", UnitError, "is not in mg"),
        ("peak cows - peak plasma", UnitError, "points - ng/mL"),
        ("peak cows and more", RequestError, "'and' is not understood here"),
        ("(peak cows", RequestError, "')'"),
        ("rise of cows after 0 h", RequestError, "both its times"),
        ("half-life of cows after 0 h", RequestError, "both its times"),
        ("time of cows", RequestError, "has no time"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_a_way_out(seen, line, error, says):
    with pytest.raises(error) as caught:
        measure(seen, line)
    assert says in str(caught.value)
    assert isinstance(caught.value, EnkephalinError) and caught.value.exit_code == 2
    assert caught.value.expected
