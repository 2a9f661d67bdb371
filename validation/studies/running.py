"""Running: every study in every body, several at a time, each finished one told at once.

Needs    predicted; enkephalin.runs (waiting for processes)
Gives    ``predictions(studies, bodies)``, ``Failed``
Keeps    each finished prediction, as ``predicted`` does: stopped work goes on
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from enkephalin.errors import EnkephalinError
from enkephalin.records import resolve_study
from enkephalin.runs.crews import as_they_finish

from .predicted import Prediction, place, predicted

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # of linear algebra: one for each process
TASKS_OF_A_PROCESS = 60  # then another takes its place, and the bodies that it held are gone from memory


@dataclass(frozen=True)
class Failed:
    """A study that could not be run in a body, and why."""

    study: str
    body: str
    why: str


Answer = Prediction | Failed
Job = tuple[str, str]  # study, body


def predictions(
    studies: Sequence[str],
    bodies: Sequence[str],
    *,
    people: int,
    repeats: int,
    workers: int | None = None,
    kept: bool = False,
) -> Iterator[Answer]:
    """Predictions in the order in which they are finished, study by study.

    Parameters
    ----------
    studies, bodies : list of str
        Ids of studies, keys of ``BODIES``.
    people, repeats : int
        As in ``predicted``.

    Rarely needed
    -------------
    workers : int
        Processes, of one thread each. It changes no number. Default: one for each core.
    kept : bool
        Only read what is kept; what is not has failed.
    """
    jobs = [(study, body) for study in studies for body in bodies]
    crew = 1 if kept else max(1, min(workers or os.cpu_count() or 1, len(jobs)))
    work = partial(_one, people=people, repeats=repeats, kept=kept)
    if crew == 1:
        yield from map(work, jobs)
        return
    os.environ |= {name: os.environ.get(name, "1") for name in THREADS}  # processes that are begun from here have it
    pool = ProcessPoolExecutor(crew, mp_context=get_context("spawn"), max_tasks_per_child=TASKS_OF_A_PROCESS)
    way_out = "the same command again: finished predictions are kept"
    for _, answer in as_they_finish(pool, partial(pool.submit, work), jobs, crew, try_=way_out):
        yield answer


def _one(job: Job, people: int, repeats: int, kept: bool) -> Answer:
    """The work of one process."""
    study, body = job
    try:
        resolved = resolve_study(study)
        if kept and not place(resolved, body, people=people, repeats=repeats).is_file():
            return Failed(study, body, "not run yet")
        return predicted(resolved, body, people=people, repeats=repeats, workers=1)
    except EnkephalinError as error:
        return Failed(study, body, str(error))
    except Exception as error:  # a fault of ours: the other studies go on, and this one is named
        return Failed(study, body, f"{type(error).__name__}: {error}")
