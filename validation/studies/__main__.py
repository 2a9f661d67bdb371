"""``python -m validation.studies [--people N] [--repeats R] [--every-body] [STUDY ...]``: predictions of studies.

Without names every shipped study is predicted. Finished predictions are kept in results/studies, and the page is
written after each study, so that it can be stopped at any time and goes on from there.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from enkephalin.errors import EnkephalinError
from enkephalin.records import list_ids, resolve_study

from .page import page
from .predicted import BODIES, Prediction, predicted

PAGE = Path(__file__).resolve().parents[2] / "docs" / "studies.md"
PEOPLE, REPEATS = 100, 200
BRIEF = [*(name for name in BODIES if not name.startswith("described")), "described, opioid"]


def main() -> int:
    """Predict, and write the page."""
    asked = argparse.ArgumentParser(prog="python -m validation.studies")
    asked.add_argument("studies", nargs="*", metavar="STUDY")
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--repeats", type=int, default=REPEATS)
    asked.add_argument("--every-body", action="store_true", help="the account of the article under all six hypotheses")
    asked.add_argument("--page", type=Path, default=PAGE)
    given = asked.parse_args()
    bodies = list(BODIES) if given.every_body else BRIEF
    found: dict[str, list[Prediction]] = {}
    failed = 0
    for name in given.studies or list_ids("study"):
        began = time.monotonic()
        try:
            study = resolve_study(name)
            found[name] = [predicted(study, body, people=given.people, repeats=given.repeats) for body in bodies]
        except EnkephalinError as error:
            failed += 1
            print(f"{name}\n{error}", file=sys.stderr)
            continue
        print(f"{name}  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        given.page.write_text(page(found, given.people, given.repeats), "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
