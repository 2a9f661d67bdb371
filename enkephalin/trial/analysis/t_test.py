"""Two arms, different people: Welch's t-test.

Needs    scipy
Gives    ``estimates``
Leaves   covariates: see ``ancova``
"""

from __future__ import annotations

from typing import Any

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import version_of
from .assumptions import normal, same_spread
from .cells import by_arm, cells, missing, once_each
from .effects import hedges_g
from .student import of_two


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference of the means of two arms, with Welch's test; spreads may differ."""
    found = once_each(cells(table, plan), plan)
    arm, control = by_arm(found, plan)
    test = of_two(arm, control)
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
            estimate=test.difference,
            ci=test.ci(plan.confidence),
            p=test.p,
            effect_size=size,
            effect_ci=size_ci,
            effect_kind="Hedges g",
            n=len(arm) + len(control),
            method=f"Welch's t-test ({version_of('scipy')})",
            assumptions=said,
            details={"mean": float(arm.mean()), "mean_control": float(control.mean()), "df": test.freedom},
            alpha=plan.alpha,
        ),
    )
