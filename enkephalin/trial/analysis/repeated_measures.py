"""Repeated measures: several arms, the same people; analysis of variance within people.

Needs    statsmodels, scipy
Gives    ``estimates``
Leaves   people who miss an arm: see ``mixed_model``
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records.shapes.analysis import Analysis
from ..estimate import UNKNOWN, Estimate, Interval
from ..libraries import opened, version_of
from .assumptions import normal
from .cells import cells, missing, wide
from .student import of_one

Array = NDArray[np.float64]


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """Whether the arms differ at all (F, Greenhouse and Geisser); the estimate is the first arm minus the second.

    The p and the effect size (partial eta squared) are of all arms together; the interval is that of the estimate.
    """
    found = cells(table, plan)
    both = wide(found, plan)
    people, arms = both.shape
    long = both.reset_index().melt(id_vars="person", var_name="condition", value_name="cell")
    anova = opened("statsmodels.stats.anova").AnovaRM(long, "cell", "person", within=["condition"]).fit()
    f = float(anova.anova_table["F Value"].iloc[0])
    epsilon = sphericity(both.to_numpy())
    first, second = (arms - 1) * epsilon, (arms - 1) * (people - 1) * epsilon
    stats = opened("scipy.stats")
    eta = f * (arms - 1) / (f * (arms - 1) + (arms - 1) * (people - 1))
    differences = both.iloc[:, 0].to_numpy() - both.iloc[:, 1].to_numpy()
    test = of_one(differences)
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "people are independent of each other (by design)",
            normal("differences of the first two arms", differences),
            f"differences spread alike for every pair of arms: epsilon {epsilon:.2f} (1 is alike), corrected for",
            missing(found),
        )
    return (
        Estimate(
            measure=plan.measure,
            contrast=f"{plan.contrast[0]} - {plan.contrast[1]}",
            estimate=float(differences.mean()),
            ci=test.ci(plan.confidence),
            p=float(stats.f.sf(f, first, second)),
            effect_size=eta,
            effect_ci=_eta_interval(f, arms - 1, (arms - 1) * (people - 1), plan.confidence) if checks else UNKNOWN,
            effect_kind="partial eta squared",
            n=people,
            method=f"repeated-measures analysis of variance, Greenhouse-Geisser ({version_of('statsmodels')})",
            assumptions=said,
            details={"F": f, "df": first, "df_error": second, "epsilon": epsilon, "p_of_estimate": test.p},
            alpha=plan.alpha,
        ),
    )


def sphericity(values: Array) -> float:
    """Greenhouse and Geisser's epsilon of values, shape (person, arm): 1 when all differences spread alike."""
    arms = values.shape[1]
    if arms == 2:
        return 1.0
    centring = np.eye(arms) - 1 / arms
    covariance = centring @ np.cov(values.T) @ centring
    return float(np.trace(covariance) ** 2 / ((arms - 1) * (covariance**2).sum()))


def _eta_interval(f: float, first: int, second: int, confidence: float) -> Interval:
    """The interval of partial eta squared, from the noncentral F turned round."""
    stats, optimize = opened("scipy.stats"), opened("scipy.optimize")
    tail = (1 - confidence) / 2

    def end(share: float) -> float:
        if stats.f.cdf(f, first, second) <= share:
            return 0.0
        top = 8.0 * (f * first + first + second + 8)
        found = float(optimize.brentq(lambda nc: stats.ncf.cdf(f, first, second, nc) - share, 0.0, top))
        return found / (found + first + second + 1)

    return end(1 - tail), end(tail)
