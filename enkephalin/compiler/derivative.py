"""Exact derivatives: the graph itself is differentiated, so the right-hand side and its Jacobian share their work.

Needs    ``graph.Graph``
Gives    ``differentiate``: for each output a sparse row {leaf: node of the derivative}; ``linearise``: the same, but
         through middle nodes where that needs fewer numbers
Keeps    the number of products small: every operation between leaves and outputs is eliminated from the chain rule,
         the one that joins fewest first (Griewank and Walther, Evaluating Derivatives, 2008, chapter 9)
Leaves   kinks: the derivative of ``abs``, ``min``, ``max`` and ``select`` is that of the branch in force
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from enkephalin.compiler.graph import LEAVES, LOGICAL, Graph

Row = dict[tuple[str, int], int]
"""Derivative of one output: what it is taken by -> id of the derivative. Absent means zero.

Keys are leaves, such as ("state", 3), or middle nodes, as ("through", 0).
"""


def by_states_and_time(kind: str, index: int) -> bool:
    """Whether a leaf is a state or the time: the usual choice of what to differentiate by."""
    return kind in ("state", "time")


def differentiate(
    graph: Graph, outputs: Sequence[int], by: Callable[[str, int], bool] = by_states_and_time
) -> list[Row]:
    """The derivatives of ``outputs`` by the leaves that ``by`` picks.

    Parameters
    ----------
    graph : Graph
        The graph to differentiate; the derivatives become nodes of it.
    outputs : ids of the nodes to differentiate
    by : function of (kind, index)
        Whether to differentiate by this leaf.
    """
    rows, _ = _Elimination(graph, outputs, by).rows(lambda fewer: False)
    return rows


def linearise(
    graph: Graph, outputs: Sequence[int], by: Callable[[str, int], bool] = by_states_and_time
) -> tuple[list[Row], list[Row]]:
    """The derivatives of ``outputs``, written through middle nodes that many leaves enter and many outputs leave.

    A signal that hears ten drugs and drives ten states makes a hundred entries of a Jacobian, but only twenty when it
    keeps a row and a column of its own.

    Returns
    -------
    rows of the outputs, rows of the middle nodes
        Middle node k is ("through", k) in either.
    """
    return _Elimination(graph, outputs, by).rows(lambda fewer: fewer < 0)


class _Elimination:
    """The chain rule as a net: vertices are nodes, an edge holds the local derivative; outputs are -1, -2, ..."""

    def __init__(self, graph: Graph, outputs: Sequence[int], by: Callable[[str, int], bool]) -> None:
        self.graph = graph
        self.below: dict[int, dict[int, int]] = {}
        self.above: dict[int, dict[int, int]] = {}
        self.seeds: dict[int, tuple[str, int]] = {}
        self.count = len(outputs)
        for i in graph.order(outputs):
            self._enter(i, by)
        for k, output in enumerate(outputs):
            self.below[-1 - k] = {}
            if output in self.above:
                self._join(output, -1 - k, graph.one)

    def _enter(self, i: int, by: Callable[[str, int], bool]) -> None:
        operation, arguments = self.graph.nodes[i]
        if operation in LEAVES:
            if operation != "constant" and by(operation, arguments[0]):
                self.seeds[i] = (operation, arguments[0])
                self.above[i] = {}
        elif operation not in LOGICAL and operation != "floor":
            for position, a in enumerate(arguments):
                if a in self.above:
                    self.above.setdefault(i, {})
                    self.below.setdefault(i, {})
                    self._join(a, i, self._slope(operation, i, arguments, position))

    def _join(self, low: int, high: int, slope: int) -> None:
        """Add ``slope`` to the edge from ``low`` to ``high``."""
        edges = self.below[high]
        if low in edges:
            slope = self.graph.node("add", edges[low], slope)
        edges[low] = self.above[low][high] = slope

    def rows(self, keep: Callable[[int], bool]) -> tuple[list[Row], list[Row]]:
        """Eliminate vertices between leaves and outputs, cheapest first; what is left joins leaves to outputs.

        ``keep`` says whether a vertex stays, from how many edges fewer there would be without it.
        """
        kept: set[int] = set()
        queue = [(self._cost(v), v) for v in self.below if v >= 0]
        heapq.heapify(queue)
        while queue:
            cost, v = heapq.heappop(queue)
            if v not in self.below or v in kept:
                continue
            if cost != self._cost(v):
                heapq.heappush(queue, (self._cost(v), v))
                continue
            if keep(self._fewer(v)):
                kept.add(v)
            else:
                self._eliminate(v)
        name = self.seeds | {v: ("through", k) for k, v in enumerate(sorted(kept))}
        zero = self.graph.zero

        def row(high: int) -> Row:
            return {name[low]: d for low, d in sorted(self.below[high].items()) if d != zero}

        return [row(-1 - k) for k in range(self.count)], [row(v) for v in sorted(kept)]

    def _fewer(self, v: int) -> int:
        """How many edges fewer there are once a vertex is eliminated."""
        lower, upper = self.below[v], self.above[v]
        new = sum(low not in self.below[high] for high in upper for low in lower)
        return len(lower) + len(upper) - new

    def _cost(self, v: int) -> int:
        return len(self.below[v]) * len(self.above[v])

    def _eliminate(self, v: int) -> None:
        lower, upper = self.below.pop(v), self.above.pop(v)
        for low in lower:
            del self.above[low][v]
        for high, outer in upper.items():
            del self.below[high][v]
            for low, inner in lower.items():
                self._join(low, high, self.graph.node("mul", outer, inner))

    def _slope(self, operation: str, i: int, arguments: tuple[int, ...], position: int) -> int:
        """The derivative of node ``i`` by its argument at ``position``."""
        g = self.graph
        a = arguments[0]
        b = arguments[1] if len(arguments) > 1 else a
        match operation, position:
            case ("add", _) | ("sub", 0):
                return g.one
            case ("sub", 1) | ("neg", 0):
                return g.constant(-1.0)
            case "mul", _:
                return arguments[1 - position]
            case "reciprocal", 0:
                return g.node("neg", g.node("mul", i, i))
            case "exp", 0:
                return i
            case "log", 0:
                return g.node("reciprocal", a)
            case "sin", 0:
                return g.node("cos", a)
            case "cos", 0:
                return g.node("neg", g.node("sin", a))
            case "sqrt", 0:
                # At 0 it is infinite, and infinite times the 0 inside would be no number.
                inside = g.node("mul", g.constant(0.5), g.node("reciprocal", i))
                return g.node("select", g.node("less", g.zero, a), inside, g.zero)
            case "power", 0:
                # b x^b / x spares a second power; at a base of zero only the exponent 1 leaves a slope.
                inside = g.node("mul", g.node("mul", b, g.node("reciprocal", a)), i)
                at_zero = g.node("select", g.node("equal", b, g.one), g.one, g.zero)
                return g.node("select", g.node("less", g.zero, a), inside, at_zero)
            case "power", 1:
                # x^b ln x goes to 0 with x, although ln x does not.
                logarithm = g.node("log", a)
                return g.node("select", g.node("less", g.zero, a), g.node("mul", i, logarithm), g.zero)
            case "abs", 0:
                return g.node("select", g.node("less", a, g.zero), g.constant(-1.0), g.one)
            case (("min" | "max"), _):
                first_in_force = g.node("less", a, b) if operation == "min" else g.node("less", b, a)
                on, off = (g.one, g.zero) if position == 0 else (g.zero, g.one)
                return g.node("select", first_in_force, on, off)
            case "select", 1:
                return g.node("select", a, g.one, g.zero)
            case "select", 2:
                return g.node("select", a, g.zero, g.one)
        raise AssertionError(f"no derivative of '{operation}' at argument {position}")
