"""Rate laws have no corner: slopes taken from the left and from the right agree, at rest, at bounds and in between.

A corner breaks the Jacobian, the order of the solver and every sensitivity.
"""

from __future__ import annotations

import numpy as np
import pytest
from body import Body, human
from test_meanings import ROWS, is_bound

STEP = 1e-7
CURVED = 2e-4  # far above STEP times the sharpest curvature (gates of width 0.02), far below a corner
SLOTS = ("1", "7", "a1", "c1")
INPUTS = ["exposure_stress__level", "exposure_pain__level"]
DRUG = {
    "association_mu": 1.0,
    "association_delta": 0.1,
    "association_kappa": 0.2,
    "efficacy_mu": 0.7,
    "dissociation": 0.3,
    "association_alpha2": 1.0,
    "efficacy_alpha2": 0.8,
    "association_crf1": 1.0,
    "clearance": 20.0,
    "effect_rate": 1.0,
    "absorb_1": 1.0,
    "exchange_1": 10.0,
    "formed_share": 1.0,
}


def corners(body: Body, points: dict[str, np.ndarray]) -> list[str]:
    """Names of (state, by) whose slopes from both sides differ at some of these points."""
    names = [*body.states, *INPUTS]
    right, left = body.slopes(points, names, STEP), body.slopes(points, names, -STEP)
    # p point, n name, s state; the largest slope of a row sets its scale
    scale = np.maximum(1.0, np.abs(right).max(axis=1, keepdims=True))
    apart = np.abs(right - left) / scale > CURVED
    return [f"{body.states[s]} by {names[n]}" for n, s in zip(*np.nonzero(apart.any(axis=0)), strict=True)]


@pytest.fixture(scope="module")
def body():
    return human(*SLOTS)


def filled(body, people):
    """A start in which every slot holds a drug."""
    drug = {}
    for name in body.model.parameters:
        instance, _, symbol = name.partition("__")
        if symbol in DRUG and instance.split("_")[-1] in SLOTS:
            drug[name] = np.full(people, DRUG[symbol])
    return body.start(drug, people)


def test_there_is_no_corner_at_rest(body):
    assert corners(body, filled(body, 1)) == []


def test_there_is_no_corner_where_a_state_is_at_its_bound(body):
    cases = []
    for name in body.states:
        if name.startswith("hpa_reference__"):
            continue  # the undisturbed day stays on its orbit, and ratios to it have no meaning at 0
        row = body.model.rows[name]
        bounds = ROWS[row.module, row.name]
        cases += [(name, float(bounds[side])) for side in ("low", "high") if is_bound(bounds[side])]
    points = filled(body, len(cases))
    points = {name: np.array(values) for name, values in points.items()}
    for place, (name, value) in enumerate(cases):
        points[name][place] = value
    assert corners(body, points) == []


def test_there_is_no_corner_among_random_states_under_drugs_and_stress(body):
    chance = np.random.default_rng(4)
    points = {name: np.array(values) for name, values in filled(body, 40).items()}
    for name in body.states:
        row = body.model.rows[name]
        bounds = ROWS[row.module, row.name]
        low = float(bounds["low"].strip("~") or -1)
        high = float(bounds["high"].strip("~") or 5)
        points[name] = chance.uniform(low, min(high, low + 5), 40)
    for name in INPUTS:
        points[name] = chance.uniform(0, 1, 40)
    assert corners(body, points) == []


def test_a_corner_would_be_seen(body, monkeypatch):
    """The same test finds one that is put in."""
    plain = Body.rates

    def kinked(self, given, time=0.0):
        found = np.array(plain(self, given, time))
        index = self.states.index("dopamine_body__tone")
        found[:, index] += np.maximum(given["dopamine_body__tone"] - 1, 0)
        return found

    monkeypatch.setattr(Body, "rates", kinked)
    assert corners(body, filled(body, 1)) == ["dopamine_body__tone by dopamine_body__tone"]
