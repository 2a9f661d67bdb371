"""Which numbers a read-out answers to: against closed forms, and in a body where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.errors import RequestError
from enkephalin.trial.sensitivity import TAIL, _indices, _sample, sensitivity

SLOPES = np.array([4.0, 2.0, 1.0])


def problem(count):
    return {"num_vars": count, "names": [f"x{k}" for k in range(count)], "bounds": [[TAIL, 1 - TAIL]] * count}


def test_shares_of_variance_of_a_sum_are_those_of_its_squared_slopes():
    shares = _sample("sobol", problem(3), 1024, seed=1)
    first, total, error = _indices("sobol", problem(3), shares, shares @ SLOPES, 1024, seed=1)
    expected = SLOPES**2 / (SLOPES**2).sum()
    assert np.abs(first - expected).max() < 0.03  # a few standard errors at 1024
    assert np.abs(total - expected).max() < 0.03
    assert (np.abs(total - expected) < 3 * error + 1e-3).all()


def test_a_product_shows_as_a_total_without_a_share_of_its_own():
    shares = _sample("sobol", problem(2), 1024, seed=1)
    first, total, _ = _indices("sobol", problem(2), shares, (shares[:, 0] - 0.5) * (shares[:, 1] - 0.5), 1024, seed=1)
    assert np.abs(first).max() < 0.05
    assert (total > 0.9).all()


def test_steps_of_a_sum_are_its_slopes():
    shares = _sample("morris", problem(3), 16, seed=1)
    first, total, _ = _indices("morris", problem(3), shares, shares @ SLOPES, 16, seed=1)
    # a step of the whole range, which leaves out the tails
    assert first == pytest.approx(SLOPES * (1 - 2 * TAIL), rel=1e-6)
    assert total == pytest.approx(first, rel=1e-6)


HURT, RELIEF = "feelings.hurt_rest", "feelings.relief"


def test_hurt_at_rest_answers_to_its_own_row_alone():
    found = sensitivity("cyberball", "social_distress at -10 min", numbers=[RELIEF, HURT], n=64)
    assert found.names[0] == HURT
    assert found.total[0] == pytest.approx(1, abs=0.1)
    assert found.total[1] == pytest.approx(0, abs=1e-6)  # at rest the signal is that of rest
    assert found.lives == 64 * 4
    assert found.course.shape == (3, 2)


def test_a_small_sample_says_that_it_has_not_settled():
    found = sensitivity("cyberball", "social_distress at 5 min", numbers=[RELIEF, HURT], n=8)
    assert not found.settled
    assert "not settled" in found.lines()[-1]


def test_a_number_without_a_spread_takes_one_from_who_asks():
    found = sensitivity(
        "cyberball", "social_distress at 5 min", numbers={"feelings.gain_rejection": "lognormal cv 30%"}, n=8,
        method="morris",
    )  # fmt: skip
    assert found.first[0] > 1  # VAS: who feels rejection more is hurt more


def test_the_same_seed_gives_the_same_numbers():
    twice = [sensitivity("cyberball", "social_distress at 5 min", numbers=[HURT], n=8).total for _ in range(2)]
    assert (twice[0] == twice[1]).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"numbers": ["feelings.sad_loss"]}, "'feelings.sad_loss' does not vary"),
        ({"numbers": {HURT: "wide"}}, "'wide' is no spread"),
        ({"numbers": []}, "nothing varies"),
        ({"n": 12}, "the sample has no such size"),
        ({"method": "guess"}, "no method 'guess'"),
        ({"numbers": ["network.size"]}, "nothing that varies moves the read-out"),
    ],
)
def test_what_cannot_be_asked_is_refused(options, said):
    with pytest.raises(RequestError, match=said):
        sensitivity("cyberball", "social_distress at -10 min", **({"n": 8, "numbers": [HURT]} | options))


def test_a_read_out_with_regions_is_refused():
    with pytest.raises(RequestError, match="more than one number of each person"):
        sensitivity("cyberball", "peak availability[mu]", numbers=[HURT], n=8)
