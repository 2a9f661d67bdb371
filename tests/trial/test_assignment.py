"""Assignment: every block holds its shares, within every stratum, and the seed alone decides."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import small

from enkephalin.trial.assignment import assign, strata


def people(n, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame({"sex": random.choice(["female", "male"], n), "score": random.standard_normal(n)})


@given(n=st.integers(4, 90), seed=st.integers(0, 10_000), block=st.sampled_from([2, 4, 6]))
def test_arms_differ_by_no_more_than_half_a_block(n, seed, block):
    study = small(assignment={"block": block})
    given_ = assign(study, people(n), seed)
    assert abs(int((given_ == 0).sum()) - int((given_ == 1).sum())) <= block // 2
    whole = n // block * block
    assert (given_[:whole].reshape(-1, block).sum(axis=1) == block // 2).all()


@given(n=st.integers(8, 90), seed=st.integers(0, 10_000))
def test_each_stratum_is_balanced(n, seed):
    study = small(assignment={"stratify": ("sex",)})
    who = people(n, seed)
    given_ = assign(study, who, seed)
    for sex in ("female", "male"):
        arms = given_[who["sex"] == sex]
        assert abs(int((arms == 0).sum()) - int((arms == 1).sum())) <= study.block // 2


def test_shares_are_kept():
    study = small(assignment={"shares": (2, 1), "block": 6})
    given_ = assign(study, people(60), 3)
    assert (given_ == 0).sum() == 40


def test_the_seed_alone_decides():
    study = small()
    assert np.array_equal(assign(study, people(40), 7), assign(study, people(40), 7))
    assert not np.array_equal(assign(study, people(40), 7), assign(study, people(40), 8))


def test_everybody_gets_each_arm_equally_often_over_many_seeds():
    study, times = small(), 400
    share = np.mean([assign(study, people(8), seed) for seed in range(times)], axis=0)
    error = np.sqrt(0.25 / times)
    assert np.abs(share - 0.5).max() < 4.5 * error


def test_a_number_makes_two_strata_at_its_median():
    study = small(
        covariates=({"id": "score", "of": "bond.attachment_anxiety"},),
        assignment={"stratify": ("sex", "score")},
    )
    who = people(40)
    assert len(set(strata(study, who))) == 4
    with pytest.raises(KeyError):
        strata(study, who.drop(columns="score"))
