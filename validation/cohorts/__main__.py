"""``python -m validation.cohorts [--page FILE]``: how much cohorts differ in who uses again and who stays.

Needs    spread, page
Gives    docs/cohorts.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .page import page, told
from .spread import answer, questions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cohorts.md"


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m validation.cohorts", description=__doc__)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    asked = parser.parse_args(arguments)
    spreads = [answer(question) for question in questions()]
    for one in spreads:
        print(f"{one.question.about}: {told(one)}")
    asked.page.write_text(page(spreads), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
