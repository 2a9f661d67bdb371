"""Mediation: how much of an arm's effect goes through another measure.

Needs    linear
Gives    ``estimates``
Leaves   what disturbs the mediator and the measure alike: no analysis sees it
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate, Interval
from .cells import cells, columns_of, enough, missing, once_each
from .linear import Fit, fit, method, pooled_spread, residual_checks

Array = NDArray[np.float64]
ARM, THROUGH = "arm", "mediator"
DRAWS = 20000  # of the product of two coefficients
SEED = 20260101  # of those draws: the interval of the same data is always the same


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The indirect effect (arm on mediator times mediator on measure), the direct one, and their sum.

    The indirect effect counts as seen when both of its steps are (joint significance); where the mediator does not
    move the measure the test therefore errs less often than planned. Its interval is that of the product of two t.
    """
    found = once_each(cells(table, plan), plan)
    middle = cells(table, plan, measure=str(plan.through), at_h=plan.through_at_h).set_index("person")["cell"]
    outcome = found["cell"].to_numpy(dtype=float)
    mediator = middle.reindex(found["person"]).to_numpy(dtype=float)
    covariates, names = columns_of(found, plan.covariates)
    whole = np.isfinite(outcome) & np.isfinite(mediator) & np.isfinite(covariates).all(axis=1)
    arm = (found["arm"] == plan.contrast[0]).to_numpy(dtype=float)[whole]
    for name, count in zip(plan.contrast, (arm.sum(), (1 - arm).sum()), strict=True):
        enough(int(count), name)
    outcome, mediator = outcome[whole], mediator[whole]
    others = {name: covariates[whole, place] for place, name in enumerate(names)}
    first = fit(mediator, {ARM: arm, **others}, checks)
    second = fit(outcome, {ARM: arm, THROUGH: mediator, **others}, checks)
    total = fit(outcome, {ARM: arm, **others}, checks)
    spread = pooled_spread([outcome[arm == 1], outcome[arm == 0]])
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "nothing else moves both the mediator and the measure (cannot be checked: the mediator is not randomised)",
            "the mediator works alike in both arms (not checked)",
            *residual_checks(second)[1:],
            missing(found),
        )
    a, b = first.of(ARM, plan.confidence), second.of(THROUGH, plan.confidence)
    indirect = _estimate(
        plan, f"({plan.contrast_text}) through {plan.through}", a[0] * b[0],
        product_interval((a[0], a[0] / a[3], first.freedom), (b[0], b[0] / b[3], second.freedom), plan.confidence),
        max(a[2], b[2]), spread, len(outcome), said,
    )  # fmt: skip
    return (
        indirect,
        _of_arm(plan, second, f"({plan.contrast_text}) not through {plan.through}", spread, len(outcome), said),
        _of_arm(plan, total, f"{plan.contrast_text}, in all", spread, len(outcome), said),
    )


def product_interval(a: tuple[float, float, float], b: tuple[float, float, float], confidence: float) -> Interval:
    """The interval of a product of two coefficients, each (value, standard error, degrees of freedom)."""
    scores = _scores(a[2], b[2])
    products = (a[0] + a[1] * scores[0]) * (b[0] + b[1] * scores[1])
    tail = (1 - confidence) / 2
    low, high = np.quantile(products, [tail, 1 - tail])
    return float(low), float(high)


def _scores(first: float, second: float) -> Array:
    random = np.random.default_rng(SEED)
    return np.stack([random.standard_t(first, DRAWS), random.standard_t(second, DRAWS)])


def _of_arm(plan: Analysis, model: Fit, contrast: str, spread: float, n: int, said: tuple[str, ...]) -> Estimate:
    estimate, ci, p, _ = model.of(ARM, plan.confidence)
    return _estimate(plan, contrast, estimate, ci, p, spread, n, said)


def _estimate(
    plan: Analysis, contrast: str, value: float, ci: Interval, p: float, spread: float, n: int, said: tuple[str, ...]
) -> Estimate:
    per_unit = 1 / spread if spread > 0 else math.nan
    return Estimate(
        measure=plan.measure,
        contrast=contrast,
        estimate=value,
        ci=ci,
        p=p,
        effect_size=value * per_unit,
        effect_ci=(ci[0] * per_unit, ci[1] * per_unit),
        effect_kind="pooled standard deviations",
        n=n,
        method=method("product of two regressions, joint significance, interval of the product"),
        assumptions=said,
        alpha=plan.alpha,
    )
