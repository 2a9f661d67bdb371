"""Drawn people of the shipped body: nobody's numbers depend on company, pieces, workers or machines."""

from __future__ import annotations

import importlib
import json
import time

import numpy as np
import pytest
import xarray as xr

from enkephalin.compiler.model import Model, build
from enkephalin.errors import RequestError, SolverStopped, StartNotFound
from enkephalin.kernels.stops import Stop
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario
from enkephalin.simulate import rebuild, simulate
from enkephalin.simulate.start import daily_orbit

PEOPLE = 40
WORDS = {
    "id": "three_days",
    "about": "For a test.",
    "lasts": "3 d",
    "every": "6 h",
    "happens": ["naltrexone 0.5 mg/kg oral at 1 d every 24 h x 2", "stress 2 from 1 d to 2 d"],
    "watch": ["cows", "cortisol", "occupancy"],
}
DAYS = Scenario.model_validate(WORDS, strict=False)


@pytest.fixture(scope="module")
def crowd():
    return draw("general_adult", PEOPLE, seed=5)


@pytest.fixture(scope="module")
def whole(crowd) -> xr.Dataset:
    return simulate(crowd, DAYS, workers=1)


def same(one: xr.Dataset, other: xr.Dataset) -> bool:
    names = list(one.data_vars)
    return names == list(other.data_vars) and all(
        one[name].values.tobytes() == other[name].values.tobytes() for name in names
    )


@pytest.mark.parametrize("chunk", [1, 7, 16, None])
@pytest.mark.parametrize("workers", [1, 3])
def test_pieces_and_workers_change_no_byte(crowd, whole, tmp_path, chunk, workers):
    seen = simulate(crowd, DAYS, out=tmp_path, chunk=chunk, workers=workers)
    assert same(whole, seen)
    assert seen.attrs["provenance"] == whole.attrs["provenance"] and json.loads(seen.attrs["stopped"]) == []
    for name in whole.coords:
        assert np.array_equal(whole[name], seen[name]), name


def test_a_result_on_the_disk_can_be_repeated(crowd, whole, tmp_path):
    seen = simulate(crowd, DAYS, out=tmp_path)
    assert same(rebuild(seen, who=crowd), whole)


def test_people_of_several_histories_are_the_same_in_pieces(tmp_path):
    seen = [simulate(draw("methadone_maintained", 6, seed=2), DAYS, out=tmp_path / str(n), chunk=n) for n in (6, 4, 1)]
    assert same(seen[0], seen[1]) and same(seen[0], seen[2])


def test_another_draw_is_another_request(crowd, tmp_path):
    simulate(crowd, DAYS, out=tmp_path)
    with pytest.raises(RequestError, match="another request") as caught:
        simulate(draw("general_adult", PEOPLE, seed=6), DAYS, out=tmp_path)
    assert (caught.value.found, caught.value.expected) == ("who.draw.seed 6", "who.draw.seed 5")
    with pytest.raises(RequestError) as caught:
        simulate(crowd, DAYS, out=tmp_path, tolerance=1e-4)
    assert caught.value.found == "tolerance 0.0001"


# --- those who cannot go on ---------------------------------------------------------------------------------------


@pytest.fixture
def bursting(tmp_path) -> Model:
    """A body whose one state is infinite at 1/growth h."""
    folder = tmp_path / "biology"
    for name in ("modules", "models", "parameters"):
        (folder / name).mkdir(parents=True)
    (folder / "modules/burst.ant").write_text("model burst()\n  size' = growth * size^2;\nend\n")
    (folder / "models/bursting.ant").write_text(
        'import "../modules/burst.ant"\nmodel *bursting()\n  burst_body: burst();\nend\n'
    )
    header = "name,where,value,unit,spread,status,source,place,checked_by,note\n"
    (folder / "parameters/burst.csv").write_text(header + "size,,1,ratio,,assumed,,,,\ngrowth,,1,1/h,,assumed,,,,\n")
    return build("bursting", biology=folder)


QUIET = Scenario.model_validate({**WORDS, "happens": [], "lasts": "4 h", "every": "1 h"}, strict=False)
GROWTH = np.array([0.1, 0.2, 0.4, 0.01, 0.6, 0.05])


