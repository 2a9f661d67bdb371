"""Many: the analyses of ``enkephalin.trial.analysis`` for many complete data sets at a time.

Needs    numpy, scipy; exponentials (enkephalin.trial.analysis)
Gives    a function for each kind: arrays with a dim of repeats in front -> ``Found``
Leaves   missing values, unequal arms, checks: the analyses themselves have them

r repeat, p person, o occasion, k column
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
CONFIDENCE = 0.95
HALF = float(stats.norm.ppf((1 + CONFIDENCE) / 2))


@dataclass(frozen=True)
class Found:
    """Estimate, interval and p of each repeat."""

    estimate: Array
    low: Array
    high: Array
    p: Array


def _from_t(estimate: Array, error: Array, freedom: Array | float) -> Found:
    half = stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error
    return Found(estimate, estimate - half, estimate + half, 2 * stats.t.sf(np.abs(estimate) / error, freedom))


def _welch(arm: Array, control: Array) -> tuple[Array, Array, Array]:
    parts = [values.var(axis=1, ddof=1) / values.shape[1] for values in (arm, control)]
    shares = [part**2 / (values.shape[1] - 1) for part, values in zip(parts, (arm, control), strict=True)]
    square = parts[0] + parts[1]
    return arm.mean(axis=1) - control.mean(axis=1), np.sqrt(square), square**2 / (shares[0] + shares[1])


def t_test(arm: Array, control: Array) -> Found:
    """Welch's test of values, shape (r, p)."""
    return _from_t(*_welch(arm, control))


def equivalence(arm: Array, control: Array, margin: float) -> Found:
    """Two one-sided Welch tests; the interval is that of both."""
    estimate, error, freedom = _welch(arm, control)
    p = np.maximum(stats.t.sf((estimate + margin) / error, freedom), stats.t.cdf((estimate - margin) / error, freedom))
    half = stats.t.ppf(CONFIDENCE, freedom) * error
    return Found(estimate, estimate - half, estimate + half, p)


def paired(differences: Array) -> Found:
    """The test of differences within people, shape (r, p)."""
    n = differences.shape[1]
    return _from_t(differences.mean(axis=1), differences.std(axis=1, ddof=1) / np.sqrt(n), n - 1)


def least_squares(outcome: Array, columns: Array) -> tuple[Array, Array, int]:
    """Coefficients (r, k), their standard errors, and the degrees of freedom; columns (r, p, k)."""
    cross = np.einsum("rpk,rpl->rkl", columns, columns)
    inverse = np.linalg.inv(cross)
    coefficients = np.einsum("rkl,rpl,rp->rk", inverse, columns, outcome, optimize=True)
    left = outcome - np.einsum("rpk,rk->rp", columns, coefficients)
    freedom = outcome.shape[1] - columns.shape[2]
    square = (left**2).sum(axis=1) / freedom
    return coefficients, np.sqrt(square[:, None] * np.einsum("rkk->rk", inverse)), freedom


def coefficient(outcome: Array, columns: Array, which: int) -> Found:
    """One coefficient of a linear model: ancova, moderation and interaction are this."""
    coefficients, errors, freedom = least_squares(outcome, columns)
    return _from_t(coefficients[:, which], errors[:, which], freedom)


def mixed_model(arm: Array, control: Array) -> Found:
    """Complete occasions, shape (r, p, o): the pooled t-test of person means."""
    first, second = arm.mean(axis=2), control.mean(axis=2)
    n, m = first.shape[1], second.shape[1]
    square = ((n - 1) * first.var(axis=1, ddof=1) + (m - 1) * second.var(axis=1, ddof=1)) / (n + m - 2)
    return _from_t(first.mean(axis=1) - second.mean(axis=1), np.sqrt(square * (1 / n + 1 / m)), n + m - 2)


def repeated_measures(values: Array) -> Found:
    """Values (r, p, arm): F with Greenhouse and Geisser; the interval is of the first arm minus the second."""
    _, people, arms = values.shape
    grand = values.mean(axis=(1, 2), keepdims=True)
    rows, columns = values.mean(axis=2, keepdims=True), values.mean(axis=1, keepdims=True)
    between = people * ((columns - grand) ** 2).sum(axis=(1, 2)) / (arms - 1)
    within = ((values - rows - columns + grand) ** 2).sum(axis=(1, 2)) / ((arms - 1) * (people - 1))
    centred = values - columns
    centring = np.eye(arms) - 1 / arms
    covariance = centring @ (np.einsum("rpk,rpl->rkl", centred, centred) / (people - 1)) @ centring
    epsilon = np.trace(covariance, axis1=1, axis2=2) ** 2 / ((arms - 1) * (covariance**2).sum(axis=(1, 2)))
    pair = paired(values[:, :, 0] - values[:, :, 1])
    p = stats.f.sf(between / within, (arms - 1) * epsilon, (arms - 1) * (people - 1) * epsilon)
    return Found(pair.estimate, pair.low, pair.high, p)


def correlation(first: Array, second: Array) -> Found:
    """Pearson's r of values, shape (r, p)."""
    n = first.shape[1]
    x, y = (values - values.mean(axis=1, keepdims=True) for values in (first, second))
    r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    t = r * np.sqrt((n - 2) / (1 - r**2))
    half = HALF / np.sqrt(n - 3)
    return Found(r, np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half), 2 * stats.t.sf(np.abs(t), n - 2))


