"""The page on read-outs shows the grammar that the reader obeys, and every example on it can be read."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from enkephalin.measure import grammar, parse

PAGE = (Path(__file__).parents[2] / "docs/reference/readouts.md").read_text("utf-8")


def test_the_page_and_the_reader_have_one_grammar():
    told = textwrap.dedent(grammar.__doc__[grammar.__doc__.index("    readout ") :]).strip()
    assert re.search(r"```\n(.*?)\n```", PAGE, re.DOTALL)[1] == told


def test_every_line_of_the_page_is_read():
    lines = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        parse(line)


def test_the_examples_in_the_errors_are_read():
    for line in grammar.EXAMPLES.split("; "):
        parse(line)
