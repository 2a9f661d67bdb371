"""A lowered model with the derivatives of its states by chosen parameters as further states.

Needs    ``lower.Lowering``
Gives    ``Sensitive``: the same questions answered as by ``Lowering``, for the larger model
Keeps    only those derivatives that can differ from zero; ids such as "d(cortisol)/d(gain)"
Leaves   events and the public call: see ``kernels.sensitivity``

With y' = f(t, y, p), the derivative s = dy/dp of a parameter p follows  s' = (df/dy) s + df/dp,  from
s(0) = dy(0)/dp. Constants that the model computes from p at the start carry their derivative as further constants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from enkephalin.compiler.derivative import Row, differentiate
from enkephalin.compiler.lower import Lowering
from enkephalin.errors import ModelError, UnknownNameError, nearest

Leaf = tuple[str, int]


def slope_name(what: str, by: str) -> str:
    """The id of a derivative."""
    return f"d({what})/d({by})"


class Sensitive:
    """Further states for the derivatives by ``by``: ids of parameters, or of states for their start values.

    Attributes are those of ``Lowering``.
    """

    def __init__(self, base: Lowering, by: Sequence[str]) -> None:
        self.base, self.by, self.graph = base, tuple(by), base.graph
        self.rules, self.reactions = base.rules, base.reactions
        self._rates = [base.rate(name) for name in base.states]
        self._starts = {(kind, i): node for kind, i, node in base.starts()}
        self._slopes: dict[tuple[Leaf, str], int] = {}
        states, parameters = list(base.states), list(base.parameters)
        self._rate: dict[str, int] = {}
        self._start: list[tuple[str, int, int]] = []
        for name in self.by:
            chosen = self._leaf(name)
            at_start = self._at_start(chosen)
            for kind, i in self._moved(chosen, at_start):
                ids, new = (base.states, states) if kind == "state" else (base.parameters, parameters)
                self._slopes[(kind, i), name] = self.graph.leaf(kind, len(new))
                self._start.append((kind, len(new), at_start.get((kind, i), self.graph.zero)))
                new.append(slope_name(ids[i], name))
        self.states, self.parameters = tuple(states), tuple(parameters)
        nothing = float("nan")
        self.state_values = base.state_values + (nothing,) * (len(states) - len(base.states))
        self.parameter_values = base.parameter_values + (nothing,) * (len(parameters) - len(base.parameters))
        self._write_rates()

    # --- what moves -----------------------------------------------------------------------------------------------

    def _leaf(self, name: str) -> Leaf:
        """What a chosen id is in the graph of start values."""
        base = self.base
        if name in base.computed():
            raise ModelError(
                f"'{name}' is computed by the model",
                expected="a free parameter or start value",
                try_="what it is computed from",
            )
        if name in base.parameters:
            return "parameter", base.parameters.index(name)
        if name in base.states:
            return "start", base.states.index(name)
        known = (*base.parameters, *base.states)
        raise UnknownNameError(f"the model has no parameter '{name}'", found=name, try_=nearest(name, known))

    def _at_start(self, chosen: Leaf) -> dict[Leaf, int]:
        """Derivatives of everything computed at time zero, where they are not zero."""
        rows = differentiate(self.graph, list(self._starts.values()), lambda kind, i: (kind, i) == chosen)
        return {leaf: row[chosen] for leaf, row in zip(self._starts, rows, strict=True) if row}

    def _moved(self, chosen: Leaf, at_start: dict[Leaf, int]) -> Iterator[Leaf]:
        """Computed constants and states that the chosen parameter can reach."""
        moved = set(at_start) | ({chosen} if chosen[0] == "parameter" else set())
        leaves = [self._leaves(rate) for rate in self._rates]
        while True:
            more = {("state", i) for i, below in enumerate(leaves) if below & moved} - moved
            if not more:
                break
            moved |= more
        yield from sorted(moved - {chosen})

    def _leaves(self, node: int) -> set[Leaf]:
        nodes = (self.graph.nodes[i] for i in self.graph.order([node]))
        return {(kind, arguments[0]) for kind, arguments in nodes if kind in ("state", "parameter")}

    # --- their equations ------------------------------------------------------------------------------------------

    def _write_rates(self) -> None:
        rows = differentiate(self.graph, self._rates, lambda kind, i: kind in ("state", "parameter"))
        for i, row in enumerate(rows):
            for name in self.by:
                if (("state", i), name) in self._slopes:
                    self._rate[slope_name(self.base.states[i], name)] = self._along(row, name)

    def _along(self, row: Row, name: str) -> int:
        """The sum of derivatives times slopes: how the differentiated node changes with the chosen parameter."""
        g, total = self.graph, self.graph.zero
        chosen = self._leaf(name)
        for leaf, derivative in row.items():
            slope = g.one if leaf == chosen else self._slopes.get((leaf, name))
            if slope is not None:
                total = g.node("add", total, g.node("mul", derivative, slope))
        return total

    # --- the questions of ``Lowering`` ----------------------------------------------------------------------------

    def rate(self, name: str) -> int:
        """The node of d(state)/dt."""
        return self._rate[name] if name in self._rate else self.base.rate(name)

    def starts(self) -> list[tuple[str, int, int]]:
        """What is computed at time zero."""
        return [*((kind, i, node) for (kind, i), node in self._starts.items()), *self._start]

    def symbol(self, name: str) -> int:
        """The node of a symbol, or of its derivative by a chosen parameter."""
        for by in self.by:
            if name.startswith("d(") and name.endswith(f")/d({by})"):
                node = self.base.symbol(name[2 : -len(by) - 5])
                row = differentiate(self.graph, [node], lambda kind, i: kind in ("state", "parameter"))[0]
                return self._along(row, by)
        return self.base.symbol(name)

    def computed(self) -> frozenset[str]:
        """The ids whose start value is computed."""
        further = (*self.states[len(self.base.states) :], *self.parameters[len(self.base.parameters) :])
        return self.base.computed() | frozenset(further)

    def doseable(self) -> frozenset[str]:
        """The ids that an event may change, the derivatives among them."""
        return self.base.doseable() | frozenset(self.states[len(self.base.states) :])
