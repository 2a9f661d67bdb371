"""Each engine in a process of its own: it has its own memory, its own noise, and cannot break the others.

Needs    ``engines``
Gives    ``Worker``
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from .engines import Engine, Missing
from .jobs import Job

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
"""One core for each engine, but for those that are asked for more."""


@dataclass(frozen=True)
class Timed:
    """What one piece of work took: processor time and time on the clock, s; what was found, and how many failed."""

    processor: float = 0.0
    clock: float = 0.0
    found: Any = None
    failed: int = 0


class Worker:
    """An engine behind a pipe; its methods wait for it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)
        self._process = context.Process(target=_serve, args=(engine, other), daemon=True)
        self._process.start()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

    def load(self, job: Job) -> Timed:
        """Make ready for a job; raises Missing."""
        return self._ask(0, "load", job)

    def run(self, people: range, tolerance: float, keep: int) -> Timed:
        """Integrate people; ``found`` holds the states of the first few."""
        return self._ask(keep, "run", people, tolerance)

    def memory(self) -> float:
        """The most memory that this process ever held, bytes."""
        return float(self._ask(0, "memory").found)

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.terminate()
        self._process.join()

    def _ask(self, keep: int, verb: str, *arguments: Any) -> Timed:
        self._pipe.send((keep, verb, arguments))
        answer = self._pipe.recv()
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Timed)
        return answer


def _serve(engine: Engine, pipe: Connection) -> None:
    """Answer until the pipe is closed. What libraries print goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    while True:
        try:
            keep, verb, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(Timed(found=_memory()) if verb == "memory" else _work(engine, verb, arguments, keep))
        except Missing as missing:
            pipe.send(missing)
        except Exception as broken:  # whatever a peer throws, the others go on
            pipe.send(Missing(f"failed with {type(broken).__name__}: {str(broken)[:200]}"))


def _memory() -> float:
    # Linux counts into ru_maxrss what the process held before it became this one.
    status = Path("/proc/self/status")
    if status.is_file():
        return 1024.0 * next(float(line.split()[1]) for line in status.open() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


def _work(engine: Engine, verb: str, arguments: tuple[Any, ...], keep: int) -> Timed:
    processor, clock = time.process_time(), time.perf_counter()
    with np.errstate(all="ignore"):
        found = getattr(engine, verb)(*arguments)
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    if found is None:
        return Timed(processor, clock)
    failed = int((~np.isfinite(found)).any(axis=(1, 2)).sum())
    return Timed(processor, clock, found[:keep].copy(), failed)
