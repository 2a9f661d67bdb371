"""Belief: who thinks they got the drug, and how that moves what they say. It moves no body.

Needs    records, seeds
Gives    ``believers``, ``shifts``
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import ResolvedMeasure
from ..records.study.times import hours_of
from .reading import Array
from .seeds import stream
from .truth import Truth


def believers(truth: Truth, place: NDArray[np.int64], arms: Collection[str], seed: int) -> NDArray[np.bool_]:
    """Who believes to be in one of these arms, shape (person, period).

    Whoever is told knows. Of the others a share guesses rightly, in each period anew.
    """
    there = np.array([one.arm in arms for one in truth.places])[place]
    blinding = truth.study.blinding
    if blinding is None or blinding.guessed_right is None:
        return there
    right = stream(seed, "guess").random(place.shape) < blinding.guessed_right.inner()
    return np.where(right, there, ~there)


def shifts(truth: Truth, measure: ResolvedMeasure, place: NDArray[np.int64], seed: int) -> Array:
    """By how much answers move, shape (person, period, occasion), in the unit of the reading."""
    times = truth.times[measure.id]
    found = np.zeros((*place.shape, len(times)))
    for row in truth.study.expectancy:
        if row.measure != measure.id:
            continue
        since = 0.0 if row.from_time is None else hours_of(row.from_time)
        found += row.shift.value * believers(truth, place, row.arms, seed)[:, :, None] * (times >= since)[None, None, :]
    return found
