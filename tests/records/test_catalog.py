"""The catalog: everything that ships is sound, and everything is found by its id."""

import pytest

from enkephalin.errors import RecordError, UnknownNameError
from enkephalin.records import faults, get, list_ids, read, to_yaml
from enkephalin.records.catalog import KINDS, exposures, kind_named
from enkephalin.records.checks import examine_document
from enkephalin.records.files import PACKAGE
from enkephalin.records.reader import document
from enkephalin.records.watched import watch_names

SHIPPED = [
    path
    for folder in ("catalog", "evidence/sources", "biology/patches", "biology/parameters")
    for path in sorted((PACKAGE / folder).rglob("*"))
    if path.suffix in (".yaml", ".csv")
]
RECORDS = [(kind, name) for kind in ("drug", "person", "scenario", "scale") for name in list_ids(kind)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_ships_has_no_fault(path):
    assert [str(fault) for fault in faults(path)] == []


@pytest.mark.parametrize(("kind", "name"), RECORDS)
def test_a_record_written_out_reads_back_as_itself(kind, name):
    record = get(kind, name)
    text = to_yaml(record)
    again, found = examine_document(document(text, "again.yaml"), KINDS[kind])
    assert found == []
    assert again == record
    assert to_yaml(again) == text


@pytest.mark.parametrize(("kind", "name"), RECORDS)
def test_a_record_is_frozen_and_knows_its_file(kind, name):
    record = get(kind, name)
    with pytest.raises(Exception, match="frozen"):
        record.id = "another"
    assert record.origin.place.endswith(f"{name}.yaml")
    assert record.origin.at(("id",)).rpartition(":")[2].isdigit()


def test_an_unknown_id_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        get("drug", "naltrexon")
    assert caught.value.try_.startswith("naltrexone")
    with pytest.raises(UnknownNameError) as caught:
        get("drags", "naltrexone")
    assert "drugs" in caught.value.try_


@pytest.mark.parametrize("name", ["", ".", "..", "Heroin", "heroin\n", "heroin.yaml\0", "con", "a" * 100, "*"])
def test_an_id_is_a_plain_word_and_never_a_way_out_of_the_catalog(name):
    with pytest.raises((UnknownNameError, RecordError)):
        get("drug", name)


def test_the_plural_names_the_same_kind():
    assert kind_named("people") is kind_named("person")
    assert get("people", "adult_reference") is get("person", "adult_reference")


def test_a_users_own_file_works_wherever_an_id_does(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(to_yaml(get("person", "adult_reference")).replace("value: 70.0", "value: 80.0"))
    assert get("person", str(path)).weight.value == 80
    assert read(path).weight.value == 80  # the kind is guessed from the keys


def test_a_changed_file_is_read_anew(tmp_path):
    path = tmp_path / "mine.yaml"
    text = to_yaml(get("person", "adult_reference"))
    path.write_text(text)
    assert get("person", str(path)).weight.value == 70
    path.write_text(text.replace("value: 70.0", "value: 100.0"))
    assert get("person", str(path)).weight.value == 100


def test_the_reference_adult_weighs_what_the_kinetics_are_scaled_to():
    person = get("person", "adult_reference")
    assert (person.weight.value, person.weight.unit) == (70, "kg")
    assert person.parameters == {}
    assert person.history == ()


def test_the_withdrawal_scale_has_eleven_items_that_do_not_step_by_one():
    cows = get("scale", "cows")
    assert len(cows.items) == 11
    assert cows.total == 48
    assert {item.id: item.points for item in cows.items}["gooseflesh"] == (0, 3, 5)
    first_of_band = {0: "none", 5: "mild", 13: "moderate", 25: "moderately severe", 37: "severe"}
    assert {total: cows.band_of(total) for total in first_of_band} == first_of_band
    assert [cows.band_of(total) for total in (4, 12, 24, 36, 48)] == list(first_of_band.values())


def test_the_two_scales_of_the_same_initials_are_told_apart():
    assert (get("scale", "sows_handelsman").total, get("scale", "sows_gossop").total) == (64, 30)
    assert len(get("scale", "sows_handelsman").items) == 16
    assert len(get("scale", "sows_gossop").items) == 10


def test_every_exposure_sets_an_input_of_a_module():
    inputs = {row.stem for row in (PACKAGE / "biology" / "modules").glob("*.ant")}
    for exposure in exposures().values():
        instance, _, symbol = exposure.target.partition("__")
        assert instance.split("_")[0] in inputs
        assert symbol


def test_scenarios_watch_only_what_can_be_watched():
    for name in list_ids("scenario"):
        assert set(get("scenario", name).watch) <= set(watch_names())
