"""A person's numbers do not depend on company, threads or chunks; narrower machines say nearly the same."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
from helpers import sbml_of

from enkephalin.compiler.target import best_instructions
from enkephalin.errors import RequestError
from enkephalin.kernels.compiled import METHODS
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

MODEL = sbml_of("""model m()
  g = 0; c = 0; e = 0; s = 1; ka = 1.1; ke = 0.3; kd = 4; h = 1.7; rise = 0.1; clock := 1 + 0.3*cos(0.26*(time - 8));
  g' = -ka*g; c' = ka*g - ke*c; e' = kd*(c - e); s' = rise*(clock*(1 + e^h/(e^h + 0.5^h)) - s); end""")
NAMES = ["c", "s", "clock"]
TIMES = np.arange(0, 96, 1.5)
EVENTS = EventTable.of([(1.0, 8.0, 9, "g", True, 1.0), (30.0, 0, 1, "rise", False, 0.2)])


def people(count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        name: value * np.exp(0.3 * rng.standard_normal(count)) for name, value in (("ka", 1.1), ("ke", 0.3), ("h", 1.7))
    }


def seen(theta: dict[str, np.ndarray], **more) -> np.ndarray:
    return run(MODEL, theta, EVENTS, TIMES, NAMES, **more)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_person_is_the_same_alone_and_in_any_company(dtype: str) -> None:
    theta = people(37)
    together = seen(theta, dtype=dtype, threads=2)
    for chunk in (1, 5, 16):
        parts = [
            seen({k: v[i : i + chunk] for k, v in theta.items()}, dtype=dtype, threads=1) for i in range(0, 37, chunk)
        ]
        np.testing.assert_array_equal(np.concatenate(parts), together)


def test_the_order_of_people_does_not_matter() -> None:
    theta = people(21)
    order = np.random.default_rng(1).permutation(21)
    shuffled = seen({k: v[order] for k, v in theta.items()}, threads=2)
    np.testing.assert_array_equal(shuffled, seen(theta, threads=1)[order])


def test_asking_for_more_times_or_values_changes_none_that_was_asked_before() -> None:
    theta = people(9)
    few = run(MODEL, theta, EVENTS, TIMES[[3, 20, 63]], ["s"])
    np.testing.assert_allclose(few[:, :, 0], seen(theta)[:, [3, 20, 63], 1], rtol=1e-12)


SETS = {"neon": [], "sse2": [], "avx2": ["sse2"], "avx512": ["avx2", "sse2"]}


@pytest.mark.parametrize("instructions", SETS[best_instructions()])
def test_narrower_instruction_sets_agree_within_rounding(instructions: str) -> None:
    theta = people(11)
    # Rounding may change a step size in its last digits; the tolerance of the steps bounds what comes of it.
    found = seen(theta, instructions=instructions, tolerance=1e-8)
    np.testing.assert_allclose(found, seen(theta, tolerance=1e-8), rtol=1e-7, atol=1e-9)


def test_half_the_digits_keep_the_error_under_a_thousandth() -> None:
    theta = people(11)
    exact = seen(theta, tolerance=1e-9)
    size = np.abs(exact).max(axis=1, keepdims=True)
    assert (np.abs(seen(theta, dtype="float32") - exact) / size).max() < 1e-3


def test_a_clock_is_as_exact_after_years_with_half_the_digits() -> None:
    # After 50,000 h the next 32-bit number is 14 s away: the angle of a day's rhythm would be known to a thousandth.
    text = """model m() period = 24; peak = 8.3; wave := cos(6.283185307179586*(time - peak)/period);
      x = 0; x' = 3*(wave - x); since := (time - peak)/period; end"""
    sbml, times = sbml_of(text), np.arange(0, 50_000, 0.987)
    seen32, seen64 = (
        run(sbml, {}, EventTable.empty(), times, ["x", "wave", "since"], tolerance=1e-5, dtype=dtype)[0]
        for dtype in ("float32", "float64")
    )
    np.testing.assert_allclose(seen32[:, :2], seen64[:, :2], atol=3e-5)
    np.testing.assert_allclose(seen32[:, 2], seen64[:, 2], rtol=3e-7, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_slow_state_moves_on_with_half_the_digits(method: str) -> None:
    # A step adds about one digit of the last place of a 32-bit 1, and what was rounded away must not be lost.
    sbml = sbml_of("model m() slow = 1; day = 0; slow' = 1.3e-7; day' = 3*(cos(0.26*time) - day); end")
    dose = EventTable.of([(1000.0, 0, 1, "slow", False, 2.0)])
    found = run(sbml, {}, dose, [999.0, 20_000.0], ["slow"], dtype="float32", method=method)[0, :, 0]
    np.testing.assert_allclose(found - [1, 2], [999 * 1.3e-7, 19_000 * 1.3e-7], rtol=1e-3, atol=1.2e-7)


def test_an_instruction_set_or_dtype_the_machine_lacks_is_refused() -> None:
    with pytest.raises(RequestError, match="no 'mmx'"):
        seen({}, instructions="mmx")
    with pytest.raises(RequestError, match="float16"):
        seen({}, dtype="float16")


def test_an_interrupt_ends_the_run_at_once() -> None:
    theta = people(200_000)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    begin = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(MODEL, theta, EVENTS, TIMES[-1:], NAMES)
    assert time.monotonic() - begin < 5


def test_subnormal_numbers_are_back_after_a_run() -> None:
    seen(people(4), threads=1)
    assert np.float64(1e-310) * np.float64(0.5) > 0
