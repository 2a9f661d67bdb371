"""Exact derivatives: the graph itself is differentiated, so the right-hand side and its Jacobian share their work.

Needs    ``graph.Graph``
Gives    ``differentiate``: for each output a sparse row {leaf: node of the derivative}
Keeps    the number of products small: every operation between leaves and outputs is eliminated from the chain rule,
         the one that joins fewest first (Griewank and Walther, Evaluating Derivatives, 2008, chapter 9)
Leaves   kinks: the derivative of ``abs``, ``min``, ``max`` and ``select`` is that of the branch in force
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from enkephalin.compiler.graph import LEAVES, LOGICAL, Graph

Row = dict[tuple[str, int], int]
"""Derivative of one output: which leaf it is taken by -> id of the derivative. Absent means zero."""


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
    return _Elimination(graph, outputs, by).rows()


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

    def rows(self) -> list[Row]:
        """Eliminate every vertex between leaves and outputs; what is left joins leaves to outputs."""
        queue = [(self._cost(v), v) for v in self.below if v >= 0]
        heapq.heapify(queue)
        while queue:
            cost, v = heapq.heappop(queue)
            if v not in self.below:
                continue
            if cost != self._cost(v):
                heapq.heappush(queue, (self._cost(v), v))
                continue
            self._eliminate(v)
        zero = self.graph.zero
        left = [sorted(self.below[-1 - k].items()) for k in range(self.count)]
        return [{self.seeds[low]: d for low, d in row if d != zero} for row in left]

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
                return g.node("mul", g.constant(0.5), g.node("reciprocal", i))
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
