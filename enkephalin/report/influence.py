"""Which assumed numbers matter for this result: each one tried with a tenth more.

Needs    a result, its rows, and an engine that runs many people at once
Gives    ``with_influence``
Leaves   a real sensitivity analysis, in which numbers vary together

Every tried number makes one more person, who is like the first but for that number; all live through the same scenario
in one call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from ..compiler.model import Model
from ..errors import EnkephalinError
from ..records.shapes import Person, ResolvedScenario
from ..records.shapes.person import Setting
from ..simulate import simulate
from ..simulate.again import provenance_of
from .assumptions import Assumptions, Row
from .systems import layout, lines, moves, unit_of

STEP = 0.1  # a tenth more
ENGINE = "kernel"
MOST_TIMES = 120


def with_influence(result: xr.Dataset, model: Model, rows: Sequence[Row]) -> Assumptions:
    """The rows with their influence on the first headline of the result.

    Nothing is computed for many people, for a result without a headline, or where the engine refuses.
    """
    made = provenance_of(result)
    people = made["who"].get("records") or []
    wanted = _outcome(result)
    if len(people) != 1 or wanted is None:
        return Assumptions(tuple(rows))
    tried = [row for row in rows if row.status == "assumed" and row.value]
    try:
        extremes = _extremes(made, model, Person.model_validate_json(json.dumps(people[0])), tried, wanted, result)
    except EnkephalinError:
        return Assumptions(tuple(rows))
    change = {
        row.name: (extreme - extremes[0]) * np.sign(_step(row))
        for row, extreme in zip(tried, extremes[1:], strict=True)
    }
    known = [replace(row, influence=float(change[row.name])) if row.name in change else row for row in rows]
    unit = unit_of(result, [wanted])
    return Assumptions(tuple(known), f"“{wanted['label']}” ({unit})")


def _outcome(result: xr.Dataset) -> Mapping[str, Any] | None:
    """The first headline that this result can show and that moves; those that its scenario watches go first."""
    asked = set(provenance_of(result)["scenario"]["watch"])
    ordered = sorted(layout()["headlines"], key=lambda wanted: wanted["watch"] not in asked)
    for wanted in ordered:
        entry = _smooth(wanted)
        if entry["watch"] in result and any(moves(line, unit_of(result, [entry])) for line in lines(result, entry)):
            return wanted
    return None


def _smooth(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A headline read from its value before rounding, where it has one."""
    return {**wanted, "watch": wanted.get("smooth", wanted["watch"])}


def _step(row: Row) -> float:
    """A tenth more; a tenth less, then told with the other sign, for a share that would pass 1."""
    return -STEP if row.unit == "share" and row.value * (1 + STEP) > 1 else STEP


def _extremes(
    made: Mapping[str, Any],
    model: Model,
    person: Person,
    rows: Iterable[Row],
    wanted: Mapping[str, Any],
    result: xr.Dataset,
) -> np.ndarray:
    """The headline of the person as they are, then of each who is like them but for one row; shape (1 + row,)."""
    settings = ((row.name, Setting(value=row.value * (1 + _step(row)), unit=row.unit)) for row in rows)
    others = [
        person.model_copy(update={"parameters": {**person.parameters, name: setting}}) for name, setting in settings
    ]
    after = result["time"].values[result["time"].values >= 0]
    times = after[np.unique(np.linspace(0, len(after) - 1, MOST_TIMES).round().astype(int))]
    entry = _smooth(wanted)
    seen = simulate(
        [person, *others],
        ResolvedScenario.model_validate_json(json.dumps(made["scenario"])),
        model=model,
        at=times,
        watch=[entry["watch"]],
        engine=ENGINE,
    )
    values = seen[entry["watch"]].sel(entry.get("at", {})).transpose("person", "time").values
    return np.asarray(values.max(axis=1) if wanted["which"] == "highest" else values.min(axis=1))
