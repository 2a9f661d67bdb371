"""The stress axis keeps its own day, answers a lasting push with cortisol, and brings CRH and ACTH back to 1."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.compiler.model import build
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run
from enkephalin.measure import measure
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario
from enkephalin.simulate import simulate

DAY, LATE = 24.0, 900.0  # h, and days until glands and expression have settled
SETTLED = 0.01  # glands approach their rest by half in 20 to 30 d, with swings


def nothing(days):
    return Scenario(id="nothing", about="Nothing happens.", lasts=f"{days} d", every="1 h", watch=("cortisol",))


@pytest.mark.parametrize("who", ["adult_reference", "adult_woman", "drawn"])
def test_day_one_is_day_one_hundred(who):
    """Every state that is no accumulator, at every hour."""
    people = draw("general_adult", 8, seed=5) if who == "drawn" else who
    states = [name for name in build("human", ()).states if not name.endswith("__cumulative")]
    hours = np.concatenate([np.arange(0, 24.0), 99 * DAY + np.arange(0, 24.0)])
    seen = simulate(people, nothing(100), at=list(hours), watch=states, engine="kernel", tolerance=1e-5)
    for name in states:
        first, last = seen[name].values[:, :24], seen[name].values[:, 24:]
        assert np.abs(last / first - 1).max() < 1e-4 if (first != 0).all() else np.abs(last - first).max() < 1e-4, name


def test_cortisol_peaks_in_the_morning_four_times_above_its_nadir_in_the_evening():
    people = draw("general_adult", 20, seed=6)
    seen = simulate(people, nothing(1), watch=["cortisol"], engine="kernel")
    peak, nadir = measure(seen, "peak cortisol"), measure(seen, "lowest cortisol")
    assert float((peak / nadir).min()) >= 4
    when = measure(seen, "time of peak cortisol")
    assert float(when.min()) > 6 and float(when.max()) < 10.5
    low = measure(seen, "time of lowest cortisol")
    assert float(low.min()) > 18 or float(low.max()) < 4  # around midnight


def settled_means(theta, outputs, days=LATE, slots=()):
    """Means over the last day of a body that has lived with these constants for years."""
    body = build("human", slots)
    times = np.concatenate([[0.0], days * DAY + np.arange(0, 24.25, 0.25)])
    seen = run(body, theta, EventTable.empty(), times, outputs, tolerance=1e-4)[:, 1:]
    weights = np.full(len(times) - 1, 0.25)
    weights[[0, -1]] /= 2
    return np.einsum("pto,t->po", seen, weights) / DAY


def test_crh_and_acth_return_to_one_under_any_lasting_stress():
    stress = np.array([0.0, 0.3, 0.6])
    means = settled_means({"exposure_stress__level": stress}, ["crh_body", "acth_body", "cortisol_body"])
    np.testing.assert_allclose(means[:, :2], 1, atol=SETTLED)
    assert (np.diff(means[:, 2]) > 0.05).all(), "a lasting push stays in cortisol"


@pytest.mark.parametrize("level", [1.0, 3.0])
def test_a_lasting_stress_never_runs_away(level):
    """The highest stress that a scenario may name, for a year: every wire stays where it is measured to stay."""
    times = np.arange(0, 365, 7.0) * DAY
    names = ["stress", "crf", "oxytocin_ratio", "cortisol_ratio"]
    seen = run(build("human", ()), {"exposure_stress__level": np.array([level])}, EventTable.empty(), times, names)[0]
    assert (seen[:, 0] < 2 * level).all() and (seen[:, 2] > 0).all()
    assert (seen[:, [1, 3]] < 2 + 4 * level).all()


def test_crh_and_acth_return_to_one_under_a_lasting_opioid():
    """A steady full agonist restrains the axis; the glands give ACTH back, and cortisol stays low."""
    theta = {"pk_1__effect": np.array([0.0, 4.0]), "ligand_1__association_mu": 1.0, "ligand_1__efficacy_mu": 0.9}
    means = settled_means(theta, ["crh_body", "acth_body", "cortisol_body"], slots=("1",))
    np.testing.assert_allclose(means[:, :2], 1, atol=SETTLED)
    assert means[1, 2] < 0.95 * means[0, 2]


def test_an_hour_of_stress_raises_cortisol_within_the_hour_and_not_for_long():
    stressed = Scenario(
        id="stressed", about="An hour of stress.", lasts="2 d", every="15 min", watch=("cortisol_ratio",),
        happens=("stress for 1 h at 14 h",),
    )  # fmt: skip
    seen = simulate("adult_reference", stressed, engine="kernel")
    assert measure(seen, "peak cortisol_ratio from 14 h to 16 h").item() > 1.1
    assert abs(measure(seen, "mean cortisol_ratio from 36 h to 48 h").item() - 1) < 0.02
