"""The ground of every shape: frozen, strict, no unknown keys, and it remembers the file it came from.

Needs    pydantic
Gives    ``Shape``, ``Record``, ``Origin``, ``complaint``, ``Identifier``, ``Sentence``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr
from pydantic_core import PydanticCustomError

from ...errors import EnkephalinError

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Origin:
    """Where a record was read. It does not count when records are compared: the same words are the same record."""

    place: str = field(default="", compare=False)
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, repr=False)

    def at(self, where: tuple[str | int, ...] = ()) -> str:
        """The place of a key or item as "file:line"; of its nearest known parent if it is not there."""
        while where and where not in self.lines:
            where = where[:-1]
        if not self.place:
            return ""
        return f"{self.place}:{self.lines[where]}" if where in self.lines else self.place


class Shape(BaseModel):
    """A frozen part of a record."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def complaint(
    problem: str, *, found: str = "", expected: str = "", try_: str = "", at: tuple[str | int, ...] = ()
) -> PydanticCustomError:
    """A fault found by a shape; the reader gives it file and line. The parts are those of ``errors.RecordError``.

    ``at`` is the way from the shape that complains to the key that is wrong.
    """
    return PydanticCustomError(
        "enkephalin", "{problem}", {"problem": problem, "found": found, "expected": expected, "try_": try_, "at": at}
    )


def complaint_of(error: EnkephalinError) -> PydanticCustomError:
    """One of our errors as a shape's complaint."""
    return complaint(error.problem, found=error.found, expected=error.expected, try_=error.try_)


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        plain = plain if IDENTIFIER.fullmatch(plain) else "a_plain_name"
        raise complaint(
            f"'{text}' is no id",
            found=text,
            expected="small letters, digits and underscores, beginning with a letter, at most 60",
            try_=plain,
        )
    return text


def _sentence(text: str) -> str:
    if not text.strip():
        raise complaint("the text is empty", expected="a sentence", try_="say it in one line, or leave the key out")
    return text


Identifier = Annotated[str, AfterValidator(_identifier)]
Sentence = Annotated[str, AfterValidator(_sentence)]


class Record(Shape):
    """A record of the catalog: an id, what it is in a sentence, and the file it was read from."""

    id: Identifier
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """The file and the lines this record was read from."""
        return self._origin

    def read_from(self, origin: Origin) -> Any:
        """The same record, remembering where it was read."""
        copy = self.model_copy()
        copy._origin = origin
        return copy
