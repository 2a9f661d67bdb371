"""Observation: one reported effect, in whom it was seen, how well, and what it says to which question.

Needs    base, quantity
Gives    ``Observation``, ``Answer``, ``Interval``, ``Range``, ``RiskOfBias``; ``Question``; ``DOMAINS``
Leaves   weighing observations: see ``evidence``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...errors import nearest
from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number, UnitText

Direction = Literal["positive", "negative", "none", "mixed"]
Species = Literal["human", "rat", "mouse", "vole", "macaque", "squirrel_monkey", "cells", "various"]
Design = Literal[
    "meta_analysis", "systematic_review", "review", "guideline",
    "randomised_parallel", "randomised_crossover", "trial_without_randomisation", "case_series",
    "cohort", "case_control", "cross_sectional", "post_mortem", "within_subject_imaging", "psychometric",
    "animal_experiment", "tissue", "cells", "theory",
]  # fmt: skip
Judgement = Literal["low", "some", "high", "unknown"]

# The official domains of each tool. A domain that a record does not name is unknown.
DOMAINS: dict[str, tuple[str, ...]] = {
    "RoB 2": ("randomisation", "deviations", "missing_data", "measurement", "reporting"),
    "ROBINS-I": (
        "confounding", "selection", "classification", "deviations", "missing_data", "measurement", "reporting",
    ),
    "SYRCLE": (
        "sequence_generation", "baseline", "allocation_concealment", "random_housing", "blinded_caregivers",
        "random_outcome_assessment", "blinded_assessors", "incomplete_data", "selective_reporting", "other",
    ),
}  # fmt: skip


class Question(Record):
    """A question to which observations give answers, so that their directions can be compared."""

    about: Sentence
    positive: Sentence
    negative: Sentence | None = None


class Answer(Shape):
    """What an observation says to a question, and whether it was made for it.

    ``direct``: same species, same state and same outcome as the question asks. ``indirect``: by analogy or on the way.
    """

    question: Identifier
    says: Direction
    how: Literal["direct", "indirect"] = "direct"
    because: Sentence | None = None

    @model_validator(mode="after")
    def _analogy_has_a_reason(self) -> Answer:
        if self.how == "indirect" and self.because is None:
            raise complaint(
                f"an indirect answer to '{self.question}' without a reason",
                found="how: indirect, because: nothing",
                expected="because: what lies between the finding and the question",
                try_="how: direct, where nothing does",
            )
        return self


class Interval(Shape):
    """The interval that a study reports around its value."""

    low: Number
    high: Number
    level: Annotated[Number, Field(gt=0, lt=1)] = 0.95

    @model_validator(mode="after")
    def _low_is_low(self) -> Interval:
        if self.low > self.high:
            raise complaint(
                "the interval is reversed",
                found=f"low: {self.low:g}, high: {self.high:g}",
                expected="low <= high",
                try_="exchange the two",
            )
        return self


class Range(Shape):
    """Lowest and highest of several values, and over what: no interval of one estimate."""

    low: Number
    high: Number
    over: Sentence

    @model_validator(mode="after")
    def _low_is_low(self) -> Range:
        if self.low > self.high:
            raise complaint(
                "the range is reversed",
                found=f"low: {self.low:g}, high: {self.high:g}",
                expected="low <= high",
                try_="exchange the two",
            )
        return self


class RiskOfBias(Shape):
    """Judgement by domain of the official tool for the design; what the reader could not see is unknown."""

    tool: Literal["RoB 2", "ROBINS-I", "SYRCLE"]
    domains: dict[str, Judgement] = Field(default_factory=dict)
    judged_from: Literal["full_text", "abstract", "secondary"] = "abstract"
    judged_by: str | None = None

    @model_validator(mode="after")
    def _domains_are_of_the_tool(self) -> RiskOfBias:
        for name in self.domains:
            if name not in DOMAINS[self.tool]:
                raise complaint(
                    f"'{name}' is no domain of {self.tool}",
                    found=name,
                    expected="one of " + ", ".join(DOMAINS[self.tool]),
                    try_=nearest(name, DOMAINS[self.tool]) or "look up the tool's own domains",
                )
        return self

    def all_domains(self) -> dict[str, str]:
        """Every domain of the tool, the unknown ones included."""
        return {name: self.domains.get(name, "unknown") for name in DOMAINS[self.tool]}


class Observation(Record):
    """One effect as a source reports it. What is not known stays null; ``note`` says why."""

    about: Sentence
    source: Identifier
    place: str | None = None
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]
    measure: str | None = None
    value: Number | None = None
    unit: UnitText | None = None
    interval: Interval | None = None
    range: Range | None = None
    sd: Annotated[Number, Field(gt=0)] | None = None
    se: Annotated[Number, Field(gt=0)] | None = None
    p: str | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    arms: tuple[int, ...] = ()
    design: Design
    pools: Literal["randomised", "observational"] | None = None
    species: Species
    population: str | None = None
    drug: Identifier | None = None
    dose: str | None = None
    confirmed: Literal["read", "secondary", "recalled"]
    risk_of_bias: RiskOfBias | None = None
    use: Literal["building", "verification"] | None = None
    transcribed_by: Sentence
    checked_by: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _number_has_its_measure(self) -> Observation:
        if self.value is not None and (self.measure is None or self.unit is None):
            raise complaint(
                "a value without measure or unit",
                found=f"value: {self.value:g}",
                expected="measure: ... and unit: ...",
                try_="unit: 1, for a pure number",
            )
        if self.value is None and (self.interval or self.sd or self.se):
            raise complaint(
                "a spread without a value",
                found="value: nothing",
                expected="value: ...",
                try_="range, for several values",
            )
        if self.interval is not None and self.value is not None:
            low, high = self.interval.low, self.interval.high
            if not low <= self.value <= high:
                raise complaint(
                    "the value lies outside its interval",
                    found=f"{self.value:g}",
                    expected=f"{low:g} to {high:g}",
                    try_="look at signs, and at the scale of a ratio",
                )
        if self.arms and self.n is not None and sum(self.arms) != self.n:
            raise complaint(
                "the arms do not add up to n",
                found=f"arms: {list(self.arms)}",
                expected=f"a sum of {self.n}",
                try_="n: those whom the value is about",
            )
        if (self.pools is not None) != (self.design in ("meta_analysis", "systematic_review")):
            raise complaint(
                "a meta-analysis says what it pools, and nothing else does",
                found=f"design: {self.design}, pools: {self.pools or 'nothing'}",
                expected="pools: randomised or observational, beside design: meta_analysis",
                try_="pools: observational, where not all are randomised",
            )
        questions = [answer.question for answer in self.answers]
        for name in questions:
            if questions.count(name) > 1:
                raise complaint(
                    f"the question '{name}' is answered twice",
                    found=name,
                    expected="each question once",
                    try_="says: mixed, where it goes both ways",
                )
        return self
