"""Observe: the same people as a study would see them: assigned, measured with noise, some gone.

Needs    truth, assignment, intercurrent, belief, leaving, instruments (measure); pandas
Gives    ``observe(truth, chosen, seed)``, a long table; ``observed(truth, chosen, seed)``, the same before it is one
Leaves   statistics: see ``analysis``
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """One measure as it was read: values and dropped, shape (person, period, occasion), baseline (person, period)."""

    values: Array
    baseline: Array
    dropped: NDArray[np.bool_]


@dataclass(frozen=True)
class Observed:
    """A study that was run once, as arrays; power analyses read them without the long table.

    Parameters
    ----------
    truth : Truth
        What everybody would show.
    bank : array, shape (person,)
        Their places in the bank.
    place : array, shape (person, period)
        Numbers of ``truth.places``.
    measures : mapping
        Measure -> what was read.
    covariates : mapping
        Covariate -> values, shape (person,).
    """

    truth: Truth
    bank: Whole
    place: Whole
    measures: Mapping[str, Seen]
    covariates: Mapping[str, NDArray[Any]]

    def table(self) -> Any:
        """All of it in long form; columns as in ``observe``."""
        return opened("pandas").concat([self.rows(name) for name in self.measures], ignore_index=True)

    def rows(self, name: str) -> Any:
        """One measure in long form."""
        times = self.truth.times[name]
        return self._frame(name, self.measures[name], times, np.arange(1, len(times) + 1))

    def at(self, name: str, occasion: int, *, change: bool = False) -> Any:
        """One measure at one occasion, by its place among the times, in long form; ``cell`` is its value or change."""
        seen, one = self.measures[name], slice(occasion, occasion + 1)
        part = Seen(seen.values[:, :, one], seen.baseline, seen.dropped[:, :, one])
        cell = seen.values[:, :, occasion] - seen.baseline if change else seen.values[:, :, occasion]
        times, occasions = self.truth.times[name][one], np.array([occasion + 1])
        return self._frame(name, part, times, occasions, cell=cell.ravel())

    def _frame(self, name: str, seen: Seen, times: Array, occasions: Whole, **more: Array) -> Any:
        study = self.truth.study
        n, periods = self.place.shape
        person = np.repeat(np.arange(n), periods * len(times))
        place = np.repeat(self.place.ravel(), len(times))
        arms = np.array([one.arm for one in self.truth.places], dtype=object)
        orders = np.array([" > ".join(study.orders[one.order]) for one in self.truth.places], dtype=object)
        columns = {
            "person": person,
            "source_person": self.bank[person],
            "arm": arms[place],
            "sequence": orders[place],
            "period": np.tile(np.repeat(np.arange(1, periods + 1), len(times)), n),
            "occasion": np.tile(occasions, n * periods),
            "time_h": np.tile(times, n * periods),
            "measure": np.full(len(person), name, dtype=object),
            "value": seen.values.ravel(),
            "baseline": np.repeat(seen.baseline.ravel(), len(times)),
            "dropped": seen.dropped.ravel(),
        }
        for factor in study.arms[0].levels:
            levels = np.array([study.arm(one.arm).levels[factor] for one in self.truth.places], dtype=object)
            columns[factor] = levels[place]
        columns |= {covariate: values[person] for covariate, values in self.covariates.items()}
        return opened("pandas").DataFrame(columns | more, copy=False)


def observe(truth: Truth, chosen: Sequence[int] | Whole, seed: int) -> Any:
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
    return observed(truth, chosen, seed).table()


def observed(
    truth: Truth, chosen: Sequence[int] | Whole, seed: int, measures: Collection[str] | None = None
) -> Observed:
    """The same, not yet a table; with ``measures`` only these, with the numbers that they would have among all.

    Parameters
    ----------
    truth, chosen, seed
        As in ``observe``.
    measures : list of str, optional
        Ids.

    Example
    -------
    >>> observed(truth, range(40), seed=1).measures["pain"].values.shape      # doctest: +SKIP
    (40, 2, 3)
    """
    bank = np.asarray(chosen, np.int64)
    covariates = {name: truth.covariates[name].to_numpy()[bank] for name in truth.covariates.columns}
    orders = assign(truth.study, covariates, seed)
    by_order = np.empty((len(truth.study.orders), len(truth.study.orders[0])), np.int64)
    for index, one in enumerate(truth.places):
        by_order[one.order, one.period] = index
    place: Whole = by_order[orders]
    left = leaving_times(truth, bank, place, seed)
    seen = {
        row.id: _seen(truth, row, number, bank, place, left, seed)
        for number, row in enumerate(truth.study.measures)
        if measures is None or row.id in measures
    }
    return Observed(truth, bank, place, seen, covariates)


def _seen(truth: Truth, row: ResolvedMeasure, number: int, bank: Whole, place: Whole, left: Array, seed: int) -> Seen:
    """One measure."""
    study, times = truth.study, truth.times[row.id]
    n, periods = len(bank), place.shape[1]
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
    return Seen(values, baseline, dropped)
