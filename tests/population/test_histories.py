"""People with a history live it first, so that a scenario of nothing is withdrawal for them."""

from __future__ import annotations

import pytest

from enkephalin.measure import measure
from enkephalin.population import draw
from enkephalin.records.catalog import list_ids
from enkephalin.records.shapes import Scenario
from enkephalin.simulate import simulate

NOTHING = Scenario(
    id="nothing", about="Nothing happens.", lasts="3 d", every="1 h", watch=("cows_expected", "dependent")
)
PEOPLE = 6


@pytest.mark.parametrize("population", ["heroin_dependent", "methadone_maintained"])
def test_dependent_people_withdraw_when_nothing_more_comes(population):
    seen = simulate(draw(population, PEOPLE, seed=3), NOTHING, engine="kernel")
    assert seen.sizes["person"] == PEOPLE
    assert (measure(seen, "dependent at 0 h") > 0.05).all()
    risen = measure(seen, "peak cows_expected") - measure(seen, "cows_expected at 0 h")
    assert int((risen > 0).sum()) > PEOPLE / 2, "most of them feel it"
    assert float(risen.std()) > 0, "people differ"


def test_the_general_adult_does_not():
    seen = simulate(draw("general_adult", PEOPLE, seed=3), NOTHING, engine="kernel")
    assert (measure(seen, "peak cows_expected") < 1e-6).all()


def test_every_population_that_ships_can_be_drawn():
    for population in list_ids("population"):
        assert len(draw(population, 20, seed=1)) == 20
