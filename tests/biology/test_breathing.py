"""Breathing: what gases must keep, and what opioids may and may not do to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from equations import modules

from enkephalin import simulate
from enkephalin.compiler.model import build
from enkephalin.errors import RequestError
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario

SAME = 1e-6  # relative; solver tolerance of values that no drug reaches
SEEN = ["ventilation_share", "ventilation_clamped_share", "carbon_dioxide", "oxygen", "oxygen_saturation"]


def lived(*happens, lasts="2 h", every="1 min", watch=SEEN):
    return Scenario.model_validate(
        {"id": "breathes", "about": "a test", "lasts": lasts, "happens": happens, "watch": tuple(watch), "every": every}
    )


def seen(*happens, who="adult_reference", name="ventilation_share", **more):
    return simulate(who, lived(*happens, **more))[name].values


def stores(values):
    """Litres of each gas that lungs and the stores beyond them gain in an hour, and what goes in and out."""
    (gases,) = modules()["gases"]
    own = gases.values | values
    carbon = own["lung"] * gases.rate("carbon_lung", values) / own["gas_law"] + own["carbon_store"] * gases.rate(
        "carbon_body", values
    )
    oxygen = (own["lung"] / own["gas_law"] + gases.evaluate("blood_slope", values)) * gases.rate("oxygen_lung", values)
    breathed = gases.evaluate("fresh", values) / own["gas_law"]
    return {
        "carbon": (carbon, own["carbon_made"] - breathed * own["carbon_lung"]),
        "oxygen": (oxygen, breathed * (own["inspired"] - own["oxygen_lung"]) - gases.evaluate("burnt", values)),
    }


def test_what_the_stores_of_a_gas_gain_is_what_enters_less_what_leaves():
    chance = np.random.default_rng(3)
    values = {
        "ventilation": chance.uniform(0, 2000, 50),
        "carbon_lung": chance.uniform(20, 90, 50),
        "carbon_body": chance.uniform(30, 95, 50),
        "carbon_brain": chance.uniform(20, 90, 50),
        "oxygen_lung": chance.uniform(5, 120, 50),
    }
    for gained, balance in stores(values).values():
        np.testing.assert_allclose(gained, balance, rtol=1e-10, atol=1e-10)  # rounding


def test_more_fentanyl_never_lets_anybody_breathe_more_at_a_fixed_pressure():
    doses = (0, 50, 100, 200, 400, 800)
    shares = [seen(f"fentanyl {ug} ug intravenous at 0 min", name="ventilation_clamped_share") for ug in doses[1:]]
    assert all((more <= less * (1 + 1e-3)).all() for less, more in pairwise(shares))


def test_a_dose_for_pain_is_survived_with_breathing_and_oxygen_to_spare():
    result = simulate("adult_reference", lived("fentanyl 50 ug intravenous at 0 min"))
    assert 0.3 < float(result["ventilation_share"].min()) < 0.95
    assert float(result["oxygen_saturation"].min()) > 0.85
    assert 40 < float(result["carbon_dioxide"].max()) < 60


def test_a_large_dose_stops_breathing_and_takes_the_oxygen():
    result = simulate("adult_reference", lived("fentanyl 3 mg intravenous at 0 min"))
    assert float(result["ventilation_share"].min()) < 0.1
    assert float(result["oxygen"].min()) < 15


def test_buprenorphine_has_a_ceiling_where_fentanyl_has_none():
    lowest = [
        seen(f"{dose} intravenous at 0 min", lasts="5 h", every="5 min", name="ventilation_clamped_share").min()
        for dose in ("buprenorphine 5 mg", "buprenorphine 20 mg", "fentanyl 2 mg")
    ]
    assert lowest[1] > 0.25 > 0.05 > lowest[2]
    assert lowest[0] - lowest[1] < 0.1


def test_naloxone_alone_changes_nothing_of_breathing():
    result = simulate("adult_reference", lived("naloxone 2 mg intramuscular at 5 min"))
    for name in SEEN:
        values = result[name].values
        np.testing.assert_allclose(values, np.broadcast_to(values[:, :1], values.shape), rtol=SAME)


@pytest.mark.parametrize("milligrams", [0.4, 10])
def test_naloxone_never_deepens_the_depression_of_fentanyl(milligrams):
    people = draw("general_adult", 20, seed=4)
    given = "fentanyl 500 ug intravenous at 0 min"
    alone = seen(given, who=people, name="ventilation_clamped_share")
    rescued = seen(
        given, f"naloxone {milligrams} mg intramuscular at 8 min", who=people, name="ventilation_clamped_share"
    )
    assert (rescued >= alone * (1 - 2e-3)).all()


def test_a_chronic_user_needs_more_and_still_stops_breathing():
    small, large = "fentanyl 300 ug intravenous at 12 h", "fentanyl 5 mg intravenous at 12 h"
    span = {"lasts": "13 h", "name": "ventilation_clamped_share"}
    users = {dose: seen(dose, who="heroin_dependent_adult", **span).min() for dose in (small, large)}
    naive = {dose: seen(dose, **span).min() for dose in (small, large)}
    assert users[small] > 1.2 * naive[small]  # what is left of the heroin adds to it
    assert users[large] < 0.1


def test_breathing_touches_nothing_else():
    others = ["cows_expected", "craving", "firing", "cortisol"]
    given = ["fentanyl 500 ug intravenous at 0 min"]
    without = simulate("adult_reference", lived(*given, watch=others))
    along = simulate("adult_reference", lived(*given, watch=[*others, "ventilation"]))
    for name in others:
        np.testing.assert_allclose(along[name], without[name], rtol=2e-3, atol=1e-6)  # tolerance of the engine


def test_who_does_not_watch_breathing_has_a_body_without_it():
    assert "gases_air__oxygen_lung" not in build("human", ("1",)).states
    assert "gases_air__oxygen_lung" in build("human", ("1", "air")).states


def test_a_model_without_breathing_says_so():
    with pytest.raises(RequestError, match="no slot 1d, air"):
        simulate("adult_reference", lived("fentanyl 50 ug intravenous at 0 min"), model=build("human", ("1",)))
