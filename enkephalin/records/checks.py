"""Checks: every fault of a file at once, each with place, found, expected and a way out.

Needs    reader, shapes, tables, scenario
Gives    ``faults(path)``, ``examine(path)``
Leaves   faults of the model that the tables and modules make together: see the compiler
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import EnkephalinError, RecordError
from .catalog import KINDS, Kind, kind_named, kind_of
from .complaints import shape_faults
from .files import PACKAGE, shown
from .meaning import meaning_faults
from .reader import Document, read_document
from .shapes import Origin, Record, ResolvedScenario


def faults(path: Path | str, kind: str | None = None) -> list[RecordError]:
    """Every fault of a record or a parameter table, in the order of its lines; an empty list if it is sound.

    Parameters
    ----------
    path : path
        A YAML record or a CSV table of parameters.
    kind : str, optional
        "scenario", "drug" ...; guessed from the folder or the keys when it is not given.

    Example
    -------
    >>> faults("tests/bad_records/scenarios/unknown_drug.yaml")[0].problem   # doctest: +SKIP
    "unknown drug 'fentanil'"
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        from .tables import table_faults

        return table_faults(path)
    return examine(path, kind)[1]


def examine(path: Path, kind: str | None = None) -> tuple[Record | None, list[RecordError]]:
    """A record with its faults; the record is None when it has any."""
    try:
        document = read_document(path)
        known = _kind(path, kind, document)
    except RecordError as fault:
        return None, [fault]
    return examine_document(document, known, path)


def examine_document(document: Document, kind: Kind, path: Path | None = None) -> tuple[Any, list[RecordError]]:
    """A record made of plain data, with its faults; see ``examine``."""
    shape = shape_of(kind, document.data)
    record, wrong = shape_faults(document, shape)
    found = [*document.faults, *(fault for fault in wrong if not _said(fault, list(document.faults)))]
    if record is not None:
        record = record.read_from(Origin(document.place, document.lines))
        found += _file_name_faults(document, path)
    found += [fault for fault in meaning_faults(document, kind.name, record, path) if not _said(fault, found)]
    found = _in_order(found)
    return (None, found) if found else (record, [])


def shape_of(kind: Kind, data: dict[str, Any]) -> type[Record]:
    """The shape of a record; a scenario has two, as written and as resolved, and so has a study."""
    if kind.name in ("scenario", "study") and "end" in data and "lasts" not in data:
        from .shapes import ResolvedStudy

        return ResolvedScenario if kind.name == "scenario" else ResolvedStudy
    return kind.shape


def as_record_error(error: EnkephalinError, place: str) -> RecordError:
    """Any of our errors as the fault of a record at a place (its own place, if it has one)."""
    parts = error.parts() | {"place": error.place or place}
    return RecordError(error.problem, **parts)


def _kind(path: Path, kind: str | None, document: Document) -> Kind:
    if kind is not None:
        return kind_named(kind)
    known = kind_of(path, document.data)
    if known is None:
        raise RecordError(
            "it is not clear what kind of record this is",
            place=document.at(),
            found="keys " + ", ".join(list(document.data)[:6]),
            expected="the keys of a " + ", ".join(name for name, row in KINDS.items() if row.tell_tale),
            try_="put it into a folder named for its kind, such as scenarios/",
        )
    return known


def _file_name_faults(document: Document, path: Path | None) -> Iterable[RecordError]:
    """A record of the catalog bears the name of its file."""
    if path is None or not path.absolute().is_relative_to(PACKAGE) or document.data.get("id") == path.stem:
        return []
    return [
        RecordError(
            "the id is not the name of the file",
            place=document.at(("id",)),
            found=f"id: {document.data.get('id')}",
            expected=f"id: {path.stem}, as the file {shown(path)} is named",
            try_="rename the file, or the id",
        )
    ]


def _said(fault: RecordError, before: list[RecordError]) -> bool:
    """True when the same line has already been found at fault: one mistake, one message."""
    return any(fault.place == other.place for other in before)


def _in_order(found: list[RecordError]) -> list[RecordError]:
    """Faults by line, each once; what the reader said of a line goes before what the shape says of it."""
    kept: dict[tuple[str, str], RecordError] = {}
    for fault in found:
        kept.setdefault((fault.place, fault.problem), fault)

    def line(fault: RecordError) -> int:
        number = fault.place.rpartition(":")[2]
        return int(number) if number.isdigit() else 0

    return sorted(kept.values(), key=line)
