"""One call: people, a scenario, and what is seen comes back with units and a way to repeat it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from enkephalin.errors import RequestError, UnknownNameError
from enkephalin.population import draw
from enkephalin.records import get, resolve
from enkephalin.records.shapes.person import Person, Setting
from enkephalin.records.shapes.scenario import Scenario
from enkephalin.simulate import asked_times, body_of, rebuild, simulate
from enkephalin.simulate.watching import nearest_point, plain_unit

ENGINE = "kernel"
AT = "1h,6h,2d"


def scenario(*happens: str, **more: str) -> Scenario:
    """A short scenario; those here share two drugs, so that one compiled body serves them all."""
    plain = {"id": "short", "about": "for a test", "lasts": "3 d", "every": "12 h", "watch": ["cows"], **more}
    return Scenario.model_validate({**plain, "happens": list(happens)}, strict=False)


@pytest.fixture(scope="module")
def seen() -> xr.Dataset:
    return simulate("adult_reference", "naltrexone_50mg_once", at=AT, engine=ENGINE)


def test_a_result_has_names_dims_and_units(seen):
    assert dict(seen["blockade"].sizes) == {"person": 1, "time": 3, "receptor": 3, "region": 11}
    assert list(seen["time"].values) == [1.0, 6.0, 48.0]
    assert seen["time"].attrs["units"] == "h"
    assert list(seen["person"].values) == ["adult_reference"]
    assert list(seen["ligand"].values) == ["naltrexone", "six_beta_naltrexol", "all_drugs"]
    assert list(seen["region"].values)[:2] == ["NAc", "VTA"]
    assert all(variable.attrs["units"] for variable in seen.data_vars.values())
    assert seen["plasma"].attrs["units"] == "ng/mL"


def test_what_all_drugs_hold_is_the_sum_of_what_each_holds(seen):
    each = seen["occupancy"].sel(ligand=["naltrexone", "six_beta_naltrexol"])
    whole = seen["occupancy"].sel(ligand="all_drugs")
    assert np.allclose(each.sum("ligand"), whole, rtol=1e-12, atol=0)
    assert (whole.sel(receptor="mu") > 0.5).all()
    assert np.isnan(seen["plasma"].sel(ligand="all_drugs")).all()  # a sum of different molecules means nothing


def test_plasma_is_a_mass_per_volume(seen):
    body = body_of(seen)
    amount = simulate("adult_reference", "naltrexone_50mg_once", at=AT, watch=["plasma_1"], engine=ENGINE)["plasma_1"]
    assert amount.attrs["units"] == "nmol/L"
    assert body.units["plasma_1"] == "nmol/L"
    mass = get("drug", "naltrexone").mass  # g/mol
    assert np.allclose(seen["plasma"].sel(ligand="naltrexone"), amount * mass / 1000, rtol=1e-12, atol=0)


def test_a_result_can_be_repeated_from_its_file(seen, tmp_path):
    seen.to_netcdf(tmp_path / "result.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as read:
        again = rebuild(read)
    assert again.identical(seen)
    made = json.loads(seen.attrs["provenance"])
    assert made["model"]["digest"] == body_of(seen).digest
    assert (made["engine"], made["at"], made["tolerance"]) == (ENGINE, [1.0, 6.0, 48.0], 1e-3)


def test_a_result_of_another_body_is_not_repeated(seen):
    made = json.loads(seen.attrs["provenance"])
    made["model"]["digest"] = "0" * 64
    with pytest.raises(RequestError, match="the body has changed"):
        rebuild(seen.assign_attrs(provenance=json.dumps(made)))
    with pytest.raises(RequestError, match="does not say how it was made"):
        rebuild(xr.Dataset())


def test_both_engines_say_the_same(seen):
    other = simulate("adult_reference", "naltrexone_50mg_once", at=AT, engine="roadrunner")
    for name in ("plasma", "blockade", "cortisol", "cows_item"):
        if name in seen:
            largest = float(np.abs(seen[name]).max())
            assert float(np.abs(seen[name] - other[name]).max()) < 2e-3 * largest, name


def test_many_people_are_the_same_as_one_by_one():
    """A list of people with different parameters and histories against each alone."""
    plain = get("person", "adult_reference")
    tense = plain.model_copy(update={"id": "tense", "parameters": {"hpa.k_adrenal": Setting(value=0.05, unit="1/d")}})
    treated = plain.model_copy(update={"id": "treated", "history": ("naltrexone 50 mg oral at -20 h",)})
    people: list[str | Person] = ["adult_reference", tense, treated]
    words = scenario("naltrexone 50 mg oral at 1 d", watch=["blockade", "cortisol"])
    together = simulate(people, words, at="0h,30h", engine=ENGINE)
    assert list(together["person"].values) == ["adult_reference", "tense", "treated"]
    for index, one in enumerate(people):
        alone = simulate(one, words, at="0h,30h", engine=ENGINE)
        for name in ("blockade", "cortisol"):
            assert np.array_equal(alone[name].values[0], together[name].values[index]), (name, index)
    at_zero = together["blockade"].sel(time=0, receptor="mu", region="THAL").values
    assert abs(at_zero[0]) < 1e-12 and at_zero[2] > 0.8


def test_arrays_of_parameters_are_people():
    who = {"naltrexone.clearance": np.array([70.0, 140.0, 280.0]), "weight": np.array([50.0, 70.0, 90.0])}
    seen = simulate(who, "naltrexone_50mg_once", at="6h", watch=["plasma"], engine=ENGINE)
    plasma = seen["plasma"].sel(ligand="naltrexone", time=6).values
    assert list(seen["person"].values) == [0, 1, 2]
    assert plasma[0] > plasma[1] > plasma[2]
    assert rebuild(seen).identical(seen)


def test_a_draw_is_people():
    people = draw("general_adult", 3, seed=1)
    seen = simulate(people, "naltrexone_50mg_once", at="6h", watch=["plasma", "cortisol"], engine=ENGINE)
    assert list(seen["person"].values) == [0, 1, 2]
    assert len(set(seen["plasma"].sel(ligand="naltrexone", time=6).values)) == 3
    alone = simulate(people[1], "naltrexone_50mg_once", at="6h", watch=["plasma", "cortisol"], engine=ENGINE)
    assert np.array_equal(alone["plasma"].values[0], seen["plasma"].values[1])
    assert np.array_equal(alone["cortisol"].values[0], seen["cortisol"].values[1])
    assert json.loads(seen.attrs["provenance"])["who"]["draw"]["seed"] == 1
    with pytest.raises(RequestError, match="the people of this result are not in it"):
        rebuild(seen)
    assert rebuild(seen, who=people).identical(seen)


def test_a_dose_per_weight_is_larger_in_the_heavier():
    who = {"weight": np.array([50.0, 100.0])}
    seen = simulate(who, scenario("naltrexone 0.5 mg/kg oral at 0 h"), at="1h", watch=["plasma"], engine=ENGINE)
    light, heavy = seen["plasma"].sel(ligand="naltrexone", time=1).values
    assert heavy == pytest.approx(2 * light, rel=1e-3)


def test_without_events_day_1_is_day_100():
    """Everybody starts on their own daily orbit, whatever their glands are like."""
    who = {"hpa.k_adrenal": np.array([0.0006, 0.00096, 0.002]), "hpa.k_crh": np.array([8.0, 10.4, 12.0])}
    quiet = scenario(lasts="101 d", every="6 h", clock="07:00")
    days = ["6h", "13h", "22h"]
    names = body_of(simulate("adult_reference", quiet, at="1h", engine=ENGINE)).states
    keeps = [name for name in names if not name.startswith(("lapse", "reconciliation", "depression", "relapse"))]
    first = simulate(who, quiet, at=",".join(days), watch=keeps, tolerance=1e-6, engine=ENGINE)
    last = simulate(
        who, quiet, at=[hours + 99 * 24 for hours in (6.0, 13.0, 22.0)], watch=keeps, tolerance=1e-6, engine=ENGINE
    )
    for name in keeps:
        change = np.abs(first[name].values - last[name].values)
        assert np.max(change) < 1e-4 * max(1.0, float(np.abs(first[name]).max())), name


def test_the_clock_of_the_scenario_is_obeyed():
    """07:00 at the start and one hour later are the same morning as 00:00 and eight hours later."""
    early = simulate("adult_reference", scenario(clock="07:00"), at="1h", watch=["cortisol"], engine=ENGINE)
    night = simulate("adult_reference", scenario(clock="00:00"), at="8h", watch=["cortisol"], engine=ENGINE)
    assert float(early["cortisol"].squeeze()) == pytest.approx(float(night["cortisol"].squeeze()), rel=1e-3)


def test_items_are_rounded_to_allowed_points_and_summed():
    words = scenario("stress 3 from 1 h to 20 h", "naltrexone 50 mg oral at 1 d")
    seen = simulate(
        "adult_reference", words, at="0h,6h,18h", watch=["cows", "cows_item", "cows_expected"], engine=ENGINE
    )
    allowed = {item.id: item.points for item in get("scale", "cows").items}
    for item in seen["item"].values:
        assert set(seen["cows_item"].sel(item=item).values.ravel()) <= set(allowed[str(item)])
    assert np.array_equal(seen["cows_item"].sum("item"), seen["cows"])
    assert list(seen["item"].values) == sorted(seen["item"].values, key=list(allowed).index)
    assert (nearest_point(np.array([0.4, 0.5, 1.4, 3.9, 4.1, 99]), (0, 1, 3, 5)) == [0, 1, 1, 3, 5, 5]).all()


def test_times_as_people_write_them():
    resolved = resolve("naltrexone_50mg_once")
    assert list(asked_times(resolved, "6h, -1d,90 min,0")) == [-24.0, 0.0, 1.5, 6.0]
    assert list(asked_times(resolved, [3, 1, 3])) == [1.0, 3.0]
    own = asked_times(resolved)
    assert own[0] == -resolved.zero and own[-1] == resolved.end - resolved.zero
    for wrong in ("soon", "6", "6 mg", "", "6h,,7h"):
        with pytest.raises(RequestError):
            asked_times(resolved, wrong)


def test_what_cannot_be_done_is_refused_with_a_way_out():
    with pytest.raises(UnknownNameError) as caught:
        simulate("adult_reference", "healthy_week", watch=["cowz"], engine=ENGINE)
    assert "cows" in caught.value.try_
    with pytest.raises(RequestError, match="outside of the scenario"):
        simulate("adult_reference", "naltrexone_50mg_once", at="-1d", engine=ENGINE)
    with pytest.raises(RequestError, match="unknown engine 'turbo'"):
        simulate("adult_reference", "healthy_week", engine="turbo")
    with pytest.raises(RequestError, match="tolerance"):
        simulate("adult_reference", "healthy_week", tolerance=0.0)
    with pytest.raises(RequestError, match="this is nobody"):
        simulate(7, "healthy_week")
    with pytest.raises(UnknownNameError):
        simulate("adult_refernce", "healthy_week")
    nobody = get("person", "adult_reference").model_copy(
        update={"parameters": {"signalling[NAcc].rise": Setting(value=0.1, unit="1/h")}}
    )
    with pytest.raises(UnknownNameError, match="signalling"):
        simulate(nobody, "healthy_week", engine=ENGINE)


def test_units_in_words():
    assert [plain_unit(text) for text in ("share of baseline", "ratio to baseline", "ratio - 1", "1/d", "pmol/L")] == [
        "share", "ratio", "ratio", "1/d", "pmol/L"
    ]  # fmt: skip


def test_a_slow_binder_counts_among_what_drugs_hold():
    """Buprenorphine has a slot of its own kind: what it holds is seen, and is part of the sum."""
    words = scenario("buprenorphine 8 mg sublingual at 0 h", watch=["occupancy", "occupied_mu_THAL"])
    seen = simulate("adult_reference", words, at="4h,1d", engine=ENGINE)
    own = seen["occupancy"].sel(receptor="mu", region="THAL", ligand="buprenorphine")
    whole = seen["occupancy"].sel(receptor="mu", region="THAL", ligand="all_drugs")
    assert (own > 0.1).all()
    assert np.allclose(whole, seen["occupied_mu_THAL"], rtol=1e-9, atol=0)
