"""Patch: rows that are otherwise under an account, a hypothesis or in another species.

Needs    quantity
Gives    ``Patch``, ``Change``
Leaves   applying it (compiler)
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Plain


class Change(Shape):
    """One row, the value it is expected to hold, the value it becomes, and why."""

    row: str
    expects: Plain
    becomes: Plain
    because: Sentence
    source: Identifier | None = None
    after: Identifier | None = None  # an earlier patch that changes the same row, named to allow it


class Patch(Record):
    """A set of changed rows with a name."""

    kind: Literal["account", "hypothesis", "species", "patch"]
    about: Sentence
    changes: tuple[Change, ...] = ()
    source: Identifier | None = None

    @model_validator(mode="after")
    def _each_row_once(self) -> Patch:
        rows = [change.row for change in self.changes]
        for number, row in enumerate(rows):
            if row in rows[:number]:
                raise complaint(
                    f"the row '{row}' is changed twice",
                    found=row,
                    expected="each row once",
                    try_="keep one of the two",
                    at=("changes", number, "row"),
                )
        return self
