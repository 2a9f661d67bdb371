"""Scatter: the noise of readings on a bounded scale, which narrows towards both ends.

Needs    numpy
Gives    ``scattered``, ``width``, ``stepped``, ``stepping_variance``
Leaves   which noise an instrument has: see ``instruments``

A share p of the range becomes the share whose log odds are w z larger than those of a centre, z a normal score; the
centre lies where the mean of all readings is p. So noise never leaves the range, is right on average, leaves a true
floor or ceiling where it is, and is widest in the middle, as strong true-score theory has it (Lord 1965) and as
repeated pain ratings show (Bijur 2001).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError

Array = NDArray[np.float64]
NODES = 48  # of the quadrature over normal scores
WIDEST = 8.0  # log odds: no scale is so loose
FARTHEST, PLACES = 40.0, 801  # log odds of the table of centres, and its length
LARGEST = 300.0  # log odds that a floating-point number still holds
HALVINGS = 50


def scattered(share: Array, by: float, scores: Array) -> Array:
    """Shares of the range after noise of a width (in log odds), one normal score each; their mean is the share."""
    if by == 0:
        return share + np.zeros_like(scores)
    means, centres = _centres(by)
    return _shifted(np.interp(share, means, centres), by * scores)


@cache
def _centres(by: float) -> tuple[Array, Array]:
    """The mean of readings about each centre, and the centre."""
    scores, weights = _quadrature()
    odds = np.linspace(-FARTHEST, FARTHEST, PLACES)
    centres = 1 / (1 + np.exp(-odds))
    means = _shifted(centres[:, None], by * scores) @ weights
    return np.concatenate([[0.0], means, [1.0]]), np.concatenate([[0.0], centres, [1.0]])


@cache
def _quadrature() -> tuple[Array, Array]:
    """Normal scores and their weights."""
    scores, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return scores, weights / weights.sum()


def _shifted(share: Array, by: Array) -> Array:
    up = np.exp(np.clip(by, -LARGEST, LARGEST))
    return share * up / (share * up + (1 - share))


@cache
def width(share: float, spread: float, points: tuple[int, ...] = ()) -> float:
    """How wide the shift of log odds must be for readings of ``share`` to spread by ``spread`` (both of the range).

    With ``points`` the reading takes one of them, which scatters by itself: 0 if that is enough.

    Raises
    ------
    RequestError
        No noise inside the range spreads so far.
    """
    scores, weights = _quadrature()

    def spread_of(by: float) -> float:
        found = scattered(np.full(NODES, share), by, scores)
        square = weights @ (found - weights @ found) ** 2
        if points:
            square += weights @ stepping_variance(found, points)
        return float(np.sqrt(square))

    low, high = 0.0, WIDEST
    if spread_of(low) >= spread:
        return 0.0
    if spread_of(high) <= spread:
        raise RequestError(
            "the noise does not fit into the range",
            place="instrument",
            found=f"a standard deviation of {spread:.3g} of the range about {share:.3g}",
            expected=f"less than {spread_of(high):.3g}",
            try_="look at spread, retest and range",
        )
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if spread_of(middle) < spread else (low, middle)
    return (low + high) / 2


def stepped(share: Array, points: tuple[int, ...], chance: Array) -> Array:
    """One of the two allowed points about a share of the item's range, so that their mean is that share."""
    expected, low, high = _neighbours(share, points)
    return np.where(chance < (expected - low) / (high - low), high, low)


def stepping_variance(share: Array, points: tuple[int, ...]) -> Array:
    """The variance that ``stepped`` adds, as a share of the item's range squared."""
    expected, low, high = _neighbours(share, points)
    found: Array = (high - expected) * (expected - low) / (points[-1] - points[0]) ** 2
    return found


def _neighbours(share: Array, points: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """The expected points, and the allowed ones below and above."""
    allowed = np.asarray(points, dtype=float)
    expected = allowed[0] + (allowed[-1] - allowed[0]) * share
    below = np.clip(np.searchsorted(allowed, expected, side="right") - 1, 0, len(allowed) - 2)
    return expected, allowed[below], allowed[below + 1]


def as_float(values: Any) -> Array:
    """Values as an array of floats with at least one dim."""
    return np.atleast_1d(np.asarray(values, dtype=float))
