"""Code written by the tests stays out of the user's cache; one folder for all keeps them quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of this test run."""
    before = os.environ.get("ENKEPHALIN_CACHE")
    os.environ["ENKEPHALIN_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["ENKEPHALIN_CACHE"]
    else:
        os.environ["ENKEPHALIN_CACHE"] = before
