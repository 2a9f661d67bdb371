"""A healthy person without events rests: nothing changes but the daily rhythm of the stress axis, whoever they are."""

from __future__ import annotations

import re

import numpy as np
import pytest
from body import human

from enkephalin.population import draw
from enkephalin.records.watched import watch_rows

PEOPLE = 100
ROUNDING = 1e-12  # per hour, of states whose size is about 1


@pytest.fixture(scope="module")
def rested():
    """Drawn people at their start, at some hours of the day; and the body."""
    body = human("1")
    people = draw("general_adult", PEOPLE, seed=20)
    known = {name: values for name, values in people.theta.items() if name in body.model.parameters}
    start = body.start(known, PEOPLE)
    chance = np.random.default_rng(1)
    for name in body.states:  # any moment of the person's own day: the axis and its undisturbed twin agree
        if name.startswith("hpa_body__"):
            start[name] = chance.uniform(0.3, 2, PEOPLE)
            start[name.replace("body", "reference")] = start[name]
    return body, start


def test_every_state_but_the_stress_axis_is_at_a_fixed_point_in_everybody(rested):
    body, start = rested
    rates = body.rates(start)
    moving = [
        name
        for index, name in enumerate(body.states)
        if not name.startswith("hpa_") and np.abs(rates[:, index]).max() > ROUNDING
    ]
    assert moving == []


def test_the_axis_and_its_undisturbed_twin_move_alike_at_rest(rested):
    body, start = rested
    rates = dict(zip(body.states, body.rates(start, time=5.0).T, strict=True))
    for name in body.states:
        if name.startswith("hpa_body__"):
            np.testing.assert_allclose(rates[name], rates[name.replace("body", "reference")], rtol=1e-12)  # rounding


BASELINE = {"ratio to baseline": 1.0, "share of baseline": 1.0, "ratio": 1.0, "ratio - 1": 0.0, "z": 0.0}


@pytest.mark.parametrize("row", [row for row in watch_rows() if row["unit"] in BASELINE], ids=lambda row: row["name"])
def test_what_is_watched_over_rest_is_at_rest_in_everybody(rested, row):
    """Ratios are 1 and z are 0 whatever the person's tone, and there is no withdrawal."""
    body, start = rested
    seen = body.values(start)
    pattern = row["symbol"]
    for name in expanded(pattern, body.model.units):
        np.testing.assert_allclose(seen[name], BASELINE[row["unit"]], atol=1e-12, err_msg=name)  # rounding


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
