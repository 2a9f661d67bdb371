"""Rates for libRoadRunner in which every rule is computed once.

Needs    a built model
Gives    ``rates_with_named_parts``: per state an expression, and the functions it calls

libRoadRunner has no memory for a rule: wherever a rule is read it is computed again, with all rules it reads inside,
and a body of nested rules becomes slower than useless. The arguments of a function it does compute once. So what is
read more than once becomes the argument of a function, and the rest of the rate its body:

    u := a*b;  v := u + u*c;  x' = v - v^2          becomes          x' = F1(a*b)
                                                                     F1(u) = F2(u + u*c)
                                                                     F2(v) = v - v^2

Bodies read states and constants by their own names, which libRoadRunner allows; the text is for it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass

from enkephalin.compiler.model import Model
from enkephalin.compiler.text import CONSTANTS, TOKEN, rename


@dataclass(frozen=True)
class Part:
    """A function: name(arguments) = expression."""

    name: str
    arguments: tuple[str, ...]
    expression: str


def rates_with_named_parts(model: Model, fixed: Container[str]) -> tuple[dict[str, str], tuple[Part, ...]]:
    """The rate of each state, and the functions that the rates call.

    Parameters
    ----------
    model : Model
        The body.
    fixed : set of str
        Rules that are constants of a run; they are read by name.

    Returns
    -------
    rates : dict
        State -> expression in states, inputs, constants and calls.
    parts : tuple of Part
        A function stands before those that call it.
    """
    rules = {
        statement.target: statement.expression
        for statement in model.statements
        if statement.kind == "rule" and statement.target not in fixed
    }
    rates: dict[str, str] = {}
    parts: list[Part] = []
    for index, statement in enumerate(one for one in model.statements if one.kind == "rate"):
        rates[statement.target], own = _rate(statement.expression, rules, f"rate_{index}")
        parts += own
    return rates, tuple(parts)


def _rate(expression: str, rules: Mapping[str, str], name: str) -> tuple[str, list[Part]]:
    """One rate and its functions."""
    read = _reads_in_all(expression, rules)
    inside: dict[str, str] = {}  # rules that are read once are written where they are read
    named: dict[str, str] = {}
    for rule in read:  # each after those it reads
        written = rename(rules[rule], {one: inside.get(one, one) for one in _names(rules[rule])})
        (inside if read[rule] == 1 else named)[rule] = f"({written})"
    final = rename(expression, {one: inside.get(one, one) for one in _names(expression)})
    level: dict[str, int] = {}
    for rule, written in named.items():
        level[rule] = 1 + max((level[one] for one in _names(written) if one in named), default=0)
    last = max(level.values(), default=0)
    needed = _alive(named, level, final, last)
    parts = [Part(f"{name}_{last}", needed[last], final)] if last else []
    for step in reversed(range(1, last)):
        parts.append(Part(f"{name}_{step}", needed[step], _call(name, step + 1, needed, level, named)))
    return (_call(name, 1, needed, level, named) if last else final), parts


def _call(
    name: str, step: int, needed: Mapping[int, tuple[str, ...]], level: Mapping[str, int], named: Mapping[str, str]
) -> str:
    """The call of the function of one step: what is new there is computed, the rest handed on."""
    return f"{name}_{step}({', '.join(named[one] if level[one] == step else one for one in needed[step])})"


def _alive(named: Mapping[str, str], level: Mapping[str, int], final: str, last: int) -> dict[int, tuple[str, ...]]:
    """Per step, the values of this or an earlier step that a later step reads."""
    needed: dict[int, tuple[str, ...]] = {}
    wanted = {one for one in _names(final) if one in named}
    for step in reversed(range(1, last + 1)):
        needed[step] = tuple(rule for rule in named if rule in wanted and level[rule] <= step)
        for rule in named:
            if level[rule] == step:
                wanted |= {one for one in _names(named[rule]) if one in named}
    return needed


def _reads_in_all(expression: str, rules: Mapping[str, str]) -> dict[str, int]:
    """How often each rule is read in a rate and in the rules it needs, each rule after those it reads itself."""
    order: dict[str, None] = {}
    stack = [(one, False) for one in _names(expression)]
    while stack:
        rule, ready = stack.pop()
        if rule in order or rule not in rules:
            continue
        if ready:
            order[rule] = None
            continue
        stack.append((rule, True))
        stack += [(one, False) for one in _names(rules[rule])]
    count = Counter(one for text in (expression, *(rules[rule] for rule in order)) for one in _names(text))
    return {rule: count[rule] for rule in order}


def _names(expression: str) -> list[str]:
    """Every name in an expression as often as it stands there; functions and constants are no names."""
    found = []
    matches = list(TOKEN.finditer(expression))
    for position, match in enumerate(matches):
        called = position + 1 < len(matches) and matches[position + 1].group() == "("
        if match.lastgroup == "name" and not called and match.group() not in CONSTANTS:
            found.append(match.group())
    return found
