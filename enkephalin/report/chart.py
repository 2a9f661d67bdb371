"""One time course as inline SVG: lines, spread, severity bands, doses and exposures, history.

Needs    ``Series`` (times in h, values), ``Mark`` (doses, exposures), ``Band`` (named ranges of a scale)
Gives    ``draw``: an ``<svg>`` with a title and a spoken description, coloured by the page's own style sheet
Leaves   legends and headings (page.py), choosing what is shown (systems.py)

Lines differ in dash as well as in colour, and bands carry their names, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from .axis import Axis, log_axis, time_axis, value_axis
from .words import moment, number

WIDTH, HEIGHT = 480, 236
LEFT, RIGHT, TOP, BOTTOM = 50, 10, 34, 34
STRIP = 12  # height of the strip that carries the doses
FEWEST_AS_BAR = 32  # more doses than this in one window are drawn as one bar
STYLES = 8  # line styles in style.css
BEADS = 11  # on a line of the other side


@dataclass(frozen=True)
class Series:
    """One line: times in h, shape (time,), values of the same shape, and the 5-95 % of people where there are many."""

    label: str
    time: np.ndarray
    value: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Mark:
    """Something that happens: at the instants ``times`` (doses), or from ``times[0]`` to ``until`` (an exposure)."""

    label: str
    times: np.ndarray
    until: float | None = None


@dataclass(frozen=True)
class Band:
    """A named range of a scale, such as mild withdrawal: [low, high)."""

    label: str
    low: float
    high: float


@dataclass(frozen=True)
class Chart:
    """What one picture shows, and of what unit."""

    title: str
    unit: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    bands: tuple[Band, ...] = ()
    reference: float | None = None  # a value to draw a line at, such as the baseline of a ratio
    logarithmic: bool = False
    with_history: bool = False  # its long window shows all that came before zero
    form: str = "lines"  # or "rows": one filled step curve under the other, see rows.py
    others: tuple[Series, ...] = ()  # the same lines of the other side, drawn with beads
    sides: tuple[str, str] = ("", "")  # the names of the two sides


def draw(chart: Chart, start: float, end: float, *, key: str) -> str:
    """Draw a chart over the window [start, end] in h. ``key`` makes the ids on the page unique."""
    across = time_axis(start, end)
    up = _value_axis(chart, start, end)
    body = [
        _bands(chart.bands, up),
        _history(across, key),
        _grid(across, up, chart.unit),
        _reference(chart.reference, up),
        _marks(chart.marks, across),
        *(_line(series, style, across, up) for style, series in enumerate(chart.series)),
        *(_line(series, style, across, up, beaded=True) for style, series in enumerate(chart.others)),
    ]
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(chart.title)}, {moment(start)} to {moment(end)}</title>'
        f'<desc id="{key}-d">{escape(describe(chart, start, end))}</desc>{"".join(body)}</svg>'
    )


def describe(chart: Chart, start: float, end: float) -> str:
    """The chart in words, for those who hear it: each line's first, highest, lowest and last value."""
    sentences = []
    for series in every_line(chart):
        part = cut(series, start, end)
        if not len(part.time):
            continue
        time, value = part.time, part.value
        top, bottom = int(np.argmax(value)), int(np.argmin(value))
        sentences.append(
            f"{series.label}: {number(value[0])} at {moment(time[0])}, highest {number(value[top])} at "
            f"{moment(time[top])}, lowest {number(value[bottom])} at {moment(time[bottom])}, "
            f"{number(value[-1])} {chart.unit} at {moment(time[-1])}."
        )
    return " ".join(sentences)


def every_line(chart: Chart) -> list[Series]:
    """The lines of a chart; where there are two sides, each line bears the name of its own."""
    if not chart.others:
        return list(chart.series)
    return [
        replace(series, label=f"{series.label}, {side}")
        for side, group in zip(chart.sides, (chart.series, chart.others), strict=True)
        for series in group
    ]


def style_of(index: int) -> str:
    """The class of the n-th line, which gives its colour and dash."""
    return f"line-{index % STYLES}"


def _inside(time: np.ndarray, start: float, end: float) -> np.ndarray:
    return (time >= start) & (time <= end)


