"""Intercurrent events: they come by their hazard, change lives, and count as the estimand says."""

import numpy as np
import pytest
from studies import made, quantity, small

from enkephalin.records.shapes import ResolvedIntercurrent
from enkephalin.trial.intercurrent import by_strategy
from enkephalin.trial.observe import observe

LOOKED = ("8 h", "20 h", "32 h")


def with_event(**event):
    about = {"id": "event", "about": "Something happens.", "looked_at": LOOKED, "strategy": "treatment_policy"}
    return small(intercurrent=(about | event,))


def test_a_constant_hazard_brings_it_to_the_expected_share():
    truth = made(with_event(hazard=quantity(0.5, "1/d")), people=400)
    share = np.mean(~np.isnan(truth.events["event"][:, 0]))
    expected = 1 - np.exp(-0.5 * 32 / 24)
    assert abs(share - expected) < 4.5 * np.sqrt(expected * (1 - expected) / 400)


def test_a_person_has_one_chance_whatever_the_arm():
    truth = made(with_event(hazard=quantity(0.5, "1/d")), people=60)
    times = truth.events["event"]
    assert np.array_equal(times[:, 0], times[:, 1], equal_nan=True)


def test_it_comes_only_in_the_arms_that_are_named():
    truth = made(with_event(hazard=quantity(0.5, "1/d"), arms=("placebo",)), people=60)
    assert np.isnan(truth.events["event"][:, 1]).all()


def test_a_rescue_is_given_to_those_above_the_threshold_and_changes_their_life():
    watched = ({"id": "signal", "of": "signal[THAL]", "at": ("0 h", "7 h", "12 h")},)
    plan = ({"kind": "t_test", "measure": "signal", "contrast": ("naltrexone", "placebo")},)
    rescue = {
        "id": "rescue", "about": "Morphine for the distressed.", "when": "distress above 0.2", "looked_at": ("8 h",),
        "happens": ("morphine 30 mg oral at 0 h",), "strategy": "treatment_policy",
    }  # fmt: skip
    plain = made(small(measures=watched, analysis=plan), people=24)
    truth = made(small(measures=watched, analysis=plan, intercurrent=(rescue,)), people=24)
    came = ~np.isnan(truth.events["rescue"][:, 0])
    assert 0 < came.sum() < 24
    change = truth.values["signal"][:, 0] - plain.values["signal"][:, 0]
    assert (change[came, 2] > 0.01).all(), "four hours after the rescue"
    assert (change[~came] == 0).all()
    assert (change[:, :2] == 0).all(), "nothing changes before it"


VALUES = np.array([[1.0, 2.0, 3.0, 4.0]] * 3)
TIMES = np.array([0.0, 8.0, 16.0, 24.0])
CAME = np.array([np.nan, 16.0, 0.0])
GONE = np.nan


@pytest.mark.parametrize(
    ("strategy", "counts_as", "expected"),
    [
        ("treatment_policy", None, [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]),
        ("hypothetical", None, [[1, 2, 3, 4], [1, 2, GONE, GONE], [GONE] * 4]),
        ("while_on_treatment", None, [[1, 2, 3, 4], [1, 2, 2, 2], [GONE] * 4]),
        ("composite", 9.0, [[1, 2, 3, 4], [1, 2, 9, 9], [9] * 4]),
    ],
)
def test_each_strategy_takes_the_values_as_it_says(strategy, counts_as, expected):
    event = ResolvedIntercurrent(
        id="event", about="Something happens.", when="distress above 2", looked_at=(8.0,), strategy=strategy,
        counts_as=counts_as,
    )  # fmt: skip
    assert np.array_equal(by_strategy(event, VALUES, TIMES, CAME), np.array(expected, float), equal_nan=True)


def test_the_table_follows_the_strategy():
    truth = made(with_event(hazard=quantity(0.5, "1/d"), strategy="hypothetical"), people=24)
    table = observe(truth, range(24), 2)
    came = truth.events["event"][table["source_person"].to_numpy(), 0]
    after = table["time_h"].to_numpy() >= np.where(np.isnan(came), np.inf, came)
    assert np.array_equal(table["value"].isna().to_numpy(), after)


def test_relapse_is_an_event_that_has_happened_or_not():
    people = {"population": "heroin_dependent", "n": 12}
    measures = ({"id": "relapsed", "event": "relapse", "at": ("0 d", "10 d", "30 d", "60 d")},)
    plan = ({"kind": "kaplan_meier", "measure": "relapsed", "contrast": ("naltrexone", "placebo")},)
    study = small(people=people, lasts="61 d", measures=measures, analysis=plan)
    truth = made(study, people=16)
    left = truth.values["relapsed"]
    assert (left[:, :, 0] == 1).all()
    assert (np.diff(left, axis=2) <= 1e-9).all()
    table = observe(truth, np.repeat(np.arange(16), 100), 3)
    assert set(table["value"]) <= {0.0, 1.0}
    last = table[(table["time_h"] == 60 * 24) & (table["arm"] == "placebo")]
    expected = 1 - left[:, 0, -1].mean()
    assert abs(last["value"].mean() - expected) < 4.5 * np.sqrt(expected * (1 - expected) / len(last))
