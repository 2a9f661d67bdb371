"""Page: what all studies would find in all bodies, as one document.

Needs    predicted, apart, running (who failed)
Gives    ``page(found, people, repeats, failed)``
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from enkephalin.records import get, list_ids

from .apart import SURE, people_for, rightly, wanted
from .confusion import ACCOUNTS, Confusion, names_of
from .predicted import Prediction
from .running import Failed

HEAD = """\
# What the shipped studies would find

Written by `python -m validation.studies`, which goes on where it was stopped. Each study was run {repeats} times with
people drawn with replacement from a bank of {people}, under each of the six hypotheses in the account of the literature
and in the account of the article (`described`). The same seed and the same people serve every body. *Power* is the
share of runs with p at or below the planned error; *n for 80 %* follows from the spread of the estimates, which falls
with the root of n (- where all runs together do not tell the effect from none, a hundred times the planned people
would not do, or 0 does not mean that nothing is there, as with one phase of recovery against two). The bank is finite,
so that small effects of either sign come from its people as well.

*Told apart* are two bodies when one run of the study, with all its planned analyses, would be put down to the right one
in nine of ten cases (a linear discriminant; a half is chance). Many studies do not tell what they were made to tell:
that is what this page is for. Hypotheses are those of the literature's account unless `described` stands before them.
Of {shipped} shipped studies {done} were run for it.

