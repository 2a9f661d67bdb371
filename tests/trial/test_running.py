"""Running a study: the same bytes on any number of workers, what cannot be is refused, what is odd is said."""

import importlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from studies import made, quantity, small

import enkephalin
from enkephalin.errors import RequestError
from enkephalin.records.study.resolve import resolve_study
from enkephalin.trial import make_truth, trial, write
from enkephalin.trial.notes import at_an_end, carried_over, notes_of
from enkephalin.trial.observe import observe

OTHERWISE = {
    "blinding": {"masked": True, "guessed_right": quantity(0.6, "share")},
    "expectancy": ({"measure": "connection", "arms": ("naltrexone",), "shift": quantity(-0.1, "points")},),
    "missed_doses": {"share": quantity(0.2, "share"), "patterns": 3},
    "dropout": {"hazard": quantity(0.1, "1/d")},
    "intercurrent": (
        {
            "id": "bad_day", "about": "A bad day at work.", "hazard": quantity(0.2, "1/d"),
            "looked_at": ("9 h", "20 h"), "happens": ("stress 1 for 1 h at 0 h",), "strategy": "treatment_policy",
        },
    ),
    "measures": (
        {"id": "connection", "instrument": "felt_connection", "at": ("0 h", "8 h", "32 h"), "baseline": "0 h"},
    ),
}  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_workers():
    study = small(**OTHERWISE)
    one, three = trial(study, workers=1), trial(study, workers=3)
    assert one.table.to_csv(index=False) == three.table.to_csv(index=False)
    assert [one.as_dict() for one in one.estimates] == [one.as_dict() for one in three.estimates]
    assert one.truth.values["connection"].tobytes() == three.truth.values["connection"].tobytes()


def test_a_person_is_the_same_whoever_else_takes_part():
    study = small(**OTHERWISE)
    few, many = made(study, people=12), made(study, people=30)
    assert np.array_equal(few.values["connection"], many.values["connection"][:12])
    assert np.array_equal(few.events["bad_day"], many.events["bad_day"][:12], equal_nan=True)


def test_what_is_switched_off_is_not_there():
    study = small(**OTHERWISE)
    off = trial(study, without=["expectancy", "missed_doses", "dropout", "intercurrent"])
    assert not off.table["dropped"].any()
    assert not off.truth.events
    with pytest.raises(RequestError, match="cannot be switched off"):
        trial(study, without=["gravity"])


def test_more_people_than_the_population_yields_are_refused_with_the_number():
    rows = ({"of": "age", "low": 64, "high": 65, "unit": "year"},)
    study = small(people={"population": "general_adult", "n": 12, "eligible": rows, "screened": 60})
    with pytest.raises(RequestError, match="does not yield so many eligible people") as caught:
        trial(study)
    assert "eligible of 60 drawn" in caught.value.found


def test_fewer_people_than_one_round_are_refused():
    with pytest.raises(RequestError, match="fewer people"):
        trial(small(assignment={"shares": (3, 2)}), n=4)


def test_another_body_gives_another_study_of_the_same_people():
    here, there = (make_truth(small(), 12, hypothesis=name) for name in ("integrated", "opioid"))
    assert np.array_equal(here.people.age, there.people.age)
    assert not np.array_equal(here.values["connection"], there.values["connection"])


def test_a_reader_is_told_what_is_odd():
    plan = ({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},)
    study = small(design="crossover", analysis=plan, dropout={"hazard": quantity(0.5, "1/d")})
    truth = made(study)
    notes = " ".join(notes_of(truth, observe(truth, range(12), 1)))
    assert "the washout is shorter than the drug lasts: naltrexone still holds" in notes
    assert "dropped out" in notes
    assert "without an instrument" in notes


def test_exclusion_hurts_in_the_shipped_study():
    found = trial("cyberball_exclusion")
    assert found.estimates[0].contrast == "exclusion - inclusion"
    assert found.estimates[0].ci[0] > 0


