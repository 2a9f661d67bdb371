"""Recovery: how fast a mean course comes back, and whether in one phase or in two.

Needs    exponentials; scipy
Gives    ``estimates``
Leaves   the course of a single person
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..estimate import Estimate
from ..libraries import opened, version_of
from ..observe import Observed
from .cells import enough, once_each, rows_of
from .exponentials import Fitted, bic, one, two

Array = NDArray[np.float64]
LEAST_FOR_ONE, LEAST_FOR_TWO = 5, 7  # occasions: more than what is fitted
DRAWS = 199  # of the bootstrap that judges a second phase
SEED = 20260102  # of those draws: the p of the same data is always the same
PARAMETERS = (4, 6)  # floor, size and time constant of each exponential, and the error


def estimates(table: Any, plan: Analysis, checks: bool) -> tuple[Estimate, ...]:
    """The logarithm of the ratio of two arms' half-lives (jackknife over people), then one phase against two in each.

    With one arm: first one phase against two, then the logarithm of its half-life in h. Power analyses of two arms
    leave the phases out.
    """
    times, arms = _courses(table, plan)
    said: tuple[str, ...] = ()
    if checks:
        said = (
            "the mean course falls or rises along exponentials (not checked: look at the picture)",
            "who misses an occasion is left out of its mean",
        )
    wanted = checks or len(arms) == 1
    phases = [_phases(times, arm, name, plan, said) for name, arm in zip(plan.contrast, arms, strict=True) if wanted]
    logs = [_log_half_life(times, arm) for arm in arms]
    if len(arms) == 1:
        return (*phases, _speed(plan, logs, [len(arm) for arm in arms], plan.contrast[0], said))
    return (_speed(plan, logs, [len(arm) for arm in arms], plan.contrast_text, said), *phases)


def _courses(table: Any, plan: Analysis) -> tuple[Array, list[Array]]:
    """Times from zero on, and for each arm the values, shape (person, time)."""
    if isinstance(table, Observed) and table.place.shape[1] == 1:
        return _seen_courses(table, plan)
    rows = rows_of(table, plan, plan.measure)
    rows = rows[rows["time_h"] >= 0]
    if plan.at_h is not None:
        rows = rows[rows["time_h"] <= plan.at_h]
    once_each(rows.drop_duplicates(["person", "arm", "period"]), plan)
    values = rows["value"] - rows["baseline"] if plan.of == "change" else rows["value"]
    wide = rows.assign(cell=values).pivot(index=["arm", "person"], columns="time_h", values="cell")
    wide = wide.dropna(how="all")
    times = wide.columns.to_numpy(dtype=float)
    return times, _enough_of(times, [wide.loc[arm].to_numpy(dtype=float) for arm in plan.contrast], plan)


def _seen_courses(table: Observed, plan: Analysis) -> tuple[Array, list[Array]]:
    """The same from arrays, where each person has one period."""
    seen, times = table.measures[plan.measure], table.truth.times[plan.measure]
    wanted = (times >= 0) & (times <= (math.inf if plan.at_h is None else plan.at_h))
    values = seen.values[:, 0, wanted] - (seen.baseline if plan.of == "change" else 0.0)
    arm = np.array([one.arm for one in table.truth.places])[table.place[:, 0]]
    known = np.isfinite(values).any(axis=1)
    return times[wanted], _enough_of(times[wanted], [values[known & (arm == name)] for name in plan.contrast], plan)


def _enough_of(times: Array, arms: list[Array], plan: Analysis) -> list[Array]:
    """The courses, or a refusal where there are too few people or occasions."""
    if len(times) < LEAST_FOR_ONE:
        raise RequestError(
            "too few occasions for a course",
            place="analysis",
            found=f"{len(times)} from zero on",
            expected=f"{LEAST_FOR_ONE}, or {LEAST_FOR_TWO} for two phases",
            try_="more times of the measure",
        )
    for name, arm in zip(plan.contrast, arms, strict=True):
        enough(int(np.isfinite(arm).sum(axis=0).min()), name, 3)
    return arms


def mean_course(values: Array, weights: Array) -> Array:
    """Weighted mean courses, shape (draw, time), of values (person, time) that may be missing."""
    known = np.isfinite(values)
    found: Array = (weights @ np.where(known, values, 0.0)) / (weights @ known)
    return found


def _log_half_life(times: Array, values: Array) -> tuple[float, float]:
    """The logarithm of the half-life of the mean course, and its standard error by leaving each person out."""
    people = len(values)
    weights = np.vstack([np.ones(people), 1 - np.eye(people)])
    logs = one(times, mean_course(values, weights)).log_tau[:, 0] + math.log(math.log(2))
    scatter = logs[1:] - logs[1:].mean()
    return float(logs[0]), math.sqrt((people - 1) / people * float(scatter @ scatter))


def _speed(
    plan: Analysis, logs: list[tuple[float, float]], people: list[int], contrast: str, said: tuple[str, ...]
) -> Estimate:
    stats = opened("scipy.stats")
    estimate = logs[0][0] - (logs[1][0] if len(logs) == 2 else 0.0)
    squares = [error**2 for _, error in logs]
    error = math.sqrt(sum(squares))
    shares = [square**2 / (count - 1) for square, count in zip(squares, people, strict=True)]
    freedom = sum(squares) ** 2 / sum(shares) if error > 0 else math.nan
    half = float(stats.t.ppf((1 + plan.confidence) / 2, freedom)) * error
    compared = len(logs) == 2
    return Estimate(
        measure=plan.measure,
        contrast=contrast,
        estimate=estimate,
        ci=(estimate - half, estimate + half),
        p=float(2 * stats.t.sf(abs(estimate) / error, freedom)) if compared and error > 0 else math.nan,
        effect_size=math.exp(estimate),
        effect_ci=(math.exp(estimate - half), math.exp(estimate + half)),
        effect_kind="ratio of half-lives" if compared else "half-life in h",
        n=sum(people),
        method=f"one exponential through the mean course, jackknife over people ({version_of('scipy')})",
        assumptions=said,
        details={"df": freedom},
        alpha=plan.alpha,
    )


def _phases(times: Array, values: Array, arm: str, plan: Analysis, said: tuple[str, ...]) -> Estimate:
    """BIC of one phase minus BIC of two; p by laying courses of one phase, with these people's scatter, through it."""
    people = len(values)
    unknown = math.nan
    if len(times) < LEAST_FOR_TWO:
        return _phase_estimate(plan, arm, people, unknown, (unknown, unknown), unknown, (*said, "too few occasions"))
    random = np.random.default_rng(SEED)
    weights = random.multinomial(people, np.full(people, 1 / people), size=DRAWS).astype(float)
    known = weights @ np.isfinite(values)
    weights = weights[(known > 0).all(axis=1)]
    courses = mean_course(values, np.vstack([np.ones((1, people)), weights]))
    gains, single = _gain(times, courses)
    seen, ends = gains[:1], gains[1:]
    under_one, _ = _gain(times, single.course[:1] + courses[1:] - courses[:1])
    p = (1 + float((under_one >= seen[0]).sum())) / (1 + len(under_one))
    tail = (1 - plan.confidence) / 2
    low, high = np.quantile(ends, [tail, 1 - tail])
    return _phase_estimate(plan, arm, people, float(seen[0]), (float(low), float(high)), p, said)


def _gain(times: Array, courses: Array) -> tuple[Array, Fitted]:
    single, double = one(times, courses), two(times, courses)
    return bic(single, PARAMETERS[0]) - bic(double, PARAMETERS[1]), single


def _phase_estimate(
    plan: Analysis, arm: str, n: int, gain: float, ci: tuple[float, float], p: float, said: tuple[str, ...]
) -> Estimate:
    return Estimate(
        measure=plan.measure,
        contrast=f"two phases against one in {arm}",
        estimate=gain,
        ci=ci,
        p=p,
        effect_size=gain,
        effect_ci=ci,
        effect_kind="BIC of one phase - BIC of two",
        n=n,
        method=f"least squares on the mean course, bootstrap of {DRAWS} over people",
        assumptions=said,
        alpha=plan.alpha,
    )
