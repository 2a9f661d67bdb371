"""Times of a study: "6 h", "-1 d", or "every 1 d from 0 d to 30 d" (both ends count).

Needs    units
Gives    ``hours_of(text)``, ``hours_of_all(texts)``
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...errors import RecordError, UnitError
from ..units import quantity, same_kind

MOST_TIMES = 10_000  # of one measure
SAME = 1e-9  # h
_SERIES = re.compile(r"every (.+) from (.+) to (.+)")


def hours_of(text: str) -> float:
    """One time in h.

    Raises
    ------
    RecordError
        The text is no time.

    Example
    -------
    >>> hours_of("-2 d")
    -48.0
    """
    plain = text.strip()
    if plain in ("0", "-0"):
        return 0.0
    try:
        read = quantity(plain)
        fits = same_kind(read.unit, "h")
    except UnitError:
        fits = False
    if not fits:
        raise RecordError(
            f"'{text}' is no time",
            found=text,
            expected="a number with min, h or d, or a series: every 1 d from 0 d to 30 d",
            try_="6 h, -1 d, 90 min",
        )
    return float(read.inner())


def hours_of_all(texts: Sequence[str]) -> tuple[float, ...]:
    """All times that the texts mean, in h, rising, each once.

    Raises
    ------
    RecordError
        One of them is no time, or a series never ends.

    Example
    -------
    >>> hours_of_all(["every 1 h from 0 h to 2 h", "90 min"])
    (0.0, 1.0, 1.5, 2.0)
    """
    found: list[float] = []
    for text in texts:
        series = _SERIES.fullmatch(" ".join(text.split()))
        found += _series(text, *map(hours_of, series.groups())) if series else [hours_of(text)]
    rising: list[float] = []
    for hour in sorted(found):
        if not rising or hour - rising[-1] > SAME:
            rising.append(hour)
    return tuple(rising)


def _series(text: str, step: float, first: float, last: float) -> list[float]:
    if step <= 0 or last < first or (last - first) / step > MOST_TIMES:
        raise RecordError(
            "this series of times has no end, or too many times",
            found=text,
            expected=f"a step above 0, an end not before the beginning, at most {MOST_TIMES} times",
            try_="every 1 d from 0 d to 30 d",
        )
    count = int((last - first) / step + SAME)
    return [first + step * number for number in range(count + 1)]