def test_the_files_hold_the_same_data(tmp_path):
    found = trial(small(**OTHERWISE))
    assert [path.name for path in write(found, tmp_path / "out")] == ["data.csv", "data.parquet", "trial.json"]
    told = json.loads((tmp_path / "out" / "trial.json").read_text("utf-8"))
    assert set(told) >= {"study", "n", "hypothesis", "arms", "estimates", "power", "provenance"}
    assert set(told["estimates"][0]) >= {
        "measure", "contrast", "estimate", "ci", "p", "effect_size", "effect_ci", "n",
    }  # fmt: skip
    whole = pd.read_parquet(tmp_path / "out" / "data.parquet")
    pd.testing.assert_frame_equal(whole, found.table)
    text = pd.read_csv(tmp_path / "out" / "data.csv")
    assert np.allclose(text["value"], found.table["value"], rtol=1e-9, atol=0, equal_nan=True)


def test_provenance_makes_the_study_again():
    from enkephalin.records.shapes import ResolvedStudy

    found = trial(small(**OTHERWISE), seed=5, hypothesis="opioid")
    told = json.loads(json.dumps(found.provenance))
    again = trial(
        ResolvedStudy.model_validate_json(json.dumps(told["study"])),
        n=told["n"], seed=told["seed"], hypothesis=told["hypothesis"],
    )  # fmt: skip
    pd.testing.assert_frame_equal(again.table, found.table, check_exact=True)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_text("taken")
    with pytest.raises(RequestError, match="not a folder"):
        write(trial(resolve_study("cyberball_exclusion"), n=8), path)


def test_a_reading_at_the_instant_at_which_something_ends_is_named():
    arms = ({"id": "placebo"}, {"id": "naltrexone", "happens": ("rejection 1 for 20 min at 1 h",)})
    late, early = (
        small(arms=arms, measures=({"id": "connection", "of": "connectedness", "at": ("0 h", at)},))
        for at in ("80 min", "79 min")
    )
    assert at_an_end(late) == (("connection", "rejection"),)
    assert at_an_end(early) == ()


def test_the_verbs_are_not_hidden_by_the_files_that_hold_them():
    importlib.import_module("enkephalin.trial.observe")
    from enkephalin.trial import observe as verb

    assert callable(verb) and callable(enkephalin.trial)


def test_a_scale_at_its_floor_is_a_plan_that_was_not_done_and_the_others_are():
    measures = (
        {"id": "withdrawal", "instrument": "cows", "at": ("0 h",)},
        {"id": "connection", "of": "connectedness", "at": ("0 h", "32 h")},
    )
    contrast = ("naltrexone", "placebo")
    plan = tuple({"kind": "t_test", "measure": name, "contrast": contrast} for name in ("withdrawal", "connection"))
    arms = ({"id": "placebo"}, {"id": "naltrexone"})
    found = trial(small(measures=measures, analysis=plan, arms=arms))
    assert found.table.query("measure == 'withdrawal'")["value"].nunique() == 1
    assert found.estimates[0].n == 0 and np.isnan(found.estimates[0].p)
    assert found.as_dict()["estimates"][0]["p"] is None
    assert "nobody differs in 'withdrawal'" in found.notes[0]
    assert np.isfinite(found.estimates[1].p)


def test_what_a_period_leaves_for_the_next_is_told_and_nothing_is_not():
    plan = ({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},)
    truth = made(small(design="crossover", assignment={"washout": "8 d"}, analysis=plan))
    assert not carried_over(truth)
    values = truth.values["connection"].copy()
    for place, one in enumerate(truth.places):
        if one.period == 1 and one.arm == "placebo":
            values[:, place, 2] -= values[:, place, 2].std()  # lower by a spread, at the last occasion
    ((measure, arm, period, time, size),) = carried_over(replace(truth, values={"connection": values}))
    assert (measure, arm, period, time) == ("connection", "placebo", 2, 32.0)
    assert size == pytest.approx(-1, abs=0.1)
    table = observe(truth, range(12), 1)
    said = [
        note for note in notes_of(replace(truth, values={"connection": values}), table) if "lasts into the next" in note
    ]
    assert len(said) == 1 and "lower in period 2" in said[0]
