"""Arguments and contradictions: strength carried from premises to conclusion, and moderators put to the test.

Needs    weigh, pooling
Gives    ``strength_of(argument)``, ``Strength``; ``moderator_test(contradiction)``
Leaves   the verdict of a claim: see ``audit``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import EnkephalinError
from ..records.catalog import get
from ..records.shapes import Argument, Contradiction
from .weigh import bearing_on, weighed_verdict

VERDICTS = ("contradicted", "unsupported", "cannot_tell", "partly", "supported")  # from weak to strong
CARRIES = {"none": 1, "weak": 2, "moderate": 3, "strong": 4}  # how far an inference can carry, on the same ladder
KINDS = {
    "deduction": "a deduction",
    "generalisation": "a generalisation",
    "analogy": "an analogy",
    "best_explanation": "an inference to the best explanation",
    "reverse_inference": "a reverse inference",
    "extrapolation": "an extrapolation",
}


@dataclass(frozen=True)
class Link:
    """One link of an argument: a premise or the inference, its strength on the ladder of verdicts, and why."""

    what: str
    strength: str
    because: str


@dataclass(frozen=True)
class Strength:
    """An argument is as strong as its weakest link."""

    links: tuple[Link, ...]
    conclusion: str
    weakest: Link


def verdict_of(claim_id: str) -> tuple[str, str]:
    """The verdict on a claim: its ruling, else what its observations weigh."""
    claim = get("claim", claim_id)
    if claim.ruling is not None:
        return claim.ruling.verdict, claim.ruling.because
    return weighed_verdict(claim, bearing_on(claim))


def strength_of(argument: Argument, verdict: Callable[[str], tuple[str, str]] = verdict_of) -> Strength:
    """Carry strength from the premises through the inference to the conclusion.

    Parameters
    ----------
    argument : Argument
    verdict : function
        From the id of a claim to its verdict and the reason. Give another to ask "what if".

    Returns
    -------
    Strength
        Every link, the weakest of them, and the word of the ladder that it leaves for the conclusion.
    """
    links = []
    for premise in argument.premises:
        if premise.claim is not None:
            word, because = verdict(premise.claim)
            links.append(Link(premise.claim, word, because))
        else:
            links.append(Link(f"unsaid: {premise.unsaid}", str(premise.strength), str(premise.because)))
    step = argument.inference
    ladder = VERDICTS[CARRIES[step.strength]]
    links.append(Link(f"the step, {KINDS[step.kind]}: {step.says}", ladder, step.because))
    weakest = min(links, key=lambda link: VERDICTS.index(link.strength))
    return Strength(tuple(links), weakest.strength, weakest)


def moderator_test(contradiction: Contradiction) -> list[dict[str, Any]]:
    """Whether a moderator can be tested on the observations of both sides, and what the test says.

    A test needs two observations in each group, all of one measure and with their precision; else it says what lacks.
    """
    rows = [get("observation", name) for side in contradiction.sides for name in side.observations]
    found = []
    for moderator in contradiction.moderators:
        values = {row.id: moderator.values.get(row.id) or str(getattr(row, moderator.field, "")) for row in rows}
        found.append(
            {"field": moderator.field, "says": moderator.says, "groups": _groups(values), **_test(rows, values)}
        )
    return found


def _groups(values: dict[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value or "not said", []).append(name)
    return groups


def _test(rows: list[Any], values: dict[str, str]) -> dict[str, Any]:
    """Subgroup meta-analysis by the moderator, or why it cannot be done."""
    from .pooling import meta_analysis
    from .precision import effect_of

    usable = [(row, effect) for row in rows if (effect := effect_of(row)) is not None]
    measures = {row.measure for row, _ in usable}
    if len(usable) < 4 or len(measures) > 1:
        lacking = len(rows) - len(usable)
        return {"tested": False, "why_not": f"{lacking} of {len(rows)} observations have no effect with its precision"}
    table = {
        "study": [row.id for row, _ in usable],
        "yi": [effect.yi for _, effect in usable],
        "vi": [effect.vi for _, effect in usable],
        "group": [values[row.id] for row, _ in usable],
    }
    try:
        pooled = meta_analysis(table, subgroup="group").subgroups
    except EnkephalinError as trouble:
        return {"tested": False, "why_not": trouble.problem}
    assert pooled is not None
    return {"tested": True, "q_between": pooled.q_between, "df": pooled.df, "p": pooled.p}
