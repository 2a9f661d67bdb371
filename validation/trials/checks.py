"""Checks: how often analyses err where nothing is to be found, how often intervals hold the truth, and their limits.

Needs    banks, many; scipy
Gives    ``Check``, ``of_kind``, ``through_tables``, ``end_to_end``, ``coverage_of_a_difference``, ``against_formulas``

A share passes when the planned one lies in its exact binomial interval of 99.9 %, corrected for the number of analyses.
"""

from __future__ import annotations

import importlib
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from enkephalin.trial.analysis import analyse
from enkephalin.trial.power import Repeats, identical_arms, repeated
from enkephalin.trial.power.result import HIGH, LOW, P

from . import many
from .banks import KINDS, Bank, bank_of

Array = NDArray[np.float64]
ALPHA = 0.05
LEVEL = 0.001  # of the whole family of intervals
PIECE = {"recovery": 100, "mediation": 250}
SEED = 1


@dataclass(frozen=True)
class Check:
    """A share of repeats, what it should be, and its exact interval; ``wanted`` inside it is a pass."""

    what: str
    kind: str
    repeats: int
    share: float
    low: float
    high: float
    wanted: float
    seconds: float

    @property
    def good(self) -> bool:
        """Whether the wanted share is in the interval."""
        return self.low <= self.wanted <= self.high


def share(what: str, kind: str, hits: int, repeats: int, wanted: float, analyses: int, seconds: float) -> Check:
    """A check with Clopper and Pearson's interval."""
    tail = LEVEL / analyses / 2
    low = float(stats.beta.ppf(tail, hits, repeats - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, repeats - hits)) if hits < repeats else 1.0
    return Check(what, kind, repeats, hits / repeats, low, high, wanted, seconds)


def stream(kind: str, number: int) -> np.random.Generator:
    """The chance of one piece."""
    return np.random.default_rng([SEED, zlib.crc32(kind.encode()), number])


def collected(kind: str, repeats: int, make: Callable[[int, np.random.Generator], many.Found]) -> many.Found:
    """Repeats made piece by piece."""
    size = PIECE.get(kind, 1000)
    parts = [
        make(min(size, repeats - first), stream(kind, number)) for number, first in enumerate(range(0, repeats, size))
    ]
    joined = (np.concatenate([getattr(part, key) for part in parts]) for key in ("estimate", "low", "high", "p"))
    return many.Found(*joined)


def of_kind(bank: Bank, plan: Any, repeats: int, analyses: int) -> tuple[Check, Check]:
    """The error of the first kind and the coverage of one kind of analysis."""
    began = time.perf_counter()
    found = collected(plan.kind, repeats, lambda count, random: KINDS[plan.kind](bank, plan, count, random))
    seconds = time.perf_counter() - began
    truth = plan.margin if plan.kind == "equivalence" else 0.0
    inside = int(((found.low <= truth) & (truth <= found.high)).sum())
    held = 1 - 2 * ALPHA if plan.kind == "equivalence" else 1 - ALPHA  # two one-sided tests have an interval of 90 %
    errors = int((found.p <= ALPHA).sum())
    return (
        share("error of the first kind", plan.kind, errors, repeats, ALPHA, analyses, seconds),
        share("coverage", plan.kind, inside, repeats, held, analyses, seconds),
    )


def through_tables(bank: Bank, plan: Any, repeats: int, analyses: int, folder: Path) -> tuple[Check, Check]:
    """The same through the study's own way: assigned, observed in a long table, analysed by the library."""
    began = time.perf_counter()
    task = Repeats(identical_arms(bank.truth), (plan,), bank.n, SEED, null=True)
    return _of_table(repeated(task, repeats, folder=folder)[:, 0], plan, began, analyses, "through tables")


