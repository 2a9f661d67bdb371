"""The command that simulates: tables, JSON, files, populations, and its refusals."""

from __future__ import annotations

import json

import pytest
import xarray as xr

NALTREXONE = "naltrexone_50mg_once"


def test_the_rows_are_exactly_those_asked_for(enkephalin):
    said = enkephalin("simulate", NALTREXONE, "--at", "48h,6h", "--watch", "blockade,cows", "--json")
    assert said.code == 0, said.err
    assert said.err == ""
    document = json.loads(said.out)
    assert {row["time_h"] for row in document["rows"]} == {6.0, 48.0}
    assert {row["name"] for row in document["rows"]} == {"blockade", "cows"}
    thalamus = [r for r in document["rows"] if r.get("region") == "THAL" and r["receptor"] == "mu"]
    assert all(set(row) == {"name", "time_h", "value", "unit", "receptor", "region"} for row in thalamus)
    assert 0.5 < thalamus[0]["value"] < 1.0 and thalamus[0]["unit"] == "share"
    assert document["provenance"]["scenario"]["id"] == NALTREXONE


def test_the_table_names_units_and_bands(enkephalin):
    said = enkephalin("simulate", NALTREXONE, "--at", "6h", "--watch", "cows,plasma")
    assert said.code == 0, said.err
    for word in ("cows", "points", "none", "plasma naltrexone", "ng/mL", "6 h"):
        assert word in said.out


def test_out_writes_three_whole_files(enkephalin, tmp_path):
    said = enkephalin(
        "simulate", NALTREXONE, "--at", "6h", "--watch", "blockade", "--out", str(tmp_path / "new" / "dir")
    )
    assert said.code == 0, said.err
    folder = tmp_path / "new" / "dir"
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "result.nc", "summary.json"]
    with xr.open_dataset(folder / "result.nc", engine="h5netcdf") as seen:
        assert seen["blockade"].attrs["units"] == "share"
        assert json.loads(seen.attrs["provenance"])["scenario"]["id"] == NALTREXONE
        assert seen.sizes["time"] > 100
    rows = json.loads((folder / "summary.json").read_text("utf-8"))["rows"]
    assert {row["time_h"] for row in rows} == {6.0} and {row["name"] for row in rows} == {"blockade"}
    page = (folder / "report.html").read_text("utf-8")
    for word in ("Naltrexone 50 mg, oral, at 0 h.", "no medical advice", "assumed", "Blockade of mu receptors"):
        assert word in page


def test_a_population_is_told_as_how_it_spreads(enkephalin):
    arguments = (
        "simulate",
        NALTREXONE,
        "--population",
        "general_adult",
        "--n",
        "5",
        "--at",
        "6h",
        "--watch",
        "blockade",
    )
    said = enkephalin(*arguments, "--seed", "3", "--json")
    assert said.code == 0, said.err
    rows = [row for row in json.loads(said.out)["rows"] if row["region"] == "THAL" and row["receptor"] == "mu"]
    assert rows[0]["n"] == 5
    assert rows[0]["p05"] <= rows[0]["p50"] <= rows[0]["p95"]
    assert rows[0]["sd"] > 0 and "value" not in rows[0]
    assert enkephalin(*arguments, "--seed", "3", "--json").out == said.out
    assert enkephalin(*arguments, "--seed", "4", "--json").out != said.out


def test_both_engines_tell_the_same(enkephalin):
    values = []
    for engine in ("kernel", "roadrunner"):
        said = enkephalin("simulate", NALTREXONE, "--engine", engine, "--at", "6h", "--watch", "plasma", "--json")
        assert said.code == 0, said.err
        values.append([row["value"] for row in json.loads(said.out)["rows"]])
    for one, other in zip(*values, strict=True):
        assert one == pytest.approx(other, rel=2e-3)  # each engine keeps within 0.1 %


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["heroin_withdrawl"], ["unknown scenario", "heroin_withdrawal"]),
        ([NALTREXONE, "--person", "nobody"], ["unknown person 'nobody'"]),
        ([NALTREXONE, "--watch", "cowz"], ["cowz", "cows"]),
        ([NALTREXONE, "--watch", ""], ["no values to watch"]),
        ([NALTREXONE, "--at", "6 parsecs"], ["6 parsecs"]),
        ([NALTREXONE, "--at", "900d"], ["outside"]),
        ([NALTREXONE, "--n", "5"], ["--n without --population"]),
        ([NALTREXONE, "--population", "general_adult"], ["--n N"]),
        ([NALTREXONE, "--population", "general_adult", "--n", "0"], ["--n"]),
        ([NALTREXONE, "--population", "martians", "--n", "3"], ["unknown population"]),
        ([NALTREXONE, "--population", "general_adult", "--n", "3", "--person", "adult_woman"], ["both"]),
        ([NALTREXONE, "--engine", "steam"], ["steam"]),
        ([NALTREXONE, "--account", "gospel"], ["unknown account"]),
        ([NALTREXONE, "--influence"], ["--influence without --out"]),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_with_a_way_out(enkephalin, arguments, words):
    said = enkephalin("simulate", *arguments, "--json")
    assert said.code == 2, said.err
    assert json.loads(said.out)["error"]["problem"] in said.err and "Traceback" not in said.err
    for word in words:
        assert word in said.err


def test_a_folder_that_cannot_be_written_is_said_plainly(enkephalin, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = enkephalin("simulate", NALTREXONE, "--at", "6h", "--out", str(tmp_path / "file" / "dir"))
    assert said.code == 1
    assert "cannot be written" in said.err and "--out" in said.err


@pytest.mark.slow
def test_the_report_says_which_assumed_numbers_matter(enkephalin, tmp_path):
    said = enkephalin("simulate", NALTREXONE, "--influence", "--out", str(tmp_path))
    assert said.code == 0, said.err
    assert "The assumed numbers that matter most here" in (tmp_path / "report.html").read_text("utf-8")
