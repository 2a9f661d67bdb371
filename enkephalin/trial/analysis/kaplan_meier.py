"""Time to an event: Kaplan and Meier's curves, and the log-rank test.

Needs    lifelines, scipy
Gives    ``estimates``
Leaves   covariates: see ``cox``
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records.shapes.analysis import Analysis
from ..estimate import UNKNOWN, Estimate
from ..libraries import opened, version_of
from .lifetimes import lifetimes

Array = NDArray[np.float64]


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The difference in the share to whom it has not happened at the end; p of the log-rank test.

    The interval joins the two curves' log-minus-log intervals (Zou and Donner's square-and-add). The effect size is
    Peto's hazard ratio, which belongs to the log-rank test.
    """
    found = lifetimes(table, plan)
    groups = [found[found["arm"] == arm] for arm in plan.contrast]
    end = min(float(group["time"].max()) for group in groups)
    shares = [_share(group, end, plan) for group in groups]
    (arm, arm_low, arm_high), (control, control_low, control_high) = shares
    estimate = arm - control
    ci = (
        estimate - math.hypot(arm - arm_low, control_high - control),
        estimate + math.hypot(arm_high - arm, control - control_low),
    )
    first, second = groups
    test = opened("lifelines.statistics").logrank_test(
        first["time"], second["time"], first["happened"], second["happened"]
    )
    over, variance = _observed_less_expected(groups)
    half = float(opened("scipy.stats").norm.ppf((1 + plan.confidence) / 2))
    ratio, ratio_ci = math.nan, UNKNOWN
    if variance > 0:
        centre, width = over / variance, half / math.sqrt(variance)
        ratio, ratio_ci = math.exp(centre), (math.exp(centre - width), math.exp(centre + width))
    said = ("who is lost is like who stays (not checked)", "times are known to the occasion") if checks else ()
    return (
        Estimate(
            measure=plan.measure,
            contrast=plan.contrast_text,
            estimate=estimate,
            ci=ci,
            p=float(test.p_value),
            effect_size=ratio,
            effect_ci=ratio_ci,
            effect_kind="HR, Peto",
            n=len(found),
            method=f"Kaplan-Meier at {end:g} h, log-rank test ({version_of('lifelines')})",
            assumptions=said,
            details={"events": int(found["happened"].sum()), "share": arm, "share_control": control, "at_h": end},
            alpha=plan.alpha,
        ),
    )


def _share(group: Any, end: float, plan: Analysis) -> tuple[float, float, float]:
    """The share to whom it has not happened by the end, with its interval."""
    curve = opened("lifelines").KaplanMeierFitter(alpha=plan.alpha)
    curve.fit(group["time"], group["happened"])
    share = float(curve.predict(end))
    if share in (0.0, 1.0):  # no interval by the usual way: the exact one of a proportion
        count = len(group)
        reach = 1 - (plan.alpha / 2) ** (1 / count)
        return (share, 1 - reach, 1.0) if share == 1 else (share, 0.0, reach)
    limits = curve.confidence_interval_survival_function_
    row = limits[limits.index <= end].iloc[-1]
    return share, float(row.iloc[0]), float(row.iloc[1])


def _observed_less_expected(groups: list[Any]) -> tuple[float, float]:
    """Events of the first arm above expectation, and their variance (Mantel)."""
    times = [group["time"].to_numpy(dtype=float) for group in groups]
    happened = [group["happened"].to_numpy(dtype=float) for group in groups]
    over = variance = 0.0
    for time in np.unique(np.concatenate([t[h == 1] for t, h in zip(times, happened, strict=True)])):
        at_risk = [float((t >= time).sum()) for t in times]
        events = [float(h[t == time].sum()) for t, h in zip(times, happened, strict=True)]
        people, cases = sum(at_risk), sum(events)
        over += events[0] - cases * at_risk[0] / people
        if people > 1:
            variance += cases * (people - cases) * at_risk[0] * at_risk[1] / (people**2 * (people - 1))
    return over, variance
