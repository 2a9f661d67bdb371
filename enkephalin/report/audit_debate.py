"""What stands beside the claims on the page of the audit: arguments, contradictions, and the causal map.

Needs    plain rows of ``evidence.disputes`` and ``evidence.causal``
Gives    ``arguments_section``, ``contradictions_section``, ``map_section``
Leaves   the claims themselves: see audit.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .audit_map import draw_map

WORDS = {
    "supported": "✓ supported",
    "partly": "◐ partly supported",
    "unsupported": "○ unsupported",
    "contradicted": "✗ contradicted",
    "cannot_tell": "? cannot tell",
}
CARRIES = {"none": "does not carry", "weak": "carries weakly", "moderate": "carries in part", "strong": "carries"}


def arguments_section(rows: Sequence[Mapping[str, Any]]) -> str:
    """Each argument with its links, the weakest marked, and the strongest case against it."""
    return (
        '<section id="arguments"><h2>The arguments</h2><p class="story">An argument is as strong as its weakest link. '
        f"Beside each stands the strongest case against it.</p>{''.join(map(_argument, rows))}</section>"
    )


def _argument(row: Mapping[str, Any]) -> str:
    links = "".join(_link(link, link == row["weakest"]) for link in row["links"])
    flags = "".join(
        f'<li><span class="flag">⚑ {escape(flag["kind"])}</span>: {escape(flag["says"])}</li>' for flag in row["flags"]
    )
    counter = row["counter"]
    return (
        f'<article class="argument v-{row["strength"]}" id="{row["id"]}"><h3><span class="no">{row["number"] or ""}'
        f'</span>{escape(row["about"])}</h3><div class="columns"><div><h4>Its links</h4><ol>{links}</ol>'
        f"<h4>So</h4><p>{escape(row['conclusion'])}</p><p class='verdict'><strong>{WORDS[row['strength']]}</strong>"
        f"<span>as far as this argument carries</span></p>"
        f"{f'<ul>{flags}</ul>' if flags else ''}</div><div><h4>The case against it</h4><p>{escape(counter['says'])}</p>"
        f"<h4>What survives</h4><p>{escape(counter['survives'])}</p></div></div></article>"
    )


def _link(link: Mapping[str, str], weakest: bool) -> str:
    mark = " <em>the weakest link</em>" if weakest else ""
    says = escape(link["says"])
    word = CARRIES.get(link["carries"], WORDS[link["strength"]])
    linked = f'<a href="#{link["what"]}">{says}</a>' if link["what"] != link["says"] else says
    return (
        f'<li class="v-{link["strength"]}">{linked} <strong>{word}</strong>{mark}'
        f"<br><small>{escape(link['because'])}</small></li>"
    )


def contradictions_section(rows: Sequence[Mapping[str, Any]]) -> str:
    """Each contradiction: both sides, what might explain it, and what would settle it."""
    told = "".join(map(_contradiction, rows))
    return f'<section id="contradictions"><h2>What seems to contradict</h2>{told}</section>'


def _contradiction(row: Mapping[str, Any]) -> str:
    sides = "".join(map(_side, row["sides"]))
    moderators = "".join(
        f"<li><strong>{escape(one['field'])}</strong>: {escape(one['says'])} {escape(_tested(one))}</li>"
        for one in row["moderators"]
    )
    return (
        f'<article class="argument" id="{row["id"]}"><h3>{escape(row["about"])}</h3>'
        f'<div class="columns even">{sides}</div>'
        f"<h4>What might explain it</h4><ul>{moderators}</ul><h4>So</h4><p>{escape(row['resolution'])}</p>"
        f"<h4>What would settle it</h4><p>{escape(row['settled_by'])}</p></article>"
    )


def _side(side: Mapping[str, Any]) -> str:
    seen = "".join(
        f"<li>{escape(one['about'])} <small>{escape(one['source'])}</small></li>" for one in side["observations"]
    )
    return f"<div><h4>{escape(side['says'])}</h4><ul>{seen}</ul></div>"


def _tested(one: Mapping[str, Any]) -> str:
    if one["tested"]:
        return f"Tested: Q between groups {one['q_between']:.2f}, df {one['df']}, p = {one['p']:.2g}."
    return f"Not tested: {one['why_not']}."


def map_section(found: Mapping[str, Any]) -> str:
    """The causal map, its questions, and its arrows as a table."""
    questions = "".join(_question(row) for row in found["questions"])
    arrows = "".join(map(_arrow, found["edges"]))
    heads = "".join(f'<th scope="col" class="text">{head}</th>' for head in ("cause", "effect", "how", "switched by"))
    return (
        f'<section id="map"><h2>What could cause what</h2><p class="story">{escape(found["about"])} A dashed box '
        "is not measured by anybody; a coloured arrow belongs to one hypothesis and is switched by its coupling."
        f"</p>{draw_map(found['nodes'], found['edges'], 'map')}<ul class='questions'>{questions}</ul>"
        '<details><summary>Every arrow</summary><div class="scroll" tabindex="0" role="region" aria-label="Arrows">'
        f"<table><caption>The arrows of the map</caption><thead><tr>{heads}</tr></thead><tbody>{arrows}</tbody></table>"
        "</div></details></section>"
    )


def _arrow(edge: Mapping[str, Any]) -> str:
    cells = "".join(
        f'<td class="text">{escape(text)}</td>'
        for text in (_plain(edge["effect"]), edge["about"], edge["coupling"] or "always")
    )
    return f'<tr><th scope="row">{escape(_plain(edge["cause"]))}</th>{cells}</tr>'


def _question(row: Mapping[str, Any]) -> str:
    adjust, anyway = row["adjust_in_the_whole_debate"], row["without_the_hypothesis"]
    if adjust["sets"]:
        sets = "; or ".join(_names(names) for names in adjust["sets"])
        needed = f"To see it, hold constant: {sets}."
    elif adjust["identified"]:
        needed = "There is no way from the one to the other."
    else:
        hidden = "; or ".join(_names(names) for names in adjust["needs_hidden"])
        needed = f"No measured set will do; it would take {hidden or 'an experiment'}."
    common = _names(anyway["common_causes"])
    without = f" Without the coupling of this hypothesis the two would still go together, through {common}." \
        if anyway["association"] and anyway["common_causes"] else ""  # fmt: skip
    return f"<li><strong>{escape(row['about'])}</strong> {escape(needed)}{escape(without)}</li>"


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(_plain, names)) if names else "nothing"


def _plain(name: str) -> str:
    return name.replace("_", " ")
