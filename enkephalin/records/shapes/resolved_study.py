"""Resolved study: every time in hours from zero, every arm as doses and exposures, every order written out.

Needs    study, scenario
Gives    ``ResolvedStudy``, ``ResolvedArm``, ``ResolvedMeasure``, ``ResolvedIntercurrent``, ``Happening``
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .analysis import Analysis
from .base import Identifier, Record, Sentence, Shape
from .quantity import Number, Rate
from .scenario import Hours, ResolvedDose, ResolvedExposure
from .study import Design, StudyCovariate, StudyPeople
from .study_events import Blinding, Dropout, Expectancy, MissedDoses, Strategy


class Happening(Shape):
    """Doses and exposures; times in h."""

    doses: tuple[ResolvedDose, ...] = ()
    exposures: tuple[ResolvedExposure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.doses or self.exposures)

    def moved(self, hours: float) -> Happening:
        """The same, so much later."""
        doses = tuple(row.model_copy(update={"time": row.time + hours}) for row in self.doses)
        exposures = tuple(
            row.model_copy(update={"time": row.time + hours, "end": row.end + hours}) for row in self.exposures
        )
        return Happening(doses=doses, exposures=exposures)


class ResolvedArm(Shape):
    """An arm: what happens in one period, counted from its start."""

    id: Identifier
    about: Sentence | None = None
    levels: dict[str, Identifier] = Field(default_factory=dict)
    happens: Happening = Happening()  # what all share, and the arm's own
    own_doses: Annotated[int, Field(ge=0)] = 0  # so many rows of doses, the last ones, are the arm's own

    @property
    def own(self) -> tuple[ResolvedDose, ...]:
        """The doses that only this arm has."""
        return self.happens.doses[len(self.happens.doses) - self.own_doses :]


class ResolvedMeasure(Shape):
    """A measure: times in h from zero, rising."""

    id: Identifier
    about: Sentence | None = None
    instrument: str | None = None
    of: str | None = None
    event: Identifier | None = None
    at: Annotated[tuple[Number, ...], Field(min_length=1)]
    baseline: Number | None = None


class ResolvedIntercurrent(Shape):
    """An intercurrent event: times in h from zero; its happenings count from the event."""

    id: Identifier
    about: Sentence
    hazard: Rate | None = None
    event: Identifier | None = None
    when: str | None = None
    looked_at: Annotated[tuple[Number, ...], Field(min_length=1)]
    arms: tuple[Identifier, ...] = ()
    happens: Happening = Happening()
    strategy: Strategy
    counts_as: Number | None = None
    measures: tuple[Identifier, ...] = ()


class ResolvedStudy(Record):
    """A study with every word explicit; resolving it again changes nothing."""

    about: Sentence
    question: Sentence | None = None
    people: StudyPeople
    design: Design
    end: Annotated[Number, Field(gt=0)]  # of a period
    zero: Hours = 0.0
    clock: Annotated[Number, Field(ge=0, lt=24)] = 0.0
    history: Happening = Happening()  # times below 0, from the start of the first period
    lasting: tuple[int, ...] = ()  # the exposures of the history, by number, that go on until something else is said
    arms: Annotated[tuple[ResolvedArm, ...], Field(min_length=1)]
    orders: Annotated[tuple[tuple[Identifier, ...], ...], Field(min_length=1)]
    shares: Annotated[tuple[int, ...], Field(min_length=1)]
    washout: Hours = 0.0
    block: Annotated[int, Field(ge=1)]
    stratify: tuple[Identifier, ...] = ()
    measures: Annotated[tuple[ResolvedMeasure, ...], Field(min_length=1)]
    covariates: tuple[StudyCovariate, ...] = ()
    blinding: Blinding | None = None
    expectancy: tuple[Expectancy, ...] = ()
    missed_doses: MissedDoses | None = None
    dropout: Dropout | None = None
    intercurrent: tuple[ResolvedIntercurrent, ...] = ()
    estimand: Sentence
    analysis: Annotated[tuple[Analysis, ...], Field(min_length=1)]
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    note: str | None = None

    @property
    def step(self) -> float:
        """From the start of one period to the start of the next, in h."""
        return self.end + self.washout

    def arm(self, name: str) -> ResolvedArm:
        """The arm with this id."""
        return next(arm for arm in self.arms if arm.id == name)
