"""The kernel on a body of 61 states, and how speed goes with the operations of a step.

Needs    ``sixty_states.ant``: equations of the first trials of such a kernel, kept as a measure
Gives    ``Sixty``, ``measure``
Leaves   the body that ships: see ``jobs``

A year with a dose a day: the first drug from day 1 to 180, the second from day 182 to 271. The numbers of 64 people
spread by 15 % (lognormal), but for exponents and the length of the day; seen every 6 h.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import antimony
import numpy as np

from enkephalin.compiler.lower import Lowering
from enkephalin.kernels import population
from enkephalin.kernels.compiled import kernel_for
from enkephalin.kernels.events import EventTable

from . import operations
from .comparison import search
from .errors import NOTHING, TIGHT

PEOPLE, CERTAIN, SPREAD, SEED = 64, 16, 0.15, 1
FIXED = ("w0", "nDA", "nD2", "nNE", "nG", "nP", "nCr")
TIMES = np.arange(0.0, 365 * 24 + 1, 6.0)
DOSES = [(24.0, 24.0, 180, "d1_G", True, 0.8), (4368.0, 24.0, 90, "d2_G", True, 0.6)]


@dataclass(frozen=True)
class Sixty:
    """What was measured: states, operations of a step, steps of a year, worst error, years of life in a second."""

    states: int
    operations: int
    steps: float
    error: float
    speed: list[float]


def equations() -> str:
    """The body as SBML."""
    antimony.clearPreviousLoads()
    text = (Path(__file__).with_suffix(".ant")).read_text()
    if antimony.loadAntimonyString(text) < 0:
        raise ValueError(antimony.getLastError())
    return str(antimony.getSBMLString("opioid"))


def people(sbml: str, count: int) -> dict[str, np.ndarray]:
    """Parameters of drawn people; person 0 has the body's own numbers."""
    body = Lowering(sbml)
    varied = [(k, v) for k, v in zip(body.parameters, body.parameter_values, strict=True) if np.isfinite(v)]
    factors = np.exp(SPREAD * np.random.default_rng(SEED).standard_normal((count, len(varied))))
    factors[0] = 1.0
    computed = body.computed()
    return {
        k: v * factors[:, i]
        for i, (k, v) in enumerate(varied)
        if k not in computed and k not in FIXED and not k.endswith("_c")
    }


def measure(rounds: int = 5) -> Sixty:
    """A year of everybody at a worst error just below 1e-3, on one core."""
    sbml = equations()
    code = kernel_for(sbml)
    states, theta, doses = code[1].states, people(sbml, PEOPLE), EventTable.of(DOSES)
    few = {k: v[:CERTAIN] for k, v in theta.items()}
    exact = population.carry(code, few, doses, TIMES, states, TIGHT, 1)
    size = np.maximum(np.abs(exact).max(axis=1, keepdims=True), NOTHING)

    def lived(who: Mapping[str, np.ndarray], tolerance: float) -> population.Call:
        call = population.prepare(code, who, doses, TIMES, states, tolerance)
        call.integrate(1)
        call.complain(code[1])
        return call

    def error_at(tolerance: float) -> float:
        return float((np.abs(lived(few, tolerance).result - exact) / size).max())

    tolerance = search(error_at, 3e-3, 6)
    speed, steps = [], 0.0
    for _ in range(rounds):
        begin = time.process_time()
        call = lived(theta, tolerance)
        speed.append(PEOPLE / (time.process_time() - begin))
        steps = float(call.steps.mean())
    return Sixty(len(states), operations.operations(sbml), steps, error_at(tolerance), speed)
