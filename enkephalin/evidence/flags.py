"""Red flags, computed: what a reader would want to be warned of before believing a claim.

Needs    weigh, type_m
Gives    ``flags_of(claim)``, ``flags_of_argument(argument)``, ``Flag``; ``selective_citation(question, cited)``,
         ``cited_observations(names)``
Leaves   the verdict: a flag says why to look twice, not that a claim is false

Each flag is a rule over the records, so that it can be tested on planted cases and disputed by changing a record.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..errors import UnknownNameError, nearest
from ..records.catalog import get, list_ids
from ..records.shapes import Argument, Claim, Observation
from .type_m import retrodesign
from .weigh import OPPOSITE, Bearing, answering, bearing_on

CHANCE = 0.1  # a list this one-sided would arise by chance in so many cases at most
FEWEST_CONTRARY = 2  # contrary observations that there must be for a list to leave out
EXAGGERATES = 1.5  # times the plausible effect that a significant finding of this design would show on average
ANIMALS = {"rat", "mouse", "vole", "macaque", "squirrel_monkey", "cells"}
CORRELATIONAL = {"cross_sectional", "case_control", "post_mortem", "psychometric"}
IMAGING = {"within_subject_imaging"}
CAUSAL_KINDS = {"mechanism", "opinion", "effect"}
PUBLISHED_SYNTHESIS = {"systematic_review", "meta_analysis"}


@dataclass(frozen=True)
class Flag:
    """A warning: its kind, the sentence, and the numbers behind it."""

    kind: str
    says: str
    numbers: dict[str, Any] = field(default_factory=dict)


def flags_of(claim: Claim, cited: Sequence[str] | None = None) -> tuple[Flag, ...]:
    """Every flag that a claim raises.

    Parameters
    ----------
    claim : Claim
    cited : list of str, optional
        Ids of the sources or observations that somebody cites for the claim. Default: the works that the text names.
    """
    bearings = bearing_on(claim)
    names = claim.article.names if cited is None else cited
    found = [
        _selective(claim, names),
        _from_animals(claim, bearings),
        _reverse_inference(claim, bearings),
        _too_large(claim),
        _one_code_for_all(claim),
        _cause_from_correlation(claim, bearings),
        *_not_systematic(claim),
    ]
    return tuple(flag for flag in found if flag is not None)


# --- selective citation -------------------------------------------------------------------------------------------


def cited_observations(names: Iterable[str], own: Sequence[Observation] = ()) -> set[str]:
    """Ids of the observations that a list of sources or observations stands for.

    Raises
    ------
    UnknownNameError
        A name is neither a source nor an observation.
    """
    every = {name: get("observation", name) for name in list_ids("observation")} | {row.id: row for row in own}
    sources = set(list_ids("source")) | {row.source for row in own}
    found: set[str] = set()
    for name in names:
        if name in every:
            found.add(name)
        elif name in sources:
            found |= {row.id for row in every.values() if row.source == name}
        else:
            raise UnknownNameError(
                f"'{name}' is neither a source nor an observation",
                found=name,
                expected="ids of evidence/sources or evidence/observations",
                try_=nearest(name, [*sources, *every]),
            )
    return found


def selective_citation(
    question: str, cited: Iterable[str], says: str = "positive", own: Sequence[Observation] = ()
) -> dict[str, Any]:
    """How much of what is known on a question a list cites, and which way what it leaves out points.

    Parameters
    ----------
    question : str
        Id of a question.
    cited : list of str
        Ids of sources or observations.
    says : str
        What the citing text says: "positive", "negative" or "none".

    Returns
    -------
    dict
        ``known``, ``cited``, ``contrary`` and ``cited_contrary`` (counts, of answers that agree or disagree; mixed ones
        count in neither), ``share`` cited, ``chance`` of so few contrary ones in a blind draw of the same size,
        ``left_out`` and ``flagged``.
    """
    wanted = cited_observations(cited, own)
    agreeing, contrary = set(), set()
    for row, answer in answering(question, own):
        if answer.says == says:
            agreeing.add(row.id)
        elif answer.says in (OPPOSITE.get(says, ""), "none") or says == "none":
            contrary.add(row.id)
    mine, against = wanted & (agreeing | contrary), wanted & contrary
    chance = _chance_of_so_few(len(agreeing | contrary), len(contrary), len(mine), len(against))
    left_out = sorted(contrary - wanted)
    return {
        "known": len(agreeing | contrary),
        "cited": len(mine),
        "contrary": len(contrary),
        "cited_contrary": len(against),
        "share": len(mine) / len(agreeing | contrary) if agreeing | contrary else None,
        "chance": chance,
        "left_out": left_out,
        "flagged": bool(mine) and len(left_out) >= FEWEST_CONTRARY and chance <= CHANCE,
    }


def _chance_of_so_few(known: int, contrary: int, drawn: int, seen: int) -> float:
    """Chance of at most ``seen`` contrary ones among ``drawn`` taken blindly from ``known`` (hypergeometric)."""
    ways = math.comb(known, drawn)
    fewer = sum(math.comb(contrary, k) * math.comb(known - contrary, drawn - k) for k in range(seen + 1))
    return fewer / ways


def _selective(claim: Claim, names: Sequence[str]) -> Flag | None:
    if claim.question is None or not names:
        return None
    own = claim.observed
    found = selective_citation(claim.question, names, claim.says, own)
    if not found["flagged"]:
        return None
    said = (
        f"Cites {found['cited']} of {found['known']} known observations and leaves out {len(found['left_out'])} of "
        f"{found['contrary']} contrary ones; a blind choice is so one-sided in {100 * found['chance']:.0f} % of cases."
    )
    return Flag("selective citation", said, found)


# --- the other flags ----------------------------------------------------------------------------------------------


def _from_animals(claim: Claim, bearings: Sequence[Bearing]) -> Flag | None:
    """About people, and all that agrees comes from animals."""
    if "human" not in claim.species:
        return None
    agreeing = [
        bearing.observation for bearing in bearings if bearing.agrees > 0 and bearing.observation.species != "various"
    ]
    species = {row.species for row in agreeing}
    if not agreeing or not species <= ANIMALS:
        return None
    return Flag(
        "extrapolation from animals",
        f"Told of people; every finding on its side ({len(agreeing)}) comes from {' and '.join(sorted(species))}.",
        {"observations": [row.id for row in agreeing]},
    )


def _reverse_inference(claim: Claim, bearings: Sequence[Bearing]) -> Flag | None:
    """An inner state or identity is read from where a scan lights up."""
    agreeing = [bearing.observation for bearing in bearings if bearing.agrees == 1]
    if claim.kind != "opinion" or not agreeing or not all(row.design in IMAGING for row in agreeing):
        return None
    return Flag(
        "reverse inference",
        "What a state is, is read from where a scan shows activity; the same places are active in other states.",
        {"observations": [row.id for row in agreeing]},
    )


def _too_large(claim: Claim) -> Flag | None:
    """The stated effect is larger than the design could find without luck."""
    for stated in claim.article.values:
        found = retrodesign(stated, claim)
        if found is not None and found["exaggeration"] > EXAGGERATES:
            return Flag(
                "larger than the design could find (type M)",
                f"If the true {stated.measure} were {found['plausible']:g}, such a study would find significance in "
                f"{100 * found['power']:.0f} % of cases and then overstate it {found['exaggeration']:.1f} times.",
                found,
            )
    return None


@cache
def _claims_by_code() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in list_ids("claim"):
        for code in get("claim", name).article.codes:
            found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


def _one_code_for_all(claim: Claim) -> Flag | None:
    """One source has to carry many different questions."""
    many = 6
    for code in claim.article.codes:
        others = _claims_by_code().get(code, ())
        questions = {get("claim", name).question for name in others}
        if len(questions) >= many:
            return Flag(
                "one source for many claims",
                f"The same reference {code} carries {len(others)} claims on {len(questions)} questions.",
                {"code": code, "claims": list(others)},
            )
    return None


def _cause_from_correlation(claim: Claim, bearings: Sequence[Bearing]) -> Flag | None:
    """Told as a cause, and all that agrees in people are correlations."""
    agreeing = [bearing for bearing in bearings if bearing.agrees == 1]
    direct = [bearing for bearing in agreeing if bearing.answer.how == "direct"]
    in_people = [bearing.observation for bearing in direct or agreeing if bearing.observation.species == "human"]
    if claim.kind not in CAUSAL_KINDS or not in_people or len(in_people) < len(direct or agreeing):
        return None
    if not all(row.design in CORRELATIONAL for row in in_people):
        return None
    return Flag(
        "correlation told as cause",
        f"Told as a cause; what agrees ({len(in_people)}) are correlations or contrasts without assignment.",
        {"observations": [row.id for row in in_people]},
    )


def _not_systematic(claim: Claim) -> list[Flag]:
    """A work is called a systematic review or meta-analysis and is none."""
    sources = {row.id: row for row in claim.own_sources}
    found = []
    for name, called in claim.article.called.items():
        source = sources.get(name) or get("source", name)
        if source.kind not in PUBLISHED_SYNTHESIS or (called == "meta_analysis" and source.kind != called):
            said = called.replace("_", " ")
            found.append(
                Flag(
                    "no systematic review",
                    f"{name} is called a {said}; the record of the work says {source.kind.replace('_', ' ')}.",
                    {"source": name, "called": called, "kind": source.kind},
                )
            )
    return found


def flags_of_argument(argument: Argument) -> tuple[Flag, ...]:
    """What to be warned of in an argument: its kind of step, and findings that are counted twice."""
    found = []
    if argument.inference.kind == "reverse_inference":
        found.append(Flag("reverse inference", argument.inference.because))
    if argument.inference.kind == "extrapolation":
        found.append(Flag("extrapolation from animals", argument.inference.because))
    claims = [premise.claim for premise in argument.premises if premise.claim is not None]
    if argument.concludes in claims:
        found.append(Flag("circular use of one source", f"The conclusion {argument.concludes} is one of its premises."))
    uses: dict[str, list[str]] = {}
    for name in [*claims, *([argument.concludes] if argument.concludes else [])]:
        for bearing in bearing_on(get("claim", name)):
            if bearing.agrees == 1:
                uses.setdefault(bearing.observation.source, []).append(name)
    twice = {source: sorted(set(names)) for source, names in uses.items() if len(set(names)) > 1}
    for source, names in sorted(twice.items()):
        found.append(
            Flag(
                "circular use of one source",
                f"{source} stands behind {' and '.join(names)}: one finding counted more than once.",
                {"source": source, "claims": names},
            )
        )
    return tuple(found)
