"""The whole body's rates of change as plain NumPy, many people (or many nudged copies of one) at once.

Needs    a built body
Gives    ``Body``: ``start``, ``rates``, ``jacobian`` by finite differences from one side
Leaves   integration: see the engines
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from equations import _library

from enkephalin.compiler.model import Model, build
from enkephalin.compiler.numeric import starts
from enkephalin.compiler.text import names_in


class Body:
    """Rates of a built model, straight from its sentences."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.states = model.states
        rules = {s.target: s for s in model.statements if s.kind == "rule"}
        rates = {s.target: s for s in model.statements if s.kind == "rate"}
        order: dict[str, None] = {}
        for name in rules:
            _visit(name, rules, order)
        self.rules = [(name, compile(rules[name].expression.replace("^", "**"), name, "eval")) for name in order]
        self.laws = [compile(rates[name].expression.replace("^", "**"), name, "eval") for name in self.states]

    def start(self, theta: Mapping[str, np.ndarray] | None = None, people: int = 1) -> dict[str, np.ndarray]:
        """Constants and initial values of each person; flat name -> shape (person,)."""
        return starts(self.model, theta or {}, people)

    def values(self, given: Mapping[str, np.ndarray], time: np.ndarray | float = 0.0) -> dict[str, np.ndarray]:
        """Everything, rules included."""
        scope = dict(given) | {"time": time}
        library = _library()
        for name, code in self.rules:
            scope[name] = eval(code, library, scope)
        return scope

    def rates(self, given: Mapping[str, np.ndarray], time: np.ndarray | float = 0.0) -> np.ndarray:
        """Rates of change, shape (person, state)."""
        scope = self.values(given, time)
        people = max(np.size(value) for value in given.values())
        return np.stack([np.broadcast_to(eval(law, _library(), scope), people) for law in self.laws], axis=-1)

    def slopes(self, given: Mapping[str, np.ndarray], names: list[str], step: float) -> np.ndarray:
        """Slopes of all rates in these names, from the side of ``step``; shape (person, name, state)."""
        people = max(np.size(value) for value in given.values())
        size = len(names) + 1
        # p person, c copy: copy 0 as it is, copy k nudged in name k - 1
        wide = {
            name: np.repeat(np.broadcast_to(value, people), size).reshape(people, size).copy()
            for name, value in given.items()
        }
        nudges = np.empty((people, len(names)))
        for copy, name in enumerate(names, start=1):
            nudges[:, copy - 1] = step * np.maximum(1.0, np.abs(wide[name][:, 0]))
            wide[name][:, copy] += nudges[:, copy - 1]
        flat = {name: value.ravel() for name, value in wide.items()}
        rates = self.rates(flat).reshape(people, size, len(self.states))
        return (rates[:, 1:] - rates[:, :1]) / nudges[:, :, None]


def _visit(name: str, rules: Mapping, order: dict[str, None]) -> None:
    if name in order or name not in rules:
        return
    for other in names_in(rules[name].expression):
        _visit(other, rules, order)
    order[name] = None


@functools.cache
def human(*slots: str) -> Body:
    """The human body with these ligand slots."""
    return Body(build("human", slots or None))
