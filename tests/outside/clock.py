"""Processor time of a command, which does not grow when the machine is busy with something else."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Sequence


def seconds_of(command: Sequence[str], *, tries: int = 3) -> float:
    """The least processor time (s) that the command took in some tries; it must succeed."""
    return min(_once(command) for _ in range(tries))


def _once(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
