"""A healthy person without events rests: nothing changes but the daily rhythm of the stress axis, whoever they are."""

from __future__ import annotations

import re

import numpy as np
import pytest
from body import human

from enkephalin.population import draw
from enkephalin.records.watched import watch_rows

PEOPLE = 100
ROUNDING = 1e-12  # per hour, of a state's size, or of 1


@pytest.fixture(scope="module")
def rested():
    """Drawn people at their start, at some hours of the day; and the body."""
    body = human("1", "air")
    people = draw("general_adult", PEOPLE, seed=20)
    known = {name: values for name, values in people.theta.items() if name in body.model.parameters}
    start = body.start(known, PEOPLE)
    chance = np.random.default_rng(1)
    for name in body.states:  # any moment of the person's own day: the axis and its undisturbed twin agree
        if name.startswith("hpa_body__"):
            start[name] = chance.uniform(0.3, 2, PEOPLE)
            start[name.replace("body", "reference")] = start[name]
    return body, start


def moving(body, start):
    """States that move at rest, apart from the stress axis, which has its day, and from what only counts."""
    rates = body.rates(start)
    return [
        name
        for index, name in enumerate(body.states)
        if not name.startswith("hpa_")
        and not name.endswith("__cumulative")
        and np.any(np.abs(rates[:, index]) > ROUNDING * np.maximum(np.abs(start[name]), 1))
    ]


def test_every_state_but_the_stress_axis_is_at_a_fixed_point_in_everybody(rested):
    body, start = rested
    assert moving(body, start) == []


def test_every_state_of_the_reference_adult_is_at_a_fixed_point():
    body = human("1", "air")
    assert moving(body, body.start()) == []


def test_the_axis_and_its_undisturbed_twin_move_alike_at_rest(rested):
    body, start = rested
    rates = dict(zip(body.states, body.rates(start, time=5.0).T, strict=True))
    for name in body.states:
        if name.startswith("hpa_body__"):
            np.testing.assert_allclose(rates[name], rates[name.replace("body", "reference")], rtol=1e-12)  # rounding


RATIOS = {"ratio to baseline": 1.0, "share of baseline": 1.0, "ratio": 1.0, "ratio - 1": 0.0}
ALONE = ("loneliness",)  # the reference adult has no partner; the mean of the reference population does


@pytest.mark.parametrize("row", [row for row in watch_rows() if row["unit"] in RATIOS], ids=lambda row: row["name"])
def test_a_ratio_to_rest_is_one_at_rest_in_everybody(rested, row):
    """Whatever the person's tone."""
    body, start = rested
    seen = body.values(start)
    for name in expanded(row["symbol"], body.model.units):
        np.testing.assert_allclose(seen[name], RATIOS[row["unit"]], atol=1e-12, err_msg=name)  # rounding


@pytest.mark.parametrize("row", [row for row in watch_rows() if row["unit"] == "z"], ids=lambda row: row["name"])
def test_the_reference_adult_feels_nothing_out_of_the_way(row):
    body = human("1", "air")
    seen = body.values(body.start())
    for name in expanded(row["symbol"], body.model.units):
        if row["name"] not in ALONE:
            np.testing.assert_allclose(seen[name], 0, atol=1e-12, err_msg=name)  # rounding


def expanded(pattern, known):
    """Wires that a pattern of the watch table means; a wire has no double underscore."""
    form = re.compile(re.sub(r"\{\w+\}", r"\\w+?", pattern))
    found = [name for name in known if form.fullmatch(name) and "__" not in name]
    assert found, pattern
    return found


def test_nobody_at_rest_withdraws_aches_or_is_dependent(rested):
    body, start = rested
    seen = body.values(start)
    for name in ("cows_expected", "sows", "sows_gossop", "pain_felt", "withdrawal", "dependent"):
        np.testing.assert_allclose(seen[name], 0, atol=1e-12, err_msg=name)  # rounding


def test_peptides_hold_few_receptors_at_rest(rested):
    """Scans of healthy people see a few percent of endogenous occupancy, not a third."""
    body, start = rested
    seen = body.values(start)
    for region in ("NAc", "AMY", "THAL", "HYP"):
        held = 1 - seen[f"vacant_mu_{region}"]
        assert (held > 0).all() and (held < 0.35).all(), region
