"""The second engine against formulas that can be written down."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.compiler import cache
from enkephalin.compiler.numeric import constant_rules, evaluate, starts
from enkephalin.errors import RequestError, SolverStopped, UnknownNameError
from enkephalin.kernels import roadrunner
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.roadrunner import run
from enkephalin.runs import run_people

CLEARANCE, VOLUME, ABSORB = 20.0, 100.0, 1.2  # L/h, L, 1/h: the tiny body's slot 1
LEAVING = CLEARANCE / VOLUME
CLOSE = 1e-5  # of the largest value; the engine is asked for 1e-5


def central_after(doses: list[tuple[float, float]], infusions: list[tuple[float, float, float]], times: np.ndarray):
    """nmol in blood after doses (time, nmol) and infusions (from, to, nmol/h) straight into it."""
    found = np.zeros_like(times)
    for when, amount in doses:
        found += np.where(times >= when, amount * np.exp(-LEAVING * np.maximum(times - when, 0)), 0)
    for start, end, rate in infusions:
        on = np.clip(times, start, end) - start
        found += rate / LEAVING * (1 - np.exp(-LEAVING * on)) * np.exp(-LEAVING * np.maximum(times - end, 0))
    return found


def test_doses_and_infusions_follow_their_formula(tiny):
    events = EventTable.of(
        [
            (3.0, 0.0, 1, "pk_1__infusion", False, 0.0),
            (1.0, 0.0, 1, "pk_1__infusion", False, 500.0),
            (0.0, 6.0, 5, "pk_1__central", True, 100.0),
            (12.0, 0.0, 1, "pk_1__central", True, 50.0),
        ]
    )
    times = np.array([0.0, 0.5, 1.0, 2.0, 2.999, 3.0, 5.999, 6.0, 11.0, 12.0, 23.9, 24.0, 30.0])
    seen = run(tiny, {}, events, times, ["pk_1__central", "pk_1__infusion"], tolerance=1e-5)
    doses = [(6.0 * k, 100.0) for k in range(5)] + [(12.0, 50.0)]
    wanted = central_after(doses, [(1.0, 3.0, 500.0)], times)
    assert np.max(np.abs(seen[0, :, 0] - wanted)) < CLOSE * wanted.max()
    assert list(seen[0, :, 1]) == [0, 0, 500, 500, 500, 0, 0, 0, 0, 0, 0, 0, 0]


def test_what_is_seen_at_the_instant_of_a_dose_is_seen_just_after_it(tiny):
    """Also where sums of decimal fractions do not meet: 0.1 h x 3 is not 0.3 h."""
    events = EventTable.of([(0.1, 0.1, 40, "pk_1__central", True, 10.0)])
    times = 0.1 + 0.1 * np.arange(40)
    seen = run(tiny, {}, events, times, ["pk_1__central"], tolerance=1e-5)[0, :, 0]
    wanted = central_after([(when, 10.0) for when in times], [], times)
    assert np.max(np.abs(seen - wanted)) < CLOSE * wanted.max()


def test_events_of_one_instant_take_place_in_the_order_of_the_table(tiny):
    ends_then_begins = [
        (5.0, 0.0, 1, "pk_1__infusion", False, 0.0),
        (2.0, 0.0, 1, "pk_1__infusion", False, 100.0),
        (5.0, 0.0, 1, "pk_1__infusion", False, 300.0),
        (9.0, 0.0, 1, "pk_1__infusion", False, 0.0),
    ]
    times = np.array([0.0, 2.0, 4.0, 5.0, 8.0, 9.0, 15.0])
    seen = run(tiny, {}, EventTable.of(ends_then_begins), times, ["pk_1__central"], tolerance=1e-5)[0, :, 0]
    wanted = central_after([], [(2.0, 5.0, 100.0), (5.0, 9.0, 300.0)], times)
    assert np.max(np.abs(seen - wanted)) < CLOSE * wanted.max()


def test_people_together_are_the_same_as_one_by_one(tiny):
    theta = {"pk_1__clearance": np.array([10.0, 20.0, 40.0]), "binding_mu_NAc__loss": np.array([0.1, 0.2, 0.3])}
    events = EventTable.of([(1.0, 8.0, 30, "pk_1__depot_1", True, np.array([500.0, 1000.0, 2000.0]))])
    times, outputs = np.linspace(0, 240, 25), ["plasma_1", "signal_mu_NAc", "cortisol"]
    together = run(tiny, theta, events, times, outputs)
    for person in range(3):
        one = {name: values[[person]] for name, values in theta.items()}
        alone = EventTable(*(getattr(events, name) for name in ("time", "interval", "count", "target", "add")),
                           events.amount[:, [person]])  # fmt: skip
        assert np.array_equal(run(tiny, one, alone, times, outputs)[0], together[person])
    assert len({float(signal) for signal in together[:, -1, 1]}) == 3


def test_two_workers_change_no_byte(tiny):
    theta = {"pk_1__clearance": np.array([10.0, 20.0, 40.0])}
    events = EventTable.of([(1.0, 8.0, 3, "pk_1__depot_1", True, np.array([500.0, 1000.0, 2000.0]))])
    times, outputs = np.linspace(0, 48, 5), ["plasma_1", "cortisol"]
    alone, shared = (
        run_people("roadrunner", tiny, theta, events, times, outputs, workers=workers) for workers in (None, 2)
    )
    assert alone.tobytes() == shared.tobytes()
    with pytest.raises(RequestError, match="fewer than one worker"):
        run_people("roadrunner", tiny, theta, events, times, outputs, workers=0)


def test_a_changed_parameter_changes_what_starts_from_it(tiny):
    """signal_rest is an initial assignment: with another peptide tone the person still starts at rest."""
    theta = {"binding_mu_NAc__peptide_rest": np.array([0.08, 0.3])}
    names = ["binding_mu_NAc__signal_rest", "signal_mu_NAc", "binding_mu_NAc__coupling"]
    seen = run(tiny, theta, EventTable.empty(), np.array([0.0, 500.0]), names)
    assert seen[0, 0, 0] < seen[1, 0, 0]
    assert np.allclose(seen[:, :, 0], seen[:, :, 1], rtol=1e-12, atol=0)
    assert np.allclose(seen[:, :, 2], 1.0, rtol=1e-9, atol=0)


def test_only_times_that_are_asked_come_back(tiny):
    assert run(tiny, {}, EventTable.empty(), np.array([0.0]), ["cortisol"]).shape == (1, 1, 1)
    late = run(tiny, {}, EventTable.empty(), np.array([7.25]), ["cortisol", "hpa_body__crh", "hpa_body__peak"])
    both = run(tiny, {}, EventTable.empty(), np.array([0.0, 7.25]), ["cortisol", "hpa_body__crh", "hpa_body__peak"])
    assert late[0, 0] == pytest.approx(both[0, 1], rel=1e-4)
    assert late[0, 0, 2] == 7.5


def test_a_smaller_tolerance_is_obeyed(tiny):
    events = EventTable.of([(4.0, 12.0, 10, "pk_1__depot_1", True, 1000.0)])
    times, outputs = np.linspace(0, 120, 61), ["plasma_1", "signal_mu_NAc", "cortisol", "binding_mu_NAc__coupling"]
    exact = run(tiny, {}, events, times, outputs, tolerance=1e-7)
    for tolerance in (1e-2, 1e-3, 1e-4):
        seen = run(tiny, {}, events, times, outputs, tolerance=tolerance)
        worst = np.max(np.abs(seen - exact) / np.max(np.abs(exact), axis=1, keepdims=True))
        assert worst < tolerance


def test_the_same_call_gives_the_same_bytes(tiny):
    events = EventTable.of([(0.0, 6.0, 9, "pk_1__depot_1", True, 300.0)])
    twice = [run(tiny, {}, events, np.linspace(0, 50, 11), ["plasma_1", "cortisol"]) for _ in range(2)]
    assert twice[0].tobytes() == twice[1].tobytes()


def test_a_body_that_bursts_is_named_with_person_time_and_state(bursting, capfd):
    with pytest.raises(SolverStopped) as caught:
        run(
            bursting, {"burst_body__growth": np.array([0.1, 1.0])}, EventTable.empty(), np.array([2.0]), bursting.states
        )
    assert "person 1" in caught.value.problem
    assert "state burst_body__size" in caught.value.place
    spoken = capfd.readouterr()
    assert spoken.err == "" and spoken.out == ""


def test_an_unknown_name_offers_the_nearest(tiny):
    with pytest.raises(UnknownNameError) as caught:
        run(tiny, {}, EventTable.empty(), np.array([0.0]), ["cortisoll"])
    assert "cortisol" in caught.value.try_


def test_a_kept_compiled_body_that_is_damaged_is_made_anew(tiny):
    events = EventTable.of([(1.0, 0.0, 1, "pk_2__central", True, 300.0)])
    first = run(tiny, {}, events, np.array([2.0]), ["plasma_2"])
    roadrunner._loaded.clear()
    for path in (cache.folder() / "roadrunner").iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert np.array_equal(run(tiny, {}, events, np.array([2.0]), ["plasma_2"]), first)


def test_regimens_share_a_compiled_body(tiny, monkeypatch):
    """Other times, amounts and one regimen more or less: the same text for the compiler."""
    texts = []
    load = roadrunner._load
    monkeypatch.setattr(roadrunner, "_load", lambda text, **more: texts.append(text) or load(text, **more))
    for count in (3, 4):
        rows = [(1.0 + k, 3.0 + count, 5, "pk_1__central", True, 10.0 * k) for k in range(count)]
        run(tiny, {}, EventTable.of(rows), np.array([9.0]), ["plasma_1"])
    assert texts[0] == texts[1]


def test_rules_by_numpy_are_the_rules_of_libsbml(tiny):
    """The readable evaluation against libRoadRunner's own reading of the same rules."""
    import roadrunner as library

    reader = library.RoadRunner(tiny.sbml)
    start = starts(tiny, {}, 1)
    own = evaluate(tiny, tiny.rules, start, 0.0)
    for name in tiny.rules:
        assert float(np.ravel(own[name])[0]) == pytest.approx(reader.model[name], rel=1e-12), name


def test_rules_of_constants_alone_are_known(tiny):
    assert constant_rules(tiny) == {"restraint_reference"}


def test_an_expanded_table_is_sorted_and_keeps_the_order_of_one_instant():
    table = EventTable.of([(2.0, 1.0, 3, "a", True, 1.0), (0.5, 1.5, 2, "b", False, np.array([2.0, 3.0]))])
    plain = table.expanded()
    assert list(zip(plain.time, plain.target, strict=True)) == [
        (0.5, "b"), (2.0, "a"), (2.0, "b"), (3.0, "a"), (4.0, "a")
    ]  # fmt: skip
    assert plain.amount.shape == (5, 2)
    assert list(table.last_time()) == [4.0, 2.0]
    assert len(EventTable.empty().expanded()) == 0
