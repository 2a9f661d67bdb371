"""Imports go one way, files stay short, data rooms hold no code, and the package declares what it uses."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from rooms import DATA_ROOMS, DOORS, ORDER, PACKAGE, ROOT, python_files, room_of

LONGEST = 400


def imported_modules(source: str, package: str) -> Iterator[tuple[int, str]]:
    """(line, full module name) of every import, those inside functions too. ``package`` resolves the relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)


def short_name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def package_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


def wrong_way(room: str, source: str, package: str) -> list[tuple[int, str]]:
    """Imports in a file of ``room`` that go against the order."""
    before = ORDER if room in DOORS else ORDER[: ORDER.index(room)] if room in ORDER else ()
    allowed = {room, *before}
    found = []
    for line, name in imported_modules(source, package):
        parts = name.split(".")
        if parts[0] == "enkephalin" and len(parts) > 1 and parts[1] in {*ORDER, *DOORS} - allowed:
            found.append((line, name))
    return found


def test_the_rule_sees_a_wrong_import_wherever_it_hides():
    assert wrong_way("records", "def f():\n    from enkephalin.simulate import simulate", "enkephalin.records")
    assert wrong_way("records", "from ..compiler import model", "enkephalin.records")
    assert wrong_way("cli", "from enkephalin.web import page", "enkephalin")
    assert wrong_way("kernels", "from enkephalin import simulate", "enkephalin.kernels")
    assert not wrong_way("cli", "from enkephalin.report import write", "enkephalin")
    assert not wrong_way("records", "from . import units\nfrom ..errors import RecordError", "enkephalin.records")


# The front door, enkephalin/__init__.py, opens every room, and only when asked (test_speed.py).
@pytest.mark.parametrize(
    "path", [p for p in python_files() if p.parent != PACKAGE or p.stem != "__init__"], ids=short_name
)
def test_imports_go_one_way(path):
    room = room_of(path)
    assert room in {*ORDER, *DOORS}, f"{room} is no room of design.md section 3"
    wrong = wrong_way(room, path.read_text("utf-8"), package_of(path))
    assert not wrong, f"{room} stands before what it imports: {wrong}"


@pytest.mark.parametrize("path", python_files(), ids=short_name)
def test_a_file_stays_short_enough_to_read(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines < LONGEST, f"{lines} lines: make it a folder of the same name"


def test_data_rooms_hold_no_python():
    assert not [path for room in DATA_ROOMS for path in (PACKAGE / room).rglob("*.py")]


def test_every_library_used_is_declared_and_every_declared_one_is_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[<>=\[ ]", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    owners = packages_distributions()
    used = set()
    for path in python_files():
        for _, name in imported_modules(path.read_text("utf-8"), package_of(path)):
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top != "enkephalin":
                used.add(owners[top][0].lower().replace("_", "-"))
    engines = {"h5netcdf", "h5py"}  # reached through xarray's own interface, by name
    assert used - declared == set()
    assert declared - used - engines == set()


def test_constraints_are_names_and_versions_only_and_cover_what_is_declared():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=\[ ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - pinned == set()
