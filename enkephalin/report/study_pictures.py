"""What a study saw, as pictures: courses of people and of arms, and effects with their intervals.

Needs    the data of a study in long form, its truth, its estimates
Gives    ``courses`` of one measure, ``forest`` of one planned analysis under one or several bodies
Leaves   the page around them: see study.py

Arms differ in dash and in the shape of their marks, not only in colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..measure.instruments import true_score
from .axis import Axis, time_axis, value_axis
from .chart import style_of
from .words import moment, number

if TYPE_CHECKING:
    from ..trial.running import Trial

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 240, 50, 12, 22, 34
PEOPLE = 40  # courses of single people in one panel
CERTAIN = 1.96  # standard errors to each side of a mean
DASH = 24  # of a person seen once
ROW, LABEL = 30, 150  # of the forest
MARKS = ("M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M{x} {y}m-4-4h8v8h-8z", "M{x} {y}m0-5l5 9h-10z",
         "M{x} {y}m0-6l6 6l-6 6l-6-6z")  # fmt: skip  # a disc, a square, a triangle, a diamond


@dataclass(frozen=True)
class Course:
    """One arm over the occasions of a measure: single people, their mean with its standard error, and the true mean."""

    arm: str
    time: np.ndarray
    people: np.ndarray  # (person, occasion), NaN where missing
    true: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean of those who have a value."""
        return _of_known(self.people, np.nanmean)

    @property
    def error(self) -> np.ndarray:
        """The standard error of the mean."""
        count = np.isfinite(self.people).sum(axis=0)
        spread = _of_known(self.people, lambda values, axis: np.nanstd(values, axis=axis))
        return spread / np.sqrt(np.maximum(count - 1, 1))


def _of_known(values: np.ndarray, of: Any) -> np.ndarray:
    found = np.full(values.shape[1], np.nan)
    some = np.isfinite(values).any(axis=0)
    found[some] = of(values[:, some], axis=0)
    return found


def courses_of(trial: Trial, measure: str) -> tuple[Course, ...]:
    """The courses of each arm; periods of a crossover lie over one another."""
    rows = trial.table[trial.table["measure"] == measure]
    truth, times = trial.truth, np.asarray(trial.truth.times[measure], float)
    instrument = next(row.instrument for row in trial.study.measures if row.id == measure)
    scores = truth.values[measure] if instrument is None else true_score(instrument, truth.values[measure])
    found = []
    for arm in trial.study.arms:
        own = rows[rows["arm"] == arm.id]
        wide = own.pivot(index=["person", "period"], columns="occasion", values="value").to_numpy(float)
        places = [k for k, place in enumerate(truth.places) if place.arm == arm.id]
        true = _of_known(scores[:, places].reshape(-1, len(times)), np.nanmean)
        found.append(Course(arm.id, times, wide, true))
    return tuple(found)


def courses(every: Sequence[Course], name: str, unit: str, *, key: str, single: bool = True) -> str:
    """All arms in one panel; then, unless nobody wants single people, one panel for each arm."""
    means = np.concatenate(
        [part for one in every for part in (one.mean - CERTAIN * one.error, one.mean + CERTAIN * one.error, one.true)]
    )
    together = _panel(every, _axis(means), f"{name}, mean of each arm", unit, f"{key}-all")
    if not single:
        return _figure("All arms", together, _legend(every))
    values = np.concatenate([one.people[:PEOPLE].ravel() for one in every])
    up = _axis(values)
    panels = [_figure("All arms", together, _legend(every))]
    for k, one in enumerate(every):
        shown = min(PEOPLE, len(one.people))
        drawn = _panel([one], up, f"{name}, {_words(one.arm)}", unit, f"{key}-{k}", first=k, people=True)
        few = f"{shown} of {len(one.people)} courses" if shown < len(one.people) else f"{shown} courses"
        panels.append(_figure(_words(one.arm), drawn, f'<p class="window">{few}, and their mean</p>'))
    return "".join(panels)


def _figure(name: str, picture: str, legend: str) -> str:
    return f"<figure><figcaption><h4>{escape(name)}</h4>{legend}</figcaption>{picture}</figure>"


def _legend(every: Sequence[Course]) -> str:
    samples = "".join(
        f'<li><svg viewBox="0 0 30 12" aria-hidden="true"><path class="line {style_of(k)}" d="M0 6H30"/>'
        f'<path class="point {style_of(k)}" d="{_mark(k, 15, 6)}"/></svg>{escape(_words(one.arm))}</li>'
        for k, one in enumerate(every)
    )
    true = '<li><svg viewBox="0 0 30 12" aria-hidden="true"><path class="true" d="M0 6H30"/></svg>without noise</li>'
    return f'<ul class="legend">{samples}<li>bars: 95 % of the mean</li>{true}</ul>'


def _axis(values: np.ndarray) -> Axis:
    known = values[np.isfinite(values)]
    return value_axis(float(known.min()), float(known.max())) if known.size else value_axis(0.0, 1.0)


