"""The page about the spread between cohorts.

Needs    spread
Gives    ``page(spreads)``
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .spread import Spread

SAID = (
    "<!-- Written by `python -m validation.cohorts`. Change validation/cohorts or the model, then run it again. -->\n"
)
INTRODUCTION = """# How much cohorts differ

Who uses again, and who stays in a treatment, depends on what surrounds a person as much as on the body. Clinics,
countries and years differ in it by more than the interval of any single cohort. This page says by how much: the
published shares are held against the body, and the spread of their differences is a number of its own, a random effect
over cohorts (REML, Knapp and Hartung). A difference is the logarithm of a ratio of cumulative hazards: 0.69 is twice as
many events in the same people. Arms of one trial count once. *Predicted* is where nineteen of twenty new cohorts of
that size lie when the body is right on average: spread between cohorts, and chance among their people. The spread was
estimated from these cohorts; it is no test of them.

The tolerances of single findings ([verification](verification.md)) were fixed earlier, and this page changes none.
"""


def page(spreads: Sequence[Spread]) -> str:
    """The page as Markdown."""
    return "\n".join([SAID, INTRODUCTION, *(line for one in spreads for line in _part(one))]) + "\n"


def told(spread: Spread) -> str:
    """One line on what the cohorts say together."""
    ends = "" if spread.tau_ci is None else f" ({spread.tau_ci[0]:.2f} to {spread.tau_ci[1]:.2f})"
    within = sum(row.within for row in spread.rows)
    low, high = spread.mean_ci
    return (
        f"{spread.cohorts} cohorts. Spread between cohorts {spread.tau:.2f}{ends}, "
        f"a factor of {math.exp(spread.tau):.1f} either way for a usual cohort; "
        f"on average they differ from the body by {spread.mean:+.2f} ({low:+.2f} to {high:+.2f}). "
        f"{within} of {len(spread.rows)} shares lie where they are predicted."
    )


def _part(spread: Spread) -> Iterator[str]:
    yield f"## {spread.question.about}\n"
    yield told(spread) + "\n"
    yield "| cohort | what | people | published | body | predicted | |"
    yield "|---|---|---|---|---|---|---|"
    for row in spread.rows:
        one, (low, high) = row.cohort, row.predicted
        word = "within" if row.within else "outside"
        yield (
            f"| {one.source} | {one.what} | {one.people} | {_percent(one.share)} | {_percent(row.body)} "
            f"| {_percent(low)} to {_percent(high)} | {word} |"
        )
    yield ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
