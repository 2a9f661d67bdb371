"""Moderation: whether the effect of an arm differs between people, by a covariate.

Needs    linear
Gives    ``estimates``
Leaves   why it differs
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from .cells import cells, columns_of, enough, missing, wide
from .effects import fisher
from .linear import Fit, fit, method, partial_r, residual_checks

ARM, CROSSED, MODERATOR = "arm", "arm x moderator", "moderator"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """By how much the effect of the arm grows with one unit of the moderator; then the effect at its mean.

    Different people: the product of arm and moderator. The same people in both arms: the difference within
    each, on the moderator.
    """
    found = cells(table, plan)
    if found["person"].duplicated().any():
        model, n, slope, centre = _within(found, plan, checks)
    else:
        model, n, slope, centre = _between(found, plan, checks)
    said = (*residual_checks(model), missing(found)) if checks else ()
    return (
        _estimate(model, slope, plan, n, said, f"({plan.contrast_text}) by {plan.by}"),
        _estimate(model, centre, plan, n, said, f"{plan.contrast_text} at the mean of {plan.by}"),
    )


def _between(found: Any, plan: Analysis, checks: bool) -> tuple[Fit, int, str, str]:
    outcome = found["cell"].to_numpy(dtype=float)
    moderator = _moderator(found, plan)
    covariates, names = columns_of(found, plan.covariates)
    whole = np.isfinite(outcome) & np.isfinite(moderator) & np.isfinite(covariates).all(axis=1)
    arm = (found["arm"] == plan.contrast[0]).to_numpy(dtype=float)[whole]
    for name, count in zip(plan.contrast, (arm.sum(), (1 - arm).sum()), strict=True):
        enough(int(count), name)
    centred = moderator[whole] - moderator[whole].mean()
    columns = {ARM: arm, MODERATOR: centred, CROSSED: arm * centred}
    columns |= {name: covariates[whole, place] for place, name in enumerate(names)}
    return fit(outcome[whole], columns, checks), int(whole.sum()), CROSSED, ARM


def _within(found: Any, plan: Analysis, checks: bool) -> tuple[Fit, int, str, str]:
    both = wide(found, plan)
    people = found.drop_duplicates("person").set_index("person").loc[both.index].reset_index()
    moderator = _moderator(people, plan)
    covariates, names = columns_of(people, plan.covariates)
    differences = both[plan.contrast[0]].to_numpy() - both[plan.contrast[1]].to_numpy()
    whole = np.isfinite(moderator) & np.isfinite(covariates).all(axis=1)
    columns = {MODERATOR: moderator[whole] - moderator[whole].mean()}
    columns |= {name: covariates[whole, k] - covariates[whole, k].mean() for k, name in enumerate(names)}
    return fit(differences[whole], columns, checks), int(whole.sum()), MODERATOR, "intercept"


def _moderator(found: Any, plan: Analysis) -> Any:
    column = columns_of(found, (str(plan.by),))[0]
    if column.shape[1] != 1:
        raise RequestError(
            f"'{plan.by}' is no moderator here",
            place="analysis",
            found=f"{column.shape[1] + 1} words in the column" if column.shape[1] else "one word for everybody",
            expected="a number, or two words",
            try_="a covariate such as sex or age",
        )
    return column[:, 0]


def _estimate(model: Fit, name: str, plan: Analysis, n: int, said: tuple[str, ...], contrast: str) -> Estimate:
    estimate, ci, p, t = model.of(name, plan.confidence)
    r = partial_r(t, model.freedom)
    return Estimate(
        measure=plan.measure,
        contrast=contrast,
        estimate=estimate,
        ci=ci,
        p=p,
        effect_size=r,
        effect_ci=fisher(r, int(model.freedom) + 2, plan.confidence),
        effect_kind="partial r",
        n=n,
        method=method("least squares with the product of arm and moderator"),
        assumptions=said,
        details={"df": model.freedom},
        alpha=plan.alpha,
    )