def _panel(
    every: Sequence[Course], up: Axis, name: str, unit: str, key: str, *, first: int = 0, people: bool = False
) -> str:
    time = every[0].time
    ends = (float(time[0]), float(time[-1])) if len(time) > 1 else (float(time[0]) - 1, float(time[0]) + 1)
    room = (ends[1] - ends[0]) / 24  # so that bars of several arms stand side by side
    across = time_axis(ends[0] - room, ends[1] + room)
    parts = [_grid(across, up, unit)]
    for k, one in enumerate(every, first):
        if people:
            draw = _path if len(time) > 1 else _dash
            lines = "".join(draw(one.time, values, across, up) for values in one.people[:PEOPLE])
            parts.append(f'<path class="person {style_of(k)}" d="{lines}"/>')
        aside = room * 0.35 * (k - first - (len(every) - 1) / 2)
        moved = one.time + aside
        bars = "".join(
            f"M{_x(across, t):.1f} {_y(up, m - CERTAIN * e):.1f}V{_y(up, m + CERTAIN * e):.1f}"
            for t, m, e in zip(moved, one.mean, one.error, strict=True)
            if np.isfinite(m)
        )
        points = "".join(
            _mark(k, _x(across, t), _y(up, m)) for t, m in zip(moved, one.mean, strict=True) if np.isfinite(m)
        )
        parts.append(f'<path class="true" d="{_path(one.time, one.true, across, up)}"/>')
        parts.append(f'<path class="line {style_of(k)}" d="{_path(moved, one.mean, across, up)}"/>')
        parts.append(f'<path class="error {style_of(k)}" d="{bars}"/><path class="point {style_of(k)}" d="{points}"/>')
    told = " ".join(f"{_words(one.arm)}: {_told(one)} {unit}." for one in every)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(name)}</title><desc id="{key}-d">{escape(told)}</desc>{"".join(parts)}</svg>'
    )


def _told(one: Course) -> str:
    return ", ".join(f"{number(m)} at {moment(float(t))}" for t, m in zip(one.time, one.mean, strict=True))


def _grid(across: Axis, up: Axis, unit: str) -> str:
    parts = [f'<text class="unit" x="4" y="{TOP - 10}">{escape(unit)}</text>']
    for tick, label in zip(up.ticks, up.labels, strict=True):
        y = _y(up, tick)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text class="tick end" x="{LEFT - 6}" y="{y + 4:.1f}">{label}</text>')
    for tick, label in zip(across.ticks, across.labels, strict=True):
        text = f"{label} {across.unit}" if tick == across.ticks[-1] else label
        parts.append(f'<text class="tick middle" x="{_x(across, tick):.1f}" y="{HEIGHT - BOTTOM + 18}">{text}</text>')
    return "".join(parts)


def _dash(time: np.ndarray, values: np.ndarray, across: Axis, up: Axis) -> str:
    """A dash at the one occasion, where a line would have no length."""
    if not np.isfinite(values[0]):
        return ""
    return f"M{_x(across, float(time[0])) - DASH / 2:.1f} {_y(up, float(values[0])):.1f}h{DASH}"


def _path(time: np.ndarray, values: np.ndarray, across: Axis, up: Axis) -> str:
    """A line with gaps where values are missing."""
    found, pen = [], "M"
    for t, value in zip(time, values, strict=True):
        if np.isfinite(value):
            found.append(f"{pen}{_x(across, float(t)):.1f} {_y(up, float(value)):.1f}")
        pen = "L" if np.isfinite(value) else "M"
    return "".join(found)


def _x(axis: Axis, time: float) -> float:
    return LEFT + axis.share(time) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM)


def _mark(style: int, x: float, y: float) -> str:
    return MARKS[style % len(MARKS)].format(x=round(float(x), 1), y=round(float(y), 1))


def forest(rows: Sequence[tuple[str, Any]], unit: str, *, key: str) -> str:
    """Effects with their intervals, one row for each body; a line marks no effect.

    Parameters
    ----------
    rows : list of (str, Estimate)
        The name of a body, and what the same analysis found in it.
    unit : str
        Of the effect.
    """
    known = [value for _, one in rows for value in (one.estimate, *one.ci) if np.isfinite(value)]
    across = value_axis(min([0.0, *known]), max([0.0, *known])) if known else value_axis(-1.0, 1.0)
    base = TOP + ROW * len(rows)
    right = WIDTH - RIGHT

    def x(value: float) -> float:
        return LABEL + across.share(value) * (right - LABEL)

    ticks = "".join(
        f'<path class="grid" d="M{x(tick):.1f} {TOP - 6}V{base}"/>'
        f'<text class="tick middle" x="{x(tick):.1f}" y="{base + 18}">{label}</text>'
        for tick, label in zip(across.ticks, across.labels, strict=True)
    )
    lines = "".join(_effect(name, one, TOP + ROW * k + ROW / 2, x) for k, (name, one) in enumerate(rows))
    said = " ".join(f"{name}: {effect_text(one)}." for name, one in rows)
    title = _words(rows[0][1].title)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {base + 40}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">Effect on {escape(title)}</title><desc id="{key}-d">{escape(said)}</desc>{ticks}'
        f'<path class="zero" d="M{x(0.0):.1f} {TOP - 6}V{base}"/>{lines}'
        f'<text class="unit end" x="{right}" y="{base + 36}">{escape(unit)}</text></svg>'
    )


def _effect(name: str, one: Any, y: float, x: Any) -> str:
    """One row: the name, the interval, and a square that is filled where zero lies outside the interval."""
    label = f'<text class="end" x="{LABEL - 12}" y="{y + 4:.1f}">{escape(name)}</text>'
    if not np.isfinite(one.estimate):
        return label + f'<text class="tick" x="{LABEL}" y="{y + 4:.1f}">not found</text>'
    low, high = (x(limit) if np.isfinite(limit) else x(one.estimate) for limit in one.ci)
    sure = "sure" if one.significant else "unsure"
    return (
        f'{label}<path class="line line-0" d="M{low:.1f} {y:.1f}H{high:.1f}"/>'
        f'<rect class="{sure}" x="{x(one.estimate) - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'
    )


def effect_text(one: Any) -> str:
    """An effect with its interval, in words."""
    if not np.isfinite(one.estimate):
        return "not found"
    sure = "" if not np.isfinite(one.ci[0]) else f" ({number(one.ci[0])} to {number(one.ci[1])})"
    return f"{number(one.estimate)}{sure}"


def _words(name: str) -> str:
    return name.replace("_", " ")
