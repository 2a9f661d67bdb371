"""Engines side by side: a tolerance for each, so that all are equally wrong, and then turn by turn.

Needs    ``worker``, ``errors``
Gives    ``compare``: a ``Row`` for each engine

Everybody's tolerance is the largest of a small search at which the worst error, over states, times and a few people, is
just below ``LIMIT``. In each round every engine takes its turn with other people, and our kernel before it, so that
a ratio joins what ran within the same minute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .engines import Engine, Missing
from .errors import Truth
from .jobs import Job
from .worker import Worker

LIMIT = 1e-3
QUICK_TRIES = 6
"""Tolerances that are tried where many people live at once."""
AGAIN = 3
"""A turn whose error is above the limit is done again with a stricter tolerance, but not more often than this."""
MARGIN = 0.9
"""The search stops below this share of the limit: the people who come after it are others."""


@dataclass
class Row:
    """What was measured of one engine.

    speed : years of life in a second of processor time, one for each round
    clock : the same by the clock
    ratio : how many times faster our kernel (64 bit, one core) was in the same round
    """

    name: str
    why_not: str = ""
    load: float = np.nan
    tolerance: float = np.nan
    error: float = np.nan
    people: int = 0
    failed: int = 0
    memory: float = np.nan
    speed: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)


def search(error_at: Callable[[float], float], guess: float, tries: int) -> float:
    """The largest tolerance tried whose error is below MARGIN x LIMIT; if none is, the one with the least error."""
    good, bad, tolerance, tried = 0.0, np.inf, guess, list[tuple[float, float]]()
    for _ in range(tries):
        error = error_at(tolerance)
        tried.append((error, tolerance))
        if error <= MARGIN * LIMIT:
            good = max(good, tolerance)
            if error > 0.6 * LIMIT:
                break
        else:
            bad = min(bad, tolerance)
        if good and np.isfinite(bad):
            if bad / good < 1.2:
                break
            tolerance = float(np.sqrt(good * bad))
        else:
            step = np.clip(0.8 * LIMIT / max(error, 1e-12), 0.1, 10.0) if np.isfinite(error) else 0.1
            tolerance = float(min(tolerance * step, 0.3))
    return good or min(tried)[1]


def compare(
    job: Job,
    truth: Truth,
    engines: Sequence[Engine],
    *,
    each: int,
    rounds: int,
    tries: int,
    tell: Callable[[str], None],
) -> list[Row]:
    """Measure engines on one job; the first is our kernel, with which the others are compared.

    Parameters
    ----------
    job, truth : what is integrated, and what is right for its first people
    each : people of one turn of engines that take one after another
    rounds, tries : turns of each engine; tolerances that are tried at most
    tell : is told what goes on
    """
    rows, workers = [], []
    for engine in engines:
        row, worker = Row(engine.name), Worker(engine)
        rows.append(row)
        try:
            row.load = worker.load(job).processor
            few = range(truth.people if engine.at_once >= truth.people else min(each, truth.people))
            often = tries if engine.at_once == 1 else max(tries, QUICK_TRIES)
            row.tolerance = search(lambda at, w=worker, f=few: _error(w, truth, f, at), engine.guess, often)
            workers.append((row, worker, engine))
            tell(f"{job.name}: {row.name} ready in {row.load:.1f} s, tolerance {row.tolerance:.2g}")
        except Missing as missing:
            row.why_not = str(missing)
            worker.close()
            tell(f"{job.name}: {row.name} {row.why_not}")
    for turn in range(rounds):
        for row, worker, engine in workers:
            ours = _turn(workers[0], job, truth, each, turn)
            theirs = ours if worker is workers[0][1] else _turn((row, worker, engine), job, truth, each, turn)
            row.ratio.append(ours / theirs)
        tell(f"{job.name}: round {turn + 1} of {rounds}")
    for row, worker, _ in workers:
        row.memory = worker.memory()
        worker.close()
    return rows


def _error(worker: Worker, truth: Truth, people: range, tolerance: float) -> float:
    return truth.error(worker.run(people, tolerance, len(people)).found, people)


def _turn(of: tuple[Row, Worker, Engine], job: Job, truth: Truth, each: int, turn: int) -> float:
    """One turn of an engine: years of life in a second of processor time."""
    row, worker, engine = of
    count = engine.at_once if engine.at_once > 1 else each
    first = 0 if count >= truth.people else turn * count % max(truth.people - count + 1, 1)
    people = range(first, first + count)
    known = min(count, truth.people - first)
    for _ in range(AGAIN):
        timed = worker.run(people, row.tolerance, known)
        errors = truth.errors(timed.found, people[:known]).max(axis=1)
        if errors.max() <= LIMIT or not np.isfinite(errors).all():
            break
        # These people need more care than those of the search; a turn that is too wrong does not count.
        row.tolerance *= 0.7
    row.failed += timed.failed
    row.people += count
    row.error = float(np.nanmax([row.error, errors[np.isfinite(errors)].max(initial=0.0)]))
    years = job.years * count
    row.speed.append(years / timed.processor)
    row.clock.append(years / timed.clock)
    return row.speed[-1]
