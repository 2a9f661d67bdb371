"""``python -m validation.studies [--people N] [--repeats R] [--workers W] [--kept] [STUDY ...]``: studies predicted.

Without names every shipped study is predicted, in each of twelve bodies (two accounts, six hypotheses). Finished
predictions are kept in results/studies, and the page is written as they come, so that it can be stopped at any time and
goes on from there. With names the page goes to the terminal.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from enkephalin.records import list_ids

from .page import page
from .predicted import BODIES, Prediction
from .running import Failed, predictions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "studies.md"
PEOPLE, REPEATS = 100, 200
SELDOM = 30.0  # s between two writings of the page


def main() -> int:
    """Predict, and write the page; 1 where a study could not be run."""
    asked = argparse.ArgumentParser(prog="python -m validation.studies")
    asked.add_argument("studies", nargs="*", metavar="STUDY")
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--repeats", type=int, default=REPEATS)
    asked.add_argument("--workers", type=int, help="processes; default: one for each core")
    asked.add_argument("--kept", action="store_true", help="only what is kept; nothing is run")
    asked.add_argument("--page", type=Path, help=f"where it is written; default: {PAGE.name}, if all studies are asked")
    given = asked.parse_args()
    names = given.studies or list_ids("study")
    to = given.page or (None if given.studies else PAGE)
    found: dict[str, dict[str, Prediction]] = {}
    failed: list[Failed] = []
    answered = dict.fromkeys(names, 0)
    began = written = time.monotonic()
    for one in predictions(
        names, list(BODIES), people=given.people, repeats=given.repeats, workers=given.workers, kept=given.kept
    ):
        if isinstance(one, Failed):
            failed.append(one)
            print(f"{one.study} in {one.body}\n{one.why}", file=sys.stderr)
        else:
            found.setdefault(one.study, {})[one.body] = one
        answered[one.study] += 1
        if answered[one.study] == len(BODIES):
            print(f"{one.study}  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if to is not None and time.monotonic() - written > SELDOM:
                to.write_text(page(_in_order(found), given.people, given.repeats, failed), "utf-8")
                written = time.monotonic()
    text = page(_in_order(found), given.people, given.repeats, failed)
    if to is None:
        print(text)
    else:
        to.write_text(text, "utf-8")
    return 1 if failed else 0


def _in_order(found: dict[str, dict[str, Prediction]]) -> dict[str, list[Prediction]]:
    return {study: [bodies[name] for name in BODIES if name in bodies] for study, bodies in found.items()}


if __name__ == "__main__":
    sys.exit(main())
