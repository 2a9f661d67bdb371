"""Pictures and pages: what a person sees of a result.

Needs    a result of ``simulate`` and the records it names
Gives    ``write`` (result.nc, summary.json, report.html), ``write_many`` (of more people than memory holds),
         ``write_both`` (of two bodies side by side), ``page``;
         ``times`` and ``watched`` say what a full report wants to be told; ``charts_of`` for single pictures
Leaves   computing anything: every number here comes from the result
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

from ..compiler.model import Model
from ..records.catalog import get, list_ids
from ..records.files import make_ready, write_whole
from ..records.shapes import ResolvedScenario
from ..records.watched import watch_names
from ..simulate import body_of
from .asked import ask, beside
from .assumptions import Assumptions
from .body import body_picture, watched_by_body
from .chart import Band, Chart
from .glance import telling_times
from .ground import rows_of
from .influence import with_influence
from .numbers import headlines
from .page import NEAR, Contents, render
from .summary import document
from .systems import layout, systems, watched_by_report
from .words import DAY

__all__ = [
    "bands",
    "charts_of",
    "page",
    "times",
    "watched",
    "write",
    "write_both",
    "write_many",
]

ONE_FILE = 1 << 28  # bytes of a result of many people that is written as one file, too
FINEST_STEPS = 400  # of the week around zero
LATER, MUCH_LATER = 3.0, 6.0  # h between later points; both resolve a day
LATER_ENDS = 30 * DAY


def watched() -> tuple[str, ...]:
    """The names that a full report wants to watch, of those that can be watched."""
    known = set(watch_names())
    return tuple(name for name in dict.fromkeys((*watched_by_report(), *watched_by_body())) if name in known)


def times(scenario: ResolvedScenario) -> np.ndarray:
    """The times that a full report wants to see, in h from the scenario's zero, shape (time,).

    Fine around zero, coarser later, and once a day long before zero, always at the same hour.
    """
    start, end = -scenario.zero, scenario.end - scenario.zero
    first, last = max(start, 2 * NEAR[0]), min(end, NEAR[1])
    step = min(0.5, (last - first) / FINEST_STEPS)
    parts = [
        np.arange(first, start, -DAY),
        np.linspace(first, last, round((last - first) / step) + 1),
        np.arange(last, min(end, LATER_ENDS), LATER),
        np.arange(LATER_ENDS, end, MUCH_LATER),
        np.array([start, min(max(start, 0.0), end), end]),
    ]
    return np.unique(np.round(np.concatenate(parts), 9))


def bands(watched: Iterable[object] | None = None) -> Mapping[str, tuple[Band, ...]]:
    """The severity bands of every scale in the catalog, or of those that bear a watched name."""
    found = {}
    for id_ in list_ids("scale") if watched is None else sorted({str(name) for name in watched} & {*list_ids("scale")}):
        scale = get("scale", id_)
        found[id_] = tuple(Band(band.name, band.low, band.high + 1) for band in scale.bands)
    return found


def charts_of(result: xr.Dataset, titles: Sequence[str]) -> tuple[Chart, ...]:
    """Some charts of the report by their titles, in that order."""
    asked = ask(result)
    every = {c.title: c for s in systems(result, marks=asked.marks, bands=bands()) for c in s.charts}
    return tuple(every[title] for title in titles if title in every)


def watched_charts(titles: Iterable[str]) -> tuple[str, ...]:
    """The names that the charts with these titles watch."""
    charts = [c for s in layout()["systems"] for c in s["charts"] if c["title"] in set(titles)]
    return tuple(dict.fromkeys(entry["watch"] for chart in charts for entry in chart["shows"]))


def page(
    result: xr.Dataset,
    model: Model,
    *,
    against: xr.Dataset | None = None,
    sides: tuple[str, str] = ("", ""),
    command: str = "",
    influence: bool = False,
    remark: str = "",
) -> str:
    """The report as one self-contained HTML page.

    Parameters
    ----------
    result : xarray.Dataset
        From ``simulate``; dims (person, time, ...).
    model : Model
        The body that was simulated, whose rows are counted.

    Rarely needed
    -------------
    against : xarray.Dataset
        The same people and times under another body, shown beside it.
    sides : pair of str
        The names of the two bodies.
    command : str
        The command line that repeats the run.
    influence : bool
        True tries each assumed number with a tenth more, to show which of them matter; this takes longer.
    remark : str
        What else a reader must know of the people shown.

    Returns
    -------
    str
        HTML that needs no network.
    """
    asked = ask(result, command=command)
    both = [result] if against is None else [result, against]
    if against is not None:
        asked = beside(asked, ask(against), sides)
    if remark:
        asked = replace(asked, facts=(*asked.facts, ("Shown", remark)))
    known = bands()
    rows = rows_of(model, list(asked.drugs))
    hours = result["time"].values
    contents = Contents(
        asked=asked,
        headlines=headlines(result, known, against=against, sides=sides),
        systems=systems(result, marks=asked.marks, bands=known, against=against, sides=sides),
        bands=known,
        assumptions=with_influence(result, model, rows) if influence else Assumptions(rows),
        start=float(hours[0]),
        end=float(hours[-1]),
        body=body_picture(both, sides=sides[: len(both)]),
        sides=sides,
    )
    return render(contents)


def write(
    result: xr.Dataset,
    model: Model,
    folder: Path | str,
    *,
    asked: xr.Dataset | None = None,
    command: str = "",
    influence: bool = False,
) -> tuple[Path, ...]:
    """Write ``result.nc``, ``summary.json`` and ``report.html`` into a folder, which is made if need be.

    Parameters
    ----------
    result : xarray.Dataset
        All that was computed.
    model : Model
        The body that was simulated.
    folder : path
        Where the files go.

    Rarely needed
    -------------
    asked : xarray.Dataset
        The part that the user asked for, for ``summary.json``. Default: all.
    command, influence
        As in ``page``.

    Returns
    -------
    tuple of Path
        The files, each whole: a file is written under another name and then renamed.
    """
    folder = make_ready(folder)
    said = "".join(document(result if asked is None else asked))
    text = page(result, model, command=command, influence=influence)
    return (
        write_whole(folder / "result.nc", lambda path: result.to_netcdf(path, engine="h5netcdf")),
        write_whole(folder / "summary.json", lambda path: path.write_text(said, "utf-8")),
        write_whole(folder / "report.html", lambda path: path.write_text(text, "utf-8")),
    )


def write_both(
    one: xr.Dataset,
    other: xr.Dataset,
    folder: Path | str,
    *,
    sides: tuple[str, str],
    asked: tuple[xr.Dataset, xr.Dataset] | None = None,
    every_time: bool = True,
    command: str = "",
    influence: bool = False,
) -> tuple[Path, ...]:
    """Write two bodies side by side: ``result.nc``, ``against.nc``, and a ``summary.json`` and ``report.html`` of both.

    Parameters
    ----------
    one, other : xarray.Dataset
        The same people and times under two bodies.
    folder : path
        Where the files go.
    sides : pair of str
        The names of the two.

    Rarely needed
    -------------
    asked : pair of xarray.Dataset
        The parts that the user asked for, for ``summary.json``. Default: all.
    every_time : bool
        False tells only a few times in ``summary.json``.
    command, influence
        As in ``page``.

    Returns
    -------
    tuple of Path
        The files, each whole.

    Example
    -------
    >>> write_both(seen, seen_otherwise, "results", sides=("literature", "described"))    # doctest: +SKIP
    """
    folder = make_ready(folder)
    first, second = asked or (one, other)
    if not every_time:
        few = telling_times(first["time"].values)
        first, second = first.sel(time=few), second.sel(time=few)
    said = "".join(document(first, against=second, sides=sides))
    text = page(one, body_of(one), against=other, sides=sides, command=command, influence=influence)
    return (
        write_whole(folder / "result.nc", lambda path: one.to_netcdf(path, engine="h5netcdf")),
        write_whole(folder / "against.nc", lambda path: other.to_netcdf(path, engine="h5netcdf")),
        write_whole(folder / "summary.json", lambda path: path.write_text(said, "utf-8")),
        write_whole(folder / "report.html", lambda path: path.write_text(text, "utf-8")),
    )


def write_many(
    seen: xr.Dataset,
    sample: xr.Dataset,
    model: Model,
    folder: Path | str,
    *,
    hours: Sequence[float] | np.ndarray,
    command: str = "",
    influence: bool = False,
) -> tuple[Path, ...]:
    """Write what is told of very many people: ``summary.json`` of all, ``report.html`` of some.

    Parameters
    ----------
    seen : xarray.Dataset
        Everybody, on the disk: ``simulate(..., out=folder)``.
    sample : xarray.Dataset
        The first of them, with all that a report shows.
    model : Model
        The body that was simulated.
    folder : path
        Where the files go.
    hours : array
        Times of ``summary.json``, in h from zero.

    Rarely needed
    -------------
    command, influence
        As in ``page``.

    Returns
    -------
    tuple of Path
        The files; ``result.nc`` is among them where everybody fits into one file of modest size.
    """
    folder = make_ready(folder)
    told = seen.isel(time=np.flatnonzero(np.isin(seen["time"].values, np.asarray(hours))))
    said = "".join(document(told))
    shown, everybody = sample.sizes["person"], seen.sizes["person"]
    remark = "" if shown == everybody else f"the first {shown:,} of {everybody:,} people; summary.json tells of all"
    text = page(sample, model, command=command, influence=influence, remark=remark)
    files = [
        write_whole(folder / "summary.json", lambda path: path.write_text(said, "utf-8")),
        write_whole(folder / "report.html", lambda path: path.write_text(text, "utf-8")),
    ]
    if seen.nbytes <= ONE_FILE:
        whole = seen.load()
        files.append(write_whole(folder / "result.nc", lambda path: whole.to_netcdf(path, engine="h5netcdf")))
    return tuple(files)
