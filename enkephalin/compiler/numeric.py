"""The equations as plain NumPy: slow, readable, vectorised over people and times.

Needs    a built model
Gives    ``starts``: initial values of every person; ``evaluate``: rules from states; ``needed_by``
Leaves   integration (see kernels)
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from types import CodeType
from typing import Any

import numpy as np

from enkephalin.compiler.model import Model
from enkephalin.compiler.text import Statement, names_in
from enkephalin.errors import ModelError

Array = np.ndarray
LIBRARY: dict[str, Any] = {
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "cos": np.cos,
    "sin": np.sin,
    "tan": np.tan,
    "tanh": np.tanh,
    "cosh": np.cosh,
    "sinh": np.sinh,
    "arctan": np.arctan,
    "pow": np.power,
    "pi": np.pi,
    "__builtins__": {},
}


def starts(model: Model, theta: Mapping[str, Array], people: int, time: float = 0.0) -> dict[str, Array]:
    """Every constant and every initial value of each person.

    Parameters
    ----------
    model : Model
        The body.
    theta : mapping
        Flat name -> values, shape (person,), where a person differs from the tables.
    people : int
        How many people.

    Returns
    -------
    dict
        Flat name -> shape (person,), in inner units, for every parameter, state, input and initial assignment.
    """
    values: dict[str, Array] = {name: np.full(people, value) for name, value in model.parameters.items()}
    initial = [statement.target for statement in model.statements if statement.kind == "initial"]
    for name in initial:
        values.pop(name, None)
    for name, given in theta.items():
        values[name] = np.broadcast_to(np.asarray(given, float), (people,))
    missing = [name for name in initial if name not in values]
    computed = evaluate(model, missing, values, time, start=True)
    return values | {name: np.broadcast_to(computed[name], (people,)) for name in missing}


def evaluate(
    model: Model, names: Iterable[str], values: Mapping[str, Array], time: Array | float, *, start: bool = False
) -> dict[str, Array]:
    """Values of the asked names: given ones as they are, rules computed in their order.

    Parameters
    ----------
    model : Model
        The body.
    names : list of str
        Flat names of rules, states or parameters.
    values : mapping
        Flat name -> array of states, inputs and constants; shapes must broadcast.
    time : array or float
        In h.

    Rarely needed
    -------------
    start : bool
        True while initial assignments are being found.

    Returns
    -------
    dict
        Flat name -> array, for each asked name.
    """
    wanted = list(names)
    code, library = _code(model.structure_digest, model)
    scope: dict[str, Any] = dict(values)
    scope["time"] = time
    for name in _order(model, wanted, start):
        if name not in values:
            scope[name] = eval(code[name], library, scope)
    for name in wanted:
        if name not in scope:
            raise ModelError(f"nothing computes '{name}'", found=name, expected="a state, rule or parameter")
    return {name: np.asarray(scope[name], float) for name in wanted}


def needed_by(model: Model, names: Iterable[str], *, start: bool = False) -> set[str]:
    """All names that the given names are computed from, themselves included."""
    by_target = _computed(model, start)
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            if name in by_target:
                queue += _reads(by_target[name].expression)
    return found


def rate_names(model: Model) -> set[str]:
    """All names that the rates of the states are computed from, the states included."""
    read = {name for statement in model.statements if statement.kind == "rate" for name in _reads(statement.expression)}
    return needed_by(model, read | set(model.states))


def constant_rules(model: Model, inputs: Iterable[str] = ()) -> frozenset[str]:
    """Rules that read neither states nor time nor inputs: one value per person for a whole run."""
    moving = {*model.states, *model.inputs, *inputs}
    rules = _computed(model, start=False)
    fixed: set[str] = set()
    for name in _order(model, list(rules), start=False):
        read = _reads(rules[name].expression)
        timed = re.search(r"\btime\b", rules[name].expression) is not None
        if not timed and all(other not in moving and (other not in rules or other in fixed) for other in read):
            fixed.add(name)
    return frozenset(fixed)


def _order(model: Model, names: list[str], start: bool) -> list[str]:
    """The computed names that are needed, each after what it reads."""
    by_target = _computed(model, start)
    order: dict[str, None] = {}
    stack = [(name, False) for name in reversed(names)]
    while stack:
        name, ready = stack.pop()
        if name in order or name not in by_target:
            continue
        if ready:
            order[name] = None
            continue
        stack.append((name, True))
        stack += [(read, False) for read in _reads(by_target[name].expression) if read not in order]
    return list(order)


def _computed(model: Model, start: bool) -> dict[str, Statement]:
    kinds = ("rule", "initial") if start else ("rule",)
    return {statement.target: statement for statement in model.statements if statement.kind in kinds}


@functools.cache
def _reads(expression: str) -> tuple[str, ...]:
    return tuple(names_in(expression))


_codes: dict[str, tuple[dict[str, CodeType], dict[str, Any]]] = {}


def _code(digest: str, model: Model) -> tuple[dict[str, CodeType], dict[str, Any]]:
    """Each sentence as Python code, once for each structure."""
    if digest not in _codes:
        library = dict(LIBRARY)
        for function in model.functions:
            library[function.name] = _function(function.arguments, function.expression, library)
        code = {
            statement.target: compile(_python(statement.expression), statement.place, "eval")
            for statement in model.statements
            if statement.kind in ("rule", "initial")
        }
        _codes[digest] = code, library
    return _codes[digest]


def _function(arguments: tuple[str, ...], expression: str, library: dict[str, Any]) -> Callable[..., Any]:
    made: Callable[..., Any] = eval(f"lambda {', '.join(arguments)}: {_python(expression)}", library)
    return made


def _python(expression: str) -> str:
    return expression.replace("^", "**")
