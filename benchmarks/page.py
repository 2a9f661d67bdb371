"""docs/benchmarks.md: tables of what was measured, and what was hoped for beside it.

Needs    ``Figures``
Gives    ``write``; the pictures are drawn by ``pictures``
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import long_runs
from .comparison import LIMIT, Row
from .growth import Series
from .sixty_states import Sixty
from .waiting import Wait

HEAD = """<!-- Written by `make bench` (python -m benchmarks). -->

# How fast

The population kernel beside other simulators, on the body that ships, at equal error. `make bench` repeats all of it.

"""
HOW = """## How it is measured

* Every engine gets the same people (drawn from general_adult), the same equations, events and wanted times (every 6 h,
  all states), and sits in a process of its own with one core.
* The error is the worst over states, times and people, as a share of the largest value of that state in that life,
  against our kernel at a tolerance of 1e-6, which libRoadRunner confirms (`make validate`). For each engine a small
  search finds a tolerance at which it is just under 1e-3.
* Speed is years of life in a second of processor time. A ratio joins our kernel and a peer that ran one after the
  other; given are the median and the range over the rounds. Above 1: our kernel is faster.
* Peers are helped: libRoadRunner gets rules passed as arguments and its events inside; numbalsoda, SciPy and diffrax
  get the kernel's own reading of the equations, with equal work once and what is constant for a person beforehand.
