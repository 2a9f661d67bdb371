"""Grammar: one line of ``happens`` to the words it holds, with every quantity read.

Needs    units, words; the known exposures are handed in
Gives    ``parse(line, exposures)``: a ``DoseLine`` or an ``ExposureLine``
Leaves   whether a drug, its route and its dose exist: see ``resolve``

    [then] <drug> <amount> <unit>[/kg] <route> [over <time>] at <time> [every <time> x <n> | every <time> until <time>]
    <exposure> [<level> [<unit>]] from <time> to <time>
    <exposure> [<level> [<unit>]] for <time> at <time>
    <exposure> [<level> [<unit>]] at <time>                         (exposures marked as lasting)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...errors import RecordError, UnitError, nearest
from ..shapes import Exposure
from ..units import Unit, convert, unit
from ..words import ABBREVIATIONS, ROUTES

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
JOINED = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?)([A-Za-zµμ%].*)")
LARGEST_COUNT = 100_000
LARGEST_TIME = Fraction(1_000_000)  # h; more than a century
KEYWORDS = ("at", "every", "until", "over", "from", "to", "for", "then", "x")
SECONDS_AN_HOUR = 3600
DOSE_FORM = "<drug> <amount> <unit> <route> [over <time>] at <time> [every <time> x <n> | every <time> until <time>]"
EXPOSURE_FORM = "<exposure> [<level>] from <time> to <time>, or <exposure> [<level>] for <time> at <time>"


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

    @property
    def written(self) -> str:
        """The amount as text: "0.1 mg/kg"."""
        return f"{self.amount:g} {self.unit}{'/kg' if self.per_kg else ''}"


@dataclass(frozen=True)
class ExposureLine:
    """An exposure as written: its level in the exposure's own unit; ``end`` is None when it lasts to the end."""

    exposure: str
    level: float
    time: Fraction
    end: Fraction | None


def parse(
    line: str, exposures: Mapping[str, Exposure], drugs: Collection[str] | None = None
) -> DoseLine | ExposureLine:
    """Read one line; ``drugs`` are the known ids (None: any word may be a drug).

    Raises
    ------
    RecordError
        The line does not follow the grammar; the message says where it leaves it.

    Example
    -------
    >>> parse("naltrexone 50 mg oral at 7 d every 24 h x 7", {}).count
    7
    """
    tokens = _tokens(line)
    words = _Words(line, tokens)
    then = words.take_if("then")
    if not words.peek():
        raise RecordError("the line is empty", found=repr(line), expected="a dose or an exposure", try_=DOSE_FORM)
    exposure = _exposure_at(words, exposures)
    if exposure is not None:
        if then:
            raise words.error("an exposure cannot follow by 'then'", "the exposure by itself", "leave 'then' out")
        return _exposure_line(words, exposure)
    _known_drug(words, exposures, drugs)
    return _dose_line(words, then)


def time_of(text: str) -> Fraction:
    """Read a time such as "730 d" or "-6 h" as hours, exactly.

    Raises
    ------
    RecordError
        The text is no time.
    """
    words = _Words(text, _tokens(text))
    hours = words.take_time("a time")
    words.finish("the end of the time")
    return hours


class _Words:
    """The words of a line, taken one after the other."""

    def __init__(self, line: str, tokens: list[str]) -> None:
        self.line = " ".join(line.split())
        self.tokens = tokens
        self.next = 0

    def peek(self) -> str:
        return self.tokens[self.next] if self.next < len(self.tokens) else ""

    def take(self) -> str:
        self.next += 1
        return self.tokens[self.next - 1] if self.next <= len(self.tokens) else ""

    def take_if(self, word: str) -> bool:
        """Take the next word if it is this one."""
        if self.peek().lower() != word:
            return False
        self.next += 1
        return True

    def error(self, problem: str, expected: str, try_: str) -> RecordError:
        return RecordError(problem, found=self.line, expected=expected, try_=try_)

    def take_number(self, what: str) -> Fraction:
        word = self.take()
        if re.fullmatch(r"[+-]?\.?(nan|inf|infinity)", word.lower()):
            raise self.error(f"{what} is no finite number", "a number", "leave the line out if it is not known")
        if re.fullmatch(r"\d+,\d+", word):
            raise self.error(f"'{word}' has a comma", "a point before the decimals", word.replace(",", "."))
        if not NUMBER.fullmatch(word):
            shown = f"'{word}'" if word else "the end of the line"
            raise self.error(
                f"{shown} stands where {what} should",
                f"{what}: a number and its unit",
                "look for a missing word before it",
            )
        return Fraction(word)

    def take_time(self, what: str) -> Fraction:
        """A number and a unit of time, in hours."""
        number = self.take_number(what)
        word = self.take()
        if not word or word.lower() in KEYWORDS:
            raise self.error(
                f"{what} has no unit", "a time with its unit", f"{float(number):g} h, or {float(number):g} d"
            )
        found = _unit(self, word)
        if not found.powers or found.inner != "h":
            raise self.error(f"'{word}' is no unit of time", "s, min, h, d, weeks or years", f"{float(number):g} h")
        hours = number * Fraction(found.factor).limit_denominator(SECONDS_AN_HOUR)
        if abs(hours) > LARGEST_TIME:
            raise self.error(f"{what} is too long", f"at most {int(LARGEST_TIME)} h", "look at the unit")
        return hours

    def finish(self, expected: str) -> None:
        """Nothing may follow."""
        if self.peek():
            word = self.peek()
            advice = {
                "and": "write two lines",
                "then": "begin the next line with 'then'",
                "bolus": "leave it out: a dose without 'over' is given at once",
                "daily": "every 24 h x <n>",
            }.get(word.lower(), "")
            if word.lower() == "every":
                advice = "one line for each time"
            raise self.error(f"'{word}' is not understood here", expected, advice)


