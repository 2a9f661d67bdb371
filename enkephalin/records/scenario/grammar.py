"""Grammar: one line of ``happens`` to the words it holds, with every quantity read.

Needs    line, exposure_lines, slips, words; the known exposures, drugs and tasks are handed in
Gives    ``parse(line, exposures)``: a ``DoseLine``, an ``ExposureLine`` or a ``TaskLine``; ``time_of``
Leaves   whether a drug, its route and its dose exist: see ``resolve``

    [then] <drug> <amount> <unit>[/kg] <route> [over <time>] at <time>
        [every <time> x <n> | every <time> until <time>] [except <n>[, <n> to <n>]] [since <time before the start>]
    <exposure> [<level> [<unit>]] from <time> to <time>
    <exposure> [<level> [<unit>]] for <time> at <time> [every <time> x <n> | every <time> until <time>]
    <exposure> [to] [<level> [<unit>]] at <time>                    (exposures marked as lasting)
    task <id> at <time> [every <time> x <n> | every <time> until <time>]
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...errors import RecordError, nearest
from ..shapes import Exposure
from ..words import ABBREVIATIONS, ROUTES
from .exposure_lines import ExposureLine, TaskLine, exposure_line, task_line
from .line import KEYWORDS, Words, missed, read_unit, repeats, since
from .slips import advice, drug_advice, rate_advice, route_advice

DOSE_FORM = "<drug> <amount> <unit> <route> [over <time>] at <time> [every <time> x <n> | every <time> until <time>]"
MOST_BEFORE = 100_000  # doses before the scenario


@dataclass(frozen=True)
class DoseLine:
    """A dose as written: times in hours as exact fractions, the amount in its own unit."""

    drug: str
    amount: float
    unit: str
    per_kg: bool
    route: str
    duration: Fraction | None
    time: Fraction
    interval: Fraction | None
    count: int
    then: bool
    missed: tuple[int, ...] = ()  # numbers of the doses that are not taken, from 1
    before: int = 0  # doses of the same regimen before the first, back to 'since'

    @property
    def written(self) -> str:
        """The amount as text: "0.1 mg/kg"."""
        return f"{self.amount:g} {self.unit}{'/kg' if self.per_kg else ''}"


Line = DoseLine | ExposureLine | TaskLine


def parse(
    line: str,
    exposures: Mapping[str, Exposure],
    drugs: Collection[str] | None = None,
    tasks: Collection[str] | None = None,
) -> Line:
    """Read one line; ``drugs`` and ``tasks`` are the known ids (None: any word may be one).

    Raises
    ------
    RecordError
        The line does not follow the grammar; the message says where it leaves it.

    Example
    -------
    >>> parse("naltrexone 50 mg oral at 7 d every 24 h x 7", {}).count
    7
    """
    words = Words(line)
    then = words.take_if("then")
    if not words.peek():
        raise RecordError("the line is empty", found=repr(line), expected="a dose or an exposure", try_=DOSE_FORM)
    other = task_line(words, tasks, then) or exposure_line(words, exposures, then)
    if other is not None:
        return other
    _known_drug(words, exposures, drugs)
    return _dose_line(words, then)


def time_of(text: str) -> Fraction:
    """Read a time such as "730 d" or "-6 h" as hours, exactly.

    Raises
    ------
    RecordError
        The text is no time.
    """
    words = Words(text)
    hours = words.take_time("a time")
    words.finish("the end of the time")
    return hours


def _known_drug(words: Words, exposures: Mapping[str, Exposure], drugs: Collection[str] | None) -> None:
    """The next word is a drug, or the path of a drug record."""
    name = words.peek()
    if drugs is None or name in drugs or name.endswith(".yaml"):
        return
    intended = "exposure" if {"from", "for"} & {word.lower() for word in words.tokens} else "drug"
    known = list(exposures) if intended == "exposure" else list(drugs)
    if intended == "exposure":
        expected = f"an exposure of catalog/exposures.yaml ({len(known)} known)"
    else:
        expected = f"the id of a record in catalog/drugs ({len(known)} known)"
    near = drug_advice(name, list(drugs)) or nearest(name, exposures)
    raise words.error(f"unknown {intended} '{name}'", expected, near or f"enkephalin list {intended}s")


def _dose_line(words: Words, then: bool) -> DoseLine:
    drug = words.take()
    amount = float(words.take_number("the amount"))
    if amount <= 0:
        problem = "the dose is negative" if amount < 0 else "the dose is zero"
        raise words.error(problem, "an amount above zero", "leave the line out if nothing is given")
    amount_unit, per_kg = _amount_unit(words, amount)
    route = _route(words, drug)
    duration = words.take_time("the duration") if words.take_if("over") else None
    if duration is not None and duration <= 0:
        raise words.error("the duration is not above zero", "over <time>", "leave 'over' out for a dose at once")
    if not words.take_if("at"):
        word = words.peek()
        problem = f"'{word}' is not understood here" if word else "it is not said when the dose is given"
        raise words.error(problem, DOSE_FORM, advice(word) or "at 0 h")
    time = words.take_time("the time")
    interval, count = repeats(words, time)
    not_taken = missed(words, count)
    start = since(words, interval)
    words.finish("the end of the line")
    before = 0
    if start is not None and interval is not None:
        before = int((time - start) // interval)
        if not 0 < before <= MOST_BEFORE:
            raise words.error(
                f"{before} doses lie between 'since' and the first", f"1 to {MOST_BEFORE}", "an earlier 'since'"
            )
    if duration is not None and interval is not None and duration > interval:
        raise words.error(
            "each dose lasts longer than the time to the next",
            "over <time> not above every <time>",
            "a shorter 'over', or a longer 'every'",
        )
    return DoseLine(drug, amount, amount_unit, per_kg, route, duration, time, interval, count, then, not_taken, before)


def _amount_unit(words: Words, amount: float) -> tuple[str, bool]:
    """The unit of an amount, and whether it is per kg of body weight."""
    text = words.take()
    if not text or text.lower() in KEYWORDS or text.lower() in (*ROUTES, *ABBREVIATIONS):
        raise words.error("the amount has no unit", "a mass or an amount of substance", "mg, ug, nmol, or mg/kg")
    base, _, per = text.partition("/")
    if per not in ("", "kg"):
        near = rate_advice(amount, base, per)
        raise words.error(f"'{text}' is no unit of a dose", "a mass or an amount of substance", near)
    found = read_unit(words, base)
    if found.inner not in ("ng", "nmol"):
        near = "a rate is given as  <amount> iv over <time>" if per else "mg, ug, nmol, or mg/kg"
        raise words.error(f"'{text}' is no unit of a dose", "a mass or an amount of substance", near)
    return base, per == "kg"


def _route(words: Words, drug: str) -> str:
    word = words.take()
    route = ABBREVIATIONS.get(word.lower(), word.lower())
    if route in ROUTES:
        return route
    if not word or word.lower() in KEYWORDS:
        raise words.error("the dose has no route", "a route after the amount", "oral, intravenous, sublingual ...")
    raise words.error(f"unknown route '{word}'", "one of " + ", ".join(ROUTES), route_advice(word, drug))
