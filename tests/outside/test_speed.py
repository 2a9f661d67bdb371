"""The door opens quickly, and a warm run is short."""

from __future__ import annotations

import sys

from clock import seconds_of


def test_import_is_quick_and_opens_no_room():
    script = "import sys, enkephalin; sys.exit(len({'numpy', 'xarray', 'pint', 'roadrunner'} & set(sys.modules)))"
    assert seconds_of([sys.executable, "-c", script]) < 0.3


def test_help_is_quick_and_opens_no_engine():
    script = (
        "import sys\n"
        "from enkephalin.cli import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = {'numpy', 'xarray', 'pydantic', 'pint', 'antimony', 'roadrunner', 'llvmlite'}\n"
        "sys.exit(len(heavy & set(sys.modules)))\n"
    )
    assert seconds_of([sys.executable, "-c", script]) < 0.5


def test_a_warm_simulate_takes_under_five_seconds():
    command = [sys.executable, "-m", "enkephalin.cli", "simulate", "heroin_withdrawal", "--at", "48h", "--json"]
    assert seconds_of(command, tries=2) < 5
