"""The reader keeps the line of every key, and no text breaks it."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enkephalin.errors import RecordError
from enkephalin.records.files import decode
from enkephalin.records.reader import document


def test_every_key_and_item_knows_its_line():
    read = document("id: a\nlist:\n  - one\n  - key: two\n    other: 3\nflow: {x: 1, y: [1, 2]}\n", "a.yaml")
    assert read.at(("id",)) == "a.yaml:1"
    assert read.at(("list", 0)) == "a.yaml:3"
    assert read.at(("list", 1, "other")) == "a.yaml:5"
    assert read.at(("flow", "y", 1)) == "a.yaml:6"
    assert read.at(("list", 1, "not there")) == "a.yaml:4"


def test_values_read_as_yaml_1_2_says():
    data = document(
        "clock: 08:00\ndate: 2020-01-01\noctal: 010\nnumber: 1e3\nnothing: ~\ntruth: true\ntext: 'no'\nunder: 1_000\n",
        "a",
    ).data
    assert data == {
        "clock": "08:00",
        "date": "2020-01-01",
        "octal": 10,
        "number": 1000.0,
        "nothing": None,
        "truth": True,
        "text": "no",
        "under": "1_000",
    }


def test_a_mark_at_the_start_and_other_line_ends_do_no_harm():
    assert decode("\ufeffid: a\r\nb: c\r\n".encode(), "a") == "id: a\nb: c\n"


@pytest.mark.parametrize("word", ["yes", "No", "on", "OFF"])
def test_words_that_change_their_nature_between_readers_are_refused(word):
    read = document(f"id: {word}\n", "a.yaml")
    assert len(read.faults) == 1
    assert word in read.faults[0].problem


def test_a_bomb_of_brackets_does_not_explode():
    with pytest.raises(RecordError, match="nested too deeply"):
        document("a: " + "[" * 100_000, "a.yaml")


def test_a_bomb_of_aliases_does_not_explode():
    with pytest.raises(RecordError, match="anchor"):
        document("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "a.yaml")


def test_a_number_of_ten_thousand_digits_is_no_number():
    assert isinstance(document("a: " + "9" * 10_000, "a.yaml").data["a"], str)
    assert sys.get_int_max_str_digits() < 10_000


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    try:
        document(text, "a.yaml")
    except RecordError:
        return


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    try:
        document(decode(raw, "a.yaml"), "a.yaml")
    except RecordError:
        return


def test_a_hundred_thousand_brackets_are_refused_at_once():
    began = time.perf_counter()
    with pytest.raises(RecordError, match="nested too deeply"):
        document("a: " + "[" * 100_000, "deep.yaml")
    assert time.perf_counter() - began < 5  # a tenth of a second; read to the end it took half a minute
