"""Every watched value is a wire that some module gives, in a unit, with a meaning that is tested."""

from __future__ import annotations

import re

import pytest
from test_meanings import ROWS

from enkephalin.compiler.model import build
from enkephalin.records.tables import all_rows
from enkephalin.records.watched import watch_rows
from enkephalin.simulate.watching import plain_unit

SCALES = {"cows": "cows_expected"}  # rounded by a rater (simulate): what stands before it is what has a meaning
CASES = [row for row in watch_rows() if not row["scale"] or row["symbol"]]


@pytest.fixture(scope="module")
def body():
    return build("human")


def wires_of(row, body):
    symbol = row["symbol"] or SCALES[row["name"]]
    form = re.compile(re.sub(r"\\{\w+\\}", r"\\w+?", re.escape(symbol)))
    return [name for name in body.rows if form.fullmatch(name) and "__" not in name]


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["name"])
def test_a_watched_value_has_a_unit_and_a_tested_meaning(row, body):
    found = wires_of(row, body)
    assert found, row["symbol"]
    for name in found:
        source = body.rows[name]
        meaning = ROWS[source.module, source.name]
        bounded = meaning["low"] and meaning["low"] == meaning["high"]
        assert bounded or meaning["rises_with"] or meaning["falls_with"] or "test_" in meaning["note"], name


@pytest.mark.parametrize("row", watch_rows(), ids=lambda row: row["name"])
def test_a_watched_value_says_its_unit_and_what_it_is(row):
    assert row["unit"] and plain_unit(row["unit"]) and row["about"]


def test_every_wire_that_is_watched_has_a_row_with_a_unit(body):
    units = {(row.module, row.name): row.unit for row in all_rows()}
    for row in CASES:
        for name in wires_of(row, body):
            source = body.rows[name]
            assert units[source.module, source.name], name
