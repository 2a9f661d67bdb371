"""One module by itself: its sentences as plain Python, with the wires and states that a test chooses.

Needs    the text of a module, the values of one of its instances in a built body
Gives    ``modules()``, ``Module.evaluate(symbol, values)``, ``Module.rate(state, values)``
Leaves   the wiring: see ``body``
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from enkephalin.compiler.model import BIOLOGY, build
from enkephalin.compiler.text import Statement, names_in, read_text

LIBRARY = {"exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "cos": np.cos, "pi": np.pi, "__builtins__": {}}


@dataclass(frozen=True)
class Module:
    """A module with the values of one of its instances."""

    name: str
    instance: str
    wires: tuple[str, ...]
    rules: Mapping[str, Statement]
    rates: Mapping[str, Statement]
    values: Mapping[str, float]

    @property
    def gives(self) -> tuple[str, ...]:
        """Wires that the module computes."""
        return tuple(wire for wire in self.wires if wire in self.rules)

    @property
    def needs(self) -> tuple[str, ...]:
        """Wires that it only reads."""
        return tuple(wire for wire in self.wires if wire not in self.rules)

    def evaluate(self, symbol: str, given: Mapping[str, np.ndarray]) -> np.ndarray:
        """A rule's value where the given names have these values; its own constants fill the rest."""
        return self._of(self.rules[symbol].expression, dict(given)) if symbol in self.rules else given[symbol]

    def rate(self, state: str, given: Mapping[str, np.ndarray]) -> np.ndarray:
        """The rate of change of a state."""
        return self._of(self.rates[state].expression, dict(given))

    def _of(self, expression: str, scope: dict) -> np.ndarray:
        for name in names_in(expression):
            if name not in scope:
                statement = self.rules.get(name)
                scope[name] = self._of(statement.expression, scope) if statement else self.values[name]
        return eval(expression.replace("^", "**"), _library(), scope)  # our own text, read token by token


@functools.cache
def _library() -> dict:
    found = dict(LIBRARY)
    for function in read_text(BIOLOGY / "modules/functions.ant", "functions.ant").functions:
        text = f"lambda {', '.join(function.arguments)}: {function.expression.replace('^', '**')}"
        found[function.name] = eval(text, found)
    return found


def shape(name: str):
    """A shared smooth function of modules/functions.ant."""
    return _library()[name]


@functools.cache
def modules() -> dict[str, tuple[Module, ...]]:
    """Every module of every assembly, once for each different set of values that an instance of it has."""
    found: dict[str, dict[tuple, Module]] = {}
    pairs = [
        (build(path.stem), instance)
        for path in sorted(BIOLOGY.glob("models/*.ant"))
        for instance in read_text(path, path.name).instances
    ]
    for body, instance in pairs:
        text = read_text(BIOLOGY / f"modules/{instance.module}.ant", f"{instance.module}.ant")
        prefix = f"{instance.name}__"
        values = {flat[len(prefix) :]: row.inner_value for flat, row in body.rows.items() if flat.startswith(prefix)}
        kept = {name: value for name, value in values.items() if value is not None}
        module = Module(
            instance.module,
            instance.name,
            text.arguments,
            {s.target: s for s in text.statements if s.kind == "rule"},
            {s.target: s for s in text.statements if s.kind == "rate"},
            kept,
        )
        found.setdefault(instance.module, {}).setdefault(tuple(sorted(kept.items())), module)
    return {name: tuple(several.values()) for name, several in found.items()}
