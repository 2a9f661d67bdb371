"""The report of a calibration: docs/calibration_report.md.

Needs    records, findings, search
Gives    ``report``: the page as text
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .findings import Findings
from .records import Array, plain_values
from .search import Posterior, State

SAID = "<!-- Written by `python -m validation.calibrate`: change validation/calibrations, then run it again. -->\n"
TOLD_APART = 0.5  # correlations above it are named
SILENT = 0.8  # of the prior's width: the findings hardly speak of such a number
PAIRS = 15


@dataclass(frozen=True)
class Outcome:
    """All that a calibration found."""

    findings: Findings
    start: Array  # the values of the tables
    ends: tuple[State, ...]  # one for each starting point, the best first
    posterior: Posterior  # at the best
    before: Array  # misfits at the tables' values, shape (finding,)
    after: Array

    @property
    def point(self) -> Array:
        """The best end."""
        return self.ends[0].point


def report(outcome: Outcome) -> str:
    """The page."""
    fit, best = outcome.findings.fit, outcome.ends[0]
    lines = [SAID, f"# Calibration: {fit.id.replace('_', ' ')}\n", f"{fit.about}\n"]
    lines.append(
        f"{len(fit.free)} numbers, {len(outcome.findings.all)} findings of use *building* in "
        f"{len(outcome.findings.runs())} runs; findings of use *verification* are not read. Each finding counts by its "
        "distance from the middle of its band, which is read as what nine of ten results would lie in (one-sided "
        "findings and orders: by how far they are missed, in the widths that the record of the calibration fixes). "
        "Priors are lognormal. [How the drug half was fitted](explanations/calibration.md) explains the rest; "
        f"`python -m validation.calibrate {fit.id}` repeats it.\n"
    )
    lines.append(_paths(outcome))
    lines.append(f"## Numbers\n\n{_numbers(outcome)}\n")
    lines.append(f"## What the findings cannot tell apart\n\n{_apart(outcome)}\n")
    lines.append(f"## Findings\n\n{_findings(outcome)}\n")
    assert best.costs
    return "\n".join(lines)


def _paths(outcome: Outcome) -> str:
    rows = [
        "| start | cost at the start | at the end | steps | farthest number from the best end |",
        "|---|---|---|---|---|",
    ]
    for place, end in enumerate(outcome.ends):
        apart = float(np.abs(end.point - outcome.point).max())
        ended = "" if end.done else " (stopped early)"
        cells = [f"{place + 1}", f"{end.costs[0]:.2f}", f"{end.costs[-1]:.2f}", f"{len(end.costs) - 1}{ended}"]
        rows.append(f"| {' | '.join(cells)} | {apart:.2f} widths of its prior |")
    return "\n".join(rows) + "\n"


def _numbers(outcome: Outcome) -> str:
    fit = outcome.findings.fit
    before, after = plain_values(fit, outcome.start), plain_values(fit, outcome.point)
    rows = [
        "| number | unit | prior | in the tables | found | known within | width over the prior's |",
        "|---|---|---|---|---|---|---|",
    ]
    for one, width in zip(fit.free, outcome.posterior.widths, strict=True):
        values = f"{one.prior:g} x/÷ {one.factor:g} | {before[one.name]:.3g} | {after[one.name]:.3g}"
        known = f"x/÷ {one.factor**width:.2f} | {width:.2f}"
        rows.append(f"| `{one.of or one.name}` | {one.unit} | {values} | {known} |")
    silent = [one.name for one, width in zip(fit.free, outcome.posterior.widths, strict=True) if width > SILENT]
    named = ", ".join(f"`{name}`" for name in silent) or "none"
    return (
        "\n".join(rows)
        + f"\n\nOf these the findings hardly speak (more than {SILENT:.0%} of the prior's width is left): {named}."
    )


def _apart(outcome: Outcome) -> str:
    names = [one.name for one in outcome.findings.fit.free]
    correlations = outcome.posterior.correlations
    pairs = sorted(
        ((correlations[i, j], names[i], names[j]) for i in range(len(names)) for j in range(i)),
        key=lambda p: -abs(p[0]),
    )
    rows = ["| pair | correlation |", "|---|---|"]
    rows += [f"| `{one}`, `{other}` | {r:+.2f} |" for r, one, other in pairs[:PAIRS] if abs(r) > 0.2]
    values, vectors = np.linalg.eigh(outcome.posterior.covariance)
    told = int((values < TOLD_APART**2).sum())
    well = []
    for index in range(min(3, len(values))):
        parts = sorted(zip(vectors[:, index], names, strict=True), key=lambda p: -abs(p[0]))[:4]
        well.append(
            f"- {np.sqrt(values[index]):.2f}: " + ", ".join(f"{weight:+.2f} `{name}`" for weight, name in parts)
        )
    return (
        "\n".join(rows)
        + f"\n\nOf {len(names)} directions in which the numbers can move together, {told} are known to less than half "
        "of the prior's width. The three best known (width over the prior's; the numbers that weigh most):\n\n"
        + "\n".join(well)
    )


def _findings(outcome: Outcome) -> str:
    rows = ["| finding | before | after | moved most by |", "|---|---|---|---|"]
    names = [one.name for one in outcome.findings.fit.free]
    order = np.argsort(-np.abs(outcome.after))
    for index in order:
        slopes = outcome.posterior.sensitivity[index]
        most = [f"`{names[k]}` {slopes[k]:+.1f}" for k in np.argsort(-np.abs(slopes))[:2] if abs(slopes[k]) > 0.05]
        finding = outcome.findings.all[index]
        rows.append(
            f"| {finding.name} | {outcome.before[index]:+.2f} | {outcome.after[index]:+.2f} | {', '.join(most)} |"
        )
    return "\n".join(rows)
