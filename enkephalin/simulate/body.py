"""Body: which assembly, which slots, which patches; and what a scenario sets in it.

Needs    compiler.model, records (patches, slots)
Gives    ``choose_body``, ``patches_of``, ``species_of``, ``day_of``, ``scenario_values``
Leaves   people (see ``people``), events (records.scenario.events)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ..compiler.model import Model, build, rebuilt
from ..errors import RequestError
from ..records.catalog import get
from ..records.hypotheses import hypothesis_named
from ..records.scenario.slots import Slots
from ..records.shapes import Patch, ResolvedScenario

BODY, DAY = "human", "reference_day"
HUMAN = "human"  # the species of the tables
CLOCK, ZERO = "clock_start", "start"  # symbols that take the scenario's time of day, and its zero


def choose_body(
    model: Model | None,
    slots: Slots,
    account: str | None = None,
    hypothesis: str | None = None,
    patches: Iterable[Patch] = (),
    species: str = HUMAN,
    more_parts: Iterable[str] = (),
) -> Model:
    """The smallest body that has the slots a scenario fills, and the parts that what is watched needs."""
    more_parts = tuple(more_parts)
    parts = (*slots.parts, *more_parts)
    more = [*patches_of(account, hypothesis), *patches]
    own = species_of(species)
    if model is None:
        return build(BODY, parts, [*([own] if own else []), *more])
    if own is not None and own.model_dump_json() not in model.records:
        raise RequestError(
            f"a {species} needs the body of a {species}",
            found="a model without it",
            expected=f"a model with the patch '{species}'",
            try_=f"model=patch(model, get('species', '{species}'))",
        )
    if more:
        raise RequestError(
            "a model and patches at once",
            found=", ".join(patch.id for patch in more),
            expected="either a model, or an account, a hypothesis or patches",
            try_="model=patch(model, ...)",
        )
    missing = [part for part in parts if part not in model.slots]
    if missing:
        raise RequestError(
            f"the model has no slot {', '.join(missing)}",
            found=f"slots {', '.join(model.slots) or 'none'}",
            expected=f"slots for {', '.join([*slots.drugs, *more_parts])}",
            try_=f"build('{model.name}')",
        )
    return model if set(model.slots) == set(parts) else rebuilt(model, model.name, parts)


def species_of(species: str) -> Patch | None:
    """The patch of a species; None for people."""
    found: Patch | None = None if species == HUMAN else get("species", species)
    return found


def patches_of(account: str | None, hypothesis: str | None) -> list[Patch]:
    """The patches that an account and a hypothesis mean; an account may bring a hypothesis of its own."""
    found: list[Patch] = [get("account", account)] if account else []
    chosen = hypothesis or next((patch.hypothesis for patch in found), None)
    return [*found, hypothesis_named(chosen)] if chosen else found


def day_of(model: Model) -> Model | None:
    """The undisturbed day of a body, with the same patches; None where its biology has no such assembly."""
    path = Path(model.biology) / "models" / f"{DAY}.ant"
    return rebuilt(model, DAY, None) if path.is_file() else None


def scenario_values(model: Model, scenario: ResolvedScenario) -> dict[str, np.ndarray]:
    """The time of day at the start and the zero of the scenario, wherever the body asks for them."""
    wanted: Mapping[str, float] = {CLOCK: scenario.clock, ZERO: scenario.zero}
    found = {}
    for name in model.parameters:
        symbol = name.rpartition("__")[2]
        if symbol in wanted:
            found[name] = np.array([wanted[symbol]])
    return found
