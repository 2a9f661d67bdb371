"""The documents say what the program does: pages are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import runpy
import subprocess
import tomllib

import pytest
import typer
from rooms import PACKAGE, ROOT

from enkephalin import errors
from enkephalin.cli import app
from enkephalin.records import faults
from enkephalin.records.catalog import list_ids

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_the_generated_pages_are_what_the_program_would_write():
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert list(generate["stale"]()) == [], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_the_documents_exists_with_its_options(page):
    for line in re.findall(r"^enkephalin ([a-z].*?)(?:\s+#.*)?$", page.read_text("utf-8"), re.M):
        words = line.split()
        assert words[0] in COMMANDS, line
        known = {option for parameter in COMMANDS[words[0]].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known | {"--help"}, line


def test_every_command_option_and_setting_is_documented():
    said = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name, command in COMMANDS.items():
        assert f"## {name}\n" in said
        for parameter in command.params:
            assert parameter.name == "help" or parameter.help, f"{name} {parameter.name} has no help"
    settings = {
        s for path in PACKAGE.rglob("*.py") for s in re.findall(r"\bENKEPHALIN_[A-Z]+\b", path.read_text("utf-8"))
    }
    assert {name for name in settings if f"`{name}`" not in said} == set()


def test_every_error_class_is_one_sentence_and_knows_its_exit_code():
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.EnkephalinError)
    ]
    assert len(kinds) > 3
    for kind in kinds:
        assert (kind.__doc__ or "").strip()
        assert kind.exit_code in (1, 2)


def test_the_readme_has_exactly_two_set_up_commands_and_make_knows_them():
    text = (ROOT / "README.md").read_text("utf-8")
    set_up = text[text.index("## Set up") : text.index("## A short tour")]
    assert re.findall(r"^```\n(.*?)\n```$", set_up, re.M | re.S) == ["make demo", "make test"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in ("demo", "test", "validate", "bench", "docs"))
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_version_is_one_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_build_script_is_executable_and_sound():
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text("utf-8")
    subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_record_in_the_documents_is_sound(page, tmp_path):
    for text in re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S):
        known = re.search(r"^id: (\w+)$", text, re.M)
        if known and page.parent.name != "explanations":  # an explanation may show a part of a record, or a wrong one
            path = tmp_path / f"{known[1]}.yaml"
            path.write_text(text, "utf-8")
            assert [str(fault) for fault in faults(path)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_the_documents_that_only_reads_works(page, enkephalin):
    for line in re.findall(r"^enkephalin ([a-z].*?)(?:\s+#.*)?$", page.read_text("utf-8"), re.M):
        words = line.split()
        if words[0] in {"list", "show", "explain", "resolve"} and not re.search(r"[A-Z]{2,}|\.yaml", line):
            said = enkephalin(*words)
            assert said.code == 0, f"{line}\n{said.err}"
        if words[0] == "simulate" and not words[1].endswith(".yaml") and words[1].islower():
            assert words[1] in list_ids("scenario"), line
