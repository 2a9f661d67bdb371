"""Many people on the command line: a run on the disk, its progress, and what is told of it.

Needs    simulate, report; rich, where somebody watches
Gives    ``live``, ``others_arrive``, ``progress``
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from ..errors import EnkephalinError
    from ..records.shapes import ResolvedScenario

SHOWN = 50  # people in the report
SELDOM = 60.0  # s between two lines of progress where there is no terminal


def live(
    who: Any,
    scenario: ResolvedScenario,
    hours: np.ndarray,
    names: list[str],
    folder: Path,
    options: dict[str, Any],
    *,
    keep: bool,
    cluster: str | None,
    chunk: int | None,
    influence: bool,
    every_time: bool,
) -> tuple[xr.Dataset, EnkephalinError | None]:
    """Let it happen to everybody, write the files where they are wanted, and return the result on the disk."""
    from ..errors import Interrupted
    from ..kernels.stops import Stop, complaint
    from ..simulate import simulate as run

    more = {"out": folder, "cluster": cluster, "chunk": chunk, **options}
    try:
        with progress(scenario.id) as told:
            seen = run(who, scenario, at=hours, watch=names, progress=told, **more)
    except KeyboardInterrupt as stopped:
        if not keep or not str(stopped):
            raise
        raise Interrupted(
            "stopped before it was done",
            place=str(folder),
            found=str(stopped),
            try_="the same command: it goes on from there",
        ) from None
    if keep:
        _report(who, scenario, seen, folder, options, influence=influence, every_time=every_time)
    stops = [Stop(**stop) for stop in json.loads(seen.attrs["stopped"])]
    return seen, complaint(stops) if stops else None


def others_arrive(who: Any, scenario: ResolvedScenario, **options: Any) -> tuple[xr.Dataset, EnkephalinError | None]:
    """The result, and the error of those who stopped; one person alone has no others."""
    from ..errors import SolverStopped, StartNotFound
    from ..simulate import simulate as run

    try:
        return run(who, scenario, **options), None
    except (SolverStopped, StartNotFound) as error:
        result = error.more.get("result")
        if result is None or result.sizes["person"] == 1:
            raise
        return result, error


@contextmanager
def progress(what: str, of: str = "people") -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on a terminal, else a line now and then; on standard error."""
    if not sys.stderr.isatty():
        yield _lines(what, of)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(of + "  {task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: list[Any] = []
        rate = _Rate()

        def told(finished: int, people: int) -> None:
            if not tasks:
                tasks.append(bar.add_task(what, total=people, completed=finished, rate=""))
            bar.update(tasks[0], completed=finished, rate=rate.said(finished))

        yield told


class _Rate:
    """People per second since this run began or went on."""

    def __init__(self) -> None:
        self._begin: tuple[float, int] | None = None

    def of(self, finished: int) -> float:
        now = time.monotonic()
        if self._begin is None:
            self._begin = now, finished
        since, before = self._begin
        return (finished - before) / (now - since) if now > since else 0.0

    def said(self, finished: int) -> str:
        found = self.of(finished)
        return f"{found:.3g}/s" if found else ""


def _lines(what: str, of: str) -> Callable[[int, int], None]:
    rate = _Rate()
    last = [time.monotonic()]

    def told(finished: int, people: int) -> None:
        speed, now = rate.of(finished), time.monotonic()
        if now - last[0] >= SELDOM and speed:
            last[0] = now
            left = (people - finished) / speed
            print(f"{what}  {finished} of {people} {of}, {speed:.3g}/s, {left:.0f} s left", file=sys.stderr)

    return told


def _report(
    who: Any,
    scenario: ResolvedScenario,
    seen: xr.Dataset,
    folder: Path,
    options: dict[str, Any],
    *,
    influence: bool,
    every_time: bool,
) -> None:
    """Files for readers: a summary of all, and a report of the first people."""
    import numpy as np

    from .. import report
    from ..report.glance import telling_times
    from ..simulate import body_of

    hours = seen["time"].values
    everything = list(dict.fromkeys([*map(str, seen.data_vars), *report.watched()]))
    times = np.union1d(hours if every_time else telling_times(hours), report.times(scenario))
    sample, _ = others_arrive(who[:SHOWN], scenario, at=times, watch=everything, **options)
    report.write_many(
        seen,
        sample,
        body_of(sample),
        folder,
        hours=hours if every_time else telling_times(hours),
        command=shlex.join(["enkephalin", *sys.argv[1:]]),
        influence=influence,
    )
