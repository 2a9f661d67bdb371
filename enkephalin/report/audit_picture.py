"""Small pictures beside a claim: which way its observations point, and what the body gives.

Needs    plain rows of ``evidence.auditing``
Gives    ``weights``: a bar of the weight for and against; ``number_line``: a reading beside the band the claim needs
Leaves   the page around them: see audit.py

Each picture says the same in words, and nothing is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .words import number

WIDTH, BAR, GAP = 300, 20, 2
LINE_HEIGHT, MIDDLE, EDGE = 46, 18, 14
ROOM = 0.15  # of the span, left free on both sides
SIDES = ("for", "mixed", "against")
MARKS = {"described": "◇", "literature": "●"}


def weights(observations: Sequence[Mapping[str, Any]], key: str) -> str:
    """A bar whose parts are the weight of what agrees, of what does both, and of what disagrees."""
    sums = {side: sum(row["weight"] for row in observations if row["is"] == side) for side in SIDES}
    counts = {side: sum(row["is"] == side for row in observations) for side in SIDES}
    whole = sum(sums.values())
    if not whole:
        return ""
    said = ", ".join(f"{counts[side]} {side} ({100 * sums[side] / whole:.0f} % of the weight)"
                     for side in SIDES if counts[side])  # fmt: skip
    parts, left = [], 0.0
    for side in SIDES:
        width = WIDTH * sums[side] / whole
        if width:
            parts.append(f'<rect class="side-{side}" x="{left + 1:.1f}" y="1" width="{max(width - GAP, 1):.1f}" '
                         f'height="{BAR - 2}" rx="2"/>')  # fmt: skip
        left += width
    return (
        f'<figure class="balance"><svg viewBox="0 0 {WIDTH} {BAR}" role="img" aria-labelledby="{key}-w">'
        f'<title id="{key}-w">Observations: {escape(said)}</title>{"".join(parts)}</svg>'
        f"<figcaption>Observations: {escape(said)}</figcaption></figure>"
    )


def number_line(rows: Mapping[str, Mapping[str, Any]], key: str) -> str:
    """A reading under the accounts that have one, on one line with the band that the claim needs.

    Parameters
    ----------
    rows : mapping
        Account -> its row of the reading, with ``value``, ``unit`` and ``agrees``.
    """
    first = next(iter(rows.values()))
    low, high = first["agrees"]
    values = [row["value"] for row in rows.values()]
    ends = [end for end in (low, high) if end is not None]
    bottom, top = min([*values, *ends]), max([*values, *ends])
    span = (top - bottom) or abs(top) or 1.0
    bottom, top = bottom - ROOM * span, top + ROOM * span

    def across(value: float) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * (value - bottom) / (top - bottom)

    start, end = across(bottom if low is None else low), across(top if high is None else high)
    unit = "" if first["unit"] in ("1", "") else f" {first['unit']}"
    said = "; ".join(f"{account} {number(row['value'])}{unit}" for account, row in rows.items())
    body = [
        f'<rect class="needed" x="{start:.1f}" y="{MIDDLE - 8}" width="{max(end - start, 2):.1f}" height="16" rx="3"/>',
        f'<line class="axis" x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{MIDDLE}" y2="{MIDDLE}"/>',
    ]
    if bottom < 0 < top:
        body.append(
            f'<line class="axis" x1="{across(0):.1f}" x2="{across(0):.1f}" y1="{MIDDLE - 8}" y2="{MIDDLE + 8}"/>'
        )
        body.append(_text(across(0), "0"))
    body += [_text(across(limit), number(limit)) for limit in ends if _apart(across(limit), bottom, top, across)]
    body += [_mark(account, across(row["value"])) for account, row in rows.items()]
    return (
        f'<figure class="reading"><svg viewBox="0 0 {WIDTH} {LINE_HEIGHT}" role="img" aria-labelledby="{key}-r">'
        f'<title id="{key}-r">{escape(str(first["about"]))}: {escape(said)}; the claim needs '
        f"{escape(band(first['agrees']))}{escape(unit)}</title>{''.join(body)}</svg>"
        f"<figcaption>{escape(str(first['about']))}: the claim needs {escape(band(first['agrees']))}{escape(unit)}; "
        f"{escape(said)}</figcaption></figure>"
    )


def band(limits: Sequence[float | None]) -> str:
    """A band in words; an open end is None."""
    low, high = limits
    if low is None or high is None:
        return f"at most {number(high or 0.0)}" if low is None else f"at least {number(low)}"
    return f"{number(low)} to {number(high)}"


def _apart(x: float, bottom: float, top: float, across: Any) -> bool:
    """Whether a label at x does not fall upon that of zero."""
    return not bottom < 0 < top or math.fabs(x - across(0)) > 2 * EDGE or x == across(0)


def _text(x: float, text: str) -> str:
    return f'<text class="tick middle" x="{x:.1f}" y="{LINE_HEIGHT - 4}">{escape(text)}</text>'


def _mark(account: str, x: float) -> str:
    """A disc for the literature, an open diamond for the account of the article."""
    if account == "literature":
        return f'<circle class="mark-literature" cx="{x:.1f}" cy="{MIDDLE}" r="5"/>'
    points = f"{x:.1f},{MIDDLE - 7} {x + 7:.1f},{MIDDLE} {x:.1f},{MIDDLE + 7} {x - 7:.1f},{MIDDLE}"
    return f'<polygon class="mark-described" points="{points}"/>'
