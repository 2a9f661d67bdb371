"""Observe: the same people as a study would see them: assigned, measured with noise, some gone.

Needs    truth, assignment, intercurrent, belief, leaving, instruments (measure); pandas
Gives    ``observe(truth, chosen, seed)``, a long table
Leaves   statistics: see ``analysis``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import ResolvedMeasure
from .assignment import assign
from .belief import shifts
from .intercurrent import by_strategy
from .leaving import leaving_times
from .libraries import opened
from .noise import read_with
from .reading import Array
from .seeds import stream
from .truth import Truth

SAME = 1e-9  # h


def observe(truth: Truth, chosen: Sequence[int] | NDArray[np.int64], seed: int) -> Any:
    """Run the study once with some people of the bank.

    Parameters
    ----------
    truth : Truth
        What everybody would show in each condition.
    chosen : list of int
        Places in the bank, shape (person,); the same may stand there twice, as in resampling.
    seed : int
        Of assignment, belief, noise and dropout. The same seed gives the same bytes.

    Returns
    -------
    pandas.DataFrame
        One row per person, period, occasion and measure. Columns: person (0 to n - 1), source_person (place in the
        bank), arm, sequence, period (from 1), occasion (from 1), time_h (from the zero of the period), measure, value
        (NaN: missing), baseline (NaN: none), dropped, a column for each factor of the arms, and the covariates.

    Example
    -------
    >>> observe(truth, range(40), seed=1).columns[0]          # doctest: +SKIP
    'person'
    """
    pandas = opened("pandas")
    bank = np.asarray(chosen, np.int64)
    covariates = truth.covariates.iloc[bank].reset_index(drop=True)
    orders = assign(truth.study, covariates, seed)
    periods = len(truth.study.orders[0])
    # place[p, k] is the condition of person p in period k
    by_order = {(one.order, one.period): index for index, one in enumerate(truth.places)}
    place = np.array([[by_order[int(order), period] for period in range(periods)] for order in orders])
    left = leaving_times(truth, bank, place, seed)
    parts = [
        _rows(truth, row, number, bank, place, left, seed, pandas) for number, row in enumerate(truth.study.measures)
    ]
    table = pandas.concat(parts, ignore_index=True)
    arms = truth.study.arms
    for factor in arms[0].levels:
        table[factor] = table["arm"].map({arm.id: arm.levels[factor] for arm in arms})
    people = table["person"].to_numpy()
    for name in covariates.columns:
        table[name] = covariates[name].to_numpy()[people]
    return table


def _rows(
    truth: Truth,
    row: ResolvedMeasure,
    number: int,
    bank: NDArray[np.int64],
    place: NDArray[np.int64],
    left: Array,
    seed: int,
    pandas: Any,
) -> Any:
    """All rows of one measure."""
    study, times = truth.study, truth.times[row.id]
    n, periods, occasions = len(bank), place.shape[1], len(times)
    # p person, k period, o occasion
    true = truth.values[row.id][bank[:, None], place]
    random = stream(seed, f"noise {row.id}", number)
    starts = study.step * np.arange(periods)
    if row.event is not None:
        chance = random.random((n, periods, 1))
        values = np.where(np.isnan(true), np.nan, (true < chance).astype(float))
    else:
        moved = shifts(truth, row, place, seed)
        habit = stream(seed, f"habit {row.instrument}").standard_normal(n)
        values = read_with(row, true, moved, times, random, habit=habit)
    for event in study.intercurrent:
        if event.measures and row.id not in event.measures:
            continue
        came = truth.events[event.id][bank[:, None], place]
        values = by_strategy(event, values.reshape(n * periods, -1), times, came.ravel()).reshape(values.shape)
    dropped = left[:, None, None] <= (starts[:, None] + times[None, :])[None] + SAME
    values = np.where(dropped, np.nan, values)
    baseline = np.full((n, periods), np.nan)
    if row.baseline is not None:
        baseline = values[:, :, int(np.argmin(np.abs(times - row.baseline)))]
    arms = np.array([one.arm for one in truth.places], dtype=object)
    orders = np.array([" > ".join(order) for order in study.orders], dtype=object)
    order_of = np.array([one.order for one in truth.places])
    shape = (n, periods, occasions)

    def flat(values: Any) -> Any:
        return np.broadcast_to(values, shape).ravel()

    return pandas.DataFrame(
        {
            "person": flat(np.arange(n)[:, None, None]),
            "source_person": flat(bank[:, None, None]),
            "arm": flat(arms[place][:, :, None]),
            "sequence": flat(orders[order_of[place]][:, :, None]),
            "period": flat(np.arange(1, periods + 1)[None, :, None]),
            "occasion": flat(np.arange(1, occasions + 1)),
            "time_h": flat(times),
            "measure": row.id,
            "value": values.ravel(),
            "baseline": flat(baseline[:, :, None]),
            "dropped": dropped.ravel(),
        }
    )
