"""Scale: a questionnaire or rating scale, its items with their allowed points, its bands.

Needs    base
Gives    ``Scale``, ``Item``, ``Band``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Identifier, Record, Sentence, Shape, complaint


class Item(Shape):
    """One question, and the points that can be given to it (they need not step by one)."""

    id: Identifier
    about: Sentence
    points: tuple[int, ...]

    @model_validator(mode="after")
    def _points_rise(self) -> Item:
        if len(self.points) < 2 or list(self.points) != sorted(set(self.points)) or self.points[0] != 0:
            raise complaint(
                "the points do not rise from 0",
                found=", ".join(str(point) for point in self.points) or "none",
                expected="0 and then larger and larger numbers",
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
    """A scale: items, the largest total, and what totals are called."""

    about: Sentence
    title: Sentence
    rated_by: Literal["observer", "self"]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    total: int
    bands: tuple[Band, ...] = ()
    source: Identifier
    note: str | None = None

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
        if largest != self.total:
            raise complaint(
                "the total is not the sum of the items",
                found=f"total: {self.total}",
                expected=f"{largest}, the sum of the largest points of {len(names)} items",
                try_=f"total: {largest}, or look for a missing item",
                at=("total",),
            )
        edges = [edge for band in self.bands for edge in (band.low, band.high + 1)]
        inner = list(zip(edges[1::2], edges[2::2], strict=False))
        if self.bands and (edges[0] != 0 or edges[-1] != self.total + 1 or any(end != start for end, start in inner)):
            raise complaint(
                "the bands leave a gap or overlap",
                found=", ".join(f"{band.low}-{band.high}" for band in self.bands),
                expected=f"bands that follow each other from 0 to {self.total}",
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
        return self

    def band_of(self, total: float) -> str:
        """The name of the band in which a total lies ("" when the scale has none)."""
        whole = round(total)
        return next((band.name for band in self.bands if band.low <= whole <= band.high), "")
