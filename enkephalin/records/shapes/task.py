"""Task: something a laboratory does to people, as exposures in time; scenarios name it.

Needs    base, quantity
Gives    ``Task``, ``Throws``, ``Round``
Leaves   reading its lines: see ``records.scenario.tasks``
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import Number


class Round(Shape):
    """Some throws of a ball game, and how many of them came to the participant."""

    throws: Annotated[int, Field(ge=1)]
    received: Annotated[int, Field(ge=0)]


class Throws(Shape):
    """A ball game such as Cyberball. Fewer throws than a fair share are rejection, more are acceptance."""

    players: Annotated[int, Field(ge=3)]
    each: str  # how long a throw takes, "10 s"
    rejection: Annotated[Number, Field(ge=0, le=2)] = 1.0  # level when no ball comes at all
    acceptance: Annotated[Number, Field(ge=0, le=2)] = 1.0  # level when every ball comes
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _received_some(self) -> Throws:
        for number, part in enumerate(self.rounds):
            if part.received > part.throws:
                raise complaint(
                    "more balls received than thrown",
                    found=f"{part.received} of {part.throws}",
                    expected="received <= throws",
                    try_="count the throws of all players",
                    at=("rounds", number, "received"),
                )
        return self

    def levels(self) -> tuple[tuple[int, float, float], ...]:
        """Throws, level of rejection and level of acceptance of each round."""
        found = []
        for part in self.rounds:
            fair = part.throws / self.players
            share = part.received / fair  # 1 is a fair share, `players` is every ball
            left_out, favoured = max(0.0, 1 - share), max(0.0, (share - 1) / (self.players - 1))
            found.append((part.throws, self.rejection * left_out, self.acceptance * favoured))
        return tuple(found)


class Task(Record):
    """What happens in a task: lines of exposures whose times count from its start, and throws of a ball."""

    about: Sentence
    lasts: str
    happens: tuple[str, ...] = ()
    throws: Throws | None = None
    source: Identifier | None = None
    sources: tuple[Identifier, ...] = ()
    note: str | None = None
