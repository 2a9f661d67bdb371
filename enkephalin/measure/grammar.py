"""Grammar of the read-outs: one line of words to what shall be read from a result.

Needs    units
Gives    ``parse(text)``: a ``Summary``, ``Moment``, ``Crossing``, ``Rise``, ``Halving``, or a ``Pair`` of two
Leaves   reading it from a result: see ``measure``

    readout   part | readout - part                   the minus stands between blanks; -24 h is a time
    part      single | part / single                  so does the stroke; 1/d is a unit
    single    ( readout )
              peak | lowest | mean | area  <value> [<window>]
              time of peak | time of lowest  <value> [<window>]
              first | last  <value> above | below <number> [<unit>] [<window>]
              rise of <value> from <time> to <time>
              half-life of <value> from <time> to <time>
              <value> at <time>
    value     name, or name[coordinates]              dopamine[NAc], blockade[mu THAL]; any order
    window    after <time> | before <time> | from <time> to <time>
    time      number and unit, counted from the scenario's zero
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..errors import RequestError, UnitError
from ..records.units import quantity, unit

KINDS = ("peak", "lowest", "mean", "area")
EXAMPLES = "peak cows after 0 h; lowest dopamine[NAc] from 24 h to 48 h; cows at 6 h; first cows above 5 after 0 h"

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_NAME = re.compile(r"([A-Za-z_]\w*)(?:\[([^\[\]]*)\])?")
_TOKEN = re.compile(r"[A-Za-z_]\w*\[[^\[\]]*\]|[()]|[^\s()]+")
_JOINED = re.compile(rf"({_NUMBER})([A-Za-zµμ%].*)")


@dataclass(frozen=True)
class Watched:
    """A value of the result, at the coordinates named in brackets; dims that are not named are kept."""

    name: str
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}[{' '.join(self.where)}]" if self.where else self.name


@dataclass(frozen=True)
class Window:
    """[start, end) in hours from zero; None is the beginning, or the end, of the result (its last value counts)."""

    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Summary:
    """Peak, lowest, mean or area of a value in a window, or the time of its peak or lowest."""

    kind: Literal["peak", "lowest", "mean", "area"]
    of: Watched
    window: Window
    time: bool = False


@dataclass(frozen=True)
class Moment:
    """A value at one time."""

    of: Watched
    at: float


@dataclass(frozen=True)
class Crossing:
    """The first or last time at which a value lies above or below a threshold."""

    which: Literal["first", "last"]
    of: Watched
    side: Literal["above", "below"]
    threshold: float
    unit: str
    window: Window


@dataclass(frozen=True)
class Rise:
    """How much higher a value is at the end than at the start; below zero when it fell."""

    of: Watched
    start: float
    end: float


@dataclass(frozen=True)
class Halving:
    """The time in which a value would halve, if it fell between two times as it does from one end to the other."""

    of: Watched
    start: float
    end: float


@dataclass(frozen=True)
class Pair:
    """The ratio or the difference of two read-outs."""

    sign: Literal["/", "-"]
    left: Readout
    right: Readout


Readout = Summary | Moment | Crossing | Rise | Halving | Pair


def parse(text: str) -> Readout:
    """Read a read-out as a person writes it.

    Parameters
    ----------
    text : str
        One line of the grammar above.

    Returns
    -------
    Readout
        What to read, with times in hours.

    Raises
    ------
    RequestError, UnitError
        The line leaves the grammar; the message says where.

    Example
    -------
    >>> parse("peak cows after 1 d").window.start
    24.0
    """
    words = _Words(text)
    found = _readout(words)
    if words.peek():
        raise words.error(f"'{words.peek()}' is not understood here", "the end of the read-out, ' / ' or ' - '")
    return found


class _Words:
    """The words of a read-out, taken one after the other."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.tokens: list[str] = []
        for token in _TOKEN.findall(re.sub(r"\s+\[", "[", self.text)):
            joined = _JOINED.fullmatch(token)
            self.tokens += [joined[1], joined[2]] if joined and not re.fullmatch(_NUMBER, token) else [token]
        self.next = 0

    def peek(self) -> str:
        return self.tokens[self.next] if self.next < len(self.tokens) else ""

    def take(self) -> str:
        self.next += 1
        return self.tokens[self.next - 1] if self.next <= len(self.tokens) else ""

    def take_if(self, *words: str) -> str:
        """Take the next word if it is one of these."""
        return self.take() if self.peek() in words and self.peek() else ""

    def need(self, word: str, expected: str) -> None:
        if not self.take_if(word):
            raise self.error(f"{self.shown()} stands where '{word}' should", expected)

    def shown(self) -> str:
        return f"'{self.peek()}'" if self.peek() else "the end"

    def error(self, problem: str, expected: str, try_: str = EXAMPLES) -> RequestError:
        return RequestError(problem, place="read-out", found=self.text, expected=expected, try_=try_)


