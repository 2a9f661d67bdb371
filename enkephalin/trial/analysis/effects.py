"""Effect sizes with their intervals: Hedges g, d_z, r.

Needs    scipy
Gives    ``hedges_g``, ``d_z``, ``fisher``, ``noncentral``
Leaves   tests

Intervals of g and d_z turn the noncentral t distribution round (Cumming and Finch 2001); that of r is Fisher's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..estimate import UNKNOWN, Interval
from ..libraries import opened

Array = NDArray[np.float64]
FARTHEST = 20  # standard errors from t within which the noncentrality is looked for


def correction(freedom: float) -> float:
    """Hedges' correction of a standardised difference for few degrees of freedom (Hedges 1981, exact)."""
    return math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def noncentral(t: float, freedom: float, confidence: float | None) -> Interval:
    """The noncentralities under which the seen t is at either end of the interval; unknown without a confidence."""
    if confidence is None or not math.isfinite(t):
        return UNKNOWN
    stats, optimize = opened("scipy.stats"), opened("scipy.optimize")
    tail = (1 - confidence) / 2

    def end(share: float, way: float) -> float:
        """From t outwards in steps of a standard error until the tail is passed, then between."""
        step = way * math.sqrt(1 + t**2 / (2 * freedom))
        for count in range(1, FARTHEST):
            if (float(stats.nct.cdf(t, freedom, t + count * step)) - share) * way < 0:
                ends = sorted((t + (count - 1) * step, t + count * step))
                return float(optimize.brentq(lambda nc: stats.nct.cdf(t, freedom, nc) - share, *ends, xtol=1e-9))
        return math.nan

    return end(1 - tail, -1.0), end(tail, 1.0)


def hedges_g(arm: Array, control: Array, confidence: float | None) -> tuple[float, Interval]:
    """The difference of means in pooled standard deviations, corrected for few people, with its interval."""
    n, m = len(arm), len(control)
    freedom = n + m - 2
    pooled = math.sqrt(((n - 1) * arm.var(ddof=1) + (m - 1) * control.var(ddof=1)) / freedom)
    if pooled == 0:
        return math.nan, UNKNOWN
    per_t = math.sqrt(1 / n + 1 / m)
    difference = float(arm.mean() - control.mean()) / pooled
    low, high = noncentral(difference / per_t, freedom, confidence)
    small = correction(freedom)
    return small * difference, (small * low * per_t, small * high * per_t)


def d_z(differences: Array, confidence: float | None) -> tuple[float, Interval]:
    """The mean difference within people in standard deviations of the differences, with its interval."""
    n = len(differences)
    spread = float(differences.std(ddof=1))
    if spread == 0:
        return math.nan, UNKNOWN
    size = float(differences.mean()) / spread
    low, high = noncentral(size * math.sqrt(n), n - 1, confidence)
    return size, (low / math.sqrt(n), high / math.sqrt(n))


def fisher(r: float, n: int, confidence: float, known: int = 0) -> Interval:
    """Fisher's interval of a correlation of n people, ``known`` covariates held fixed."""
    if n - known <= 3 or abs(r) >= 1:
        return UNKNOWN
    stats = opened("scipy.stats")
    half = float(stats.norm.ppf((1 + confidence) / 2)) / math.sqrt(n - known - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
