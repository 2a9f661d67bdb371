"""People: whatever a caller means by `who`, as values per person.

Needs    records (people, parameters), compiler.names
Gives    ``People``, ``gather``, ``values_in``
Leaves   drawing from a population: a draw is taken as it is
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np

from ..compiler.model import Model
from ..compiler.names import flat_names, parse_address
from ..compiler.wiring import SLOT
from ..errors import RequestError
from ..records.catalog import get, list_ids
from ..records.parameters import parameter_named
from ..records.shapes import Person
from ..records.shapes.person import Condition
from ..records.units import to_inner
from ..records.writing import to_plain

REFERENCE = "adult_reference"
CONDITIONS = get_args(Condition)
SAME = 1e-9  # relative: values of one body
KEPT = 200  # people whose own values are written into the provenance


@dataclass(frozen=True)
class People:
    """Who lives through a scenario. Arrays have shape (person,), in inner units; weight in kg."""

    labels: tuple[Any, ...]
    histories: tuple[Person, ...]  # one record per person; only its history and id are read
    weight: np.ndarray
    named: Mapping[str, np.ndarray]  # "signalling[NAc].rise" -> values; NaN where a person keeps the table's
    flat: Mapping[str, np.ndarray]  # flat name -> values
    drugs: Mapping[str, np.ndarray]  # "naltrexone.clearance" -> values; NaN where the record's holds
    provenance: Any
    body: Mapping[str, np.ndarray] = field(default_factory=dict)  # age in years; 1 or 0 for female and conditions
    drawn: bool = False  # numbers of drugs are drawn about the record's, not the person's own
    about: Mapping[str, float] = field(default_factory=dict)  # of drawn people: what the body held they were drawn for

    def __len__(self) -> int:
        return len(self.labels)

    def some(self, which: Sequence[int]) -> People:
        """Those people only."""
        chosen = list(which)
        return People(
            tuple(self.labels[index] for index in chosen),
            tuple(self.histories[index] for index in chosen),
            self.weight[chosen],
            {name: values[chosen] for name, values in self.named.items()},
            {name: values[chosen] for name, values in self.flat.items()},
            {name: values[chosen] for name, values in self.drugs.items()},
            self.provenance,
            {name: values[chosen] for name, values in self.body.items()},
            self.drawn,
            self.about,
        )


def gather(who: Any) -> People:
    """People from an id, a Person, a list of either, a draw, or a mapping of arrays.

    Parameters
    ----------
    who : str, Person, list, Draw or mapping
        A mapping gives arrays of shape (person,) in inner units by the names that users write ("signalling.rise",
        "naltrexone.clearance"), by flat name, or "weight" in kg; the rest is the reference adult's.

    Raises
    ------
    RequestError
        It is nothing of that, or arrays differ in length.
    """
    if isinstance(who, (str, Person)):
        return _from_records([who])
    if isinstance(who, Mapping):
        return _from_mapping(who)
    if hasattr(who, "theta") and hasattr(who, "based_on"):
        return _from_draw(who)
    if isinstance(who, Sequence) and who:
        return _from_records(list(who))
    raise RequestError(
        "this is nobody",
        found=type(who).__name__,
        expected="the id of a person, a Person, a list of them, a draw, or a mapping of arrays",
        try_=REFERENCE,
    )


def values_in(model: Model, people: People) -> dict[str, np.ndarray]:
    """The people's own values by flat name of a body; names of slots that this body lacks are left out.

    A name with more parts ("signalling[NAc].rise") wins over one with fewer ("signalling.rise").
    """
    for name, value in people.about.items():
        if name in model.parameters and abs(model.parameters[name] - value) > SAME * max(abs(value), SAME):
            raise RequestError(
                "these people were drawn for another body",
                found=f"{name} {value:g}",
                expected=f"{name} {model.parameters[name]:g}, as this body has it",
                try_="draw(population, n, seed, account=..., hypothesis=...), or model=...",
            )
    found: dict[str, np.ndarray] = {}
    for name in sorted(people.named, key=lambda name: len(parse_address(name)[1]) if "." in name else 9):
        values = people.named[name]
        for flat in _places(model, name):
            base = found.get(flat, np.full(len(people), model.parameters[flat]))
            found[flat] = np.where(np.isnan(values), base, values)
    return found | {name: values for name, values in people.flat.items() if name in model.parameters}


def _places(model: Model, name: str) -> tuple[str, ...]:
    """Flat names that a name means in this body; nothing where it belongs to a slot that is not there."""
    module, parts, symbol = parse_address(name)
    there = {flat: model.rows[flat] for flat in model.parameters if flat.rpartition("__")[2] == symbol}
    there = {flat: row for flat, row in there.items() if row.module == module}
    fitting = tuple(flat for flat in there if parts <= set(flat.rpartition("__")[0][len(module) + 1 :].split("_")))
    if fitting or not there or any(SLOT.fullmatch(part) for part in parts):
        return fitting
    return flat_names(there, name)


def _from_records(who: list[str | Person]) -> People:
    records = [get("person", one) if isinstance(one, str) else one for one in who]
    named: dict[str, np.ndarray] = {}
    drugs: dict[str, np.ndarray] = {}
    for index, record in enumerate(records):
        for name, setting in record.parameters.items():
            parameter = parameter_named(name, setting.unit)
            mass = get("drug", parameter.drug).mass if parameter.drug else None
            column = (drugs if parameter.drug else named).setdefault(name, np.full(len(records), np.nan))
            column[index] = to_inner(setting.value, setting.unit, molar_mass=mass)
    labels = [record.id for record in records]
    unique = [label if labels.count(label) == 1 else f"{label}_{index + 1}" for index, label in enumerate(labels)]
    weight = np.array([record.weight.value for record in records], float)
    provenance = [to_plain(record) for record in records] if len(records) <= KEPT else None
    made = {"records": provenance}
    return People(tuple(unique), tuple(records), weight, named, {}, drugs, made, _bodies(records))


def _from_mapping(who: Mapping[str, Any]) -> People:
    columns = {name: np.atleast_1d(np.asarray(values, float)) for name, values in who.items()}
    sizes = {len(values) for values in columns.values()} - {1} or {1}
    if len(sizes) > 1:
        raise RequestError(
            "the arrays are of different lengths",
            found=", ".join(map(str, sorted(sizes))),
            try_="one value for each person in each array, or one for all",
        )
    people = sizes.pop()
    columns = {name: np.broadcast_to(values, (people,)) for name, values in columns.items()}
    reference = get("person", REFERENCE)
    weight = columns.pop("weight", np.full(people, float(reference.weight.value)))
    drug_ids = set(list_ids("drug"))
    flat = {name: values for name, values in columns.items() if "." not in name}
    drugs = {name: values for name, values in columns.items() if name.partition(".")[0] in drug_ids}
    named = {name: values for name, values in columns.items() if name not in flat and name not in drugs}
    for name in (*named, *drugs):
        parameter_named(name)
    kept = {name: list(map(float, np.atleast_1d(values))) for name, values in who.items()} if people <= KEPT else None
    everybody = (reference,) * people
    return People(tuple(range(people)), everybody, weight, named, flat, drugs, {"values": kept}, _bodies(everybody))


def _from_draw(draw: Any) -> People:
    """A draw of ``population``: its arrays are taken as they are."""
    lived = [draw.based_on.model_copy(update={"history": history}) for history in draw.histories]
    own = _from_records(lived[:1])
    people = len(draw)
    named = {name: np.repeat(values, people) for name, values in own.named.items()}
    numbers = {name: np.repeat(values, people) for name, values in own.drugs.items()} | dict(draw.drugs)
    return People(
        tuple(int(number) for number in draw.person),
        tuple(lived[which] for which in draw.lived),
        np.asarray(draw.weight, float),
        named,
        dict(draw.theta),
        numbers,
        {"draw": draw.provenance},
        _bodies(lived[:1] * people)
        | {"age": np.asarray(draw.age, float), "female": (draw.sex == "female").astype(float)},
        True,
        draw.about,
    )


def _bodies(records: Sequence[Person]) -> dict[str, np.ndarray]:
    """What drug records can ask of a person: age in years, and 1 or 0 for female and each condition."""
    found = {"age": [to_inner(one.age.value, one.age.unit) / to_inner(1.0, "year") for one in records]}
    found["female"] = [float(one.sex == "female") for one in records]
    for condition in CONDITIONS:
        found[condition] = [float(condition in one.conditions) for one in records]
    return {name: np.array(values, float) for name, values in found.items()}
