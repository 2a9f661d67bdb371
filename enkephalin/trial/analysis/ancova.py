"""Two arms, different people, covariates held alike: analysis of covariance.

Needs    linear
Gives    ``estimates``
Leaves   effects that differ between people: see ``moderation``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from .assumptions import same_spread, verdict
from .cells import cells, columns_of, enough, missing, once_each
from .effects import correction
from .linear import Fit, fit, method, pooled_spread, residual_checks

ARM = "arm"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference between arms among people alike in the covariates; without any, the pooled t-test."""
    found = once_each(cells(table, plan), plan)
    covariates, names = columns_of(found, plan.covariates)
    outcome = found["cell"].to_numpy(dtype=float)
    arm = (found["arm"] == plan.contrast[0]).to_numpy(dtype=float)
    whole = np.isfinite(outcome) & np.isfinite(covariates).all(axis=1)
    outcome, arm, covariates = outcome[whole], arm[whole], covariates[whole]
    groups = [outcome[arm == 1], outcome[arm == 0]]
    for name, group in zip(plan.contrast, groups, strict=True):
        enough(len(group), name)
    columns = {ARM: arm, **{name: covariates[:, place] for place, name in enumerate(names)}}
    model = fit(outcome, columns, checks)
    estimate, ci, p, _ = model.of(ARM, plan.confidence)
    per_unit = correction(len(outcome) - 2) / pooled_spread(groups)
    said: tuple[str, ...] = ()
    if checks:
        said = (
            *residual_checks(model),
            same_spread([model.residuals[arm == 1], model.residuals[arm == 0]]),
            *_same_slopes(model, outcome, columns, names),
            missing(found),
        )
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=estimate,
            ci=ci,
            p=p,
            effect_size=per_unit * estimate,
            effect_ci=(per_unit * ci[0], per_unit * ci[1]),
            effect_kind="Hedges g, adjusted",
            n=len(outcome),
            method=method("analysis of covariance, least squares; g in raw pooled standard deviations"),
            assumptions=said,
            details={"df": model.freedom, "covariates": ", ".join(names)},
            alpha=plan.alpha,
        ),
    )


def _same_slopes(model: Fit, outcome: Any, columns: dict[str, Any], names: list[str]) -> tuple[str, ...]:
    """Whether covariates work alike in both arms."""
    if not names:
        return ()
    crossed = {f"{ARM} x {name}": columns[ARM] * columns[name] for name in names}
    more = np.column_stack([np.ones(len(outcome)), *columns.values(), *crossed.values()])
    if np.linalg.matrix_rank(more) < more.shape[1] or len(outcome) <= more.shape[1]:
        return ("covariates work alike in both arms: not checked",)
    test = fit(outcome, columns | crossed).result.compare_f_test(model.result)
    return (f"covariates work alike in both arms (F test {verdict(float(test[1]))})",)
