"""The numbers a reader looks for: highest, lowest, when, and when it is over.

Needs    lines (chart.py) and the severity bands of a scale
Gives    ``Headline`` for the top of the page, ``Summary`` for the table
Leaves   how they look: see page.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import numpy as np
import xarray as xr

from .chart import Band, Series
from .systems import layout, lines, moves, unit_of
from .words import moment, number

NOTHING = 1e-5  # a value this small beside its line's largest is told as 0


@dataclass(frozen=True)
class Headline:
    """One large number: what it is, the number with its unit, and when or what it means."""

    label: str
    value: str
    unit: str
    remark: str
    beside: str = ""  # the other side, in one line


@dataclass(frozen=True)
class Summary:
    """One row of the table, ready to read: each value with its time."""

    label: str
    unit: str
    at_zero: str
    highest: str
    lowest: str
    at_end: str


@dataclass(frozen=True)
class Course:
    """How an illness scored on a scale runs: first and last time at or above the first band that has a name."""

    threshold: float
    begins: float | None
    ends: float | None


def headlines(
    result: xr.Dataset,
    bands: Mapping[str, Sequence[Band]],
    *,
    against: xr.Dataset | None = None,
    sides: tuple[str, str] = ("", ""),
) -> tuple[Headline, ...]:
    """The large numbers that this result can show, with those of the other side where there is one."""
    found = []
    for wanted in layout()["headlines"]:
        unit = unit_of(result, [wanted])
        others = lines(against, wanted) if against is not None else []
        for series, other in zip_longest(lines(result, wanted), others):
            told = [_headline(one, wanted, unit, bands) for one in (series, other) if one is not None]
            if not any(moved for _, moved in told):
                continue
            tile = told[0][0]
            if len(told) > 1:
                beside = told[1][0]
                said = f"{sides[1]}: {beside.value} {beside.unit} {beside.remark}"
                tile = replace(tile, remark=f"{tile.remark} ({sides[0]})", beside=said)
            found.append(tile)
    return tuple(found)


def _headline(
    series: Series, wanted: Mapping[str, Any], unit: str, bands: Mapping[str, Sequence[Band]]
) -> tuple[Headline, bool]:
    """One large number, and whether it is other than it was at zero."""
    after = _from_zero(series)
    best = int(np.argmax(after.value) if wanted["which"] == "highest" else np.argmin(after.value))
    value, when = float(after.value[best]), moment(float(after.time[best]))
    moved = moves(series, unit) and number(value) != number(float(after.value[0]))
    name = next((b.label for b in bands.get(wanted.get("bands", ""), ()) if b.low <= value < b.high), "")
    remark = f"at {when}, {name}" if name else f"at {when}"
    told = (number(100 * value), "%") if unit == "share" else (number(value), unit)
    return Headline(wanted["label"], *told, remark), moved


def course(series: Series, bands: Sequence[Band]) -> Course | None:
    """When a scale first reaches its mildest band after zero, and when it is under it for good."""
    threshold = min((band.low for band in bands if band.low > 0), default=None)
    if threshold is None:
        return None
    after = _from_zero(series)
    above = np.flatnonzero(after.value >= threshold)
    if not len(above):
        return Course(threshold, None, None)
    last = int(above[-1])
    ends = float(after.time[last + 1]) if last + 1 < len(after.time) else None
    return Course(threshold, float(after.time[above[0]]), ends)


def summarise(series: Series, unit: str) -> Summary:
    """A line in five numbers, from the scenario's zero on."""
    after = _from_zero(series)
    top, bottom = int(np.argmax(after.value)), int(np.argmin(after.value))

    def said(index: int) -> str:
        nothing = abs(after.value[index]) < NOTHING * np.abs(series.value).max(
            where=np.isfinite(series.value), initial=0
        )
        return "0" if nothing else number(after.value[index])

    def dated(index: int) -> str:
        return f"{said(index)} at {moment(float(after.time[index]))}"

    return Summary(series.label, unit, said(0), dated(top), dated(bottom), said(len(after.value) - 1))


def _from_zero(series: Series) -> Series:
    """The part of a line from zero on; the whole line where nothing lies there."""
    after = (series.time >= 0) & np.isfinite(series.value)
    return Series(series.label, series.time[after], series.value[after]) if after.any() else series
