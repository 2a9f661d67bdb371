"""A past that several lives share is lived once, and what is seen afterwards stays the same."""

import numpy as np
import pytest
from studies import quantity, small

from enkephalin.trial import outcomes as room
from enkephalin.trial.lives import life
from enkephalin.trial.past import Past, partings
from enkephalin.trial.running import make_truth

WITH_PARTNER = {
    "history": ("partner from -60 d to 0 d", "heroin 20 mg intravenous at -40 d every 12 h x 20"),
    "shared": ("network loss 30 % at 0 d",),
    "missed_doses": {"share": quantity(0.5, "share"), "patterns": 3},
    "intercurrent": (
        {
            "id": "new_partner",
            "about": "Somebody new is met.",
            "hazard": quantity(0.5, "1/d"),
            "looked_at": ("1 d",),
            "happens": ("new partner 30 % from 0 d to 2 d",),
            "strategy": "treatment_policy",
        },
    ),
}  # fmt: skip
PEOPLE = 6


@pytest.fixture(scope="module")
def together():
    return make_truth(small(**WITH_PARTNER), PEOPLE)


def test_a_shared_past_changes_no_value(together, monkeypatch):
    monkeypatch.setattr(room._Living, "_partings", lambda living: [() for _ in living.study.orders])
    alone = make_truth(small(**WITH_PARTNER), PEOPLE)
    for name, values in alone.values.items():
        assert np.isfinite(values).all()
        # of a value's spread: the engine's own tolerance is 1e-3
        assert np.abs(values - together.values[name]).max() < 1e-3 * values.std()


def test_a_person_is_the_same_whoever_else_shares_the_past(together):
    fewer = make_truth(small(**WITH_PARTNER), PEOPLE - 3)
    for name, values in fewer.values.items():
        assert values.tobytes() == np.ascontiguousarray(together.values[name][: PEOPLE - 3]).tobytes()


def test_the_past_is_lived_once_for_each_person(monkeypatch):
    lived = []
    reach = Past._reach
    monkeypatch.setattr(
        Past,
        "_reach",
        lambda past, before, then: lived.append((reach(past, before, then), len(past.known), len(past.bodies))),
    )
    make_truth(small(**WITH_PARTNER), PEOPLE)
    assert len(lived) > 2
    assert {known for _, known, _ in lived} == {PEOPLE}


def test_lives_part_where_the_first_of_them_does_something_else():
    study = small(**WITH_PARTNER)
    lives = [life(study, order) for order in study.orders]
    assert partings(lives, first=100.0) == [(1.0,), (1.0,)]  # naltrexone comes at 1 h
    assert partings(lives, first=0.0) == [(0.0,), (0.0,)]
    assert partings(lives[:1], first=0.0) == [()]
