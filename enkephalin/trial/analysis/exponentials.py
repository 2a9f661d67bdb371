"""Exponentials: one or two of them laid through courses, many courses at a time.

Needs    numpy
Gives    ``one``, ``two``, ``bic``, ``Fitted``
Leaves   whose courses they are: see ``recovery``

For given time constants the rest is linear, so only they are searched: on a grid, then between its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PLACES = 60  # time constants of the grid of one exponential
COARSE = 24  # of each of two
STEPS = 30  # of the golden section
GOLDEN = (5**0.5 - 1) / 2
REACH = 10.0  # the slowest time constant, in lengths of the course
APART = 1e-10  # of squares: below it a fit is perfect


@dataclass(frozen=True)
class Fitted:
    """Courses with their fit: log time constants (course, exponential), squares left, and the fitted course."""

    log_tau: Array
    squares: Array
    course: Array


def one(times: Array, courses: Array) -> Fitted:
    """floor + size exp(-t / tau) through each course, shape (course, time)."""
    grid = _grid(times, PLACES)
    left = np.stack([_left(courses, np.exp(-times / np.exp(log))[None, None, :]) for log in grid])
    best = np.clip(left.argmin(axis=0), 1, PLACES - 2)
    log_tau = _golden(lambda log: _left(courses, _decay(times, log)[:, None, :]), grid[best - 1], grid[best + 1])
    columns = _decay(times, log_tau)[:, None, :]
    return Fitted(log_tau[:, None], _left(courses, columns), _course(courses, columns))


def two(times: Array, courses: Array) -> Fitted:
    """floor and two exponentials through each course; the faster first."""
    grid = _grid(times, COARSE)
    pairs = [(fast, slow) for k, fast in enumerate(grid) for slow in grid[k + 1 :]]
    left = np.stack([_left(courses, np.exp(-times / np.exp(np.array(pair))[:, None])[None]) for pair in pairs])
    start = np.array(pairs)[left.argmin(axis=0)]
    step = grid[1] - grid[0]
    for width in (step, step / 2, step / 4):
        for which in (0, 1):
            start[:, which] = _golden(
                lambda log, which=which: _left(courses, _both(times, start, which, log)),
                start[:, which] - width,
                start[:, which] + width,
            )
    columns = _both(times, start, 0, start[:, 0])
    return Fitted(np.sort(start, axis=1), _left(courses, columns), _course(courses, columns))


def bic(fitted: Fitted, parameters: int) -> Array:
    """Bayesian information criterion of each course, normal errors of one unknown size."""
    occasions = fitted.course.shape[1]
    return occasions * np.log(np.maximum(fitted.squares, APART) / occasions) + parameters * np.log(occasions)


def _grid(times: Array, places: int) -> Array:
    fastest = float(np.diff(times).min()) / 2
    slowest = REACH * float(times[-1] - times[0])
    return np.linspace(np.log(fastest), np.log(slowest), places)


def _decay(times: Array, log_tau: Array) -> Array:
    """exp(-t / tau), shape (course, time)."""
    return np.exp(-times[None, :] / np.exp(log_tau)[:, None])


def _both(times: Array, start: Array, which: int, log: Array) -> Array:
    """Columns of two exponentials, one of them at another time constant, shape (course, 2, time)."""
    taus = start.copy()
    taus[:, which] = log
    return np.exp(-times[None, None, :] / np.exp(taus)[:, :, None])


def _course(courses: Array, columns: Array) -> Array:
    """The fitted course: intercept and columns, shape (course or 1, column, time), by least squares."""
    found = np.broadcast_to(courses.mean(axis=1, keepdims=True), courses.shape)
    for column in _orthogonal(columns):
        found = found + (courses * column).sum(axis=1, keepdims=True) * column
    return found


def _left(courses: Array, columns: Array) -> Array:
    """The squares that intercept and columns leave of each course."""
    centred = courses - courses.mean(axis=1, keepdims=True)
    squares = (centred**2).sum(axis=1)
    for column in _orthogonal(columns):
        squares = squares - (centred * column).sum(axis=1) ** 2
    return np.maximum(squares, 0.0)


def _orthogonal(columns: Array) -> list[Array]:
    """The columns made orthogonal to the intercept and to each other, of length 1, each (course or 1, time)."""
    found: list[Array] = []
    for place in range(columns.shape[1]):
        column = columns[:, place, :] - columns[:, place, :].mean(axis=1, keepdims=True)
        for other in found:
            column = column - (column * other).sum(axis=1, keepdims=True) * other
        length = np.sqrt((column**2).sum(axis=1, keepdims=True))
        found.append(np.where(length > APART, column / np.maximum(length, APART), 0.0))
    return found


def _golden(squares: object, low: Array, high: Array) -> Array:
    """The least squares between two ends, each course for itself."""
    assert callable(squares)
    for _ in range(STEPS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        smaller = squares(left) < squares(right)
        low, high = np.where(smaller, low, left), np.where(smaller, right, high)
    middle: Array = (low + high) / 2
    return middle
