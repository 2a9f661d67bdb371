"""Causal map: what could cause what in a debate, as a directed graph, and what each hypothesis says of its edges.

Needs    base
Gives    ``CausalMap``, ``Node``, ``Edge``, ``Effect``
Leaves   adjustment sets and drawing: see ``evidence.causal``
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ...errors import nearest
from .base import Identifier, Record, Sentence, Shape, complaint


class Node(Shape):
    """Something that can vary between people or over time; ``watch`` names its values in the body."""

    id: Identifier
    about: Sentence
    measured: bool = True
    watch: tuple[str, ...] = ()


class Edge(Shape):
    """One arrow. ``coupling`` is the row of the tables whose weight switches it; without one it is always there."""

    cause: Identifier
    effect: Identifier
    about: Sentence
    coupling: str | None = None
    claims: tuple[Identifier, ...] = ()


class Effect(Shape):
    """A causal question of the debate: the effect of one node on another, under the hypothesis that holds it."""

    id: Identifier
    about: Sentence
    hypothesis: Identifier
    cause: Identifier
    effect: Identifier


class CausalMap(Record):
    """Nodes, edges, and the effects that the hypotheses are about."""

    about: Sentence
    nodes: Annotated[tuple[Node, ...], Field(min_length=2)]
    edges: Annotated[tuple[Edge, ...], Field(min_length=1)]
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_are_nodes(self) -> CausalMap:
        known = {node.id for node in self.nodes}
        ends = [(edge.cause, edge.effect) for edge in self.edges] + [(row.cause, row.effect) for row in self.effects]
        for name in (name for pair in ends for name in pair):
            if name not in known:
                raise complaint(
                    f"'{name}' is no node",
                    found=name,
                    expected="one of " + ", ".join(sorted(known)),
                    try_=nearest(name, known) or "write the node first",
                )
        pairs = [(edge.cause, edge.effect) for edge in self.edges]
        for pair in pairs:
            if pairs.count(pair) > 1:
                raise complaint(
                    f"the edge {pair[0]} -> {pair[1]} stands twice",
                    found=f"{pairs.count(pair)} edges",
                    expected="each edge once",
                    try_="a node between the two, where there are two ways",
                )
        _refuse_circles(known, pairs)
        return self


def _refuse_circles(nodes: set[str], pairs: list[tuple[str, str]]) -> None:
    """Take away, again and again, what nothing causes; what is left goes in a circle."""
    left = set(nodes)
    while left:
        caused = {effect for cause, effect in pairs if cause in left}
        if not left - caused:
            names = ", ".join(sorted(left))
            raise complaint(
                "the arrows go in a circle",
                found=names,
                expected="no way from a thing back to itself",
                try_="one node for each time, as mood_before and mood_after",
            )
        left &= caused
