"""The parts of the report: axes, lines, words, numbers."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic
from hypothesis import given
from hypothesis import strategies as some

from enkephalin.records import resolve
from enkephalin.records.shapes import Scenario
from enkephalin.report.asked import happenings, marks
from enkephalin.report.axis import time_axis, value_axis
from enkephalin.report.chart import Band, Chart, Series, describe, draw, kinds_of, thin
from enkephalin.report.numbers import course, headlines, summarise
from enkephalin.report.page import windows
from enkephalin.report.words import listing, moment, number, span

FINITE = some.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0123456, "0.0123"), (1234.5, "1,230"), (-2, "−2"), (99.96, "100"), (1.2e-7, "1.2 × 10⁻⁷")],
)
def test_a_number_reads_as_a_person_writes_it(value, text):
    assert number(value) == text


def test_a_missing_number_is_a_dash():
    assert number(float("nan")) == "–"


@pytest.mark.parametrize(
    ("hours", "text"), [(0, "0 h"), (0.5, "30 min"), (36, "36 h"), (72, "3 d"), (-4320, "−180 d"), (-0.25, "−15 min")]
)
def test_a_moment_bears_the_unit_a_person_would_choose(hours, text):
    assert moment(hours) == text
    assert span(abs(hours)) == text.lstrip("−")


def test_things_are_joined_as_in_a_sentence():
    assert [listing(t) for t in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@given(low=FINITE, high=FINITE)
def test_an_axis_holds_both_values_and_has_few_round_ticks(low, high):
    low, high = min(low, high), max(low, high)
    axis = value_axis(low, high)
    slack = 1e-6 * max(1.0, abs(low), abs(high))  # ticks are sums of a rounded step
    assert axis.low <= low + slack
    assert axis.high >= high - slack
    assert 2 <= len(axis.ticks) <= 12


@given(start=some.floats(-9000, 0), length=some.floats(0.5, 20000))
def test_time_ticks_lie_inside_the_window(start, length):
    axis = time_axis(start, start + length)
    assert all(start - 1e-6 <= tick <= start + length + 1e-6 for tick in axis.ticks)
    assert 1 <= len(axis.ticks) <= 30
    assert axis.unit in ("min", "h", "d")
    assert all(label.lstrip("−").replace(",", "").isdigit() for label in axis.labels)  # whole numbers


@given(some.lists(some.floats(0, 240), min_size=3, max_size=60))
def test_thinning_keeps_the_ends_and_moves_no_line_further_than_its_slack(heights):
    points = [(8.0 * k, y) for k, y in enumerate(heights)]
    kept = thin(points, slack=0.5)
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    xs, ys = np.array(kept).T
    for x, y in points:
        piece = min(int(np.searchsorted(xs, x, side="right")), len(xs) - 1)
        slope = (ys[piece] - ys[piece - 1]) / (xs[piece] - xs[piece - 1])
        away = abs(np.interp(x, xs, ys) - y) / np.hypot(1, slope)
        assert away <= 0.5 + 1e-6


def test_a_chart_speaks_its_lines_and_escapes_what_it_is_told():
    time = np.linspace(-10, 10, 21)
    chart = Chart("<b>x</b>", "points", (Series("a & b", time, time**2),), bands=(Band("mild", 5, 13),))
    picture = draw(chart, -10, 10, key="k")
    assert "<b>" not in picture
    assert "a &amp; b: 100 at −10 h" in picture
    assert 'aria-labelledby="k-t k-d"' in picture
    assert "mild" in picture
    assert describe(chart, -10, 10).endswith("100 points at 10 h.")


def test_a_chart_of_nothing_but_gaps_is_still_a_chart():
    time = np.linspace(0, 5, 6)
    chart = Chart("gaps", "z", (Series("none", time, np.full(6, np.nan)),))
    assert draw(chart, 0, 5, key="k").startswith("<svg")


def test_history_is_shaded_only_where_there_is_history():
    time = np.linspace(-10, 10, 21)
    chart = Chart("x", "z", (Series("a", time, time),))
    assert 'class="history"' in draw(chart, -10, 10, key="k")
    assert 'class="history"' not in draw(chart, 0, 10, key="k")


def test_a_long_run_is_drawn_twice_and_a_short_one_once():
    assert windows(0.0, 24.0) == ((0.0, 24.0),)
    near, whole = windows(-4320.0, 720.0)
    assert near == (-24.0, 168.0)
    assert whole[0] > -4320.0 and whole[1] == 720.0
    assert windows(-4320.0, 720.0, with_history=True)[1] == (-4320.0, 720.0)


def test_a_course_begins_and_ends_at_the_first_named_band():
    time = np.arange(0.0, 11.0)
    rise = Series("cows", time, np.array([0, 2, 6, 9, 5, 4, 5, 4, 2, 1, 0], dtype=float))
    run = course(rise, synthetic.BANDS["cows"])
    assert run is not None
    assert (run.threshold, run.begins, run.ends) == (5, 2.0, 7.0)
    calm = course(Series("cows", time, np.zeros(11)), synthetic.BANDS["cows"])
    assert calm is not None and calm.begins is None


def test_headlines_count_from_zero_and_name_the_band():
    tiles = headlines(synthetic.result(), synthetic.BANDS)
    assert tiles[0].label == "Peak COWS"
    assert tiles[0].value == "18"
    assert tiles[0].remark.endswith("moderate")
    summary = summarise(Series("x", np.array([-5.0, 0.0, 5.0]), np.array([9.0, 1.0, 2.0])), "z")
    assert summary.highest == "2 at 5 h"


def test_what_happens_again_and_again_is_told_and_named_once():
    text = {
        "id": "meetings",
        "about": "Three meetings, evenly, and one day of laughter.",
        "lasts": "30 d",
        "zero": "1 d",
        "happens": ("ex contact for 2 h at 8 d every 7 d x 3", "laughter for 1 d at 3 d"),
        "watch": ("loss",),
        "every": "1 h",
    }
    scenario = resolve(Scenario.model_validate(text))
    assert happenings(scenario) == (
        "Laughter, level 1 from 48 h to 3 d.",
        "Ex contact, 70 % for 2 h, every 7 d, 3 times, from 7 d to 21 d.",
    )
    assert len(marks(scenario)) == 4
    assert len(kinds_of(marks(scenario))) == 2