def mediation(outcome: Array, middle: Array, arm: Array) -> Found:
    """The indirect effect; arrays (r, p)."""
    interval = importlib.import_module("enkephalin.trial.analysis.mediation").product_interval
    one = np.ones_like(arm)
    a, a_error, a_freedom = least_squares(middle, np.stack([one, arm], axis=2))
    b, b_error, b_freedom = least_squares(outcome, np.stack([one, arm, middle], axis=2))
    p = np.maximum(
        2 * stats.t.sf(np.abs(a[:, 1] / a_error[:, 1]), a_freedom),
        2 * stats.t.sf(np.abs(b[:, 2] / b_error[:, 2]), b_freedom),
    )
    ends = np.array(
        [
            interval((a[r, 1], a_error[r, 1], a_freedom), (b[r, 2], b_error[r, 2], b_freedom), CONFIDENCE)
            for r in range(len(a))
        ]
    )
    return Found(a[:, 1] * b[:, 2], ends[:, 0], ends[:, 1], p)


@dataclass(frozen=True)
class _Deaths:
    """At each time: people at risk and events in control and arm, each (r, time)."""

    at_risk: tuple[Array, Array]
    events: tuple[Array, Array]


def _deaths(time: Array, happened: Array, arm: Array, times: Array) -> _Deaths:
    at_risk, events = [], []
    for group in (0, 1):
        inside = arm == group
        at_risk.append(np.stack([(inside & (time >= t)).sum(axis=1) for t in times], axis=1).astype(float))
        events.append(
            np.stack([(inside & (time == t) & (happened == 1)).sum(axis=1) for t in times], axis=1).astype(float)
        )
    return _Deaths((at_risk[0], at_risk[1]), (events[0], events[1]))


def cox(time: Array, happened: Array, arm: Array, times: Array) -> Found:
    """The logarithm of the hazard ratio, Efron's ties; arrays (r, p)."""
    deaths = _deaths(time, happened, arm, times)
    (n0, n1), (d0, d1) = deaths.at_risk, deaths.events
    cases = d0 + d1
    beta = np.zeros(len(time))
    for _ in range(25):
        risk = np.exp(beta)[:, None]
        score, information = d1.sum(axis=1), np.zeros(len(time))
        for place in range(int(cases.max())):
            open_ = cases > place
            share = np.where(open_, place / np.maximum(cases, 1), 0.0)
            above = (n1 - share * d1) * risk
            mean = np.where(open_, above / np.maximum(above + n0 - share * d0, 1e-300), 0.0)
            score = score - mean.sum(axis=1)
            information = information + (mean * (1 - mean)).sum(axis=1)
        step = score / information
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    error = 1 / np.sqrt(information)
    return Found(beta, beta - HALF * error, beta + HALF * error, 2 * stats.norm.sf(np.abs(beta) / error))


def kaplan_meier(time: Array, happened: Array, arm: Array, times: Array) -> Found:
    """The difference of shares at the last time both arms have, and the log-rank test; arrays (r, p)."""
    deaths = _deaths(time, happened, arm, times)
    (n0, n1), (d0, d1) = deaths.at_risk, deaths.events
    people, cases = n0 + n1, d0 + d1
    kept = np.maximum(people, 1)
    over = (d1 - cases * n1 / kept).sum(axis=1)
    variance = np.where(people > 1, cases * (people - cases) * n0 * n1 / (kept**2 * np.maximum(people - 1, 1)), 0.0)
    p = stats.chi2.sf(over**2 / variance.sum(axis=1), 1)
    shares = [_share(n, d) for n, d in ((n1, d1), (n0, d0))]
    (s1, l1, h1), (s0, l0, h0) = shares
    estimate = s1 - s0
    return Found(estimate, estimate - np.hypot(s1 - l1, h0 - s0), estimate + np.hypot(h1 - s1, s0 - l0), p)


def _share(at_risk: Array, events: Array) -> tuple[Array, Array, Array]:
    """Kaplan and Meier's share at the end with its log-minus-log interval."""
    kept = np.maximum(at_risk, 1)
    share = np.prod(1 - events / kept, axis=1)
    greenwood = np.sum(np.where(at_risk > events, events / (kept * np.maximum(at_risk - events, 1)), 0.0), axis=1)
    width = HALF * np.sqrt(greenwood) / np.log(share)
    ends = np.stack([share ** np.exp(width), share ** np.exp(-width)])
    return share, ends.min(axis=0), ends.max(axis=0)


def recovery(times: Array, arm: Array, control: Array) -> Found:
    """The logarithm of the ratio of half-lives of mean courses; values (r, p, o)."""
    logs, squares, shares = [], [], []
    for values in (arm, control):
        log, error = _log_tau(times, values)
        logs.append(log)
        squares.append(error**2)
        shares.append(error**4 / (values.shape[1] - 1))
    freedom = (squares[0] + squares[1]) ** 2 / (shares[0] + shares[1])
    return _from_t(logs[0] - logs[1], np.sqrt(squares[0] + squares[1]), freedom)


def _log_tau(times: Array, values: Array) -> tuple[Array, Array]:
    """Log time constants of mean courses with the jackknife's error."""
    one = importlib.import_module("enkephalin.trial.analysis.exponentials").one
    repeats, people, occasions = values.shape
    total = values.sum(axis=1, keepdims=True)
    courses = np.concatenate([total / people, (total - values) / (people - 1)], axis=1)
    logs = one(times, courses.reshape(-1, occasions)).log_tau[:, 0].reshape(repeats, people + 1)
    scatter = logs[:, 1:] - logs[:, 1:].mean(axis=1, keepdims=True)
    return logs[:, 0], np.sqrt((people - 1) / people * (scatter**2).sum(axis=1))