@pytest.mark.parametrize("engine", ["kernel", "roadrunner"])
def test_somebody_who_stops_is_named_and_the_others_arrive(bursting, tmp_path, engine):
    who, more = {"burst_body__growth": GROWTH}, {"model": bursting, "watch": ["burst_body__size"], "engine": engine}
    with pytest.raises(SolverStopped) as caught:
        simulate(who, QUIET, **more)
    told = caught.value
    assert told.more["person"] == 2 and told.more["state"] == "burst_body__size"
    assert told.more["time"] == pytest.approx(2.5, rel=0.01)
    for word in ("person 2", "burst_body__size", "1 more stopped"):
        assert word in str(told)
    others = [0, 1, 3, 5]
    size = 1 / (1 - GROWTH[others, None] * np.arange(5))
    for seen in (told.more["result"], simulate(who, QUIET, out=tmp_path / "run", chunk=2, **more)):
        values = seen["burst_body__size"].values
        # a body that is about to burst multiplies the error of a step
        assert np.allclose(values[others], size, rtol=1e-2, atol=0)
        assert np.isnan(values[[2, 4], -1]).all()
    assert [stop["person"] for stop in json.loads(seen.attrs["stopped"])] == [2, 4]
    assert list(seen["finished"].values) == [person in others for person in range(6)]


def test_one_without_a_stable_day_costs_nobody_else_theirs():
    day = build("reference_day")
    gland = "hpa_reference__k_adrenal"
    usual = day.parameters[gland]
    theta = {gland: np.array([usual, 0.5 * usual, 2 * usual])}

    def run(model, theta, events, times, outputs, tolerance):
        from enkephalin.runs import carry_people

        found, _ = carry_people("kernel", model, theta, events, times, outputs, tolerance=tolerance)
        found[np.ravel(theta[gland]) == usual] = np.nan  # as if the engine stopped for the first one
        return found, ()

    code = f"of this test {time.time_ns()}"
    alone, nobody = daily_orbit(day, {gland: theta[gland][1:]}, 2, run, code=code)
    together, stops = daily_orbit(day, theta, 3, run, code=code)
    assert nobody == () and [(stop.person, stop.before) for stop in stops] == [(0, True)]
    for name, values in together.items():
        assert np.isnan(values[0]) and values[1:].tobytes() == alone[name].tobytes()


def test_a_kept_day_of_one_engine_is_not_taken_for_that_of_another(monkeypatch):
    start = importlib.import_module("enkephalin.simulate.start")
    who = {"hpa.k_adrenal": np.array([0.0007 + time.time_ns() % 10**6 * 1e-11])}  # somebody new

    def seen(engine: str) -> bytes:
        return simulate(who, QUIET, watch=["cortisol"], engine=engine)["cortisol"].values.tobytes()

    with monkeypatch.context() as patch:
        patch.setattr(start, "_kept", lambda *_: None)
        patch.setattr(start.cache, "save", lambda *_: None)
        fresh = seen("kernel")
    seen("roadrunner")
    assert seen("kernel") == fresh


def test_a_person_without_a_day_is_refused_by_name(monkeypatch):
    call = importlib.import_module("enkephalin.simulate.call")
    original = call.daily_orbit

    def lost(day, theta, people, run, **more):
        found, _ = original(day, theta, people, run, **more)
        tired = [person for person in range(people) if theta["hpa_reference__k_crh"][person] == 9.0]
        return found, tuple(Stop(person, 0.0, "hpa_reference__x_crh", "no orbit", before=True) for person in tired)

    monkeypatch.setattr(call, "daily_orbit", lost)
    with pytest.raises(StartNotFound) as caught:
        simulate({"hpa.k_crh": np.array([10.4, 9.0, 11.0])}, QUIET, watch=["cortisol", "cows"])
    assert "person 1 has no stable day" in str(caught.value)
    seen = caught.value.more["result"]
    assert np.isnan(seen["cows"].values[1]).all() and np.isfinite(seen["cows"].values[[0, 2]]).all()
