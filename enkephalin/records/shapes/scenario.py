"""Scenario: what happens to a person, as its author writes it and as it is resolved.

Needs    base, quantity
Gives    ``Scenario``, ``ResolvedScenario``, ``ResolvedDose``, ``ResolvedExposure``
Leaves   reading the lines of ``happens``: see ``records.scenario.grammar``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number

Hours = Annotated[Number, Field(ge=0)]
Watch = Annotated[tuple[str, ...], Field(min_length=1)]


class Scenario(Record):
    """What happens, in the author's words. Times are texts such as "730 d"; see docs for the language."""

    about: Sentence
    lasts: str
    zero: str = "0 h"
    clock: str = "00:00"
    happens: tuple[str, ...] = ()
    watch: Watch
    every: str
    person: Identifier | None = None  # to whom it happens unless somebody else is named
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    note: str | None = None


class ResolvedDose(Shape):
    """A dose, or a regimen of equal doses: first time, interval and count; hours and nmol (or nmol/kg).

    A regimen that was taken ``since`` long before the scenario begins at a negative time.
    """

    time: Number
    since: Annotated[Number, Field(lt=0)] | None = None
    drug: str  # the id of a record in the catalog, or the path of a file
    route: str
    amount: Annotated[Number, Field(gt=0)]
    unit: Literal["nmol", "nmol/kg"]
    duration: Hours = 0.0
    interval: Hours = 0.0
    count: Annotated[int, Field(ge=1)] = 1
    then: bool = False

    @property
    def last(self) -> float:
        """The time of the last dose, in h."""
        return self.time + self.interval * (self.count - 1)


class ResolvedExposure(Shape):
    """A level that holds on [time, end), in hours."""

    time: Number
    end: Number
    exposure: str
    level: Number

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> ResolvedExposure:
        if not self.time < self.end:
            raise complaint(
                "an exposure ends before it begins",
                found=f"from {self.time:g} to {self.end:g} h",
                expected="time < end",
                try_="exchange the two",
                at=("end",),
            )
        return self


class ResolvedScenario(Record):
    """Every word explicit: hours, nmol, interval and count. Resolving it again changes nothing."""

    about: Sentence
    end: Annotated[Number, Field(gt=0)]
    zero: Hours = 0.0
    clock: Annotated[Number, Field(ge=0, lt=24)] = 0.0
    doses: tuple[ResolvedDose, ...] = ()
    exposures: tuple[ResolvedExposure, ...] = ()
    watch: Watch
    every: Annotated[Number, Field(gt=0)]
    person: Identifier | None = None
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    note: str | None = None
