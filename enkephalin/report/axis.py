"""Axes: round ticks for values and for times.

Needs    the lowest and highest value, or a window of time in h
Gives    ``value_axis``, ``log_axis``, ``time_axis``: an ``Axis`` with its ends, ticks and labels
Leaves   drawing: see chart.py
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .words import DAY, MINUS, number

STEPS_OF_HOURS: tuple[int, ...] = (1, 2, 3, 6, 12, 24)
STEPS_OF_DAYS: tuple[int, ...] = (1, 2, 5, 7, 10, 14, 20, 30, 60, 90, 180, 365, 730)
STEPS_OF_MINUTES: tuple[int, ...] = (1, 2, 5, 10, 15, 20, 30, 60)
LONGEST_IN_MINUTES, LONGEST_IN_HOURS = 3.0, 4 * DAY
MINUTES = 1 / 60  # of an hour
FEW_DECIMALS = 4
DUST = 1e-6  # a value this far under zero, beside the largest, is numerical dust


@dataclass(frozen=True)
class Axis:
    """Two ends, the ticks between them, and what to write at each; ``logarithmic`` for a scale of tenfold steps."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    unit: str = ""
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1; a value outside is put at the nearer end."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def value_axis(low: float, high: float, *, wanted: int = 4) -> Axis:
    """A linear axis that holds both values. It starts at 0 unless that would squash what is to be seen."""
    if (low >= 0 and low < high / 2) or 0 > low > -DUST * high:
        low = 0.0
    if high - low < 1e-9 * max(abs(high), abs(low), 1e-9):
        high = low + (abs(low) if abs(low) > 1e-9 else 1.0)
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(k * step for k in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, _labels(ticks, step))


def _labels(ticks: tuple[float, ...], step: float) -> tuple[str, ...]:
    """Ticks with as many decimals as tell them apart."""
    decimals = next((d for d in range(FEW_DECIMALS + 1) if abs(round(step, d) - step) < 1e-6 * step), None)
    if decimals is None or max(abs(tick) for tick in ticks) >= 1e6:
        return tuple(number(tick) for tick in ticks)
    return tuple(f"{tick + 0.0:,.{decimals}f}".replace("-", MINUS) for tick in ticks)


def log_axis(high: float, *, decades: int = 4) -> Axis:
    """A tenfold axis from the first round value above ``high`` down ``decades`` steps."""
    top = math.ceil(math.log10(high)) if high > 0 else 0
    ticks = tuple(10.0**k for k in range(top - decades, top + 1))
    return Axis(ticks[0], ticks[-1], ticks, tuple(number(tick) for tick in ticks), logarithmic=True)


def time_axis(start: float, end: float, *, wanted: int = 6) -> Axis:
    """A time axis over [start, end] in h; labels are minutes, hours or days, as the window is long."""
    length = end - start
    unit, scale, steps = ("d", DAY, STEPS_OF_DAYS)
    if length <= LONGEST_IN_HOURS:
        unit, scale, steps = ("h", 1.0, STEPS_OF_HOURS)
    if length <= LONGEST_IN_MINUTES:
        unit, scale, steps = ("min", MINUTES, STEPS_OF_MINUTES)
    rough = length / scale / wanted
    step = scale * next((step for step in steps if step >= rough), steps[-1])
    ticks = tuple(k * step for k in range(math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9) + 1))
    labels = tuple(number(tick / scale).replace("-", MINUS) for tick in ticks)
    return Axis(start, end, ticks, labels, unit)
