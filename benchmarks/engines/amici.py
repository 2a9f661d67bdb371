"""AMICI (CVODES): named, not measured.

Needs    nothing
Gives    ``Amici``
"""

from __future__ import annotations

import numpy as np

from ..jobs import Job
from .base import Engine, Missing


class Amici(Engine):
    """AMICI writes C++ for each model, and there is no wheel of it."""

    name = "AMICI"

    def load(self, job: Job) -> None:
        raise Missing("has no wheel, and needs a C++ compiler for itself and for each model")

    def run(self, people: range, tolerance: float) -> np.ndarray:
        raise NotImplementedError
