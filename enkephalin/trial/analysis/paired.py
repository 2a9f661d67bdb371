"""Two arms, the same people, or one arm before and after: the paired t-test.

Needs    scipy
Gives    ``estimates``
Leaves   more than two arms: see ``repeated_measures``
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import normal, verdict
from .cells import cells, enough, missing, wide
from .effects import d_z
from .student import of_one, of_two

Array = NDArray[np.float64]
PERIOD = "period"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The mean difference within people; with ``period`` as covariate, free of what the periods do."""
    found = cells(table, plan)
    if len(plan.contrast) == 1:
        return (_change(found, plan, checks),)
    both = wide(found, plan)
    differences = both[plan.contrast[0]].to_numpy() - both[plan.contrast[1]].to_numpy()
    sequences = _sequences(found, both.index, plan) if checks or plan.covariates else differences
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "people are independent of each other (by design)",
            normal("differences within people", differences),
            *_of_a_crossover(both, sequences),
            missing(found),
        )
    if plan.covariates:
        return (_period_adjusted(differences, sequences, plan, said),)
    return (_tested(differences, plan, plan.contrast_text, said),)


def _change(found: Any, plan: Analysis, checks: bool) -> Estimate:
    """One arm against its own baseline."""
    if plan.of == "change" or plan.summary != "at":
        changes = found["cell"].to_numpy(dtype=float)
    else:
        changes = (found["cell"] - found["baseline"]).to_numpy(dtype=float)
    changes = changes[np.isfinite(changes)]
    enough(len(changes), plan.contrast[0])
    said = (normal("changes", changes), missing(found)) if checks else ()
    return _tested(changes, plan, f"{plan.contrast[0]} - its baseline", said)


def _tested(differences: Array, plan: Analysis, contrast: str, said: tuple[str, ...]) -> Estimate:
    test = of_one(differences)
    size, size_ci = d_z(differences, plan.confidence if said else None)
    return Estimate(
        measure=plan.measure,
        contrast=contrast,
        estimate=float(differences.mean()),
        ci=test.ci(plan.confidence),
        p=test.p,
        effect_size=size,
        effect_ci=size_ci,
        effect_kind="d_z",
        n=len(differences),
        method=f"paired t-test ({version_of('scipy')})",
        assumptions=said,
        details={"df": len(differences) - 1, "sd_of_differences": float(differences.std(ddof=1))},
        alpha=plan.alpha,
    )


def _period_adjusted(differences: Array, sequences: Array, plan: Analysis, said: tuple[str, ...]) -> Estimate:
    """Half the difference between the sequences' means of first minus second period."""
    if plan.covariates != (PERIOD,) or len(np.unique(sequences)) != 2:
        raise RequestError(
            "a paired analysis adjusts for the period only, and needs both orders",
            place="analysis",
            found=f"covariates: {', '.join(plan.covariates)}; {len(np.unique(sequences))} orders of the arms",
            expected="covariates: [period], in a crossover of two orders",
            try_="kind: mixed_model",
        )
    # Each order's differences hold the effect plus or minus the same difference of periods.
    groups = [differences[sequences == order] for order in np.unique(sequences)]
    for group in groups:
        enough(len(group), "an order of the crossover")
    stats = opened("scipy.stats")
    freedom = len(differences) - 2
    pooled = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / freedom
    estimate = float(np.mean([group.mean() for group in groups]))
    error = float(np.sqrt(pooled * sum(1 / len(group) for group in groups))) / 2
    half = float(stats.t.ppf((1 + plan.confidence) / 2, freedom)) * error
    spread = float(np.sqrt(pooled))
    return Estimate(
        measure=plan.measure,
        contrast=plan.contrast_text,
        estimate=estimate,
        ci=(estimate - half, estimate + half),
        p=float(2 * stats.t.sf(abs(estimate) / error, freedom)),
        effect_size=estimate / spread,
        effect_ci=((estimate - half) / spread, (estimate + half) / spread),
        effect_kind="d_z",
        n=len(differences),
        method=f"crossover t-test with period effect, Hills and Armitage ({version_of('scipy')})",
        assumptions=said,
        details={"df": freedom},
        alpha=plan.alpha,
    )


def _sequences(found: Any, people: Any, plan: Analysis) -> Array:
    """1 for people who had the first arm of the contrast first, 0 for the others."""
    first = found[found["arm"] == plan.contrast[0]].groupby("person")["period"].min().reindex(people)
    second = found[found["arm"] == plan.contrast[1]].groupby("person")["period"].min().reindex(people)
    return (first.to_numpy() < second.to_numpy()).astype(float)


def _of_a_crossover(both: Any, sequences: Array) -> tuple[str, ...]:
    """Whether orders differ in their sums (carry-over) or in their differences (a period effect)."""
    if min(int(sequences.sum()), int((1 - sequences).sum())) < 2:
        return ("no carry-over: not checked, nearly everybody had the arms in one order",)
    values = both.to_numpy()
    first = sequences == 1
    sums, differences = values.sum(axis=1), values[:, 0] - values[:, 1]
    carry = of_two(sums[first], sums[~first]).p
    period = of_two(differences[first], -differences[~first]).p
    return (
        f"no carry-over (sums of the two orders, a weak check, {verdict(carry)})",
        f"the order is balanced, so a period effect does not bias (no effect of periods, {verdict(period)})",
    )
