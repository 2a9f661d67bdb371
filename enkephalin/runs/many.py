"""Many: more people than memory holds, piece by piece, on threads, processes or a cluster.

Needs    folder, crews, cluster
Gives    ``run_many``: a result on disk that goes on where it stopped
Keeps    the same bytes on any number of workers and for any size of the pieces; a few pieces in memory, no more
Leaves   who the people are and what is seen of them (simulate)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import xarray as xr

from ..errors import RequestError
from .cluster import Cluster
from .code import code_of
from .crews import Answers, by_processes, by_threads
from .engines import THREADED, check_workers
from .folder import Job, RunFolder
from .task import Task

Progress = Callable[[int, int], None]
PIECE = 32 << 20  # bytes of one piece, about
LANES = 16  # people: pieces are made of so many, which fill the vectors of any machine
MOST, LEAST = 1024, 64  # people in a piece
PIECES = 32  # a run has about so many at least, so that there is something to share and something to see
SLOW_PIECE = 16  # people in a piece of an engine that takes them one by one


def run_many(
    task: Task,
    folder: Path | str,
    *,
    chunk: int | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Let it happen to everybody, and keep what is seen in a folder.

    Parameters
    ----------
    task : Task
        The people and what is to happen to them.
    folder : path
        Gets ``result.zarr`` and what is needed to go on. The same task in the same folder goes on where it stopped.

    Rarely needed
    -------------
    chunk : int
        People in a piece. It changes no number.
    workers : int
        Threads of the kernel, processes of libRoadRunner; on a cluster, threads for each piece.
    cluster : str
        The address of a Dask scheduler.
    progress : function of (finished people, all people)
        Called when the run begins or goes on, and after each piece.

    Returns
    -------
    xarray.Dataset
        Dims (person, time, ...); its numbers are read from the disk when they are used. ``attrs["stopped"]`` is a JSON
        list of those who could not be carried to the end: person, time, state, why. ``finished`` tells them by person.

    Raises
    ------
    RequestError
        The folder holds another request, or a number is out of bounds.
    WorkError
        The folder cannot be written, the cluster does not answer, or workers die.
    KeyboardInterrupt
        Passed on, when what is finished is safe.
    """
    check_workers(workers)
    if chunk is not None and chunk < 1:
        raise RequestError(
            "fewer than one person in a piece",
            found=str(chunk),
            expected="1 or more",
            try_="leave it out: a usual size is taken",
        )
    with contextlib.ExitStack() as stack:
        crew = stack.enter_context(Cluster(cluster)) if cluster else None
        code = code_of(task.engine, crew.instructions if crew else None)
        here = stack.enter_context(RunFolder(folder, task, chunk or usual_chunk(task), code))
        jobs = here.jobs()
        answers = _answers(task, jobs, workers, here.instructions, crew)
        try:
            _keep_all(here, answers, jobs, progress)
        except KeyboardInterrupt:
            done = len(task) - sum(last - first for first, last in here.jobs())
            raise KeyboardInterrupt(f"{done} of {len(task)} people are finished and kept") from None
        return here.seen()


def usual_chunk(task: Task) -> int:
    """People in a piece, unless told: few enough for memory, many enough for the vectors."""
    if task.engine not in THREADED:
        return SLOW_PIECE
    template = task.template()
    numbers = sum(int(np.prod(variable.shape[1:])) for variable in template.data_vars.values())
    few = max(LEAST, min(MOST, PIECE // (8 * max(numbers, 1))))
    shared = max(LEAST, -(-len(task) // PIECES))
    return -(-min(few, shared) // LANES) * LANES


def _answers(
    task: Task, jobs: list[Job], workers: int | None, instructions: str | None, crew: Cluster | None
) -> Answers:
    if crew is not None:
        return crew.answers(task, jobs, workers, instructions)
    if task.engine in THREADED or workers in (None, 1):
        return by_threads(task, jobs, workers, instructions)
    return by_processes(task, jobs, workers or 1, instructions)


def _keep_all(here: RunFolder, answers: Answers, jobs: list[Job], progress: Progress | None) -> None:
    """Write each piece while the next is computed."""
    people = len(here.task)
    done = people - sum(last - first for first, last in jobs)
    say = progress or (lambda finished, every: None)
    say(done, people)
    with contextlib.closing(answers), ThreadPoolExecutor(1) as writer:
        waiting: list[tuple[Job, Future[None]]] = []
        for job, answer in answers:
            done = _settle(waiting, done, say, people)
            waiting.append((job, writer.submit(here.keep, job, answer)))
        _settle(waiting, done, say, people)


def _settle(waiting: list[tuple[Job, Future[None]]], done: int, say: Progress, people: int) -> int:
    """Wait until a piece is written, and say so; how many people are done then."""
    while waiting:
        (first, last), writing = waiting.pop()
        writing.result()
        done += last - first
        say(done, people)
    return done
