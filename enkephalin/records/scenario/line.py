"""Line: one line of the language as words that are taken one after the other.

Needs    units, slips
Gives    ``Words``, ``read_unit``, ``repeats``, ``begins_like_a_number``
Leaves   what the words mean: see ``grammar`` and ``exposure_lines``
"""

from __future__ import annotations

import re
from fractions import Fraction

from ...errors import RecordError, UnitError
from ..units import Unit, unit
from .slips import advice, number_advice, thousands

# Digits are 0 to 9: another script may have a four that looks like an eight.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
JOINED = re.compile(rf"({NUMBER.pattern})([A-Za-zµμ%].*)")
LONGEST_NUMBER = 100  # characters
LONGEST_SHOWN = 200  # characters of a line in a message
LARGEST_COUNT = 100_000
LARGEST_TIME = Fraction(1_000_000)  # h; more than a century
KEYWORDS = ("at", "every", "until", "over", "from", "to", "for", "then", "x", "except", "since")
SECONDS_AN_HOUR = 3600


def shortened(line: str) -> str:
    """A line as messages show it."""
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} ..."


class Words:
    """The words of a line, taken one after the other."""

    def __init__(self, line: str) -> None:
        self.line = shortened(" ".join(line.split()))
        self.tokens = _tokens(line)
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
            raise self.error(f"'{word}' has a comma", "a point before the decimals", thousands(word))
        if not NUMBER.fullmatch(word):
            shown = f"'{word}'" if word else "the end of the line"
            raise self.error(
                f"{shown} stands where {what} should", f"{what}: a number and its unit", number_advice(word)
            )
        if len(word) > LONGEST_NUMBER:
            raise self.error(f"{what} is too long", f"a number of at most {LONGEST_NUMBER} characters", "fewer digits")
        return Fraction(word)

    def take_time(self, what: str) -> Fraction:
        """A number and a unit of time, in hours."""
        number = self.take_number(what)
        word = self.take()
        if not word or word.lower() in KEYWORDS:
            raise self.error(
                f"{what} has no unit", "a time with its unit", f"{float(number):g} h, or {float(number):g} d"
            )
        found = read_unit(self, word)
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
            near = advice(word) or "leave the rest of the line out"
            if word.lower() == "every":
                near = "for <time> at <time> every <time> x <n>, or one line for each time"
            raise self.error(f"'{word}' is not understood here", expected, near)


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


def read_unit(words: Words, text: str) -> Unit:
    try:
        return unit(text)
    except UnitError as error:
        raise words.error(error.problem, error.expected, error.try_) from error


def repeats(words: Words, time: Fraction) -> tuple[Fraction | None, int]:
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
        near = advice("for") if words.peek().lower() == "for" else "x 7"
        raise words.error("it is not said how often", "every <time> x <n>, or every <time> until <time>", near)
    if count > LARGEST_COUNT:
        raise words.error("too many times", f"at most {LARGEST_COUNT}", "a longer interval")
    return (interval, count) if count > 1 else (None, 1)


def missed(words: Words, count: int) -> tuple[int, ...]:
    """Numbers of the doses that are not taken, from 1: "except 3, 5 to 7"; nothing else may follow them."""
    if not words.take_if("except"):
        return ()
    if count == 1:
        raise words.error(
            "one dose cannot be taken with exceptions", "every <time> x <n> before 'except'", "every 24 h x 7"
        )
    found: list[int] = []
    while True:
        first = last = _dose_number(words, count)
        if words.take_if("to"):
            last = _dose_number(words, count)
            if last <= first:
                raise words.error("the missed doses run backwards", "except <first> to <last>", f"{last} to {first}")
        found += range(first, last + 1)
        if not (words.peek() and NUMBER.fullmatch(words.peek().rstrip(","))):
            break
    if len(set(found)) < len(found):
        raise words.error("a dose is missed twice", "each number once", "leave one out")
    if len(found) == count:
        raise words.error("every dose is missed", "a dose that is taken", "leave the line out if nothing is given")
    return tuple(sorted(found))


def _dose_number(words: Words, count: int) -> int:
    """The number of a dose, from 1; a comma may follow it."""
    word = words.take()
    number = word.rstrip(",")
    if not re.fullmatch(r"[0-9]{1,6}", number):
        shown = f"'{word}'" if word else "the end of the line"
        raise words.error(f"{shown} is no number of a dose", "except 3, 5 to 7", "the first dose is 1")
    if not 1 <= int(number) <= count:
        raise words.error(f"there is no dose {number}", f"numbers from 1 to {count}", f"except {count}")
    return int(number)


def since(words: Words, interval: Fraction | None) -> Fraction | None:
    """From when on a regimen was taken before the scenario: "since -180 d"."""
    if not words.take_if("since"):
        return None
    if interval is None:
        raise words.error("one dose cannot be taken since long before", "every <time> before 'since'", "every 24 h x 7")
    time = words.take_time("the time since when")
    if time >= 0:
        raise words.error("'since' counts back from the start", "a negative time", "since -180 d")
    return time
