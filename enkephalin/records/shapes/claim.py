"""Claim: a sentence that can be wrong, where it stands, what is known about it, and how the body can be asked.

Needs    base, quantity, observation, source
Gives    ``Claim``, ``Value``, ``Stated``, ``Known``, ``Verdict``, ``Run``, ``Reading``, ``Step``
Leaves   verdicts and runs: see ``evidence.auditing``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...errors import nearest
from .base import Identifier, Record, Sentence, Shape, complaint
from .observation import Direction, Observation, Species
from .quantity import Number, Plain, UnitText
from .source import Source

VerdictWord = Literal["supported", "partly", "unsupported", "contradicted", "cannot_tell"]


class Value(Shape):
    """A number that somebody states, with what it is a number of; or the words that stand instead of one."""

    measure: Sentence
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: UnitText
    n: int | None = None
    p: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Value:
        if self.value is None and self.low is None and self.high is None:
            raise complaint(
                "a value without a number",
                found=f"measure: {self.measure}",
                expected="value, or low and high",
                try_="leave it out, where no number is stated",
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise complaint(
                "the range is reversed",
                found=f"low: {self.low:g}, high: {self.high:g}",
                expected="low <= high",
                try_="exchange the two",
            )
        return self


class Stated(Shape):
    """What the text states: its numbers, the codes it cites, the works that it names, and what it calls them."""

    values: tuple[Value, ...] = ()
    codes: tuple[str, ...] = ()
    names: tuple[Identifier, ...] = ()
    called: dict[Identifier, Literal["systematic_review", "meta_analysis"]] = Field(default_factory=dict)


class Known(Shape):
    """What was found: in a sentence or two, as a number where there is one, or that nothing was found."""

    says: Sentence
    value: Value | None = None
    not_found: Sentence | None = None
    sources: tuple[Identifier, ...] = ()


class Verdict(Shape):
    """A verdict and why."""

    verdict: VerdictWord
    because: Sentence


class Step(Shape):
    """One step of certainty, down or up, that cannot be computed from the observations, and why."""

    domain: Literal[
        "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias",
        "large_effect", "dose_response", "opposing_confounding",
    ]  # fmt: skip
    steps: Annotated[int, Field(ge=-3, le=2)]
    because: Sentence


class Run(Shape):
    """Who lives through what: a scenario of the catalog, perhaps with more happening, or one written out here.

    Without ``person`` and ``population`` it is the scenario's own person, or the reference adult.
    """

    id: Identifier
    scenario: Identifier | None = None
    also: tuple[str, ...] = ()
    happens: tuple[str, ...] = ()
    lasts: str | None = None
    zero: str | None = None
    clock: str | None = None
    every: str | None = None
    person: Identifier | None = None
    parameters: dict[str, Plain] = Field(default_factory=dict)
    population: Identifier | None = None
    people: Annotated[int, Field(ge=1, le=2000)] = 1

    @model_validator(mode="after")
    def _one_of_two(self) -> Run:
        written = self.lasts is not None and self.every is not None
        if (self.scenario is None) != written:
            raise complaint(
                f"the run '{self.id}' needs one scenario",
                found="scenario and lasts" if written else "neither scenario nor lasts and every",
                expected="scenario: <id>, or lasts, every and happens",
                try_="enkephalin list scenarios",
            )
        if self.population is not None and self.parameters:
            raise complaint(
                f"the run '{self.id}' has a population and parameters",
                found="population and parameters",
                expected="parameters: ..., beside a person",
                try_="a population record with these parameters",
            )
        if self.scenario is not None and self.happens:
            raise complaint(
                f"the run '{self.id}' has a scenario and happens",
                found=f"scenario: {self.scenario}, happens: {self.happens[0]}",
                expected="also: ..., for what is added to a scenario",
                try_="write also in place of happens",
            )
        return self


class Reading(Shape):
    """What is read from the runs, and which readings would agree with the claim.

    ``show``: the value itself; its difference, ratio or percent change against ``relative_to``; its correlation over
    people with ``and_read``; or the ratio of hazards for each spread less of it, from the survival that ``and_read``
    reads. ``agrees`` is the band that the claim needs.
    """

    read: Sentence
    run: Identifier
    relative_to: Identifier | None = None
    show: Literal["value", "difference", "ratio", "percent_change", "correlation", "hazard_ratio"] = "value"
    and_read: Sentence | None = None
    unit: UnitText | None = None
    agrees: tuple[Number | None, Number | None]
    about: Sentence | None = None

    @model_validator(mode="after")
    def _whole(self) -> Reading:
        if (self.show in ("difference", "ratio", "percent_change")) != (self.relative_to is not None):
            raise complaint(
                f"'{self.show}' and relative_to do not fit",
                found=f"relative_to: {self.relative_to or 'nothing'}",
                expected="relative_to for a difference, a ratio or a percent change, and only there",
                try_="relative_to: <id of another run>, or show: value",
            )
        if (self.show in ("correlation", "hazard_ratio")) != (self.and_read is not None):
            raise complaint(
                "a correlation and a ratio of hazards need two readings",
                found=f"show: {self.show}, and_read: {self.and_read or 'nothing'}",
                expected="and_read: ..., for a correlation or a hazard_ratio, and only there",
                try_="and_read: the second reading, as read",
            )
        low, high = self.agrees
        if low is None and high is None:
            raise complaint(
                "any value would agree",
                found="agrees: [null, null]",
                expected="[low, high], one of them may be null",
                try_="say which values the claim excludes",
            )
        if low is not None and high is not None and low > high:
            raise complaint(
                "the band is reversed",
                found=f"agrees: [{low:g}, {high:g}]",
                expected="low <= high",
                try_="exchange the two",
            )
        return self


class Claim(Record):
    """A claim in our words. The body is asked (``runs`` and ``readings``), or ``undecidable`` says why it cannot be.

    A file of one's own can bring all it needs: ``observed`` and ``own_sources``, and with ``asks`` its own question.
    """

    about: Sentence
    number: int | None = None
    place: str | None = None
    kind: Literal["mechanism", "effect", "association", "measurement", "opinion"]
    species: Annotated[tuple[Species, ...], Field(min_length=1)]
    wrong_if: Sentence
    question: Identifier | None = None
    asks: Sentence | None = None
    says: Direction = "positive"
    article: Stated = Stated()
    known: Known
    first: Verdict | None = None
    ruling: Verdict | None = None
    steps: tuple[Step, ...] = ()
    runs: tuple[Run, ...] = ()
    readings: tuple[Reading, ...] = ()
    undecidable: Sentence | None = None
    rests_on: tuple[str, ...] = ()
    observed: tuple[Observation, ...] = ()
    own_sources: tuple[Source, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _can_be_asked_or_says_why_not(self) -> Claim:
        if bool(self.readings) == (self.undecidable is not None):
            raise complaint(
                "a claim is asked of the body, or says why that cannot be",
                found="readings and undecidable" if self.readings else "neither readings nor undecidable",
                expected="one of the two",
                try_="undecidable: why no run can decide it",
            )
        known = {run.id for run in self.runs}
        for reading in self.readings:
            for name in (reading.run, reading.relative_to):
                if name is not None and name not in known:
                    raise complaint(
                        f"the reading names no run '{name}'",
                        found=name,
                        expected="one of " + ", ".join(sorted(known)),
                        try_=nearest(name, known) or "write the run first",
                    )
        if self.asks is not None and self.question is None:
            raise complaint(
                "a question without a name",
                found=f"asks: {self.asks}",
                expected="question: <a name for it>, which the answers repeat",
                try_="question: my_question",
            )
        if self.question is None and self.ruling is None and not self.observed:
            raise complaint(
                "nothing decides this claim",
                found="neither question nor ruling nor observed",
                expected="question, whose observations decide, or a ruling with its reason",
                try_="observed: what was found, in this very file",
            )
        return self
