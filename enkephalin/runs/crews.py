"""Crews: who answers the pieces of a task, on this machine.

Needs    a task
Gives    ``by_threads``: one piece after another, the engine's threads inside; ``by_processes``: a piece in each process
         ``as_they_finish``: what the processes of any pool answer
Leaves   other machines (cluster)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from ..errors import WorkError
from .folder import Job
from .task import Answer, Task

Answers = Generator[tuple[Job, Answer], None, None]
if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

J = TypeVar("J")  # a job
A = TypeVar("A")  # its answer
WAITING = 2  # pieces for each worker that are on their way


def by_threads(task: Task, jobs: Sequence[Job], workers: int | None, instructions: str | None) -> Answers:
    """Answer in this process."""
    for job in jobs:
        yield job, task.part(*job).answer(workers, instructions)


def by_processes(task: Task, jobs: Sequence[Job], workers: int, instructions: str | None) -> Answers:
    """Answer in processes of this machine, in the order in which they finish."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(min(workers, max(len(jobs), 1)), mp_context=get_context("spawn"))

    def send(job: Job) -> Future[Answer]:
        return pool.submit(answered, task.part(*job), 1, instructions)

    yield from as_they_finish(
        pool, send, jobs, workers, try_="the same request again: finished people are kept; fewer --workers"
    )


def as_they_finish(
    pool: ProcessPoolExecutor, send: Callable[[J], Future[A]], jobs: Iterable[J], workers: int, *, try_: str
) -> Iterator[tuple[J, A]]:
    """Answers of a pool's processes in the order in which they finish; only a few jobs are on their way at a time.

    Parameters
    ----------
    pool : concurrent.futures.ProcessPoolExecutor
        Ended when the answers are.
    send : function
        A job to its future.
    jobs : iterable
    workers : int
    try_ : str
        The way out when a process ends.

    Raises
    ------
    WorkError
        A process ended before its work was done.
    """
    from concurrent.futures import FIRST_COMPLETED, wait
    from concurrent.futures.process import BrokenProcessPool

    waiting: dict[Future[A], J] = {}
    left = iter(jobs)
    try:
        for job in islice(left, WAITING * workers):
            waiting[send(job)] = job
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
                for job in islice(left, 1):
                    waiting[send(job)] = job
    except BrokenProcessPool as trouble:
        raise WorkError(
            "a worker process ended before its work was done",
            place="worker processes of this machine",
            found=str(trouble),
            expected="processes that live; one may have been ended for lack of memory",
            try_=try_,
        ) from trouble
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def answered(task: Task, workers: int | None, instructions: str | None) -> Answer:
    """The work of one process."""
    return task.answer(workers, instructions)
