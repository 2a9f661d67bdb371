"""Long tables made by hand, as a study would have observed them.

Needs    pandas
Gives    ``parallel``, ``crossover``, ``plan``, ``first``
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from enkephalin.records.shapes import Analysis
from enkephalin.trial.analysis import analyse


def parallel(arms, *, measure="score", times=(1.0,), baseline=None, **covariates):
    """Different people in each arm: arm -> values, shape (person,) or (person, occasion)."""
    parts, start = [], 0
    for arm, values in arms.items():
        values = np.asarray(values, dtype=float).reshape(len(values), -1)
        people = np.arange(start, start + len(values))
        start += len(values)
        before = np.full(len(values), np.nan) if baseline is None else np.asarray(baseline[arm], dtype=float)
        parts.append(_rows(people, arm, values, times, measure, before, np.ones(len(values), dtype=int), arm))
    return _with(pd.concat(parts, ignore_index=True), covariates)


def crossover(arms, *, measure="score", times=(1.0,), orders=None, **covariates):
    """The same people in every arm; ``orders`` says for each person in which order (a list of arms)."""
    names = list(arms)
    people = np.arange(len(next(iter(arms.values()))))
    orders = [names] * len(people) if orders is None else orders
    parts = []
    for arm, values in arms.items():
        values = np.asarray(values, dtype=float).reshape(len(people), -1)
        period = np.array([list(order).index(arm) + 1 for order in orders])
        sequence = np.array([" > ".join(order) for order in orders])
        parts.append(_rows(people, arm, values, times, measure, np.full(len(people), np.nan), period, sequence))
    return _with(pd.concat(parts, ignore_index=True), covariates)


def _rows(people, arm, values, times, measure, before, period, sequence):
    shape = values.shape
    return pd.DataFrame(
        {
            "person": np.repeat(people, shape[1]),
            "source_person": np.repeat(people, shape[1]),
            "arm": arm,
            "sequence": np.repeat(np.broadcast_to(sequence, shape[0]), shape[1]),
            "period": np.repeat(period, shape[1]),
            "occasion": np.tile(np.arange(1, shape[1] + 1), shape[0]),
            "time_h": np.tile(np.asarray(times, dtype=float), shape[0]),
            "measure": measure,
            "value": values.ravel(),
            "baseline": np.repeat(before, shape[1]),
            "dropped": False,
        }
    )


def _with(table, covariates):
    for name, values in covariates.items():
        table[name] = np.asarray(values)[table["person"]]
    return table


def plan(kind, *contrast, measure="score", **more):
    return Analysis(kind=kind, measure=measure, contrast=contrast, **more)


def first(table, kind, *contrast, **more):
    """The first estimate of a plan."""
    return analyse(table, plan(kind, *contrast, **more))[0]
