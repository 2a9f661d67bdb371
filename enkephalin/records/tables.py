"""Tables: the CSV files that hold the values of the modules, row by row with their lines.

Needs    files, units, shapes
Gives    ``read_table(path)``, ``table_faults(path)``, ``COLUMNS``
Leaves   which instance a row belongs to, and rows that match no symbol: see the compiler
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ..errors import RecordError, UnitError, nearest
from .catalog import list_ids
from .files import PACKAGE, read_text, shown
from .shapes import ParameterRow, Spread
from .shapes.quantity import spread
from .units import unit

COLUMNS = ("name", "where", "value", "unit", "spread", "status", "source", "place", "checked_by", "note")
STATUSES = ("measured", "fitted", "derived", "borrowed", "assumed", "wire")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_table(path: Path | str) -> tuple[ParameterRow, ...]:
    """Read one table of parameters.

    Parameters
    ----------
    path : path
        A CSV file named for its module, such as biology/parameters/pk.csv.

    Returns
    -------
    tuple of ParameterRow
        In the order of the file; each knows its file and line.

    Raises
    ------
    RecordError
        The first fault of the table.

    Example
    -------
    >>> read_table(PACKAGE / "biology/parameters/pk.csv")[0].module
    'pk'
    """
    path = Path(path)
    rows, found = _read(path)
    if found:
        raise found[0]
    return rows


def table_faults(path: Path | str) -> list[RecordError]:
    """Every fault of a table, in the order of its lines."""
    return _read(Path(path))[1]


@cache
def _all_rows(folder: Path, version: tuple[tuple[str, int], ...]) -> tuple[ParameterRow, ...]:
    return tuple(row for name, _ in version for row in _read(folder / name)[0])


def all_rows() -> tuple[ParameterRow, ...]:
    """The rows of every table that ships."""
    folder = PACKAGE / "biology" / "parameters"
    return _all_rows(folder, tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.csv"))))


def _read(path: Path) -> tuple[tuple[ParameterRow, ...], list[RecordError]]:
    """All sound rows of a table, and every fault of the others."""
    place = shown(path)
    try:
        text = read_text(path)
        lines = list(_lines(text, place))
    except RecordError as fault:
        return (), [fault]
    header_fault = _header_fault(lines[0][1], f"{place}:{lines[0][0]}")
    if header_fault is not None:
        return (), [header_fault]
    rows: list[ParameterRow] = []
    found: list[RecordError] = []
    raw = text.splitlines()
    first_line: dict[tuple[str, frozenset[str]], int] = {}
    for number, cells in lines[1:]:
        at = f"{place}:{number}"
        if len(cells) != len(lines[0][1]):
            found.append(_length_fault(cells, lines[0][1], at))
            continue
        row = dict.fromkeys(COLUMNS, "") | {
            key.strip(): cell.strip() for key, cell in zip(lines[0][1], cells, strict=True)
        }
        wrong = list(_row_faults(row, at, raw[number - 1].strip()))
        key = (row["name"], frozenset(row["where"].split()))
        if key in first_line:
            wrong.append(
                RecordError(
                    f"the row '{row['name']}' is given twice",
                    place=at,
                    found=raw[number - 1].strip()[:100],
                    expected="each name once for each place it holds (name and where)",
                    try_=f"keep one of the two (the first is in line {first_line[key]})",
                )
            )
        first_line.setdefault(key, number)
        found += wrong
        if not wrong:
            rows.append(_parameter_row(path.stem, row, place, number))
    return tuple(rows), found


def _lines(text: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """Each filled line of a CSV text with its number."""
    reader = csv.reader(io.StringIO(text), strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as trouble:
        row = text.splitlines()[min(before, text.count("\n"))]
        raise RecordError(
            "this is no CSV",
            place=f"{place}:{before + 1}",
            found=row.strip()[:100],
            expected="cells with commas between them; a cell with a comma in double quotes",
            try_="close the quote that is still open",
        ) from trouble


def _header_fault(header: list[str], at: str) -> RecordError | None:
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    twice = [name for name in names if names.count(name) > 1]
    if not (missing or unknown or twice):
        return None
    if unknown:
        problem = f"unknown column '{unknown[0]}'"
    else:
        problem = f"the column '{missing[0]}' is missing" if missing else f"the column '{twice[0]}' is given twice"
    advice = nearest(unknown[0], COLUMNS) if unknown and unknown[0] else ",".join(COLUMNS)
    return RecordError(problem, place=at, found=",".join(names)[:120], expected=",".join(COLUMNS), try_=advice)


def _length_fault(cells: list[str], header: list[str], at: str) -> RecordError:
    return RecordError(
        f"the line has {len(cells)} cells",
        place=at,
        found=",".join(cells)[:100],
        expected=f"{len(header)} cells, one for each column",
        try_="put a text that holds a comma in double quotes"
        if len(cells) > len(header)
        else "end the line with commas for the empty cells",
    )


def _row_faults(row: dict[str, str], at: str, written: str) -> Iterator[RecordError]:
    """Everything wrong with one row by itself; ``written`` is its line."""

    def fault(problem: str, expected: str, try_: str) -> RecordError:
        return RecordError(problem, place=at, found=written[:100], expected=expected, try_=try_)

    name, value, status, source = row["name"], row["value"], row["status"], row["source"]
    if not _NAME.fullmatch(name):
        yield fault(f"'{name}' is no name", "a symbol of the module: letters, digits, underscores", name.split(".")[-1])
    if re.fullmatch(r"[+-]?\d+,\d+", value):
        yield fault(f"the number '{value}' has a comma", "a point before the decimals", value.replace(",", "."))
    elif value and not _NUMBER.fullmatch(value):
        yield fault(f"'{value}' is no number", "a finite number", "the number alone; the unit has the next cell")
    elif value and not math.isfinite(float(value)):
        yield fault(f"the number {value} is too large", "a finite number", "fewer zeros, or a larger unit")
    if not row["unit"]:
        yield fault("the unit is empty", "a unit; 1 for a pure number", "1, share, ratio, 1/h, nmol/L ...")
    else:
        try:
            unit(row["unit"])
        except UnitError as error:
            yield fault(error.problem, error.expected, error.try_)
    if row["spread"]:
        try:
            spread(row["spread"])
        except PydanticCustomError as error:
            context = error.context or {}
            yield fault(str(context["problem"]), str(context["expected"]), str(context["try_"]))
    if not status:
        yield fault("the status is empty", "one of " + ", ".join(STATUSES), "assumed, if nobody measured it")
        return
    if status not in STATUSES:
        yield fault(f"unknown status '{status}'", "one of " + ", ".join(STATUSES), nearest(status, STATUSES))
        return
    yield from _ground_faults(row, fault, status, value, source)


def _ground_faults(
    row: dict[str, str], fault: Callable[..., RecordError], status: str, value: str, source: str
) -> Iterator[RecordError]:
    """Whether a row has the value and the source that its status asks for."""
    known = list_ids("source")
    if status == "wire" and (value or row["spread"]):
        yield fault("a wire has a value", "no value: it comes from another module", "delete the value, or the status")
    if status not in ("wire", "derived") and not value:
        yield fault("the value is empty", "a number", "derived, if the module computes it")
    if status in ("measured", "fitted", "borrowed") and not source:
        yield fault(
            f"a {status} row names no source",
            "the id of a record in evidence/sources",
            "assumed, if nobody measured it",
        )
    if status == "derived" and not (source or row["place"]):
        yield fault("a derived row names neither source nor sum", "a source, or the sum", "write the sum into place")
    if status in ("assumed", "wire") and source:
        article = "an" if status == "assumed" else "a"
        yield fault(f"{article} {status} row names a source", "no source", "borrowed, if the source holds the value")
    for name in re.split(r"[;\s]+", source) if source else ():
        if name and name not in known:
            yield fault(
                f"unknown source '{name}'",
                f"the id of a record in evidence/sources ({len(known)} known)",
                nearest(name, known) or "assumed, without a source",
            )


def _parameter_row(module: str, row: dict[str, str], place: str, line: int) -> ParameterRow:
    width: Spread | None = spread(row["spread"]) if row["spread"] else None
    try:
        return ParameterRow(
            module=module,
            name=row["name"],
            where=tuple(row["where"].split()),
            value=float(row["value"]) if row["value"] else None,
            unit=row["unit"],
            spread=width,
            status=row["status"],  # type: ignore[arg-type]
            source=row["source"],
            place=row["place"],
            checked_by=row["checked_by"],
            note=row["note"],
            file=place,
            line=line,
        )
    except ValidationError as trouble:
        raise RecordError(
            "the row cannot be read", place=f"{place}:{line}", found=str(trouble), try_="compare it with the row above"
        ) from trouble


def parameter_fault(name: str, unit_text: str) -> RecordError | None:
    """What is wrong with a parameter that a person or population sets: its name, or its unit."""
    from .parameters import parameter_named

    try:
        parameter_named(name, unit_text)
    except RecordError as error:
        return error
    return None
