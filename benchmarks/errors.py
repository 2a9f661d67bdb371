"""How far an engine is from the truth: the worst error over states, times and people.

Needs    the kernel at a tight tolerance, confirmed by libRoadRunner (tests/kernel, make validate)
Gives    ``Truth``: ``error``, ``worst_state``

An error counts as a share of the largest value that this state has in this life, as seen every hour and at every event.
"""

from __future__ import annotations

import numpy as np

from enkephalin.kernels import population

from .jobs import Job

TIGHT = 1e-6
TOGETHER = 8
NOTHING = 1e-6  # a state that never gets larger (nmol, nmol/L, or a share) is nothing


class Truth:
    """States of some of a job's people, shape (person, time, state), and their sizes, shape (person, state)."""

    def __init__(self, job: Job, people: int) -> None:
        self.people = min(people, job.people)
        hours = np.arange(0.0, job.times[-1] + 0.5)
        often = np.unique(np.concatenate([hours, job.times, job.plan.stop_time]))
        size = np.zeros((self.people, len(job.states)))
        self.states = np.empty((self.people, len(job.times), len(job.states)))
        for first in range(0, self.people, TOGETHER):  # all hours of all people would fill the memory
            group = range(first, min(first + TOGETHER, self.people))
            few = job.of(group)
            seen = population.run(few.model, few.theta, few.events, often, job.states, tolerance=TIGHT, threads=1)
            size[group] = np.abs(seen).max(axis=1)
            self.states[group] = seen[:, np.searchsorted(often, job.times)]
        self.size = np.maximum(size, NOTHING)
        self.names = job.states

    def errors(self, found: np.ndarray, people: np.ndarray | range | None = None) -> np.ndarray:
        """Shape (person, state); ``people`` says whose ``found`` it is. NaN counts as infinite."""
        which = np.arange(len(found)) if people is None else np.asarray(people)
        off = np.abs(found - self.states[which]).max(axis=1) / self.size[which]
        return np.where(np.isfinite(off), off, np.inf)

    def error(self, found: np.ndarray, people: np.ndarray | range | None = None) -> float:
        """The worst of all."""
        return float(self.errors(found, people).max())

    def worst_state(self, found: np.ndarray) -> str:
        """The name of the state that is furthest off."""
        return self.names[int(self.errors(found).max(axis=0).argmax())]
