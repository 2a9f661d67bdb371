"""Many people on the command line: files, going on, what is refused, and what a reader sees while it lasts."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import xarray as xr

from enkephalin.cli import many

NALTREXONE = "naltrexone_50mg_once"
CROWD = ("simulate", NALTREXONE, "--population", "general_adult", "--n", "70", "--seed", "3")
FEW = ("--at", "6h,48h", "--watch", "blockade,cows")


def test_a_folder_holds_everybody_and_what_is_told_of_them(enkephalin, tmp_path):
    said = enkephalin(*CROWD, *FEW, "--out", str(tmp_path), "--json")
    assert said.code == 0, said.err
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"result.zarr", "run.json", "finished.jsonl", "result.nc", "summary.json", "report.html"}
    with xr.open_zarr(tmp_path / "result.zarr", consolidated=False, chunks=None) as seen:
        assert dict(seen["blockade"].sizes) == {"person": 70, "time": 2, "receptor": 3, "region": 11}
        assert seen["finished"].values.all()
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as seen:
        assert seen.sizes["person"] == 70
    rows = json.loads((tmp_path / "summary.json").read_text())["rows"]
    assert rows == json.loads(said.out)["rows"] and {row["n"] for row in rows} == {70}
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "50 people drawn from general adult, seed 3" in page
    assert "the first 50 of 70 people; summary.json tells of all" in page

    again = enkephalin(*CROWD, *FEW, "--out", str(tmp_path), "--json", "--workers", "1", "--chunk", "5")
    assert again.code == 0 and again.out == said.out
    here = enkephalin(*CROWD, *FEW, "--json")
    assert here.out == said.out  # in memory, the same numbers

    other = enkephalin(*CROWD[:-1], "4", *FEW, "--out", str(tmp_path))
    assert other.code == 2 and "who.draw.seed 4" in other.err and "another request" in other.err


def test_more_people_than_memory_should_hold_live_on_the_disk(enkephalin, monkeypatch):
    from enkephalin.cli import simulate

    plain = enkephalin(*CROWD, *FEW)
    monkeypatch.setattr(simulate, "IN_MEMORY", 10)
    assert enkephalin(*CROWD, *FEW).out == plain.out
    assert "Median of 70 people" in plain.out


def test_ctrl_c_says_how_far_it_is_and_how_to_go_on(tmp_path):
    program = (
        "import os, signal, sys\n"
        "from enkephalin.cli import many, run\n"
        "original = many._lines\n"
        "def stop_after_one(what, of):\n"
        "    def told(finished, people):\n"
        "        if finished: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return told\n"
        "many._lines = stop_after_one\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, *CROWD, *FEW, "--out", str(tmp_path), "--chunk", "8"]
    said = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert said.returncode == 1 and said.stdout == "", said.stderr
    for word in ("stopped before it was done", "of 70 people are finished and kept", "the same command"):
        assert word in said.stderr
    assert "Traceback" not in said.stderr
    with xr.open_zarr(tmp_path / "result.zarr", consolidated=False, chunks=None) as seen:
        assert 8 <= seen["finished"].values.sum() < 70


def test_progress_in_a_log_is_a_line_now_and_then(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(many.time, "monotonic", lambda: now[0])
    told = many._lines("healthy_week", "people")
    for second, finished in ((0, 100), (30, 400), (61, 700), (62, 710), (150, 1000)):
        now[0] = float(second)
        told(finished, 1000)
    assert capsys.readouterr().err.splitlines() == [
        "healthy_week  700 of 1000 people, 9.84/s, 30 s left",
        "healthy_week  1000 of 1000 people, 6/s, 0 s left",
    ]


def test_progress_on_a_terminal_shows_rate_and_time_left(monkeypatch):
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with many.progress("healthy_week") as told:
        for finished in range(0, 1001, 100):
            told(finished, 1000)
    for word in ("healthy_week", "1000/1000", "people", "/s", "left"):
        assert word in shown.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--n", "0"), ["--n"]),
        (("--n", "-3"), ["--n"]),
        (("--n", "1000000000000"), ["1000000000000 people", "fewer people"]),
        (("--n", "3", "--seed", "-1"), ["--seed"]),
        (("--n", "3", "--workers", "0"), ["--workers"]),
        (("--n", "3", "--chunk", "0"), ["--chunk"]),
        (("--n", "3", "--cluster", "nowhere at all"), ["no cluster answers", "nowhere at all"]),
    ],
)
def test_numbers_and_places_that_cannot_be_are_refused(enkephalin, tmp_path, arguments, words):
    said = enkephalin("simulate", NALTREXONE, "--population", "general_adult", *arguments, "--out", str(tmp_path))
    assert said.code == (1 if "--cluster" in arguments else 2), said.err
    assert said.out == "" and "Traceback" not in said.err
    for word in words:
        assert word in said.err


def test_many_need_a_population(enkephalin):
    for option in (("--cluster", "tcp://127.0.0.1:9"), ("--chunk", "5")):
        said = enkephalin("simulate", NALTREXONE, *option)
        assert said.code == 2 and f"{option[0]} without --population" in said.err


def test_a_folder_in_the_way_is_said_before_anybody_lives(enkephalin, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = enkephalin(*CROWD, "--out", str(tmp_path / "file" / "dir"))
    assert said.code == 1 and "cannot be written" in said.err and "another folder" in said.err


def test_somebody_who_stops_is_an_error_after_all_is_told(enkephalin, tmp_path, monkeypatch):
    from enkephalin.kernels import population

    monkeypatch.setattr(population, "MOST_STEPS", 40)  # nobody gets far with so few
    said = enkephalin(*CROWD, *FEW, "--out", str(tmp_path))
    assert said.code == 1
    assert "person 0" in said.err and "69 more stopped" in said.err and "too many steps" in said.err
    assert (tmp_path / "summary.json").exists() and (tmp_path / "report.html").exists()
