"""What every wire and state of the body means: the bounds it keeps, and what it rises and falls with.

The table is meanings.csv. A wire or state that has no row there fails here: nothing enters the body without one.
Values are sampled within the bounds of the table; a bound that is a name holds against that symbol's value, and one
that begins with ~ is where values usually lie: they are sampled from there, but nothing keeps them in.
"""

from __future__ import annotations

import csv
import fnmatch
from pathlib import Path

import numpy as np
import pytest
from equations import Module, modules

from enkephalin.records.tables import all_rows

TABLE = list(csv.DictReader((Path(__file__).parent / "meanings.csv").read_text("utf-8").splitlines()))
ROWS = {(row["module"], row["symbol"]): row for row in TABLE}
SAMPLES = 400
ROUNDING = 1e-9  # relative; order of sums


def is_number(text):
    try:
        float(text.strip("~"))
    except ValueError:
        return False
    return True


def is_bound(text):
    return bool(text) and not text.startswith("~")


def sampled(module: Module, seed: int = 0) -> dict[str, np.ndarray]:
    """Random values of everything that the module reads and does not compute: wires, states, sampled parameters."""
    chance = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {"time": chance.uniform(0, 24, SAMPLES)}
    rows = [row for row in TABLE if row["module"] == module.name and row["symbol"] not in module.rules]
    for row in sorted(rows, key=lambda row: not is_number(row["high"] or "0")):
        low = float(row["low"].strip("~") or -10)
        high = (
            values[row["high"]] if row["high"] and not is_number(row["high"]) else float(row["high"].strip("~") or 10)
        )
        values[row["symbol"]] = low + (high - low) * chance.uniform(0, 1, SAMPLES)
    return values


def cases():
    for name, several in modules().items():
        for module in several:
            yield pytest.param(module, id=module.instance if len(several) > 1 else name)


CASES = list(cases())


def test_every_wire_and_state_has_a_meaning():
    missing = [
        f"{name}.{symbol}"
        for name, (module, *_) in modules().items()
        for symbol in (*module.wires, *module.rates)
        if (name, symbol) not in ROWS
    ]
    assert not missing


def test_every_meaning_is_of_something_that_exists_and_says_something():
    for (name, symbol), row in ROWS.items():
        module = modules()[name][0]
        known = {*module.wires, *module.rates, *module.rules, *module.values}
        assert symbol in known, f"{name}.{symbol}"
        assert row["low"] or row["high"] or row["rises_with"] or row["falls_with"], f"{name}.{symbol} says nothing"
        if symbol in (*module.rates, *module.gives) and row["low"] != row["high"]:
            told = row["rises_with"] or row["falls_with"] or "test_" in row["note"]
            assert told, f"{name}.{symbol}: what moves it?"


def test_every_wire_that_is_read_moves_something():
    for name, (module, *_) in modules().items():
        told = " ".join(f"{row['rises_with']} {row['falls_with']}" for row in TABLE if row["module"] == name).split()
        for wire in module.needs:
            covered = any(fnmatch.fnmatchcase(wire, word) for word in told)
            shown_elsewhere = "test_" in ROWS[name, wire]["note"]
            assert covered or shown_elsewhere, f"{name}.{wire} moves nothing that the table knows"


def test_every_wire_and_state_has_a_unit():
    units = {(row.module, row.name): row.unit for row in all_rows()}
    for name, (module, *_) in modules().items():
        for symbol in (*module.wires, *module.rates):
            assert units[name, symbol], f"{name}.{symbol}"


@pytest.mark.parametrize("module", CASES)
def test_what_a_module_gives_keeps_its_bounds(module):
    values = sampled(module)
    for symbol in module.gives:
        row = ROWS[module.name, symbol]
        found = np.broadcast_to(module.evaluate(symbol, values), SAMPLES)
        assert np.isfinite(found).all(), symbol
        for side, sign in (("low", 1), ("high", -1)):
            if is_bound(row[side]):
                limit = float(row[side]) if is_number(row[side]) else bound_by_name(module, row[side], values)
                slack = ROUNDING * np.maximum(1, np.abs(limit))
                assert (sign * (found - limit) >= -slack).all(), (
                    f"{symbol} leaves its {side} {row[side]}: {found.min()} {found.max()}"
                )


def bound_by_name(module, name, values):
    if name in module.rules:
        return module.evaluate(name, values)
    return values.get(name, module.values.get(name))


@pytest.mark.parametrize("module", [case for case in CASES if case.values[0].rates])
def test_a_state_that_reaches_its_bound_turns_back(module):
    for state in module.rates:
        row = ROWS[module.name, state]
        for side, sign in (("low", 1), ("high", -1)):
            if is_bound(row[side]):
                values = sampled(module, seed=1) | {state: np.full(SAMPLES, float(row[side]))}
                speed = sign * np.broadcast_to(module.rate(state, values), SAMPLES)
                assert (speed >= -ROUNDING).all(), f"{state} passes its {side} {row[side]}: {speed.min()}"


@pytest.mark.parametrize("module", CASES)
def test_what_moves_a_wire_or_state_moves_it_the_right_way(module):
    for symbol in (*module.gives, *module.rates):
        row = ROWS[module.name, symbol]
        for column, sign in (("rises_with", 1), ("falls_with", -1)):
            for pattern in row[column].split():
                names = fnmatch.filter(sampled(module), pattern)
                assert names, f"{module.name}.{symbol} {column} {pattern}: no such name"
                for name in names:
                    check_direction(module, symbol, name, sign)


def check_direction(module, symbol, name, sign):
    lower = sampled(module, seed=2)
    other = sampled(module, seed=3)[name]
    higher = dict(lower) | {name: np.maximum(lower[name], other)}
    lower[name] = np.minimum(lower[name], other)
    judge = module.rate if symbol in module.rates else module.evaluate
    one, two = (np.broadcast_to(judge(symbol, values), SAMPLES) for values in (lower, higher))
    change = sign * (two - one)
    slack = ROUNDING * np.maximum(np.abs(one), np.abs(two))
    told = f"{module.instance}: {symbol} does not {'rise' if sign > 0 else 'fall'} with {name}"
    assert (change >= -slack).all(), told
    silent = any(value == 0 for weight, value in module.values.items() if weight in weights_of(module, name))
    assert silent or (change > slack).any(), told + " at all"


def weights_of(module, name):
    """Constants that may be 0 and so silence a name: gains of regions that do not respond, weights of items."""
    return {f"gain_{name}", f"weight_{name}", "gain_rejection", "coupling_loss", "density_loss", "sites_loss"} & set(
        module.values
    )
