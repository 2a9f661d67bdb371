"""The command that runs a study: table, JSON, files, switches, and its refusals."""

from __future__ import annotations

import json
import math

import pytest

STUDY = "cyberball_exclusion"


def test_json_is_one_document_with_the_primary_estimate_first(enkephalin):
    said = enkephalin("trial", STUDY, "--n", "16", "--seed", "3", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert {"study", "n", "hypothesis", "arms", "estimates", "power", "provenance"} <= set(told)
    assert (told["study"], told["n"], told["arms"]) == (STUDY, 16, ["inclusion", "exclusion"])
    first = told["estimates"][0]
    assert (first["measure"], first["contrast"]) == ("social_distress", "exclusion - inclusion")
    assert first["ci"][0] < first["estimate"] < first["ci"][1]
    assert all(math.isfinite(first[key]) for key in ("estimate", "p", "effect_size"))


def test_the_table_names_the_estimand(enkephalin):
    said = enkephalin("trial", STUDY, "--n", "16")
    assert said.code == 0, said.err
    for word in ("exclusion - inclusion", "Hedges g", "The mean difference in social distress"):
        assert word in said.out


def test_out_writes_data_and_result(enkephalin, tmp_path):
    said = enkephalin("trial", STUDY, "--n", "16", "--out", str(tmp_path / "new"))
    assert said.code == 0, said.err
    assert {"data.csv", "data.parquet", "trial.json"} <= {path.name for path in (tmp_path / "new").iterdir()}


def test_a_study_resolves_to_itself(enkephalin, tmp_path):
    first = enkephalin("resolve", STUDY)
    path = tmp_path / "mine.yaml"
    path.write_text(first.out)
    assert enkephalin("resolve", str(path)).out == first.out
    assert enkephalin("check", str(path)).code == 0


def test_the_schema_is_one_json_document(enkephalin):
    assert json.loads(enkephalin("schema", "study").out)["title"] == "Study"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trial", "cyberball_exclusio"], ["unknown study", "cyberball_exclusion"]),
        (["trial", STUDY, "--n", "1"], ["fewer people"]),
        (["trial", STUDY, "--without", "gravity"], ["cannot be switched off", "dropout"]),
        (["trial", STUDY, "--hypothesis", "opiod"], ["opioid"]),
        (["trial", "no_such_study.yaml"], ["no such file"]),
        (["schema", "studdy"], ["studies"]),
    ],
)
def test_a_wrong_request_is_refused_with_a_way_out(enkephalin, arguments, words):
    said = enkephalin(*arguments)
    assert said.code == 2
    assert all(word in said.err for word in words), said.err
