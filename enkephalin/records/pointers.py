"""Pointers: whether the names in a record of evidence lead to other records.

Needs    catalog
Gives    ``pointer_faults(document)``, ``own_sources(document)``
Leaves   the readings of a claim, which only a run can try: see ``evidence.readings``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import RecordError, nearest
from .reader import Document, Where, walk

# key -> the kind of record that its name, or each name of its list, belongs to
EVERYWHERE = {
    "question": "question",
    "observations": "observation",
    "claim": "claim",
    "claims": "claim",
    "concludes": "claim",
    "cites": "source",
    "names": "source",
    "drug": "drug",
}
IN_RUNS = {"scenario": "scenario", "person": "person", "population": "population"}


def own_sources(document: Document) -> set[str]:
    """The sources that a record brings along."""
    entries = document.data.get("own_sources")
    rows = entries if isinstance(entries, tuple) else ()
    return {row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)}


def own_questions(document: Document) -> set[str]:
    """The question that a claim asks in its own words."""
    name = document.data.get("question")
    return {name} if "asks" in document.data and isinstance(name, str) else set()


def pointer_faults(document: Document) -> Iterator[RecordError]:
    """Every name that leads nowhere."""
    own = {"source": own_sources(document), "question": own_questions(document)}
    for where, value in walk(document.data):
        kind = _kind(where)
        for name in _names(where, value) if kind else ():
            known = _known(kind)
            if name not in known and name not in own.get(kind, ()):
                folder = _folder(kind)
                yield RecordError(
                    f"unknown {kind} '{name}'",
                    place=document.at(where),
                    found=f"{where[-1]}: {name}",
                    expected=f"the id of a record in {folder} ({len(known)} known)",
                    try_=nearest(name, known) or f"enkephalin list {folder.rpartition('/')[2]}",
                )


def _kind(where: Where) -> str:
    if not where or not isinstance(where[-1], str):
        return ""
    if where[0] == "runs":
        return IN_RUNS.get(where[-1], "")
    return EVERYWHERE.get(where[-1], "")


def _names(where: Where, value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, tuple) else (value,)
    return tuple(name for name in found if isinstance(name, str))


def _known(kind: str) -> tuple[str, ...]:
    from .catalog import list_ids

    return list_ids(kind)


def _folder(kind: str) -> str:
    from .catalog import KINDS

    return KINDS[kind].folder
