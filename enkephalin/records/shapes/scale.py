"""Scale: a questionnaire, rating, assay, scan or task: its items, its bands, and how it reads a value.

Needs    base, instrument
Gives    ``Scale``, ``Item``, ``Band``
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .instrument import Instrument


class Item(Shape):
    """One question, and the points that can be given to it (they need not step by one)."""

    id: Identifier
    about: Sentence
    points: tuple[int, ...]

    @model_validator(mode="after")
    def _points_rise(self) -> Item:
        if len(self.points) < 2 or list(self.points) != sorted(set(self.points)) or self.points[0] < 0:
            raise complaint(
                "the points do not rise",
                found=", ".join(str(point) for point in self.points) or "none",
                expected="0 or more, and then larger and larger numbers",
                try_="points: [0, 1, 2, 4]",
                at=("points",),
            )
        return self


class Band(Shape):
    """A named range of totals; both ends belong to it."""

    name: Sentence
    low: int
    high: int


class Scale(Record):
    """A scale: items with the largest total and what totals are called; and the instrument, where it can be used."""

    about: Sentence
    title: Sentence
    rated_by: Literal["observer", "self", "laboratory", "scanner", "task", "record"]
    items: tuple[Item, ...] = ()
    total: int | None = None
    bands: tuple[Band, ...] = ()
    averaged: bool = False  # the score is the mean of the items, not their sum
    instrument: Instrument | None = None
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    not_known: tuple[Sentence, ...] = ()
    note: str | None = None

    @property
    def least(self) -> int:
        """The smallest sum of the items."""
        return sum(item.points[0] for item in self.items)

    @model_validator(mode="after")
    def _has_items_or_an_instrument(self) -> Scale:
        if not self.items and self.instrument is None:
            raise complaint(
                "the scale has neither items nor an instrument",
                found="no items",
                expected="items, or an instrument, or both",
                try_="instrument: {reads: [pain], ...}",
            )
        if self.items and self.instrument is not None:
            count = len(self.items) if self.averaged else 1
            low, high = self.least / count, sum(item.points[-1] for item in self.items) / count
            if (self.instrument.low, self.instrument.high) != (low, high):
                raise complaint(
                    "the range of the instrument is not that of its items",
                    found=f"low: {self.instrument.low}, high: {self.instrument.high}",
                    expected=f"low: {low:g}, high: {high:g}",
                    try_="averaged: true, if the score is the mean of the items",
                    at=("instrument",),
                )
        return self

    @model_validator(mode="after")
    def _noise_has_its_place(self) -> Scale:
        noise = self.instrument.noise if self.instrument is not None else None
        if noise is None:
            return self
        if self.items and noise.about is None:
            raise complaint(
                "the noise of items needs to know where it was found",
                found="items, and noise without about",
                expected="about: the score of the people in whom the reliability was found",
                try_="about: a score inside the range",
                at=("instrument", "noise"),
            )
        if (noise.consistency is not None and not self.items) or (noise.raters is not None and noise.about is None):
            name = "raters" if self.items or noise.consistency is None else "consistency"
            raise complaint(
                f"'{name}' has no use here",
                found=f"{name} without {'items' if name == 'consistency' else 'about'}",
                expected="consistency with items, raters with about",
                try_=f"leave {name} out",
                at=("instrument", "noise", name),
            )
        return self

    @model_validator(mode="after")
    def _sums_agree(self) -> Scale:
        names = [item.id for item in self.items]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise complaint(
                    f"the item '{name}' is given twice",
                    found=name,
                    expected="each item once",
                    try_="another id for one of the two",
                    at=("items", number, "id"),
                )
        largest = sum(item.points[-1] for item in self.items)
        if self.items and largest != self.total:
            raise complaint(
                "the total is not the sum of the items",
                found=f"total: {self.total}",
                expected=f"{largest}, the sum of the largest points of {len(names)} items",
                try_=f"total: {largest}, or look for a missing item",
                at=("total",),
            )
        if self.bands:
            self._bands_follow_each_other()
        return self

    def _bands_follow_each_other(self) -> None:
        assert self.total is not None
        edges = [edge for band in self.bands for edge in (band.low, band.high + 1)]
        inner = list(zip(edges[1::2], edges[2::2], strict=False))
        if edges[0] != self.least or edges[-1] != self.total + 1 or any(end != start for end, start in inner):
            raise complaint(
                "the bands leave a gap or overlap",
                found=", ".join(f"{band.low}-{band.high}" for band in self.bands),
                expected=f"bands that follow each other from {self.least} to {self.total}",
                try_="begin each band one point above the end of the one before",
                at=("bands",),
            )
        if any(band.high < band.low for band in self.bands):
            raise complaint(
                "a band ends before it begins",
                found="high below low",
                expected="low <= high",
                try_="exchange the two",
                at=("bands",),
            )

    def band_of(self, total: float) -> str:
        """The name of the band in which a total lies ("" when the scale has none)."""
        whole = round(total)
        return next((band.name for band in self.bands if band.low <= whole <= band.high), "")
