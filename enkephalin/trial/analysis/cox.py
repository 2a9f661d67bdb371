"""Time to an event: Cox's proportional hazards.

Needs    lifelines
Gives    ``estimates``
Leaves   hazards that cross: see ``kaplan_meier``
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from .assumptions import verdict
from .cells import columns_of
from .lifetimes import lifetimes

ARM = "arm"


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The logarithm of the hazard ratio of arm to control (Efron's ties, Wald's test)."""
    found = lifetimes(table, plan)
    covariates, names = columns_of(found, plan.covariates)
    frame = opened("pandas").DataFrame(
        {"time": found["time"], "happened": found["happened"], ARM: (found["arm"] == plan.contrast[0]).astype(float)}
    )
    for place, name in enumerate(names):
        frame[name] = covariates[:, place]
    frame = frame.dropna()
    happened = frame.groupby(ARM)["happened"].sum()
    if happened.min() == 0:
        raise RequestError(
            "one arm has no event at all",
            place="analysis",
            found=", ".join(f"{int(count)} events" for count in happened),
            expected="events in both arms; a hazard ratio of 0 or infinity cannot be estimated",
            try_="kind: kaplan_meier, a longer study, or more people",
        )
    model = _fitted(frame, plan)
    row = model.summary.loc[ARM]
    low, high = (float(limit) for limit in model.confidence_intervals_.loc[ARM])
    said: tuple[str, ...] = ()
    if checks:
        test = opened("lifelines.statistics").proportional_hazard_test(model, frame, time_transform="rank")
        p = float(np.atleast_1d(test.p_value)[list(test.name).index(ARM) if len(names) else 0])
        said = (
            "who is lost is like who stays (not checked)",
            f"the ratio of hazards stays the same (Schoenfeld residuals {verdict(p)})",
            "times are known to the occasion; ties after Efron",
        )
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=float(row["coef"]),
            ci=(low, high),
            p=float(row["p"]),
            effect_size=math.exp(float(row["coef"])),
            effect_ci=(math.exp(low), math.exp(high)),
            effect_kind="HR",
            n=len(frame),
            method=f"Cox regression, Efron's ties, Wald's test ({version_of('lifelines')})",
            assumptions=said,
            details={"events": int(frame["happened"].sum())},
            alpha=plan.alpha,
        ),
    )


def _fitted(frame: Any, plan: Analysis) -> Any:
    lifelines = opened("lifelines")
    trouble = opened("lifelines.exceptions")
    with warnings.catch_warnings():
        warnings.simplefilter("error", trouble.ConvergenceWarning)
        try:
            return lifelines.CoxPHFitter(alpha=plan.alpha).fit(frame, "time", "happened")
        except (trouble.ConvergenceError, trouble.ConvergenceWarning) as error:
            raise RequestError(
                "the Cox regression finds no estimate",
                place="analysis",
                found=str(error).splitlines()[0],
                expected="events in both arms, and covariates that do not tell them apart",
                try_="fewer covariates, or kind: kaplan_meier",
            ) from error
