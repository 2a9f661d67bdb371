"""Tasks: a task of the library as rows of exposures.

Needs    exposure_lines, line, rows, catalog
Gives    ``task_rows``: the rows of one task at one time; ``task_faults``
Leaves   where the rows end up: see ``resolve``
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...errors import EnkephalinError, RecordError
from ..catalog import exposures, get, is_path
from ..shapes import ResolvedExposure, Task
from .exposure_lines import EXPOSURE_FORM, exposure_line
from .grammar import time_of
from .line import Words
from .rows import check_exposure, exposure_rows

Where = tuple[str | int, ...]


def task_of(name: str, folder: Path) -> Task:
    """A task by its id, or by the path of a record as seen from a folder."""
    return get("task", str(folder / name)) if is_path(name) else get("task", name)


def task_rows(task: Task, start: float) -> tuple[ResolvedExposure, ...]:
    """What happens in a task that begins at ``start`` (h), in the order of time.

    Raises
    ------
    RecordError
        The task itself is at fault.
    """
    for where, error in task_faults(task):
        raise RecordError(error.problem, **(error.parts() | {"place": error.place or task.origin.at(where)}))
    rows = [row for line in task.happens for row in _line_rows(line)]
    rows += _throws(task)
    moved = [row.model_copy(update={"time": row.time + start, "end": row.end + start}) for row in rows]
    return tuple(sorted(moved, key=lambda row: (row.time, row.exposure)))


def task_faults(task: Task) -> Iterator[tuple[Where, EnkephalinError]]:
    """Everything that is wrong with a task, with the key or item where it stands."""
    try:
        end = float(time_of(task.lasts))
        if end <= 0:
            raise RecordError(
                "the task has no length", found=task.lasts, expected="a time above 0", try_="lasts: 10 min"
            )
    except EnkephalinError as error:
        yield ("lasts",), error
        return
    for number, line in enumerate(task.happens):
        try:
            for row in _line_rows(line):
                check_exposure(row, exposures(), line, end, history=False, within="task")
        except EnkephalinError as error:
            yield ("happens", number), error
    if task.throws is not None:
        try:
            took = sum(part.throws for part in task.throws.rounds) * float(time_of(task.throws.each))
            if took > end * (1 + 1e-9):
                raise RecordError(
                    "the throws take longer than the task",
                    found=f"{took * 60:g} min of throws",
                    expected=f"at most {end * 60:g} min, as lasts says",
                    try_="a longer 'lasts', or fewer throws",
                )
        except EnkephalinError as error:
            yield ("throws",), error


def _line_rows(line: str) -> tuple[ResolvedExposure, ...]:
    words = Words(line)
    read = exposure_line(words, exposures(), words.take_if("then"))
    if read is None:
        raise words.error("a task holds exposures and nothing else", EXPOSURE_FORM, "give a drug in the scenario")
    if read.end is None:
        raise words.error(
            f"'{read.exposure}' has no end", "an exposure that ends within the task", "for 5 min at 0 min"
        )
    return exposure_rows(read, None)


def _throws(task: Task) -> list[ResolvedExposure]:
    """The rounds of a ball game; a fair round is nothing."""
    if task.throws is None:
        return []
    each, time = float(time_of(task.throws.each)), 0.0
    rows = []
    for throws, left_out, favoured in task.throws.levels():
        end = time + throws * each
        for exposure, level in (("rejection", left_out), ("acceptance", favoured)):
            if level > 0:
                rows.append(ResolvedExposure(time=time, end=end, exposure=exposure, level=level))
        time = end
    return rows
