"""An engine that only writes down what it was asked: the numbers that every engine of a benchmark then gets.

Needs    enkephalin.runs
Gives    ``run`` (the signature of an engine), ``asked``: what the last call was about
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from enkephalin.compiler.model import Model
from enkephalin.kernels import population
from enkephalin.kernels.events import EventTable

NAME = "recorder"
asked: dict[str, Any] = {}


def run(
    model: Model,
    theta: Mapping[str, np.ndarray],
    events: EventTable,
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    tolerance: float,
) -> np.ndarray:
    """Nothing for the body; the kernel's answer for the small assembly that gives people their start."""
    if model.name != "human":
        return population.run(model, theta, events, times, outputs, tolerance=tolerance, threads=1)
    asked.update(model=model, theta={name: np.array(column) for name, column in theta.items()}, events=events)
    asked.update(times=np.array(times))
    return np.zeros((max(len(column) for column in theta.values()), len(times), len(outputs)))
