"""Equivalence: whether two arms differ by less than a margin; two one-sided Welch tests.

Needs    scipy
Gives    ``estimates``
Leaves   choosing the margin
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import normal, same_spread
from .cells import by_arm, cells, missing, once_each
from .effects import hedges_g


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference of two arms; a small p says that it lies within the margin on both sides."""
    found = once_each(cells(table, plan), plan)
    arm, control = by_arm(found, plan)
    stats = opened("scipy.stats")
    margin = float(plan.margin or 0.0)
    above = stats.ttest_ind(arm + margin, control, equal_var=False, alternative="greater")
    below = stats.ttest_ind(arm - margin, control, equal_var=False, alternative="less")
    test = stats.ttest_ind(arm, control, equal_var=False)
    low, high = test.confidence_interval(1 - 2 * plan.alpha)
    size, size_ci = hedges_g(arm, control, 1 - 2 * plan.alpha if checks else None)
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=float(arm.mean() - control.mean()),
            ci=(float(low), float(high)),
            p=float(np.maximum(above.pvalue, below.pvalue)),
            effect_size=size,
            effect_ci=size_ci,
            effect_kind="Hedges g",
            n=len(arm) + len(control),
            method=(
                f"two one-sided Welch tests against a margin of {margin:g}; intervals of {1 - 2 * plan.alpha:.0%} "
                f"({version_of('scipy')})"
            ),
            assumptions=(
                normal(f"values of '{plan.contrast[0]}'", arm),
                normal(f"values of '{plan.contrast[1]}'", control),
                same_spread([arm, control]) + "; Welch's test does not need it",
                missing(found),
            )
            if checks
            else (),
            details={"margin": margin, "df": float(test.df)},
            alpha=plan.alpha,
        ),
    )
