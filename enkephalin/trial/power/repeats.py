"""Repeats: a study run again and again with people drawn from a bank, piece by piece, so that it can go on.

Needs    observe, analysis, store
Gives    ``Repeats``, ``repeated``
Keeps    repeat r is the same whoever does it, in whatever piece, and however many repeats there are
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Interrupted, RequestError
from ...records.shapes.analysis import Analysis
from ...runs.crews import as_they_finish
from ..analysis import analyse
from ..observe import Observed, observed
from ..seeds import stream
from ..truth import Truth
from .null import DEALT, at_the_null
from .store import Store

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
PIECE = 25  # repeats done together
ALONE = 8  # pieces up to which one process is quicker than starting others
BITS = 2**62


@dataclass(frozen=True)
class Repeats:
    """What is repeated: n people of a bank, the analyses, and the seed."""

    truth: Truth = field(repr=False)
    plans: tuple[Analysis, ...]
    n: int
    seed: int
    null: bool = False

    @property
    def bank(self) -> int:
        """People in the bank."""
        return len(self.truth.covariates)

    def data(self, number: int) -> Observed:
        """One repeat: people drawn with replacement, everything else with chance of its own; what plans read of it."""
        random = stream(self.seed, "repeat", number)
        chosen = random.integers(self.bank, size=self.n)
        read = {name for plan in self.plans for name in (plan.measure, plan.by, plan.through) if name}
        return observed(self.truth, chosen, int(random.integers(BITS)), read)

    def table(self, number: int) -> Any:
        """The same as a long table."""
        return self.data(number).table()

    def one(self, number: int) -> Array:
        """Estimate, interval, p and effect size of the first estimate of each plan, shape (plan, 5)."""
        data = self.data(number)
        found = np.full((len(self.plans), 5), np.nan)
        for place, plan in enumerate(self.plans):
            shown = at_the_null(data.table(), plan, number) if self.null and plan.kind in DEALT else data
            try:
                first = analyse(shown, plan, checks=False)[0]
            except RequestError:  # this draw of people does not allow the analysis: no finding
                continue
            found[place] = (first.estimate, *first.ci, first.p, first.effect_size)
        return found

    def piece(self, first: int, last: int) -> Array:
        """Some repeats, shape (repeat, plan, 5)."""
        return np.stack([self.one(number) for number in range(first, last)])


def repeated(
    task: Repeats,
    repeats: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    folder: Path | str | None = None,
) -> Array:
    """Do all repeats, or those that a folder does not have yet.

    Parameters
    ----------
    task : Repeats
        What to repeat.
    repeats : int
        How often.

    Rarely needed
    -------------
    workers : int
        Processes. The numbers are the same to the last bit for any number. Default: all cores, or one if there is
        little to do.
    progress : function of (done, all)
        Called when it begins and after each piece.
    folder : path
        Keeps finished pieces there; the same request goes on with them.

    Returns
    -------
    array, shape (repeat, plan, 5)
        Estimate, low, high, p, effect size; NaN where the analysis could not be done.

    Raises
    ------
    RequestError
        The folder keeps repeats of another request.
    Interrupted
        It was stopped; finished pieces are kept where there is a folder.
    """
    store = Store(folder, task)
    pieces = [(first, min(first + PIECE, repeats)) for first in range(0, repeats, PIECE)]
    done = {piece: found for piece in pieces if (found := store.kept(*piece)) is not None}
    missing = [piece for piece in pieces if piece not in done]
    told = progress or (lambda finished, every: None)
    told(sum(last - first for first, last in done), repeats)
    crew = _crew(workers, len(missing))
    try:
        for piece, found in _alone(task, missing) if crew == 1 else _together(task, missing, crew):
            store.keep(*piece, found)
            done[piece] = found
            told(sum(last - first for first, last in done), repeats)
    except KeyboardInterrupt as stop:
        finished = sum(last - first for first, last in done)
        raise Interrupted(
            "stopped before all repeats were done",
            place=str(folder or ""),
            found=f"{finished} of {repeats} repeats",
            expected="all of them",
            try_="the same request again: finished repeats are kept"
            if folder
            else "a folder, which keeps them (--out)",
        ) from stop
    return np.concatenate([done[piece] for piece in pieces])


def _crew(workers: int | None, pieces: int) -> int:
    if workers is None and pieces <= ALONE:
        return 1
    return max(1, min(workers or os.cpu_count() or 1, pieces))


def _alone(task: Repeats, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Array]]:
    for piece in pieces:
        yield piece, task.piece(*piece)


def _together(task: Repeats, pieces: Sequence[tuple[int, int]], crew: int) -> Iterator[tuple[tuple[int, int], Array]]:
    """Pieces in the order in which processes finish them."""
    pool = ProcessPoolExecutor(crew, mp_context=get_context("spawn"), initializer=_begin, initargs=(task,))

    def send(piece: tuple[int, int]) -> Future[Array]:
        return pool.submit(_work, *piece)

    way_out = "the same request again with fewer workers: finished repeats are kept in the folder"
    yield from as_they_finish(pool, send, pieces, crew, try_=way_out)


_TASK: list[Repeats] = []  # of a worker process, given once


def _begin(task: Repeats) -> None:
    _TASK[:] = [task]


def _work(first: int, last: int) -> Array:
    return _TASK[0].piece(first, last)
