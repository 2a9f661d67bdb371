"""Pictures of the targets: the model's curve, and what was seen drawn over it.

Needs    running, people, matplotlib
Gives    ``draw_all()``: docs/pictures/validation_<group>_<number>.svg; ``file_name(group, number)``
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from enkephalin.errors import UnitError
from enkephalin.measure import parse
from enkephalin.measure.grammar import Moment, Summary, Watched
from enkephalin.records.scenario.grammar import time_of
from enkephalin.records.units import convert
from enkephalin.simulate.watching import plain_unit

from .people import people_in
from .records import Curve, Group, Target, groups
from .running import result_of

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 3)))
COLOURS = ("#1b4f72", "#b9570f", "#1d6b3c", "#6c3483", "#7b241c", "#4d5656")
LONG = 72.0  # h; beyond, the axis counts days


def draw_all(folder: Path = FOLDER) -> list[Path]:
    """Draw every picture of every group."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for group in groups():
        for number, picture in enumerate(group.pictures, start=1):
            path = folder / file_name(group, number)
            _draw(group, picture, path)
            drawn.append(path)
    return drawn


def file_name(group: Group, number: int) -> str:
    """Of a picture; the first is 1."""
    return f"validation_{group.id}_{number}.svg"


def _draw(group: Group, picture: Curve, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = parse(f"peak {picture.show}")
    assert isinstance(shown, Summary)
    start, end = float(time_of(picture.start)), float(time_of(picture.end))
    day = 24.0 if end - start > LONG else 1.0
    with plt.rc_context(
        {"svg.hashsalt": path.stem, "svg.fonttype": "none", "font.size": 10, "path.simplify_threshold": 0.5}
    ):
        figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
        unit, peaks = "", dict[str, float]()
        for number, run in enumerate(picture.runs):
            curve, unit = _curve(result_of(group, run), shown.of, picture.unit)
            near = (curve["time"] >= start) & (curve["time"] <= end)
            about = group.run(run).about or run.replace("_", " ")
            style = {"linestyle": STYLES[number % len(STYLES)], "color": COLOURS[number % len(COLOURS)]}
            axes.plot(curve["time"].values[near] / day, curve.values[near], label=about, linewidth=1.8, **style)
            peaks[run] = float(curve["time"].values[near][np.argmax(curve.values[near])])
            if picture.people:
                low, high = _shade(people_in(group, run), shown.of, picture.unit)
                near = (low["time"] >= start) & (low["time"] <= end)
                axes.fill_between(
                    low["time"].values[near] / day, low.values[near], high.values[near],
                    color=style["color"], alpha=0.12, linewidth=0,
                )  # fmt: skip
        for target in group.targets:
            if target.band is not None and target.run in picture.runs:
                colour = COLOURS[picture.runs.index(target.run) % len(COLOURS)]
                top = peaks.get(target.run) if picture.people else None
                _mark(axes, target, shown.of, (start, end, day), colour, top)
        axes.set_xlabel("days from zero" if day > 1 else "hours from zero")
        axes.set_ylabel(unit)
        axes.set_title(picture.title, fontsize=11)
        axes.set_xlim(start / day, end / day)
        axes.spines[["top", "right"]].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        kept = dict(zip(labels, handles, strict=True))
        if len(kept) > 1:
            axes.legend(kept.values(), kept.keys(), frameon=False, fontsize=9)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": picture.title})
        plt.close(figure)


def _shade(result: xr.Dataset, of: Watched, unit: str | None) -> tuple[xr.DataArray, xr.DataArray]:
    """Between which values nine of ten people lie."""
    values, _ = _each(result, of, unit)
    return values.quantile(0.05, "person"), values.quantile(0.95, "person")


def _curve(result: xr.Dataset, of: Watched, unit: str | None) -> tuple[xr.DataArray, str]:
    """The mean over people and over the dims that are not named, and its unit."""
    values, units = _each(result, of, unit)
    return values.mean("person"), units


def _each(result: xr.Dataset, of: Watched, unit: str | None) -> tuple[xr.DataArray, str]:
    """The value of each person, the mean over the dims that are not named, and its unit."""
    values = result[of.name]
    units = str(values.attrs["units"])
    for dim in [dim for dim in values.dims if dim not in ("person", "time")]:
        words = [word for word in of.where if word in set(map(str, values[dim].values))]
        values = values.sel({dim: words[0]}) if words else values.mean(dim)
    if unit is None:
        return values, units
    try:
        factor = convert(1.0, units, unit)
    except UnitError:
        factor = convert(1.0, plain_unit(units), unit)
    return values * factor, unit


def _mark(
    axes: Any, target: Target, of: Watched, shown: tuple[float, float, float], colour: str, top: float | None
) -> None:
    """In the colour of the run: a bar where a value at a time was seen, a hatched strip where a peak or a mean was.

    ``top`` is when the model peaks; the bar of a peak is put there.
    """
    start, end, day = shown
    readout = parse(target.readout)
    if not isinstance(readout, (Moment, Summary)) or target.relative_to or target.against:
        return
    if (readout.of.name.removesuffix("_expected"), readout.of.where) != (of.name.removesuffix("_expected"), of.where):
        return
    low, high = (np.nan if side is None else side for side in target.band or (None, None))
    floor, ceiling = axes.get_ylim()
    low, high = (floor if np.isnan(low) else low), (ceiling if np.isnan(high) else high)
    a_peak = isinstance(readout, Summary) and readout.kind == "peak" and not readout.time
    when = readout.at if isinstance(readout, Moment) else top if a_peak else None
    if when is not None:
        if start <= when <= end:
            centre = (low + high) / 2
            axes.errorbar(
                [when / day], [centre], yerr=[[centre - low], [high - centre]],
                color=colour, capsize=4, linewidth=2, label="seen",
            )  # fmt: skip
    elif isinstance(readout, Summary) and not readout.time and readout.kind != "area":
        left = max(start, start if readout.window.start is None else readout.window.start)
        right = min(end, end if readout.window.end is None else readout.window.end)
        if left < right:
            axes.fill_between(  # hatched: people are shaded
                [left / day, right / day], low, high,
                facecolor="none", edgecolor=colour, hatch="////", linewidth=0.8, label="seen",
            )  # fmt: skip
