"""Events happen exactly when they are due, in the order of the table, and to the right people."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import NOTHING, kernel_says, sbml_of

from enkephalin.errors import RequestError, UnknownNameError
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

DRUG = sbml_of("model m() c = 0; k = 0.5; inflow = 0; level := 2*c; c' = inflow - k*c; end")
TIMES = np.linspace(0, 12, 49)


def after(times: np.ndarray, dose: float, amount: float = 1.0, k: float = 0.5) -> np.ndarray:
    """What is left of a dose."""
    return np.where(times >= dose, amount * np.exp(-k * np.maximum(times - dose, 0)), 0.0)


def test_doses_add_up_as_their_formula_says() -> None:
    events = EventTable.of([(1.25, 2.5, 4, "c", True, 3.0), (3.0, 0, 1, "c", True, 1.0)])
    exact = sum(after(TIMES, 1.25 + 2.5 * k, 3.0) for k in range(4)) + after(TIMES, 3.0)
    np.testing.assert_allclose(kernel_says(DRUG, TIMES, ["c"], events=events)[:, 0], exact, rtol=1e-8, atol=1e-12)


def test_an_output_at_the_instant_of_a_dose_sees_the_dose() -> None:
    events = EventTable.of([(0.0, 0, 1, "c", True, 4.0), (2.0, 0, 1, "c", True, 1.0)])
    found = kernel_says(DRUG, [0.0, 2.0], ["c", "level"], events=events)
    np.testing.assert_allclose(found[:, 0], [4, 4 * np.exp(-1) + 1], rtol=1e-8)
    np.testing.assert_allclose(found[:, 1], 2 * found[:, 0], rtol=1e-14)


def test_rows_of_one_instant_happen_in_the_order_of_the_table() -> None:
    doubled = EventTable.of([(1.0, 0, 1, "c", False, 5.0), (1.0, 0, 1, "c", True, 2.0)])
    replaced = EventTable.of([(1.0, 0, 1, "c", True, 2.0), (1.0, 0, 1, "c", False, 5.0)])
    assert kernel_says(DRUG, [0, 1.0], ["c"], events=doubled)[1, 0] == 7
    assert kernel_says(DRUG, [0, 1.0], ["c"], events=replaced)[1, 0] == 5


def test_constants_and_rules_of_time_alone_can_be_watched() -> None:
    sbml = sbml_of("model m() x = 1; x' = -x; k = 2; later := k + time; end")
    events = EventTable.of([(3.0, 0, 1, "k", False, 5.0)])
    found = kernel_says(sbml, [0, 2.5, 3.0, 4.0], ["k", "later"], events=events)
    np.testing.assert_allclose(found, [[2, 2], [2, 4.5], [5, 8], [5, 9]], rtol=1e-14)


def test_an_infusion_flows_between_its_edges_and_not_beyond() -> None:
    events = EventTable.of([(2.0, 0, 1, "inflow", False, 1.5), (5.0, 0, 1, "inflow", False, 0.0)])
    found = kernel_says(DRUG, TIMES, ["c", "inflow"], events=events)
    inside = 3.0 * (1 - np.exp(-0.5 * np.clip(TIMES - 2, 0, 3)))
    exact = inside * np.exp(-0.5 * np.maximum(TIMES - 5, 0))
    np.testing.assert_allclose(found[:, 0], exact, rtol=1e-7, atol=1e-12)
    # [start, end): on at the start, off at the end
    np.testing.assert_array_equal(found[:, 1], np.where((TIMES >= 2) & (TIMES < 5), 1.5, 0.0))


def test_a_parameter_that_changes_is_hoisted_anew() -> None:
    events = EventTable.of([(0.0, 0, 1, "c", True, 1.0), (4.0, 0, 1, "k", False, 0.1)])
    found = kernel_says(DRUG, TIMES, ["c"], events=events)[:, 0]
    exact = np.exp(-0.5 * np.minimum(TIMES, 4) - 0.1 * np.maximum(TIMES - 4, 0))
    np.testing.assert_allclose(found, exact, rtol=1e-7)


def test_rounded_times_are_one_instant() -> None:
    # 0.1 three times is not 0.3; the third dose and the output are meant for the same moment.
    events = EventTable.of([(0.1, 0.1, 3, "c", True, 1.0)])
    found = kernel_says(DRUG, [0.3], ["c"], events=events)[0, 0]
    assert found == pytest.approx(np.exp(-0.1) + np.exp(-0.05) + 1, rel=1e-7)


def test_everyone_gets_their_own_amount_and_nan_means_nothing_happens() -> None:
    amount = np.array([1.0, np.nan, 3.0, 0.0])
    events = EventTable.of(
        [(1.0, 0, 1, "c", True, amount), (2.0, 0, 1, "c", False, np.array([np.nan, 7.0, np.nan, 1.0]))]
    )
    found = run(DRUG, {}, events, [2.0], ["c"], tolerance=1e-9)[:, 0, 0]
    np.testing.assert_allclose(found, [np.exp(-0.5), 7, 3 * np.exp(-0.5), 1], rtol=1e-7)


def test_events_after_the_last_wanted_time_change_nothing() -> None:
    events = EventTable.of([(1.0, 5.0, 1000, "c", True, 1.0)])
    found = kernel_says(DRUG, [3.0], ["c"], events=events)
    np.testing.assert_allclose(found[0, 0], np.exp(-1), rtol=1e-7)


def test_thousands_of_doses_reach_the_steady_state() -> None:
    events = EventTable.of([(0.0, 6.0, 5000, "c", True, 1.0)])
    found = kernel_says(DRUG, [6.0 * 4999], ["c"], events=events)
    assert found[0, 0] == pytest.approx(1 / (1 - np.exp(-3)), rel=1e-7)


@pytest.mark.parametrize(("target", "words"), [("level", "computed by a rule"), ("d", "unknown"), ("inflo", "unknown")])
def test_an_event_on_something_else_is_refused_with_a_name(target: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        kernel_says(DRUG, TIMES, ["c"], events=EventTable.of([(1.0, 0, 1, target, True, 1.0)]))


def test_an_event_before_the_run_is_refused() -> None:
    with pytest.raises(RequestError, match="before the run"):
        kernel_says(DRUG, TIMES, ["c"], events=EventTable.of([(-1.0, 0, 1, "c", True, 1.0)]))


def test_a_start_value_goes_before_the_initial_assignment() -> None:
    sbml = sbml_of("model m() x = 2*a; y = x + 1; a = 3; x' = 0*x; y' = 0*y; end")
    assert run(sbml, {}, NOTHING, [0.0], ["x", "y"])[0, 0].tolist() == [6, 7]
    assert run(sbml, {"a": 4.0}, NOTHING, [0.0], ["x", "y"])[0, 0].tolist() == [8, 9]
    assert run(sbml, {"x": [1.0, 2.0]}, NOTHING, [0.0], ["x", "y"])[:, 0].tolist() == [[1, 2], [2, 3]]


def test_a_value_for_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="'kk' is not in the model"):
        run(DRUG, {"kk": 1.0}, NOTHING, [0.0], ["c"])
    with pytest.raises(UnknownNameError, match="'level' is computed by a rule"):
        run(DRUG, {"level": 1.0}, NOTHING, [0.0], ["c"])


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(RequestError, match="different numbers of people"):
        run(DRUG, {"k": np.ones(3), "c": np.ones(4)}, NOTHING, [0.0], ["c"])