def end_to_end(name: str, plans: tuple[Any, ...], n: int, repeats: int, analyses: int) -> list[Check]:
    """Without a bank: nobody is drawn twice. People are simulated a thousand at a time and dealt to the studies."""
    running = importlib.import_module("enkephalin.trial.running")
    observe = importlib.import_module("enkephalin.trial.observe").observe
    study = bank_study(name)
    began, found = time.perf_counter(), []
    together = max(1, 1000 // n)
    for first in range(0, repeats, together):
        count = min(together, repeats - first)
        truth = running.make_truth(study, count * n, seed=10_000 + first)
        for number in range(count):
            table = observe(truth, np.arange(number * n, (number + 1) * n), 10_000 + first + number)
            estimates = [analyse(table, plan, checks=False)[0] for plan in plans]
            found.append([(one.estimate, *one.ci, one.p, one.effect_size) for one in estimates])
    kept = np.array(found)
    return [
        check
        for place, plan in enumerate(plans)
        for check in _of_table(kept[:, place], plan, began, analyses, f"end to end, n {n}")
    ]


def bank_study(name: str) -> Any:
    """One of the studies beside this file, resolved."""
    from enkephalin.records.study.resolve import resolve_study

    from .banks import HERE

    return resolve_study(str(HERE / f"{name}.yaml"))


def _of_table(found: Array, plan: Any, began: float, analyses: int, how: str) -> tuple[Check, Check]:
    seconds, repeats = time.perf_counter() - began, len(found)
    errors = int((found[:, P] <= ALPHA).sum())
    inside = int(((found[:, LOW] <= 0) & (found[:, HIGH] >= 0)).sum())
    return (
        share(f"error of the first kind, {how}", plan.kind, errors, repeats, ALPHA, analyses, seconds),
        share(f"coverage, {how}", plan.kind, inside, repeats, 1 - ALPHA, analyses, seconds),
    )


def coverage_of_a_difference(repeats: int, people: int, analyses: int) -> list[Check]:
    """A real difference with unequal spreads: left out of a ball game against a fair share (Welch, 30 in each arm)."""
    running = importlib.import_module("enkephalin.trial.running")
    from enkephalin.records.study.resolve import resolve_study

    study = resolve_study("cyberball_exclusion")
    truth = running.make_truth(study, people, seed=SEED)
    bank = Bank(truth)
    names = [place.arm for place in truth.places]
    plan = study.analysis[0]
    place = bank.at(plan.measure, plan)
    began = time.perf_counter()

    def read(arm: str, chosen: NDArray[np.int64], random: np.random.Generator) -> Array:
        from enkephalin.measure import measure_with

        return measure_with("vas_100", truth.values[plan.measure][chosen, names.index(arm)], random)[..., place]

    everybody = np.broadcast_to(np.arange(people), (2000, people))
    random = stream("truth", 0)
    effect = float(read(plan.contrast[0], everybody, random).mean() - read(plan.contrast[1], everybody, random).mean())

    def make(count: int, random: np.random.Generator) -> many.Found:
        halves = [random.integers(people, size=(count, 30)) for _ in range(2)]
        return many.t_test(read(plan.contrast[0], halves[0], random), read(plan.contrast[1], halves[1], random))

    found = collected("difference", repeats, make)
    inside = int(((found.low <= effect) & (effect <= found.high)).sum())
    seconds = time.perf_counter() - began
    return [
        share(f"coverage of a difference of {effect:.1f} mm", "t_test", inside, repeats, 1 - ALPHA, analyses, seconds)
    ]


def against_formulas(repeats: int, analyses: int) -> list[Check]:
    """Power by simulation against the noncentral t, where the data are normal and the formula is exact."""
    n, effect, r = 30, 0.6, 0.6

    def arms(count: int, random: np.random.Generator) -> many.Found:
        return many.t_test(random.normal(effect, 1, (count, n)), random.normal(0, 1, (count, n)))

    def differences(count: int, random: np.random.Generator) -> many.Found:
        return many.paired(random.normal(effect, 1, (count, n)))

    def four(count: int, random: np.random.Generator) -> many.Found:
        x = np.stack([np.ones(2 * n), *(np.arange(2 * n) // half % 2 for half in (n, n // 2)), np.zeros(2 * n)], axis=1)
        x[:, 3] = x[:, 1] * x[:, 2]
        y = random.normal(size=(count, 2 * n)) + 2 * effect * x[:, 3]
        return many.coefficient(y, np.broadcast_to(x, (count, *x.shape)), 3)

    def line(count: int, random: np.random.Generator) -> many.Found:
        x = random.normal(size=(count, n))
        return many.correlation(r * x + np.sqrt(1 - r**2) * random.normal(size=(count, n)), x)

    wanted = {
        "t_test": (arms, _power(effect / np.sqrt(2 / n), 2 * n - 2)),
        "paired": (differences, _power(effect * np.sqrt(n), n - 1)),
        "interaction": (four, _power(2 * effect / np.sqrt(4 / (n / 2)), 2 * n - 4)),
        "correlation": (line, _correlation_power(r, n)),
    }
    checks = []
    for kind, (make, power) in wanted.items():
        began = time.perf_counter()
        hits = int((collected(f"power {kind}", repeats, make).p <= ALPHA).sum())
        checks.append(share("power on normal data", kind, hits, repeats, power, analyses, time.perf_counter() - began))
    return checks


def _power(shift: float, freedom: float) -> float:
    end = stats.t.ppf(1 - ALPHA / 2, freedom)
    return float(stats.nct.sf(end, freedom, shift) + stats.nct.cdf(-end, freedom, shift))


def _correlation_power(r: float, n: int) -> float:
    """The t of a correlation, given x, is a noncentral t whose shift is r / sqrt(1 - r^2) times a chi of n - 1."""
    chi = stats.chi(n - 1)
    places = np.linspace(chi.ppf(1e-9), chi.ppf(1 - 1e-9), 4001)
    weights = chi.pdf(places)
    powers = np.array([_power(r / np.sqrt(1 - r**2) * place, n - 2) for place in places])
    return float((weights * powers).sum() / weights.sum())


def study_banks(people: int, workers: int | None) -> dict[str, tuple[Bank, float]]:
    """The bank of each study, and how long it took to make."""
    found = {}
    for name in ("parallel", "crossover", "factorial", "relapse", "recovery"):
        began = time.perf_counter()
        made = bank_of(name, people, SEED, workers)
        found[name] = (made, time.perf_counter() - began)
    return found
