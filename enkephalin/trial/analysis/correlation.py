"""Correlation: how a measure goes with a covariate or with another measure, across people.

Needs    scipy
Gives    ``estimates``
Leaves   cause
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import normal
from .cells import cells, columns_of, enough, measures_of, missing
from .effects import fisher

LEAST = 4  # people: Fisher's interval needs n - 3 above 0


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """Pearson's r of two values of each person; people in several arms count with their mean."""
    found = cells(table, plan)
    other = str(plan.by)
    values = found.groupby("person")["cell"].mean()
    if other in measures_of(table):
        rows = cells(table, plan, measure=other, at_h=plan.by_at_h).groupby("person")["cell"].mean()
        second = rows.reindex(values.index).to_numpy(dtype=float)
    else:
        second = columns_of(found.drop_duplicates("person").set_index("person").loc[values.index], (other,))[0][:, 0]
    first = values.to_numpy(dtype=float)
    whole = np.isfinite(first) & np.isfinite(second)
    first, second = first[whole], second[whole]
    enough(len(first), plan.contrast[0] if plan.contrast else "the study", LEAST)
    stats = opened("scipy.stats")
    test = stats.pearsonr(first, second)
    r = float(test.statistic)
    ci = fisher(r, len(first), plan.confidence)
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "the two go together along a straight line (not checked: look at the picture)",
            normal(f"'{plan.measure}'", first),
            normal(f"'{other}'", second),
            missing(found),
        )
    where = f" in {plan.contrast[0]}" if plan.contrast else ""
    return (
        Estimate(
            measure=plan.measure,
            contrast=f"with {other}{where}",
            estimate=r,
            ci=ci,
            p=float(test.pvalue),
            effect_size=r,
            effect_ci=ci,
            effect_kind="r",
            n=len(first),
            method=f"Pearson's correlation, Fisher's interval ({version_of('scipy')})",
            assumptions=said,
            details={"rho": float(stats.spearmanr(first, second).statistic) if checks else math.nan},
            alpha=plan.alpha,
        ),
    )
