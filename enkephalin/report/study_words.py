"""What a study can and cannot tell, in words.

Needs    one run of a study, and the same people and noise under other bodies
Gives    ``found``: what the planned analysis says; ``told_apart``: which bodies a study of this size separates
Leaves   pictures: see study_pictures.py

Bodies are compared with the same people, the same chance and the same plan, so that their estimates differ by the body
alone. How sharply a study can tell two of them apart is the difference of their estimates in standard errors of one
such study.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .study_pictures import effect_text
from .words import number

if TYPE_CHECKING:
    from ..trial.running import Trial

QUANTILE = 1.96  # of 95 %
POWERED = 1.96 + 0.84  # standard errors between two effects that four studies in five tell apart
HOPELESS = 100  # times the size of the study, beyond which no size is named


@dataclass(frozen=True, order=True)
class Pair:
    """Two bodies, and how far apart their primary effects lie."""

    one: str
    other: str
    difference: float
    errors: float  # the difference in standard errors of one study
    people: int | None  # how many people tell them apart in four of five studies; None where no size would do

    @property
    def apart(self) -> bool:
        """Whether a study of this size tells them apart in four of five cases."""
        return self.errors >= POWERED


def standard_error(one: Any) -> float:
    """The standard error behind an interval; NaN where there is none."""
    return float(one.ci[1] - one.ci[0]) / (2 * QUANTILE)


def pairs(bodies: Sequence[tuple[str, Trial]]) -> tuple[Pair, ...]:
    """Every two bodies by their primary effect."""
    found = []
    for (one, first), (other, second) in combinations(bodies, 2):
        a, b = first.estimates[0], second.estimates[0]
        error = math.sqrt((standard_error(a) ** 2 + standard_error(b) ** 2) / 2)
        apart = abs(b.estimate - a.estimate)
        if not (math.isfinite(apart) and error > 0):
            continue
        errors = apart / error
        wanted = math.ceil(first.n * (POWERED / errors) ** 2) if errors > 0 else None
        people = wanted if wanted is not None and wanted <= HOPELESS * first.n else None
        found.append(Pair(one, other, b.estimate - a.estimate, errors, people))
    return tuple(found)


def told_apart(bodies: Sequence[tuple[str, Trial]]) -> list[str]:
    """Which bodies a study of this size tells apart, which a larger one would, and which none would, in words."""
    n, every = bodies[0][1].n, pairs(bodies)
    now = [f"{pair.one} and {pair.other}" for pair in every if pair.apart]
    later = sorted((pair.people, pair) for pair in every if not pair.apart and pair.people is not None)
    never = [f"{pair.one} and {pair.other}" for pair in every if not pair.apart and pair.people is None]
    said = []
    if now:
        said.append(f"{n:,} people tell apart, in at least four of five studies: {'; '.join(now)}.")
    if later:
        larger = "; ".join(f"{pair.one} and {pair.other} (about {people:,})" for people, pair in later)
        said.append(f"{n:,} people do not tell apart, but more would, in four of five studies: {larger}.")
    if never:
        said.append(f"No size worth naming (up to {HOPELESS * n:,} people) tells apart: {'; '.join(never)}.")
    return said


def found(trial: Trial) -> str:
    """What the primary analysis says, in one sentence."""
    one = trial.estimates[0]
    what = f"{one.contrast.replace('_', ' ')}, {one.measure.replace('_', ' ')}"
    if not math.isfinite(one.estimate):
        return f"The primary analysis ({what}) has no result."
    verdict = "an effect is seen" if one.significant else "no effect is seen that chance would not give"
    p = f"p {number(one.p, 2)}" if one.p >= 1e-4 else "p below 0.0001"
    return f"The primary effect ({what}) is {effect_text(one)}: {verdict} ({p})."
