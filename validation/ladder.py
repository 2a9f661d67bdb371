"""A ladder of findings: one rung for each, what was seen as a bar, the model and its people over it.

Needs    running, people, matplotlib
Gives    ``draw_ladders``: docs/pictures/ladder_<group>.svg; ``spreads_of``: where nine of ten people lie
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .people import PEOPLE, each
from .pictures import FOLDER
from .records import Group, Target
from .running import Verdict, judge
from .scorecard import short

Array = NDArray[np.float64]
RUNG, STEP, TOP = 0.62, 0.16, 0.55  # inches: a rung, each further value on it, what the axis and the title need
MET, MISSED, SEEN = "#1b4f72", "#b9570f", "#c9d6c3"
MARGIN = 0.08
LETTERS, FEWER = 100, 80  # of a claim that a rung's title shows; fewer beside the names of several runs
LEGEND = f"green: what was seen and its tolerance; dot: the reference adult; line: nine of ten of {PEOPLE} drawn people"


def file_name(group: Group) -> str:
    """Of a group's ladder."""
    return f"ladder_{group.id}.svg"


def spread_of(group: Group, target: Target) -> list[tuple[float, float]]:
    """Between which values nine of ten people lie, for each run; empty where one number is made of many people."""
    if target.over is not None:
        return []
    found = []
    for values in each(group, target):
        known = values[np.isfinite(values)]
        low, high = np.percentile(known, [5, 95]) if len(known) else (np.nan, np.nan)
        found.append((float(low), float(high)))
    return found


Spreads = dict[tuple[str, str], list[tuple[float, float]]]  # by group and target


def spreads_of(groups: list[Group]) -> Spreads:
    """Of every target."""
    return {(group.id, target.id): spread_of(group, target) for group in groups for target in group.targets}


def draw_ladders(groups: list[Group], spreads: Spreads, folder: Path = FOLDER) -> None:
    """Draw the ladder of each group."""
    folder.mkdir(parents=True, exist_ok=True)
    for group in groups:
        _draw(group, spreads, folder / file_name(group))


def _draw(group: Group, spreads: Spreads, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    heights = [RUNG + STEP * max(0, len(target.runs) - 1) for target in group.targets]
    with plt.rc_context({"svg.hashsalt": path.stem, "svg.fonttype": "none", "font.size": 9}):
        figure, rungs = plt.subplots(
            len(group.targets), 1, figsize=(7, sum(heights) + TOP), layout="constrained", squeeze=False,
            gridspec_kw={"height_ratios": heights},
        )  # fmt: skip
        for axes, target in zip(rungs[:, 0], group.targets, strict=True):
            _rung(axes, judge(group, target), spreads[group.id, target.id])
        figure.suptitle(LEGEND, fontsize=8)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": group.about})
        plt.close(figure)


def _rung(axes: Any, verdict: Verdict, spread: list[tuple[float, float]]) -> None:
    target = verdict.target
    values = np.array(verdict.values, float)
    colour = MET if verdict.distance == 0 else MISSED
    low, high = _limits(target, values, spread)
    if target.band is not None:
        left, right = target.band
        axes.axvspan(low if left is None else left, high if right is None else right, color=SEEN, linewidth=0)
    places = np.arange(len(values))[::-1]
    for place, value in zip(places, values, strict=True):
        axes.plot([value], [place], "o", color=colour, markersize=5)
    for place, (least, most) in zip(places, spread, strict=False):
        axes.plot([least, most], [place, place], color=colour, linewidth=1.6, alpha=0.6)
    if target.order is not None:
        axes.plot(values, places, color=colour, linewidth=0.8, linestyle=":")
        axes.set_yticks(places, [verdict.group.run(run).about or run for run in target.runs], fontsize=6)
    else:
        axes.set_yticks([])
    axes.set_xlim(low, high)
    axes.set_ylim(-0.7, len(values) - 0.3)
    axes.tick_params(axis="x", labelsize=7, pad=1)
    axes.spines[["top", "right", "left"]].set_visible(False)
    unit = f" ({target.unit})" if target.unit and target.unit != "1" else ""
    missed = verdict.distance != 0
    title = ("missed: " if missed else "") + short(target.claim, FEWER if target.runs else LETTERS) + unit
    axes.set_title(title, fontsize=8, loc="left", pad=2, color=colour if missed else "black")


def _limits(target: Target, values: Array, spread: list[tuple[float, float]]) -> tuple[float, float]:
    """The ends of the axis: everything that is drawn, and a margin."""
    known = [float(value) for value in values if np.isfinite(value)]
    known += [side for side in target.band or () if side is not None]
    known += [side for pair in spread for side in pair if np.isfinite(side)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    width = (high - low) or abs(high) or 1.0
    return low - MARGIN * width, high + MARGIN * width
