"""A result at a glance: a table of few rows and few times, for the terminal.

Needs    a result of ``simulate``
Gives    ``glance(result)``
Leaves   every value: see summary.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from .chart import Band, Series
from .systems import READABLE, layout, line, lines
from .words import DAY, listing, moment, number

TELLING = (0, 0.25, 1, 3, 6, 12, *(DAY * day for day in (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)))
MOST_TIMES, FEWER_TIMES = 8, 5  # for one person, for many
MOST_LINES = 4  # of one watched name


@dataclass(frozen=True)
class Glance:
    """Column heads, rows of text, and remarks below."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]


def glance(
    result: xr.Dataset, *, bands: Mapping[str, Sequence[Band]] | None = None, every_time: bool = False
) -> Glance:
    """A few rows and times of a result.

    Parameters
    ----------
    result : xarray.Dataset
        From ``simulate``.
    bands : mapping of scale id to bands
        A value with such a scale is shown with the name of its band.
    every_time : bool
        True shows every time of the result, because the user asked for them.
    """
    hours = [float(hour) for hour in result["time"].values]
    many = result.sizes["person"] > 1
    chosen = hours if every_time else telling_times(hours, most=FEWER_TIMES if many else MOST_TIMES)
    if many:  # no more of a result on the disk than is shown
        result = result.sel(time=chosen).load()
    rows, more, remarks = [], [], []
    for name in result.data_vars:
        shown, left_out = _series_of(result, str(name))
        unit = result[name].attrs["units"]
        for series in shown:
            if not np.isfinite(series.value).any():
                continue
            cells = (_cell(series, hour, (bands or {}).get(str(name), ())) for hour in chosen)
            rows.append((series.label, READABLE.get(unit, unit), *cells))
        if left_out:
            more.append(_named(str(name)))
    if more:
        remarks.append(f"More of {listing(more)}: with --json, or in result.nc.")
    if many:
        remarks.append(f"Median of {result.sizes['person']} people (5th to 95th percentile).")
    return Glance(("", "unit", *(moment(hour) for hour in chosen)), tuple(rows), tuple(remarks))


def telling_times(hours: Sequence[float] | np.ndarray, *, most: int = MOST_TIMES) -> list[float]:
    """A few of the times: zero, some that a reader would ask for, and the last."""
    known = np.asarray(hours)
    after = [t for t in TELLING if t <= known[-1]]
    near = sorted({float(known[np.abs(known - t).argmin()]) for t in (*after, known[-1])})
    while len(near) > most:  # drop the one that lies closest to its neighbours, never the ends
        gaps = [np.log1p(near[k + 1] - near[0]) - np.log1p(near[k - 1] - near[0]) for k in range(1, len(near) - 1)]
        near.pop(1 + int(np.argmin(gaps)))
    return near


def _series_of(result: xr.Dataset, name: str) -> tuple[list[Series], int]:
    """The lines of one watched name that the report would show, else the first few; and how many were left out."""
    values = result[name]
    dims = [dim for dim in values.dims if dim not in ("person", "time")]
    every = int(np.prod([values.sizes[dim] for dim in dims])) if dims else 1
    if every == 1:
        return [line(_named(name), values.squeeze(dims))], 0
    charts = [c for s in layout()["systems"] for c in s["charts"]]
    if any(c.get("form") == "rows" and c["shows"][0]["watch"] == name for c in charts):
        return [], every  # the parts of a sum that has a line of its own
    entries = [entry for chart in charts for entry in chart["shows"] if entry["watch"] == name]
    for entry in entries:
        found = lines(result, entry)[:MOST_LINES]
        if found:
            held = [str(value) for dim, value in entry.get("at", {}).items() if dim in dims]
            each = entry.get("each") in dims
            named = [
                Series(" ".join([_named(name), *held, *([s.label] if each else [])]), s.time, s.value, s.low, s.high)
                for s in found
            ]
            return named, every - len(named)
    found = []
    for place in list(np.ndindex(*(values.sizes[dim] for dim in dims)))[:MOST_LINES]:
        part = values.isel(dict(zip(dims, place, strict=True)))
        found.append(line(" ".join([_named(name), *(_named(str(part[dim].item())) for dim in dims)]), part))
    return found, every - len(found)


def _named(name: str) -> str:
    return name.replace("_", " ")


def _cell(series: Series, hour: float, bands: Sequence[Band]) -> str:
    k = int(np.abs(series.time - hour).argmin())
    text = number(float(series.value[k]))
    band = next((band.label for band in bands if band.low <= series.value[k] < band.high), "")
    if series.low is not None and series.high is not None:
        text += f" ({number(float(series.low[k]), 2)} to {number(float(series.high[k]), 2)})"
    return f"{text} {band}" if band else text
