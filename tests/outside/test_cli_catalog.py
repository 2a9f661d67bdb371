"""The commands that read the catalog, and how the command line answers mistakes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from enkephalin.cli import app
from enkephalin.records.catalog import list_ids
from enkephalin.records.watched import watch_names

KINDS = ["drugs", "people", "populations", "scenarios", "scales", "sources"]


@pytest.mark.parametrize("kind", KINDS)
def test_list_prints_the_id_first_on_each_line(enkephalin, kind):
    said = enkephalin("list", kind)
    assert said.code == 0
    assert [line.split("\t")[0] for line in said.out.splitlines()] == list(list_ids(kind))


@pytest.mark.parametrize("kind", [*KINDS, "accounts", "hypotheses", "species", "patches"])
def test_list_as_json_is_one_document(enkephalin, kind):
    said = enkephalin("list", kind, "--json")
    assert json.loads(said.out)["ids"] == list(list_ids(kind))
    assert said.err == ""


def test_the_words_of_a_scenario_are_listed(enkephalin):
    exposures = dict(line.split("\t") for line in enkephalin("list", "exposures").out.splitlines())
    assert exposures["partner"].endswith("0 to 1, usually 0.7.")
    watched = json.loads(enkephalin("list", "watched", "--json").out)
    assert watched["ids"] == list(watch_names())
    assert watched["about"]["cows"].endswith("[points]")


def test_show_finds_a_record_by_its_id_alone(enkephalin):
    assert yaml.safe_load(enkephalin("show", "naltrexone").out)["id"] == "naltrexone"
    assert enkephalin("show", "drug", "naltrexone").out == enkephalin("show", "drugs", "naltrexone").out
    assert json.loads(enkephalin("show", "drug", "naltrexone", "--json").out)["family"] == "opioid"


def test_resolve_of_what_resolve_printed_is_the_same(enkephalin, tmp_path):
    first = enkephalin("resolve", "naltrexone_50mg_once")
    assert first.code == 0
    path = tmp_path / "naltrexone_50mg_once.yaml"
    path.write_text(first.out, "utf-8")
    assert enkephalin("resolve", str(path)).out == first.out
    assert json.loads(enkephalin("resolve", str(path), "--json").out)["id"] == "naltrexone_50mg_once"


def test_check_is_silent_about_a_sound_file_and_names_every_fault_of_another(enkephalin, tmp_path):
    sound = tmp_path / "sound.yaml"
    text = enkephalin("resolve", "naltrexone_50mg_once").out
    sound.write_text(text, "utf-8")
    assert enkephalin("check", str(sound)).code == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text + "colour: blue\nmood: sad\n", "utf-8")
    said = enkephalin("check", str(wrong))
    assert said.code == 2
    assert said.err.count("colour") and said.err.count("mood")
    faults = json.loads(enkephalin("check", str(wrong), "--json").out)["faults"]
    assert len(faults) == 2
    assert all(set(fault) == {"file", "problem", "place", "found", "expected", "try"} for fault in faults)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "dugs"], ["unknown kind 'dugs'", "try       drugs"]),
        (["show", "drug", "naltrexon"], ["unknown drug 'naltrexon'", "naltrexone"]),
        (["show", "nobody_knows_this"], ["unknown record"]),
        (["show", "a", "b", "c"], ["too many words"]),
        (["resolve", "no_such_file.yaml"], ["no such file"]),
        (["check", "no_such_file.yaml"], ["no such file"]),
        (["sing"], ["no such command 'sing'", "try       enkephalin --help"]),
        (["list"], ["missing argument", "try       enkephalin list --help"]),
        (["list", "drugs", "--loud"], ["no such option"]),
        (["resolve", "../../../../etc/passwd"], ["passwd"]),
    ],
)
def test_a_wrong_request_is_answered_on_standard_error_with_exit_code_2(enkephalin, arguments, words):
    said = enkephalin(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err


def test_a_fault_of_the_program_is_said_as_such_with_exit_code_1(enkephalin, monkeypatch):
    monkeypatch.setattr("enkephalin.records.catalog.list_ids", lambda kind: 1 / 0)
    said = enkephalin("list", "drugs")
    assert said.code == 1
    assert "a fault of the program" in said.err and "ENKEPHALIN_TRACEBACK=1" in said.err


def test_every_command_answers_help(enkephalin):
    for command in app.registered_commands:
        said = enkephalin(command.name, "--help")
        assert said.code == 0
        assert f"enkephalin {command.name}" in said.out


def test_doctor_finds_this_installation_sound(enkephalin):
    said = enkephalin("doctor", "--json")
    document = json.loads(said.out)
    assert said.code == 0 and document["sound"], [row for row in document["checks"] if not row["sound"]]


@pytest.mark.parametrize(
    "words", [("simulate", "nothing_known"), ("explain", "bogus"), ("check",), ("show", "a", "b", "c"), ("list", "x")]
)
def test_json_is_one_document_for_a_wrong_request_too(enkephalin, words):
    said = enkephalin(*words, "--json")
    assert said.code == 2
    told = json.loads(said.out)["error"]
    assert set(told) == {"problem", "place", "found", "expected", "try"}
    assert told["problem"] in said.err


def outside(*words, shell, **settings):
    """A command in a shell of its own: its exit code, and what it said on standard error."""
    command = shlex.join([sys.executable, "-m", "enkephalin.cli", *words])
    done = subprocess.run(["sh", "-c", f"{command} {shell}"], capture_output=True, env=os.environ | settings)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("words", [("list", "drugs"), ("list", "drugs", "--json"), ("show", "nobody", "--json")])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_and_a_closed_output_give_no_traceback(words):
    code, _, said = outside(*words, shell="> /dev/full")
    assert code in (1, 2) and "Traceback" not in said and "a fault of the program" not in said
    code, _, said = outside(*words, shell=">&-")
    assert code in (0, 2) and "Traceback" not in said and "a fault of the program" not in said


def test_an_old_terminal_sees_a_question_mark_and_json_stays_utf_8():
    code, shown, said = outside("show", "scale", "nobodyé", shell="", PYTHONIOENCODING="ascii")
    assert code == 2 and "nobody?" in said
    code, shown, _ = outside("show", "мorphine", "--json", shell="", PYTHONIOENCODING="ascii")
    assert code == 2 and "мorphine" in json.loads(shown.decode("utf-8"))["error"]["problem"]
