"""Tasks, exposures, populations, studies, files of one's own, and what a watched value and a source lead to."""

from __future__ import annotations

import pytest

from enkephalin.compiler.model import Model, build
from enkephalin.compiler.text import names_in
from enkephalin.errors import EnkephalinError, RequestError, UnknownNameError
from enkephalin.explain import explain
from enkephalin.records import get, list_ids
from enkephalin.records.catalog import exposures
from enkephalin.records.files import PACKAGE
from enkephalin.records.tables import read_table
from enkephalin.records.watched import watch_names


@pytest.fixture(scope="module")
def human() -> Model:
    return build("human")


def test_a_watched_value_leads_to_what_it_reads_computed_or_not(human):
    found = explain("dopamine", model=human).as_dict()
    computed = {row["name"]: row for row in found["reads, computed by the body"]}
    assert "dopamine_body__rebounding" in computed
    row = computed["dopamine_body__rebounding"]
    assert row["place"].startswith("biology/modules/dopamine.ant:") and "rebound_VTA" in row["equation"]


def test_nothing_that_a_watched_value_reads_is_left_out(human):
    made = {statement.target: statement for statement in human.statements}
    seen = 0
    for name in watch_names():
        found = explain(f"watched {name}", model=human)
        places = {row["place"] for row in found.parts["computed by"]}
        rows = {row["row"] for row in found.parts["reads"]}
        told = {row["place"] for row in found.parts["reads, computed by the body"]}
        shown = {row["equation"].split(" ")[0] for row in found.parts["computed by"]}
        read = {one for target in shown & set(made) for one in names_in(made[target].expression)}
        for one in read:
            row, equation = human.rows[one], made.get(one)
            known = row.title in rows or row.at in told or (equation is not None and equation.place in told | places)
            assert known, (name, one)
            seen += 1
    assert seen > len(watch_names())


@pytest.mark.parametrize("word", sorted(exposures()))
def test_every_exposure_is_explained_with_its_levels_and_its_readers(word, human):
    found = explain(f"exposure {word}", model=human).as_dict()
    assert found["kind"] == "exposure" and "usually" in found["levels"]
    assert found["sets"] == exposures()[word].target and found["read by"], word
    assert explain(f"exposure {word.replace(' ', '_')}", model=human).as_dict() == found


def test_things_of_one_name_are_all_told(human):
    found = explain("tsst").as_dict()
    assert found["kind"] == "scenario"
    assert {"ask": "enkephalin explain task tsst"} in found["other things of this name"]
    assert explain("pain", model=human).kind == "watched value"
    assert explain("exposure pain", model=human).kind == "exposure"
    with pytest.raises(UnknownNameError, match="no task is called 'tsts'"):
        explain("task tsts")


@pytest.mark.parametrize("id_", list_ids("task"))
def test_every_task_leads_to_its_sources(id_):
    found, task = explain(f"task {id_}").as_dict(), get("task", id_)
    assert found["kind"] == "task" and found["lasts"] == task.lasts
    wanted = [name for name in (task.source, *task.sources) if name]
    assert [row["source"] for row in found.get("sources", [])] == wanted


def test_a_task_leads_to_the_scenarios_that_hold_it():
    assert {"scenario": "cyberball"} in explain("cyberball_exclusion").as_dict()["scenarios"]


@pytest.mark.parametrize("id_", list_ids("population"))
def test_every_population_is_explained(id_):
    found = explain(id_).as_dict()
    assert found["kind"] == "population" and found["based on"] == get("population", id_).based_on


def test_a_population_says_what_varies_and_by_what():
    text = str(explain("general_adult"))
    assert "a118g" in text and "share 0.15" in text and "hpa_drive.restraint" in text


@pytest.mark.parametrize("id_", list_ids("study"))
def test_every_study_is_explained(id_):
    study = get("study", id_)
    found = explain(f"study {id_}")
    assert [row["arm"] for row in found.parts["arms"]] == [arm.id for arm in study.arms]
    assert len(found.parts["analysis, the primary one first"]) == len(study.analysis)


def test_a_source_leads_to_the_targets_that_rest_on_it():
    rows = explain("hartgerink2015").as_dict()["targets of validation"]
    assert any(row["target"] == "rejection.hurts_at_once" for row in rows)
    assert all((PACKAGE.parent / row["file"]).is_file() for row in rows)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("catalog/drugs/naltrexone.yaml", "drug"), ("catalog/scenarios/tsst.yaml", "scenario"),
        ("catalog/tasks/tsst.yaml", "task"), ("catalog/people/adult_reference.yaml", "person"),
        ("biology/patches/described.yaml", "account"), ("biology/parameters/bond.csv", "table"),
    ],
)  # fmt: skip
def test_a_file_is_explained_as_what_it_holds(path, kind):
    found = explain(str(PACKAGE / path))
    assert found.kind == kind
    assert len(str(found).splitlines()) > 4


def test_a_table_is_explained_row_by_row():
    path = PACKAGE / "biology" / "parameters" / "bond.csv"
    rows = explain(str(path)).as_dict()["rows"]
    assert len(rows) == sum(row.status != "wire" for row in read_table(path))


def test_a_scenario_of_ones_own_is_explained(tmp_path):
    path = tmp_path / "mine.yaml"
    text = "id: mine\nabout: A day of laughter.\nlasts: 1 d\nhappens:\n  - laughter for 2 h at 3 h\n"
    path.write_text(f"{text}watch: [pain]\nevery: 1 h\n", "utf-8")
    assert explain(str(path)).as_dict()["happens (times from zero)"] == [{"time": "3 h to 5 h", "what": "laughter 1"}]


def test_a_file_that_cannot_be_explained_is_refused(tmp_path):
    with pytest.raises(EnkephalinError):
        explain(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(RequestError, match="no explanation"):
        explain(str(PACKAGE / "catalog" / "exposures.yaml"))
