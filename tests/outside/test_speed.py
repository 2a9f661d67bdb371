"""The door opens quickly, and a warm run is short."""

from __future__ import annotations

import subprocess
import sys

import pytest
from clock import seconds_of


def test_import_opens_no_room():
    script = "import sys, enkephalin; sys.exit(len({'numpy', 'xarray', 'pint', 'roadrunner'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_help_opens_no_engine():
    script = (
        "import sys\n"
        "from enkephalin.cli import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = {'numpy', 'xarray', 'pydantic', 'pint', 'antimony', 'roadrunner', 'llvmlite'}\n"
        "sys.exit(len(heavy & set(sys.modules)))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL).returncode == 0


def test_a_command_leaves_without_searching_what_it_leaves():
    script = (
        "import atexit, gc, sys\n"
        "from enkephalin.cli import main\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0]))\n"
        "main(['--version'])\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[1] == "True 200000"


WARM = ["simulate", "heroin_withdrawal", "--at", "48h", "--json"]


@pytest.mark.slow  # a clock stands in `make validate` alone
def test_the_import_takes_a_third_of_a_second_and_help_half_a_second():
    assert seconds_of([sys.executable, "-c", "import enkephalin"]) < 0.3
    assert seconds_of([sys.executable, "-m", "enkephalin.cli", "--help"]) < 0.5


@pytest.mark.slow
def test_a_warm_simulate_takes_less_than_a_second_and_a_half():
    command = [sys.executable, "-m", "enkephalin.cli", *WARM]
    seconds_of(command, tries=1)  # what is compiled is kept from here on
    assert seconds_of(command, tries=5) < 1.5


def test_a_warm_simulate_opens_nothing_that_it_does_not_need():
    script = (
        "import sys\n"
        "from enkephalin.cli import run\n"
        "assert run(sys.argv[1:]) == 0\n"
        "heavy = {'dask', 'pint', 'antimony', 'libsbml', 'roadrunner', 'zarr', 'scipy', 'matplotlib', 'distributed'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, *WARM]
    seconds_of(command, tries=1)
    opened = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert opened.strip() == "[]"
