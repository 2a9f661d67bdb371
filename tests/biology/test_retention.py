"""Leaving a treatment: nobody leaves what they are not in, and what is felt and given moves who stays."""

from __future__ import annotations

import numpy as np
import pytest
from equations import modules

from enkephalin.population import draw
from enkephalin.records.shapes.scenario import Scenario
from enkephalin.simulate import simulate

FELT = {"attended": 1.0, "withdrawal": 0.2, "craving": 0.5, "signal": 0.4, "signal_rest": 0.14, "occupied": 0.3}
PATIENT = "heroin_dependent_adult"
SOLVER = 1e-4  # of a share; twice the kernel's own tolerance on it


def hazard(**changed):
    return modules()["retention"][0].evaluate("hazard", FELT | {"cumulative": 0.0} | changed)


def stays(*happens, days=29, who=PATIENT, at="28 d"):
    plain = {"id": "some_treatment", "about": "For a test.", "lasts": f"{days} d", "every": "1 d"}
    made = Scenario.model_validate(plain | {"happens": list(happens), "watch": ["retention"]}, strict=False)
    return simulate(who, made, at=at)["retention"].values


def test_nobody_leaves_a_treatment_that_they_are_not_in():
    assert hazard(attended=0.0) == 0
    assert stays("methadone 60 mg oral at 6 h every 24 h x 28") == pytest.approx(1, abs=1e-12)  # exactly: no hazard


def test_a_visit_every_four_weeks_is_as_much_a_treatment_as_one_every_day():
    """What visits cost is not told apart from nothing (saulle2017): two hundredths of the hazard."""
    seldom, often = hazard(attended=0.036), hazard(attended=1.0)
    assert 0.97 < seldom / often < 1


def test_an_antagonist_is_no_relief_and_does_not_drive_people_out_either():
    """Trials of injected naltrexone keep more people than placebo does."""
    at_rest, blocked = hazard(signal=0.14, occupied=0.0), hazard(signal=0.0, occupied=0.98)
    assert blocked < at_rest
    assert hazard(signal=0.0) == pytest.approx(hazard(signal=0.05), rel=0.1)  # the gate's width, 0.05 of the signal


def test_those_who_leave_easily_leave_first():
    hazards = hazard(cumulative=np.array([0.0, 0.5, 1.0, 3.0]))
    assert (np.diff(hazards) < 0).all()


def test_who_stays_only_becomes_less_and_never_below_nothing():
    cumulative = np.linspace(0, 50, 101)
    retained = modules()["retention"][0].evaluate("retained", FELT | {"cumulative": cumulative})
    assert retained[0] == 1
    assert (np.diff(retained) < 0).all() and (retained > 0).all()


def test_doses_keep_people_and_more_methadone_keeps_more():
    visits = "treatment from 6 h to 29 d"
    doses = {mg: f"methadone {mg} mg oral at 6 h every 24 h x 28" for mg in (20, 60)}
    none, little, much = stays(visits)[0, 0], stays(visits, doses[20])[0, 0], stays(visits, doses[60])[0, 0]
    assert none + SOLVER < little < much - SOLVER


def test_leaving_stops_when_the_treatment_ends():
    seen = stays("treatment from 6 h to 10 d", days=29, at="9 d,11 d,28 d")[0]
    assert seen[0] > seen[1] == pytest.approx(seen[2], abs=SOLVER)


def test_drawn_people_differ_in_who_stays():
    many = stays("treatment from 6 h to 29 d", who=draw("heroin_dependent", 12, 1))[:, 0]
    assert many.shape == (12,)
    assert ((many > 0) & (many < 1)).all() and many.std() > 0.01
