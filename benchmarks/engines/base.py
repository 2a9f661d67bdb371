"""What every engine of the comparison can do.

Needs    nothing
Gives    ``Engine``, ``Missing``, ``segments``
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from ..jobs import Job


class Missing(Exception):
    """A peer that cannot be compared here, and why."""


class Failed(Exception):
    """A peer that did not finish a person, and why."""


class Engine(ABC):
    """One way to integrate people.

    name : as printed
    guess : tolerance to try first
    at_once : people in one call; 1 for engines that take one after another
    """

    name: str
    guess: float = 1e-4
    at_once: int = 1

    @abstractmethod
    def load(self, job: Job) -> None:
        """Make ready; raises Missing."""

    @abstractmethod
    def run(self, people: range, tolerance: float) -> np.ndarray:
        """States of these people of the job, shape (person, time, state); NaN for those who failed."""


def segments(job: Job) -> Iterator[tuple[float, float, np.ndarray, range]]:
    """From stop to stop: start, end, indices of the wanted times in [start, end), events at the start.

    The last has start = end and holds what is seen at the very end.
    """
    plan = job.plan
    for k, start in enumerate(plan.stop_time):
        last = k + 1 == len(plan.stop_time)
        end = float(start if last else plan.stop_time[k + 1])
        inside = plan.time >= start if last else (plan.time >= start) & (plan.time < end)
        yield float(start), end, np.flatnonzero(inside), range(plan.stop_events[k], plan.stop_events[k + 1])
