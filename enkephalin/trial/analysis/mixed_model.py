"""Mixed model: every occasion of every person, people differing by a constant.

Needs    reml; statsmodels, scipy
Gives    ``estimates``
Leaves   slopes of one's own
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import normal
from .cells import SAME_TIME, columns_of, enough, rows_of
from .linear import pooled_spread
from .reml import Mixed, reml

Array = NDArray[np.float64]
ARM = "arm"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference between arms over all occasions, or at one of them; occasions that are missing do no harm
    if they are missing at random.

    Fixed: arm, occasion (and their product when ``at`` asks for one occasion), period of a crossover, covariates.
    Random: the person, and in a crossover the person's period. REML; t with the degrees of freedom between people,
    or within them where people change arms.
    """
    rows = _used(table, plan)
    design, names, contrast = _design(rows, plan)
    outcome = rows["cell"].to_numpy(dtype=float)
    crossed = bool((rows.groupby("person")["arm"].nunique() > 1).any())
    found, how = _fitted(outcome, design, rows, crossed, checks)
    estimate = float(contrast @ found.coefficients)
    error = float(np.sqrt(contrast @ found.covariance @ contrast))
    freedom = _freedom(rows, design, names, crossed)
    stats = opened("scipy.stats")
    half = float(stats.t.ppf((1 + plan.confidence) / 2, freedom)) * error
    means = rows.groupby(["person", "arm"])["cell"].mean()
    spread = pooled_spread([means.xs(arm, level="arm").to_numpy() for arm in plan.contrast])
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "values that are missing are missing at random (not checked)",
            normal("residuals", found.residuals),
            "any two occasions of a person go together alike (compound symmetry, not checked)",
        )
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=estimate,
            ci=(estimate - half, estimate + half),
            p=float(2 * stats.t.sf(abs(estimate) / error, freedom)),
            effect_size=estimate / spread,
            effect_ci=((estimate - half) / spread, (estimate + half) / spread),
            effect_kind="difference in standard deviations of person means",
            n=int(rows["person"].nunique()),
            method=f"linear mixed model, REML, random person ({how})",
            assumptions=said,
            details={"df": freedom, "values": len(rows)},
            alpha=plan.alpha,
        ),
    )


def _used(table: Any, plan: Analysis) -> Any:
    """Every occasion but the baseline, with a value."""
    rows = rows_of(table, plan, plan.measure)
    values = rows["value"] - rows["baseline"] if plan.of == "change" else rows["value"]
    rows = rows.assign(cell=values)
    own = (rows["value"] == rows["baseline"]) | rows["value"].isna()
    base = own.groupby(rows["occasion"]).transform("all") & rows["baseline"].notna().any()
    covariates, _ = columns_of(rows, plan.covariates)
    rows = rows[(~base & rows["cell"].notna()).to_numpy() & np.isfinite(covariates).all(axis=1)]
    for arm in plan.contrast:
        enough(int(rows.loc[rows["arm"] == arm, "person"].nunique()), arm)
    return rows.sort_values(["person", "period", "time_h"], kind="stable")


def _design(rows: Any, plan: Analysis) -> tuple[Array, list[str], Array]:
    """The columns of the fixed part, and which sum of coefficients is the effect."""
    arm = (rows["arm"] == plan.contrast[0]).to_numpy(dtype=float)
    columns: dict[str, Array] = {"intercept": np.ones(len(rows)), ARM: arm}
    times = np.unique(rows["time_h"].to_numpy(dtype=float))
    at = plan.at_h
    for time in times[1:]:
        here = (rows["time_h"] == time).to_numpy(dtype=float)
        columns[f"at {time:g} h"] = here
        if at is not None:
            columns[f"{ARM} at {time:g} h"] = here * arm
    for period in sorted(rows["period"].unique())[1:]:
        columns[f"period {period}"] = (rows["period"] == period).to_numpy(dtype=float)
    covariates, names = columns_of(rows, tuple(name for name in plan.covariates if name != "period"))
    columns |= {name: covariates[:, place] for place, name in enumerate(names)}
    labels = list(columns)
    contrast = np.zeros(len(labels))
    contrast[labels.index(ARM)] = 1.0
    if at is not None:
        near = [time for time in times if abs(time - at) < SAME_TIME]
        if not near:
            raise RequestError(
                f"'{plan.measure}' was not measured at {at:g} h",
                place="analysis",
                found=f"at: {plan.at}",
                expected="one of " + ", ".join(f"{time:g}" for time in times[:12]) + " h",
                try_="an occasion after the baseline, or no at",
            )
        if near[0] != times[0]:
            contrast[labels.index(f"{ARM} at {near[0]:g} h")] = 1.0
    return np.column_stack(list(columns.values())), labels, contrast


def _fitted(outcome: Array, design: Array, rows: Any, crossed: bool, careful: bool) -> tuple[Mixed, str]:
    """The model by statsmodels; by our own REML where speed counts or statsmodels stops (a variance of zero)."""
    person, period = rows["person"].to_numpy(), rows["period"].to_numpy()
    if len(outcome) == len(np.unique(person)):
        raise RequestError(
            "a mixed model does not fit this design",
            place="analysis",
            found="one value of each person",
            expected="several occasions or periods of each person",
            try_="kind: ancova",
        )
    nested = crossed and bool(rows.groupby(["person", "period"]).size().max() > 1)
    own = reml(outcome, design, person, period if nested else None)
    if careful:
        with_library = _by_statsmodels(outcome, design, person, period if nested else None)
        if with_library is not None:
            return with_library, version_of("statsmodels")
    return own, f"own REML with {version_of('numpy')}"


def _by_statsmodels(outcome: Array, design: Array, person: Array, period: Array | None) -> Mixed | None:
    """The same by statsmodels, or None when it does not converge."""
    model = opened("statsmodels.regression.mixed_linear_model").MixedLM
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            if period is None:
                fitted = model(outcome, design, person).fit(reml=True)
            else:
                names = [f"x{place}" for place in range(design.shape[1])]
                frame = opened("pandas").DataFrame(design, columns=names).assign(cell=outcome, period=period)
                fitted = model.from_formula(
                    "cell ~ 0 + " + " + ".join(names), frame, groups=person, re_formula="1",
                    vc_formula={"period": "0 + C(period)"},
                ).fit(reml=True)  # fmt: skip
        except np.linalg.LinAlgError:
            return None
    if said or not fitted.converged:
        return None
    columns = design.shape[1]
    covariance = np.asarray(fitted.cov_params())[:columns, :columns]
    return Mixed(np.asarray(fitted.fe_params), covariance, np.asarray(fitted.resid), (np.nan, np.nan))


def _freedom(rows: Any, design: Array, names: list[str], crossed: bool) -> float:
    """Degrees of freedom of the arm: between people, or within people who change arms."""
    people, who = np.unique(rows["person"].to_numpy(), return_inverse=True)
    if not crossed:
        first = np.unique(who, return_index=True)[1]
        constant = [place for place in range(len(names)) if np.array_equal(design[first[who], place], design[:, place])]
        return float(len(people) - np.linalg.matrix_rank(design[np.ix_(first, np.array(constant))]))
    periods, when = np.unique(rows["period"].to_numpy(), return_inverse=True)
    places = len(np.unique(who * len(periods) + when))
    return float(places - len(people) - 1 - (len(periods) - 1))
