"""numbalsoda: LSODA in C++, with rates compiled by Numba.

Needs    numbalsoda, numba
Gives    ``NumbaLsoda``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..equations import Equations
from ..jobs import Job
from .base import Engine, Missing, segments

HEAD = "def rates(t, y, f, d):"
FUNCTIONS = """
from math import cos, exp, floor, log, sin, sqrt
from numba import njit

@njit(error_model="numpy", inline="always")
def power(x, y):
    return x ** y if x > 0.0 else 0.0
"""
FREE = {"contract", "nsz", "reassoc", "arcp"}
MOST_STEPS = 100_000


def compiled_rates(job: Job, wrap: Any) -> tuple[Equations, Any]:
    """The equations of a job, and their rates as ``wrap`` (a decorator of Numba's) makes them."""
    equations = Equations(job)
    scope: dict[str, Any] = {"abs": abs, "min": min, "max": max}
    exec(FUNCTIONS, scope)
    exec(equations.source(HEAD, "f[{k}] = {value}", "({a} if {on} else {b})"), scope)
    return equations, wrap(scope["rates"])


class NumbaLsoda(Engine):
    """One call from stop to stop."""

    name = "numbalsoda"
    guess = 6e-4

    def load(self, job: Job) -> None:
        try:
            from numba import cfunc
            from numbalsoda import lsoda, lsoda_sig
        except ImportError as missing:
            raise Missing(f"is not installed ({missing.name})") from None
        self.job, self.lsoda = job, lsoda
        self.equations, self.code = compiled_rates(job, cfunc(lsoda_sig, error_model="numpy", fastmath=FREE))
        self.run(range(1), 0.01)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        return walk(self.job, self.equations, people, lambda *stretch: self._stretch(*stretch, tolerance))

    def _stretch(self, y: np.ndarray, d: np.ndarray, times: np.ndarray, tolerance: float) -> np.ndarray | None:
        found, good = self.lsoda(
            self.code.address, y, times, data=d, rtol=tolerance, atol=1e-3 * tolerance, mxstep=MOST_STEPS
        )
        return found if good else None


def walk(job: Job, equations: Equations, people: range, stretch: Any) -> np.ndarray:
    """Carry people from stop to stop with ``stretch(y, d, times)``, which gives the states at all times, or None."""
    order = [equations.states.index(name) for name in job.states]
    slot = {name: k for k, name in enumerate(equations.states)}
    place = {name: k for k, name in enumerate(equations.inputs)}
    result = np.full((len(people), len(job.times), len(job.states)), np.nan)
    events, start, numbers = job.events, equations.start, equations.numbers
    for row, person in enumerate(people):
        y, d = start[person].copy(), numbers[person].copy()
        for begin, end, wanted, happens in segments(job):
            for event in job.plan.event_row[happens.start : happens.stop]:
                target, amount = events.target[event], events.amount[event, person % events.amount.shape[1]]
                array, where = (y, slot[target]) if target in slot else (d, place[target])
                array[where] = array[where] + amount if events.add[event] else amount
            if end == begin:
                result[row, wanted] = y[order]
                continue
            times = np.concatenate([[begin], job.plan.time[wanted], [end]])
            first = int(len(wanted) > 0 and times[1] == begin)
            found = stretch(y, d, times[first:])
            if found is None or not np.isfinite(found).all():
                break
            result[row, wanted] = found[1 - first : -1][:, order]
            y = found[-1].copy()
    return result
