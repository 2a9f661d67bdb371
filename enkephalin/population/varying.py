"""What varies: the rows of the tables, and the numbers of the drugs, that differ between the people of a population.

Needs    catalog; a model, which says which rows of the tables hold where
Gives    ``Target``, ``Varying``, ``all_varying``, ``influenced``, ``named_varying``
Leaves   the chance: see ``scores``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..compiler.model import Model
from ..compiler.names import flat_names
from ..errors import EnkephalinError, RecordError
from ..records.catalog import get, list_ids
from ..records.parameters import drug_quantities
from ..records.shapes import Influence, Person, Population
from ..records.shapes.quantity import Spread
from ..records.units import to_inner

NOT_VARYING = Spread(kind="normal", sd=0.0)


@dataclass(frozen=True)
class Target:
    """One number that varies: its centre in inner units, and the unit of its record."""

    name: str  # flat name, or name of a drug's number
    centre: float
    unit: str
    drug: bool = False

    @cached_property
    def molar_mass(self) -> float | None:
        """g/mol of the drug whose number it is."""
        return get("drug", self.name.partition(".")[0]).mass if self.drug else None

    def inner(self, number: float, unit: str) -> float:
        """A number in another unit of the same kind, in inner units."""
        return to_inner(number, unit, molar_mass=self.molar_mass)


@dataclass(frozen=True)
class Varying:
    """One score for one or more numbers: a row of a table, a parameter in all its places, a number of a drug."""

    name: str
    spread: Spread
    targets: tuple[Target, ...]


def all_varying(record: Population, base: Person, body: Model) -> tuple[Varying, ...]:
    """Everything that differs between the people: what the record names, then every other row with a spread."""
    own = _own_values(base, body)
    found = [_named(row.parameter, row.spread, own, body) for row in record.vary]
    if record.vary_all_with_spread:
        named = {target.name for row in found for target in row.targets}
        rest = [*_rows_with_spread(own, body), *_drug_numbers_with_spread(own)]
        for row in rest:
            targets = tuple(target for target in row.targets if target.name not in named)
            if targets:
                found.append(Varying(row.name, row.spread, targets))
    return tuple(found)


def influenced(record: Population, base: Person, body: Model) -> tuple[tuple[Influence, tuple[Target, ...]], ...]:
    """Every influence with the numbers that it moves."""
    own = _own_values(base, body)
    found = []
    for number, influence in enumerate(record.influences):
        try:
            row = _named(influence.parameter, NOT_VARYING, own, body)
        except EnkephalinError as error:
            place = record.origin.at(("influences", number, "parameter"))
            raise RecordError(error.problem, **(error.parts() | {"place": place})) from error
        found.append((influence, row.targets))
    return tuple(found)


def named_varying(name: str, spread: Spread, base: Person, body: Model) -> Varying:
    """One number of the body or of a drug, with a spread of one's own."""
    return _named(name, spread, _own_values(base, body), body)


def _own_values(base: Person, body: Model) -> dict[str, float]:
    """Numbers in which the person that all are based on differs from the tables, in inner units."""
    found: dict[str, float] = {}
    for name, setting in base.parameters.items():
        value = to_inner(setting.value, setting.unit)
        names = (name,) if _is_drug(name) else flat_names(body.rows, name)
        found |= dict.fromkeys(names, value)
    return found


def _is_drug(name: str) -> bool:
    return name.partition(".")[0] in list_ids("drug")


def _named(name: str, spread: Spread, own: Mapping[str, float], body: Model) -> Varying:
    """A parameter that the record names, in all the places where it holds."""
    if _is_drug(name):
        drug = get("drug", name.partition(".")[0])
        quantity = drug_quantities(drug)[name]
        value = own.get(name, quantity.inner(molar_mass=drug.mass))
        return Varying(name, spread, (Target(name, value, quantity.unit, drug=True),))
    targets = []
    for flat in flat_names(body.rows, name):
        row = body.rows[flat]
        if row.inner_value is None:
            raise RecordError(
                f"'{name}' is computed, it cannot vary",
                found=f"parameter: {name}",
                expected="a row with a value",
                try_=f"a row of {row.file} that {row.name} is made of",
            )
        targets.append(Target(flat, own.get(flat, row.inner_value), row.unit))
    return Varying(name, spread, tuple(targets))


def _rows_with_spread(own: Mapping[str, float], body: Model) -> list[Varying]:
    """Rows of the tables that have a spread of their own; one row is one score, wherever it holds."""
    places: dict[str, list[str]] = {}
    for flat, row in body.rows.items():
        if row.spread is not None and row.inner_value is not None:
            places.setdefault(row.title, []).append(flat)
    found = []
    for title, flats in places.items():
        row = body.rows[flats[0]]
        assert row.spread is not None and row.inner_value is not None
        targets = tuple(Target(flat, own.get(flat, row.inner_value), row.unit) for flat in flats)
        found.append(Varying(title, row.spread, targets))
    return found


def _drug_numbers_with_spread(own: Mapping[str, float]) -> list[Varying]:
    """Numbers of drugs that have a spread of their own."""
    found = []
    for drug_id in list_ids("drug"):
        drug = get("drug", drug_id)
        for name, quantity in drug_quantities(drug).items():
            if quantity.spread is not None:
                value = own.get(name, quantity.inner(molar_mass=drug.mass))
                found.append(Varying(name, quantity.spread, (Target(name, value, quantity.unit, drug=True),)))
    return found
