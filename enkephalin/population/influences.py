"""Influences: what sex, age and traits do to a person's numbers.

Needs    varying
Gives    ``trait_scores``: who has what; ``apply``
Leaves   the chance itself: see ``scores``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import Influence, Population
from ..records.units import convert
from .plausible import Batch
from .scores import about
from .varying import Target

Array = NDArray[np.float64]
NOT = "not "


def below(score: Array, share: float) -> NDArray[np.bool_]:
    """True for the share of people with the lowest scores."""
    if share in (0.0, 1.0):
        return np.full(len(score), share == 1.0)
    return score < NormalDist().inv_cdf(share)


def trait_scores(record: Population, score: Mapping[str, Array]) -> dict[str, Array]:
    """Each trait of each person: 1 or 0 for what people have or have not, else the score."""
    found: dict[str, Array] = {}
    for trait in record.traits:
        if trait.share is not None:  # turned round, so that who has it has the higher score
            found[trait.id] = below(-score[trait.id], trait.share).astype(float)
        elif trait.spread is not None:
            found[trait.id] = np.asarray(about(0.0, trait.spread, score[trait.id]))
    return found


def apply(batch: Batch, influences: Sequence[tuple[Influence, tuple[Target, ...]]]) -> None:
    """Multiply and shift the numbers of everybody, in the order of the record."""
    people = len(batch.body["sex"])
    for influence, targets in influences:
        amount = _amount(influence, batch)
        for target in targets:
            value = batch.values.get(target.name, np.full(people, target.centre))
            if influence.factor is not None:
                batch.values[target.name] = value * influence.factor**amount
            elif influence.shift is not None:
                batch.values[target.name] = value + target.inner(influence.shift.value, influence.shift.unit) * amount


def _amount(influence: Influence, batch: Batch) -> Array:
    """How many times over the influence holds in each person."""
    if influence.by in ("female", "male"):
        found: Array = (batch.body["sex"] == influence.by).astype(float)
        return found
    if influence.by == "age" and influence.per is not None and influence.centre is not None:
        centre = convert(influence.centre.value, influence.centre.unit, "year")
        per = convert(influence.per.value, influence.per.unit, "year")
        return np.asarray((batch.body["age"] - centre) / per)
    if influence.by.startswith(NOT):
        return 1 - batch.traits[influence.by.removeprefix(NOT)]
    return batch.traits[influence.by]
