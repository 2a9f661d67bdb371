"""SciPy's solve_ivp, with rates compiled by Numba.

Needs    scipy, numba
Gives    ``SciPy``
"""

from __future__ import annotations

import numpy as np

from ..jobs import Job
from .base import Engine, Missing
from .numbalsoda import FREE, compiled_rates, walk


class SciPy(Engine):
    """LSODA or BDF, one call from stop to stop."""

    guess = 4e-4

    def __init__(self, method: str) -> None:
        self.method = method
        self.name = f"SciPy {method}"

    def load(self, job: Job) -> None:
        try:
            from numba import njit
            from scipy.integrate import solve_ivp
        except ImportError as missing:
            raise Missing(f"is not installed ({missing.name})") from None
        self.job, self.solve = job, solve_ivp
        self.equations, code = compiled_rates(job, njit(error_model="numpy", fastmath=FREE))

        def rates(t: float, y: np.ndarray, d: np.ndarray) -> np.ndarray:
            f = np.empty_like(y)
            code(t, y, f, d)
            return f

        self.rates = rates
        self.rates(0.0, self.equations.start[0], self.equations.numbers[0])

    def run(self, people: range, tolerance: float) -> np.ndarray:
        return walk(self.job, self.equations, people, lambda *stretch: self._stretch(*stretch, tolerance))

    def _stretch(self, y: np.ndarray, d: np.ndarray, times: np.ndarray, tolerance: float) -> np.ndarray | None:
        found = self.solve(
            self.rates, (times[0], times[-1]), y, method=self.method, t_eval=times, args=(d,),
            rtol=tolerance, atol=1e-3 * tolerance,
        )  # fmt: skip
        return found.y.T if found.success else None
