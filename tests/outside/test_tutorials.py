"""Tutorials and explanations do what they say: their Python blocks run."""

from __future__ import annotations

import doctest

import pytest
from rooms import ROOT

SLOW = {"breakup_buprenorphine.md"}  # three bodies live a month with a drug at three speeds: half a minute
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if ">>> " in page.read_text("utf-8"))
CASES = [pytest.param(page, id=page.stem, marks=[pytest.mark.slow] * (page.name in SLOW)) for page in PAGES]


@pytest.mark.parametrize("page", CASES)
def test_the_blocks_of_a_page_run(page):
    ran = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert ran.attempted > 0
    assert ran.failed == 0


def test_there_are_three_tutorials():
    names = {page.stem for page in (ROOT / "docs" / "tutorials").glob("*.md")}
    assert {"cyberball_naltrexone", "breakup_buprenorphine", "null_result"} <= names
