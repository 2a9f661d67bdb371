"""The kernel against libRoadRunner at a tolerance of 1e-5: how far apart all states are, at most.

    python -m benchmarks.agreement                  # 200 drawn people in the three longest scenarios
    python -m benchmarks.agreement --people 5       # fewer; goes on when it is run again
    python -m benchmarks.agreement --told           # runs nothing: says what was found so far

Needs    libRoadRunner, 6 s of a core for each life of two years and a half
Gives    ``apart``: the largest difference of one call; the command writes a line for each life, ends with the worst,
         and tells docs/benchmarks.md of it
Leaves   instants of events: the second engine sees them 36 microseconds later (tests/simulate)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from enkephalin.compiler.cache import digest_of
from enkephalin.errors import SolverStopped
from enkephalin.kernels import compiled, population, roadrunner
from enkephalin.population import draw
from enkephalin.records import list_ids, resolve
from enkephalin.runs.crews import as_they_finish

from . import long_runs
from .jobs import Job, asked

TOLERANCE, AGREE = 1e-5, 1e-4
NOTHING = 1e-5
"""A state that never gets larger (nmol, nmol/L, or a share) is nothing: CVODE's absolute tolerance is 1e-9."""
TIMES, ASIDE = 60, 0.0137
POPULATION, SEED = "general_adult", 2
TOGETHER = 8
"""People whose lives are lived in one go: as many as the kernel takes side by side."""

Piece = tuple[str, tuple[int, ...]]  # a scenario, some people


def longest(count: int = 3) -> list[str]:
    """The shipped scenarios that last longest."""
    return sorted(list_ids("scenario"), key=lambda scenario: (-resolve(scenario).end, scenario))[:count]


def apart(job: Job) -> tuple[np.ndarray, np.ndarray]:
    """Of each person: the largest difference of a state, as a share of its largest value; and which state it is."""
    end = float(job.times[-1])
    times = np.linspace(0, end, TIMES, endpoint=False) + ASIDE * min(1.0, end)  # h; no event happens then
    often = np.union1d(np.arange(0.0, end, max(1.0, end / 5000)), times)
    ours = population.run(job.model, job.theta, job.events, often, job.states, tolerance=TOLERANCE, threads=1)
    theirs = roadrunner.run(job.model, job.theta, job.events, times, job.states, tolerance=TOLERANCE)
    size = np.maximum(np.abs(ours).max(axis=1), NOTHING)
    share = np.abs(ours[:, np.searchsorted(often, times)] - theirs).max(axis=1) / size
    return share.max(axis=1), np.array(job.states)[share.argmax(axis=1)]


def main() -> int:
    """0 when everybody agrees."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=200)
    words.add_argument("--workers", type=int, default=os.cpu_count())
    words.add_argument("--told", action="store_true", help="run nothing")
    words.add_argument("--out", type=Path, default=Path("results/agreement.jsonl"))
    given = words.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    bodies = {scenario: of_engines(the_job(scenario, 1)) for scenario in longest()}
    if not given.told:
        with given.out.open("a") as journal:
            for line in lives(left(given.people, bodies, given.out), given.people, given.workers):
                print(json.dumps(line), file=journal, flush=True)
    return _told(given.out, bodies)


def lives(pieces: Sequence[Piece], people: int, workers: int) -> Iterator[dict[str, Any]]:
    """A line for each life, from processes of their own, as they finish."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

    def send(piece: Piece) -> Future[list[dict[str, Any]]]:
        return pool.submit(lived, piece, people)

    for _, found in as_they_finish(pool, send, pieces, workers, try_="the same again: finished lives are kept"):
        yield from found


def lived(piece: Piece, people: int) -> list[dict[str, Any]]:
    """The work of one process: some people in one scenario, on both engines."""
    scenario, some = piece
    job = the_job(scenario, people)
    facts = {"scenario": scenario, "body": of_engines(job)}
    try:
        shares, states = apart(job.of(np.array(some)))
    except SolverStopped as stopped:
        if len(some) > 1:  # one by one, to see who it was
            return [line for person in some for line in lived((scenario, (person,)), people)]
        shares, states = np.array([np.inf]), np.array([str(stopped.problem)])
    return [
        facts | {"person": person, "apart": float(share), "state": str(state)}
        for person, share, state in zip(some, shares, states, strict=True)
    ]


@cache
def the_job(scenario: str, people: int) -> Job:
    """What is asked of both engines."""
    return asked(scenario, "", draw(POPULATION, people, SEED), scenario)


def of_engines(job: Job) -> str:
    """What a finding holds for: the body, the kernel, and the way in which the second engine is asked."""
    return digest_of([job.model.digest, compiled.version(), roadrunner.texts()])


def left(people: int, bodies: dict[str, str], path: Path) -> list[Piece]:
    """Who has not lived yet, some at a time; the first people in all scenarios before the next."""
    known = {(line["scenario"], line["person"]) for line in _lines(path) if line["body"] in bodies.values()}
    pieces = []
    for first in range(0, people, TOGETHER):
        for scenario in bodies:
            some = [person for person in range(first, min(first + TOGETHER, people)) if (scenario, person) not in known]
            pieces += [(scenario, tuple(some))] if some else []
    return pieces


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def _told(path: Path, bodies: dict[str, str]) -> int:
    """Say how far apart they were at most, here and on the page."""
    found = [line for line in _lines(path) if line["body"] in bodies.values()]
    if not found:
        print("no life yet")
        return 0
    worst = max(found, key=lambda line: line["apart"])
    beyond = sum(line["apart"] > AGREE for line in found)
    print(f"{len(found)} lives, largest difference {worst['apart']:.1e} ({worst['state']}), {beyond} above {AGREE:g}")
    people = {scenario: sum(line["scenario"] == scenario for line in found) for scenario in bodies}
    figures = {"people": people, "apart": worst["apart"], "state": worst["state"], "beyond": beyond, "agree": AGREE}
    long_runs.keep("agreement", figures)
    return int(beyond > 0)


if __name__ == "__main__":
    sys.exit(main())
