"""exp, log, power, sine, cosine: as exact as NumPy over their whole range, on every instruction set of the machine."""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import pytest

from enkephalin.compiler import functions
from enkephalin.compiler.machine import Loaded, compile_text
from enkephalin.compiler.target import best_instructions, target_for
from enkephalin.compiler.vector import Writer
from enkephalin.kernels.population import aligned

SETS = {"neon": ["neon"], "sse2": ["sse2"], "avx2": ["avx2", "sse2"], "avx512": ["avx512", "avx2", "sse2"]}
NAMES = ("exp", "log", "power", "sin", "cos")
COUNT = 20_000
each_kind = pytest.mark.parametrize(
    ("instructions", "dtype"), [(i, d) for i in SETS[best_instructions()] for d in ("float64", "float32")]
)


@functools.cache
def own_functions(instructions: str, dtype: str) -> tuple[Loaded, int]:
    target = target_for(dtype, instructions)
    w = Writer(target)
    functions.define(w, frozenset(NAMES))
    for name in NAMES:
        with w.loop("%count") as i:
            arguments = [w.load("%a", i), w.load("%b", i)][: 2 if name == "power" else 1]
            w.store(w.call(f"v_{name}", *arguments), "%out", i)
        w.finish(f"many_{name}", "ptr %a, ptr %b, ptr %out, i64 %count")
    return Loaded(compile_text([w.text()], target), target), target.lanes


