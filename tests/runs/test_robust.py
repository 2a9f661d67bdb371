"""The whole program when its kept files are not what they were: it says the same, and only takes longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "enkephalin.cli", "simulate", "naltrexone_50mg_once", "--at", "6h", "--json"]


def start(**settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ) | settings
    )


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0 and err == "", err
    return out


@pytest.mark.slow
def test_kept_files_that_are_new_damaged_foreign_or_missing_change_no_word(tmp_path: Path):
    usual = said(start())
    cache = tmp_path / "cache"
    both = [start(ENKEPHALIN_CACHE=str(cache)) for _ in range(2)]  # at once, with nothing kept
    assert [said(process) for process in both] == [usual, usual]
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert kept
    for number, path in enumerate(kept):
        raw = path.read_bytes()
        path.write_bytes((raw[: len(raw) // 2], b"\x7fELF of another program", b"")[number % 3])
    assert said(start(ENKEPHALIN_CACHE=str(cache))) == usual
    assert said(start(ENKEPHALIN_CACHE=str(cache))) == usual

    home = tmp_path / "home"
    home.write_text("not even a folder")  # nobody can write here, not even who may write everywhere
    assert said(start(HOME=str(home), XDG_CACHE_HOME=str(home), ENKEPHALIN_CACHE="")) == usual