def _tokens(line: str) -> list[str]:
    """The words of a line; "50mg" is two of them, and "x7" too."""
    tokens: list[str] = []
    for word in line.replace("×", " x ").split():
        joined = JOINED.fullmatch(word)
        if joined and not NUMBER.fullmatch(word):
            tokens += [joined[1], joined[2]]
        elif re.fullmatch(r"[xX]\d+", word):
            tokens += ["x", word[1:]]
        else:
            tokens.append(word)
    return tokens


def _unit(words: _Words, text: str) -> Unit:
    try:
        return unit(text)
    except UnitError as error:
        raise words.error(error.problem, error.expected, error.try_) from error


def _exposure_at(words: _Words, exposures: Mapping[str, Exposure]) -> Exposure | None:
    """The exposure whose (longest) name begins here, taken."""
    rest = " ".join(words.tokens[words.next :]).lower()
    for word in sorted(exposures, key=len, reverse=True):
        if rest == word or rest.startswith(word + " "):
            words.next += len(word.split())
            return exposures[word]
    return None


def _exposure_line(words: _Words, exposure: Exposure) -> ExposureLine:
    level = _level(words, exposure)
    if words.take_if("from"):
        time = words.take_time("the beginning")
        if not words.take_if("to"):
            raise words.error("the interval has no end", "from <time> to <time>", "to 10 d")
        end: Fraction | None = words.take_time("the end")
        if end is not None and end <= time:
            raise words.error(
                f"'{exposure.word}' ends before it begins", "from an earlier to a later time", "exchange the two"
            )
    elif words.take_if("for"):
        duration = words.take_time("the duration")
        if duration <= 0:
            raise words.error("the duration is not above zero", "a duration above 0 h", "for 1 h")
        if not words.take_if("at"):
            raise words.error("it is not said when it begins", "for <time> at <time>", "at 2 h")
        time = words.take_time("the beginning")
        end = time + duration
    elif words.peek().lower() == "at" and exposure.lasting:
        words.take()
        time, end = words.take_time("the time"), None
    else:
        word = words.peek()
        problem = f"'{word}' is not understood here" if word else f"it is not said when '{exposure.word}' happens"
        raise words.error(problem, EXPOSURE_FORM, f"{exposure.word} {exposure.usual:g} from 0 h to 1 h")
    words.finish("the end of the line: exposures are not repeated")
    return ExposureLine(exposure.word, level, time, end)


def _level(words: _Words, exposure: Exposure) -> float:
    """The level of an exposure, or the usual one when none is written."""
    if words.peek().lower() in ("from", "for", "at", ""):
        return exposure.usual
    if not re.match(r"[+-]?[\d.]|[+-]?(nan|inf)", words.peek().lower()):
        raise words.error(
            f"'{words.peek()}' is not understood here", EXPOSURE_FORM, f"{exposure.word} {exposure.usual:g}"
        )
    level = float(words.take_number("the level"))
    if words.peek().lower() not in ("from", "for", "at", ""):
        text = words.take()
        _unit(words, text)
        try:
            level = convert(level, text, exposure.unit)
        except UnitError as error:
            raise words.error(error.problem, f"a level in {exposure.unit}", f"{exposure.usual:g}") from error
    if not exposure.low <= level <= exposure.high:
        raise words.error(
            f"the level of '{exposure.word}' is out of bounds",
            f"{exposure.low:g} to {exposure.high:g} {exposure.unit}",
            f"{exposure.usual:g} is its usual level",
        )
    return level


