"""A causal map as a picture: columns from cause to effect, arrows that a hypothesis switches drawn in its style.

Needs    nodes and edges as plain rows
Gives    ``draw_map``
Leaves   what must be held constant: see ``evidence.causal``

An arrow that spans several columns has a place of its own in each of them, so that it passes between the boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

BOX_WIDTH, BOX_HEIGHT = 132, 30
COLUMN, ROW, EDGE = 196, 38, 12
SWEEPS = 12  # passes that bring things near their neighbours
HEAD = 8
Link = tuple[str, str]


def draw_map(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]], key: str) -> str:
    """The map as an SVG picture.

    Parameters
    ----------
    nodes : list of mapping
        ``id`` and ``measured``.
    edges : list of mapping
        ``cause``, ``effect`` and ``coupling`` (None where it is always there). There is no cycle.
    """
    names = [str(node["id"]) for node in nodes]
    depth = _depths(names, edges)
    ways = [_way(edge, index, depth) for index, edge in enumerate(edges)]
    columns = _columns(names, depth, ways)
    at = _places(columns)
    height = 2 * EDGE + ROW * max(len(column) for column in columns)
    width = 2 * EDGE + COLUMN * (len(columns) - 1) + BOX_WIDTH
    styles = {name: k for k, name in enumerate(sorted({str(e["coupling"]) for e in edges if e["coupling"]}))}
    arrows = "".join(_arrow(edge, way, at, styles, key) for edge, way in zip(edges, ways, strict=True))
    boxes = "".join(_box(node, at[str(node["id"])]) for node in nodes)
    head = (
        f'<defs><marker id="{key}-head" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" '
        f'markerWidth="{HEAD}" markerHeight="{HEAD}" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker>'
        "</defs>"
    )
    said = f"{len(nodes)} things and {len(edges)} arrows; the table below lists them."
    legend = "".join(
        f'<li><svg viewBox="0 0 30 12" aria-hidden="true"><line class="line line-{k}" x1="0" x2="30" y1="6" y2="6"/>'
        f"</svg>{escape(name)}</li>"
        for name, k in styles.items()
    )
    return (
        f'<div class="scroll map" tabindex="0" role="region" aria-label="Causal map">'
        f'<svg viewBox="0 0 {width} {height}" style="min-width:{width * 3 // 4}px" role="img" '
        f'aria-labelledby="{key}-t"><title id="{key}-t">{said}</title>{head}{arrows}{boxes}</svg></div>'
        f'<ul class="legend">{legend}</ul>'
    )


def _depths(names: Sequence[str], edges: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The length of the longest way to each node."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for edge in edges:
            depth[edge["effect"]] = max(depth[edge["effect"]], depth[edge["cause"]] + 1)
    return depth


def _way(edge: Mapping[str, Any], index: int, depth: Mapping[str, int]) -> list[str]:
    """The things that an arrow passes: its cause, a place of its own in each column between, its effect."""
    between = range(depth[edge["cause"]] + 1, depth[edge["effect"]])
    return [edge["cause"], *(f"{index}:{column}" for column in between), edge["effect"]]


def _columns(names: Sequence[str], depth: Mapping[str, int], ways: Sequence[Sequence[str]]) -> list[list[str]]:
    """Nodes and places of arrows by column, near what they are joined to."""
    links: list[Link] = [link for way in ways for link in pairwise(way)]
    columns = [[name for name in names if depth[name] == place] for place in range(max(depth.values()) + 1)]
    for way in ways:
        for offset, place in enumerate(way[1:-1], depth[way[0]] + 1):
            columns[offset].append(place)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            share = {name: (k + 0.5) / len(some) for some in columns for k, name in enumerate(some)}
            pulls = {name: _pull(name, links, share, forward) for name in column}
            column.sort(key=lambda name: (pulls[name], name))
    return columns


def _pull(name: str, links: Sequence[Link], share: Mapping[str, float], forward: bool) -> float:
    """The mean place of the neighbours on one side; its own place where there are none."""
    near = [share[one] if forward else share[two] for one, two in links if name == (two if forward else one)]
    return sum(near) / len(near) if near else share[name]


def _places(columns: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    """The left middle of everything: x, y."""
    tallest = max(len(column) for column in columns)
    at: dict[str, tuple[float, float]] = {}
    for number, column in enumerate(columns):
        gap = ROW * tallest / len(column)
        for index, name in enumerate(column):
            at[name] = (EDGE + COLUMN * number, EDGE + gap * (index + 0.5))
    return at


def _arrow(
    edge: Mapping[str, Any],
    way: Sequence[str],
    at: Mapping[str, tuple[float, float]],
    styles: Mapping[str, int],
    key: str,
) -> str:
    """A curve from box to box, level where it passes a column."""
    path: list[str] = []
    for one, two in pairwise(way):
        (x1, y1), (x2, y2) = at[one], at[two]
        start = x1 + BOX_WIDTH
        bend = (x2 - start) / 2
        path.append(f"{'L' if path else 'M'}{start:.0f} {y1:.0f}C{start + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} "
                    f"{x2:.0f} {y2:.0f}")  # fmt: skip
    kind = f"line line-{styles[edge['coupling']]}" if edge["coupling"] else "arrow"
    return f'<path class="{kind}" fill="none" marker-end="url(#{key}-head)" d="{"".join(path)}"/>'


def _box(node: Mapping[str, Any], place: tuple[float, float]) -> str:
    x, y = place
    words = str(node["id"]).replace("_", " ")
    kind = "box" if node["measured"] else "box unmeasured"
    return (
        f'<rect class="{kind}" x="{x:.0f}" y="{y - BOX_HEIGHT / 2:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="6"/><text class="middle" x="{x + BOX_WIDTH / 2:.0f}" y="{y + 4:.0f}">{escape(words)}</text>'
    )
