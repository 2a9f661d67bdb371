"""Person and population: who lives through a scenario.

Needs    quantity
Gives    ``Person``, ``Setting``, ``Population``, ``Variation``, ``Covariate``, ``Correlation``, ``Bound``
Leaves   drawing people from a population (``population``)
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number, Plain, SpreadText, Status, UnitText, measured_in

Years = Annotated[Plain, measured_in("year", low=18.0, high=110.0)]
Weight = Annotated[Plain, measured_in("kg", low=25.0, high=400.0)]
Height = Annotated[Plain, measured_in("cm", low=90.0, high=250.0)]
Sex = Literal["female", "male"]


class Setting(Shape):
    """A parameter of this person that differs from the table."""

    value: Number
    unit: UnitText
    status: Status | None = None
    source: Identifier | None = None
    place: str | None = None
    note: str | None = None


class Person(Record):
    """One person: body, own parameters, and what they lived through before the scenario begins.

    ``history`` holds lines of the scenario language whose times are negative: they count back from its start.
    """

    about: Sentence
    sex: Sex
    age: Years
    weight: Weight
    height: Height | None = None
    parameters: dict[str, Setting] = Field(default_factory=dict)
    history: tuple[str, ...] = ()
    source: Identifier | None = None
    note: str | None = None


class Variation(Shape):
    """A parameter that differs between the people of a population (its centre is the table's value)."""

    parameter: str
    spread: SpreadText
    status: Status
    source: Identifier | None = None
    place: str | None = None
    note: str | None = None


class Covariate(Shape):
    """A property of the body: a centre with a spread. Nobody beyond ``low`` and ``high`` is accepted."""

    value: Number
    women: Number | None = None  # the centre for women, where it differs
    unit: UnitText
    spread: SpreadText
    low: Number | None = None
    high: Number | None = None
    status: Status | None = None
    source: Identifier | None = None
    note: str | None = None


class Correlation(Shape):
    """Two things that vary together: the correlation of their normal scores."""

    between: tuple[str, ...]
    value: Annotated[Number, Field(ge=-1, le=1)]
    source: Identifier | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _between_two(self) -> Correlation:
        if len(set(self.between)) != 2 or len(self.between) != 2:
            raise complaint(
                "a correlation is between two things",
                found=", ".join(self.between) or "none",
                expected="two different names",
                try_="between: [weight, height]",
                at=("between",),
            )
        return self


class Bound(Shape):
    """What a plausible person does not exceed: a parameter, a number of a drug, or body_mass_index."""

    of: str
    low: Number | None = None
    high: Number | None = None
    unit: UnitText
    source: Identifier | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _has_a_side(self) -> Bound:
        if self.low is None and self.high is None:
            raise complaint("a bound has neither low nor high", found=f"of: {self.of}", expected="low, high, or both")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise complaint(
                "a bound lets nobody through", found=f"low: {self.low:g}, high: {self.high:g}", expected="low < high"
            )
        return self


class Population(Record):
    """Many people: a person to start from, and what differs between them."""

    about: Sentence
    based_on: Identifier = "adult_reference"
    female: Annotated[Number, Field(ge=0, le=1)] | None = None  # share of women; absent: as the person
    age: Annotated[Covariate, measured_in("year", positive=True)] | None = None
    weight: Annotated[Covariate, measured_in("kg", positive=True)] | None = None
    height: Annotated[Covariate, measured_in("cm", positive=True)] | None = None
    vary: tuple[Variation, ...] = ()
    vary_all_with_spread: bool = False  # also every row of the tables and drugs that has a spread of its own
    correlations: tuple[Correlation, ...] = ()
    plausible: tuple[Bound, ...] = ()
    history: tuple[str, ...] = ()
    source: Identifier | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Population:
        names = [row.parameter for row in self.vary]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise complaint(
                    f"'{name}' varies twice",
                    found=name,
                    expected="each parameter once",
                    try_="keep one of the two",
                    at=("vary", number, "parameter"),
                )
        pairs = [frozenset(row.between) for row in self.correlations]
        for number, pair in enumerate(pairs):
            if pair in pairs[:number]:
                raise complaint(
                    "a correlation is given twice",
                    found=", ".join(sorted(pair)),
                    expected="each pair once",
                    try_="keep one of the two",
                    at=("correlations", number),
                )
        return self
