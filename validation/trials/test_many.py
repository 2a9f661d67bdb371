"""The fast twins agree with the analyses themselves, on data that a study would have."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from enkephalin.trial.analysis import analyse
from enkephalin.trial.power import Repeats

from . import banks, many

STUDIES = {
    "parallel": ("t_test", "equivalence", "ancova", "mixed_model", "correlation", "moderation", "mediation"),
    "crossover": ("paired", "repeated_measures"),
    "factorial": ("interaction",),
    "relapse": ("cox", "kaplan_meier"),
    "recovery": ("recovery",),
}
CASES = [(study, kind) for study, kinds in STUDIES.items() for kind in kinds]
PEOPLE = 60


@pytest.fixture(scope="module")
def bank():
    made = {}

    def of(name):
        if name not in made:
            made[name] = banks.bank_of(name, PEOPLE, seed=4)
        return made[name]

    return of


def wide(table, measure):
    """Values (person, occasion), people of the first arm of the contrast first, with their rows."""
    rows = table[table["measure"] == measure].sort_values(["person", "time_h"])
    return rows.pivot(index="person", columns="time_h", values="value")


def as_many(table, plan, bank):
    """The data of one study as the fast twin takes them, in front a dim of one repeat."""
    people = table.drop_duplicates("person").set_index("person").sort_index()
    first = people["arm"].to_numpy() == plan.contrast[0] if plan.contrast else np.ones(len(people), bool)
    values = wide(table, plan.measure)
    times = values.columns.to_numpy(dtype=float)
    at = int(np.argmin(np.abs(times - plan.at_h))) if plan.at_h is not None else -1
    y = values.to_numpy()
    one = np.ones(len(people))

    def split(array):
        return array[None, first], array[None, ~first]

    if plan.kind in ("t_test", "equivalence"):
        extra = (plan.margin,) if plan.kind == "equivalence" else ()
        return getattr(many, plan.kind)(*split(y[:, at]), *extra)
    if plan.kind == "mixed_model":
        return many.mixed_model(*split(y[:, 1:]))
    if plan.kind == "ancova":
        others = [y[:, 0], (people["sex"] == "male").to_numpy(float), people["age"].to_numpy(float)]
        return many.coefficient(y[None, :, at], np.stack([one, first, *others], axis=1)[None], 1)
    if plan.kind == "moderation":
        age = people["age"].to_numpy(float) - people["age"].mean()
        return many.coefficient(y[None, :, at], np.stack([one, first, age, first * age], axis=1)[None], 3)
    if plan.kind == "correlation":
        return many.correlation(y[None, :, at], people["age"].to_numpy(float)[None])
    if plan.kind == "mediation":
        middle = wide(table, plan.through).to_numpy()[:, 0]
        return many.mediation(y[None, :, at], middle[None], first[None].astype(float))
    if plan.kind == "interaction":
        arm = people["arm"].to_numpy()
        red, blue = np.isin(arm, ["both", "red"]).astype(float), np.isin(arm, ["both", "blue"]).astype(float)
        return many.coefficient(y[None, :, at], np.stack([one, red, blue, red * blue], axis=1)[None], 3)
    if plan.kind == "recovery":
        return many.recovery(times, *split(y))
    time, happened = banks.lifetimes(y[None], times)
    return getattr(many, plan.kind)(time, happened, first[None].astype(float), times[times > 0])


def within(table, plan):
    rows = table[(table["measure"] == plan.measure) & (np.abs(table["time_h"] - plan.at_h) < 1e-6)]
    values = rows.pivot(index="person", columns="arm", values="value")[["one", "other", "third"]].to_numpy()[None]
    return many.paired(values[:, :, 0] - values[:, :, 1]) if plan.kind == "paired" else many.repeated_measures(values)


@pytest.mark.slow
@pytest.mark.parametrize(("study", "kind"), CASES, ids=[kind for _, kind in CASES])
def test_the_fast_twin_agrees_with_the_analysis(study, kind, bank):
    made = bank(study)
    plan = next(plan for plan in made.truth.study.analysis if plan.kind == kind)
    task = Repeats(made.truth, (plan,), made.n, seed=9)
    for number in range(5):
        table = task.table(number)
        slow = analyse(table, plan, checks=False)[0]
        fast = within(table, plan) if study == "crossover" else as_many(table, plan, made)
        close = {"rel": 2e-4, "abs": 1e-7}  # optimisers of Cox, REML and the golden section stop there
        assert float(fast.estimate[0]) == pytest.approx(slow.estimate, **close)
        assert float(fast.p[0]) == pytest.approx(slow.p, **close)
        assert (float(fast.low[0]), float(fast.high[0])) == pytest.approx(slow.ci, **close)


@pytest.mark.slow
def test_a_bank_measures_as_a_study_observes(bank):
    """The same people, with and without the study around them: means and spreads agree."""
    made = bank("parallel")
    observe = importlib.import_module("enkephalin.trial.observe").observe
    chosen = np.arange(PEOPLE).repeat(40)
    table = observe(made.truth, chosen, 1)
    seen = wide(table, "hurt").to_numpy()
    fast = made.measured("hurt", chosen[None], np.random.default_rng(1))[0]
    error = fast.std(axis=0) / np.sqrt(PEOPLE)  # far more than chance leaves with the same people
    assert np.abs(seen.mean(axis=0) - fast.mean(axis=0)).max() < error.max() / 4
    assert seen.std(axis=0) == pytest.approx(fast.std(axis=0), rel=0.05)
