"""Instruments: true values become what a scale, an assay, a scanner or a task would say.

Needs    scatter; a scale of the catalog that has an instrument
Gives    ``measure_with(instrument, true, rng)``, ``items_with``, ``true_score``, ``error_of``
Leaves   who is measured when, and what is missing: see ``trial``

Explained in docs/explanations/instruments.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError
from ..records.catalog import get
from ..records.shapes import Instrument, Item, Scale
from .scatter import as_float, scattered, stepped, stepping_variance, width

Array = NDArray[np.float64]
HOURS_OF_A_DAY = 24
HALF = 0.5  # a count of choices plus a half: log odds of none and of all stay finite


def measure_with(
    instrument: Scale | str, true: Any, rng: np.random.Generator, *, times: Any = None, habit: Any = None
) -> Array:
    """What an instrument says of true values, with its range, steps and noise.

    Parameters
    ----------
    instrument : Scale or str
        A record of catalog/scales that has an instrument, or its id.
    true : array, shape (..., occasion)
        True values in the unit of the watched value that the instrument reads; NaN stays NaN. What a rater, a batch
        of an assay or a day adds is shared along the last dim.
    rng : numpy.random.Generator
        The chance; the same state gives the same readings.

    Rarely needed
    -------------
    times : array, shape (occasion,), optional
        Times in h, so that an assay knows which samples are of one day. Without them all are.
    habit : array, shape (...), optional
        Normal scores of each person's lasting habit of answering, without the last dim of ``true`` (or 1 in its
        place). Without them each row of ``true`` is somebody else.

    Returns
    -------
    array of the shape of ``true``
        Readings in the unit of the instrument.

    Raises
    ------
    UnknownNameError
        There is no such scale.
    RequestError
        The scale has no instrument, or its noise does not fit into its range.

    Source
    ------
    Method: docs/explanations/instruments.md. Numbers: the record of each scale names its own.

    Example
    -------
    >>> measure_with("vas_100", [[0.0, 40.0]], np.random.default_rng(1)).shape
    (1, 2)
    """
    scale = usable(instrument)
    truth = true_score(scale, true)
    how = _instrument(scale)
    if how.choices is not None:
        return _chosen(how, as_float(true), rng)
    if scale.items:
        points = items_with(scale, true, rng, habit=habit).sum(axis=-1)
        return points / (len(scale.items) if scale.averaged else 1)
    assert how.noise is not None
    if how.noise.relative:
        return _finished(how, truth * _assayed(how, truth.shape, times, rng))
    if how.noise.about is None:
        return _finished(how, truth + error_of(scale).occasion * rng.standard_normal(truth.shape))
    low, high = _range(how)
    return _finished(how, low + (high - low) * _rated(scale, truth, rng, habit))


def items_with(instrument: Scale | str, true: Any, rng: np.random.Generator, *, habit: Any = None) -> Array:
    """The items of a scale as somebody would tick them.

    Every item carries the same share of the expected total; then person, day, rater and item add their noise, and
    the item takes one of its allowed points so that its mean is the expected one.

    Parameters
    ----------
    instrument, true, rng, habit
        As in ``measure_with``.

    Returns
    -------
    array, shape (..., occasion, item)
        Points.
    """
    scale = usable(instrument)
    truth = true_score(scale, true)
    share = _rated(scale, truth, rng, habit)
    low, high = _range(_instrument(scale))
    error = error_of(scale)
    about = (error.about - low) / (high - low)
    found = np.empty((*truth.shape, len(scale.items)))
    for place, item in enumerate(scale.items):
        spread = math.hypot(error.item, math.sqrt(_steps(about, item))) / (item.points[-1] - item.points[0])
        own = scattered(share, width(about, spread, item.points), rng.standard_normal(truth.shape))
        found[..., place] = stepped(own, item.points, rng.random(truth.shape))
    found[np.isnan(truth)] = np.nan
    return found


def usable(instrument: Scale | str) -> Scale:
    """The scale, if it has an instrument to read with.

    Raises
    ------
    RequestError
        It has none.
    """
    scale = get("scale", instrument) if isinstance(instrument, str) else instrument
    if scale.instrument is None:
        raise RequestError(
            f"'{scale.id}' cannot be read with: it has no instrument",
            place=scale.origin.at(()) or scale.id,
            found="items and bands only",
            expected="a scale with an instrument",
            try_="enkephalin list scales",
        )
    found: Scale = scale
    return found


def true_score(scale: Scale | str, true: Any) -> Array:
    """The score that a watched value stands for, before noise: through the line of the record, inside the range."""
    how = _instrument(usable(scale))
    values = as_float(true)
    if how.line is not None:
        values = how.line.at_zero.value + how.line.per_unit.value * values
    return np.clip(values, -math.inf if how.low is None else how.low, math.inf if how.high is None else how.high)


@dataclass(frozen=True)
class Error:
    """Standard deviations of a reading in the unit of the score: where they were found, and whose they are."""

    about: float
    occasion: float
    item: float  # of each item in its points, beyond taking whole points
    rater: float
    habit: float = 0.0  # between people, and theirs at every reading


def error_of(scale: Scale) -> Error:
    """How a scale's error divides among occasion, items and rater.

    The error of measurement is spread x sqrt(1 - retest); the part that belongs to single items spread x
    sqrt(1 - alpha), of which taking whole points is one share; the rater's spread x sqrt(1 - agreement).
    """
    noise = _instrument(scale).noise
    assert noise is not None and not noise.relative
    spread = noise.spread.value if noise.spread else 0.0
    whole = noise.error.value if noise.error else spread * math.sqrt(1 - _value(noise.retest))
    items = min(spread * math.sqrt(1 - noise.consistency.value), whole) if noise.consistency else 0.0
    rater = spread * math.sqrt(1 - noise.raters.value) if noise.raters else 0.0
    about = noise.about.value if noise.about else math.nan
    habit = noise.habit.value if noise.habit else 0.0
    if not scale.items:
        return Error(about, whole, 0.0, rater, habit)
    low, high = _range(_instrument(scale))
    count = len(scale.items)
    per_score = count if scale.averaged else 1  # sums of points in one unit of the score
    steps = sum(_steps((about - low) / (high - low), item) for item in scale.items)
    of_items = max((items * per_score) ** 2, steps)
    occasion = max((whole * per_score) ** 2 - of_items, 0.0)
    return Error(about, math.sqrt(occasion) / per_score, math.sqrt((of_items - steps) / count), rater, habit)


def _steps(share: float, item: Item) -> float:
    """The variance of an item's points that comes from their being whole."""
    reach = item.points[-1] - item.points[0]
    return float(stepping_variance(np.array([share]), item.points)[0]) * reach**2


