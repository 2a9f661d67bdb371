"""Arguments and contradictions: strength carried from premises to conclusion, and moderators put to the test.

Needs    weigh, flags, pooling
Gives    ``strength_of(argument)``, ``Strength``; ``moderator_test(contradiction)``; ``arguments()`` and
         ``contradictions()``: all of them as plain rows
Leaves   the verdict of a claim: see ``auditing``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import EnkephalinError
from ..records.catalog import get, list_ids
from ..records.shapes import Argument, Contradiction
from .flags import flags_of_argument
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
    """One link of an argument: a premise or the step, its strength on the ladder of verdicts, and why.

    ``carries`` is the strength of the step in its own words; empty for a premise.
    """

    what: str
    strength: str
    because: str
    carries: str = ""


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
        Every link, the weakest of them, and the word of the ladder that it leaves for the conclusion: at least
        "unsupported", for a false premise takes a reason away and proves nothing.
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
    links.append(Link(f"the step, {KINDS[step.kind]}: {step.says}", ladder, step.because, step.strength))
    weakest = min(links, key=lambda link: VERDICTS.index(link.strength))
    left = "unsupported" if weakest.strength == "contradicted" else weakest.strength
    return Strength(tuple(links), left, weakest)


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


def arguments() -> list[dict[str, Any]]:
    """Every argument: its links with their strength, the weakest of them, what is left, and the counter-case."""
    found = []
    for record in sorted((get("argument", name) for name in list_ids("argument")), key=_in_order):
        strength = strength_of(record)
        found.append(
            {
                "id": record.id,
                "number": record.number,
                "about": record.about,
                "links": [_link(link) for link in strength.links],
                "weakest": _link(strength.weakest),
                "conclusion": record.conclusion,
                "concludes": record.concludes,
                "strength": strength.conclusion,
                "flags": [{"kind": flag.kind, "says": flag.says} for flag in flags_of_argument(record)],
                "counter": record.counter.model_dump(mode="json"),
            }
        )
    return found


def contradictions() -> list[dict[str, Any]]:
    """Every contradiction: its sides with their observations, what might explain it, and whether that can be tested."""
    found = []
    for record in sorted((get("contradiction", name) for name in list_ids("contradiction")), key=_in_order):
        row = record.model_dump(mode="json", exclude={"moderators", "sides"})
        row["sides"] = [
            {"says": side.says, "observations": [_seen(name) for name in side.observations]} for side in record.sides
        ]
        row["moderators"] = moderator_test(record)
        found.append(row)
    return found


def _in_order(record: Any) -> tuple[bool, int, str]:
    """Numbered ones first."""
    return record.number is None, record.number or 0, record.id


def _link(link: Link) -> dict[str, str]:
    """A link as a plain row, with the words of the claim where it is one."""
    says = get("claim", link.what).about if link.what in list_ids("claim") else link.what
    return {
        "what": link.what,
        "says": says,
        "strength": link.strength,
        "because": link.because,
        "carries": link.carries,
    }


def _seen(name: str) -> dict[str, str]:
    row = get("observation", name)
    return {"id": name, "about": row.about, "source": row.source, "species": row.species}
