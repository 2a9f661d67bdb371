"""From a claim to the rows and results that would change with it, and from a row to what was observed."""

from __future__ import annotations

import pytest
from planted import claim, many

from enkephalin.evidence.sensitivity import STEP, rows_named, sensitivity
from enkephalin.explain import explain
from enkephalin.measure import measure
from enkephalin.population import draw
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.claims import scenario_of
from enkephalin.records.shapes.person import Setting
from enkephalin.records.tables import all_rows
from enkephalin.simulate import simulate

RUNS = (
    {"id": "pained", "lasts": "6 h", "zero": "2 h", "every": "5 min", "happens": ("rejection for 20 min at 2 h",)},
    {"id": "still", "lasts": "6 h", "zero": "2 h", "every": "5 min"},
)
READING = {"read": "peak social_distress from 0 min to 2 h", "run": "pained", "agrees": (0, None)}


def made(*rows: str, reading: dict = READING):
    used = [run for run in RUNS if run["id"] in (reading["run"], reading.get("relative_to"))]
    return claim(*many("positive", 1), undecidable=None, runs=tuple(used), readings=(reading,), rests_on=rows)


def by_hand(parameter: str | None, which: int = 0) -> float:
    who = get("person", "adult_reference")
    if parameter is not None:
        row = rows_named(parameter)[0]
        own = {parameter: Setting(value=row.value * (1 + STEP), unit=row.unit)}
        who = who.model_copy(update={"parameters": own})
    runs = made("feelings.relief", reading=READING | {"relative_to": "still", "show": "difference"}).runs
    seen = simulate(who, scenario_of(runs[which]), watch=["social_distress"], engine="kernel")
    return float(measure(seen, READING["read"]).squeeze())


def test_a_tenth_more_of_a_row_is_what_a_person_with_a_tenth_more_shows():
    (found,) = sensitivity(made("feelings.relief"))
    assert found["value"] == pytest.approx(by_hand(None))
    assert found["with_a_tenth_more"] == pytest.approx(by_hand("feelings.relief"))
    assert found["with_a_tenth_more"] != pytest.approx(found["value"])


def test_against_another_run_both_runs_have_the_tenth_more():
    reading = READING | {"relative_to": "still", "show": "difference"}
    (found,) = sensitivity(made("feelings.relief", reading=reading))
    for key, row in (("value", None), ("with_a_tenth_more", "feelings.relief")):
        assert found[key] == pytest.approx(by_hand(row, 0) - by_hand(row, 1))


def test_a_row_that_the_reading_does_not_touch_changes_nothing():
    (found,) = sensitivity(made("dopamine.gain_loss"))
    assert found["with_a_tenth_more"] == pytest.approx(found["value"], abs=1e-9)


def test_a_row_of_zero_is_said_to_have_no_tenth():
    zero = next(row.title for row in all_rows() if row.value == 0)
    assert sensitivity(made(zero)) == [{"row": zero, "why_not": "It is 0 or computed; a tenth more is no change."}]


def test_every_row_that_a_claim_rests_on_is_in_the_tables():
    for name in list_ids("claim"):
        for row in get("claim", name).rests_on:
            assert rows_named(row), (name, row)


def test_people_who_are_drawn_have_the_tenth_more_each():
    run = RUNS[0] | {"population": "general_adult", "people": 3}
    asked = claim(
        *many("positive", 1), undecidable=None, runs=(run,), readings=(READING,), rests_on=("feelings.hurt_rest",)
    )
    (found,) = sensitivity(asked)
    people = draw("general_adult", 3, 1)
    usual = float(
        measure(simulate(people, scenario_of(asked.runs[0]), watch=["social_distress"]), READING["read"]).mean()
    )
    assert found["value"] == pytest.approx(usual)
    assert found["with_a_tenth_more"] > found["value"] + 1, "who hurts more at rest hurts more when rejected"


# --- explain ------------------------------------------------------------------------------------------------------


def test_from_a_claim_to_rows_and_results():
    found = explain("c34_naltrexone_cyberball").as_dict()
    assert found["verdict"] == "unsupported"
    assert [row["row"] for row in found["rests on"]] == ["feelings.relief"]
    change = found["with a tenth more of each row"][0]
    assert change["row"] == "feelings.relief" and " -> " in change["change"]
    assert "described" in [row["account"] for row in found["accounts that build it in"]]


def test_from_a_row_to_claims():
    found = explain("feelings.relief").as_dict()
    assert "c34_naltrexone_cyberball" in [row["claim"] for row in found["claims that rest on it"]]


def test_from_a_row_to_the_observations_of_its_source():
    seen = {get("observation", name).source for name in list_ids("observation")}
    row = next(row for row in all_rows() if row.source in seen)
    found = explain(row.title).as_dict()
    told = [one["observation"] for one in found["observations of its sources"]]
    assert told and all(get("observation", name).source == row.source for name in told)


def test_an_observation_a_question_and_an_argument_are_explained():
    seen = explain("woo2014_patterns").as_dict()
    assert seen["kind"] == "observation" and seen["source"][0]["source"] == "woo2014"
    asked = explain("pain_and_rejection_same_system").as_dict()
    assert "woo2014_patterns" in [row["observation"] for row in asked["answers"]]
    assert "c06_pain_no_metaphor" in [row["claim"] for row in asked["asked by"]]
    argued = explain("a2_blockade").as_dict()
    assert argued["weakest link"] == "c16_naltrexone_rejection"
    assert "a2_blockade" in [
        row["argument"] for row in explain("c16_naltrexone_rejection").as_dict()["arguments that need it"]
    ]
