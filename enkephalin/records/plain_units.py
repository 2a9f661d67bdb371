"""Plain units: the common unit texts read without pint, whose loading takes longer than a simulation.

Needs    the definitions of ``units``
Gives    ``measure``: size and dimensions of "nmol/L", "1/(nM*min)", "mg/kg"; None for whatever is not plain
Leaves   every other text, and all complaints, to pint (units); a test compares the two
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Measure = tuple[float, dict[str, float]]  # in root units of the definitions, and the power of each dimension

_TOKEN = re.compile(r"\s*(?:([^\W\d]\w*)|(\*\*|\^)\s*(-?\d+)|([*/()])|(1)(?![\w.]))")
_NUMBER_TIMES = re.compile(r"([\d.eE+-]+)(?:\s*\*\s*(\w+))?")  # 24 * hour, 0.01
_UNIT_OVER = re.compile(r"(\w+)\s*/\s*([\w.]+)")  # hour / 60, mole / liter
LONGEST_SYMBOL = 3  # letters; longer names take the spelled-out prefixes only


def measure(text: str, definitions: str) -> Measure | None:
    """What a text means, where it is made of known names, "1", products, quotients, powers and brackets.

    Example
    -------
    >>> measure("1/min", "hour = [time] = h" + chr(10) + "minute = hour / 60 = min")
    (60.0, {'[time]': -1.0})
    """
    tokens = _tokens(text)
    if tokens is None:
        return None
    reader = _Reader(tokens, _names(definitions))
    try:
        found = reader.product()
    except (_NotPlainError, ArithmeticError):
        return None
    return None if reader.left() else found


class _NotPlainError(Exception):
    """Something that only pint may judge."""


class _Reader:
    """Products and quotients from left to right; a power belongs to what stands just before it."""

    def __init__(self, tokens: list[str], names: Mapping[str, Measure]) -> None:
        self._tokens, self._names, self._next = tokens, names, 0

    def left(self) -> bool:
        return self._next < len(self._tokens)

    def product(self) -> Measure:
        size, powers = self._factor()
        while self.left() and self._tokens[self._next] in "*/":
            sign = 1 if self._take() == "*" else -1
            other, more = self._factor()
            size *= other**sign
            powers = _joined(powers, more, sign)
        return size, powers

    def _factor(self) -> Measure:
        token = self._take()
        if token == "(":
            found = self.product()
            if self._take() != ")":
                raise _NotPlainError
        elif token == "1":
            found = 1.0, {}
        elif token in self._names:
            found = self._names[token]
        else:
            raise _NotPlainError
        if self.left() and self._tokens[self._next].startswith("^"):
            power = int(self._take()[1:])
            found = found[0] ** power, {name: value * power for name, value in found[1].items() if power}
        return found

    def _take(self) -> str:
        if not self.left():
            raise _NotPlainError
        self._next += 1
        return self._tokens[self._next - 1]


def _tokens(text: str) -> list[str] | None:
    """Names, signs, "1", and powers as "^2"."""
    found, place = [], 0
    text = text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        name, power, exponent, sign, one = match.groups()
        found.append(f"^{exponent}" if power else name or sign or one)
        place = match.end()
    return found


@cache
def _names(definitions: str) -> dict[str, Measure]:
    """Every name with every prefix of its own kind: long with long, short with short."""
    known: dict[str, Measure] = {}
    prefixes: dict[bool, dict[str, float]] = {True: {}, False: {}}  # by whether they are spelled out
    units: list[list[str]] = []
    for line in definitions.strip().splitlines():
        name, meaning, *others = [part.strip() for part in line.split("=")]
        if name.endswith("-"):
            prefixes[True][name[:-1]] = float(meaning)
            prefixes[False] |= {other.rstrip("-"): float(meaning) for other in others}
            continue
        known |= dict.fromkeys([name, *others], _meaning(meaning, known))
        units.append([name, *others])
    for name, *others in units:
        size, powers = known[name]
        for spelled, names in ((True, [name]), (False, [other for other in others if len(other) <= LONGEST_SYMBOL])):
            for prefix, factor in prefixes[spelled].items():
                for each in names:
                    known.setdefault(prefix + each, (factor * size, powers))
    return known


def _meaning(text: str, known: Mapping[str, Measure]) -> Measure:
    """The right side of a definition."""
    if text.startswith("["):
        return 1.0, {text: 1.0}
    if over := _UNIT_OVER.fullmatch(text):
        (size, powers), below = known[over[1]], over[2]
        if below in known:
            return size / known[below][0], _joined(powers, known[below][1], -1)
        return size / float(below), powers
    times = _NUMBER_TIMES.fullmatch(text)
    assert times, text
    size, powers = known[times[2]] if times[2] else (1.0, {})
    return float(times[1]) * size, powers


def _joined(one: Mapping[str, float], other: Mapping[str, float], sign: int) -> dict[str, float]:
    """The dimensions of a product."""
    found = {name: one.get(name, 0.0) + sign * other.get(name, 0.0) for name in {**one, **other}}
    return {name: power for name, power in found.items() if power}
