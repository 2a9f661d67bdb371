"""Two arms, different people: Welch's t-test.

Needs    scipy
Gives    ``estimates``
Leaves   covariates: see ``ancova``
"""

from __future__ import annotations

from typing import Any

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import normal, same_spread
from .cells import by_arm, cells, missing, once_each
from .effects import hedges_g


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference of the means of two arms, with Welch's test; spreads may differ."""
    found = once_each(cells(table, plan), plan)
    arm, control = by_arm(found, plan)
    test = opened("scipy.stats").ttest_ind(arm, control, equal_var=False)
    low, high = test.confidence_interval(plan.confidence)
    size, size_ci = hedges_g(arm, control, plan.confidence if checks else None)
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "people are independent of each other (by design)",
            *(
                normal(f"values of '{name}'", values)
                for name, values in zip(plan.contrast, (arm, control), strict=True)
            ),
            same_spread([arm, control]) + "; Welch's test does not need it",
            missing(found),
        )
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=float(arm.mean() - control.mean()),
            ci=(float(low), float(high)),
            p=float(test.pvalue),
            effect_size=size,
            effect_ci=size_ci,
            effect_kind="Hedges g",
            n=len(arm) + len(control),
            method=f"Welch's t-test ({version_of('scipy')})",
            assumptions=said,
            details={"mean": float(arm.mean()), "mean_control": float(control.mean()), "df": float(test.df)},
            alpha=plan.alpha,
        ),
    )
