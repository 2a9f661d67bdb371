"""Patch: rows that are otherwise under an account, a hypothesis or in another species.

Needs    quantity
Gives    ``Patch``, ``Change``, ``Prediction``, ``Settled``
Leaves   applying it (compiler), mixing hypotheses (records.hypotheses)
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number, Plain


class Change(Shape):
    """One row, the value it is expected to hold, the value it becomes, and why."""

    row: str
    expects: Plain
    becomes: Plain
    because: Sentence
    claim: Identifier | None = None  # a sentence of the article that asks for it (evidence/claims)
    source: Identifier | None = None
    after: Identifier | None = None  # an earlier patch that changes the same row, named to allow it


class Prediction(Shape):
    """What must be seen if the patch holds, written before anybody looks."""

    says: Sentence
    against: tuple[Identifier, ...] = ()  # patches that say otherwise
    source: Identifier | None = None


class Settled(Shape):
    """A place where what is described contradicts itself or others, and the reading that the patch takes."""

    about: Sentence
    reading: Sentence
    claims: tuple[Identifier, ...] = ()


class Allometry(Shape):
    """How the kinetics of drugs follow body weight: number x (weight / reference)^power."""

    reference: Plain
    volume: Number
    clearance: Number
    rate: Number
    source: Identifier | None = None
    note: str | None = None


class Patch(Record):
    """A set of changed rows with a name.

    ``hypothesis`` is the one that an account takes when none is named; ``allometry`` is of a species: what weight does
    to the kinetics of drugs.
    """

    kind: Literal["account", "hypothesis", "species", "patch"]
    about: Sentence
    changes: tuple[Change, ...] = ()
    hypothesis: Identifier | None = None
    allometry: Allometry | None = None
    predicts: tuple[Prediction, ...] = ()
    settled: tuple[Settled, ...] = ()
    source: Identifier | None = None
    note: str | None = None

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
        if self.hypothesis is not None and self.kind != "account":
            raise complaint(
                f"a {self.kind} takes no hypothesis",
                found=f"hypothesis: {self.hypothesis}",
                expected="a hypothesis of an account only",
                try_="leave it out",
                at=("hypothesis",),
            )
        if self.allometry is not None and self.kind != "species":
            raise complaint(
                "the patch has no body weight of its own",
                found="allometry",
                expected="allometry of a species only",
                try_="leave it out",
                at=("allometry",),
            )
        return self
