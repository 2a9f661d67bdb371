"""Model recovery against closed forms."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from enkephalin.records import resolve_study
from validation.recovery import bare, confusion, page
from validation.studies.predicted import Prediction

REPEATS = 4000


def prediction(mean, seed, spread=1.0, columns=1):
    random = np.random.default_rng(seed)
    values = np.asarray(mean) + spread * random.standard_normal((REPEATS, columns))
    return Prediction(
        study="cyberball_exclusion", body="", n=40, people=100, contrasts=("a: b",) * columns,
        effect_kinds=("g",) * columns, effects=(0.0,) * columns, found=(0.5,) * columns,
        estimates=tuple(map(tuple, values)),
    )  # fmt: skip


@pytest.mark.parametrize("times", [1, 4])
def test_two_normals_are_told_apart_as_their_distance_says(times):
    found = confusion({"a": [prediction(0.0, 1)], "b": [prediction(1.0, 2)]}, times)[1]
    assert np.abs(np.diag(found) - NormalDist().cdf(np.sqrt(times) / 2)).max() < 0.03


def test_two_studies_tell_more_than_one():
    one = confusion({"a": [prediction(0.0, 1)], "b": [prediction(1.0, 2)]})[1]
    two = confusion({"a": [prediction(0.0, 1), prediction(0.0, 3)], "b": [prediction(1.0, 2), prediction(1.0, 4)]})[1]
    assert np.diag(two).mean() > np.diag(one).mean() + 0.03


def test_bodies_that_predict_the_same_are_put_down_by_chance():
    names, found = confusion({name: [prediction(0.0, seed)] for seed, name in enumerate("abc")})
    assert names == ("a", "b", "c")
    assert found.sum(axis=1) == pytest.approx(np.ones(3))
    # one mean lies at the edge of the three by chance; on average a third is right
    assert np.diag(found).mean() == pytest.approx(1 / 3, abs=0.05)


def test_what_never_varies_tells_nothing():
    found = confusion({"a": [prediction(0.0, 1, spread=0.0)], "b": [prediction(0.0, 2, spread=0.0)]})[1]
    assert found == pytest.approx(np.full((2, 2), 0.5))


def test_a_missing_estimate_is_no_evidence():
    one, other = prediction(0.0, 1, columns=2), prediction(1.0, 2, columns=2)
    rows = [list(row) for row in one.estimates]
    for row in rows[::50]:
        row[1] = float("nan")
    holes = Prediction(**(vars(one) | {"estimates": tuple(map(tuple, rows))}))
    assert np.diag(confusion({"a": [holes], "b": [other]})[1]).min() > 0.7


def test_the_page_names_studies_and_shares():
    text = page({"opioid": [prediction(0.0, 1)], "stress": [prediction(9.0, 2)]})
    assert "As planned: 100% right" in text
    assert "| `cyberball_exclusion` | 40 | 100% | 100% | 100% | 100% |" in text


def test_a_bare_study_reads_what_the_body_holds():
    study = bare(resolve_study("naltrexone_connectedness"))
    assert [row.instrument for row in study.measures] == [None]
    assert [row.of for row in study.measures] == ["connectedness"]
    assert study.analysis == resolve_study("naltrexone_connectedness").analysis


def test_what_noise_costs_is_told():
    loud = {"opioid": [prediction(0.0, 1)], "stress": [prediction(0.2, 2)]}
    quiet = {"opioid": [prediction(0.0, 1, spread=0.01)], "stress": [prediction(0.2, 2, spread=0.01)]}
    text = page(loud, quiet)
    assert "Without the noise of instruments" in text
    assert "% | 100% |" in text.splitlines()[-3]
