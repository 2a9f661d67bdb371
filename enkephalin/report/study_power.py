"""How often a study would see its effect, and with how many people.

Needs    a ``Power`` (trial.power), or none
Gives    ``power_section``
Leaves   finding it: see trial.power
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from statistics import NormalDist
from typing import Any

import numpy as np

from .axis import Axis, value_axis
from .words import number

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 250, 50, 16, 24, 40
NORMAL = NormalDist()
STEPS, FEWEST = 120, 8
ROW, LABEL = 30, 170
QUANTILE = 1.96
TARGETS = (0.8, 0.9)


def power_section(power: Any) -> str:
    """The section; nothing where the study was run once only.

    Parameters
    ----------
    power : Power or None
        Of the study as planned. What it holds ``over`` other numbers of people are further points of the curve; over
        doses or times it is a picture of its own.
    """
    if power is None:
        return ""
    sizes = [other for other in power.over.values() if other.n != power.n]
    others = {label: other for label, other in power.over.items() if other.n == power.n}
    lines = "".join(_row(row) for row in power.rows)
    wanted = "".join(f"<li>{escape(_size(size))}</li>" for size in power.required)
    first = power.rows[0]
    return (
        '<section id="power"><h2>How often it would see its effect</h2>'
        f'<p>{escape(_said(power))}</p><div class="charts"><figure><figcaption>'
        "<h3>Power of the primary analysis by people</h3><p class=window>Points: repeats, with 95 % of their error; "
        "bars: the people wanted. Line: from the mean effect and its spread over the repeats, if both stay.</p>"
        f"</figcaption>{_curve(first, power, sizes)}</figure>{_others(others, power)}</div>"
        f"{f'<ul>{wanted}</ul>' if wanted else ''}"
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of power"><table>'
        f"<caption>{power.repeats:,} repeats with {power.n:,} people each, drawn from a bank of {power.bank:,}. "
        "Wrong sign and exaggeration are of the repeats in which an effect was seen.</caption>"
        '<thead><tr><th scope="col">Analysis</th><th scope="col">Power</th><th scope="col">With identical arms</th>'
        '<th scope="col">Mean effect</th><th scope="col">Spread</th><th scope="col">Wrong sign</th>'
        '<th scope="col">Exaggerated</th><th scope="col">Intervals that hold it</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div></section>"
    )


def _said(power: Any) -> str:
    """The power of the primary analysis in words, with both of its errors."""
    first = power.rows[0]
    text = (
        f"{power.n:,} people see the primary effect in {_percent(first.power)} of studies "
        f"(error {_percent(first.error)} from {power.repeats:,} repeats, and up to {_percent(first.bank_error)} "
        f"because {power.bank:,} people stand for all)."
    )
    if first.type_1 is not None:
        text += f" Where both arms are alike, {_percent(first.type_1)} of studies see an effect all the same."
    return text


def _row(row: Any) -> str:
    name = f"{row.measure}, {row.contrast}: {row.kind}".replace("_", " ")
    alike = "–" if row.type_1 is None else f"{_percent(row.type_1)} ± {_percent(row.type_1_error)}"
    cells = (
        f"{_percent(row.power)} ± {_percent(row.error)}", alike, number(row.estimate), number(row.spread),
        _percent(row.type_s), f"{number(row.type_m)} ×" if math.isfinite(row.type_m) else "–", _percent(row.coverage),
    )  # fmt: skip
    return f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _size(size: Any) -> str:
    if size.n is None:
        return f"{_percent(size.power)} of studies: no number of people was found ({size.how})."
    return f"{_percent(size.power)} of studies: {size.n:,} people ({size.low:,} to {size.high:,}; {size.how})."


def _percent(part: float) -> str:
    return f"{number(100 * part, 2 if part < 0.1 else 3)} %" if math.isfinite(part) else "–"


def _curve(row: Any, power: Any, sizes: Sequence[Any]) -> str:
    """Power over the number of people."""
    points = sorted({(one.n, one.rows[0].power, one.rows[0].error) for one in (power, *sizes)})
    wanted = [size for size in power.required if size.n is not None]
    most = max([2 * power.n, *(n for n, _, _ in points), *(1.1 * size.n for size in wanted if size.n <= 8 * power.n)])
    across = value_axis(0.0, float(most), wanted=5)
    grid = "".join(
        f'<path class="grid" d="M{LEFT} {_y(part):.1f}H{WIDTH - RIGHT}"/>'
        f'<text class="tick end" x="{LEFT - 6}" y="{_y(part) + 4:.1f}">{round(100 * part)} %</text>'
        for part in np.linspace(0, 1, 6)
    )
    grid += "".join(
        f'<text class="tick middle" x="{_x(across, tick):.1f}" y="{HEIGHT - BOTTOM + 18}">{label}</text>'
        for tick, label in zip(across.ticks, across.labels, strict=True)
    )
    drawn = "".join(
        f'<path class="error line-2" d="M{_x(across, size.low):.1f} {_y(size.power):.1f}H{_x(across, size.high):.1f}'
        f'M{_x(across, size.n):.1f} {_y(size.power) - 6:.1f}v12"><title>{escape(_size(size))}</title></path>'
        for size in wanted
        if size.n <= across.high
    )
    targets = "".join(f'<path class="reference" d="M{LEFT} {_y(part):.1f}H{WIDTH - RIGHT}"/>' for part in TARGETS)
    drawn += "".join(
        f'<path class="error line-1" d="M{_x(across, n):.1f} {_y(min(1.0, p + QUANTILE * e)):.1f}'
        f'V{_y(max(0.0, p - QUANTILE * e)):.1f}"/><circle class="point line-1" cx="{_x(across, n):.1f}" '
        f'cy="{_y(p):.1f}" r="5">'
        f"<title>{n} people: {_percent(p)}</title></circle>"
        for n, p, e in points
    )
    said = "; ".join(f"{n} people: {_percent(p)}" for n, p, _ in points)
    said += "".join(f"; {_size(size)}" for size in wanted)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="power-t power-d">'
        f'<title id="power-t">Power by people</title><desc id="power-d">{escape(said)}</desc>{grid}{targets}'
        f'<path class="line line-0" d="{_line(row, power.n, across)}"/>{drawn}'
        f'<text class="unit end" x="{WIDTH - RIGHT}" y="{HEIGHT - 4}">people</text></svg>'
    )


def _others(others: Mapping[str, Any], power: Any) -> str:
    """Power with other doses, or at other times, of the same number of people."""
    if not others:
        return ""
    rows = [("as planned", power), *others.items()]
    base = TOP + ROW * len(rows)
    ticks = "".join(
        f'<path class="grid" d="M{_wide(part):.1f} {TOP - 6}V{base}"/>'
        f'<text class="tick middle" x="{_wide(part):.1f}" y="{base + 18}">{round(100 * part)} %</text>'
        for part in np.linspace(0, 1, 6)
    )
    lines = []
    for k, (label, one) in enumerate(rows):
        first, y = one.rows[0], TOP + ROW * (k + 0.5)
        low, high = max(0.0, first.power - QUANTILE * first.error), min(1.0, first.power + QUANTILE * first.error)
        lines.append(
            f'<text class="end" x="{LABEL - 12}" y="{y + 4:.1f}">{escape(label)}</text>'
            f'<path class="error line-1" d="M{_wide(low):.1f} {y:.1f}H{_wide(high):.1f}"/>'
            f'<circle class="point line-1" cx="{_wide(first.power):.1f}" cy="{y:.1f}" r="5"/>'
        )
    said = "; ".join(f"{label}: {_percent(one.rows[0].power)}" for label, one in rows)
    return (
        f"<figure><figcaption><h3>Power of {power.n:,} people, planned otherwise</h3></figcaption>"
        f'<svg class="chart" viewBox="0 0 {WIDTH} {base + 26}" role="img" aria-labelledby="over-t over-d">'
        f'<title id="over-t">Power, planned otherwise</title><desc id="over-d">{escape(said)}</desc>{ticks}'
        f"{''.join(lines)}</svg></figure>"
    )


def _wide(part: float) -> float:
    return LABEL + float(part) * (WIDTH - RIGHT - LABEL)


def _line(row: Any, n: int, across: Axis) -> str:
    """Power if the effect and its spread between people stay as the repeats have them."""
    if not (math.isfinite(row.estimate) and row.spread and math.isfinite(row.spread)):
        return ""
    found = []
    for people in np.linspace(FEWEST, across.high, STEPS):
        part = expected(abs(row.estimate) / row.spread * math.sqrt(people / n), float(people))
        found.append(f"{_x(across, float(people)):.1f} {_y(part):.1f}")
    return "M" + "L".join(found)


def expected(away: float, people: float) -> float:
    """Power of a t test whose true effect is so many standard errors away from none.

    Source
    ------
    Quantile of t by Cornish and Fisher, non-central t by Johnson and Welch: both to the order of 1 / freedom.

    Example
    -------
    >>> round(expected(2.8, 1000), 2), round(expected(0.0, 1000), 2)
    (0.8, 0.05)
    """
    freedom = people - 2
    critical = QUANTILE + (QUANTILE**3 + QUANTILE) / (4 * freedom)
    width = math.sqrt(1 + critical**2 / (2 * freedom))
    middle = critical * (1 - 1 / (4 * freedom))
    return NORMAL.cdf((away - middle) / width) + NORMAL.cdf((-away - middle) / width)


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT)


def _y(part: float) -> float:
    return HEIGHT - BOTTOM - float(part) * (HEIGHT - TOP - BOTTOM)
