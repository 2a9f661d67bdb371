"""Fitted values into the tables of the body.

Needs    records
Gives    ``write_values``
Leaves   numbers of drugs that a free number moves: they are told, and written by hand with their sum
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from enkephalin.compiler.model import BIOLOGY
from enkephalin.compiler.names import parse_address
from enkephalin.records.catalog import list_ids

from .records import Array, Fit, starting_point

SOURCE = "building_targets"
WIDTH = re.compile(r";?\s*known within a factor of [0-9.]+")


def write_values(fit: Fit, point: Array, widths: Array, folder: Path = BIOLOGY / "parameters") -> list[str]:
    """Write each free number into every row that its name means.

    Parameters
    ----------
    fit : Fit
        What is free.
    point, widths : array
        In standard deviations of the prior, shape (free,).

    Returns
    -------
    list of str
        What was moved, and what has to be moved by hand.
    """
    told = []
    for one, then, now, width in zip(fit.free, starting_point(fit), point, widths, strict=True):
        ratio = one.factor ** float(now - then)
        known = f"known within a factor of {one.factor ** float(width):.2g}"
        if one.name.partition(".")[0] in list_ids("drug"):
            told += [f"by hand: {name} x {ratio:.3g}, {known}" for name in (one.name, *one.moves)]
            continue
        module, parts, symbol = parse_address(one.name)
        changed = _change(folder / f"{module}.csv", symbol, parts, ratio, known, f"{fit.place}; {fit.page}")
        told.append(f"{one.name}: {changed} rows x {ratio:.3g}, {known}")
        told += [f"  by hand: {name} x {ratio:.3g}" for name in one.moves if abs(ratio - 1) > 0.005]
    return told


def _change(path: Path, symbol: str, parts: frozenset[str], ratio: float, known: str, place: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    head = next(csv.reader(lines))
    changed = 0
    for row in rows:
        if row["name"] == symbol and row["value"] and parts <= set(row["where"].split()):
            row |= _changed(row, ratio, known) | {"place": place}
            changed += 1
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return changed


def _changed(row: Mapping[str, str], ratio: float, known: str) -> dict[str, str]:
    note = WIDTH.sub("", row["note"]).replace("a choice: no figure found", "").strip("; ")
    return {
        "value": format(float(f"{float(row['value']) * ratio:.3g}"), "g"),
        "status": "fitted",
        "source": SOURCE,
        "note": f"{note}; {known}" if note else known,
    }
