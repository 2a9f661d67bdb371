"""A tiny biology of its own for these tests, and a cache folder that nobody else writes to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures" / "biology"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def biology(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny biology, free to be spoiled, in the working folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(FIXTURES, tmp_path / "biology"))


@pytest.fixture
def spoil(biology: Path) -> Callable[[str, str, str], Path]:
    """Replace a text in one file of the copy; the text must be there."""

    def replace(file: str, old: str, new: str) -> Path:
        path = biology / file
        text = path.read_text()
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new))
        return biology

    return replace
