"""The shared smooth shapes do what their names say, and have no corner."""

from __future__ import annotations

import numpy as np
from equations import shape
from hypothesis import given
from hypothesis import strategies as st

widths = st.floats(0.01, 1)
anything = st.floats(-20, 20)
ROUNDING = 1e-12


@given(anything, widths)
def test_a_rise_counts_and_a_fall_does_not(x, width):
    value = shape("positive_part")(x, width)
    assert abs(value - max(x, 0)) <= width / 2 + ROUNDING
    assert value <= max(x, 0) + ROUNDING


@given(widths)
def test_the_positive_part_of_nothing_is_nothing(width):
    assert shape("positive_part")(0.0, width) == 0.0


@given(anything, anything, widths)
def test_more_never_counts_less(x, y, width):
    low, high = sorted((x, y))
    for name, more in (("positive_part", (width,)), ("logistic", ())):
        assert shape(name)(low, *more) <= shape(name)(high, *more) + ROUNDING


@given(anything, widths)
def test_the_slope_of_the_positive_part_is_a_share_and_has_no_jump(x, width):
    step = 1e-6
    right = (shape("positive_part")(x + step, width) - shape("positive_part")(x, width)) / step
    left = (shape("positive_part")(x, width) - shape("positive_part")(x - step, width)) / step
    assert -1e-8 <= left <= right + 1e-8 <= 1 + 2e-8  # differences of numbers near 10 lose half the digits
    assert right - left <= step / width + 1e-8


@given(st.floats(0, 1e6), st.floats(0.01, 10))
def test_saturation_goes_from_nothing_to_all_and_is_half_at_half(x, half):
    saturating = shape("saturating")
    assert 0 <= saturating(x, half) <= 1
    assert saturating(half, half) == 0.5


@given(anything)
def test_the_logistic_is_symmetric_about_one_half(x):
    logistic = shape("logistic")
    assert abs(logistic(x) + logistic(-x) - 1) < ROUNDING
    assert 0 < logistic(x) < 1
    assert np.isclose(logistic(0.0), 0.5)
