"""``python -m validation``: run every target, write the scorecard and the pictures, and say how it went."""

from __future__ import annotations

import sys

from .gallery import write as write_gallery
from .pictures import draw_all
from .rivals import write as write_rivals
from .running import all_verdicts
from .scorecard import told, write


def main() -> int:
    """0 when every target passes or misses as stated."""
    verdicts = all_verdicts()
    for verdict in verdicts:
        print(told(verdict))
    write(verdicts)
    draw_all()
    write_gallery(verdicts)
    write_rivals(verdicts)
    wrong = [verdict for verdict in verdicts if not verdict.good]
    print(f"\n{len(verdicts)} targets, {len(wrong)} neither met nor missed as stated")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
