"""Banks: people of a study whose arms are the same, drawn and measured anew, many data sets at a time.

Needs    a study; trial (the bank), measure (instruments)
Gives    ``Bank``, ``bank_of``; ``KINDS``: kind of analysis -> what its fast twin makes of a bank
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enkephalin.measure import measure_with
from enkephalin.records.study.resolve import resolve_study

from . import many

Array = NDArray[np.float64]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Bank:
    """Potential outcomes of people, all conditions alike."""

    truth: Any

    @property
    def n(self) -> int:
        """People of one study."""
        return int(self.truth.study.people.n)

    def chosen(self, repeats: int, random: np.random.Generator) -> NDArray[np.int64]:
        """People of each repeat, drawn with replacement, shape (r, p)."""
        return random.integers(len(self.truth.covariates), size=(repeats, self.n))

    def measured(self, name: str, chosen: NDArray[np.int64], random: np.random.Generator) -> Array:
        """A measure with fresh noise, shape (r, p, o)."""
        row = next(row for row in self.truth.study.measures if row.id == name)
        true = self.truth.values[name][chosen, 0]
        if row.event is not None:
            return (true < random.random((*chosen.shape, 1))).astype(float)
        return measure_with(str(row.instrument), true, random, times=self.truth.times[name])

    def at(self, name: str, plan: Any) -> int:
        """The place of the plan's occasion."""
        return int(np.argmin(np.abs(self.truth.times[name] - plan.at_h)))

    def covariate(self, name: str, chosen: NDArray[np.int64]) -> Array:
        """A covariate of the people drawn; words as 0 and 1."""
        column = self.truth.covariates[name]
        values = (
            column.to_numpy(dtype=float) if column.dtype.kind in "bif" else (column == column.max()).to_numpy(float)
        )
        found: Array = values[chosen]
        return found


def bank_of(name: str, people: int, seed: int, workers: int | None = None) -> Bank:
    """The bank of one of the studies beside this file."""
    study = resolve_study(str(HERE / f"{name}.yaml"))
    make_truth = importlib.import_module("enkephalin.trial.running").make_truth
    return Bank(make_truth(study, people, seed=seed, workers=workers))


def halves(values: Array) -> tuple[Array, Array]:
    """People are drawn at random, so the first half of them is one arm as well as any."""
    middle = values.shape[1] // 2
    return values[:, :middle], values[:, middle:]


def arm_of(values: Array) -> Array:
    """1 in the first half of people, 0 in the second, shape (r, p)."""
    found = np.zeros(values.shape[:2])
    found[:, : values.shape[1] // 2] = 1.0
    return found


def _t_test(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    hurt = bank.measured(plan.measure, bank.chosen(repeats, random), random)[:, :, bank.at(plan.measure, plan)]
    return many.t_test(*halves(hurt))


def _equivalence(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    hurt = bank.measured(plan.measure, bank.chosen(repeats, random), random)[:, :, bank.at(plan.measure, plan)]
    arm, control = halves(hurt)
    return many.equivalence(arm + plan.margin, control, plan.margin)


def _ancova(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    chosen = bank.chosen(repeats, random)
    hurt = bank.measured(plan.measure, chosen, random)
    row = next(row for row in bank.truth.study.measures if row.id == plan.measure)
    before = hurt[:, :, int(np.argmin(np.abs(bank.truth.times[plan.measure] - row.baseline)))]
    others = [before if name == "baseline" else bank.covariate(name, chosen) for name in plan.covariates]
    columns = np.stack([np.ones(chosen.shape), arm_of(hurt), *others], axis=2)
    return many.coefficient(hurt[:, :, bank.at(plan.measure, plan)], columns, 1)


def _mixed_model(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    hurt = bank.measured(plan.measure, bank.chosen(repeats, random), random)
    return many.mixed_model(*halves(hurt[:, :, 1:]))  # the first occasion is the baseline


def _correlation(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    chosen = bank.chosen(repeats, random)
    hurt = bank.measured(plan.measure, chosen, random)[:, :, bank.at(plan.measure, plan)]
    dealt = random.permuted(bank.covariate(plan.by, chosen), axis=1)
    return many.correlation(hurt, dealt)


def _moderation(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    chosen = bank.chosen(repeats, random)
    hurt = bank.measured(plan.measure, chosen, random)
    by = bank.covariate(plan.by, chosen)
    by = by - by.mean(axis=1, keepdims=True)
    arm = arm_of(hurt)
    columns = np.stack([np.ones(chosen.shape), arm, by, arm * by], axis=2)
    return many.coefficient(hurt[:, :, bank.at(plan.measure, plan)], columns, 3)


def _mediation(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    chosen = bank.chosen(repeats, random)
    outcome = bank.measured(plan.measure, chosen, random)[:, :, bank.at(plan.measure, plan)]
    middle = bank.measured(plan.through, chosen, random)[:, :, bank.at(plan.through, plan)]
    return many.mediation(outcome, middle, arm_of(outcome[:, :, None]))


def _interaction(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    hurt = bank.measured(plan.measure, bank.chosen(repeats, random), random)[:, :, bank.at(plan.measure, plan)]
    quarter = np.arange(bank.n) * 4 // bank.n  # both, first alone, second alone, neither
    first, second = np.isin(quarter, [0, 1]).astype(float), np.isin(quarter, [0, 2]).astype(float)
    columns = np.stack([np.ones(bank.n), first, second, first * second], axis=1)
    return many.coefficient(hurt, np.broadcast_to(columns, (repeats, *columns.shape)), 3)


def _conditions(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> Array:
    """The same people measured once for each arm, shape (r, p, arm)."""
    chosen = bank.chosen(repeats, random)
    place = bank.at(plan.measure, plan)
    return np.stack([bank.measured(plan.measure, chosen, random)[:, :, place] for _ in range(3)], axis=2)


def _paired(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    values = _conditions(bank, plan, repeats, random)
    return many.paired(values[:, :, 0] - values[:, :, 1])


def _repeated_measures(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    return many.repeated_measures(_conditions(bank, plan, repeats, random))


def lifetimes(events: Array, times: Array) -> tuple[Array, Array]:
    """Time to the first 1, and whether there is one, shape (r, p); the occasion at zero does not count."""
    later, after = events[:, :, times > 0], times[times > 0]
    happened = later.any(axis=2)
    return np.where(happened, after[later.argmax(axis=2)], after[-1]), happened.astype(float)


def _survival(kind: Callable[..., many.Found]) -> Callable[..., many.Found]:
    def found(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
        times = bank.truth.times[plan.measure]
        events = bank.measured(plan.measure, bank.chosen(repeats, random), random)
        time, happened = lifetimes(events, times)
        return kind(time, happened, arm_of(events), times[times > 0])

    return found


def _recovery(bank: Bank, plan: Any, repeats: int, random: np.random.Generator) -> many.Found:
    values = bank.measured(plan.measure, bank.chosen(repeats, random), random)
    return many.recovery(bank.truth.times[plan.measure], *halves(values))


KINDS: dict[str, Callable[..., many.Found]] = {
    "t_test": _t_test,
    "equivalence": _equivalence,
    "paired": _paired,
    "ancova": _ancova,
    "mixed_model": _mixed_model,
    "repeated_measures": _repeated_measures,
    "correlation": _correlation,
    "cox": _survival(many.cox),
    "kaplan_meier": _survival(many.kaplan_meier),
    "recovery": _recovery,
    "mediation": _mediation,
    "moderation": _moderation,
    "interaction": _interaction,
}
