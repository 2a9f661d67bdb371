"""Study: people, arms, measures and the analysis that is planned, as its author writes it.

Needs    base, quantity, analysis, study_events
Gives    ``Study``, ``StudyPeople``, ``Eligible``, ``Arm``, ``Assignment``, ``Measure``, ``StudyCovariate``
Leaves   reading times and lines: see ``records.study``; running it: see ``trial``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .analysis import Analysis
from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number, UnitText
from .study_events import Blinding, Dropout, Expectancy, Intercurrent, MissedDoses

Design = Literal["parallel", "crossover", "factorial", "longitudinal"]
FEWEST = 4  # people: fewer have no spread worth an interval


class Eligible(Shape):
    """Who may take part: bounds of a number, one sex, or having (not having) a trait."""

    of: str  # sex, age, weight, height, body_mass_index, the id of a trait, or the name of a parameter
    low: Number | None = None
    high: Number | None = None
    unit: UnitText | None = None
    only: Literal["female", "male"] | None = None
    has: bool | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Eligible:
        bounded = self.low is not None or self.high is not None
        said = [bounded, self.only is not None, self.has is not None]
        if sum(said) != 1 or (self.of == "sex") != (self.only is not None):
            raise complaint(
                f"it is not clear who is eligible by '{self.of}'",
                found=", ".join(f"{key}: {value}" for key, value in self.model_dump(exclude_none=True).items()),
                expected="sex with only: female or male, a number with low or high, a trait with has: true or false",
                try_="{of: age, low: 18, high: 45, unit: year}",
            )
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise complaint(
                "nobody lies between the bounds",
                found=f"low: {self.low:g}, high: {self.high:g}",
                expected="low < high",
                try_="exchange the two",
                at=("low",),
            )
        return self


class StudyPeople(Shape):
    """Whom the study takes, and how many. ``screened`` is the most that are drawn to find them."""

    population: str  # an id, or the path of a record
    n: Annotated[int, Field(ge=FEWEST, le=1_000_000)]
    eligible: tuple[Eligible, ...] = ()
    screened: Annotated[int, Field(ge=1)] | None = None


class Arm(Shape):
    """What happens to the people of one arm, on top of what all share. ``levels`` place it among the factors."""

    id: Identifier
    about: Sentence | None = None
    happens: tuple[str, ...] = ()
    levels: dict[str, Identifier] = Field(default_factory=dict)


class Assignment(Shape):
    """Who gets which arm: at random in blocks, within strata. ``orders`` are the arms one after the other."""

    orders: tuple[tuple[Identifier, ...], ...] = ()
    shares: tuple[Annotated[int, Field(ge=1, le=10)], ...] = ()  # of the orders, as 2 to 1
    washout: str | None = None
    block: Annotated[int, Field(ge=1, le=128)] | None = None
    stratify: tuple[Identifier, ...] = ()  # sex, traits that some have, covariates of the study (halved at the median)


class Measure(Shape):
    """What is measured when. ``at`` holds times from zero, or "every 1 d from 0 d to 30 d" (both ends count)."""

    id: Identifier
    about: Sentence | None = None
    instrument: str | None = None  # of catalog/scales; without one the true value is read, without noise
    of: str | None = None  # a watched value, as binding_potential[mu NAc]; default: what the instrument reads
    event: Identifier | None = None  # instead: whether this has happened (lapse, relapse, ...), 0 or 1
    at: Annotated[tuple[str, ...], Field(min_length=1)]
    baseline: str | None = None  # one of the times

    @model_validator(mode="after")
    def _reads_one_thing(self) -> Measure:
        if self.event is not None and (self.of is not None or self.instrument is not None):
            raise complaint(
                f"'{self.id}' reads two things",
                found="event with of or instrument",
                expected="event alone, or instrument, or of",
                try_="leave one out",
            )
        if self.event is None and self.of is None and self.instrument is None:
            raise complaint(
                f"'{self.id}' reads nothing",
                found="neither instrument nor of nor event",
                expected="instrument: the id of a scale, or of: a watched value, or event",
                try_="of: distress",
            )
        return self


class StudyCovariate(Shape):
    """A column of the data: a drawn parameter under a short name. Sex, age, weight and traits are always there."""

    id: Identifier
    of: str


class Study(Record):
    """A study as it could be registered: people, design, arms, measures, estimand, analysis.

    Times are texts such as "6 h". ``lasts`` is the length of one period; a crossover has several, with a washout
    between them. ``history`` (times below 0) happens once, before everything; ``shared`` in every arm and period.
    """

    about: Sentence
    question: Sentence | None = None
    people: StudyPeople
    design: Design
    lasts: str
    zero: str = "0 h"
    clock: str = "00:00"
    history: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)]
    assignment: Assignment = Assignment()
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    covariates: tuple[StudyCovariate, ...] = ()
    blinding: Blinding | None = None
    expectancy: tuple[Expectancy, ...] = ()
    missed_doses: MissedDoses | None = None
    dropout: Dropout | None = None
    intercurrent: tuple[Intercurrent, ...] = ()
    estimand: Sentence
    analysis: Annotated[tuple[Analysis, ...], Field(min_length=1)]
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Study:
        for key in ("arms", "measures", "covariates", "intercurrent"):
            _once(key, [row.id for row in getattr(self, key)])
        if self.expectancy and self.blinding is None:
            raise complaint(
                "expectancy without blinding",
                found="expectancy: ...",
                expected="blinding: who knows, and how many guess rightly",
                try_="blinding: {masked: false}",
                at=("expectancy",),
            )
        return self


def _once(key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            raise complaint(
                f"'{name}' stands twice under {key}",
                found=f"id: {name}",
                expected="each id once",
                try_=f"{name}_2",
                at=(key, number, "id"),
            )
        seen.add(name)
