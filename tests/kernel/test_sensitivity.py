"""Sensitivities agree with central differences and with formulas, through doses, starts and rules."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import NOTHING, sbml_of

from enkephalin.compiler import build
from enkephalin.errors import ModelError, RequestError, UnknownNameError
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run
from enkephalin.kernels.sensitivity import sensitivities

MODEL = sbml_of("""model m()
  g = 0; c = 0; s = 2*rest; rest = k^2 + 0.1; k = 0.8; ka = 1.1; ke = 0.3; h = 1.7; idle = 1; far = 3;
  load := c^h/(c^h + half^h); half = 0.4; idle' = -far*idle;
  g' = -ka*g; c' = ka*g - ke*c; s' = k*(rest*(1 + load) - s) + 0.1*cos(0.26*time); end""")
TIMES = np.linspace(0, 30, 16)
EVENTS = EventTable.of([(1.0, 8.0, 3, "g", True, 1.0), (12.0, 0, 1, "c", False, 0.2), (20.0, 0, 1, "ka", False, 2.0)])
NAMES = ["c", "s", "load", "rest", "idle"]


def by_differences(name: str, value: float, events: EventTable = EVENTS, model=MODEL, names=NAMES) -> np.ndarray:
    """Central differences of the second order, from runs that are much more exact than the step."""
    step = 1e-4 * value
    up, down = (run(model, {name: value + k * step}, events, TIMES, names, tolerance=1e-11)[0] for k in (1, -1))
    return (up - down) / (2 * step)


def test_sensitivities_agree_with_central_differences_through_doses_and_starts() -> None:
    by = {"k": 0.8, "ke": 0.3, "h": 1.7, "half": 0.4, "far": 3.0}
    values, slopes = sensitivities(MODEL, {}, EVENTS, TIMES, NAMES, by=list(by), tolerance=1e-8)
    np.testing.assert_allclose(
        values[0], run(MODEL, {}, EVENTS, TIMES, NAMES, tolerance=1e-10)[0], rtol=1e-6, atol=1e-9
    )
    for j, (name, value) in enumerate(by.items()):
        near = by_differences(name, value)
        np.testing.assert_allclose(slopes[0, :, :, j], near, rtol=1e-5, atol=1e-6 * np.abs(near).max())


def test_the_sensitivity_to_a_start_value_of_a_decay_is_the_decay() -> None:
    sbml = sbml_of("model m() x = 3; k = 0.5; x' = -k*x; end")
    values, slopes = sensitivities(sbml, {"k": [0.5, 0.2]}, NOTHING, TIMES, ["x"], by=["x", "k"], tolerance=1e-9)
    for person, k in enumerate((0.5, 0.2)):
        np.testing.assert_allclose(slopes[person, :, 0, 0], np.exp(-k * TIMES), rtol=1e-6, atol=1e-10)
        np.testing.assert_allclose(slopes[person, :, 0, 1], -TIMES * values[person, :, 0], rtol=1e-6, atol=1e-9)


def test_what_a_parameter_cannot_reach_has_no_slope() -> None:
    _, slopes = sensitivities(MODEL, {}, EVENTS, TIMES, NAMES, by=["far"])
    np.testing.assert_array_equal(slopes[0, :, :4], 0)
    assert slopes[0, 1, 4, 0] < 0


def test_sensitivities_of_the_day_of_stress_hormones() -> None:
    day = build("reference_day")
    name = next(k for k, v in day.parameters.items() if v > 0 and k not in day.states and k.startswith("hpa"))
    names = list(day.states)
    _, slopes = sensitivities(day, {}, NOTHING, TIMES, names, by=[name], tolerance=1e-8)
    near = by_differences(name, day.parameters[name], NOTHING, day, names)
    np.testing.assert_allclose(slopes[0, :, :, 0], near, rtol=1e-4, atol=1e-5 * max(np.abs(near).max(), 1e-9))


def test_a_computed_constant_cannot_be_chosen() -> None:
    with pytest.raises(ModelError, match="computed by the model"):
        sensitivities(MODEL, {}, NOTHING, TIMES, ["s"], by=["rest"])


def test_an_unknown_parameter_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no parameter 'halve'") as caught:
        sensitivities(MODEL, {}, NOTHING, TIMES, ["s"], by=["halve"])
    assert "half" in str(caught.value)


def test_an_event_that_sets_a_chosen_parameter_is_refused() -> None:
    with pytest.raises(RequestError, match="sets 'ka'"):
        sensitivities(MODEL, {}, EVENTS, TIMES, ["s"], by=["ka"])
