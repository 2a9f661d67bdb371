"""What a study tells apart, against closed forms."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from validation.studies.apart import people_for, rightly, wanted
from validation.studies.confusion import Confusion
from validation.studies.page import page
from validation.studies.predicted import BODIES, Prediction
from validation.studies.running import Failed, predictions

REPEATS = 4000


def prediction(body, means, spread=1.0, n=40, seed=0):
    values = np.array(means) + spread * np.random.default_rng(seed).standard_normal((REPEATS, len(means)))
    return Prediction(
        study="cyberball_exclusion", body=body, n=n, people=100, contrasts=("a: b",) * len(means),
        effect_kinds=("g",) * len(means), effects=tuple(means), found=(0.5,) * len(means),
        estimates=tuple(map(tuple, values)),
    )  # fmt: skip


@pytest.mark.parametrize("shift", [0.5, 1.0, 3.0])
def test_two_normals_are_told_apart_as_often_as_their_distance_says(shift):
    found = rightly(prediction("a", [0.0], seed=1), prediction("b", [shift], seed=2))
    assert abs(found - NormalDist().cdf(shift / 2)) < 0.02


def test_two_analyses_tell_more_than_one():
    one, other = prediction("a", [0.0, 0.0], seed=1), prediction("b", [1.0, 1.0], seed=2)
    assert abs(rightly(one, other) - NormalDist().cdf(math.sqrt(2) / 2)) < 0.02
    assert rightly(one, other, primary=True) < rightly(one, other)


def test_people_for_nine_in_ten_follow_from_the_distance():
    # d = 1 with 40 people; Phi(d / 2) = 0.9 asks for d = 2.563
    found = people_for(prediction("a", [0.0], seed=1), prediction("b", [1.0], seed=2))
    assert found == pytest.approx(40 * 2.563**2, rel=0.1)


def test_the_same_body_twice_is_a_matter_of_chance():
    assert rightly(prediction("a", [0.3], seed=1), prediction("b", [0.3], seed=2)) < 0.53


def test_the_number_for_a_power_of_four_in_five_is_that_of_the_formula():
    # an estimate of 1 with a standard error of 0.5 at n = 40: (2.80 x 0.5 / 1)^2 x 40
    assert wanted(prediction("a", [1.0], spread=0.5)) == pytest.approx(78.5, rel=0.06)  # spread is itself estimated


def test_an_effect_that_all_repeats_do_not_see_has_no_number():
    assert wanted(prediction("a", [0.0], seed=3)) is None


def test_phases_of_recovery_have_no_number_since_their_zero_is_no_null():
    found = prediction("a", [1.0], spread=0.5)
    assert wanted(replace(found, effect_kinds=("BIC of one phase - BIC of two",))) is None


def test_the_page_says_what_is_confused():
    bodies = [
        prediction("opioid", [0.0], seed=1),
        prediction("stress", [0.1], seed=2),
        prediction("none", [9.0], seed=3),
    ]
    text = page({"cyberball_exclusion": bodies}, people=100, repeats=REPEATS)
    assert "It tells 2 of 3 pairs apart." in text
    assert "| opioid | 0.00 | 50% | - | stress |" in text
    assert "| none | 9.00 | 50% | 4 | none |" in text


def usual():
    return prediction("integrated", [0.05], seed=4)


def test_the_first_table_says_what_is_separated():
    bodies = [prediction("opioid", [0.0], seed=1), prediction("none", [9.0], seed=3), usual()]
    text = page({"cyberball_exclusion": bodies}, people=100, repeats=REPEATS)
    assert "| 2 of 3 | opioid, integrated **from** none |" in text
    assert "1 of 1 studies tell some two hypotheses apart (`cyberball_exclusion`)." in text
    assert "No study tells apart integrated and opioid." in text


def test_a_study_that_could_not_be_run_is_named_with_its_reason():
    failed = [Failed("touch_scan", body, "no such scanner\n  found  nothing") for body in BODIES]
    text = page({"cyberball_exclusion": [usual()]}, 100, REPEATS, failed)
    assert "- `touch_scan` under literature; described: no such scanner found nothing" in text


def test_a_fault_of_one_study_leaves_the_others():
    (answer,) = predictions(["no_such_study"], ["none"], people=2, repeats=1)
    assert isinstance(answer, Failed) and "no_such_study" in answer.why


def test_what_is_not_kept_is_named_and_not_run():
    (answer,) = predictions(["touch_scan"], ["none"], people=2, repeats=1, kept=True)
    assert answer == Failed("touch_scan", "none", "not run yet")


def test_groups_join_what_is_confused_along_a_chain():
    told = frozenset([frozenset("ac")])
    one = Confusion(("a", "b", "c"), frozenset(map(frozenset, ("ab", "bc", "ac"))), told)
    assert one.groups() == [["a", "b", "c"]]
    assert one.separates() == "in part, no group from the others"


def test_every_hypothesis_stands_in_both_accounts():
    assert len(BODIES) == 12
    assert {account for account, _ in BODIES.values()} == {None, "described"}
