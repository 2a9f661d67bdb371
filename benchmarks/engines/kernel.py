"""Our own kernel.

Needs    enkephalin
Gives    ``Kernel``
"""

from __future__ import annotations

import numpy as np

from enkephalin.errors import SolverStopped
from enkephalin.kernels import population
from enkephalin.kernels.compiled import kernel_for

from ..jobs import Job
from .base import Engine


class Kernel(Engine):
    """The population kernel with 64- or 32-bit numbers, one person in each lane.

    threads : None means one for each core
    """

    guess, at_once = 5.5e-3, 64

    def __init__(self, dtype: str = "float64", threads: int | None = 1) -> None:
        self.dtype, self.threads = dtype, threads
        cores = "" if threads == 1 else ", all cores"
        self.name = f"enkephalin, {dtype[-2:]} bit{cores}"

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

    def steps(self, people: range, tolerance: float) -> tuple[float, float]:
        """Steps of one person, and the share that was taken again; means over these people."""
        job = self.job.of(np.asarray(people) % self.job.people)
        code = kernel_for(job.model, self.dtype)
        call = population.prepare(code, job.theta, job.events, job.times, job.states, tolerance)
        call.integrate(1)
        return float(call.steps.mean()), float(call.refusals.sum() / call.steps.sum())
