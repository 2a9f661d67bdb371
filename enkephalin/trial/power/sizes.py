"""Sizes: how many people a power takes.

Needs    repeats
Gives    ``sizes_for``
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .result import NORMAL, Row, Size

FARTHEST = 4  # banks: with more people than so many banks the same people would come again and again
TRIES = 4  # sizes tried before the last is taken
NEAR = 2.0  # Monte Carlo errors
LARGEST = 1_000_000  # people: more are not looked for


def sizes_for(
    first: Row, n: int, *, alpha: float, bank: int, step: int, wanted: tuple[float, ...], run: Callable[[int], Row]
) -> tuple[Size, ...]:
    """The smallest n for each power: guessed from the root-n law, tried, and mended.

    Parameters
    ----------
    first : Row
        What n people gave.
    run : function of n
        Repeats with another n.
    step : int
        n is a multiple of it (people in one round of the orders).
    """
    return tuple(_size(first, n, alpha, bank, step, power, run) for power in wanted)


def _size(first: Row, n: int, alpha: float, bank: int, step: int, power: float, run: Callable[[int], Row]) -> Size:
    signal = abs(first.estimate) / first.spread if first.spread > 0 else math.inf
    if not signal > 0 or (first.power <= alpha + NEAR * first.error and signal < 1):
        return Size(power, None, None, None, f"the effect cannot be told from none with {n} people")
    z = NORMAL.inv_cdf(1 - alpha / 2)
    wanted = z + NORMAL.inv_cdf(power)
    guess = _whole(n * (wanted / signal) ** 2, step)
    if guess > min(FARTHEST * bank, LARGEST):
        return Size(power, guess, None, None, f"from the root-n law alone: a bank of {bank} is too small to try it")
    row, tried = (first, n) if guess == n else (run(guess), guess)
    for _ in range(TRIES):
        if abs(row.power - power) <= NEAR * row.error:
            break
        again = min(_whole(tried * (wanted / (_signal(row.power, z))) ** 2, step), FARTHEST * bank)
        if again == tried:
            break
        row, tried = run(again), again
    here = _signal(row.power, z)
    ends = [
        _whole(tried * (wanted / _signal(min(max(row.power + way * NEAR * row.error, 0.01), 0.999), z)) ** 2, step)
        for way in (1, -1)
    ]
    best = _whole(tried * (wanted / here) ** 2, step)
    return Size(power, best, ends[0], ends[1], f"n {tried} gave {row.power:.3f}")


def _signal(power: float, z: float) -> float:
    """By how many standard errors the effect stands out, if it is found with this power."""
    return max(z + NORMAL.inv_cdf(min(max(power, 0.01), 0.999)), 0.1)


def _whole(n: float, step: int) -> int:
    return max(step * math.ceil(n / step - 1e-9), 2 * step)
