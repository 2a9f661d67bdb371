"""Very many people for a year on the disk: how fast, how much memory, and whether everybody arrives.

    python -m benchmarks.many_people                              # 100,000 people; goes on when it is run again
    python -m benchmarks.many_people --people 2000 --out /tmp/few

Needs    the installed package; about 2.5 GB of disk for 100,000 people
Gives    one line of figures; exit code 1 when somebody stopped or the memory went beyond its bound
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

from enkephalin.cli.many import progress
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario
from enkephalin.simulate import simulate

LIMIT = 2e9  # bytes resident
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
    arguments.add_argument("--people", type=int, default=100_000)
    arguments.add_argument("--population", default="general_adult")
    arguments.add_argument("--workers", type=int, default=None)
    arguments.add_argument("--out", type=Path, default=Path("results/many_people"))
    asked = arguments.parse_args()

    people = draw(asked.population, asked.people, seed=1)
    scenario = Scenario.model_validate(YEAR, strict=False)
    begin, first = time.monotonic(), -1
    with progress("people x 1 year") as shown:

        def told(finished: int, every: int) -> None:
            nonlocal first
            first = finished if first < 0 else first
            shown(finished, every)

        seen = simulate(people, scenario, out=asked.out, workers=asked.workers, progress=told)
    seconds, now = time.monotonic() - begin, asked.people - first
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    disk = sum(path.stat().st_size for path in asked.out.rglob("*") if path.is_file())
    stops = json.loads(seen.attrs["stopped"])
    print(
        f"{asked.people} people x 1 year, 10 values a day: {now} of them now, {now / seconds:.3g}/s; "
        f"{len(stops)} stopped; {memory / 1e9:.2f} GB resident, {disk / 1e9:.2f} GB on the disk"
    )
    return 1 if stops or memory > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
