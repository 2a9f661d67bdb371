"""Exposure: what can happen to a person that is no drug, as data (catalog/exposures.yaml).

Needs    quantity
Gives    ``Exposure``, ``ExposureTable``
"""

from __future__ import annotations

from pydantic import model_validator

from .base import Record, Sentence, Shape, complaint
from .quantity import Number, UnitText


class Exposure(Shape):
    """One word of the scenario language, the range of its level, and the input of the body that it sets.

    ``lasting`` marks a change that needs no end: it stays until the next line of the same input, or to the end.
    ``sets`` names another exposure whose level this word sets ("network loss 30 %" is "network" at 70 %, because it
    ``loses``); ``link`` is a word that may stand before the level ("network rebuild to 80 %").
    """

    word: str
    about: Sentence
    unit: UnitText
    low: Number
    high: Number
    usual: Number
    rest: Number = 0.0
    target: str
    lasting: bool = False
    sets: str | None = None
    loses: bool = False
    link: str | None = None

    def set_to(self, level: float) -> float:
        """The level that its input takes."""
        return self.rest - level if self.loses else level

    @model_validator(mode="after")
    def _range_is_a_range(self) -> Exposure:
        if not self.low <= self.usual <= self.high:
            raise complaint(
                "the usual level lies outside the range",
                found=f"{self.usual:g}, range {self.low:g} to {self.high:g}",
                expected="low <= usual <= high",
                try_="a usual level inside the range",
                at=("usual",),
            )
        return self


class ExposureTable(Record):
    """All exposures that scenarios may name."""

    about: Sentence
    exposures: tuple[Exposure, ...]
