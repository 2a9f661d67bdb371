"""Red flags, computed: what a reader would want to be warned of before believing a claim.

Needs    citations, weigh, type_m
Gives    ``flags_of(claim)``, ``flags_of_argument(argument)``, ``Flag``
Leaves   the verdict: a flag says why to look twice, not that a claim is false

Each flag is a rule over the records, so that it can be tested on planted cases and disputed by changing a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..records.catalog import get, list_ids
from ..records.shapes import Argument, Claim
from .citations import selective_citation
from .type_m import retrodesign
from .weigh import Bearing, bearing_on

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


def _selective(claim: Claim, names: Sequence[str]) -> Flag | None:
    silent = {row.id for row in claim.own_sources} - {row.source for row in claim.observed}
    names = [name for name in names if name not in silent]
    if claim.question is None or not names:
        return None
    found = selective_citation(claim.question, names, claim.says, claim.observed)
    if not found["flagged"]:
        return None
    said = (
        f"Cites {found['cited']} of {found['known']} known observations and leaves out {len(found['left_out'])} of "
        f"{found['contrary']} contrary ones; a blind choice is so one-sided in {100 * found['chance']:.0f} % of cases."
    )
    return Flag("selective citation", said, found)


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
