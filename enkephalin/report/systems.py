"""Which watched values make which chart.

Needs    systems.yaml beside this file, and a result of ``simulate``
Gives    ``systems(result)``: the systems that the result can show, each with its charts
Leaves   drawing (chart.py) and words (page.py)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from ..records.files import PACKAGE, own_yaml
from .chart import Band, Chart, Mark, Series

READABLE = {"ratio to baseline": "× baseline", "ratio": "× rest", "ratio - 1": "above rest", "1": "", "VAS": "of 100"}
DUST = 1e-6  # of a line's largest value
RATIOS = {"× baseline", "× rest", "share of baseline"}  # a chart in such a unit gets a line at 1


@dataclass(frozen=True)
class System:
    """A part of the body with its charts, and the titles of charts in which nothing moves."""

    id: str
    title: str
    story: str
    charts: tuple[Chart, ...]
    unmoved: tuple[str, ...] = ()


@cache
def layout() -> Mapping[str, Any]:
    """The content of systems.yaml."""
    return own_yaml(PACKAGE / "report" / "systems.yaml")


def watched_by_report() -> tuple[str, ...]:
    """Every value that some chart shows of every scenario, in reading order, each once."""
    systems_of_all = (system for system in layout()["systems"] if not system.get("if_watched"))
    charts = (chart for system in systems_of_all for chart in system["charts"])
    names = (entry["watch"] for chart in charts for entry in chart["shows"])
    return tuple(dict.fromkeys(names))


def systems(
    result: xr.Dataset,
    *,
    marks: Sequence[Mark] = (),
    bands: Mapping[str, Sequence[Band]] | None = None,
    against: xr.Dataset | None = None,
    sides: tuple[str, str] = ("", ""),
) -> tuple[System, ...]:
    """The systems that ``result`` can show.

    Parameters
    ----------
    result : xarray.Dataset
        From ``simulate``; dims (person, time, ...). Many people become a median and a spread.
    marks : list of Mark
        Doses and exposures, drawn on every chart.
    bands : mapping of scale id to bands
        Severity bands for the charts that ask for them.
    against : xarray.Dataset
        The same people and times under another body, drawn beside it.
    sides : pair of str
        The names of the two.
    """
    found = []
    for system in layout()["systems"]:
        charts, unmoved = [], []
        for wanted in system["charts"]:
            series, others = _pairs(result, against, wanted["shows"])
            unit = unit_of(result, wanted["shows"])
            seen = [_together(*pair) for pair in zip(series, others, strict=True)] if others else series
            if series and not any(moves(line, unit) for line in seen):
                unmoved.append(wanted["title"])
            elif series:
                charts.append(
                    Chart(
                        title=wanted["title"],
                        unit=unit,
                        series=series,
                        marks=tuple(marks),
                        bands=tuple((bands or {}).get(wanted.get("bands", ""), ())),
                        reference=1.0 if unit in RATIOS else None,
                        logarithmic=wanted.get("scale") == "log",
                        with_history=wanted.get("history", False),
                        form=wanted.get("form", "lines"),
                        others=others,
                        sides=sides,
                    )
                )
        if charts or unmoved:
            found.append(System(system["id"], system["title"], system["story"], tuple(charts), tuple(unmoved)))
    return tuple(found)


def _pairs(
    result: xr.Dataset, against: xr.Dataset | None, shows: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    """The lines of a chart and those of the other side, one to one."""
    if against is None:
        return tuple(line for entry in shows for line in lines(result, entry)), ()
    both = [part for entry in shows for part in zip(*_alike(result, against, entry), strict=True)]
    return tuple(one for one, _ in both), tuple(other for _, other in both)


def _alike(one: xr.Dataset, other: xr.Dataset, entry: Mapping[str, Any]) -> list[list[Series]]:
    """The lines that either side has, in both."""
    names = dict.fromkeys(line.label for side in (one, other) for line in lines(side, entry))
    if not names:
        return [[], []]
    every = dict(entry)
    if "each" in entry and entry["each"] in one[entry["watch"]].dims:
        every["only"] = [str(coordinate) for coordinate in one[entry["watch"]][entry["each"]].values]
    found = ({line.label: line for line in lines(side, every)} for side in (one, other))
    return [[side[name] for name in names] for side in found]


def apart(one: Series, other: Series) -> Series:
    """The other minus the one; what is no more than the solver's own dust is 0."""
    away = other.value - one.value
    largest = np.nanmax(np.abs(np.concatenate([one.value, other.value])), initial=0.0)
    return Series(one.label, one.time, np.where(np.abs(away) < DUST * largest, 0.0, away))


def _together(one: Series, other: Series) -> Series:
    """Both sides of a line as one, to see whether anything moves in either or between them."""
    return Series(one.label, np.tile(one.time, 2), np.concatenate([one.value, other.value]))


def moves(series: Series, unit: str) -> bool:
    """True where a line moves by more than a reader would notice in its unit; systems.yaml says how much that is."""
    known = np.concatenate([part for part in (series.value, series.low, series.high) if part is not None])
    known = known[np.isfinite(known)]
    least = layout()["noticeable"].get(unit, layout()["noticeable"]["other"] * float(np.abs(known).max(initial=0)))
    return bool(known.size) and float(np.ptp(known)) > least


def unit_of(result: xr.Dataset, shows: Sequence[Mapping[str, Any]]) -> str:
    """The one unit of a chart."""
    units = {result[entry["watch"]].attrs["units"] for entry in shows if entry["watch"] in result}
    return " / ".join(sorted(READABLE.get(unit, unit) for unit in units))


def lines(result: xr.Dataset, entry: Mapping[str, Any]) -> list[Series]:
    """The lines that one entry of a chart asks for; none where the result lacks it."""
    name = entry["watch"]
    if name not in result:
        return []
    values = result[name]
    for dim, coordinate in entry.get("at", {}).items():
        if dim in values.dims:
            if coordinate not in values[dim]:
                return []
            values = values.sel({dim: coordinate})
    each = entry.get("each")
    if each is None or each not in values.dims:
        return [line(entry.get("label", name.replace("_", " ")), values)]
    present = [str(coordinate) for coordinate in values[each].values]
    chosen = [c for c in entry.get("only", present) if c in present]
    if "only" not in entry:
        chosen = [c for c in chosen if bool((abs(values.sel({each: c})) > 0).any())]
    return [line(c.replace("_", " "), values.sel({each: c})) for c in chosen]


def line(label: str, values: xr.DataArray) -> Series:
    """One person's line, or the median of many with their 5th to 95th percentile."""
    time = values["time"].values.astype(float)
    array = values.transpose("person", "time").values.astype(float)
    if array.shape[0] == 1:
        return Series(label, time, array[0])
    low, middle, high = np.percentile(array, [5, 50, 95], axis=0)
    return Series(label, time, middle, low, high)
