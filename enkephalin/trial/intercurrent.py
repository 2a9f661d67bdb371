"""Intercurrent events: when they come to each person in each condition, and what they do to the values.

Needs    records, seeds
Gives    ``times_of_events``, ``by_strategy``
Leaves   living through them: see ``outcomes``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import ResolvedIntercurrent, ResolvedStudy
from ..records.study.words import threshold
from .reading import Array, Wanted
from .seeds import stream
from .truth import Condition


def times_of_events(
    study: ResolvedStudy,
    values: Mapping[str, Array],
    wish: Wanted,
    places: Sequence[Condition],
    people: NDArray[np.int64],
    seed: int,
) -> dict[str, Array]:
    """When each event is first found, shape (person, condition), h from the period's zero; NaN if it never is.

    A person has one chance for each event, the same in every condition: what differs between conditions is the hazard.
    """
    found = {}
    for event in study.intercurrent:
        looked = np.array(event.looked_at)
        at = np.searchsorted(wish.times, looked)
        if event.when is not None:
            condition = threshold(event.when)
            seen = values[str(wish.intercurrent[event.id])][:, :, at]
            came = seen > condition.value if condition.above else seen < condition.value
        else:
            chance = stream(seed, f"intercurrent {event.id}").random(int(people.max()) + 1)[people]
            left = _left(event, looked, values, wish, at, (len(people), len(places)))
            came = left < chance[:, None, None]
        times = np.where(came.any(axis=2), looked[came.argmax(axis=2)], np.nan)
        if event.arms:
            times[:, [place.arm not in event.arms for place in places]] = np.nan
        found[event.id] = times
    return found


def _left(
    event: ResolvedIntercurrent,
    looked: Array,
    values: Mapping[str, Array],
    wish: Wanted,
    at: NDArray[np.int64],
    shape: tuple[int, int],
) -> Array:
    """The chance that it has not come yet, shape (person, condition, time)."""
    if event.hazard is not None:
        return np.broadcast_to(np.exp(-event.hazard.inner() * looked), (*shape, len(looked)))
    survival = values[str(wish.intercurrent[event.id])]
    zero = survival[:, :, [int(np.searchsorted(wish.times, 0.0))]]
    return survival[:, :, at] / zero


def by_strategy(event: ResolvedIntercurrent, values: Array, times: Array, came: Array) -> Array:
    """Values as the estimand's strategy takes them.

    Parameters
    ----------
    values : array
        Shape (row, occasion).
    times : array
        Shape (occasion), h.
    came : array
        Shape (row,), when the event came; NaN if it did not.

    Returns
    -------
    array
        Shape (row, occasion). An occasion at the time of the event counts as after it.
    """
    after = times[None, :] >= np.where(np.isnan(came), np.inf, came)[:, None]
    if event.strategy == "treatment_policy":
        return values
    if event.strategy == "hypothetical":
        return np.where(after, np.nan, values)
    if event.strategy == "composite":
        return np.where(after, float(event.counts_as or 0.0), values)
    before = np.where(after, -1, np.arange(len(times))[None, :]).max(axis=1)  # the last occasion before it
    last = np.where(before >= 0, values[np.arange(len(values)), before], np.nan)
    return np.where(after, last[:, None], values)
