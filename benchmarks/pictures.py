"""Pictures of the benchmarks.

Needs    ``page.Figures``, matplotlib
Gives    ``draw``: bench_engines.svg and bench_growth.svg in a folder
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .page import Comparison, Figures, median

BLUE, ORANGE = "#1b4f72", "#b9570f"
LOGARITHMIC = ("people", "days")


def draw(figures: Figures, folder: Path) -> None:
    """Draw what there is."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 10}):
        shown = figures.comparisons
        figure, axes = plt.subplots(
            len(shown), 1, figsize=(7, 0.6 + 2.3 * len(shown)), layout="constrained", squeeze=False
        )
        for comparison, ax in zip(shown, axes[:, 0], strict=True):
            _engines(comparison, ax)
        figure.savefig(folder / "bench_engines.svg", metadata={"Date": None})
        plt.close(figure)
        if figures.series:
            figure, axes = plt.subplots(2, 2, figsize=(7, 5.2), layout="constrained")
            for series, ax in zip(figures.series, axes.flat, strict=True):
                ax.plot(series.x, series.cost, marker="o", color=BLUE, linewidth=1.6)
                ax.set_xlabel(series.over)
                ax.set_ylabel("microseconds a step" if series.over == "states" else "ms a year of one life")
                ax.set_ylim(bottom=0)
                if series.over in LOGARITHMIC:
                    ax.set_xscale("log")
                ax.grid(alpha=0.3)
            figure.savefig(folder / "bench_growth.svg", metadata={"Date": None})
            plt.close(figure)


def _engines(comparison: Comparison, ax: Any) -> None:
    rows = [row for row in comparison.rows if row.speed]
    speeds = [median(row.clock if "all cores" in row.name else row.speed) for row in rows]
    ax.barh(
        [row.name for row in rows], speeds, color=[BLUE if "enkephalin" in row.name else ORANGE for row in rows]
    )  # fmt: skip
    for k, speed in enumerate(speeds):
        ax.text(speed * 1.1, k, f"{speed:.3g}", va="center")
    ax.set_xscale("log")
    ax.set_xlim(right=max(speeds) * 5)
    ax.invert_yaxis()
    ax.set_xlabel("years of life in a second of one core")
    ax.set_title(comparison.name, loc="left")
