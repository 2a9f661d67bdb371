"""Student's and Welch's tests from means and spreads, silent where values do not vary: there is no test then.

Needs    scipy (the t distribution)
Gives    ``of_one(values)``, ``of_two(arm, control)``, ``Tested``
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..libraries import opened

Array = NDArray[np.float64]
HELD = 1e-13  # of a mean: a spread below it is what numbers of 64 bits do not hold


@dataclass(frozen=True)
class Tested:
    """A difference, its standard error and its degrees of freedom; all unknown where nothing varies."""

    difference: float
    error: float
    freedom: float

    @property
    def p(self) -> float:
        """Two-sided, against no difference."""
        return float(2 * opened("scipy.stats").t.sf(abs(self.difference) / self.error, self.freedom))

    def above(self, margin: float) -> float:
        """One-sided p, against a difference of ``margin`` or less."""
        return float(opened("scipy.stats").t.sf((self.difference - margin) / self.error, self.freedom))

    def below(self, margin: float) -> float:
        """One-sided p, against a difference of ``margin`` or more."""
        return float(opened("scipy.stats").t.cdf((self.difference - margin) / self.error, self.freedom))

    def ci(self, confidence: float) -> tuple[float, float]:
        """The interval of the difference."""
        half = float(opened("scipy.stats").t.ppf((1 + confidence) / 2, self.freedom)) * self.error
        return self.difference - half, self.difference + half


def of_one(values: Array) -> Tested:
    """Whether a mean differs from nothing (Student).

    Example
    -------
    >>> round(of_one(np.array([1.0, 2.0, 3.0])).p, 4)
    0.0742
    """
    mean, error = _mean_and_error(values)
    return Tested(mean, error if error > 0 else math.nan, len(values) - 1)


def of_two(arm: Array, control: Array) -> Tested:
    """Whether two means differ where spreads may differ, too (Welch).

    Example
    -------
    >>> round(of_two(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0])).freedom, 4)
    4.0
    """
    (mean, error), (other, other_error) = _mean_and_error(arm), _mean_and_error(control)
    square = error**2 + other_error**2
    if square == 0:
        return Tested(mean - other, math.nan, math.nan)
    freedom = square**2 / (error**4 / (len(arm) - 1) + other_error**4 / (len(control) - 1))
    return Tested(mean - other, math.sqrt(square), freedom)


def _mean_and_error(values: Array) -> tuple[float, float]:
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    return mean, 0.0 if spread <= HELD * abs(mean) else spread / math.sqrt(len(values))