* Slow peers live shorter lives of the same kind, and their ratio is to our kernel on these.
"""


@dataclass
class Comparison:
    """One job, and a row for each engine."""

    name: str
    about: str
    states: int
    operations: int
    rows: list[Row]
    steps: float = np.nan
    refused: float = np.nan


@dataclass
class Figures:
    """All that one run of the benchmarks found."""

    machine: list[str]
    peak: dict[str, float]
    comparisons: list[Comparison]
    waits: list[Wait]
    simulate: tuple[float, float] | None
    series: list[Series] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sixty: Sixty | None = None


def write(figures: Figures, path: Path) -> None:
    """Write the page."""
    parts = [HEAD, *(f"* {line}\n" for line in figures.machine), _peak(figures), "\n"]
    parts.append("![Years of life in a second](pictures/bench_engines.svg)\n\n")
    for comparison in figures.comparisons:
        parts += [_comparison(comparison, figures.peak["float64"]), "\n"]
    if figures.missing:
        parts.append(f"Not measured yet, for want of time: {', '.join(figures.missing)}.\n\n")
    parts += [_scaling(figures), HOW, "\n", _waiting(figures), "\n", _growth(figures), "\n", long_runs.section()]
    path.write_text("".join(parts).rstrip() + "\n")


def _peak(figures: Figures) -> str:
    double, single = (figures.peak[kind] / 1e9 for kind in ("float64", "float32"))
    most = f"{double:.0f} thousand million sums and products a second, {single:.0f} with 32 bits"
    return f"* The most that one core does: {most}.\n"


def _comparison(comparison: Comparison, peak: float) -> str:
    ours = comparison.rows[0]
    lines = [
        f"## {comparison.name.capitalize()}\n\n{comparison.about}; {comparison.states} states.\n",
        "| engine | years of life / s | our kernel is faster by | worst error | tolerance | lives | failed | memory | "
        "ready in |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(row, row is ours) for row in comparison.rows if not row.why_not),
        "",
        *(f"{row.name}: {row.why_not}.\n" for row in comparison.rows if row.why_not),
        *(
            f"{row.name} is above the limit of error: at equal error it is slower.\n"
            for row in comparison.rows
            if row.error > LIMIT
        ),
    ]
    if np.isfinite(comparison.steps):
        share = median(ours.speed) * comparison.steps * comparison.operations / peak
        lines.append(
            f"\nA year takes {comparison.steps:.0f} steps ({comparison.refused:.0%} of them taken again) of at least "
            f"{comparison.operations / 1000:.1f} thousand operations each: {share:.0%} of the most that a core does."
        )
    return "\n".join(lines) + "\n" + _cores(comparison) + _single(comparison)


def _scaling(figures: Figures) -> str:
    """Speed at about 60 states: measured, and told from that of the larger body by the operations of a step."""
    sixty = figures.sixty
    if sixty is None:
        return ""
    lines = [
        "## At about sixty states\n",
        "A year with a dose a day, 64 bit, one core; the aim was 130 years of life a second on a body of this size.\n",
        "| body | states | operations of a step | steps of a year | years of life / s | "
        f"the same with {sixty.operations / 1000:.1f} thousand operations a step | worst error |",
        "|---|---|---|---|---|---|---|",
        f"| of the first trials, not biology | {sixty.states} | {sixty.operations} | {sixty.steps:.0f} | "
        f"{spread(sixty.speed)} | {median(sixty.speed):.3g} | {sixty.error:.1e} |",
    ]
    for part in figures.comparisons:
        if np.isfinite(part.steps) and part.rows[0].speed:
            speed = part.rows[0].speed
            lines.append(
                f"| that ships, {part.name.lower()} | {part.states} | {part.operations} | {part.steps:.0f} | "
                f"{spread(speed)} | {median(speed) * part.operations / sixty.operations:.3g} | "
                f"{part.rows[0].error:.1e} |"
            )
    lines.append(
        "\nThe last column but one is the speed times the ratio of operations, with the steps of a year as they are. "
        "Processor time; `benchmarks/sixty_states.ant` holds the small body.\n\n"
    )
    return "\n".join(lines)


def _row(row: Row, ours: bool) -> str:
    many = "all cores" in row.name
    speed = row.clock if many else row.speed
    ratio = "" if ours or many else spread(row.ratio)
    memory = f"{row.memory / 2**20:.0f} MiB" if np.isfinite(row.memory) else "not known"
    return (
        f"| {row.name} | {spread(speed)} | {ratio} | {row.error:.1e} | {row.tolerance:.1e} | {row.people} | "
        f"{row.failed} | {memory} | {row.load:.1f} s |"
    )


def _cores(comparison: Comparison) -> str:
    one, all_cores = comparison.rows[0], [row for row in comparison.rows if "all cores" in row.name and row.clock]
    if not all_cores:
        return ""
    gain = [b / a for a, b in zip(one.clock, all_cores[0].clock, strict=False)]
    return f"\nAll cores are {spread(gain)} times as fast as one, by the clock.\n"


def _single(comparison: Comparison) -> str:
    half = [row for row in comparison.rows if row.name == "enkephalin, 32 bit" and row.ratio]
    if not half:
        return ""
    gain = spread([1 / ratio for ratio in half[0].ratio])
    return f"\n32 bits are {gain} times as fast as 64, at an error of {half[0].error:.1e}.\n"


def _waiting(figures: Figures) -> str:
    if not figures.waits or figures.simulate is None:
        return ""
    processor, clock = figures.simulate
    lines = ["## Waiting\n", "| body | compiled anew | from the disk |", "|---|---|---|"]
    lines += [f"| {wait.states} states | {wait.cold:.1f} s | {wait.warm:.2f} s |" for wait in figures.waits]
    lines.append(
        "\nProcessor time. `enkephalin simulate heroin_withdrawal` of one person, everything kept: "
        f"{processor:.2f} s of processor time, {clock:.2f} s by the clock. "
        "Patches of values, hypotheses and people never compile anything."
    )
    return "\n".join(lines) + "\n"


def _growth(figures: Figures) -> str:
    if not figures.series:
        return ""
    lines = ["## What a year of life costs\n", "![Cost of a year of one life](pictures/bench_growth.svg)\n"]
    for series in figures.series:
        unit = "us for one step" if series.over == "states" else "ms for one year of one life"
        values = ", ".join(f"{x:g}: {cost:.3g}" for x, cost in zip(series.x, series.cost, strict=True))
        lines.append(f"* **{series.over}** ({series.about}), {unit}: {values}")
    return "\n".join(lines) + "\n"


def median(values: list[float]) -> float:
    """Of at least one value."""
    return float(np.median(values))


def spread(values: list[float]) -> str:
    """The median, and the range where there is one."""
    words = f"{median(values):.3g}"
    low, high = min(values), max(values)
    return words if f"{low:.3g}" == f"{high:.3g}" else f"{words} ({low:.3g} to {high:.3g})"
