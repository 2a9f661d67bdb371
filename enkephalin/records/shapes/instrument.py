"""Instrument: how a true value becomes a reading: its range, its steps, its noise.

Needs    base, quantity
Gives    ``Instrument``, ``Noise``, ``Line``, ``Choices``
Leaves   reading with it: see ``measure.instruments``
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from .base import Shape, complaint
from .quantity import Number, PureNumber, Quantity, Share, Time, UnitText


def _above_zero(found: Quantity) -> Quantity:
    if found.value <= 0:
        raise complaint(
            "the value is too small",
            found=f"{found.value:g} {found.unit}",
            expected="above 0",
            try_="leave the key out if there is no such noise",
        )
    return found


def _reliability(found: Quantity) -> Quantity:
    if not 0 < found.value < 1:
        raise complaint(
            "a reliability lies between 0 and 1",
            found=f"{found.value:g}",
            expected="above 0 and below 1",
            try_="0.85",
        )
    return found


Positive = Annotated[Quantity, AfterValidator(_above_zero)]
Reliability = Annotated[PureNumber, AfterValidator(_reliability)]
Variation = Annotated[Share, AfterValidator(_above_zero)]


class Line(Shape):
    """How a watched value becomes the true score: at_zero + per_unit x value."""

    at_zero: Quantity
    per_unit: Quantity


class Noise(Shape):
    """How far readings of one true value lie apart. One of three families.

    Scores: ``error``, or ``spread`` between people and ``retest`` reliability (error = spread x sqrt(1 - retest)),
    found where people scored ``about`` so much; ``consistency`` (alpha) says how much of the error belongs to single
    items, ``raters`` how well two raters agree, ``habit`` by how much people who feel alike go on to answer apart
    (a standard deviation, beyond the spread that the body gives). Assays and scans: ``sample``, ``batch`` and ``day``,
    coefficients of variation of one sample, of all samples of a person in a batch, and of a person from day to day.
    """

    about: Quantity | None = None
    spread: Positive | None = None
    retest: Reliability | None = None
    consistency: Reliability | None = None
    raters: Reliability | None = None
    error: Positive | None = None
    habit: Positive | None = None
    sample: Variation | None = None
    batch: Variation | None = None
    day: Variation | None = None

    @property
    def relative(self) -> bool:
        """Whether the noise grows with the value."""
        return self.sample is not None or self.batch is not None or self.day is not None

    @model_validator(mode="after")
    def _is_one_family(self) -> Noise:
        scored = self.error is not None or self.retest is not None
        if scored == self.relative:
            raise complaint(
                "the noise has no size" if not scored else "the noise is given in two ways",
                found="neither error, retest nor sample" if not scored else "a score's error and an assay's variation",
                expected="error, or spread and retest; or sample, batch and day",
                try_="sample: a coefficient of variation" if not scored else "one of the two",
            )
        if scored and (self.error is not None) == (self.retest is not None):
            raise complaint(
                "the error is given twice",
                found="error and retest",
                expected="error, or spread with retest",
                try_="leave one out",
                at=("error",),
            )
        if self.habit is not None and (self.relative or self.about is None):
            raise complaint(
                "a habit of answering belongs to scores",
                found="habit with an assay's variation" if self.relative else "habit without about",
                expected="error or retest, and about: the score at which it was found",
                try_="leave habit out" if self.relative else "about",
                at=("habit",),
            )
        for key in ("retest", "consistency", "raters"):
            if getattr(self, key) is not None and self.spread is None:
                raise complaint(
                    f"'{key}' needs the spread of the people it was found in",
                    found=f"{key} without spread",
                    expected="spread: the standard deviation between people",
                    try_="spread, in the unit of the score",
                    at=(key,),
                )
        return self


class Choices(Shape):
    """A task of choices: how many, and the log odds of choosing the richer side (at_zero + per_unit x value).

    ``error`` is by how much a person's log odds differ from day to day, beyond chance (a standard deviation).
    """

    trials: Annotated[int, Field(ge=1)]
    odds: Line
    error: Positive | None = None


class Instrument(Shape):
    """What the instrument reads, in which unit it answers, its range and steps, and its noise."""

    reads: Annotated[tuple[str, ...], Field(min_length=1)]  # watched values, the first unless a study says otherwise
    unit: UnitText
    low: Number | None = None
    high: Number | None = None
    step: Annotated[Number, Field(gt=0)] | None = None
    line: Line | None = None
    noise: Noise | None = None
    choices: Choices | None = None
    detects_from: Positive | None = None  # smaller values are reported as this
    apart: Time | None = None  # the least time between two readings

    @model_validator(mode="after")
    def _is_one_kind(self) -> Instrument:
        if (self.noise is None) == (self.choices is None):
            raise complaint(
                "the instrument has no noise" if self.noise is None else "the instrument has two kinds of noise",
                found="neither noise nor choices" if self.noise is None else "noise and choices",
                expected="one of noise and choices",
                try_="noise: {error: ...}",
            )
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise complaint(
                "the range ends before it begins",
                found=f"{self.low:g} to {self.high:g}",
                expected="low < high",
                try_="exchange the two",
                at=("high",),
            )
        if self.noise is not None and self.noise.about is not None:
            self._about_lies_inside()
        return self

    def _about_lies_inside(self) -> None:
        assert self.noise is not None and self.noise.about is not None
        if self.low is None or self.high is None or not self.low < self.noise.about.value < self.high:
            raise complaint(
                "the noise was found outside the range",
                found=f"about: {self.noise.about.value:g}",
                expected="a range low to high, and a value between the two",
                try_="low and high of the instrument",
                at=("noise", "about"),
            )
