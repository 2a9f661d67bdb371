"""Effects with their precision: what a reported number and its spread give for pooling, and the pool of a question.

Needs    pooling, weigh
Gives    ``effect_of(observation)``, ``Effect``; ``pooled(claim)``
Leaves   observations that report no number, or no spread: they are weighed, not pooled
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ..records.shapes import Claim, Observation
from .weigh import bearing_on

RATIOS = ("risk ratio", "odds ratio", "hazard ratio")
LEAST_PEOPLE = 4  # for Fisher's z, whose variance is 1 / (n - 3)


@dataclass(frozen=True)
class Effect:
    """An effect on the scale of analysis and its variance; ``scale`` says how it is shown."""

    yi: float
    vi: float
    scale: str


def effect_of(row: Observation) -> Effect | None:
    """The effect of an observation with its variance, or None where the report gives no precision."""
    if row.value is None or row.measure is None:
        return None
    if row.measure == "r" and row.n is not None and row.n >= LEAST_PEOPLE:
        return Effect(math.atanh(row.value), 1 / (row.n - 3), "tanh")
    if row.interval is not None:
        half = NormalDist().inv_cdf((1 + row.interval.level) / 2)
        low, high, value = row.interval.low, row.interval.high, row.value
        if row.measure in RATIOS:
            return Effect(math.log(value), ((math.log(high) - math.log(low)) / (2 * half)) ** 2, "exp")
        return Effect(value, ((high - low) / (2 * half)) ** 2, "identity")
    if row.se is not None:
        return Effect(row.value, row.se**2, "identity")
    return None


def pooled(claim: Claim) -> dict[str, Any]:
    """The pool of the direct observations that carry a number with its precision, or why there is none."""
    direct = [bearing.observation for bearing in bearing_on(claim) if bearing.answer.how == "direct"]
    usable = {row.id: (row, effect) for row in direct if (effect := effect_of(row)) is not None}
    by_measure: dict[str, list[str]] = {}
    for name, (row, _) in usable.items():
        names = by_measure.setdefault(str(row.measure), [])
        if all(usable[other][0].source != row.source for other in names):  # one effect of each source
            names.append(name)
    measure, names = max(by_measure.items(), key=lambda pair: len(pair[1]), default=("", []))
    if len(names) < 2:
        return {
            "why_not": f"{len(names)} sources of {len(direct)} direct observations give one measure with its precision"
        }
    from .measures import shown
    from .pooling import meta_analysis

    rows = [usable[name] for name in names]
    table = {"study": names, "yi": [effect.yi for _, effect in rows], "vi": [effect.vi for _, effect in rows]}
    found = meta_analysis(table)
    scale = rows[0][1].scale
    return {
        "measure": measure,
        "estimate": shown(found.estimate, scale),
        "ci": [shown(limit, scale) for limit in found.ci],
        "tau2": found.tau2,
        "k": found.k,
        "observations": names,
        "method": found.method,
        "libraries": found.libraries,
    }
