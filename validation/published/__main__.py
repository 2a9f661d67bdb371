"""``python -m validation.published [--people N] [--repeats R] [STUDY ...]``: published results, and what studies find.

Without names all studies of findings.yaml run, and the page is written; with names the answer goes to the terminal.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .finding import Found, bank, findings, found
from .page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "published_studies.md"
PEOPLE, REPEATS = 150, 200


def main() -> int:
    """Run, print, and write the page; 1 where something comes out that the record does not say."""
    asked = argparse.ArgumentParser(prog="python -m validation.published")
    asked.add_argument("studies", nargs="*", metavar="STUDY")
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--repeats", type=int, default=REPEATS)
    given = asked.parse_args()
    rows = [row for row in findings() if not given.studies or row.study in given.studies]
    done: list[Found] = []
    for study in dict.fromkeys(row.study for row in rows):
        began = time.monotonic()
        truth = bank(study, given.people)
        done += [found(row, truth, repeats=given.repeats) for row in rows if row.study == study]
        print(f"{study}  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    for one in done:
        print(f"{one.finding.id:<28} {one.mean:>8.3f}  ({one.low:.3f} to {one.high:.3f})  {one.word}")
    if not given.studies:
        PAGE.write_text(page(done, given.people, given.repeats), "utf-8")
    return 0 if all(one.good for one in done) else 1


if __name__ == "__main__":
    sys.exit(main())
