"""Crews: who answers the pieces of a task, on this machine.

Needs    a task
Gives    ``by_threads``: one piece after another, the engine's threads inside; ``by_processes``: a piece in each process
Leaves   other machines (cluster)
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from ..errors import WorkError
from .folder import Job
from .task import Answer, Task

Answers = Generator[tuple[Job, Answer], None, None]
if TYPE_CHECKING:
    from concurrent.futures import Future

WAITING = 2  # pieces for each worker that are on their way


def by_threads(task: Task, jobs: Sequence[Job], workers: int | None, instructions: str | None) -> Answers:
    """Answer in this process."""
    for job in jobs:
        yield job, task.part(*job).answer(workers, instructions)


def by_processes(task: Task, jobs: Sequence[Job], workers: int, instructions: str | None) -> Answers:
    """Answer in processes of this machine, in the order in which they finish."""
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    waiting: dict[Future[Answer], Job] = {}
    left = iter(jobs)
    pool = ProcessPoolExecutor(min(workers, max(len(jobs), 1)), mp_context=get_context("spawn"))
    try:
        for job in left:
            waiting[pool.submit(answered, task.part(*job), 1, instructions)] = job
            if len(waiting) >= WAITING * workers:
                break
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
                for job in left:
                    waiting[pool.submit(answered, task.part(*job), 1, instructions)] = job
                    break
    except BrokenProcessPool as trouble:
        raise WorkError(
            "a worker process ended before its work was done",
            place="worker processes of this machine",
            found=str(trouble),
            expected="processes that live; one may have been ended for lack of memory",
            try_="the same request again: finished people are kept; fewer --workers",
        ) from trouble
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def answered(task: Task, workers: int | None, instructions: str | None) -> Answer:
    """The work of one process."""
    return task.answer(workers, instructions)