def own(name: str, instructions: str, dtype: str, a: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Our function on many numbers, with numbers too small to be normal as the machine has them by default."""
    code, lanes = own_functions(instructions, dtype)
    rows = -(-len(a) // lanes)
    arrays = [aligned(rows, lanes, np.dtype(dtype)) for _ in range(3)]
    for array, values in zip(arrays, (a, a if b is None else b), strict=False):
        array.reshape(-1)[: len(a)] = values
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    kind(code.address(f"many_{name}"))(*(array.ctypes.data for array in arrays), rows)
    return arrays[2].reshape(-1)[: len(a)].copy()


def units_off(found: np.ndarray, exact: np.ndarray) -> float:
    """Worst error in units of the last place; ``exact`` has more digits than ``found``."""
    spacing = np.spacing(np.abs(exact).astype(found.dtype)).astype(np.longdouble)
    return float((np.abs(found.astype(np.longdouble) - exact) / spacing).max())


def numbers(dtype: str, low: float, high: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(low, high, COUNT).astype(dtype)


def widest(dtype: str) -> float:
    """ln of the largest and smallest numbers that the tests ask for."""
    return 700.0 if dtype == "float64" else 86.0


@each_kind
def test_exp_is_exact_to_two_units_everywhere(instructions: str, dtype: str) -> None:
    x = np.concatenate([numbers(dtype, -widest(dtype), widest(dtype)), numbers(dtype, -1, 1)])
    assert units_off(own("exp", instructions, dtype, x), np.exp(x.astype(np.longdouble))) < 2


@each_kind
def test_log_is_exact_to_two_units_everywhere(instructions: str, dtype: str) -> None:
    x = np.concatenate([np.exp(numbers(dtype, -widest(dtype), widest(dtype))), numbers(dtype, 0.5, 2)])
    x = np.append(x[x != 1], 1 + np.random.default_rng(2).normal(0, 1e-4, 1000).astype(dtype))
    x = x[x != 1]
    assert units_off(own("log", instructions, dtype, x), np.log(x.astype(np.longdouble))) < 2


@each_kind
def test_power_is_exact_to_two_units_everywhere(instructions: str, dtype: str) -> None:
    x = np.concatenate([np.exp(numbers(dtype, -widest(dtype), widest(dtype))), numbers(dtype, 0.5, 2, seed=3)])
    logarithm = np.log(x.astype(np.longdouble))
    share = np.random.default_rng(4).uniform(-1, 1, len(x))
    y = (share * widest(dtype) / np.maximum(np.abs(logarithm), 1e-2)).astype(dtype)
    exact = np.exp(y.astype(np.longdouble) * logarithm)
    # The exponent of the exact value itself is known to 64 digits only: that is 0.3 units here.
    assert units_off(own("power", instructions, dtype, x, y), exact) < 2


@each_kind
def test_powers_by_halves_are_exact_to_three_units_whatever_stands_in_the_other_lanes(
    instructions: str, dtype: str
) -> None:
    x = np.exp(numbers(dtype, -widest(dtype) / 5, widest(dtype) / 5))
    y = (np.random.default_rng(5).integers(-8, 9, len(x) // 16).repeat(16) / 2).astype(dtype)
    alone = own("power", instructions, dtype, x, y)
    assert units_off(alone, np.power(x.astype(np.longdouble), y)) < 3
    mixed = np.where(np.arange(len(x)) % 2, np.float64(1.3), y).astype(dtype)
    np.testing.assert_array_equal(own("power", instructions, dtype, x, mixed)[::2], alone[::2])


@each_kind
@pytest.mark.parametrize("name", NAMES)
def test_several_at_once_are_the_same_bytes_as_one_by_one(instructions: str, dtype: str, name: str) -> None:
    target = target_for(dtype, instructions)
    w = Writer(target)
    functions.define(w, frozenset((name, f"{name}_3")))
    rows, given = 3, ["%a"] if name != "power" else ["%a", "%b"]
    arguments = [[w.load(array, k) for k in range(rows)] for array in given]
    for k, value in enumerate(w.call_together(f"v_{name}_3", [a for column in arguments for a in column], rows)):
        w.store(value, "%out", k)
        w.store(w.call(f"v_{name}", *(column[k] for column in arguments)), "%out", rows + k)
    w.finish("both", "ptr %a, ptr %b, ptr %out")
    code = Loaded(compile_text([w.text()], target), target)
    a, b, out = (aligned(2 * rows, target.lanes, np.dtype(dtype)) for _ in range(3))
    a[:rows] = np.random.default_rng(6).uniform(-0.2, 3, (rows, target.lanes))
    b[:rows] = np.random.default_rng(7).choice([1.5, 3, -0.7], (rows, target.lanes))
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    kind(code.address("both"))(*(array.ctypes.data for array in (a, b, out)))
    np.testing.assert_array_equal(out[:rows], out[rows:])


@each_kind
@pytest.mark.parametrize("name", ["sin", "cos"])
def test_waves_are_exact_to_three_units_for_a_century_of_hours(instructions: str, dtype: str, name: str) -> None:
    far = 1e6 if dtype == "float64" else 1e4
    x = np.concatenate([numbers(dtype, -far, far), numbers(dtype, -10, 10)])
    exact = getattr(np, name)(x.astype(np.longdouble))
    assert units_off(own(name, instructions, dtype, x), exact) < 3


@each_kind
def test_special_numbers_are_what_numpy_says(instructions: str, dtype: str) -> None:
    x = np.array([0, 1, -1, np.inf, -np.inf, np.nan, 900, -900], dtype)
    with np.errstate(all="ignore"):
        for name in ("exp", "log"):
            np.testing.assert_allclose(own(name, instructions, dtype, x), getattr(np, name)(x), rtol=1e-6)
        for y in (3.0, 2.0, -2.0):
            np.testing.assert_allclose(
                own("power", instructions, dtype, x, np.full(8, y)), np.power(x, np.float64(y)).astype(dtype), rtol=1e-6
            )


@each_kind
def test_nothing_to_the_zeroth_hides_a_nan(instructions: str, dtype: str) -> None:
    x = np.array([0, 5, -3, np.nan], dtype)
    np.testing.assert_array_equal(own("power", instructions, dtype, x, np.zeros(4)), [1, 1, 1, np.nan])


@each_kind
def test_a_broken_power_of_a_slip_below_zero_is_zero(instructions: str, dtype: str) -> None:
    x = np.array([-1e-12, -0.5, 0.25], dtype)
    np.testing.assert_allclose(own("power", instructions, dtype, x, np.full(3, 1.5)), [0, 0, 0.125], rtol=1e-6)
