"""The rule of arrest and the rescuer's clock, by hand; and that naloxone kills nobody."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from enkephalin.population import draw

from .overdose import PLAN, deaths, dies, rescued_at

ARREST = {"oxygen_below": 15, "for": "220 s"}
MINUTE = 1 / 60
TIMES = np.arange(0, 21) * MINUTE


def test_somebody_without_oxygen_for_less_than_the_stated_time_lives():
    oxygen = np.full((3, 21), 90.0)
    oxygen[1, 5:8] = 10  # three minutes
    oxygen[2, 5:10] = 10  # five
    assert dies(TIMES, oxygen, ARREST).tolist() == [False, False, True]


def test_a_rescuer_acts_a_minute_after_breathing_fell_and_never_where_it_did_not():
    share = np.ones((2, 21))
    share[0, 3:] = 0.3
    given = rescued_at(TIMES, share, {"ventilation_share_below": 0.4, "after": "60 s"})
    assert given[0] == pytest.approx(4 * MINUTE, rel=1e-9)  # a sum of decimals
    assert np.isinf(given[1])


@pytest.mark.slow
def test_naloxone_kills_nobody_and_saves_somebody():
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    people = draw(plan["naive"], 20, seed=3)
    found = deaths(people, "fentanyl 3 mg intravenous", plan)
    assert found["nothing"] > 10
    assert all(found[name] < found["nothing"] for name in ("syringe", "injector", "spray"))
