"""libRoadRunner (CVODE): our second engine, with all the help it gets there.

Needs    libroadrunner
Gives    ``RoadRunner``
"""

from __future__ import annotations

import numpy as np

from enkephalin.errors import SolverStopped
from enkephalin.kernels import roadrunner

from ..jobs import Job
from .base import Engine


class RoadRunner(Engine):
    """Events inside; rules that only observers read are left out; tolerances for each state."""

    name = "libRoadRunner"
    guess = 6e-4

    def load(self, job: Job) -> None:
        self.job = job
        short = job.of(range(1)).seen_at(job.times[:2])
        roadrunner.run(short.model, short.theta, short.events, short.times, short.states, tolerance=1e-2)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        job = self.job.of(people)
        try:
            return roadrunner.run(job.model, job.theta, job.events, job.times, job.states, tolerance=tolerance)
        except SolverStopped as stopped:
            return np.asarray(stopped.more["result"])
