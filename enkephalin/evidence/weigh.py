"""Weighing: which observations bear on a claim, which way each points, and the verdict that follows.

Needs    records of claims and observations
Gives    ``bearing_on(claim)``, ``Bearing``, ``Balance``, ``balance``, ``weighed_verdict``
Leaves   how sure one can be of it: see ``certainty``

The rule is simple on purpose, so that a reader can redo it on paper. An observation counts for or against by the sign
of its answer, half for each when it is mixed. It counts more when it was made for the question, was read rather than
recalled, and has a strong design. Where the rule is too blunt the claim carries a ruling with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ..records.catalog import get, list_ids
from ..records.shapes import Answer, Claim, Observation

DESIGN = {"meta_analysis": 3.0, "systematic_review": 3.0, "randomised_parallel": 2.0, "randomised_crossover": 2.0}
COMMENT = ("review", "guideline", "theory")  # what somebody says of findings
COMMENT_WEIGHT, ORDINARY_WEIGHT = 0.5, 1.0
HOW = {"direct": 1.0, "indirect": 0.5}
CONFIRMED = {"read": 1.0, "secondary": 0.75, "recalled": 0.5}
MOST, LEAST = 0.75, 0.25  # share of the weight from which a balance is clear
OPPOSITE = {"positive": "negative", "negative": "positive"}


@dataclass(frozen=True)
class Bearing:
    """An observation beside a claim: does it agree (1), disagree (0), or both (0.5), and how much does it count."""

    observation: Observation
    answer: Answer
    agrees: float
    weight: float

    @property
    def word(self) -> str:
        """for, against or mixed."""
        return {1.0: "for", 0.0: "against"}.get(self.agrees, "mixed")


@dataclass(frozen=True)
class Balance:
    """The weights on both sides, of all that bears on a claim and of what was made for its question."""

    share: float | None
    direct_share: float | None
    weight: float
    direct: int
    indirect: int


@cache
def _by_question() -> dict[str, tuple[tuple[Observation, Answer], ...]]:
    found: dict[str, list[tuple[Observation, Answer]]] = {}
    for name in list_ids("observation"):
        observation = get("observation", name)
        for answer in observation.answers:
            found.setdefault(answer.question, []).append((observation, answer))
    return {question: tuple(pairs) for question, pairs in found.items()}


def answering(question: str, own: Sequence[Observation] = ()) -> tuple[tuple[Observation, Answer], ...]:
    """Every observation that answers a question, those of a claim's own file included."""
    more = tuple((row, answer) for row in own for answer in row.answers if answer.question == question)
    return (*_by_question().get(question, ()), *more)


def bearing_on(claim: Claim) -> tuple[Bearing, ...]:
    """What bears on a claim, the heaviest first."""
    questions = {claim.question} if claim.question else {a.question for row in claim.observed for a in row.answers}
    pairs = [pair for question in sorted(questions) for pair in answering(question, claim.observed)]
    bearings = [Bearing(row, answer, _agreement(claim, answer), weight_of(row, answer)) for row, answer in pairs]
    return tuple(sorted(bearings, key=lambda bearing: (-bearing.weight, bearing.observation.id)))


def _agreement(claim: Claim, answer: Answer) -> float:
    """1 when an answer agrees with what the claim says, 0 when it does not, a half when it does both."""
    if answer.says == "mixed":
        return 0.5
    return 1.0 if answer.says == claim.says else 0.0


def weight_of(observation: Observation, answer: Answer) -> float:
    """How much an observation counts."""
    ordinary = COMMENT_WEIGHT if observation.design in COMMENT else ORDINARY_WEIGHT
    return DESIGN.get(observation.design, ordinary) * HOW[answer.how] * CONFIRMED[observation.confirmed]


def balance(bearings: Sequence[Bearing]) -> Balance:
    """The two sides of a claim."""
    direct = [bearing for bearing in bearings if bearing.answer.how == "direct"]
    return Balance(
        share=_share(bearings),
        direct_share=_share(direct),
        weight=sum(bearing.weight for bearing in bearings),
        direct=len(direct),
        indirect=len(bearings) - len(direct),
    )


def _share(bearings: Sequence[Bearing]) -> float | None:
    """The share of the weight that agrees."""
    whole = sum(bearing.weight for bearing in bearings)
    return sum(bearing.weight * bearing.agrees for bearing in bearings) / whole if whole else None


def weighed_verdict(claim: Claim, bearings: Sequence[Bearing]) -> tuple[str, str]:
    """The verdict of the rule, and its reason in words.

    Direct observations decide where there are any; indirect ones can make a claim partly supported at most.
    """
    if not bearings:
        if claim.known.not_found:
            return "unsupported", f"Looked for, not found: {claim.known.not_found}"
        return "cannot_tell", "No observation bears on it."
    sides = balance(bearings)
    if sides.direct_share is None:
        share = sides.share or 0.0
        said = f"Only by analogy: {_said(bearings)}."
        if share >= MOST:
            return "partly", said
        return ("unsupported" if share <= LEAST else "cannot_tell"), said
    said = f"{_said(bearings)}; {100 * sides.direct_share:.0f} % of the weight of direct observations agrees."
    if sides.direct_share >= MOST:
        return "supported", said
    return ("contradicted" if sides.direct_share <= LEAST else "partly"), said


def _said(bearings: Sequence[Bearing]) -> str:
    counts = {word: sum(bearing.word == word for bearing in bearings) for word in ("for", "against", "mixed")}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)
