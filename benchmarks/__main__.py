"""``python -m benchmarks``: measure, print, and write docs/benchmarks.md with its pictures.

make bench                          # all of it, about twenty minutes
python -m benchmarks --quick        # less of it, under three minutes; writes into results/benchmarks
python -m benchmarks.many_people    # 100,000 people for a year, apart: it goes on when it is run again
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import growth, machine, operations, page, pictures, waiting
from .comparison import compare
from .engines import Engine, ours, peers
from .engines.kernel import Kernel
from .errors import Truth
from .jobs import Job, breakup, daily_methadone
from .page import Comparison, Figures

DOCS = Path(__file__).parents[1] / "docs"
CERTAIN = 16
"""People whose truth is known: the error is worst over these."""


def main() -> int:
    """0 when everything that could be measured was."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="shorter lives, fewer rounds and peers")
    asked.add_argument("--out", type=Path, default=None, help="folder for the page and its pictures")
    arguments = asked.parse_args()
    quick = arguments.quick
    folder = arguments.out or (Path("results/benchmarks") if quick else DOCS)

    figures = Figures(
        machine=machine.describe(),
        peak={dtype: operations.peak(dtype) for dtype in ("float64", "float32")},
        comparisons=_quick() if quick else _full(),
        waits=waiting.compiling(),
        simulate=waiting.simulating(),
        series=[] if quick else list(growth.measure_all(100_000)),
        quick=quick,
    )
    folder.mkdir(parents=True, exist_ok=True)
    page.write(figures, folder / "benchmarks.md")
    pictures.draw(figures, folder / "pictures")
    print((folder / "benchmarks.md").read_text())
    return 0


def _quick() -> list[Comparison]:
    fast, slow = peers()
    return [_compare(daily_methadone(64, 30), [*ours(), *fast], slow, each=4, rounds=2, tries=4)]


def _full() -> list[Comparison]:
    fast, slow = peers()
    return [
        _compare(daily_methadone(64), [*ours(), *fast], [], each=3, rounds=3, tries=3),
        _compare(breakup(64), [*ours(), *fast], [], each=3, rounds=3, tries=3),
        _compare(daily_methadone(64, 14), [Kernel(), *slow], [], each=2, rounds=2, tries=3),
        _compare(breakup(64, 10, 10), [Kernel(), *slow], [], each=2, rounds=2, tries=3),
    ]


def _compare(
    job: Job, engines: Sequence[Engine], left_out: Sequence[Engine], *, each: int, rounds: int, tries: int
) -> Comparison:
    """All engines on one job; those left out are named."""
    begin = time.monotonic()
    truth = Truth(job, CERTAIN)
    rows = compare(job, truth, engines, each=each, rounds=rounds, tries=tries, tell=_tell)
    for engine in left_out:
        rows.append(page.Row(engine.name, why_not="is left out of the quick round"))
    kernel = Kernel()
    kernel.load(job)
    steps, refused = kernel.steps(range(job.people), rows[0].tolerance)
    _tell(f"{job.name}: {time.monotonic() - begin:.0f} s")
    name = job.name if job.years > 0.9 else f"{job.name}, a short life"
    return Comparison(
        name, job.about, len(job.states), operations.operations(job.model), rows, steps / job.years, refused
    )  # fmt: skip


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
