"""Two by two: whether two treatments together do other than the sum of each alone.

Needs    linear, paired
Gives    ``estimates``
Leaves   a treatment by a trait of people: see ``moderation``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import version_of
from .assumptions import normal, same_spread
from .cells import by_arm, cells, columns_of, enough, missing, wide
from .effects import correction, d_z
from .linear import fit, method, pooled_spread, residual_checks
from .student import of_one

SIGNS = np.array([1.0, -1.0, -1.0, 1.0])  # both, first alone, second alone, neither
FIRST, SECOND, TOGETHER = "first", "second", "first x second"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """(both - second) - (first - neither): what the first does more where the second is."""
    found = cells(table, plan)
    if found["person"].duplicated().any():
        return (_within(found, plan, checks),)
    return (_between(found, plan, checks),)


def _between(found: Any, plan: Analysis, checks: bool) -> Estimate:
    groups = by_arm(found, plan)
    covariates, names = columns_of(found, plan.covariates)
    outcome = found["cell"].to_numpy(dtype=float)
    whole = np.isfinite(outcome) & np.isfinite(covariates).all(axis=1)
    both, first, second, _ = plan.contrast
    arms = found["arm"].to_numpy()[whole]
    with_first = np.isin(arms, [both, first]).astype(float)
    with_second = np.isin(arms, [both, second]).astype(float)
    columns = {FIRST: with_first, SECOND: with_second, TOGETHER: with_first * with_second}
    columns |= {name: covariates[whole, place] for place, name in enumerate(names)}
    model = fit(outcome[whole], columns, checks)
    estimate, ci, p, _ = model.of(TOGETHER, plan.confidence)
    per_unit = correction(int(whole.sum()) - len(SIGNS)) / pooled_spread(groups)
    said = (*residual_checks(model), same_spread(groups), missing(found)) if checks else ()
    return Estimate(
        measure=plan.measure,
        contrast=plan.contrast_text,
        estimate=estimate,
        ci=ci,
        p=p,
        effect_size=per_unit * estimate,
        effect_ci=(per_unit * ci[0], per_unit * ci[1]),
        effect_kind="difference of two g",
        n=int(whole.sum()),
        method=method("two by two, least squares; in pooled standard deviations"),
        assumptions=said,
        details={"df": model.freedom},
        alpha=plan.alpha,
    )


def _within(found: Any, plan: Analysis, checks: bool) -> Estimate:
    """The same people in all four arms: each person's own contrast."""
    values = wide(found, plan).to_numpy() @ SIGNS
    enough(len(values), "all four arms")
    test = of_one(values)
    size, size_ci = d_z(values, plan.confidence if checks else None)
    return Estimate(
        measure=plan.measure,
        contrast=plan.contrast_text,
        estimate=float(values.mean()),
        ci=test.ci(plan.confidence),
        p=test.p,
        effect_size=size,
        effect_ci=size_ci,
        effect_kind="d_z",
        n=len(values),
        method=f"two by two within people, t-test of each person's contrast ({version_of('scipy')})",
        assumptions=(normal("contrasts within people", values), missing(found)) if checks else (),
        details={"df": len(values) - 1},
        alpha=plan.alpha,
    )
