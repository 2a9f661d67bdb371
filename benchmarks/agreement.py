"""The kernel against libRoadRunner at a tolerance of 1e-5: how far apart all states are, at most.

    python -m benchmarks.agreement                  # 200 drawn people in the three longest scenarios
    python -m benchmarks.agreement --people 5       # fewer; goes on when it is run again

Needs    libRoadRunner, half a minute for each life of two years
Gives    ``apart``: the largest difference of one call; the command writes a line for each life and ends with the worst
Leaves   instants of events: the second engine sees them 36 microseconds later (tests/simulate)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from enkephalin.kernels import population, roadrunner
from enkephalin.population import draw
from enkephalin.records import list_ids, resolve

from .jobs import Job, asked

TOLERANCE, AGREE = 1e-5, 1e-4
NOTHING = 1e-5
"""A state that never gets larger (nmol, nmol/L, or a share) is nothing: CVODE's absolute tolerance is 1e-9."""
TIMES, ASIDE = 60, 0.0137
POPULATION, SEED = "general_adult", 2


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
    words.add_argument("--out", type=Path, default=Path("results/agreement.jsonl"))
    given = words.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    known = _known(given.out)
    scenarios = longest()
    people = draw(POPULATION, given.people, SEED)
    jobs = {scenario: asked(scenario, "", people, scenario) for scenario in scenarios}
    with given.out.open("a") as journal:
        for person in range(given.people):
            for scenario in scenarios:
                job = jobs[scenario]
                if (scenario, person, job.model.digest) not in known:
                    share, state = apart(job.of(range(person, person + 1)))
                    line = {"scenario": scenario, "person": person, "body": job.model.digest, "apart": float(share[0])}
                    print(json.dumps(line | {"state": str(state[0])}), file=journal, flush=True)
    return _told(given.out, [job.model.digest for job in jobs.values()])


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def _known(path: Path) -> set[tuple[object, ...]]:
    return {(line["scenario"], line["person"], line["body"]) for line in _lines(path)}


def _told(path: Path, bodies: Sequence[str]) -> int:
    shares = [float(str(line["apart"])) for line in _lines(path) if line["body"] in bodies]
    print(
        f"{len(shares)} lives, largest difference {max(shares):.1e}, {sum(s > AGREE for s in shares)} above {AGREE:g}"
    )
    return int(max(shares) > AGREE)


if __name__ == "__main__":
    sys.exit(main())
