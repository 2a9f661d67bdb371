"""Task: what runs asks of the rooms after it; people in a row, any part of which can be answered anywhere.

Needs    nothing
Gives    ``Task``, ``Answer``
Leaves   what happens to the people (simulate)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import xarray as xr

from ..kernels.stops import Stop


@dataclass(frozen=True)
class Answer:
    """What is seen of some people, dims (person, time, ...), and those who could not be carried to the end.

    The stops bear the people's labels and times in h from zero; after a stop everything is NaN.
    """

    seen: xr.Dataset
    stops: tuple[Stop, ...]


class Task(Protocol):
    """People and all that is to happen to them. A part of it can be pickled, and gives the same bytes anywhere."""

    def __len__(self) -> int: ...

    @property
    def engine(self) -> str:
        """The engine's name."""

    @property
    def labels(self) -> tuple[Any, ...]:
        """Names or numbers of the people."""

    def part(self, first: int, last: int) -> Task:
        """The people from ``first`` to before ``last``."""

    def template(self) -> xr.Dataset:
        """The result without people."""

    def provenance(self) -> dict[str, Any]:
        """What a result says of its making; JSON."""

    def values_digest(self) -> str:
        """A name for all numbers of all people."""

    def answer(self, workers: int | None = None, instructions: str | None = None) -> Answer:
        """Let it happen."""
