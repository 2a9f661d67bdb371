"""Truth: potential outcomes, what each person would be like in each condition, before anybody measures.

Needs    numpy, records
Gives    ``Truth``, ``Condition``, ``conditions_of``
Leaves   making it: see ``outcomes``; measuring it: see ``observe``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..population import Draw
from ..records.shapes import ResolvedStudy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """One arm in one period of one order."""

    arm: str
    order: int
    period: int

    def name(self, study: ResolvedStudy) -> str:
        """The arm; where there are several periods also which, and of what order."""
        order = study.orders[self.order]
        return self.arm if len(order) == 1 else f"{self.arm}, period {self.period + 1} of {' > '.join(order)}"


def conditions_of(study: ResolvedStudy) -> tuple[Condition, ...]:
    """Every arm in every period of every order."""
    return tuple(
        Condition(arm, number, period) for number, order in enumerate(study.orders) for period, arm in enumerate(order)
    )


@dataclass(frozen=True)
class Truth:
    """What each of a bank of people would show in each condition.

    Parameters
    ----------
    study : ResolvedStudy
        The study; what was switched off is gone from it.
    people : Draw
        The bank, person by person.
    conditions : tuple of str
        Names of the conditions, in the order of the arrays; ``places`` says arm, order and period of each.
    values : mapping
        Measure -> array (person, condition, occasion) of true values before any noise; of an event the share to whom
        it has not happened. NaN where somebody could not be carried so far.
    times : mapping
        Measure -> array (occasion), h from the zero of the period.
    drive : array or None
        (person, condition, occasion): what dropout depends on, at ``drive_times``.
    covariates : pandas.DataFrame
        A row per person: sex, age, weight, height, traits, the study's own.
    events : mapping
        Intercurrent event -> array (person, condition): its time in h from the zero of the period, NaN if none.
    screened : int
        How many were drawn to find these people.
    provenance : mapping
        Enough to make it again.
    """

    study: ResolvedStudy
    people: Draw
    conditions: tuple[str, ...]
    places: tuple[Condition, ...]
    values: Mapping[str, Array] = field(repr=False)
    times: Mapping[str, Array] = field(repr=False)
    covariates: Any = field(repr=False)
    drive: Array | None = field(default=None, repr=False)
    drive_times: Array | None = field(default=None, repr=False)
    events: Mapping[str, Array] = field(default_factory=dict, repr=False)
    screened: int = 0
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.people)
