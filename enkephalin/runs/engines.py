"""Engines: one call of the kernel or of the second engine, shared among workers of this machine.

Needs    kernels
Gives    ``carry_people``, ``run_people``, ``engine_named``, ``ENGINES``
Leaves   more people than memory holds (many)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..compiler.model import Model
from ..errors import RequestError, SolverStopped, nearest
from ..kernels.events import EventTable
from ..kernels.stops import Stop, complaint

ENGINES = {"roadrunner": "enkephalin.kernels.roadrunner", "kernel": "enkephalin.kernels.population"}
THREADED = ("kernel",)  # engines that share the work among threads of their own
Carried = tuple[np.ndarray, tuple[Stop, ...]]


def run_people(engine: str, *arguments: Any, **options: Any) -> np.ndarray:
    """``carry_people``, where somebody who stops is an error.

    Raises
    ------
    SolverStopped
        The message names person, time and state. ``error.more["result"]`` holds the numbers of the others.
    """
    found, stops = carry_people(engine, *arguments, **options)
    if stops:
        raise complaint(stops, result=found)
    return found


def carry_people(
    engine: str,
    model: Model,
    theta: Mapping[str, np.ndarray],
    events: EventTable,
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    tolerance: float = 1e-3,
    workers: int | None = None,
    instructions: str | None = None,
) -> Carried:
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
    instructions : str
        The kernel's instruction set. Default: the widest of this machine.

    Returns
    -------
    array, stops
        Shape (person, time, output), the same bytes for any number of workers; and those who could not be carried
        to the end, in the order of the people, with NaN after their stop.

    Raises
    ------
    RequestError
        An unknown engine, or less than one worker.
    """
    check_workers(workers)
    run = engine_named(engine)
    if engine in THREADED:
        more = {"threads": workers, "instructions": instructions}
        return _told(run, model, theta, events, times, outputs, tolerance=tolerance, **more)
    people = max([np.size(values) for values in theta.values()] + [events.amount.shape[1]], default=1)
    if workers is None or workers == 1 or people == 1:
        return _told(run, model, theta, events, times, outputs, tolerance=tolerance)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    chunks = np.array_split(np.arange(people), min(workers, people))
    with ProcessPoolExecutor(len(chunks), mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(carry_people, engine, model, _of(theta, chunk), _some(events, chunk), times, outputs,
                        tolerance=tolerance)
            for chunk in chunks
        ]  # fmt: skip
        parts = [job.result() for job in jobs]
    stops = [
        replace(stop, person=int(chunk[stop.person]))
        for chunk, (_, found) in zip(chunks, parts, strict=True)
        for stop in found
    ]
    return np.concatenate([found for found, _ in parts]), tuple(stops)


def engine_named(name: str) -> Callable[..., Any]:
    """The ``run`` of an engine."""
    if name not in ENGINES:
        raise RequestError(
            f"unknown engine '{name}'", found=name, expected=" or ".join(ENGINES), try_=nearest(name, ENGINES)
        )
    run: Callable[..., Any] = importlib.import_module(ENGINES[name]).run
    return run


def check_workers(workers: int | None) -> None:
    """Refuse fewer than one worker."""
    if workers is not None and workers < 1:
        raise RequestError(
            "fewer than one worker",
            found=str(workers),
            expected="1 or more",
            try_="leave it out: the machine's own number is taken",
        )


def _told(run: Callable[..., np.ndarray], *arguments: Any, **options: Any) -> Carried:
    """The numbers, and those who stopped."""
    try:
        return run(*arguments, **options), ()
    except SolverStopped as error:
        return error.more["result"], tuple(error.more["stops"])


def _of(theta: Mapping[str, np.ndarray], chunk: np.ndarray) -> dict[str, np.ndarray]:
    """The values of some people."""
    return {
        name: values[chunk] if np.size(values) > 1 else np.repeat(values, len(chunk)) for name, values in theta.items()
    }


def _some(events: EventTable, chunk: np.ndarray) -> EventTable:
    """The events of some people."""
    amount = events.amount[:, chunk] if events.amount.shape[1] > 1 else events.amount
    return EventTable(events.time, events.interval, events.count, events.target, events.add, amount)
