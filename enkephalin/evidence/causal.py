"""The causal map of the debate: which adjustment each hypothesis needs, and what would appear without it.

Needs    pgmpy; the record of the map; the weights of the body's couplings
Gives    ``causal_map(id)``, ``CausalGraph``; its ``adjustment``, ``appears_anyway``, ``dot``, ``dagitty``;
         ``debate(id)`` and ``map_rows(id)``: every question of a map answered, as plain rows
Leaves   how large an effect is: a map says only what must be held constant to see it

An edge with a coupling is there when the weight of that coupling is not zero under the hypothesis, so the map follows
the body's own tables and patches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError, nearest
from ..records.catalog import get, list_ids
from ..records.shapes import CausalMap, Edge
from ..records.tables import all_rows
from .libraries import opened

PREFIX = "weight_"
MODULE = "couplings"


@dataclass(frozen=True)
class CausalGraph:
    """The map under one hypothesis, or with every edge of the debate (``hypothesis`` is None)."""

    map: CausalMap
    edges: tuple[Edge, ...]
    hypothesis: str | None

    @property
    def hidden(self) -> set[str]:
        """Nodes that nobody measures."""
        return {node.id for node in self.map.nodes if not node.measured}

    def graph(self, without: Iterable[str] = ()) -> Any:
        """The library's graph, without the edges of some couplings."""
        dropped = set(without)
        pairs = [(edge.cause, edge.effect) for edge in self.edges if edge.coupling not in dropped or not edge.coupling]
        graph = opened("pgmpy.base").DAG(pairs)
        graph.add_nodes_from(node.id for node in self.map.nodes if node.id not in graph)
        return graph

    def adjustment(self, cause: str, effect: str) -> dict[str, Any]:
        """What has to be held constant to see the whole effect of one node on another.

        Returns
        -------
        dict
            ``sets``: the smallest sets of measured nodes, each sorted; ``identified``: whether there is one;
            ``needs_hidden``: sets that would do if hidden nodes were measured, where no measured one does.
        """
        self._refuse_unknown(cause, effect)
        graph = self.graph()
        if effect not in _descendants(graph, cause):
            return {
                "sets": [],
                "identified": True,
                "needs_hidden": [],
                "because": "there is no causal path to adjust for",
            }
        every = _adjustment_sets(graph, cause, effect)
        seen = _smallest([names for names in every if not names & self.hidden])
        hidden = [] if seen else _smallest(every)
        return {"sets": seen, "identified": bool(seen), "needs_hidden": hidden}

    def appears_anyway(self, cause: str, effect: str, couplings: Iterable[str]) -> dict[str, Any]:
        """Whether the two would still go together if the couplings of a hypothesis were not there, and through what.

        That is the association which confounding, or the trait that comes before both, would leave.
        """
        self._refuse_unknown(cause, effect)
        graph = self.graph(without=couplings)
        together = bool(graph.is_dconnected(cause, effect))
        common = sorted(_ancestors(graph, cause) & _ancestors(graph, effect)) if together else []
        return {
            "association": together,
            "still_causes": effect in _descendants(graph, cause),
            "common_causes": common,
            "gone_after_adjusting": _separators(graph, cause, effect, self.hidden) if together else [],
        }

    def dot(self) -> str:
        """The map as Graphviz DOT; hidden nodes are dashed, edges of a coupling carry its name."""
        lines = [f"digraph {self.map.id} {{", "  rankdir=LR;", '  node [shape=box, style="rounded"];']
        for node in self.map.nodes:
            style = "" if node.measured else ', style="rounded,dashed"'
            lines.append(f'  {node.id} [label="{node.id.replace("_", " ")}"{style}];')
        for edge in self.edges:
            label = f' [label="{edge.coupling.rpartition(".")[2]}", style=bold]' if edge.coupling else ""
            lines.append(f"  {edge.cause} -> {edge.effect}{label};")
        return "\n".join([*lines, "}", ""])

    def dagitty(self, cause: str = "", effect: str = "") -> str:
        """The map in the language of dagitty.net, with exposure and outcome marked."""
        marks = dict.fromkeys(self.hidden, "latent") | {cause: "exposure", effect: "outcome"}
        nodes = [f"{node.id} [{marks[node.id]}]" if node.id in marks else node.id for node in self.map.nodes]
        return "\n".join(["dag {", *nodes, *(f"{edge.cause} -> {edge.effect}" for edge in self.edges), "}", ""])

    def _refuse_unknown(self, *asked: str) -> None:
        names = [node.id for node in self.map.nodes]
        for name in asked:
            if name not in names:
                raise RequestError(
                    f"'{name}' is no node of the map", found=name, expected=", ".join(names), try_=nearest(name, names)
                )


def causal_map(id: str = "breakup", hypothesis: str | None = None) -> CausalGraph:
    """A causal map, with every edge or with those that a hypothesis keeps.

    Example
    -------
    >>> causal_map("breakup", "stress").adjustment("network_loss", "distress")["sets"]
    [['breakup']]
    """
    record = get("causal_map", id)
    if hypothesis is None:
        return CausalGraph(record, record.edges, None)
    weights = weights_of(hypothesis)
    kept = tuple(edge for edge in record.edges if edge.coupling is None or weights.get(edge.coupling, 0.0) != 0)
    return CausalGraph(record, kept, hypothesis)


