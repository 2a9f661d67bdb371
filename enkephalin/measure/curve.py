"""Curve: what can be read from a value that was sampled in time.

Needs    numpy
Gives    ``Stretch`` (a curve within a window), ``at``, ``highest``, ``lowest``, ``area``, ``mean``, ``halving``,
         ``crossing``
Leaves   names, dims and units: see ``reading``

Between two samples a value is taken to lie on the straight line through them, nothing else. A window is [start, end):
a sample that stands exactly at its end belongs to what follows, for a dose may have been given at that instant.
All functions take values of shape (..., time) and are blind to what the other axes mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """A curve within a window: its points, and where it ends."""

    times: Array  # (point,) h
    values: Array  # (..., point)
    end: float  # h; the last point itself, or the end of the window behind it
    beyond: Array | None  # (...) the value at ``end`` when a sample there is not counted as a point


def at(times: Array, values: Array, when: float) -> Array:
    """The value at one time, on the straight line between its neighbours."""
    right = min(int(np.searchsorted(times, when)), len(times) - 1)
    if times[right] == when or len(times) == 1:
        return values[..., right]
    share = (when - times[right - 1]) / (times[right] - times[right - 1])
    return values[..., right - 1] + share * (values[..., right] - values[..., right - 1])


def stretch(times: Array, values: Array, start: float | None, end: float | None) -> Stretch:
    """The part of a curve in [start, end); None is its first, or its last sample, which then counts."""
    first = times[0] if start is None else start
    last = times[-1] if end is None else end
    inside = (times >= first) & ((times < last) if end is not None else (times <= last))
    points, seen = times[inside], values[..., inside]
    if not len(points) or points[0] > first:
        points = np.concatenate([[first], points])
        seen = np.concatenate([at(times, values, first)[..., None], seen], axis=-1)
    sample_at_end = end is not None and bool(np.any(times == last))
    if sample_at_end:
        return Stretch(points, seen, last, at(times, values, last))
    if points[-1] < last:
        points = np.concatenate([points, [last]])
        seen = np.concatenate([seen, at(times, values, last)[..., None]], axis=-1)
    return Stretch(points, seen, last, None)


def highest(part: Stretch) -> tuple[Array, Array]:
    """The highest value and the first time at which it is reached; NaN where any point is NaN."""
    lost = np.isnan(part.values).any(axis=-1)
    where = np.where(np.isnan(part.values), -np.inf, part.values).argmax(axis=-1)
    value = np.take_along_axis(part.values, where[..., None], axis=-1)[..., 0]
    return np.where(lost, np.nan, value), np.where(lost, np.nan, part.times[where])


def lowest(part: Stretch) -> tuple[Array, Array]:
    """The lowest value and the first time at which it is reached; NaN where any point is NaN."""
    value, time = highest(Stretch(part.times, -part.values, part.end, None))
    return -value, time


def area(part: Stretch) -> Array:
    """The area under the straight lines, in value x h."""
    times, values = part.times, part.values
    if part.beyond is not None:
        times = np.concatenate([times, [part.end]])
        values = np.concatenate([values, part.beyond[..., None]], axis=-1)
    width = np.diff(times)
    return ((values[..., 1:] + values[..., :-1]) / 2 * width).sum(axis=-1)


def mean(part: Stretch) -> Array:
    """The mean over time (not over samples); of a window without width, the value there."""
    width = part.end - part.times[0]
    return area(part) / width if width > 0 else part.values[..., 0]


def halving(first: Array, last: Array, hours: float) -> Array:
    """The half-life of an exponential from one value to another; NaN where it does not fall or is not above zero."""
    falls = (last > 0) & (first > last)
    return np.where(falls, np.log(2) * hours / np.log(np.where(falls, first / np.where(falls, last, 1), 2)), np.nan)


def crossing(part: Stretch, threshold: float, *, above: bool, last: bool) -> Array:
    """The first, or last, time at which the curve lies above (or below) the threshold; NaN when it never does.

    A curve that is above at the start of the window is so first at the start; one that is still above at the last
    point is so last at the end of the window.
    """
    over = part.values - threshold if above else threshold - part.values
    lost = np.isnan(over).any(axis=-1)
    # p point: the curve is over at p; it came over between p - 1 and p, and goes under between p and p + 1.
    is_over = over > 0
    point = np.arange(over.shape[-1])
    if last:
        chosen = np.where(is_over, point, -1).max(axis=-1)
        neighbour = np.minimum(chosen + 1, point[-1])
    else:
        chosen = np.where(is_over, point, len(point)).min(axis=-1)
        neighbour = np.maximum(chosen - 1, 0)
    never = ~is_over.any(axis=-1)
    chosen = np.where(never, 0, chosen)
    neighbour = np.where(never, 0, neighbour)
    height = np.take_along_axis(over, chosen[..., None], axis=-1)[..., 0]
    other = np.take_along_axis(over, neighbour[..., None], axis=-1)[..., 0]
    alone = neighbour == chosen
    share = np.where(alone, 0.0, height / np.where(alone | (height == other), 1.0, height - other))
    time = part.times[chosen] + share * (part.times[neighbour] - part.times[chosen])
    if last:
        time = np.where(alone, part.end, time)
    return np.where(never | lost, np.nan, time)
