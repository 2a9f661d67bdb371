"""``python -m benchmarks``: measure, print, and write docs/benchmarks.md with its pictures.

make bench                          # all of it, about twenty minutes; what was measured already is not done again
python -m benchmarks --afresh       # everything again
python -m benchmarks --quick        # less of it, under three minutes; writes into results/benchmarks
python -m benchmarks.many_people    # 100,000 people for a year, apart: it goes on when it is run again
python -m benchmarks.agreement      # 200 people on both engines, apart: it goes on, too
"""

from __future__ import annotations

import argparse
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from enkephalin.compiler import build
from enkephalin.kernels.compiled import version

from . import growth, machine, operations, page, pictures, sixty_states, waiting
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
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="shorter lives, fewer rounds and peers")
    words.add_argument("--afresh", action="store_true", help="forget what was measured before")
    words.add_argument("--page", action="store_true", help="measure nothing, write the page of what was measured")
    words.add_argument("--out", type=Path, default=None, help="folder for the page and its pictures")
    words.add_argument("--kept", type=Path, default=Path("results/benchmarks"), help="folder for what was measured")
    asked = words.parse_args()
    folder = asked.out or (asked.kept if asked.quick else DOCS)
    kept = Kept(asked.kept, asked.afresh or asked.quick)
    fast, slow = peers()
    all_fast, all_slow = [*ours(), *fast], [Kernel(), *slow]
    work: dict[str, Callable[[], Any]] = {
        "peak": lambda: {dtype: operations.peak(dtype) for dtype in ("float64", "float32")},
        "waits": waiting.compiling,
        "simulate": waiting.simulating,
        "sixty": sixty_states.measure,
    }
    if asked.quick:
        work["quick"] = lambda: _compare(daily_methadone(64, 30), all_fast, slow, each=4, rounds=2, tries=4)
    else:
        work |= {
            "daily": lambda: _compare(daily_methadone(64), all_fast, [], each=2, rounds=3, tries=3),
            "breakup": lambda: _compare(breakup(64), all_fast, [], each=2, rounds=3, tries=3),
            "growth": lambda: list(growth.measure_all(100_000)),
            "daily_short": lambda: _compare(daily_methadone(64, 14), all_slow, [], each=2, rounds=3, tries=3),
            "breakup_short": lambda: _compare(breakup(64, 10, 10), all_slow, [], each=2, rounds=3, tries=3),
        }
    found = {name: kept(name, None if asked.page else measure) for name, measure in work.items()}
    figures = Figures(
        machine=machine.describe(),
        peak=found["peak"],
        comparisons=[part for part in found.values() if isinstance(part, Comparison)],
        waits=found["waits"] or [],
        simulate=found["simulate"],
        series=found.get("growth") or [],
        sixty=found["sixty"],
        missing=[name.replace("_short", " (short lives, slow peers)") for name, part in found.items() if part is None],
    )
    folder.mkdir(parents=True, exist_ok=True)
    page.write(figures, folder / "benchmarks.md")
    pictures.draw(figures, folder / "pictures")
    print((folder / "benchmarks.md").read_text())
    return 0


class Kept:
    """What was measured of this body with this kernel, on the disk: a run that was stopped goes on."""

    def __init__(self, folder: Path, afresh: bool) -> None:
        self.folder, self.afresh = folder, afresh
        self.of = f"{build('human').digest} {version()}"
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, name: str, measure: Callable[[], Any] | None) -> Any:
        """Measure, unless it is there; None where there is nothing and nothing is to be measured."""
        path = self.folder / f"{name}.pickle"
        if path.is_file() and not self.afresh:
            of, found = pickle.loads(path.read_bytes())
            if of == self.of:
                return found
        if measure is None:
            return None
        found = measure()
        path.write_bytes(pickle.dumps((self.of, found)))
        return found


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