def coupling_rows() -> dict[str, float]:
    """The weights of the body's couplings as its tables have them."""
    rows = {row.title: row for row in all_rows() if row.module == MODULE and row.name.startswith(PREFIX)}
    return {title: float(row.value or 0.0) for title, row in rows.items()}


def weights_of(hypothesis: str) -> dict[str, float]:
    """The weights of the couplings under a hypothesis: those of the tables, changed by its patch.

    A hypothesis without a patch of its own stands for the one coupling that bears its name (``none`` for none of them).
    """
    weights = coupling_rows()
    if hypothesis in list_ids("hypothesis"):
        changed: Mapping[str, float] = {
            change.row: change.becomes.value for change in get("hypothesis", hypothesis).changes
        }
        return {row: changed.get(row, value) for row, value in weights.items()}
    own = f"{MODULE}.{PREFIX}{hypothesis}"
    if hypothesis == "integrated":
        return weights
    if own not in weights and hypothesis != "none":
        known = [row.rpartition("_")[2] for row in weights]
        raise RequestError(
            f"unknown hypothesis '{hypothesis}'",
            found=hypothesis,
            expected="one of none, " + ", ".join(known),
            try_=nearest(hypothesis, known),
        )
    return {row: 1.0 if row == own else 0.0 for row in weights}


def couplings_of(hypothesis: str) -> list[str]:
    """The couplings that a hypothesis switches on and the others off."""
    return [row for row, weight in weights_of(hypothesis).items() if weight != 0]


def debate(id: str = "breakup") -> list[dict[str, Any]]:
    """Every causal question of the map: its adjustment under its own hypothesis, and what would appear without it."""
    whole = causal_map(id)
    found = []
    for row in whole.map.effects:
        own = causal_map(id, row.hypothesis)
        found.append(
            {
                "id": row.id,
                "about": row.about,
                "hypothesis": row.hypothesis,
                "cause": row.cause,
                "effect": row.effect,
                "adjust": own.adjustment(row.cause, row.effect),
                "adjust_in_the_whole_debate": whole.adjustment(row.cause, row.effect),
                "without_the_hypothesis": whole.appears_anyway(row.cause, row.effect, _only(row.hypothesis)),
            }
        )
    return found


def map_rows(id: str = "breakup") -> dict[str, Any]:
    """A whole map as plain rows: nodes, edges, and its causal questions answered."""
    record = causal_map(id).map
    told = record.model_dump(mode="json", include={"id", "about", "nodes", "edges"})
    return {**told, "questions": debate(id)}


def _only(hypothesis: str) -> list[str]:
    """The coupling that a hypothesis is named for; all of them for the integrated one."""
    own = f"{MODULE}.{PREFIX}{hypothesis}"
    return [own] if own in coupling_rows() and hypothesis != "integrated" else couplings_of(hypothesis)


def _adjustment_sets(graph: Any, cause: str, effect: str) -> list[frozenset[str]]:
    """Every back-door set of the library, hidden nodes allowed."""
    free = opened("pgmpy.base").DAG(list(graph.edges), roles={"exposures": cause, "outcomes": effect})
    answer, found = opened("pgmpy.identification").Adjustment(variant="all").identify(free)
    if not found:
        return []
    graphs = answer if isinstance(answer, (list, tuple, set)) else [answer]
    return [frozenset(one.get_role("adjustment")) for one in graphs]


def _smallest(sets: Iterable[frozenset[str]]) -> list[list[str]]:
    """Those sets that hold no other, each sorted."""
    distinct = sorted(set(sets), key=lambda names: (len(names), sorted(names)))
    kept: list[frozenset[str]] = []
    for names in distinct:
        if not any(other <= names for other in kept):
            kept.append(names)
    return [sorted(names) for names in kept]


def _separators(graph: Any, cause: str, effect: str, hidden: set[str]) -> list[str]:
    """A set of measured nodes after which nothing is left of an association; empty where there is none.

    If measured nodes can separate two at all, the measured ancestors of the two do; what is not needed is then dropped.
    """
    names = sorted((_ancestors(graph, cause) | _ancestors(graph, effect)) - hidden - {cause, effect})
    if graph.is_dconnected(cause, effect, observed=names):
        return []
    for name in list(names):
        fewer = [other for other in names if other != name]
        if not graph.is_dconnected(cause, effect, observed=fewer):
            names = fewer
    return names


def _descendants(graph: Any, name: str) -> set[str]:
    return _reached(name, graph.successors)


def _ancestors(graph: Any, name: str) -> set[str]:
    return _reached(name, graph.predecessors)


def _reached(name: str, next_to: Callable[[str], Iterable[str]]) -> set[str]:
    """Every node that can be reached from one by the given steps."""
    found: set[str] = set()
    ahead = list(next_to(name))
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += next_to(node)
    return found
