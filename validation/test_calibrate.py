"""Calibration: the search finds what it should, and a shared past changes no number."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest

from enkephalin.compiler.model import BIOLOGY
from enkephalin.errors import RecordError

from .calibrate.__main__ import main
from .calibrate.findings import Findings
from .calibrate.records import Fit, current, read_fit, starting_point, values_of
from .calibrate.search import State, posterior, search
from .calibrate.writing import write_values

SLOPES = np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.0], [1.0, -1.0, 0.0], [0.3, 0.0, 0.0]])  # the third number is silent


def straight(points):
    return points @ SLOPES.T - np.array([0.3, 0.2, -0.1, 0.1])


@pytest.fixture(scope="module")
def small() -> Fit:
    """A calibration to three quick findings, two of which share a past."""
    whole = read_fit("drug_half")
    keep = ("precipitated.modest_peak", "dependence.duration")
    findings = Findings(whole).all
    left = {f"{f.group.id}.{f.target.id}": "not here" for f in findings if f"{f.group.id}.{f.target.id}" not in keep}
    names = ("signalling.rise", "release.tone_endorphin")
    free = tuple(one for one in whole.free if one.name in names)
    return whole.model_copy(update={"leave_out": whole.leave_out | left, "free": free})


def test_the_search_finds_the_least_cost_of_a_straight_model():
    end = search(straight, State(np.array([2.0, -2.0, 1.0])), steps=30)
    assert end.done
    around = end.point + 0.05 * np.random.default_rng(1).normal(size=(200, 3))
    misfits = straight(np.vstack([end.point, around]))
    costs = (2 * (np.sqrt(1 + misfits**2) - 1)).sum(1) + (np.vstack([end.point, around]) ** 2).sum(1)
    assert costs[0] <= costs[1:].min() + 0.01
    assert abs(end.point[2]) < 0.1  # no finding speaks of it: it goes to its prior


def test_the_posterior_of_a_straight_model_is_exact():
    known = posterior(straight, np.zeros(3))
    weight = 1 / np.sqrt(1 + straight(np.zeros((1, 3)))[0] ** 2)
    exact = np.linalg.inv((SLOPES * weight[:, None]).T @ SLOPES + np.eye(3))
    np.testing.assert_allclose(known.covariance, exact, rtol=1e-9)
    assert known.widths[2] == pytest.approx(1, rel=1e-9)


def test_a_search_that_goes_on_ends_where_one_in_a_piece_ends():
    first = State(np.array([2.0, -2.0, 1.0]))
    whole = search(straight, first, steps=3)
    halves = search(straight, search(straight, first, steps=1), steps=2)
    np.testing.assert_array_equal(whole.point, halves.point)
    assert whole.costs == halves.costs


def test_a_shared_past_changes_no_finding(small):
    points = starting_point(small) + np.array([[0.0, 0.0], [0.3, -0.2]])
    together = Findings(small)
    shared = together.misfits(points)
    assert any(life.trunk is not None for life in together.past.lives.values())
    alone = Findings(small)
    alone.past.engine("nobody")
    alone.past.settled = True  # every run is a trunk that nobody leaves
    alone.past.lives = {name: replace(life, trunk=None, leaving=set()) for name, life in together.past.lives.items()}
    np.testing.assert_allclose(shared, alone.misfits(points), atol=0.02)  # of a finding's width; the engine's tolerance


def test_every_free_number_is_a_row_and_every_prior_has_its_unit():
    fit = read_fit("drug_half")
    start = starting_point(fit)
    assert np.isfinite(start).all()
    assert np.abs(start).max() < 3.5
    people = values_of(fit, start[None])
    for one in fit.free:
        for name, value in current(one.name).items():
            assert people[name][0] == pytest.approx(value, rel=1e-9)


def test_nothing_of_use_verification_is_read():
    assert {finding.target.use for finding in Findings(read_fit("drug_half")).all} == {"building"}


def test_written_values_are_fitted_rows_with_one_width(tmp_path):
    fit = read_fit("drug_half")
    folder = tmp_path / "parameters"
    shutil.copytree(BIOLOGY / "parameters", folder)
    start = starting_point(fit)
    point = start + 0.2
    write_values(fit, point, np.full(len(start), 0.5), folder)
    write_values(fit, point, np.full(len(start), 0.5), folder)
    with (folder / "signalling.csv").open(encoding="utf-8") as file:
        rows = {row["name"]: row for row in csv.DictReader(file) if row["name"] == "rise"}
    assert rows["rise"]["status"] == "fitted"
    assert rows["rise"]["note"].count("known within") == 1


def test_an_unknown_calibration_is_named():
    with pytest.raises(RecordError, match="drug_haf"):
        read_fit("drug_haf")
    assert main(["drug_haf"]) == 2
