"""Wrong tables get a clear answer: where, what was found, what was expected, and a way out."""

from __future__ import annotations

import json

import pytest
from reference_studies import BCG, EXPECTANCY

from enkephalin.cli import run
from enkephalin.errors import RecordError, RequestError
from enkephalin.evidence import meta_analysis

TWO = {"study": ["a", "b"], "yi": [0.1, 0.2], "vi": [0.1, 0.1]}
RATIOS = {"study": ["a", "b"], "hr": [1.2, 2.0], "ci_low": [0.9, 1.1], "ci_high": [1.6, 3.6]}


@pytest.mark.parametrize(
    ("change", "problem", "words"),
    [
        ({"vi": [0.1, -0.1]}, "'vi' is negative", ["row 2", "vi: -0.1 (study b)", "above 0"]),
        ({"vi": [0.1, 0.0]}, "'vi' is zero", ["row 2"]),
        ({"yi": [float("nan"), 0.2]}, "'yi' is missing", ["row 1", "leave the study out"]),
        ({"yi": ["NA", 0.2]}, "'yi' is missing", ["row 1"]),
        ({"yi": [float("inf"), 0.2]}, "'yi' is not finite", ["row 1"]),
        ({"yi": ["0,1", 0.2]}, "'yi' is no number", ["a decimal point, not a comma"]),
        ({"study": ["a", "A"]}, "the study 'A' stands twice", ["row 2", "--cluster study"]),
        ({"measure": ["RR", "MD"]}, "the rows hold different measures", ["measure: MD, after RR"]),
        ({"yi": [0.1]}, "the columns are of unequal length", ["yi 1"]),
        ({"study": [], "yi": [], "vi": []}, "there are no studies", ["two studies or more"]),
        ({"study": ["a"], "yi": [1], "vi": [1]}, "one study is no meta-analysis", ["report the study by itself"]),
    ],
)
def test_a_wrong_row_is_named(change, problem, words):
    with pytest.raises(RecordError) as caught:
        meta_analysis(TWO | change)
    assert caught.value.problem == problem
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ci_low": [0.9, 4.0]}, "the interval is reversed"),
        ({"hr": [1.2, 9.0]}, "the estimate lies outside its interval"),
        ({"hr": [1.2, -2.0]}, "'hr' is negative"),
    ],
)
def test_a_wrong_interval_is_named(change, problem):
    with pytest.raises(RecordError) as caught:
        meta_analysis(RATIOS | change)
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"ai": [5, 2], "n1i": [4, 9], "ci": [1, 2], "n2i": [9, 9]}, "'events_treated' is larger than 'n_treated'"),
        ({"ai": [1.5, 2], "n1i": [4, 9], "ci": [1, 2], "n2i": [9, 9]}, "a count is to be a whole number"),
        ({"ai": [-1, 2], "n1i": [4, 9], "ci": [1, 2], "n2i": [9, 9]}, "a count is to be a whole number"),
    ],
)
def test_counts_that_cannot_be_are_refused(table, problem):
    with pytest.raises(RecordError) as caught:
        meta_analysis(table, "RR")
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    ("table", "options", "problem", "way_out"),
    [
        (BCG, {}, "the columns allow more than one measure", "--measure RR"),
        ({"study": ["a", "b"], "yi": [1, 2]}, {}, "the columns give no effect", ""),
        (TWO, {"measure": "RR"}, "columns for the measure RR are missing", "--measure effect"),
        (TWO, {"measure": "SMB"}, "unknown measure 'SMB'", "SMD"),
        (TWO, {"method": "RELM"}, "unknown method 'RELM'", "REML"),
        (TWO, {"model": "fixed"}, "unknown model 'fixed'", ""),
        (TWO, {"interval": "wald"}, "unknown interval 'wald'", ""),
        (TWO, {"level": 95}, "the level of an interval is a share", ""),
        (EXPECTANCY, {"subgroup": "week"}, "there is no column 'week'", "weeks"),
        (EXPECTANCY, {"subgroup": "study"}, "the group 'experiment 1' has one study", ""),
        (EXPECTANCY | {"all": ["x"] * 19}, {"subgroup": "all"}, "there is only one group", ""),
        (EXPECTANCY | {"all": ["x"] * 19}, {"cluster": "all"}, "all effects are in one cluster", ""),
        (TWO | {"x": [1, 2]}, {"moderators": ["x"]}, "there are too few studies for so many moderators", ""),
        ({"ai": [0, 0], "n1i": [9, 9], "ci": [0, 0], "n2i": [9, 9]}, {"measure": "RR"},
         "the studies give no effect", "--measure RD"),
        ({"ai": [0, 1], "n1i": [9, 9], "ci": [0, 2], "n2i": [9, 9]}, {"measure": "RR"},
         "fewer than two studies carry information", "--measure RD"),
        ({"study": range(2001), "yi": [0.5, 1, 2] * 667, "vi": [1] * 2001}, {}, "too many studies", "first"),
        ({"study": ["a", "b"], "yi": [1e308, -1e308], "vi": [1e-308, 1]}, {},
         "the numbers have no common scale", "another unit"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_answered(table, options, problem, way_out):
    with pytest.raises(RequestError) as caught:
        meta_analysis(table, **options)
    assert caught.value.problem == problem
    assert way_out in caught.value.try_


def write(path, text):
    path.write_text(text, "utf-8")
    return str(path)


def test_the_command_names_file_and_line(tmp_path, capsys):
    file = write(tmp_path / "effects.csv", "study,yi,vi\none,0.1,0.2\n\ntwo,0.3,-0.2\n")
    assert run(["meta", file]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "effects.csv:4  'vi' is negative" in said.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("study,yi,yi\none,1,2\ntwo,1,2\n", "the column 'yi' stands twice"),
        ("study,yi,vi\none,1\ntwo,1,2\n", "a row has another number of cells than the header"),
        ("study,yi,sei,se\none,1,2,3\ntwo,1,2,3\n", "two columns mean 'sei'"),
        ("study,yi,vi\n", "there are no studies"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, capsys, text, problem):
    assert run(["meta", write(tmp_path / "effects.csv", text)]) == 2
    assert problem in capsys.readouterr().err


def test_the_command_answers_with_one_json_document(tmp_path, capsys):
    rows = zip(EXPECTANCY["study"], EXPECTANCY["yi"], EXPECTANCY["vi"], strict=True)
    file = write(tmp_path / "iq.csv", "study;yi;vi\n" + "\n".join(f"{a};{b};{c}" for a, b, c in rows))
    assert run(["meta", file, "--json", "--out", str(tmp_path / "pictures")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"estimate", "se", "tau2", "q"} <= set(found)
    assert found["estimate"] == pytest.approx(0.0837, abs=5e-5)
    kept = json.loads((tmp_path / "pictures" / "meta.json").read_text("utf-8"))
    assert kept["estimate"] == found["estimate"]


def test_the_pictures_show_every_study_and_are_the_same_each_time(tmp_path, capsys):
    columns = ("study", "ai", "bi", "ci", "di")
    rows = zip(*(BCG[name] for name in columns), strict=True)
    file = write(tmp_path / "bcg.csv", ",".join(columns) + "\n" + "\n".join(",".join(map(str, row)) for row in rows))
    for folder in ("one", "two"):
        assert run(["meta", file, "--measure", "RR", "--out", str(tmp_path / folder)]) == 0
    forest, again = ((tmp_path / folder / "forest.svg").read_text("utf-8") for folder in ("one", "two"))
    assert forest == again
    assert all(name in forest for name in BCG["study"])
    assert "risk ratio" in capsys.readouterr().out


def test_a_missing_library_is_said_with_a_way_out(monkeypatch):
    import sys

    from enkephalin.errors import MissingExtraError
    from enkephalin.evidence import libraries

    monkeypatch.setitem(sys.modules, "pymare.stats", None)
    with pytest.raises(MissingExtraError) as caught:
        libraries.opened("pymare.stats")
    assert "PyMARE" in caught.value.problem and "enkephalin[evidence]" in caught.value.try_
