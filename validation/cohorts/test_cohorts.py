"""Cohorts beside the body: every row points at something, arms count once, and the spread is what it was made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from enkephalin.records.catalog import list_ids

from ..records import groups
from . import spread
from .page import page
from .spread import Cohort, Question, answer, questions


def cohort(source, share, people=1_000_000):
    return Cohort(
        source=source, group="lapse", run="stop", read="survival[lapse] at 7 d", share=share, people=people, what="x"
    )


def asked(monkeypatch, body, *cohorts):
    monkeypatch.setattr(spread, "body_share", lambda one: body)
    return answer(Question(id="some", about="Some", cohorts=cohorts))


def test_every_row_points_at_a_source_and_a_run():
    runs = {(group.id, run.id) for group in groups() for run in group.runs}
    for question in questions():
        for one in question.cohorts:
            assert one.source in list_ids("source")
            assert (one.group, one.run) in runs
            assert 0 < one.share < 1


def test_the_variance_is_that_of_drawn_cohorts():
    one = cohort("a", 0.4, people=200)
    drawn = np.random.default_rng(1).binomial(200, 0.4, 20_000) / 200
    assert one.variance == pytest.approx(np.log(-np.log(drawn)).var(), rel=0.05)  # delta method; 20,000 draws


def test_the_spread_is_the_standard_deviation_of_large_cohorts(monkeypatch):
    shares = [0.2, 0.35, 0.5, 0.6]
    found = asked(monkeypatch, 0.4, *(cohort(f"c{k}", share) for k, share in enumerate(shares)))
    apart = [math.log(math.log(share) / math.log(0.4)) for share in shares]
    assert found.tau == pytest.approx(np.std(apart, ddof=1), rel=1e-3)  # chance among a million people
    assert found.mean == pytest.approx(np.mean(apart), rel=1e-3)


def test_cohorts_that_are_alike_have_no_spread_and_narrow_predictions(monkeypatch):
    shares = [0.39, 0.4, 0.41, 0.4, 0.4]
    found = asked(monkeypatch, 0.4, *(cohort(f"c{k}", share, people=100) for k, share in enumerate(shares)))
    assert found.tau == pytest.approx(0, abs=1e-6) and all(row.within for row in found.rows)
    low, high = found.rows[0].predicted
    assert 0.2 < low < 0.4 < high < 0.6  # a hundred people, t of four degrees of freedom: some 14 points either way


def test_two_arms_of_a_trial_count_once(monkeypatch):
    alone = asked(monkeypatch, 0.4, cohort("a", 0.3), cohort("b", 0.5), cohort("c", 0.6))
    twice = asked(monkeypatch, 0.4, cohort("a", 0.3), cohort("a", 0.3), cohort("b", 0.5), cohort("c", 0.6))
    assert twice.cohorts == alone.cohorts == 3
    assert twice.tau == pytest.approx(alone.tau, rel=1e-6)
    assert len(twice.rows) == 4


def test_the_page_says_who_lies_outside(monkeypatch):
    found = asked(monkeypatch, 0.4, *(cohort(f"c{k}", share) for k, share in enumerate([0.39, 0.4, 0.4, 0.41, 0.4])))
    assert "| c0 | x | 1000000 | 39 % | 40 % |" in page([found])
    assert "5 cohorts." in page([found])
