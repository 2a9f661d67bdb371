"""What is read from a curve is what the straight lines between its samples say; a plain loop is the judge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from enkephalin.measure import curve

ROUNDING = 1e-9  # of the values' size: sums in another order differ in the last bits


@st.composite
def curves(draw, largest=100.0):
    """Times that rise, and two curves on them."""
    steps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=12))
    times = np.concatenate([[0.0], np.cumsum(steps)]) / 4 - draw(st.integers(0, 20))
    level = st.integers(-int(largest), int(largest)).map(float)
    return times, draw(arrays(float, (2, len(times)), elements=level))


@st.composite
def curves_and_windows(draw):
    times, values = draw(curves())
    whole = st.integers(0, 400).map(lambda share: float(times[0] + share / 400 * (times[-1] - times[0])))
    edge = whole | st.sampled_from(list(times))
    start, end = sorted((draw(edge), draw(edge)))
    return times, values, start if draw(st.booleans()) else None, end if draw(st.booleans()) else None


def close(one, other, size=100.0):
    return np.allclose(one, other, rtol=0, atol=ROUNDING * size, equal_nan=True)  # absolute: a share of the scale


def plain_points(times, values, start, end):
    """Points of the window by the rule in words, for one curve."""
    first = times[0] if start is None else start
    last = times[-1] if end is None else end
    points = [(t, v) for t, v in zip(times, values, strict=True) if first <= t and (t < last or (end is None))]
    if not points or points[0][0] > first:
        points.insert(0, (first, float(np.interp(first, times, values))))
    if points[-1][0] < last and last not in times:
        points.append((last, float(np.interp(last, times, values))))
    return points


@given(curves(), st.floats(0, 1))
def test_a_value_at_a_time_lies_on_the_line(case, share):
    times, values = case
    when = times[0] + share * (times[-1] - times[0])
    assert close(curve.at(times, values, when), [np.interp(when, times, row) for row in values])


@given(curves_and_windows())
def test_peak_and_lowest_are_points_of_the_window(case):
    times, values, start, end = case
    part = curve.stretch(times, values, start, end)
    (high, when_high), (low, when_low) = curve.highest(part), curve.lowest(part)
    for k, row in enumerate(values):
        points = plain_points(times, row, start, end)
        assert close(high[k], max(v for _, v in points))
        assert close(low[k], min(v for _, v in points))
        assert close(when_high[k], next(t for t, v in points if v == max(v for _, v in points)))
        assert close(when_low[k], next(t for t, v in points if v == min(v for _, v in points)))


@given(curves_and_windows())
def test_area_is_the_trapezoids_and_the_mean_lies_between_the_extremes(case):
    times, values, start, end = case
    part = curve.stretch(times, values, start, end)
    first, last = part.times[0], part.end
    fine = np.unique(np.concatenate([[first, last], times[(times > first) & (times < last)]]))
    expected = [np.trapezoid(np.interp(fine, times, row), fine) for row in values]
    assert close(curve.area(part), expected, size=100 * 120)
    if last > first:
        assert close(curve.mean(part), np.array(expected) / (last - first))


def plain_crossing(points, end, threshold, above, last):
    """Walk along the line and note where it is over."""
    sign = 1 if above else -1
    over = [(t, sign * (v - threshold)) for t, v in points]
    if last:
        over = over[::-1]
    for k, (t, v) in enumerate(over):
        if v > 0:
            if k == 0:
                return end if last else t
            t0, v0 = over[k - 1]
            return t + (t0 - t) * v / (v - v0)
    return math.nan


@given(curves_and_windows(), st.integers(-100, 100), st.booleans(), st.booleans())
def test_first_and_last_crossings_are_where_a_walker_finds_them(case, threshold, above, last):
    times, values, start, end = case
    part = curve.stretch(times, values, start, end)
    found = curve.crossing(part, threshold, above=above, last=last)
    expected = [
        plain_crossing(plain_points(times, row, start, end), part.end, threshold, above, last) for row in values
    ]
    assert close(found, expected)


@given(curves_and_windows(), st.integers(-100, 100))
def test_first_never_comes_after_last(case, threshold):
    times, values, start, end = case
    part = curve.stretch(times, values, start, end)
    first = curve.crossing(part, threshold, above=True, last=False)
    last = curve.crossing(part, threshold, above=True, last=True)
    assert np.array_equal(np.isnan(first), np.isnan(last))
    assert (np.nan_to_num(first) <= np.nan_to_num(last) + ROUNDING).all()


def test_what_is_missing_is_not_guessed():
    times = np.array([0.0, 1.0, 2.0])
    values = np.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]])
    part = curve.stretch(times, values, None, None)
    assert np.isnan(curve.highest(part)[0][0]) and curve.highest(part)[0][1] == 3
    assert np.isnan(curve.mean(part)[0])
    assert np.isnan(curve.crossing(part, 0.5, above=True, last=False)[0])


def test_a_dose_at_the_end_of_a_window_is_not_seen_in_it():
    times, plasma = np.array([0.0, 12.0, 24.0, 36.0]), np.array([1.0, 0.5, 9.0, 4.0])
    part = curve.stretch(times, plasma, 0.0, 24.0)
    assert curve.highest(part)[0] == 1.0
    assert np.isnan(curve.crossing(part, 5.0, above=True, last=False))
    assert curve.highest(curve.stretch(times, plasma, 24.0, None))[0] == 9.0


@given(half_life=st.floats(0.1, 1000), hours=st.floats(0.1, 100), size=st.floats(1e-3, 1e3))
def test_an_exponential_halves_in_its_half_life(half_life, hours, size):
    last = size * 2 ** (-hours / half_life)
    found = curve.halving(np.array([size, last, 0.0]), np.array([last, size, 0.0]), hours)
    assert found[0] == pytest.approx(half_life, rel=1e-6)
    assert np.isnan(found[1:]).all()  # what rises, and what is nothing, has none
