"""REML: a mixed model of nested constants (person; period within person), fast and safe at the edge.

Needs    numpy
Gives    ``reml``, ``Mixed``
Leaves   other random parts: statsmodels has them, and is what this is tested against

With errors of variance s2, V = I + g2 PP' + g1 QQ' (P periods, Q persons), so V's inverse and determinant follow from
sums over periods and persons alone. The ratios g are searched on a logarithmic scale and may end at zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SMALLEST, LARGEST = -20.0, 12.0  # logarithms of the ratios: below, a constant does not vary
GRID = (-9.0, -3.0, -1.0, 0.0, 1.5, 4.0)  # where the search begins
WIDTH = 1e-3  # of differences
FARTHEST_STEP, NEAR, ENOUGH = 3.0, 1e-5, 1e-9
TRIES, HEAVIEST = 60, 1e6


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
    logs = _lowest(problem, free=(period is not None, True))
    ratios = (float(np.exp(logs[0])), float(np.exp(logs[1])))
    coefficients, covariance = problem.solved(*ratios)
    return Mixed(coefficients, covariance, outcome - design @ coefficients, ratios)


def _lowest(problem: _Problem, free: tuple[bool, bool]) -> Array:
    """The logarithms of the ratios with the lowest deviance: the best of a grid, then Newton's way with care."""
    moving = [place for place in (0, 1) if free[place]]
    steps = [GRID if one else (-np.inf,) for one in free]

    def at(logs: Array) -> float:
        return problem.deviance(*np.exp(logs))

    here = min((np.array([low, high]) for low in steps[0] for high in steps[1]), key=at)
    value, damping = at(here), 1e-3
    for _ in range(TRIES):
        slope, bend = _derivatives(at, here, moving)
        move = np.zeros(2)
        scale = np.maximum(np.abs(np.diag(bend)), 1e-3)
        move[moving] = -np.linalg.solve(bend + damping * np.diag(scale), slope)
        there = np.clip(here + np.clip(move, -FARTHEST_STEP, FARTHEST_STEP), [-np.inf, SMALLEST], LARGEST)
        if free[0]:
            there = np.maximum(there, SMALLEST)
        new = at(there)
        if new <= value:
            near = value - new < ENOUGH and float(np.abs(there[moving] - here[moving]).max()) < NEAR
            here, value, damping = there, new, damping / 4
            if near:
                break
        else:
            damping *= 8
            if damping > HEAVIEST:
                break
    return here


def _derivatives(at: Callable[[Array], float], here: Array, moving: list[int]) -> tuple[Array, Array]:
    """Slope and bend by central differences; a bend that is not upwards is turned upwards."""
    size = len(moving)
    ways = np.zeros((size, 2))
    for row, place in enumerate(moving):
        ways[row, place] = WIDTH
    middle = at(here)
    up, down = [at(here + way) for way in ways], [at(here - way) for way in ways]
    slope = np.array([(one - other) / (2 * WIDTH) for one, other in zip(up, down, strict=True)])
    bend = np.zeros((size, size))
    for row in range(size):
        bend[row, row] = (up[row] - 2 * middle + down[row]) / WIDTH**2
        for other in range(row):
            both = at(here + ways[row] + ways[other]) - up[row] - up[other] + middle
            bend[row, other] = bend[other, row] = both / WIDTH**2
    values, vectors = np.linalg.eigh(bend)
    return slope, (vectors * np.maximum(np.abs(values), 1e-6)) @ vectors.T


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
        order = np.argsort(cell, kind="stable")
        self.sums = np.add.reduceat(columns[order], np.searchsorted(cell[order], np.arange(len(owner))))
        self.sizes = np.bincount(cell, minlength=len(owner)).astype(float)
        self.starts = np.searchsorted(owner, np.arange(len(people)))

    def _weighed(self, period: float, person: float) -> tuple[Array, float]:
        """[X y]' V^-1 [X y], and the logarithm of V's determinant."""
        inner = 1 + period * self.sizes
        up = self.sums / inner[:, None]
        held = np.add.reduceat(up, self.starts)
        outer = 1 + person * np.add.reduceat(self.sizes / inner, self.starts)
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
