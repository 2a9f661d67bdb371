"""At a tight tolerance both engines say the same of all states: of every scenario that ships, and of drawn people."""

from __future__ import annotations

import pytest

from benchmarks.agreement import AGREE, apart, longest
from benchmarks.jobs import asked
from enkephalin.population import draw
from enkephalin.records import list_ids

QUICK = ("cyberball", "naltrexone_50mg_once")


@pytest.mark.parametrize("scenario", QUICK)
def test_both_engines_agree_within_a_ten_thousandth(scenario: str) -> None:
    share, state = apart(asked(scenario, "", "adult_reference", scenario))
    assert share[0] < AGREE, state[0]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", sorted(set(list_ids("scenario")) - set(QUICK)))
def test_both_engines_agree_within_a_ten_thousandth_on_every_scenario(scenario: str) -> None:
    share, state = apart(asked(scenario, "", "adult_reference", scenario))
    assert share[0] < AGREE, state[0]


# Two hundred people take an hour: python -m benchmarks.agreement, which goes on when it is run again.
@pytest.mark.slow
@pytest.mark.parametrize("scenario", longest())
def test_both_engines_agree_within_a_ten_thousandth_of_drawn_people(scenario: str) -> None:
    share, state = apart(asked(scenario, "", draw("general_adult", 2, 3), scenario))
    assert (share < AGREE).all(), state
