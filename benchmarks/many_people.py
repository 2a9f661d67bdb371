"""Very many people for a year on the disk: how fast, how much memory, and whether everybody arrives.

    python -m benchmarks.many_people                              # 100,000 people; goes on when it is run again
    python -m benchmarks.many_people --people 2000 --out /tmp/few

Needs    the installed package; about 2.5 GB of disk for 100,000 people
Gives    one line of figures, which for 100,000 docs/benchmarks.md gets too, also when the run is stopped on its way;
         exit code 1 when somebody stopped or the memory went beyond its bound
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from enkephalin.cli.many import progress
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario
from enkephalin.runs.folder import JOURNAL
from enkephalin.simulate import simulate

from . import long_runs

LIMIT = 2e9  # bytes resident
EVERYBODY = 100_000
SPENT = "spent.json"  # in the folder of the run: seconds, lives and memory of all its turns
YEAR = {
    "id": "a_year_of_naltrexone",
    "about": "Naltrexone by mouth every day for a year, with a hard week in every season.",
    "lasts": "365 d",
    "every": "1 d",
    "happens": [
        "naltrexone 50 mg oral at 0 d every 24 h x 365",
        *(f"stress 3 from {day} d to {day + 7} d" for day in (60, 150, 240, 330)),
    ],
    "watch": [
        "cows", "craving", "dysphoria", "anhedonia", "anxiety", "sleep", "cortisol", "pain", "heart_rate", "distress"
    ],
}  # fmt: skip


def main() -> int:
    """Run, or go on; then say how it went."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--people", type=int, default=EVERYBODY)
    arguments.add_argument("--population", default="general_adult")
    arguments.add_argument("--workers", type=int, default=None)
    arguments.add_argument("--out", type=Path, default=Path("results/many_people"))
    asked = arguments.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end: as Ctrl-C, and the figures are written
    people = draw(asked.population, asked.people, seed=1)
    scenario = Scenario.model_validate(YEAR, strict=False)
    begin, turn = time.monotonic(), Turn()
    with progress("people x 1 year") as shown:

        def told(finished: int, every: int) -> None:
            turn.count(finished)
            shown(finished, every)

        try:
            simulate(people, scenario, out=asked.out, workers=asked.workers, progress=told)
        except KeyboardInterrupt as stopped:
            print(stopped, file=sys.stderr)
    found = {"people": asked.people, **_finished(asked.out), **_spent(asked.out, turn.lives, time.monotonic() - begin)}
    print(
        f"{found['done']} of {asked.people} people x 1 year, 10 values a day: {found['speed']:.3g}/s; "
        f"{found['stopped']} stopped; {found['memory'] / 1e9:.2f} GB resident, {found['disk'] / 1e9:.2f} GB on the disk"
    )
    if asked.people == EVERYBODY:
        long_runs.keep("many_people", found)
    return 1 if found["stopped"] or found["memory"] > LIMIT or found["done"] < asked.people else 0


class Turn:
    """How many have lived since this run began or went on."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.lives = 0

    def count(self, finished: int) -> None:
        self.first = finished if self.first is None else self.first
        self.lives = finished - self.first


def _finished(folder: Path) -> dict[str, Any]:
    """Who is done, who of them stopped, and what they take on the disk."""
    lines = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]
    pieces = {(line["first"], line["last"]): line["stops"] for line in lines if "digest" in line}
    return {
        "done": sum(last - first for first, last in pieces),
        "stopped": sum(map(len, pieces.values())),
        "disk": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    }


def _spent(folder: Path, lives: int, seconds: float) -> dict[str, float]:
    """Speed and most memory over all turns of this run."""
    path = folder / SPENT
    known = json.loads(path.read_text()) if path.is_file() else {"lives": 0, "seconds": 0.0, "memory": 0.0}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    known["lives"] += lives
    known["seconds"] += seconds
    known["memory"] = max(known["memory"], memory)
    path.write_text(json.dumps(known))
    return {"memory": known["memory"], "speed": known["lives"] / known["seconds"]}


if __name__ == "__main__":
    sys.exit(main())
