"""A result at a glance: a table of few rows and few times, for the terminal.

Needs    a result of ``simulate``, or two of two bodies
Gives    ``glance(result)``
Leaves   every value: see summary.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from ..simulate.against import difference
from .chart import Band, Series
from .systems import READABLE, apart, layout, line, lines
from .words import DAY, listing, moment, number

TELLING = (0, 0.25, 1, 3, 6, 12, *(DAY * day for day in (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)))
MOST_TIMES, FEWER_TIMES = 6, 4  # for one person, for many
MOST_LINES = 4  # of one watched name
AT_HAND = 1 << 28  # bytes of a result that may be read as a whole


@dataclass(frozen=True)
class Glance:
    """Column heads, rows of text, and remarks below; the first ``left`` columns are words."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]
    left: int = 2


def glance(
    result: xr.Dataset,
    *,
    bands: Mapping[str, Sequence[Band]] | None = None,
    every_time: bool = False,
    against: xr.Dataset | None = None,
    sides: tuple[str, str] = ("", ""),
) -> Glance:
    """A few rows and times of a result, with the highest and the lowest value from zero on.

    Parameters
    ----------
    result : xarray.Dataset
        From ``simulate``.
    bands : mapping of scale id to bands
        A value with such a scale is shown with the name of its band.
    every_time : bool
        True shows every time of the result, because the user asked for them, and no others.
    against : xarray.Dataset
        The same people and times in another body; each line then stands there three times: both, and the difference.
    sides : pair of str
        The names of the two bodies.
    """
    hours = [float(hour) for hour in result["time"].values]
    many = result.sizes["person"] > 1
    chosen = hours if every_time else telling_times(hours, most=FEWER_TIMES if many else MOST_TIMES)
    extremes = not every_time and result.nbytes <= AT_HAND
    if many:  # no more of a result on the disk than is shown
        result = (result if extremes else result.sel(time=chosen)).load()
    told = [("", result)]
    if against is not None:
        told = [(sides[0], result), (sides[1], against), ("difference", difference(result, against))]
    rows, more = [], []
    for name in result.data_vars:
        places, left_out = _places([one for _, one in told[:2]], str(name))
        unit = READABLE.get(result[name].attrs["units"], result[name].attrs["units"])
        for label, place in places:
            for side, one in told:
                series = line(label, one[name].sel(place))
                if side == "difference" and not many:
                    series = apart(*(line(label, told[k][1][name].sel(place)) for k in (0, 1)))
                if not np.isfinite(series.value).any():
                    continue
                known = () if side == "difference" else (bands or {}).get(str(name), ())
                cells = [_cell(series, hour, known) for hour in chosen]
                cells += [_extreme(series, np.nanargmax), _extreme(series, np.nanargmin)] if extremes else []
                rows.append((series.label, *([side] if side else []), unit, *cells))
        if left_out:
            more.append(_named(str(name)))
    heads = ["", *(["body"] if against is not None else []), "unit", *map(moment, chosen)]
    heads += ["highest", "lowest"] if extremes else []
    remarks = _remarks(result, more, extremes and many, sides)
    return Glance(tuple(heads), tuple(rows), tuple(remarks), left=heads.index("unit") + 1)


def _remarks(result: xr.Dataset, more: Sequence[str], medians: bool, sides: tuple[str, str]) -> list[str]:
    found = [f"More of {listing(more)}: with --json, or in result.nc."] if more else []
    if result.sizes["person"] > 1:
        of = "; highest and lowest are those of the median" if medians else ""
        found.append(f"Median of {result.sizes['person']} people (5th to 95th percentile){of}.")
    if sides[1]:
        found.append(f"The difference is {sides[1]} minus {sides[0]}.")
    return found


def telling_times(hours: Sequence[float] | np.ndarray, *, most: int = MOST_TIMES) -> list[float]:
    """A few of the times: zero, some that a reader would ask for, and the last."""
    known = np.asarray(hours)
    after = [t for t in TELLING if t <= known[-1]]
    near = sorted({float(known[np.abs(known - t).argmin()]) for t in (*after, known[-1])})
    while len(near) > most:  # drop the one that lies closest to its neighbours, never the ends
        gaps = [np.log1p(near[k + 1] - near[0]) - np.log1p(near[k - 1] - near[0]) for k in range(1, len(near) - 1)]
        near.pop(1 + int(np.argmin(gaps)))
    return near


Place = tuple[str, dict[str, Any]]  # the words for a line, and its coordinates


def _places(results: Sequence[xr.Dataset], name: str) -> tuple[list[Place], int]:
    """The lines of one watched name that the report would show, else the first few; and how many were left out."""
    values = results[0][name]
    dims = [str(dim) for dim in values.dims if dim not in ("person", "time")]
    every = int(np.prod([values.sizes[dim] for dim in dims])) if dims else 1
    if every == 1:
        return [(_named(name), {dim: values[dim].values[0] for dim in dims})], 0
    charts = [c for s in layout()["systems"] for c in s["charts"]]
    if any(c.get("form") == "rows" and c["shows"][0]["watch"] == name for c in charts):
        return [], every  # the parts of a sum that has a line of its own
    for entry in (entry for chart in charts for entry in chart["shows"] if entry["watch"] == name):
        shown = dict.fromkeys(one.label for result in results for one in lines(result, entry)[:MOST_LINES])
        if shown:
            held = {dim: value for dim, value in entry.get("at", {}).items() if dim in dims}
            each = entry.get("each") if entry.get("each") in dims else None
            words = " ".join([_named(name), *map(str, held.values())])
            if each is None:
                return [(words, held)], every - 1
            known = {_named(str(value)): value for value in values[each].values}
            return [(f"{words} {label}", {**held, each: known[label]}) for label in shown], every - len(shown)
    found = []
    for index in list(np.ndindex(*(values.sizes[dim] for dim in dims)))[:MOST_LINES]:
        place = {dim: values[dim].values[k] for dim, k in zip(dims, index, strict=True)}
        found.append((" ".join([_named(name), *(_named(str(value)) for value in place.values())]), place))
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


def _extreme(series: Series, which: Any) -> str:
    """The highest or lowest value from zero on, with its time."""
    after = replace(series, time=series.time[series.time >= 0], value=series.value[series.time >= 0])
    if not np.isfinite(after.value).any():
        return number(float("nan"))
    k = int(which(after.value))
    return f"{number(float(after.value[k]))} at {moment(float(after.time[k]))}"