def _known_drug(words: _Words, exposures: Mapping[str, Exposure], drugs: Collection[str] | None) -> None:
    """The next word is a drug, or the path of a drug record."""
    name = words.peek()
    if drugs is None or name in drugs or name.endswith(".yaml"):
        return
    intended = "exposure" if {"from", "for"} & {word.lower() for word in words.tokens} else "drug"
    known = list(exposures) if intended == "exposure" else list(drugs)
    where = "catalog/exposures.yaml" if intended == "exposure" else "catalog/drugs"
    raise words.error(
        f"unknown {intended} '{name}'",
        f"an {intended} of {where} ({len(known)} known)"
        if intended == "exposure"
        else f"the id of a record in {where} ({len(known)} known)",
        nearest(name, [*drugs, *exposures]) or nearest(name, known) or "enkephalin list drugs",
    )


def _dose_line(words: _Words, then: bool) -> DoseLine:
    drug = words.take()
    amount = float(words.take_number("the amount"))
    if amount <= 0:
        problem = "the dose is negative" if amount < 0 else "the dose is zero"
        raise words.error(problem, "an amount above zero", "leave the line out if nothing is given")
    amount_unit, per_kg = _amount_unit(words)
    route = _route(words)
    duration = words.take_time("the duration") if words.take_if("over") else None
    if duration is not None and duration <= 0:
        raise words.error("the duration is not above zero", "over <time>", "leave 'over' out for a dose at once")
    if not words.take_if("at"):
        word = words.peek()
        problem = f"'{word}' is not understood here" if word else "it is not said when the dose is given"
        advice = "leave it out: a dose without 'over' is given at once" if word.lower() == "bolus" else "at 0 h"
        raise words.error(problem, DOSE_FORM, advice)
    time = words.take_time("the time")
    interval, count = _repeats(words, time)
    words.finish("the end of the line")
    if duration is not None and interval is not None and duration > interval:
        raise words.error(
            "each dose lasts longer than the time to the next",
            "over <time> not above every <time>",
            "a shorter 'over', or a longer 'every'",
        )
    return DoseLine(drug, amount, amount_unit, per_kg, route, duration, time, interval, count, then)


def _amount_unit(words: _Words) -> tuple[str, bool]:
    """The unit of an amount, and whether it is per kg of body weight."""
    text = words.take()
    if not text or text.lower() in KEYWORDS or text.lower() in (*ROUTES, *ABBREVIATIONS):
        raise words.error("the amount has no unit", "a mass or an amount of substance", "mg, ug, nmol, or mg/kg")
    base, _, per = text.partition("/")
    if per not in ("", "kg"):
        raise words.error(
            f"'{text}' is no unit of a dose", "a mass or an amount of substance", "mg, ug, nmol, or mg/kg"
        )
    found = _unit(words, base)
    if found.inner not in ("ng", "nmol"):
        advice = "a rate is given as  <amount> iv over <time>" if per else "mg, ug, nmol, or mg/kg"
        raise words.error(f"'{text}' is no unit of a dose", "a mass or an amount of substance", advice)
    return base, per == "kg"


def _route(words: _Words) -> str:
    word = words.take()
    route = ABBREVIATIONS.get(word.lower(), word.lower())
    if route in ROUTES:
        return route
    known = [*ROUTES, *ABBREVIATIONS]
    if not word or word.lower() in KEYWORDS:
        raise words.error("the dose has no route", "a route after the amount", "oral, intravenous, sublingual ...")
    raise words.error(
        f"unknown route '{word}'", "one of " + ", ".join(ROUTES), nearest(word, known) or "oral, iv, im, sc, sl"
    )


def _repeats(words: _Words, time: Fraction) -> tuple[Fraction | None, int]:
    """How often: interval and count; one dose has none."""
    if not words.take_if("every"):
        return None, 1
    interval = words.take_time("the interval")
    if interval <= 0:
        raise words.error("the interval is not above zero", "every <time>", "every 24 h")
    if words.take_if("x"):
        number = words.take_number("the number of doses")
        if number.denominator != 1:
            raise words.error("the number of doses is not whole", "x <n>", f"x {max(1, round(number))}")
        if number < 1:
            raise words.error("the number of doses is not above zero", "x <n> with n of 1 or more", "x 1")
        count = int(number)
    elif words.take_if("until"):
        until = words.take_time("the end")
        if until <= time:
            raise words.error("'until' lies before the first dose", "a time after the first dose", "every <time> x <n>")
        count = -((time - until) // interval)  # [first, until): a dose at 'until' itself is not given
    else:
        raise words.error("it is not said how often", "every <time> x <n>, or every <time> until <time>", "x 7")
    if count > LARGEST_COUNT:
        raise words.error("too many doses", f"at most {LARGEST_COUNT}", "a longer interval")
    return (interval, count) if count > 1 else (None, 1)
