"""Our own kernel.

Needs    enkephalin
Gives    ``Kernel``
"""

from __future__ import annotations

import numpy as np

from enkephalin.errors import SolverStopped
from enkephalin.kernels import population

from ..jobs import Job
from .base import Engine


class Kernel(Engine):
    """The population kernel with 64- or 32-bit numbers, one person in each lane."""

    def __init__(self, dtype: str = "float64", threads: int = 1) -> None:
        self.dtype, self.threads = dtype, threads
        self.name = f"enkephalin, {dtype[-2:]} bit"
        self.guess, self.at_once = 2e-3, 64

    def load(self, job: Job) -> None:
        self.job = job
        self.run(range(1), 0.05)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        job = self.job.of(np.asarray(people) % self.job.people)
        try:
            return population.run(
                job.model, job.theta, job.events, job.times, job.states,
                tolerance=tolerance, dtype=self.dtype, threads=self.threads,
            )  # fmt: skip
        except SolverStopped as stopped:
            return np.asarray(stopped.more["result"])
