"""Explanation: what is known of one thing, as text and as data.

Needs    nothing
Gives    ``Explanation``
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH = 110
EMPTY: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True)
class Explanation:
    """What is known of one thing.

    ``facts`` are single values by label, ``parts`` lists of rows by heading; a row is a mapping whose values are
    text or numbers. ``str()`` gives the text that a terminal shows, ``as_dict()`` plain data.
    """

    thing: str
    kind: str
    about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; empty values are left out."""
        return {
            "thing": self.thing,
            "kind": self.kind,
            "about": self.about,
            **{label: value for label, value in self.facts.items() if value not in EMPTY},
            **{
                heading: [{key: value for key, value in row.items() if value not in EMPTY} for row in rows]
                for heading, rows in self.parts.items()
                if rows
            },
        }

    def __str__(self) -> str:
        lines = [f"{self.thing}  ({self.kind})"]
        lines += textwrap.wrap(self.about, WIDTH, initial_indent="  ", subsequent_indent="  ")
        known = {label: value for label, value in self.facts.items() if value not in EMPTY}
        wide = max(map(len, known), default=0) + 2
        for label, value in known.items():
            lines += textwrap.wrap(
                f"{label:<{wide}}{_text(value)}",
                WIDTH,
                initial_indent="  ",
                subsequent_indent=" " * (wide + 2),
                break_long_words=False,
                drop_whitespace=True,
            )
        for heading, rows in self.parts.items():
            if rows:
                lines += ["", f"  {heading}"]
                lines += [line for row in rows for line in _row_lines(row)]
        return "\n".join(lines)


def _row_lines(row: Mapping[str, Any]) -> list[str]:
    """One row: its values one after the other."""
    text = "  ".join(_text(value) for value in row.values() if value not in EMPTY)
    return textwrap.wrap(
        text, WIDTH, initial_indent="    ", subsequent_indent="        ", break_long_words=False, break_on_hyphens=False
    )


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
