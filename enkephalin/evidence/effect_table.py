"""A table of studies, one effect in each row, as a user hands it in; and everything that can be wrong with it.

Needs    records (text of files)
Gives    ``EffectTable``, ``effect_table(table)``
Leaves   what the columns mean: see ``measures``
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RecordError
from ..records.files import read_text, shown
from .measures import ALIASES

FIRST_LINE = 2  # of the rows of a file; its first line names the columns
ABSENT = {"", "na", "nan", "n/a", "null", "none", "."}


@dataclass(frozen=True)
class EffectTable:
    """Columns of text or numbers, the same number of rows in each, and where each row stands."""

    columns: Mapping[str, tuple[Any, ...]]
    places: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    @property
    def studies(self) -> tuple[str, ...]:
        """The name of each row."""
        return tuple(str(name) for name in self.columns["study"])

    def numbers(self, column: str) -> np.ndarray:
        """A column of finite numbers."""
        values = [self._number(column, row) for row in range(len(self))]
        return np.array(values, dtype=float)

    def positive(self, column: str) -> np.ndarray:
        """A column of numbers above zero."""
        return self.bounded(column, 0.0, math.inf)

    def counts(self, column: str, at_most: str = "") -> np.ndarray:
        """A column of whole numbers from zero, none above that of another column."""
        values = self.numbers(column)
        ceiling = self.numbers(at_most) if at_most else np.full(len(self), math.inf)
        for row, value in enumerate(values):
            if value < 0 or value != round(value):
                raise self.fault(row, column, "a count is to be a whole number", "0, 1, 2 ...")
            if value > ceiling[row]:
                raise self.fault(row, column, f"'{column}' is larger than '{at_most}'", f"at most {ceiling[row]:g}")
            if not at_most and value == 0:
                raise self.fault(row, column, "a group of nobody", "1, 2, 3 ...")
        return values

    def bounded(self, column: str, low: float, high: float) -> np.ndarray:
        """A column of numbers strictly between two bounds."""
        values = self.numbers(column)
        for row, value in enumerate(values):
            if not low < value < high:
                between = f"a number above {low:g}" + (f" and below {high:g}" if math.isfinite(high) else "")
                sign = "negative" if value < 0 else "zero"
                what = f"'{column}' is {sign}" if low == 0 and value <= 0 else f"'{column}' is out of bounds"
                raise self.fault(row, column, what, between)
        return values

    def interval(self, estimate: str, *, above_zero: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """The columns ci_low and ci_high, which hold the estimate between them."""
        read = self.positive if above_zero else self.numbers
        low, high, middle = read("ci_low"), read("ci_high"), read(estimate)
        for row in range(len(self)):
            if low[row] >= high[row]:
                raise self.fault(row, "ci_low", "the interval is reversed", f"ci_low below {high[row]:g}", "swap them")
            if not low[row] <= middle[row] <= high[row]:
                raise self.fault(
                    row, estimate, "the estimate lies outside its interval", f"{low[row]:g} to {high[row]:g}"
                )
        return low, high

    def fault(self, row: int, column: str, problem: str, expected: str, try_: str = "") -> RecordError:
        """What is wrong with one cell."""
        name = self.renamed.get(column, column)
        found = f"{name}: {self.columns[column][row]} (study {self.studies[row]})"
        return RecordError(problem, place=self.places[row], found=found, expected=expected, try_=try_)

    def _number(self, column: str, row: int) -> float:
        raw = self.columns[column][row]
        text = str(raw).strip()
        if raw is None or text.casefold() in ABSENT or (isinstance(raw, float) and math.isnan(raw)):
            raise self.fault(row, column, f"'{column}' is missing", "a number in each row", "leave the study out")
        try:
            value = float(text.replace("−", "-"))
        except ValueError:
            hint = "a decimal point, not a comma" if "," in text else ""
            raise self.fault(row, column, f"'{column}' is no number", "a number in each row", hint) from None
        if not math.isfinite(value):
            raise self.fault(row, column, f"'{column}' is not finite", "a finite number")
        return value


def effect_table(table: Any, *, repeats: bool = False) -> EffectTable:
    """Read a table of studies.

    Parameters
    ----------
    table : path, mapping of columns, or pandas.DataFrame
        A CSV file, or columns of equal length.

    Rarely needed
    -------------
    repeats : bool
        True when several rows may come from one study (dependent effects).

    Returns
    -------
    EffectTable
        With house names for the columns, and the place of each row for messages.

    Raises
    ------
    RecordError
        No rows, one row, a column twice, rows of unequal length, a study twice, mixed measures.
    """
    found = _from_file(Path(table)) if isinstance(table, (str, Path)) else _from_columns(table)
    _refuse_few_rows(found)
    if not repeats:
        _refuse_repeats(found)
    _refuse_mixed_measures(found)
    return found


def _from_file(path: Path) -> EffectTable:
    text, place = read_text(path), shown(path)
    rows = list(csv.reader(io.StringIO(text), skipinitialspace=True, delimiter=_delimiter(text)))
    header = [name.strip() for name in rows[0]]
    body = [(line, row) for line, row in enumerate(rows[1:], FIRST_LINE) if any(cell.strip() for cell in row)]
    for line, row in body:
        if len(row) != len(header):
            raise RecordError(
                "a row has another number of cells than the header",
                place=f"{place}:{line}",
                found=f"{len(row)} cells: " + ", ".join(row)[:80],
                expected=f"{len(header)} cells: " + ", ".join(header)[:80],
                try_="put a text that holds a comma into quotes",
            )
    columns = {name: tuple(row[at].strip() for _, row in body) for at, name in enumerate(header)}
    if len(columns) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise RecordError(
            f"the column '{twice}' stands twice",
            place=f"{place}:1",
            found=", ".join(header),
            expected="each name once",
            try_="delete one of the two, or name it otherwise",
        )
    return _named(columns, tuple(f"{place}:{line}" for line, _ in body), f"{place}:1")


def _from_columns(table: Any) -> EffectTable:
    columns = {str(name): tuple(table[name]) for name in table}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise RecordError(
            "the columns are of unequal length",
            place="table",
            found=", ".join(f"{name} {length}" for name, length in lengths.items()),
            expected="one value for each study in each column",
            try_="fill the shorter columns, or leave the study out",
        )
    count = max(lengths.values(), default=0)
    return _named(columns, tuple(f"row {row + 1}" for row in range(count)), "table")


def _named(columns: dict[str, tuple[Any, ...]], places: tuple[str, ...], head: str) -> EffectTable:
    """The same columns under house names; rows without names are numbered."""
    renamed: dict[str, str] = {}
    named: dict[str, tuple[Any, ...]] = {}
    for name, values in columns.items():
        house = _house_name(name)
        if house in named:
            raise RecordError(
                f"two columns mean '{house}'",
                place=head,
                found=f"{name} and {renamed.get(house, house)}",
                expected="one of them",
                try_="delete one of the two",
            )
        named[house] = values
        renamed[house] = name
    if "study" not in named:
        named["study"] = tuple(f"row {row + 1}" for row in range(len(places)))
    _add_group_sizes(named)
    return EffectTable(named, places, renamed)


def _house_name(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    return ALIASES.get(plain, plain)


def _add_group_sizes(columns: dict[str, tuple[Any, ...]]) -> None:
    """Counts given as cells (ai, bi, ci, di) have the group sizes that follow from them."""
    for cell, arm in (("bi", "treated"), ("di", "control")):
        events, total = f"events_{arm}", f"n_{arm}"
        if cell in columns and events in columns and total not in columns:
            try:
                pairs = zip(columns[events], columns[cell], strict=True)
                columns[total] = tuple(float(with_) + float(without) for with_, without in pairs)
            except ValueError:  # left as it is: the reader of the columns names the cell
                columns[total] = columns[cell]


def _refuse_few_rows(table: EffectTable) -> None:
    if len(table) < 2:
        raise RecordError(
            "one study is no meta-analysis" if len(table) else "there are no studies",
            place=table.places[0] if len(table) else "table",
            found=f"{len(table)} rows",
            expected="two studies or more",
            try_="report the study by itself, with its own interval" if len(table) else "",
        )


def _refuse_repeats(table: EffectTable) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(table.studies):
        if name.casefold() in seen:
            raise RecordError(
                f"the study '{name}' stands twice",
                place=table.places[row],
                found=f"{name}, first at {table.places[seen[name.casefold()]]}",
                expected="each study once",
                try_="--cluster study, if one study gave several effects; else give each its own name",
            )
        seen[name.casefold()] = row


def _refuse_mixed_measures(table: EffectTable) -> None:
    given = [str(value) for value in table.columns.get("measure", ())]
    for row, name in enumerate(given):
        if name != given[0]:
            raise RecordError(
                "the rows hold different measures",
                place=table.places[row],
                found=f"measure: {name}, after {given[0]}",
                expected="one measure in all rows: a risk ratio and a mean difference cannot be pooled",
                try_="one file for each measure",
            )


def _delimiter(text: str) -> str:
    head = text.splitlines()[0]
    return max((",", ";", "\t"), key=head.count)
