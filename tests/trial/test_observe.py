"""Observing: one row for everything that is asked, the seed alone decides, and what goes wrong goes wrong as told."""

import numpy as np
import pandas as pd
import pytest
from studies import made, quantity, small

from enkephalin.trial.belief import believers
from enkephalin.trial.leaving import leaving_times
from enkephalin.trial.observe import observe

COLUMNS = [
    "person", "source_person", "arm", "sequence", "period", "occasion", "time_h", "measure", "value", "baseline",
    "dropped",
]  # fmt: skip
NOISY = ({"id": "connection", "instrument": "felt_connection", "at": ("0 h", "8 h", "32 h"), "baseline": "0 h"},)
PAIRED = ({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},)


def test_the_table_has_one_row_for_each_person_period_occasion_and_measure():
    study = small(design="crossover", assignment={"washout": "1 d"}, analysis=PAIRED)
    table = observe(made(study), range(12), 1)
    assert list(table.columns[: len(COLUMNS)]) == COLUMNS
    assert len(table) == 12 * 2 * 3
    assert not table.duplicated(["person", "period", "occasion", "measure"]).any()
    assert table.groupby("person")["arm"].nunique().eq(2).all()
    assert {"sex", "age", "weight", "a118g"} <= set(table.columns)


def test_without_instruments_the_table_holds_the_truth():
    truth = made(small())
    table = observe(truth, range(12), 1)
    place = {place.arm: index for index, place in enumerate(truth.places)}
    for row in table.itertuples():
        assert row.value == truth.values["connection"][row.source_person, place[row.arm], row.occasion - 1]
        assert row.baseline == truth.values["connection"][row.source_person, place[row.arm], 0]


def test_the_seed_alone_decides_and_every_seed_differs():
    truth = made(small(measures=NOISY))
    one, same, other = (observe(truth, range(12), seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert not np.array_equal(one["value"], other["value"])


def test_people_may_be_taken_twice_and_then_have_noise_of_their_own():
    truth = made(small(measures=NOISY))
    table = observe(truth, [3] * 40, 1)
    assert set(table["source_person"]) == {3}
    first = table[(table["occasion"] == 1) & (table["arm"] == "placebo")]["value"]
    assert first.nunique() > 3


def test_a_habit_of_answering_stays_with_a_person_through_periods_and_measures():
    lines = tuple(
        {"id": name, "instrument": "vas_hurt", "at": ("0 h", "8 h")} for name in ("morning_line", "evening_line")
    )
    plan = ({"kind": "paired", "measure": "morning_line", "contrast": ("naltrexone", "placebo")},)
    study = small(design="crossover", assignment={"washout": "1 d"}, measures=lines, analysis=plan)
    table = observe(made(study), [3] * 400, 1)  # one body, four hundred ways to answer
    wide = table.pivot(index="person", columns=["measure", "period", "occasion"], values="value")
    apart = wide.corr().to_numpy()[np.triu_indices(8, 1)]
    assert 0.45 < apart.mean() < 0.6  # a little under 12.9^2 / (12.9^2 + 11.7^2); 28 pairs of 400 answers
    assert apart.min() > 0.3  # between periods and between lines as within them: four standard errors below


def test_arms_have_the_levels_of_their_factors():
    arms = tuple(
        {"id": f"{one}_{two}", "levels": {"drug": one, "place": two}} for one in ("a", "b") for two in ("x", "y")
    )
    plan = ({"kind": "interaction", "measure": "connection", "contrast": ("a_x", "a_y", "b_x", "b_y")},)
    study = small(design="factorial", arms=arms, analysis=plan)
    table = observe(made(study), range(12), 1)
    assert (table["arm"] == table["drug"] + "_" + table["place"]).all()


# --- belief -------------------------------------------------------------------------------------------------------


def expecting(blinding, shift=-1.0, **more):
    row = {"measure": "connection", "arms": ("naltrexone",), "shift": quantity(shift, "z"), **more}
    return small(blinding=blinding, expectancy=(row,))


def test_who_is_told_believes_it_and_says_so_by_the_shift():
    truth = made(expecting({"masked": False}))
    plain = made(small())
    table, without = observe(truth, range(12), 1), observe(plain, range(12), 1)
    moved = table["value"] - without["value"]
    assert np.allclose(moved[table["arm"] == "naltrexone"], -1.0, rtol=0, atol=1e-12)
    assert np.allclose(moved[table["arm"] == "placebo"], 0.0, rtol=0, atol=1e-12)


def test_a_shift_begins_when_it_is_said_to():
    table = observe(made(expecting({"masked": False}, from_time="1 h")), range(12), 1)
    without = observe(made(small()), range(12), 1)
    moved = (table["value"] - without["value"])[(table["arm"] == "naltrexone") & (table["time_h"] == 0)]
    assert (moved == 0).all()


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_of_the_masked_a_share_guesses_rightly(share):
    truth = made(expecting({"masked": True, "guessed_right": quantity(share, "share")}))
    place = np.tile([[0], [1]], (2000, 1))
    believe = believers(truth, place, ("naltrexone",), 4)
    right = np.mean(believe == (place == 1))
    assert abs(right - share) < 4.5 * np.sqrt(share * (1 - share) / len(place))


# --- people who leave ---------------------------------------------------------------------------------------------


def test_people_leave_by_the_hazard_and_are_missing_from_then_on():
    study = small(dropout={"hazard": quantity(0.5, "1/d")})
    truth = made(study)
    bank = np.zeros(4000, int)
    left = leaving_times(truth, bank, np.zeros((4000, 1), int), 3)
    gone = np.mean(np.isfinite(left))
    expected = 1 - np.exp(-0.5 * 32 / 24)
    assert abs(gone - expected) < 4.5 * np.sqrt(expected * (1 - expected) / 4000)
    table = observe(truth, range(12), 3)
    assert table.loc[table["dropped"], "value"].isna().all()
    assert not table.loc[~table["dropped"], "value"].isna().any()
    by_person = table.sort_values("time_h").groupby("person")["dropped"]
    assert by_person.apply(lambda gone: gone.is_monotonic_increasing).all(), "nobody comes back"


def test_who_feels_worse_leaves_sooner():
    feeling = {
        "hazard": quantity(0.3, "1/d"),
        "feels": "distress",
        "factor": quantity(4, "1"),
        "per": {"value": 1.0, "unit": "z"},
    }
    truth = made(small(dropout=feeling), people=40)
    felt = truth.drive[:, 0].mean(axis=1)
    bank = np.repeat(np.arange(40), 50)
    left = leaving_times(truth, bank, np.zeros((len(bank), 1), int), 3)
    share = np.isfinite(left).reshape(40, 50).mean(axis=1)
    assert np.corrcoef(felt, share)[0, 1] > 0.7


def test_dropout_and_belief_can_be_switched_off():
    from enkephalin.trial.running import switched_off

    study = small(dropout={"hazard": quantity(0.5, "1/d")})
    assert switched_off(study, ["dropout"]).dropout is None
    assert switched_off(study, ["dropout"]) == small()
