"""Columns: one number of each person of a draw, by name.

Needs    people; the names of rows (compiler), histories (records)
Gives    ``column``
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.names import parse_address
from ..errors import RequestError
from ..records.scenario.resolve import history_of
from ..records.study.faults import HISTORY
from .people import Draw

CM_A_METRE = 100
HOURS_A_DAY = 24


def column(people: Draw, name: str) -> NDArray[Any]:
    """One number of each person: of the body, a trait (1 or 0, or a score), or a drawn parameter in inner units.

    Raises
    ------
    RequestError
        The population does not let it vary.
    """
    if name in ("sex", "age", "weight", "height"):
        found: NDArray[Any] = getattr(people, name)
        return found
    if name == "body_mass_index":
        return people.weight / (people.height / CM_A_METRE) ** 2
    if name == HISTORY:
        return _history_length(people)
    if name in people.traits:
        return np.asarray(people.traits[name], float)
    if name in people.drugs:
        return np.asarray(people.drugs[name], float)
    names = [name] if name in people.theta else _places(people, name)
    if len(names) != 1:
        raise RequestError(
            f"'{name}' is not one number of each person",
            found=f"{len(names)} drawn numbers: {', '.join(names[:6])}" if names else "none that the population varies",
            expected="a parameter in which the drawn people differ, with its place in brackets if it has several",
            try_=f"{name.partition('.')[0]}[NAc].{name.partition('.')[2]}" if names else "enkephalin show POPULATION",
        )
    return np.asarray(people.theta[names[0]], float)


def _history_length(people: Draw) -> NDArray[np.float64]:
    """Days from the first thing in each person's history to the start."""
    days = np.zeros(len(people.histories))
    for number, lines in enumerate(people.histories):
        rows = history_of(people.based_on.model_copy(update={"history": lines}))
        days[number] = -min((row.time for row in rows), default=0.0) / HOURS_A_DAY
    return days[people.lived]


def _places(people: Draw, name: str) -> list[str]:
    module, parts, symbol = parse_address(name)
    found = []
    for flat in people.theta:
        instance, _, own = flat.rpartition("__")
        mine = instance == module or instance.startswith(f"{module}_")
        if own == symbol and mine and parts <= set(instance[len(module) + 1 :].split("_")):
            found.append(flat)
    return found