def _rated(scale: Scale, truth: Array, rng: np.random.Generator, habit: Any) -> Array:
    """Shares of the range after habit and the noise of rater and occasion."""
    low, high = _range(_instrument(scale))
    error = error_of(scale)
    about = (error.about - low) / (high - low)
    share = (truth - low) / (high - low)
    if error.habit > 0:
        whose = rng.standard_normal(truth.shape[:-1]) if habit is None else as_float(habit)
        whose = whose if whose.ndim == truth.ndim else whose[..., None]
        share = scattered(share, width(about, error.habit / (high - low)), np.broadcast_to(whose, truth.shape))
    if error.rater > 0:
        whose = np.broadcast_to(rng.standard_normal((*truth.shape[:-1], 1)), truth.shape)
        share = scattered(share, width(about, error.rater / (high - low)), whose)
    return scattered(share, width(about, error.occasion / (high - low)), rng.standard_normal(truth.shape))


def _assayed(how: Instrument, shape: tuple[int, ...], times: Any, rng: np.random.Generator) -> Array:
    """The factor of each sample: its own, its batch's and its day's."""
    noise = how.noise
    assert noise is not None
    logs = _lognormal(noise.sample, rng.standard_normal(shape))
    logs = logs + _lognormal(noise.batch, rng.standard_normal((*shape[:-1], 1)))
    if noise.day is not None:
        days = np.zeros(shape[-1]) if times is None else np.floor(as_float(times) / HOURS_OF_A_DAY)
        order = np.unique(days, return_inverse=True)[1].reshape(-1)
        logs = logs + _lognormal(noise.day, rng.standard_normal((*shape[:-1], int(order.max()) + 1)))[..., order]
    return np.exp(logs)


def _lognormal(variation: Any, scores: Array) -> Array:
    """Logarithms of factors of mean 1 with a coefficient of variation."""
    if variation is None:
        return np.zeros_like(scores)
    square = math.log1p(variation.inner() ** 2)
    return math.sqrt(square) * scores - square / 2


def _chosen(how: Instrument, values: Array, rng: np.random.Generator) -> Array:
    """The log odds of the richer side, as so many choices show them."""
    task = how.choices
    assert task is not None
    odds = task.odds.at_zero.value + task.odds.per_unit.value * values
    if task.error is not None:
        odds = odds + task.error.value * rng.standard_normal(values.shape)
    known = np.isfinite(odds)
    rich = rng.binomial(task.trials, np.where(known, 1 / (1 + np.exp(-np.where(known, odds, 0.0))), HALF))
    found = np.log((rich + HALF) / (task.trials - rich + HALF))
    return _finished(how, np.where(known, found, np.nan))


def _finished(how: Instrument, values: Array) -> Array:
    """Values inside the range, in whole steps, not below what is detected."""
    if how.detects_from is not None:
        values = np.maximum(values, how.detects_from.value)
    if how.step is not None:
        values = np.round(values / how.step) * how.step
    return np.clip(values, -math.inf if how.low is None else how.low, math.inf if how.high is None else how.high)


def _instrument(scale: Scale) -> Instrument:
    assert scale.instrument is not None
    return scale.instrument


def _range(how: Instrument) -> tuple[float, float]:
    assert how.low is not None and how.high is not None
    return how.low, how.high


def _value(quantity: Any) -> float:
    return float(quantity.value)