def cut(series: Series, start: float, end: float) -> Series:
    """The part of a line that lies in the window, joined to its edges where the line goes on beyond them."""
    time = series.time[_inside(series.time, start, end)]
    if not len(series.time) or start > series.time[-1] or end < series.time[0]:
        return Series(series.label, time, time)
    time = np.union1d(time, [max(start, series.time[0]), min(end, series.time[-1])])
    parts = (None if part is None else np.interp(time, series.time, part) for part in (series.low, series.high))
    return Series(series.label, time, np.interp(time, series.time, series.value), *parts)


def _x(axis: Axis, time: float) -> float:
    return LEFT + axis.share(time) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM)


def _value_axis(chart: Chart, start: float, end: float) -> Axis:
    """The axis that holds every line in the window, its spread and the reference value."""
    seen = [np.array([chart.reference])] if chart.reference is not None else []
    for series in every_line(chart):
        part = cut(series, start, end)
        seen += [values for values in (part.value, part.low, part.high) if values is not None]
    values = np.concatenate([np.asarray(part, dtype=float) for part in seen])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if chart.logarithmic and high > 0:
        return log_axis(high)
    if chart.bands:
        high = max(high, next((band.low for band in chart.bands if band.low > 0), high) * 2)
    return value_axis(low, high)


def _history(across: Axis, key: str) -> str:
    """Shade what happened before the scenario's zero."""
    if across.low >= 0:
        return ""
    left, right = _x(across, across.low), _x(across, 0.0)
    hatch = (
        f'<pattern id="{key}-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>'
    )
    box = f'x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{HEIGHT - TOP - BOTTOM}"'
    label = f'<text class="faint halo" x="{left + 5:.1f}" y="{HEIGHT - BOTTOM - 6}">history</text>'
    return (
        f'<defs>{hatch}</defs><rect class="history" {box}/><rect fill="url(#{key}-h)" {box}/>'
        f'<line class="zero" x1="{right:.1f}" x2="{right:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f"{label if right - left > 52 else ''}"
    )


def _bands(bands: Sequence[Band], up: Axis) -> str:
    """Severity bands, each with its name at the right edge."""
    parts = []
    for index, band in enumerate(bands):
        if band.low >= up.high or band.high <= up.low:
            continue
        top, bottom = _y(up, min(band.high, up.high)), _y(up, max(band.low, up.low))
        parts.append(
            f'<rect class="band band-{index % 5}" x="{LEFT}" y="{top:.1f}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{bottom - top:.1f}"/>'
        )
        if bottom - top > 10:
            parts.append(
                f'<text class="faint end" x="{WIDTH - RIGHT - 4}" y="{top + 11:.1f}">{escape(band.label)}</text>'
            )
    return "".join(parts)


def _grid(across: Axis, up: Axis, unit: str) -> str:
    """Grid lines, tick labels and the units of both axes."""
    parts = [f'<text class="unit" x="4" y="{TOP - 20}">{escape(unit)}</text>']
    for tick, label in zip(up.ticks, up.labels, strict=True):
        y = _y(up, tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick end" x="{LEFT - 6}" y="{y + 4:.1f}">{label}</text>')
    for tick, label in zip(across.ticks, across.labels, strict=True):
        x = _x(across, tick)
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 4}"/>'
        )
        last = x > WIDTH - RIGHT - 20
        text = f"{label} {across.unit}" if tick == across.ticks[-1] else label
        parts.append(
            f'<text class="tick {"end" if last else "middle"}" x="{WIDTH - 2 if last else round(x, 1)}" '
            f'y="{HEIGHT - BOTTOM + 18}">{text}</text>'
        )
    return "".join(parts)


def _reference(value: float | None, up: Axis) -> str:
    if value is None or not up.low <= value <= up.high:
        return ""
    y = _y(up, value)
    return f'<line class="reference" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def kinds_of(marks: Sequence[Mark]) -> dict[str, int]:
    """The number of each kind of mark: what happens again and again bears one colour, and one word in the legend."""
    return {label: index for index, label in enumerate(dict.fromkeys(mark.label for mark in marks))}