"""
BY_BOND = ("e1_naltrexone_by_bond", "e1_naltrexone_after_breakup")
EXPECTED = (
    ("naltrexone_connectedness", "a main effect of naltrexone"),
    ("cyberball_naltrexone", "naltrexone before exclusion"),
    ("breakup_buprenorphine", "a main effect of buprenorphine"),
    ("e1_naltrexone_by_bond", "naltrexone by bond, in the bond"),
    ("e1_naltrexone_after_breakup", "naltrexone by bond, after its end"),
)
USUAL = "integrated"
Found = Mapping[str, Sequence[Prediction]]


def page(found: Found, people: int, repeats: int, failed: Sequence[Failed] = ()) -> str:
    """The whole page."""
    apart = {name: Confusion.of(bodies) for name, bodies in sorted(found.items())}
    shipped = list_ids("study")
    parts = [
        HEAD.format(people=people, repeats=repeats, shipped=len(shipped), done=len(found)),
        _summary(found, apart),
        _expectation(found),
        *([_failures(failed)] if failed else []),
        *(_study(name, found[name], one) for name, one in apart.items()),
    ]
    return "\n".join(parts)


def _summary(found: Found, apart: Mapping[str, Confusion]) -> str:
    """One row for each study, and what all of them tell together."""
    lines = [
        "## All studies\n",
        "Effect, power and n are those of the primary analysis under `integrated`, in the account of the literature. "
        "*Separates* are groups of bodies of which one run tells every two apart that are not in the same group.\n",
        "| study | n | primary analysis | effect | power | n for 80 % | pairs told apart | separates |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in apart.items():
        usual = next((body for body in found[name] if body.body == USUAL), None)
        if usual is not None:
            effect = f"{_number(usual.effects[0])} ({usual.effect_kinds[0] or 'effect'})"
            lines.append(
                f"| [`{name}`](#{name}) | {usual.n} | {usual.contrasts[0]} | {effect} | {_share(usual.found[0])} "
                f"| {wanted(usual) or '-'} | {len(one.told)} of {len(one.pairs)} | {one.separates()} |"
            )
    return "\n".join(lines) + "\n\n" + _together(apart) + "\n"


def _together(apart: Mapping[str, Confusion]) -> str:
    """Which hypotheses no study tells apart, and which studies tell any of them apart."""
    if not apart:
        return ""
    said = []
    for account, before in ACCOUNTS.items():
        names = [f"{before}{name}" for name in list_ids("hypothesis")]
        pairs = {pair for one in apart.values() for pair in one.pairs if pair <= set(names)}
        told = {pair: [name for name, one in apart.items() if pair in one.told] for pair in pairs}
        any_told = sorted({name for studies in told.values() for name in studies})
        never = [pair for pair, studies in told.items() if not studies]
        named = sorted(" and ".join(sorted(name.removeprefix(before) for name in pair)) for pair in never)
        rest = (
            "No study tells any two apart." if len(never) == len(pairs) else f"No study tells apart {'; '.join(named)}."
        )
        listed = ", ".join(f"`{name}`" for name in any_told)
        said.append(
            f"In the account `{account}` {len(any_told)} of {len(apart)} studies tell some two hypotheses apart"
            + (f" ({listed}). " if any_told else ". ")
            + (rest if never else "Every two are told apart by one.")
        )
    both = [name for name, one in apart.items() if frozenset((USUAL, f"described, {USUAL}")) in one.told]
    listed = ", ".join(f"`{name}`" for name in both) or "none"
    said.append(f"The two accounts, both under `{USUAL}`, are told apart by {len(both)} of {len(apart)}: {listed}.")
    return "\n\n".join(said)


def _expectation(found: Found) -> str:
    """What was expected of main effects and of drug by bond, and what came of it."""
    lines = [
        "## Opioid or stress?\n",
        "It was expected that main effects of naltrexone and of buprenorphine do not tell the hypotheses `opioid` and "
        "`stress` apart, and that drug by history of the bond does.\n",
        "| study | what | account | n | right of the two, primary analysis | with all analyses | n for nine in ten |",
        "|---|---|---|---|---|---|---|",
    ]
    verdicts = []
    for account, before in ACCOUNTS.items():
        seen: dict[bool, list[bool]] = {True: [], False: []}
        for name, what in EXPECTED:
            bodies = {one.body: one for one in found.get(name, ())}
            if {f"{before}opioid", f"{before}stress"} <= set(bodies):
                pair = bodies[f"{before}opioid"], bodies[f"{before}stress"]
                alone, whole = rightly(*pair, primary=True), rightly(*pair)
                people = people_for(*pair)
                lines.append(
                    f"| `{name}` | {what} | {account} | {pair[0].n} | {_share(alone)} | {_share(whole)} "
                    f"| {people or '-'} |"
                )
                seen[name in BY_BOND].append(whole >= SURE)
        if seen[True] or seen[False]:
            verdicts.append(f"In the account `{account}`: {_verdict(seen[False], seen[True])}")
    return "\n".join(lines) + "\n\n" + ("\n\n".join(verdicts) or "None of these studies was run.") + "\n"


def _verdict(main: Sequence[bool], by_bond: Sequence[bool]) -> str:
    """Whether the expectation holds in this body."""
    told = []
    if main:
        told.append("that main effects do not tell them apart is " + ("refuted" if any(main) else "confirmed"))
    if by_bond:
        holds = "confirmed" if any(by_bond) else "refuted for studies of this size in this body"
        told.append(f"that drug by bond does is {holds}")
    return "; ".join(told) + "."


def _failures(failed: Sequence[Failed]) -> str:
    """Studies that could not be run, and why."""
    lines = ["## Not run\n"]
    for study in dict.fromkeys(one.study for one in failed):
        whys: dict[str, list[str]] = {}
        for one in failed:
            if one.study == study:
                whys.setdefault(" ".join(one.why.split()), []).append(one.body)
        lines += [f"- `{study}` under {names_of(bodies)}: {why}" for why, bodies in whys.items()]
    return "\n".join(lines) + "\n"


def _study(name: str, bodies: Sequence[Prediction], apart: Confusion) -> str:
    first = bodies[0]
    others = first.contrasts[1:]
    lines = [
        f"## {name}\n",
        f"{get('study', name).question or get('study', name).about} {first.n} people; primary: {first.contrasts[0]}."
        + (f" Also: {'; '.join(others)}." if others else "")
        + "\n",
        f"| body | {first.effect_kinds[0] or 'effect'} | power | n for 80 % | not told apart from |",
        "|---|---|---|---|---|",
    ]
    for one in bodies:
        lines.append(
            f"| {one.body} | {_number(one.effects[0])} | {_share(one.found[0])} | {wanted(one) or '-'} "
            f"| {apart.beside(one.body)} |"
        )
    return "\n".join(lines) + f"\n\n{_told(apart)}\n"


def _told(apart: Confusion) -> str:
    if not apart.told:
        return "It tells no two of these bodies apart."
    if len(apart.told) == len(apart.pairs):
        return "It tells every two of these bodies apart."
    return f"It tells {len(apart.told)} of {len(apart.pairs)} pairs apart."


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"
