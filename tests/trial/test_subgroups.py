"""Subgroups: the same analysis in parts, and whether the parts differ."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tables import parallel, plan

from enkephalin.errors import RequestError
from enkephalin.trial.subgroups import subgroups

PEOPLE = 200
PLAN = plan("t_test", "drug", "placebo")


def rows(effect_in_women, seed=1):
    random = np.random.default_rng(seed)
    sex = np.tile(["female", "male"], PEOPLE)
    drug = random.standard_normal(PEOPLE) + np.where(sex[:PEOPLE] == "female", effect_in_women, 0.0)
    age = random.uniform(20, 60, 2 * PEOPLE)
    return parallel({"drug": drug, "placebo": random.standard_normal(PEOPLE)}, sex=sex, age=age)


def test_an_effect_in_women_alone_is_found_to_differ():
    found = subgroups(rows(2.0), PLAN, "sex")
    assert list(found.estimates) == ["female", "male"]
    assert found.estimates["female"].estimate == pytest.approx(2, abs=0.5)
    assert found.p < 0.001
    assert found.ci[1] < 0  # men less women


def test_two_levels_give_the_test_of_their_difference():
    found = subgroups(rows(0.0), PLAN, "sex")
    error = (found.ci[1] - found.ci[0]) / 2 / stats.norm.ppf(0.975)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(found.difference) / error), rel=1e-6)


def test_no_difference_is_found_as_often_as_planned():
    # 100 data sets, 5 expected at 0.05; 15 or more would come in 1 of 10,000
    assert sum(subgroups(rows(0.0, seed), PLAN, "sex").p <= 0.05 for seed in range(100)) < 15


def test_a_number_is_split_at_the_median_of_the_people():
    found = subgroups(rows(0.0), PLAN, "age")
    assert [one.n for one in found.estimates.values()] == pytest.approx([PEOPLE, PEOPLE])


def test_what_makes_no_subgroups_is_refused():
    table = rows(0.0)
    for by, said in (("shoe", "no column 'shoe'"), ("measure", "everybody is the same")):
        with pytest.raises(RequestError, match=said):
            subgroups(table, PLAN, by)