def _marks(marks: Sequence[Mark], across: Axis) -> str:
    """The strip above the plot: a triangle for a dose, a bar for an exposure or for doses too many to tell apart."""
    parts = []
    bottom = TOP - 3
    kinds = kinds_of(marks)
    for mark in marks:
        style = f"mark mark-{kinds[mark.label] % 4}"
        inside = mark.times[_inside(mark.times, across.low, across.high)]
        if mark.until is not None:
            first, last = float(mark.times[0]), mark.until
            if last > across.low and first < across.high:
                parts.append(_bar(style, _x(across, first), _x(across, last), bottom, mark.label))
        elif len(inside) > FEWEST_AS_BAR:
            parts.append(_bar(style, _x(across, inside[0]), _x(across, inside[-1]), bottom, mark.label))
        else:
            for time in inside:
                x = _x(across, float(time))
                triangle = f"M{x - 4:.1f} {bottom - 8}h8l-4 8z"
                said = f"{escape(mark.label)}, {moment(float(time))}"
                parts.append(f'<path class="{style}" d="{triangle}"><title>{said}</title></path>')
    return "".join(parts)


def _bar(style: str, left: float, right: float, bottom: float, label: str) -> str:
    return (
        f'<rect class="{style}" x="{left:.1f}" y="{bottom - 7}" width="{max(right - left, 2):.1f}" height="6" rx="2">'
        f"<title>{escape(label)}</title></rect>"
    )


def _line(series: Series, style: int, across: Axis, up: Axis, *, beaded: bool = False) -> str:
    """One line, and its spread behind it. A line that leaves the window is cut at its edge."""
    part = cut(series, across.low, across.high)
    if not len(part.time):
        return ""
    shade = ""
    if part.low is not None and part.high is not None:
        over = [point for run in _runs(part.time, part.high, across, up) for point in thin(run)]
        under = [point for run in _runs(part.time, part.low, across, up) for point in thin(run)]
        shade = f'<path class="spread {style_of(style)}" d="{_path([*over, *under[::-1]])}Z"/>'
        if beaded:  # the other side's spread is two dotted edges, so that both can be seen
            shade = f'<path class="edge {style_of(style)}" d="{_path(over)}{_path(under)}"/>'
    runs = _runs(part.time, part.value, across, up)
    path = "".join(_path(thin(run)) for run in runs)
    beads = _beads(runs, style) if beaded else ""
    return f'{shade}<path class="line {style_of(style)}" d="{path}"/>{beads}'


def _beads(runs: Sequence[Sequence[tuple[float, float]]], style: int) -> str:
    """Small rings at even distances along a line, a little further along for each style, so that they do not meet."""
    step = (WIDTH - LEFT - RIGHT) / BEADS
    first = LEFT + step * (0.35 + 0.22 * (style % 4))
    parts = []
    for run in runs:
        xs, ys = np.array(run).T
        at = np.arange(first, WIDTH, step)
        at = at[(at >= xs[0]) & (at <= xs[-1])]
        places = zip(at, np.interp(at, xs, ys), strict=True)
        parts += [f"M{x - 3:.1f} {y:.1f}a3 3 0 1 0 6 0a3 3 0 1 0-6 0" for x, y in places]
    return f'<path class="bead {style_of(style)}" d="{"".join(parts)}"/>' if parts else ""


def _runs(time: np.ndarray, value: np.ndarray, across: Axis, up: Axis) -> list[list[tuple[float, float]]]:
    """The line as pieces without gaps. On a logarithmic axis it ends where it falls under the lowest tick."""
    shown = np.isfinite(value) & ((value >= up.low) if up.logarithmic else True)
    runs: list[list[tuple[float, float]]] = []
    for k in np.flatnonzero(shown):
        if k == 0 or not shown[k - 1]:
            runs.append([])
        runs[-1].append((_x(across, float(time[k])), _y(up, float(value[k]))))
    return runs


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def thin(points: Sequence[tuple[float, float]], slack: float = 0.15) -> list[tuple[float, float]]:
    """Drop the points that lie within ``slack`` of the line between their neighbours (Douglas and Peucker 1973)."""
    if len(points) < 3:
        return list(points)
    xy = np.asarray(points)
    keep = np.zeros(len(xy), dtype=bool)
    keep[[0, -1]] = True
    waiting = [(0, len(xy) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        along = xy[last] - xy[first]
        offset = xy[first + 1 : last] - xy[first]
        length = float(np.hypot(*along))
        away = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length if length else np.hypot(*offset.T)
        worst = int(np.argmax(away))
        if away[worst] > slack:
            middle = first + 1 + worst
            keep[middle] = True
            waiting += [(first, middle), (middle, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]