def _readout(words: _Words) -> Readout:
    found = _part(words)
    while words.take_if("-"):
        found = Pair("-", found, _part(words))
    return found


def _part(words: _Words) -> Readout:
    found = _single(words)
    while words.take_if("/"):
        found = Pair("/", found, _single(words))
    return found


def _single(words: _Words) -> Readout:
    if words.take_if("("):
        found = _readout(words)
        words.need(")", "a closing bracket")
        return found
    if kind := words.take_if(*KINDS):
        return Summary(kind, _watched(words), _window(words))  # type: ignore[arg-type]
    if words.take_if("time"):
        words.need("of", "time of peak, or time of lowest")
        kind = words.take_if("peak", "lowest")
        if not kind:
            raise words.error(f"{words.shown()} has no time", "time of peak, or time of lowest")
        return Summary(kind, _watched(words), _window(words), time=True)  # type: ignore[arg-type]
    if which := words.take_if("first", "last"):
        return _crossing(words, which)
    if which := words.take_if("rise", "half-life"):
        form = f"{which} of <value> from <time> to <time>"
        words.need("of", form)
        of, window = _watched(words), _window(words)
        if window.start is None or window.end is None:
            raise words.error(f"a {which} needs both its times", form)
        return (Rise if which == "rise" else Halving)(of, window.start, window.end)
    of = _watched(words)
    words.need("at", f"{of} at <time>, or one of {', '.join(KINDS)} before it")
    return Moment(of, _time(words))


def _crossing(words: _Words, which: str) -> Crossing:
    of = _watched(words)
    side = words.take_if("above", "below")
    if not side:
        raise words.error(f"{words.shown()} stands where 'above' or 'below' should", f"{which} {of} above <number>")
    number = words.take()
    if not re.fullmatch(_NUMBER, number):
        raise words.error(f"'{number}' is no number", f"{which} {of} {side} <number>")
    given = ""
    if words.peek() not in ("", "after", "before", "from", "/", "-", ")"):
        given = words.take()
        unit(given)
    return Crossing(which, of, side, float(number), given, _window(words))  # type: ignore[arg-type]


def _watched(words: _Words) -> Watched:
    match = _NAME.fullmatch(words.peek())
    if not match:
        raise words.error(f"{words.shown()} stands where a watched value should", "a name, as in cows or dopamine[NAc]")
    words.take()
    return Watched(match[1], tuple((match[2] or "").replace(",", " ").split()))


def _window(words: _Words) -> Window:
    if words.take_if("after"):
        return Window(start=_time(words))
    if words.take_if("before"):
        return Window(end=_time(words))
    if not words.take_if("from"):
        return Window()
    start = _time(words)
    words.need("to", "from <time> to <time>")
    end = _time(words)
    if not start < end:
        raise words.error("the window ends before it begins", "from an earlier to a later time")
    return Window(start, end)


def _time(words: _Words) -> float:
    number = words.take()
    if not re.fullmatch(_NUMBER, number):
        raise words.error(
            f"'{number}' is no time" if number else "a time is missing", "a number and its unit: 24 h, -1 d"
        )
    word = words.take()
    if not word or word in ("/", "-", ")", "to"):
        raise words.error("a time has no unit", "a number and its unit", f"{number} h, or {number} d")
    found = quantity(f"{number} {word}")
    if unit(word).inner != "h":
        raise UnitError(
            f"'{word}' is no unit of time",
            place="read-out",
            found=words.text,
            expected="s, min, h, d or weeks",
            try_="at 6 h",
        )
    return found.inner()
