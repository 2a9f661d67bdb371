"""How long a person waits before anything is computed: compiling, loading, and one life at the command line.

Needs    the installed package
Gives    ``compiling``, ``simulating``: seconds in processes of their own
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

CODE = """
import sys, time
from enkephalin.compiler import build
slots = sys.argv[1].split(",") if sys.argv[1] else None
body = build("human", slots=slots)
begin = time.process_time()
from enkephalin.kernels.compiled import kernel_for
kernel, head = kernel_for(body)
kernel.observer(body.states[:10])
print(len(body.states), time.process_time() - begin)
"""
BODIES = ("1", "1,2,3", "")
"""Slots for drugs: of one, of three, and all there are."""


@dataclass(frozen=True)
class Wait:
    """Processor time until the code of a body is there, s: written anew, and from the disk."""

    states: int
    cold: float
    warm: float


def compiling() -> list[Wait]:
    """Cold and warm, for small, middle and large bodies, each in new processes with a cache of their own."""
    waits = []
    for slots in BODIES:
        with tempfile.TemporaryDirectory() as cache:
            seen = [_code(slots, cache).split() for _ in range(3)]
        waits.append(Wait(int(seen[0][0]), float(seen[0][1]), min(float(s) for _, s in seen[1:])))
    return waits


def _code(slots: str, cache: str) -> str:
    environment = os.environ | {"ENKEPHALIN_CACHE": cache}
    return subprocess.run(
        [sys.executable, "-c", CODE, slots], env=environment, check=True, capture_output=True, text=True
    ).stdout


def simulating(times: int = 3) -> tuple[float, float]:
    """One person at the command line when everything is kept: the least processor time and time on the clock, s.

    Python's bytecode is kept, too, as an installation keeps it, whatever PYTHONDONTWRITEBYTECODE says here.
    """
    command = [sys.executable, "-c", "from enkephalin.cli import main; main()", "simulate", "heroin_withdrawal"]
    processor, clock = [], []
    with tempfile.TemporaryDirectory() as bytecode:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(times + 1):
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if turn:  # the first keeps what the others find
                clock.append(time.perf_counter() - begin)
                processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(processor), min(clock)
