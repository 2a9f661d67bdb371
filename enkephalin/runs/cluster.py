"""Cluster: pieces of a task go to any Dask cluster, and their answers come back.

Needs    dask.distributed, the extra "cluster"; the same version of this program on every worker
Gives    ``Cluster``
Keeps    a piece whose worker dies is answered by another one, with the same bytes
Leaves   how a cluster is started: see docs/explanations/many_people.md
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any

from ..errors import RequestError, WorkError
from ..records.libraries import opened
from .code import code_of
from .crews import WAITING, Answers
from .engines import THREADED
from .folder import Job
from .task import Answer, Task

PATIENCE = 30  # s, for the scheduler and its first worker
NARROW_TO_WIDE = ("neon", "sse2", "avx2", "avx512")


class Cluster:
    """A connection to the scheduler at an address, such as "tcp://10.0.0.5:8786". Use it in a ``with``.

    Raises
    ------
    MissingExtraError
        dask.distributed is not installed.
    WorkError
        Nobody answers there, or no worker comes.
    RequestError
        A worker has another version of the program.
    """

    def __init__(self, address: str) -> None:
        self._library = _library()
        self._client = self._connected(address)
        try:
            self._check(address)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            self._client.close()

    def answers(self, task: Task, jobs: Sequence[Job], workers: int | None, instructions: str | None) -> Answers:
        """Answers in the order in which they finish; ``workers`` are threads for a piece, unless told all there are."""
        left = iter(jobs)
        waiting: dict[str, Job] = {}
        finished = self._library.as_completed(loop=self._client.loop)

        def send() -> None:
            for job in left:
                key = f"people-{job[0]}-{id(task)}"
                future = self._client.submit(
                    _answered_there, task.part(*job), workers, instructions, pure=False, key=key
                )
                waiting[future.key] = job
                finished.add(future)
                return

        for _ in range(max(WAITING * len(self._client.nthreads()), 1)):
            send()
        for future in finished:
            try:
                answer = future.result()
            except self._library.KilledWorker as trouble:
                raise WorkError(
                    "workers died again and again on the same people",
                    place="cluster",
                    found=str(trouble),
                    expected="workers with enough memory for a piece",
                    try_="smaller pieces: --chunk; finished people are kept",
                ) from trouble
            yield waiting.pop(future.key), answer
            future.release()
            send()

    def _connected(self, address: str) -> Any:
        try:
            client = self._library.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as trouble:
            raise WorkError(
                "no cluster answers",
                place=address,
                found=str(trouble) or type(trouble).__name__,
                expected="the address of a Dask scheduler, such as tcp://10.0.0.5:8786",
                try_="the address that the scheduler printed when it started",
            ) from trouble
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as trouble:
            client.close()
            raise WorkError(
                "the cluster has no workers", place=address, found="a scheduler alone", expected="one worker or more",
                try_="start workers: dask worker ADDRESS",
            ) from trouble  # fmt: skip
        return client

    def _check(self, address: str) -> None:
        """The same program everywhere; the widest instructions that every worker has."""
        mine = _mine()
        try:
            told = self._client.run(_what_runs)
        except ImportError as trouble:
            raise _another(address, str(trouble), mine) from trouble
        for other in told.values():
            if other[:2] != mine[:2]:
                raise _another(address, " ".join(other[:2]), mine)
        self.instructions = min((other[2] for other in told.values()), key=NARROW_TO_WIDE.index)


_ONE_AT_A_TIME = threading.Lock()


def _answered_there(task: Task, workers: int | None, instructions: str | None) -> Answer:
    """The work of one worker: a piece at a time, with all its threads inside; the second engine is no friend of two."""
    threads = workers or _library().get_worker().state.nthreads
    if task.engine not in THREADED:
        threads = 1
    with _ONE_AT_A_TIME:
        return task.answer(threads, instructions)


def _what_runs() -> tuple[str, str, str]:
    """Version, digest of what shapes the machine code, and instruction set of a worker."""
    found = code_of("kernel", None)
    return str(found["version"]), str(found["kernel"]), str(found["instructions"])


def _mine() -> tuple[str, str, str]:
    """What runs here."""
    return _what_runs()


def _another(address: str, found: str, mine: tuple[str, str, str]) -> RequestError:
    return RequestError(
        "a worker of the cluster has another version of the program, or none",
        place=address,
        found=found,
        expected=" ".join(mine[:2]),
        try_="the same installation on every machine",
    )


def _library() -> Any:
    return opened("distributed", "cluster")
