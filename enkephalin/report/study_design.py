"""The design of a study on the page: who flows where, what each arm gets, and when is measured.

Needs    a ``Trial``
Gives    ``flow``: the way of the people as boxes; ``timeline``: the arms and measures on one axis of time
Leaves   what was found: see study_pictures.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records.shapes import ResolvedArm, ResolvedStudy
from ..records.shapes.scenario import ResolvedDose, ResolvedExposure
from .asked import happenings, marks
from .axis import Axis, time_axis
from .chart import FEWEST_AS_BAR, Mark, kinds_of
from .words import listing, moment, span, title

if TYPE_CHECKING:
    from ..trial.running import Trial

WIDTH, LEFT, RIGHT, STRIP, AXIS = 480, 10, 14, 26, 22


@dataclass(frozen=True)
class Period:
    """What happens in one arm, with times from the start of a period."""

    doses: tuple[ResolvedDose, ...]
    exposures: tuple[ResolvedExposure, ...]
    zero: float


@dataclass(frozen=True)
class Branch:
    """The people of one order of arms."""

    name: str
    assigned: int
    left: int
    counted: int


def branches(trial: Trial) -> tuple[Branch, ...]:
    """How many were assigned to each order, left before the end, and have a value for the primary analysis."""
    table, plan = trial.table, trial.study.analysis[0]
    rows = table[table["measure"] == plan.measure]
    if plan.at_h is not None and plan.summary == "at":
        rows = rows[np.isclose(rows["time_h"], plan.at_h)]
    known = rows.assign(known=rows["value"].notna()).groupby("person")["known"]
    counted = known.all() if plan.at_h is not None else known.any()
    people = table.groupby("person").agg(sequence=("sequence", "first"), left=("dropped", "any"))
    people["counted"] = counted
    found = people.groupby("sequence", sort=False).agg(
        n=("left", "size"), left=("left", "sum"), counted=("counted", "sum")
    )
    order = [_order(names) for names in trial.study.orders]
    found = found.reindex([name for name in order if name in found.index])
    return tuple(Branch(str(name), int(row.n), int(row.left), int(row.counted)) for name, row in found.iterrows())


def _order(names: Sequence[str]) -> str:
    return " > ".join(names)


def flow(trial: Trial) -> str:
    """The way of the people from the population to the analysis."""
    study, truth = trial.study, trial.truth
    every = branches(trial)
    screened = truth.screened or trial.n
    turned_away = screened - trial.n
    top = [
        _box(f"{screened:,} people drawn", f"from {_words(study.people.population)}"),
        _box(f"{trial.n:,} assigned", f"{turned_away:,} were not eligible" if turned_away else "all were eligible"),
    ]
    drops = study.dropout is not None
    columns = "".join(
        "<li><ul>"
        + _box(title(branch.name.replace(" > ", ", then ")), f"{branch.assigned:,} people")
        + (
            _box(f"{branch.left:,} left", "before the last visit")
            if drops
            else _box("Nobody left", "no dropout is modelled")
        )
        + _box(f"{branch.counted:,} counted", "with a value for the primary analysis")
        + "</ul></li>"
        for branch in every
    )
    return (
        '<section id="flow"><h2>The way of the people</h2>'
        f'<p class="story">{escape(_assignment(study))}</p>'
        f'<ol class="flow">{"".join(top)}<li><ol class="branches">{columns}</ol></li></ol></section>'
    )


def _box(head: str, remark: str) -> str:
    return f'<li class="box"><strong>{escape(head)}</strong><span>{escape(remark)}</span></li>'


def _assignment(study: ResolvedStudy) -> str:
    within = f", within {listing(_words(name) for name in study.stratify)}" if study.stratify else ""
    if len(study.orders) == 1 and len(study.orders[0]) == 1:
        return "Everybody gets the same; nobody is assigned by chance."
    what = "orders of the arms" if len(study.orders[0]) > 1 else "arms"
    washout = f" Between periods lie {span(study.washout)} without anything." if len(study.orders[0]) > 1 else ""
    return f"Chance assigns people to the {what} in blocks of {study.block}{within}.{washout}"


def timeline(trial: Trial) -> str:
    """The arms and the measures, each on a strip, all on one axis."""
    study = trial.study
    across = time_axis(-study.zero, study.end - study.zero)
    kinds = kinds_of([mark for arm in study.arms for mark in marks(_period(study, arm))])
    arms = "".join(_arm(study, arm, across, k, kinds) for k, arm in enumerate(study.arms))
    measures = "".join(_measure(row, across, k) for k, row in enumerate(study.measures))
    orders = ""
    if len(study.orders[0]) > 1:
        told = "; ".join(", then ".join(map(_words, order)) for order in study.orders)
        orders = f"<p>Each person goes through {len(study.orders[0])} periods: {escape(told)}. One period is shown.</p>"
    history = happenings(Period(study.history.doses, study.history.exposures, 0.0)) if study.history else ()
    before = f"<p>Before: {escape(' '.join(history))}</p>" if history else ""
    return (
        '<section id="design"><h2>What happens, and when is measured</h2>'
        f"{orders}{before}<div class=strips>{arms}{measures}</div></section>"
    )


def _period(study: ResolvedStudy, arm: ResolvedArm) -> Period:
    return Period(arm.happens.doses, arm.happens.exposures, study.zero)


def _arm(study: ResolvedStudy, arm: ResolvedArm, across: Axis, number: int, kinds: Mapping[str, int]) -> str:
    lived = _period(study, arm)
    said = " ".join(happenings(lived)) or "Nothing happens."
    about = f"<p>{escape(arm.about)}</p>" if arm.about else ""
    picture = _strip(
        f"arm-{number}", f"What happens in {_words(arm.id)}", said, _marked(marks(lived), across, kinds), across
    )
    return f"<div><h3>{escape(title(arm.id))}</h3>{about}<p>{escape(said)}</p>{picture}</div>"


def _marked(every: Sequence[Mark], across: Axis, kinds: Mapping[str, int]) -> str:
    """Triangles for doses; bars for exposures, and for doses too many to tell apart."""
    parts = []
    for mark in every:
        style = f"mark mark-{kinds[mark.label] % 4}"
        inside = mark.times[(mark.times >= across.low) & (mark.times <= across.high)]
        if mark.until is not None or len(inside) > FEWEST_AS_BAR:
            first, last = float(mark.times[0]), mark.until if mark.until is not None else float(inside[-1])
            x, end = _x(across, max(first, across.low)), _x(across, min(last, across.high))
            parts.append(f'<rect class="{style}" x="{x:.1f}" y="14" width="{max(end - x, 2):.1f}" height="7" rx="2">'
                         f"<title>{escape(mark.label)}</title></rect>")  # fmt: skip
        else:
            for time in map(float, inside):
                said = f"{escape(mark.label)}, {moment(time)}"
                parts.append(
                    f'<path class="{style}" d="M{_x(across, time) - 4:.1f} 4h8l-4 8z"><title>{said}</title></path>'
                )
    return "".join(parts)


def _measure(row: Any, across: Axis, number: int) -> str:
    by = (
        f" with {_words(row.instrument)}"
        if row.instrument
        else ", without noise"
        if row.event is None
        else ", yes or no"
    )
    ticks = "".join(
        f'<path class="visit{" base" if row.baseline is not None and time == row.baseline else ""}" '
        f'd="M{_x(across, time):.1f} 5v16"><title>{moment(time)}</title></path>'
        for time in row.at
    )
    often = "Once" if len(row.at) == 1 else f"{len(row.at)} times"
    told = f"{often}: {', '.join(moment(time) for time in row.at)}"
    if row.baseline is not None:
        told += f"; baseline at {moment(row.baseline)}"
    picture = _strip(f"measure-{number}", f"When {_words(row.id)} is measured", told, ticks, across)
    about = f"<p>{escape(row.about)}</p>" if row.about else ""
    return (
        f"<div><h3>{escape(title(row.id))}<small>{escape(by)}</small></h3>{about}<p>{escape(told)}.</p>{picture}</div>"
    )


def _strip(key: str, name: str, said: str, inside: str, across: Axis) -> str:
    """A strip with its axis."""
    ticks = "".join(
        f'<path class="grid" d="M{_x(across, tick):.1f} {STRIP}v4"/>'
        f'<text class="tick {"end" if _x(across, tick) > WIDTH - RIGHT - 16 else "middle"}" '
        f'x="{min(_x(across, tick), WIDTH - 2):.1f}" y="{STRIP + 16}">'
        f"{label}{f' {across.unit}' if tick == across.ticks[-1] else ''}</text>"
        for tick, label in zip(across.ticks, across.labels, strict=True)
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {STRIP + AXIS}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(name)}</title><desc id="{key}-d">{escape(said)}</desc>'
        f'<path class="row-line" d="M{LEFT} {STRIP}H{WIDTH - RIGHT}"/>{ticks}{inside}</svg>'
    )


def _x(axis: Axis, time: float) -> float:
    return LEFT + axis.share(time) * (WIDTH - LEFT - RIGHT)


def _words(name: str) -> str:
    return name.replace("_", " ")
