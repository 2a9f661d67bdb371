"""Chance: streams that do not depend on who else is drawn, correlations that hold, spreads that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enkephalin.errors import RecordError
from enkephalin.population.scores import about, correlated, scores
from enkephalin.records.shapes import Correlation
from enkephalin.records.shapes.quantity import spread

MANY = 20_000
SAMPLING = 5 / np.sqrt(MANY)  # five standard errors of a mean of normal scores


@given(st.integers(1, 300), st.integers(0, 2**40), st.integers(0, 3))
def test_person_k_is_the_same_in_a_small_and_a_large_draw(n, seed, attempt):
    assert np.array_equal(scores("hpa.k_adrenal", 300, seed, attempt)[:n], scores("hpa.k_adrenal", n, seed, attempt))


def test_every_name_seed_and_attempt_has_its_own_stream():
    first = scores("weight", 50, 1, 0)
    for other in (scores("height", 50, 1, 0), scores("weight", 50, 2, 0), scores("weight", 50, 1, 1)):
        assert not np.array_equal(first, other)
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.5  # 50 pairs: 3.5 standard errors


def test_scores_are_normal():
    many = scores("x", MANY, 7, 0)
    assert abs(many.mean()) < SAMPLING and abs(many.std() - 1) < SAMPLING


def correlation(one, other, value):
    return Correlation(between=(one, other), value=value)


def test_correlations_hold_and_leave_others_alone():
    plain = {name: scores(name, MANY, 3, 0) for name in "abcd"}
    wished = (correlation("a", "b", 0.6), correlation("b", "c", -0.3))
    found = correlated(plain, wished, "")
    seen = np.corrcoef([found[name] for name in "abcd"])
    np.testing.assert_allclose(seen[0, 1], 0.6, atol=SAMPLING)
    np.testing.assert_allclose(seen[1, 2], -0.3, atol=SAMPLING)
    np.testing.assert_allclose(seen[0, 2], 0, atol=SAMPLING)
    assert found["d"] is plain["d"]


def test_a_full_correlation_is_allowed_and_an_impossible_set_is_not():
    plain = {name: scores(name, 100, 3, 0) for name in "abc"}
    one = correlated(plain, (correlation("a", "b", 1.0),), "")
    np.testing.assert_allclose(one["a"], one["b"], atol=1e-7)  # root of a singular matrix
    with pytest.raises(RecordError, match="cannot hold together"):
        correlated(plain, [correlation("a", "b", 0.9), correlation("b", "c", 0.9), correlation("a", "c", -0.9)], "")


def test_what_does_not_vary_cannot_correlate():
    with pytest.raises(RecordError, match="'b' correlates but does not vary"):
        correlated({"a": scores("a", 3, 0, 0)}, [correlation("a", "b", 0.5)], "people.yaml:4")


def test_a_spread_means_what_it_says():
    score = scores("spread", MANY, 5, 0)
    lognormal = about(10.0, spread("lognormal cv 40%"), score)
    assert abs(np.median(lognormal) / 10 - 1) < 2 * SAMPLING  # a median is less sharp than a mean
    assert abs(lognormal.std() / lognormal.mean() - 0.4) < SAMPLING
    normal = about(10.0, spread("normal sd 2"), score, factor=0.5)
    assert abs(normal.mean() - 10) < SAMPLING and abs(normal.std() - 1) < SAMPLING
    uniform = about(10.0, spread("uniform 1 3"), score)
    assert uniform.min() >= 1 and uniform.max() <= 3 and abs(uniform.mean() - 2) < SAMPLING
    assert abs(uniform.std() - 2 / np.sqrt(12)) < SAMPLING


@given(
    st.sampled_from(["lognormal cv 30%", "normal sd 0.1", "uniform 0.1 0.3"]), st.lists(st.floats(-4, 4), min_size=2)
)
def test_a_higher_score_is_never_a_lower_value(text, some):
    values = about(0.2, spread(text), np.sort(some))
    assert (np.diff(values) >= 0).all()
