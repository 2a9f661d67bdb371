"""Several small step curves under one another: the items of a scale, each in its own row.

Needs    a ``Chart`` whose series share one unit
Gives    ``draw_rows``
Leaves   ordinary time courses: see chart.py

A row is named at its left and carries its highest value at its right, so it reads without colour.
"""

from __future__ import annotations

from html import escape

import numpy as np

from .axis import Axis, time_axis
from .chart import WIDTH, Chart, Series, cut, describe
from .words import moment, number

LEFT, RIGHT, TOP, BOTTOM = 104, 34, 6, 28
ROW = 22


def draw_rows(chart: Chart, start: float, end: float, *, key: str) -> str:
    """Draw each line of a chart as a filled step curve in its own row, over the window [start, end] in h."""
    across = time_axis(start, end)
    height = TOP + ROW * len(chart.series) + BOTTOM
    tallest = max((float(np.nanmax(series.value)) for series in (*chart.series, *chart.others)), default=1.0) or 1.0
    others = chart.others or (None,) * len(chart.series)
    rows = "".join(
        _row(series, TOP + ROW * (k + 1), tallest, across, chart.unit, other)
        for k, (series, other) in enumerate(zip(chart.series, others, strict=True))
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(chart.title)}, {moment(start)} to {moment(end)}</title>'
        f'<desc id="{key}-d">{escape(describe(chart, start, end))}</desc>{_axis(across, height)}{rows}</svg>'
    )


def _x(axis: Axis, time: float) -> float:
    return LEFT + axis.share(time) * (WIDTH - LEFT - RIGHT)


def _row(series: Series, base: float, tallest: float, across: Axis, unit: str, other: Series | None) -> str:
    """One filled step curve standing on ``base``; the other side is an open one."""
    path, highest = _steps(series, base, tallest, across)
    said, most, beside = f"{series.label}, at most {number(highest)} {unit}", number(highest), ""
    if other is not None:
        open_path, top = _steps(other, base, tallest, across)
        beside = f'<path class="row-other" d="{open_path}"/>'
        said, most = f"{said}; other side {number(top)}", f"{most}|{number(top)}"
    return (
        f'<line class="row-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>'
        f'<path class="row" d="{path}"><title>{escape(said)}</title></path>{beside}'
        f'<text class="end" x="{LEFT - 8}" y="{base - 3}">{escape(series.label)}</text>'
        f'<text class="tick" x="{WIDTH - RIGHT + 8}" y="{base - 3}">{most}</text>'
    )


def _steps(series: Series, base: float, tallest: float, across: Axis) -> tuple[str, float]:
    """The outline of a step curve, and its highest value."""
    part = cut(series, across.low, across.high)
    highest = float(np.nanmax(part.value)) if len(part.time) else 0.0
    steps = []
    previous = base
    for time, value in zip(part.time, part.value, strict=True):
        y = base - (ROW - 5) * float(value) / tallest
        if y != previous:
            x = _x(across, float(time))
            steps.append(f"L{x:.1f} {previous:.1f}L{x:.1f} {y:.1f}")
            previous = y
    edge = _x(across, float(part.time[-1])) if len(part.time) else LEFT
    return f"M{LEFT} {base}{''.join(steps)}L{edge:.1f} {previous:.1f}L{edge:.1f} {base}Z", highest


def _axis(across: Axis, height: float) -> str:
    parts = []
    for tick, label in zip(across.ticks, across.labels, strict=True):
        x = _x(across, tick)
        text = f"{label} {across.unit}" if tick == across.ticks[-1] else label
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - BOTTOM + 4}"/>')
        parts.append(f'<text class="tick middle" x="{x:.1f}" y="{height - 8}">{text}</text>')
    return "".join(parts)
