"""From any number back to its source."""

from __future__ import annotations

import json

import pytest

from enkephalin.compiler.model import Model, build
from enkephalin.errors import UnknownNameError
from enkephalin.explain import explain
from enkephalin.records import get, list_ids
from enkephalin.records.watched import watch_names


@pytest.fixture(scope="module")
def human() -> Model:
    return build("human")


def test_a_parameter_leads_to_its_row_its_status_and_its_readers(human):
    found = explain("signalling.half_signal", model=human).as_dict()
    assert found["kind"] == "parameter"
    assert found["status"] in ("assumed", "fitted")
    file, line = found["row"].rsplit(":", 1)
    assert file == "biology/parameters/signalling.csv" and int(line) > 1
    assert any("signalling.ant" in row["place"] and "half_signal" in row["equation"] for row in found["read by"])


def test_every_row_of_the_body_leads_to_its_file_and_every_source_is_there(human):
    for row in {row.at: row for row in human.rows.values() if row.status != "wire"}.values():
        found = explain(row.title, model=human).as_dict()
        ways = found.get("rows", [{"file": found.get("row")}])
        assert row.at in [way["file"] for way in ways], row.title
        if row.source:
            assert row.source in [source["source"] for source in found["source"]]


def test_the_places_of_a_row_are_told_apart(human):
    one = explain("release[NAc].tone_endorphin", model=human).as_dict()
    all_ = explain("release.tone_endorphin", model=human).as_dict()
    assert one["places in the body"] == "1: release_NAc__tone_endorphin"
    assert len(all_["rows"]) > 1


def test_a_computed_value_leads_to_its_equation_and_its_readers(human):
    found = explain("signal_NAc", model=human).as_dict()
    assert found["kind"] == "computed value"
    assert found["computed by"][0]["place"].startswith("biology/modules/signalling.ant:")
    assert found["computed by"][0]["equation"].startswith("signal_NAc := working^hill/") or "working" in str(found)
    assert found["read by"]


def test_a_number_of_a_drug_leads_to_its_source():
    found = explain("naltrexone.mu.affinity").as_dict()
    assert found["kind"] == "number of a drug"
    assert found["source"][0]["source"] in list_ids("source")


def test_a_source_leads_to_what_rests_on_it():
    found = explain("lee1988").as_dict()
    assert [row["name"] for row in found["numbers of drugs"]]
    assert explain("wesson2003").as_dict()["scales"] == ["cows"]


@pytest.mark.parametrize("kind", ["drug", "scenario", "scale", "person", "source", "patch"])
def test_every_record_can_be_explained_as_text_and_as_json(kind):
    for id in list_ids(kind):
        found = explain(id)
        assert str(found).startswith(f"{id}  (")
        assert json.loads(json.dumps(found.as_dict()))["thing"] == id


def test_every_watched_value_can_be_explained(human):
    for name in watch_names():
        found = explain(name, model=human).as_dict()
        assert found["kind"] == "watched value"
        assert found["unit"] and found["computed by"], name


def test_an_unknown_name_offers_the_nearest(human):
    for wrong, right in (("cowz", "cows"), ("naltrexon", "naltrexone"), ("signalling.half_signl", "half_signal")):
        with pytest.raises(UnknownNameError) as caught:
            explain(wrong, model=human)
        assert right in caught.value.try_


def test_a_changed_row_leads_to_the_claim_that_moved_it_from_what_to_what(human):
    (change,) = explain("bond.grow_time", model=human).as_dict()["changed by patches"][:1]
    assert change["patch"] == "account described" and change["claim"] == "claim c61_dose_dependence"
    assert " d -> " in change["change"]


def test_a_body_says_which_claims_made_it():
    described = build("human", (), [get("patch", "described"), get("patch", "opioid")])
    (change,) = explain("bond.grow_time", model=described).as_dict()["patched in this body"]
    assert change["claim"] == "claim c61_dose_dependence"


def test_a_patch_leads_to_its_rows_its_claims_its_predictions_and_its_readings():
    found = explain("described").as_dict()
    assert all(row["why"] and row["claim"].startswith("claim ") for row in found["changes"])
    assert {row["claim"] for row in found["claims"]} >= {"c32_hsu_correlation", "c50_density_30_50"}
    assert found["predicts"] and found["where what is described contradicts itself"]


def test_a_claim_leads_to_the_rows_that_an_account_moves_for_it():
    (row,) = explain("c32_hsu_correlation").as_dict()["accounts that build it in"]
    assert row["row"] == "release.follow" and "->" in row["change"]
