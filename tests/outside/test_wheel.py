"""The wheel carries all that it needs, and works from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from rooms import PACKAGE, ROOT

TRAVELS = {".ant", ".csv", ".yaml", ".css", ".py", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from this tree without network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
    return next(folder.glob("*.whl"))


def test_every_file_of_the_package_travels_in_the_wheel(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("enkephalin/")}
    here = {
        str(path.relative_to(ROOT)) for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - inside == set()
    assert {Path(name).suffix for name in here} <= TRAVELS
    assert "enkephalin-0" not in "".join(inside)


def test_the_wheel_bears_its_licence_and_its_command(wheel):
    texts = {name.rpartition("/")[2]: name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" in name}
    assert "LICENSE" in texts
    assert "enkephalin = enkephalin.cli:main" in zipfile.ZipFile(wheel).read(texts["entry_points.txt"]).decode()


def test_the_installed_wheel_reads_its_own_data_from_another_folder(wheel, tmp_path):
    """A folder with nothing but the wheel stands before this tree on the path; libraries are those of the tests."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    said = _run([sys.executable, "-m", "enkephalin.cli", "list", "scenarios"], tmp_path, {"PYTHONPATH": str(site)})
    assert "heroin_withdrawal" in said
    where = _run(
        [sys.executable, "-c", "import enkephalin; print(enkephalin.__file__)"], tmp_path, {"PYTHONPATH": str(site)}
    )
    assert where.startswith(str(site))


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment_simulates_from_any_folder(wheel, tmp_path):
    """With downloads: what a stranger does."""
    venv.create(tmp_path / "empty", with_pip=True)
    python = str(tmp_path / "empty" / "bin" / "python")
    _run([python, "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)], tmp_path, {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [python, "-m", "enkephalin.cli", "simulate", "naltrexone_50mg_once", "--at", "6h", "--json"]
    rows = json.loads(_run(command, elsewhere, {}))["rows"]
    assert rows and {row["time_h"] for row in rows} == {6.0}
    assert json.loads(_run([python, "-m", "enkephalin.cli", "doctor", "--json"], elsewhere, {}))["sound"]


def _run(command: list[str], folder: Path, more: dict[str, str]) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | more
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
