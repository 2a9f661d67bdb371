"""REML: a mixed model of nested constants (person; period within person), fast and safe at the edge.

Needs    scipy
Gives    ``reml``, ``Mixed``
Leaves   other random parts: statsmodels has them, and is what this is tested against

With errors of variance s2, V = I + g2 PP' + g1 QQ' (P periods, Q persons), so V's inverse and determinant follow from
sums over periods and persons alone. The ratios g are searched on a logarithmic scale and may end at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..libraries import opened

Array = NDArray[np.float64]
SMALLEST, LARGEST = -20.0, 12.0  # logarithms of the ratios: below, a constant does not vary


@dataclass(frozen=True)
class Mixed:
    """Fixed coefficients, their covariance, the residuals, and the ratios of variances (period, person)."""

    coefficients: Array
    covariance: Array
    residuals: Array
    ratios: tuple[float, float]


def reml(outcome: Array, design: Array, person: Array, period: Array | None) -> Mixed:
    """Fit by restricted maximum likelihood.

    Parameters
    ----------
    outcome : array, shape (row,)
    design : array, shape (row, column)
    person : array, shape (row,)
        Who it is.
    period : array, shape (row,), or None
        Numbers of the periods, where each has a constant of its own.
    """
    problem = _Problem(np.column_stack([design, outcome]), person, period)
    optimize = opened("scipy.optimize")
    if period is None:
        best = optimize.minimize_scalar(
            lambda log: problem.deviance(0.0, np.exp(log)), bounds=(SMALLEST, LARGEST), method="bounded",
            options={"xatol": 1e-7},
        )  # fmt: skip
        logs = [-np.inf, best.x]
    else:
        start = min(
            ([low, high] for low in (-6.0, -1.0, 1.0) for high in (-6.0, -1.0, 1.0)),
            key=lambda pair: problem.deviance(*np.exp(pair)),
        )
        best = optimize.minimize(
            lambda pair: problem.deviance(*np.exp(pair)), start, method="L-BFGS-B", bounds=[(SMALLEST, LARGEST)] * 2,
            options={"ftol": 1e-13, "gtol": 1e-8},
        )  # fmt: skip
        logs = list(best.x)
    ratios = (float(np.exp(logs[0])), float(np.exp(logs[1])))
    coefficients, covariance = problem.solved(*ratios)
    return Mixed(coefficients, covariance, outcome - design @ coefficients, ratios)


class _Problem:
    """Sums that every evaluation needs; the last column is the outcome."""

    def __init__(self, columns: Array, person: Array, period: Array | None) -> None:
        people, who = np.unique(person, return_inverse=True)
        if period is None:
            cell, owner = who, np.arange(len(people))
        else:
            pairs, cell = np.unique(np.stack([who, period]), axis=1, return_inverse=True)
            cell, owner = cell.reshape(-1), pairs[0].astype(int)
        self.rows, self.fixed = columns.shape[0], columns.shape[1] - 1
        self.cross = columns.T @ columns
        self.sums = np.zeros((len(owner), columns.shape[1]))
        np.add.at(self.sums, cell, columns)
        self.sizes = np.bincount(cell, minlength=len(owner)).astype(float)
        self.owner, self.people = owner, len(people)

    def _weighed(self, period: float, person: float) -> tuple[Array, float]:
        """[X y]' V^-1 [X y], and the logarithm of V's determinant."""
        inner = 1 + period * self.sizes
        up = self.sums / inner[:, None]
        held, count = np.zeros((self.people, self.sums.shape[1])), np.zeros(self.people)
        np.add.at(held, self.owner, up)
        np.add.at(count, self.owner, self.sizes / inner)
        outer = 1 + person * count
        cross = self.cross - (self.sums * (period / inner)[:, None]).T @ self.sums
        cross = cross - (held * (person / outer)[:, None]).T @ held
        return cross, float(np.log(inner).sum() + np.log(outer).sum())

    def deviance(self, period: float, person: float) -> float:
        """-2 log of the restricted likelihood, but for a constant."""
        cross, determinant = self._weighed(period, person)
        fixed = self.fixed
        left = cross[fixed, fixed] - cross[fixed, :fixed] @ np.linalg.solve(cross[:fixed, :fixed], cross[:fixed, fixed])
        more = float(np.linalg.slogdet(cross[:fixed, :fixed])[1])
        return (self.rows - fixed) * float(np.log(left)) + determinant + more

    def solved(self, period: float, person: float) -> tuple[Array, Array]:
        """Coefficients and their covariance."""
        cross, _ = self._weighed(period, person)
        fixed = self.fixed
        inverse = np.linalg.inv(cross[:fixed, :fixed])
        coefficients = inverse @ cross[:fixed, fixed]
        error = (cross[fixed, fixed] - cross[fixed, :fixed] @ coefficients) / (self.rows - fixed)
        return coefficients, inverse * error
