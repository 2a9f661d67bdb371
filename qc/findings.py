"""The verification set read again: qc/findings.yaml beside validation/targets/6*_verify_*.yaml.

Needs    validation.records (the findings), findings.yaml (what a second reader found in their sources)
Gives    ``compared()``, ``Verdict``, ``remade``, ``counts``, ``gone``, ``section()`` for the page of the second reading
Leaves   whether the model meets a finding (validation); what is right where the two differ (a person decides)

A finding agrees when its source bears it, every number read stands in its claim or place, and its band is the one
that the written rule makes of the number. Rules that name more than one step (a half-life turned into a ratio) are
left to the eye.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from validation.records import Group, Target, groups

from .readings import How, Shape

FILE = Path(__file__).with_name("findings.yaml")
PREFIX = "verify_"
ROUNDING = 0.01
NORMAL_95 = 1.959964
By = Literal["agree", "disagree", "not found", "not read"]
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FACTOR = re.compile(r"; a factor of (\d+(?:\.\d+)?)(?:; in [^;]+)?$")
_POINTS = re.compile(r"; (\d+) points$")
_SHARE = re.compile(r"(\d+) of (?:about )?(\d+)\b")
Band = tuple[float, float]


class Finding(Shape):
    """What the reader found for one finding: its numbers, and whether the text bears it."""

    id: str
    numbers: tuple[float, ...]
    holds: bool
    says: str = Field(min_length=5, max_length=200)
    ruling: str = ""  # what was decided where the record and the reading differ


class Lost(Shape):
    """A finding whose text could not be reached, and what was tried."""

    id: str
    tried: str = Field(min_length=8)


class Source(Shape):
    """One source as read: how, where, the doses it gave, and its findings."""

    source: str
    how: How | None = None
    where: str = ""
    given: str = ""
    read: tuple[Finding, ...] = ()
    not_found: tuple[Lost, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One finding of the verification set and what came of reading it again."""

    id: str
    by: By
    remade: bool = False
    why: str = ""
    source: Source | None = None


def sources() -> tuple[Source, ...]:
    """Everything that was read again, by source."""
    return tuple(Source(**item) for item in yaml.safe_load(FILE.read_text("utf-8")))


@functools.cache
def compared() -> dict[str, Verdict]:
    """Every finding of the verification set with its verdict, by ``group.target``."""
    found = {one.id: (one, source) for source in sources() for one in source.read}
    lost = {one.id: (one, source) for source in sources() for one in source.not_found}
    verdicts = {}
    for group in chosen():
        for target in group.targets:
            name = f"{group.id}.{target.id}"
            if name in found:
                verdicts[name] = verdict_of(name, target, *found[name])
            elif name in lost:
                verdicts[name] = Verdict(name, "not found", False, lost[name][0].tried, lost[name][1])
            else:
                verdicts[name] = Verdict(name, "not read", False, "it came later, and waits")
    return verdicts


def chosen() -> list[Group]:
    """The groups of the verification set."""
    return [group for group in groups() if group.id.startswith(PREFIX)]


def verdict_of(name: str, target: Target, finding: Finding, source: Source) -> Verdict:
    """What came of one finding: whether the text bears it, its numbers, and its band."""
    ruled = f". {finding.ruling}" if finding.ruling else ""
    if not finding.holds:
        return Verdict(name, "disagree", False, f"the text does not bear it: {finding.says}{ruled}", source)
    told = [float(number) for number in _NUMBER.findall(f"{target.claim} {target.place or ''}")]
    told += [end for end in target.band or () if end is not None]
    absent = [one for one in finding.numbers if not any(_same(abs(one), other) for other in told)]
    if absent:
        shown = ", ".join(f"{one:g}" for one in absent)
        return Verdict(name, "disagree", False, f"read {shown}; the record does not say so{ruled}", source)
    days = 7 if target.unit == "d" and "week" in target.claim else 1
    bands = list(remade(tuple(days * one for one in finding.numbers), target.place or ""))
    held = tuple(_either(target.band)) if target.band is not None else ()
    if bands and held and not any(_is(one, band) for band in bands for one in held):
        shown = " or ".join(f"{low:.4g} to {high:.4g}" for low, high in bands)
        return Verdict(name, "disagree", False, f"the rule makes {shown} of what was read{ruled}", source)
    return Verdict(name, "agree", bool(bands), "", source)


