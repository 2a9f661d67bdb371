"""Page: what all studies would find in all bodies, as one document.

Needs    predicted, apart
Gives    ``page(found)``
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from enkephalin.records import get, list_ids

from .apart import SURE, people_for, rightly, wanted
from .predicted import Prediction

HEAD = """\
# What the shipped studies would find

Written by `python -m validation.studies`, which goes on where it was stopped. Each study was run {repeats} times with
people drawn with replacement from a bank of {people}, under each of the six hypotheses in the account of the literature
and in the account of the article (`described`). The same seed and the same people serve every body. *Power* is the
share of runs with p at or below the planned error; *n for 80 %* follows from the spread of the estimates, which falls
with the root of n (- where all runs together do not tell the effect from none, or a hundred times the planned people
would not do). The bank is finite, so that small effects of either sign come from its people as well.

*Told apart* are two bodies when one run of the study, with all its planned analyses, would be put down to the right one
in nine of ten cases (a linear discriminant; a half is chance). Many studies do not tell what they were made to tell:
that is what this page is for. Of {shipped} shipped studies {done} were run for it so far.

"""
BY_BOND = ("e1_naltrexone_by_bond", "e1_naltrexone_after_breakup")
EXPECTED = (
    ("naltrexone_connectedness", "a main effect of naltrexone"),
    ("cyberball_naltrexone", "naltrexone before exclusion"),
    ("breakup_buprenorphine", "a main effect of buprenorphine"),
    ("e1_naltrexone_by_bond", "naltrexone by bond, in the bond"),
    ("e1_naltrexone_after_breakup", "naltrexone by bond, after its end"),
)


def page(found: Mapping[str, Sequence[Prediction]], people: int, repeats: int) -> str:
    """The whole page."""
    parts = [
        HEAD.format(people=people, repeats=repeats, shipped=len(list_ids("study")), done=len(found)),
        _expectation(found),
    ]
    parts += [_study(name, bodies) for name, bodies in sorted(found.items())]
    return "\n".join(parts)


def _expectation(found: Mapping[str, Sequence[Prediction]]) -> str:
    """What was expected of main effects and of drug by bond, and what came of it."""
    lines = [
        "## Opioid or stress?\n",
        "It was expected that main effects of naltrexone and of buprenorphine do not tell the hypotheses `opioid` and "
        "`stress` apart, and that drug by history of the bond does.\n",
        "| study | what | n | right of the two, primary analysis | with all analyses | n for nine in ten |",
        "|---|---|---|---|---|---|",
    ]
    seen: dict[bool, list[bool]] = {True: [], False: []}
    for name, what in EXPECTED:
        bodies = {one.body: one for one in found.get(name, ())}
        if {"opioid", "stress"} <= set(bodies):
            pair = bodies["opioid"], bodies["stress"]
            alone, whole = rightly(*pair, primary=True), rightly(*pair)
            people = people_for(*pair)
            lines.append(f"| `{name}` | {what} | {pair[0].n} | {_share(alone)} | {_share(whole)} | {people or '-'} |")
            seen[name in BY_BOND].append(whole >= SURE)
    return "\n".join(lines) + "\n\n" + _verdict(seen[False], seen[True]) + "\n"


def _verdict(main: Sequence[bool], by_bond: Sequence[bool]) -> str:
    """Whether the expectation holds in this body."""
    told = []
    if main:
        told.append("That main effects do not tell them apart is " + ("refuted." if any(main) else "confirmed."))
    if by_bond:
        holds = "confirmed." if any(by_bond) else "refuted for studies of this size in this body."
        told.append(f"That drug by bond does is {holds}")
    return " ".join(told)


def _study(name: str, bodies: Sequence[Prediction]) -> str:
    first = bodies[0]
    kind = first.effect_kinds[0]
    lines = [
        f"## {name}\n",
        f"{get('study', name).question} {first.n} people; primary: {first.contrasts[0]}.\n",
        f"| body | {kind or 'effect'} | power | n for 80 % |",
        "|---|---|---|---|",
    ]
    for one in bodies:
        size = wanted(one)
        lines.append(f"| {one.body} | {_number(one.effects[0])} | {_share(one.found[0])} | {size if size else '-'} |")
    apart = [pair for pair in combinations(bodies, 2) if rightly(*pair) >= SURE]
    lines.append(f"\n{_told(bodies, apart)}\n")
    return "\n".join(lines)


def _told(bodies: Sequence[Prediction], apart: Sequence[tuple[Prediction, Prediction]]) -> str:
    pairs = list(combinations(bodies, 2))
    if not apart:
        return "It tells no two of these bodies apart."
    if len(apart) == len(pairs):
        return "It tells every two of these bodies apart."
    names = {frozenset((one.body, other.body)) for one, other in apart}
    confused = [f"{a.body} and {b.body}" for a, b in pairs if frozenset((a.body, b.body)) not in names]
    told = f"It tells {len(apart)} of {len(pairs)} pairs apart."
    return f"{told} It does not tell apart: {'; '.join(confused)}."


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"
