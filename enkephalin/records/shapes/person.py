"""Person and population: who lives through a scenario.

Needs    quantity
Gives    ``Person``, ``Setting``, ``Population``, ``Variation``, ``Covariate``, ``Trait``, ``Influence``, ``Lived``,
         ``Correlation``, ``Bound``, ``Observed``
Leaves   drawing people from a population (``population``)
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...errors import nearest
from ..units import unit
from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number, Plain, SpreadText, Status, UnitText, measured_in

Years = Annotated[Plain, measured_in("year", positive=True)]
Weight = Annotated[Plain, measured_in("kg", positive=True)]
HUMAN = "human"
HUMAN_BOUNDS = {"age": ("year", 18.0, 110.0), "weight": ("kg", 25.0, 400.0)}
Height = Annotated[Plain, measured_in("cm", low=90.0, high=250.0)]
Sex = Literal["female", "male"]
SEXES = ("female", "male")
ROUNDING = 1e-9  # of shares that make one


Condition = Literal["opioid_use_disorder"]


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
    species: Identifier = HUMAN  # human, or a species patch
    sex: Sex
    age: Years
    weight: Weight
    height: Height | None = None
    conditions: tuple[Condition, ...] = ()  # what drug records know by name (body_effects)
    parameters: dict[str, Setting] = Field(default_factory=dict)
    history: tuple[str, ...] = ()
    source: Identifier | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _a_human_adult(self) -> Person:
        for key, (inner, low, high) in HUMAN_BOUNDS.items() if self.species == HUMAN else ():
            written: Plain = getattr(self, key)
            value = written.value * unit(written.unit).factor / unit(inner).factor
            if not low - 1e-9 <= value <= high + 1e-9:
                small = value < low
                raise complaint(
                    f"the value is too {'small' if small else 'large'}",
                    found=f"{written.value:g} {written.unit}",
                    expected=f"at {'least' if small else 'most'} {low if small else high:g} {inner}",
                    try_="look at the sign and the unit" if small else "look at the unit",
                    at=(key,),
                )
        return self


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


class Trait(Shape):
    """A property that no row of the tables holds: something that a share of people have, or a score.

    What it does to the body is said by ``influences`` that name it.
    """

    id: Identifier
    about: Sentence
    share: Annotated[Number, Field(ge=0, le=1)] | None = None
    spread: SpreadText | None = None  # of a score whose centre is 0
    status: Status
    source: Identifier | None = None
    place: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _share_or_spread(self) -> Trait:
        if (self.share is None) == (self.spread is None):
            raise complaint(
                f"'{self.id}' needs a share or a spread",
                found="both" if self.share is not None else "neither",
                expected="share: who has it, or spread: of a score about 0",
                try_="share: 0.15, or spread: normal sd 1",
            )
        return self


class Influence(Shape):
    """What sex, age or a trait does to a parameter: a factor or a shift, for each unit of a score or of ``per``.

    ``by`` is female, male, age, the id of a trait, or "not" and the id of one that people have or have not.
    """

    by: str
    parameter: str
    factor: Annotated[Number, Field(gt=0)] | None = None
    shift: Plain | None = None
    per: Plain | None = None  # of age: the factor holds for this many years
    centre: Plain | None = None  # of age: where the parameter is as it stands in the tables
    status: Status
    source: Identifier | None = None
    place: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Influence:
        if (self.factor is None) == (self.shift is None):
            raise complaint(
                f"the influence of '{self.by}' needs a factor or a shift",
                found="both" if self.factor is not None else "neither",
                expected="one of the two",
                try_="factor: 0.85",
            )
        if (self.by == "age") != (self.per is not None and self.centre is not None):
            raise complaint(
                "an influence of age needs per and centre, and no other does",
                found=f"by: {self.by}",
                expected="per: {value: 10, unit: year} and centre: {value: 40, unit: year}",
                try_="add both" if self.by == "age" else "leave both out",
            )
        return self


class Lived(Shape):
    """What a share of a population have lived through."""

    share: Annotated[Number, Field(ge=0, le=1)]
    about: Sentence
    history: tuple[str, ...] = ()


class Correlation(Shape):
    """Two things that vary together: the correlation of their normal scores.

    The name of a parameter with several rows means each of them; named twice, every pair among them.
    """

    between: tuple[str, ...]
    value: Annotated[Number, Field(ge=-1, le=1)]
    source: Identifier | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _between_two(self) -> Correlation:
        twice_a_parameter = len(set(self.between)) == 1 and "." in self.between[0]  # every pair of its rows
        if len(self.between) != 2 or (len(set(self.between)) != 2 and not twice_a_parameter):
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


class Observed(Shape):
    """How people were seen to differ: the mean and the spread of a parameter, age, weight, height or body_mass_index.

    People are accepted so that the drawn ones differ as these; ``shape`` is the form of what was seen.
    """

    of: str
    mean: Number
    sd: Annotated[Number, Field(gt=0)]
    unit: UnitText
    shape: Literal["normal", "lognormal"] = "normal"
    source: Identifier | None = None
    place: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _fits_its_shape(self) -> Observed:
        if self.shape == "lognormal" and self.mean <= 0:
            raise complaint("a lognormal mean is above 0", found=f"mean: {self.mean:g}", expected="a number above 0")
        return self


class Population(Record):
    """Many people: a person to start from, and what differs between them.

    ``like`` names another population whose body, traits, influences, correlations and bounds hold here too, wherever
    this record says nothing else of the same thing.
    """

    about: Sentence
    like: Identifier | None = None
    based_on: Identifier = "adult_reference"
    female: Annotated[Number, Field(ge=0, le=1)] | None = None  # share of women; absent: as the person
    age: Annotated[Covariate, measured_in("year", positive=True)] | None = None
    weight: Annotated[Covariate, measured_in("kg", positive=True)] | None = None
    height: Annotated[Covariate, measured_in("cm", positive=True)] | None = None
    conditions: tuple[Condition, ...] = ()  # of everybody, beside those of the person they are based on
    vary: tuple[Variation, ...] = ()
    vary_all_with_spread: bool = False  # also every row of the tables and drugs that has a spread of its own
    traits: tuple[Trait, ...] = ()
    influences: tuple[Influence, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    plausible: tuple[Bound, ...] = ()
    observed: tuple[Observed, ...] = ()  # of this population alone: not taken over by one that is like it
    history: tuple[str, ...] = ()
    histories: tuple[Lived, ...] = ()  # instead of one history for all
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
        whole = sum(row.share for row in self.histories)
        if self.histories and (self.history or abs(whole - 1) > ROUNDING):
            raise complaint(
                "the histories do not make one population",
                found="history and histories" if self.history else f"shares that make {whole:g}",
                expected="either history, or histories whose shares make 1",
                try_="put everybody's history under histories, with shares",
                at=("histories",),
            )
        known = {*SEXES, "age", *(trait.id for trait in self.traits), *(f"not {t.id}" for t in self.traits if t.share)}
        for number, influence in enumerate(self.influences):
            if influence.by not in known and self.like is None:
                raise complaint(
                    f"nobody knows what '{influence.by}' is",
                    found=f"by: {influence.by}",
                    expected=", ".join(sorted(known)),
                    try_=nearest(influence.by, sorted(known)) or "a trait of this record",
                    at=("influences", number, "by"),
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
