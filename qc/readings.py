"""Readings: what the second reader found in the sources, one file per source in qc/readings.

Needs    nothing of the records
Gives    ``Reading``, ``Missing``, ``readings()``, ``missing()``, ``rulings()``
Leaves   whether a reading agrees with the record (qc/compare.py)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

ROOM = Path(__file__).parent
How = Literal["full_text", "abstract", "code", "secondary", "sum"]


class Shape(BaseModel):
    """A frozen part of a reading; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(Shape):
    """One number as read: a value, a range that it lies in, or several that the source offers.

    ``relative_to`` names another quantity of the same record; the value is then the ratio to it.
    """

    id: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    any_of: tuple[float, ...] = ()
    relative_to: str | None = None
    spread: str | None = None
    unit: str
    how: How
    where: str = Field(min_length=3)
    says: str = Field(min_length=2, max_length=200)
    source: str = ""
    date: str = ""


class Missing(Shape):
    """A question without an answer, and what was tried."""

    id: str
    tried: str = Field(min_length=10)
    source: str = ""


class Ruling(Shape):
    """What was decided about a disagreement: who is right, why, and what was changed."""

    id: str
    right: Literal["record", "reading", "both", "open"]
    why: str = Field(min_length=20)
    changed: str = "nothing"
    moves: str = "nothing"


def _files() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((ROOM / "readings").glob("*.yaml")):
        yield path.stem, yaml.safe_load(path.read_text("utf-8"))


def readings() -> dict[str, Reading]:
    """Every reading by its question's id."""
    found: dict[str, Reading] = {}
    for name, content in _files():
        for item in content.get("read", ()):
            reading = Reading(**item, source=content["source"] or name, date=str(content["date"]))
            if reading.id in found:
                raise ValueError(f"qc/readings/{name}.yaml: {reading.id} is read twice")
            found[reading.id] = reading
    return found


def missing() -> dict[str, Missing]:
    """Every question that stayed open."""
    return {
        item["id"]: Missing(**item, source=content["source"] or name)
        for name, content in _files()
        for item in content.get("not_found", ())
    }


def rulings() -> dict[str, Ruling]:
    """Every ruling by its question's id."""
    content = yaml.safe_load((ROOM / "rulings.yaml").read_text("utf-8"))
    found = {item["id"]: Ruling(**item) for item in content}
    if len(found) < len(content):
        raise ValueError("qc/rulings.yaml: a question is ruled on twice")
    return found
