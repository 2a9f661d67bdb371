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
from ..libraries import version_of
from .assumptions import normal, same_spread
from .cells import by_arm, cells, missing, once_each
from .effects import hedges_g
from .student import of_two


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference of two arms; a small p says that it lies within the margin on both sides."""
    found = once_each(cells(table, plan), plan)
    arm, control = by_arm(found, plan)
    margin = float(plan.margin or 0.0)
    test = of_two(arm, control)
    size, size_ci = hedges_g(arm, control, 1 - 2 * plan.alpha if checks else None)
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=test.difference,
            ci=test.ci(1 - 2 * plan.alpha),
            p=float(np.maximum(test.above(-margin), test.below(margin))),
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
            details={"margin": margin, "df": test.freedom},
            alpha=plan.alpha,
        ),
    )