def remade(numbers: tuple[float, ...], place: str) -> Iterator[Band]:
    """Every band that the rule in ``place`` can make of the numbers read; none where it needs the eye."""
    if rule := _FACTOR.search(place):
        factor = float(rule[1])
        yield from ((number / factor, number * factor) for number in numbers)
    elif rule := _POINTS.search(place):
        points = float(rule[1])
        ends = [(number, number) for number in numbers] + [(100 - number, 100 - number) for number in numbers]
        if len(numbers) == 2:
            ends.append((min(numbers), max(numbers)))
        yield from ((max(low - points, 0.0), min(high + points, 100.0)) for low, high in ends)
    elif "95 % interval" in place and (rule := _SHARE.search(place)):
        low, high = wilson(int(rule[1]), int(rule[2]))
        yield from ((100 * low, 100 * high), (100 - 100 * high, 100 - 100 * low))


def wilson(some: int, many: int) -> Band:
    """The 95 % interval of a share, by Wilson; by hand, because the pages are written without SciPy."""
    share, z2 = some / many, NORMAL_95**2
    middle = (share + z2 / (2 * many)) / (1 + z2 / many)
    half = NORMAL_95 / (1 + z2 / many) * sqrt(share * (1 - share) / many + z2 / (4 * many**2))
    return middle - half, middle + half


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= ROUNDING * max(abs(one), abs(other))


def _either(held: tuple[float | None, float | None]) -> Iterator[tuple[float | None, float | None]]:
    """A band, and the same as the size of a fall when it lies below 0."""
    yield held
    low, high = held
    if low is not None and high is not None and high < 0:
        yield -high, -low


def _is(held: tuple[float | None, float | None], band: Band) -> bool:
    return all(end is not None and _same(end, other) for end, other in zip(held, band, strict=True))


def counts(verdicts: Iterable[Verdict]) -> Counter[str]:
    """How many findings have each verdict; ``remade`` counts the bands that a rule made again."""
    known = list(verdicts)
    return Counter(verdict.by for verdict in known) + Counter(remade=sum(verdict.remade for verdict in known))


def gone() -> tuple[str, ...]:
    """Readings whose finding is no longer in the set."""
    read = [one.id for source in sources() for one in (*source.read, *source.not_found)]
    return tuple(name for name in read if name not in compared())


def section() -> Iterator[str]:
    """The part of docs/second_reading.md about the verification set."""
    verdicts = list(compared().values())
    number = counts(verdicts)
    yield "\n## The verification set\n\n"
    yield (
        f"The findings that no fit has used ([results](verification.md)) were read again in the same way: the question "
        f"with its numbers masked, then the source, then the comparison (`qc/findings.yaml`). **{number['agree']} of "
        f"{len(verdicts)} agree, {number['disagree']} disagree; {number['not found']} were not found, "
        f"{number['not read']} not read yet.** Of {number['remade']} the band was made again from the number read, by "
        f"the rule that the finding names; the doses of the runs were held against those read, by eye.\n"
    )
    rest = [verdict for verdict in verdicts if verdict.by != "agree"]
    if rest:
        yield "\n| finding | verdict | why |\n|---|---|---|\n"
        yield from (f"| `{verdict.id}` | {verdict.by} | {verdict.why} |\n" for verdict in rest)
    if gone():
        named = ", ".join(f"`{name}`" for name in gone())
        yield f"\nRead, and no longer in the set (renamed, or turned to building): {named}.\n"
    ways = Counter(verdict.source.how for verdict in verdicts if verdict.source and verdict.source.how)
    shown = ", ".join(f"{str(way).replace('_', ' ')} {many}" for way, many in ways.most_common())
    yield f"\nRead from: {shown}.\n"
