"""Runs: many people at once, on as many workers as wanted; the numbers do not depend on how many.

Needs    kernels
Gives    ``run_people``, ``engine_named``, ``ENGINES``
Leaves   who the people are and what is seen of them (simulate)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from .compiler.model import Model
from .errors import RequestError, nearest
from .kernels.events import EventTable

ENGINES = {"roadrunner": "enkephalin.kernels.roadrunner", "kernel": "enkephalin.kernels.population"}
THREADED = ("kernel",)  # engines that share the work among threads of their own


def run_people(
    engine: str,
    model: Model,
    theta: Mapping[str, np.ndarray],
    events: EventTable,
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    tolerance: float = 1e-3,
    workers: int | None = None,
) -> np.ndarray:
    """Integrate every person with an engine.

    Parameters
    ----------
    engine : str
        "roadrunner" or "kernel".
    model, theta, events, times, outputs, tolerance
        As an engine's ``run`` takes them; arrays of ``theta`` have shape (person,).

    Rarely needed
    -------------
    workers : int
        How many people are computed at the same time: threads of the kernel, processes of libRoadRunner. Default:
        the kernel takes one thread for each core, libRoadRunner stays in this process.

    Returns
    -------
    array
        Shape (person, time, output), the same bytes for any number of workers.

    Raises
    ------
    RequestError
        An unknown engine, or less than one worker.
    SolverStopped
        The message names person, time and state.
    """
    if workers is not None and workers < 1:
        raise RequestError("fewer than one worker", found=str(workers), expected="1 or more")
    run = engine_named(engine)
    if engine in THREADED:
        return run(model, theta, events, times, outputs, tolerance=tolerance, threads=workers)
    people = max([np.size(values) for values in theta.values()] + [events.amount.shape[1]], default=1)
    if workers is None or workers == 1 or people == 1:
        return run(model, theta, events, times, outputs, tolerance=tolerance)
    chunks = np.array_split(np.arange(people), min(workers, people))
    with ProcessPoolExecutor(len(chunks), mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_run_chunk, engine, model, _of(theta, chunk), _some(events, chunk), times, outputs, tolerance)
            for chunk in chunks
        ]
        return np.concatenate([job.result() for job in jobs])


def engine_named(name: str) -> Callable[..., Any]:
    """The ``run`` of an engine."""
    if name not in ENGINES:
        raise RequestError(
            f"unknown engine '{name}'", found=name, expected=" or ".join(ENGINES), try_=nearest(name, ENGINES)
        )
    run: Callable[..., Any] = importlib.import_module(ENGINES[name]).run
    return run


def _run_chunk(
    engine: str,
    model: Model,
    theta: Mapping[str, np.ndarray],
    events: EventTable,
    times: np.ndarray,
    outputs: Sequence[str],
    tolerance: float,
) -> np.ndarray:
    """The work of one process."""
    found: np.ndarray = engine_named(engine)(model, theta, events, times, outputs, tolerance=tolerance)
    return found


def _of(theta: Mapping[str, np.ndarray], chunk: np.ndarray) -> dict[str, np.ndarray]:
    """The values of some people."""
    return {
        name: values[chunk] if np.size(values) > 1 else np.repeat(values, len(chunk)) for name, values in theta.items()
    }


def _some(events: EventTable, chunk: np.ndarray) -> EventTable:
    """The events of some people."""
    amount = events.amount[:, chunk] if events.amount.shape[1] > 1 else events.amount
    return EventTable(events.time, events.interval, events.count, events.target, events.add, amount)
