"""What a year of life costs, as people, states, time and doses become more.

Needs    ``jobs``, ``operations``; the kernel with 64-bit numbers on one core
Gives    ``measure_all``: a ``Series`` for each question
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from enkephalin.kernels import population
from enkephalin.kernels.compiled import kernel_for

from .jobs import Job, daily_methadone, life

TOLERANCE = 3e-3
WATCHED = 10
DRAWN = 64
DAYS = 60


@dataclass(frozen=True)
class Series:
    """Milliseconds of processor time for a year of one life, over something that grows."""

    over: str
    x: tuple[float, ...]
    cost: tuple[float, ...]
    about: str


def measure_all(largest: int) -> Iterator[Series]:
    """Each question in turn; ``largest``: people in the largest crowd."""
    yield people(largest)
    yield states()
    yield horizon()
    yield doses()


def people(largest: int) -> Series:
    """Five days of daily doses for crowds of growing size, ten values kept."""
    job = daily_methadone(DRAWN, 5)
    counts = [n for n in (1, 2, 4, 8, 16, 64, 256, 1024, 10_000, 100_000) if n <= largest]
    cost = [_cost(job.of(np.arange(n) % DRAWN), 3 if n < 2000 else 1) for n in counts]
    return Series("people", tuple(counts), tuple(cost), "5 d with a daily dose, 10 values kept every 6 h")


def states() -> Series:
    """The same life in bodies with more drugs in them; drugs that nobody takes are at zero, but computed."""
    mixtures = [
        [],
        ["naltrexone 50 mg oral"],
        ["methadone 60 mg oral"],
        ["heroin 50 mg iv"],
        ["heroin 50 mg iv", "methadone 60 mg oral"],
        ["heroin 50 mg iv", "methadone 60 mg oral", "buprenorphine 8 mg sl"],
    ]
    jobs = [
        life("mixture", "drugs once", DRAWN, DAYS, [f"{dose} at {k} d" for k, dose in enumerate(mixture)])
        for mixture in mixtures
    ]
    sizes = [len(job.states) for job in jobs]
    cost = [_cost_of_step(job) for job in jobs]
    return Series("states", tuple(sizes), tuple(cost), f"{DAYS} d with more and more drugs; microseconds for one step")


def horizon() -> Series:
    """Longer and longer lives."""
    days = (1, 3, 10, 30, 100, 365, 1000)
    cost = [_cost(daily_methadone(DRAWN, d), 3 if d < 100 else 1) for d in days]
    return Series("days", days, tuple(cost), "a daily dose, 64 people")


def doses() -> Series:
    """More doses a day."""
    daily = (0, 1, 2, 4, 8, 24)
    lives = [[f"methadone 2 mg oral at 0 d every {24 / n:g} h x {DAYS * n}"] if n else [] for n in daily]
    jobs = [life("doses", f"{n} doses a day", DRAWN, DAYS, happens) for n, happens in zip(daily, lives, strict=True)]
    return Series("doses a day", daily, tuple(_cost(job, 2) for job in jobs), f"{DAYS} d, 64 people")


def _cost(job: Job, times: int) -> float:
    seconds = min(_seconds(job)[0] for _ in range(times + 1))
    return 1e3 * seconds / (job.years * job.people)


def _cost_of_step(job: Job) -> float:
    seconds, steps = min(_seconds(job) for _ in range(3))
    return 1e6 * seconds / steps


def _seconds(job: Job) -> tuple[float, float]:
    """Processor time of all, and steps of all."""
    code = kernel_for(job.model, narrow=job.people <= population.FEW)
    begin = time.process_time()
    call = population.prepare(code, job.theta, job.events, job.times, job.states[:WATCHED], TOLERANCE)
    call.integrate(1)
    return time.process_time() - begin, float(call.steps.sum())
