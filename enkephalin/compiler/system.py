"""All that the machine code of a model needs: rates, Jacobian, start values, elimination, and a digest of them.

Needs    ``lower.Lowering``
Gives    ``System`` and ``build_system``
Keeps    no value of any parameter: two models that differ in values only have the same digest
Leaves   machine code: see ``emit_model``
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from enkephalin.compiler.derivative import Row, linearise
from enkephalin.compiler.graph import Graph
from enkephalin.compiler.lower import Lowering
from enkephalin.compiler.lu import Elimination, plan
from enkephalin.compiler.sensitive import Sensitive


@dataclass(frozen=True)
class System:
    """The equations of a model as nodes of one graph.

    rates : node of the rate of change of each state
    middle : number of middle nodes that have a row and a column of their own, after those of the states
    jacobian : (row, column, node) of the entries that are not zero
    by_time : (row, node) of the explicit derivative of rates and middle nodes by the time
    hoisted : nodes computed once per person
    starts : ("state" or "parameter", index, node) computed at time zero
    elimination : how the Jacobian is factored
    """

    graph: Graph
    states: int
    parameters: int
    rates: tuple[int, ...]
    middle: int
    jacobian: tuple[tuple[int, int, int], ...]
    by_time: tuple[tuple[int, int], ...]
    hoisted: tuple[int, ...]
    starts: tuple[tuple[str, int, int], ...]
    elimination: Elimination

    def outputs(self) -> list[int]:
        """The nodes of rates, Jacobian entries and time derivatives, in this order."""
        return [*self.rates, *(node for *_, node in self.jacobian), *(node for _, node in self.by_time)]

    def digest(self) -> str:
        """A name for the structure: the same for all models that share their machine code."""
        starts = [node for *_, node in self.starts]
        roles = (self.states, self.middle, self.parameters, [kind[:1] + str(i) for kind, i, _ in self.starts])
        return structure_digest(self.graph, [*self.outputs(), *starts], (roles, [(i, j) for i, j, _ in self.jacobian]))


def structure_digest(graph: Graph, outputs: Iterable[int], roles: object) -> str:
    """A digest of the part of a graph that some outputs need, whatever else the graph holds."""
    outputs = list(outputs)
    order = graph.order(outputs)
    place = {i: k for k, i in enumerate(order)}
    text = hashlib.sha256(repr(roles).encode())
    for i in order:
        operation, arguments = graph.nodes[i]
        inner = operation in ("constant", "state", "parameter", "start", "time")
        text.update(f"{operation}{[a if inner else place[a] for a in arguments]};".encode())
    text.update(repr([place[i] for i in outputs]).encode())
    return text.hexdigest()


def build_system(lowering: Lowering | Sensitive) -> System:
    """Differentiate the rates of a lowered model and plan its elimination."""
    graph = lowering.graph
    rates = tuple(lowering.rate(name) for name in lowering.states)
    direct, through = linearise(graph, rates)
    n = len(rates)
    rows = [*direct, *through]
    jacobian = tuple((i, j, node) for i, row in enumerate(rows) for j, node in sorted(_columns(row, n).items()))
    by_time = tuple((i, row["time", 0]) for i, row in enumerate(rows) if ("time", 0) in row)
    outputs = [*rates, *(node for *_, node in jacobian), *(node for _, node in by_time)]
    return System(
        graph=graph,
        states=n,
        parameters=len(lowering.parameters),
        rates=rates,
        middle=len(through),
        jacobian=jacobian,
        by_time=by_time,
        hoisted=tuple(graph.hoisted(outputs)),
        starts=tuple(lowering.starts()),
        elimination=plan(len(rows), ((i, j) for i, j, _ in jacobian)),
    )


def _columns(row: Row, states: int) -> dict[int, int]:
    """Column -> node: states first, then middle nodes."""
    first = {"state": 0, "through": states}
    return {first[kind] + k: node for (kind, k), node in row.items() if kind in first}
