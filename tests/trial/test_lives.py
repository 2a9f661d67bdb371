"""Lives: a study's arms, one after the other, are the scenario that a person would write by hand."""

import numpy as np
import pytest
from studies import made, quantity, small

from enkephalin.records.shapes import Scenario
from enkephalin.simulate import simulate
from enkephalin.trial.lives import life, missed_of
from enkephalin.trial.people import choose
from enkephalin.trial.residue import residues

PAIRED = ({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},)
CROSSOVER = {"design": "crossover", "assignment": {"washout": "1 d"}, "analysis": PAIRED}


def test_a_crossover_is_the_scenario_that_one_would_write_by_hand():
    study = small(**CROSSOVER)
    truth = made(study)
    scenario = Scenario(
        id="by_hand",
        about="Placebo for two days, a day of washout, naltrexone for two days.",
        lasts="5 d",
        clock="08:00",
        happens=("naltrexone 50 mg oral at 73 h every 24 h x 2",),
        watch=("connectedness",),
        every="1 h",
    )
    seen = simulate(truth.people, scenario, at=[0, 8, 32, 72, 80, 104])["connectedness"].values
    assert truth.conditions[0] == "placebo, period 1 of placebo > naltrexone"
    found = np.concatenate([truth.values["connection"][:, 0], truth.values["connection"][:, 1]], axis=1)
    assert np.array_equal(found, seen)


def test_a_shared_history_comes_once_before_everything():
    study = small(history=("partner from -100 d to 0 d", "network loss 30 % at -10 d"), **CROSSOVER)
    scenario = life(study, study.orders[0])
    assert scenario.zero == 100 * 24
    assert scenario.end == 100 * 24 + 5 * 24
    lasting = next(row for row in scenario.exposures if row.exposure == "network")
    assert (lasting.time, lasting.end) == (90 * 24, scenario.end)


def test_what_lasts_on_from_a_history_ends_where_the_study_says_otherwise():
    study = small(history=("network loss 30 % at -10 d",), shared=("network 90 % from 1 d to 2 d",))
    rows = [row for row in life(study, ("placebo",)).exposures if row.exposure == "network"]
    assert [(row.time, row.end) for row in rows] == [(0, 264), (264, 288)]


def test_a_share_of_the_doses_is_missed_and_no_other_drug():
    missed = {"share": quantity(0.3, "share"), "patterns": 200}
    arms = ({"id": "placebo"}, {"id": "naltrexone", "happens": ("naltrexone 50 mg oral at 1 h every 1 h x 40",)})
    study = small(missed_doses=missed, shared=("morphine 5 mg oral at 3 h every 1 h x 20",), arms=arms)
    lives = [life(study, ("naltrexone",), pattern=pattern, seed=5).doses for pattern in range(200)]
    taken = [sum(dose.count for dose in doses if dose.drug == "naltrexone") for doses in lives]
    assert all(sum(dose.count for dose in doses if dose.drug == "morphine") == 20 for doses in lives)
    error = np.sqrt(0.3 * 0.7 * 40 / 200)
    assert abs(np.mean(taken) - 28) < 4.5 * error


def test_a_person_misses_the_same_doses_whoever_else_is_there():
    study = small(missed_doses={"share": quantity(0.3, "share")})
    assert np.array_equal(missed_of(study, np.arange(50), 1)[:10], missed_of(study, np.arange(10), 1))


def test_missed_doses_weaken_a_blockade():
    measures = ({"id": "blocked", "of": "blockade[mu THAL]", "at": ("31 h",)},)
    plan = ({"kind": "t_test", "measure": "blocked", "contrast": ("naltrexone", "placebo")},)
    loyal = made(small(measures=measures, analysis=plan))
    loose = made(small(measures=measures, analysis=plan, missed_doses={"share": quantity(0.5, "share")}))
    assert loose.values["blocked"][:, 1].mean() < loyal.values["blocked"][:, 1].mean() - 0.1


@pytest.mark.parametrize(("washout", "held"), [("0 d", True), ("30 d", False)])
def test_a_drug_that_outlasts_the_washout_is_named_with_its_residue(washout, held):
    study = small(design="crossover", assignment={"washout": washout}, analysis=PAIRED)
    found = residues(made(study))
    assert {(one.arm, one.drug) for one in found} == {("naltrexone", "naltrexone")}
    assert (found[0].share > 0.05) == held


def test_only_eligible_people_take_part_and_the_first_are_taken():
    rows = ({"of": "age", "low": 30, "high": 40, "unit": "year"}, {"of": "sex", "only": "female"})
    study = small(people={"population": "general_adult", "n": 12, "eligible": rows})
    chosen = choose(study, 12, 1)
    assert ((chosen.draw.age >= 30) & (chosen.draw.age <= 40) & (chosen.draw.sex == "female")).all()
    assert np.array_equal(choose(study, 30, 1).draw.person[:12], chosen.draw.person)
    assert chosen.screened > 12


def test_naltrexone_two_days_later_still_holds_most_receptors_by_its_metabolite():
    # 91 % at 48 h in people (lee1988): the drug itself holds a third of them in this body, what it turns into the rest
    study = small(
        design="crossover",
        assignment={"washout": "1 d"},
        lasts="1 d",
        arms=({"id": "placebo"}, {"id": "naltrexone", "happens": ("naltrexone 50 mg oral at 0 h",)}),
        measures=({"id": "connection", "of": "connectedness", "at": ("8 h",)},),
        analysis=({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},),
    )
    (found,) = residues(made(study))
    assert found.drug == "naltrexone"
    assert 0.75 < found.share < 0.97
