"""The numbers that a run used: the rows of its body, and the quantities of its drugs.

Needs    a model and drug records
Gives    ``rows_of(model, drugs)``
Leaves   how they are shown: see assumptions.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..compiler.model import Model
from ..records.shapes import Drug
from ..records.shapes.base import Shape
from ..records.shapes.quantity import Quantity
from .assumptions import Row
from .words import number

NOT_USED = {"also"}  # published constants that a drug record keeps for the reader


def rows_of(model: Model, drugs: Iterable[Drug] = ()) -> tuple[Row, ...]:
    """Every number of the body once, however many instances read it, and every number of the drugs."""
    body = {row.at: row for row in model.rows.values() if row.status != "wire"}
    found = [
        Row(
            name=row.title,
            module=row.module,
            value="computed" if row.value is None else number(row.value, 4),
            unit="" if row.value is None else row.unit,
            status=row.status,
            note=row.note or row.place,
            place=row.at,
        )
        for row in body.values()
    ]
    return (*found, *(row for drug in drugs for row in _of_drug(drug)))


def _of_drug(drug: Drug) -> Iterator[Row]:
    for path, quantity in _quantities(drug, ()):
        yield Row(
            name=f"{drug.id}.{'.'.join(path)}",
            module=f"drug {drug.id.replace('_', ' ')}",
            value=number(quantity.value, 4),
            unit=quantity.unit,
            status=quantity.status,
            note=quantity.note or quantity.place or "",
            place=f"catalog/drugs/{drug.id}.yaml",
        )


def _quantities(thing: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Quantity]]:
    """Every quantity inside a record, with the keys that lead to it."""
    if isinstance(thing, Quantity):
        yield path, thing
    elif isinstance(thing, Shape):
        for key in type(thing).model_fields:
            if key not in NOT_USED:
                yield from _quantities(getattr(thing, key), (*path, key))
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from _quantities(value, (*path, str(key)))
    elif isinstance(thing, tuple):
        for value in thing:
            name = getattr(value, "receptor", None) or getattr(value, "drug", None) or ""
            yield from _quantities(value, (*path, name) if name else path)
