"""The shipped body in the kernel: exact Jacobian, the second engine's answer, a short wait."""

from __future__ import annotations

import time

import numpy as np
import pytest
from helpers import NOTHING

from enkephalin.compiler import build
from enkephalin.compiler.derivative import differentiate
from enkephalin.compiler.lower import Lowering
from enkephalin.compiler.model import Model
from enkephalin.kernels import compiled, population, roadrunner
from enkephalin.kernels.events import EventTable

# Not a drug: any numbers that make every part of a slot move.
SLOT = {
    "pk_1__volume_central": 60.0, "pk_1__clearance": 30.0, "pk_1__absorb_1": 1.5, "pk_1__exchange_1": 20.0,
    "pk_1__volume_1": 90.0, "pk_1__effect_rate": 2.0, "ligand_1__association_mu": 0.2, "ligand_1__efficacy_mu": 0.6,
    "ligand_1__association_kappa": 0.02, "ligand_1__efficacy_kappa": 0.3,
}  # fmt: skip


@pytest.fixture(scope="module")
def body() -> Model:
    return build("human", slots=("1",))


def test_the_jacobian_of_the_body_agrees_with_central_differences(body: Model) -> None:
    lowering = Lowering(body.sbml)
    g = lowering.graph
    rates = [lowering.rate(name) for name in lowering.states]
    rows = differentiate(g, rates)
    rng = np.random.default_rng(1)
    parameter = np.array([SLOT.get(k, body.parameters.get(k, v)) for k, v in zip(
        lowering.parameters, lowering.parameter_values, strict=True)])  # fmt: skip
    parameter = np.where(np.isnan(parameter), 0.5, parameter)
    state = rng.uniform(0.2, 1.2, len(lowering.states))

    def leaves(at: np.ndarray):
        return lambda kind, i: {"state": at, "parameter": parameter, "time": [13.0]}[kind][i]

    n = len(rates)
    exact, near = np.zeros((n, n)), np.zeros((n, n))
    for i, row in enumerate(rows):
        for (kind, j), value in zip(row, g.evaluate(list(row.values()), leaves(state)), strict=True):
            if kind == "state":
                exact[i, j] = value
    # Fourth-order differences: the error of the formula stays below what rounding leaves.
    for j in range(n):
        step = 1e-4 * np.eye(n)[j] * max(state[j], 0.1)
        f = {k: np.array(g.evaluate(rates, leaves(state + k * step)), float) for k in (-2, -1, 1, 2)}
        near[:, j] = (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / (12 * step[j])
    size = np.abs(exact).max(axis=1, keepdims=True) + 1e-12
    assert (np.abs(near - exact) / size).max() < 1e-6


def test_both_engines_tell_the_same_story_of_a_day_of_stress_hormones() -> None:
    day = build("reference_day")
    times, names = np.arange(0, 48, 1.7), list(day.states)
    found = population.run(day, {}, NOTHING, times, names, tolerance=1e-6)
    expected = roadrunner.run(day, {}, NOTHING, times, names, tolerance=1e-6)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.slow  # libRoadRunner takes half a minute to compile the body
def test_both_engines_tell_the_same_story_of_the_body(body: Model) -> None:
    rng = np.random.default_rng(5)
    people = 1
    theta = {k: v * np.exp(0.2 * rng.standard_normal(people)) for k, v in SLOT.items() if v}
    events = EventTable.of([(2.0, 12.0, 6, "pk_1__depot_1", True, 4000.0), (20.0, 0, 1, "pk_1__infusion", False, 500.0),
                            (23.0, 0, 1, "pk_1__infusion", False, 0.0)])  # fmt: skip
    times = np.arange(0, 30, 1.7)
    names = list(body.states) + [name for name in body.rules if name.startswith(("signal", "occupancy"))]
    found = population.run(body, theta, events, times, names, tolerance=1e-5)
    expected = roadrunner.run(body, theta, events, times, names, tolerance=1e-5)
    # Largest difference against the largest value of each curve; below 1e-6 there is only rounding around zero.
    size = np.maximum(np.abs(expected).max(axis=1, keepdims=True), 1e-6)
    difference = np.abs(found - expected) / size
    person, when, which = np.unravel_index(difference.argmax(), difference.shape)
    assert difference.max() < 1e-4, (person, times[when], names[which])


def test_a_body_of_a_hundred_states_compiles_cold_in_four_seconds(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build("human")
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "_kernels", {})
    assert len(whole.states) >= 100
    begin = time.process_time()
    population.run(whole, {}, NOTHING, [0.0, 1.0], [whole.states[0]])
    assert time.process_time() - begin < 4
