"""Weighted people have what was aimed at, and no more weight than that takes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from enkephalin.errors import RequestError
from enkephalin.population import Aim, draw, weigh

PEOPLE = 4000
EXACT = 1e-6  # relative; the dual is solved to 1e-9 of a spread


def normal(seed=1):
    return np.random.default_rng(seed).standard_normal(PEOPLE)


def test_a_shifted_normal_gets_the_weights_that_theory_gives():
    # weights of largest entropy for a shifted mean are exp(shift x value); the effective share is exp(-shift^2)
    values = normal()
    found = weigh({"score": values}, [Aim("score", mean=0.5)])
    slope = np.polyfit(values, np.log(found.weights), 1)[0]
    assert slope == pytest.approx(0.5, abs=0.05)
    assert found.effective / PEOPLE == pytest.approx(math.exp(-0.25), abs=0.03)


def test_aims_that_hold_already_leave_everybody_equal():
    values = normal()
    found = weigh({"score": values}, [Aim("score", mean=float(values.mean()))])
    assert found.effective == pytest.approx(PEOPLE, rel=EXACT)
    assert found.heaviest == pytest.approx(1, rel=1e-3)


def test_means_spreads_shares_and_correlations_are_met_together():
    people = draw("general_adult", 1500, 3)
    anxiety, avoidance = "bond.attachment_anxiety", "bond.attachment_avoidance"
    aims = [
        Aim("sex", word="female", share=0.7),
        Aim("age", mean=29, sd=8),
        Aim("smoker", mean=0.3),
        Aim(anxiety, mean=0.3, sd=0.9),
        Aim(avoidance, mean=0.1, sd=0.9),
        Aim(anxiety, beside=avoidance, correlation=0.25),
    ]
    found = weigh(people, aims)
    assert found.weights.sum() == pytest.approx(1, rel=EXACT)
    assert (found.weights > 0).all()
    for what, _, aimed, got in found.met:
        assert got == pytest.approx(aimed, rel=1e-5), what
    assert len(found.met) == 9
    assert 50 < found.effective < len(people)
    assert f"count as {found.effective:.0f}" in found.report()


def test_people_drawn_by_weight_are_like_the_cohort():
    values = normal()
    found = weigh({"score": values}, [Aim("score", mean=0.5, sd=0.8)])
    chosen = values[found.people(20000, seed=2)]
    assert abs(chosen.mean() - 0.5) < 5 * 0.8 / math.sqrt(20000)
    assert (found.people(10, seed=2) == found.people(10, seed=2)).all()


def test_a_column_that_was_simulated_can_be_aimed_at():
    people = draw("general_adult", 200, 1)
    found = weigh(people, [Aim("cortisol", mean=0.2)], also={"cortisol": np.linspace(-1, 1, 200)})
    assert found.mean(np.linspace(-1, 1, 200)) == pytest.approx(0.2, rel=EXACT)


@pytest.mark.parametrize(
    ("aims", "said"),
    [
        ([Aim("score", mean=50)], "these people cannot be weighted so: mean of score"),
        ([Aim("score", mean=0, sd=9)], "these people cannot be weighted so: spread of score"),
        ([Aim("score", sd=1)], "the spread of 'score' needs more"),
        ([Aim("score", mean=0, sd=1), Aim("score", beside="other", correlation=0.5)], "'other' needs more"),
        ([Aim("word", mean=1)], "'word' is not a number of everybody"),
        ([Aim("same", mean=1)], "cannot be weighted so: mean of same"),
        ([Aim("nothing", mean=1)], "no column 'nothing'"),
        ([Aim("score")], "nothing is aimed at in 'score'"),
        ([], "nothing is aimed at"),
    ],
)
def test_what_cannot_be_met_is_refused_with_a_way_out(aims, said):
    rows = {"score": normal(), "other": normal(2), "word": np.array(["a"] * PEOPLE), "same": np.ones(PEOPLE)}
    with pytest.raises(RequestError, match=said):
        weigh(rows, aims)
