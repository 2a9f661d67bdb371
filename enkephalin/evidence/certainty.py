"""Certainty in the manner of GRADE: where a body of evidence starts, and every step down or up with its reason.

Needs    weigh
Gives    ``certainty_of(claim)``, ``Certainty``, ``Graded``
Leaves   judgement that needs the full texts: it enters through ``steps`` of a claim
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records.shapes import Claim
from .weigh import LEAST, MOST, Bearing, balance, bearing_on

LEVELS = ("very low", "low", "moderate", "high")
RANDOMISED = ("randomised_parallel", "randomised_crossover")
EXPERIMENT = ("animal_experiment", "tissue", "cells")
FEW_PEOPLE = 100  # people under which an effect of ordinary size is imprecise
HALF = 0.5


@dataclass(frozen=True)
class Graded:
    """One step: its domain, how many levels, and why."""

    domain: str
    steps: int
    because: str


@dataclass(frozen=True)
class Certainty:
    """How sure one can be of what the evidence says of a claim."""

    level: str
    start: str
    steps: tuple[Graded, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        steps = [{"domain": step.domain, "steps": step.steps, "because": step.because} for step in self.steps]
        return {"level": self.level, "start": self.start, "steps": steps}


def certainty_of(claim: Claim, bearings: Sequence[Bearing] | None = None) -> Certainty:
    """Grade the evidence for a claim.

    It starts high when a randomised study, or a meta-analysis of such, answers the question directly (or an experiment,
    for a claim about animals), low when only observational studies do, very low when nothing answers it directly.
    """
    found = tuple(bearing_on(claim) if bearings is None else bearings)
    if not found:
        return Certainty("none", "nowhere: no observation bears on the claim", ())
    direct = [bearing for bearing in found if bearing.answer.how == "direct"]
    start, why = _start(claim, direct)
    computed = (_bias(found), _inconsistency(found), _indirectness(claim, found), _imprecision(direct))
    steps = [step for step in computed if step is not None]
    steps += [Graded(step.domain, step.steps, step.because) for step in claim.steps]
    level = start + sum(step.steps for step in steps)
    return Certainty(LEVELS[max(0, min(level, len(LEVELS) - 1))], f"{LEVELS[start]}: {why}", tuple(steps))


def _start(claim: Claim, direct: Sequence[Bearing]) -> tuple[int, str]:
    designs = {bearing.observation.design for bearing in direct}
    if designs & set(RANDOMISED) or any(bearing.observation.pools == "randomised" for bearing in direct):
        return 3, "a randomised study, or a meta-analysis of such, answers the question"
    if designs & set(EXPERIMENT) and "human" not in claim.species:
        return 3, "experiments on the animals that the claim is about"
    if direct:
        return 1, "observational studies, or reviews of them"
    return 0, "nothing answers the question directly"


def _bias(found: Sequence[Bearing]) -> Graded | None:
    """Down when most of the weight rests on studies whose risk of bias nobody could judge, or that nobody read."""
    whole = sum(bearing.weight for bearing in found)
    unjudged = [bearing for bearing in found if not _judged(bearing)]
    recalled = [bearing for bearing in found if bearing.observation.confirmed == "recalled"]
    share = sum(bearing.weight for bearing in unjudged) / whole
    if share <= HALF:
        return None
    said = f"{len(unjudged)} of {len(found)} observations were read in an abstract that shows no domain of bias"
    return Graded("risk_of_bias", -1, said + (f"; {len(recalled)} recalled, not read." if recalled else "."))


def _judged(bearing: Bearing) -> bool:
    """True when some domain was judged, or when the design has no such tool."""
    bias = bearing.observation.risk_of_bias
    return bias is None or any(word != "unknown" for word in bias.domains.values())


def _inconsistency(found: Sequence[Bearing]) -> Graded | None:
    sides = balance(found)
    agreeing = sides.direct_share if sides.direct_share is not None else sides.share
    if agreeing is None or len(found) < 2 or not LEAST < agreeing < MOST:
        return None
    return Graded("inconsistency", -1, f"The observations disagree: {100 * agreeing:.0f} % of the weight agrees.")


def _indirectness(claim: Claim, found: Sequence[Bearing]) -> Graded | None:
    if all(bearing.answer.how == "indirect" for bearing in found):
        return None  # it has started at the bottom for this reason
    species = {bearing.observation.species for bearing in found if bearing.answer.how == "direct"}
    meant = set(claim.species)
    if "various" in meant | species or meant & species:
        return None
    return Graded("indirectness", -1, f"The claim is about {_listed(meant)}, the evidence about {_listed(species)}.")


def _imprecision(direct: Sequence[Bearing]) -> Graded | None:
    """Down when few people were studied in all, or when an interval holds both an effect and none."""
    if not direct:
        return None
    across = [bearing.observation for bearing in direct if _crosses_nothing(bearing)]
    if across:
        return Graded("imprecision", -1, f"The interval of {across[0].id} holds no effect as well as an effect.")
    sizes = [bearing.observation.n for bearing in direct if bearing.observation.n is not None]
    people = [bearing for bearing in direct if bearing.observation.species == "human"]
    if people and sizes and sum(sizes) < FEW_PEOPLE:
        return Graded("imprecision", -1, f"{sum(sizes)} people in all.")
    if people and not sizes:
        return Graded("imprecision", -1, "No study says how many people.")
    return None


def _crosses_nothing(bearing: Bearing) -> bool:
    row = bearing.observation
    if row.interval is None or row.measure is None:
        return False
    none = 1.0 if "ratio" in row.measure else 0.0
    return row.interval.low < none < row.interval.high


def _listed(words: Iterable[str]) -> str:
    return " and ".join(sorted(word.replace("_", " ") for word in words))
