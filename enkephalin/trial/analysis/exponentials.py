"""Exponentials: one or two of them laid through courses, many courses at a time.

Needs    numpy
Gives    ``one``, ``two``, ``bic``, ``Fitted``
Leaves   whose courses they are: see ``recovery``

For given time constants the rest is linear, so only they are searched: on a grid, then between its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Squares = Callable[[Array], Array]
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
    grid, bases = _on_grid(tuple(times.tolist()))
    centred = courses - courses.mean(axis=1, keepdims=True)
    best = np.clip(_left_on(centred, bases).argmin(axis=0), 1, PLACES - 2)
    log_tau = _golden(_beside(times, centred, None), grid[best - 1], grid[best + 1])
    columns = _decay(times, log_tau)[:, None, :]
    return Fitted(log_tau[:, None], _left(courses, columns), _course(courses, columns))


def two(times: Array, courses: Array) -> Fitted:
    """floor and two exponentials through each course; the faster first."""
    grid, pairs, bases = _on_pairs(tuple(times.tolist()))
    centred = courses - courses.mean(axis=1, keepdims=True)
    start = pairs[_left_on(centred, bases).argmin(axis=0)]
    step = grid[1] - grid[0]
    for width in (step, step / 2, step / 4):
        for which in (0, 1):
            squares = _beside(times, centred, start[:, 1 - which])
            start[:, which] = _golden(squares, start[:, which] - width, start[:, which] + width)
    columns = np.exp(-times[None, None, :] / np.exp(start)[:, :, None])
    return Fitted(np.sort(start, axis=1), _left(courses, columns), _course(courses, columns))


def bic(fitted: Fitted, parameters: int) -> Array:
    """Bayesian information criterion of each course, normal errors of one unknown size."""
    occasions = fitted.course.shape[1]
    return occasions * np.log(np.maximum(fitted.squares, APART) / occasions) + parameters * np.log(occasions)


def _grid(times: Array, places: int) -> Array:
    fastest = float(np.diff(times).min()) / 2
    slowest = REACH * float(times[-1] - times[0])
    return np.linspace(np.log(fastest), np.log(slowest), places)


@cache
def _on_grid(times: tuple[float, ...]) -> tuple[Array, Array]:
    """The time constants of one exponential, and a column of length 1 for each, shape (place, 1, time)."""
    grid = _grid(np.array(times), PLACES)
    return grid, np.stack(_orthogonal(_decay(np.array(times), grid)[:, None, :]), axis=1)


@cache
def _on_pairs(times: tuple[float, ...]) -> tuple[Array, Array, Array]:
    """The time constants of two, all pairs of them, and columns of length 1 for each pair, shape (pair, 2, time)."""
    grid = _grid(np.array(times), COARSE)
    pairs = np.array([(fast, slow) for k, fast in enumerate(grid) for slow in grid[k + 1 :]])
    columns = np.exp(-np.array(times)[None, None, :] / np.exp(pairs)[:, :, None])
    return grid, pairs, np.stack(_orthogonal(columns), axis=1)


def _left_on(centred: Array, bases: Array) -> Array:
    """The squares that each basis leaves of each course, shape (basis, course)."""
    places, columns, times = bases.shape
    # c course, q column of a basis, t time; by einsum, which starts no threads
    taken = np.einsum("ct,qt->cq", centred, bases.reshape(-1, times)).reshape(-1, places, columns)
    found: Array = (centred**2).sum(axis=1) - (taken**2).sum(axis=2).T
    return found


def _beside(times: Array, centred: Array, other: Array | None) -> Squares:
    """The squares left as a function of one time constant, beside another that stays (or beside none)."""
    rest, fixed = centred, np.zeros_like(centred)
    if other is not None:
        (fixed,) = _orthogonal(_decay(times, other)[:, None, :])
        rest = centred - np.einsum("ct,ct->c", centred, fixed)[:, None] * fixed
    squares = np.einsum("ct,ct->c", rest, rest)

    def left(log: Array) -> Array:
        column = _decay(times, log)
        column -= column.mean(axis=1, keepdims=True)
        column -= np.einsum("ct,ct->c", column, fixed)[:, None] * fixed
        length = np.einsum("ct,ct->c", column, column)
        taken = np.einsum("ct,ct->c", rest, column) ** 2
        found: Array = squares - np.where(length > APART**2, taken / np.maximum(length, APART**2), 0.0)
        return found

    return left


def _decay(times: Array, log_tau: Array) -> Array:
    """exp(-t / tau), shape (course, time)."""
    found: Array = np.exp(-times[None, :] / np.exp(log_tau)[:, None])
    return found


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


def _golden(squares: Squares, low: Array, high: Array) -> Array:
    """The least squares between two ends, each course for itself; each step looks at one new place."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = squares(left), squares(right)
    for _ in range(STEPS - 1):
        smaller = at_left < at_right
        low, high = np.where(smaller, low, left), np.where(smaller, right, high)
        kept, at_kept = np.where(smaller, left, right), np.where(smaller, at_left, at_right)
        fresh = np.where(smaller, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        at_fresh = squares(fresh)
        left, right = np.where(smaller, fresh, kept), np.where(smaller, kept, fresh)
        at_left, at_right = np.where(smaller, at_fresh, at_kept), np.where(smaller, at_kept, at_fresh)
    middle: Array = np.where(at_left < at_right, low + right, left + high) / 2
    return middle
