"""The numbers that a run used: the rows of its body, and the quantities of its drugs.

Needs    a model and drug records
Gives    ``rows_of(model, drugs)``
Leaves   how they are shown: see assumptions.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..compiler.model import Model
from ..records.parameters import drug_quantities
from ..records.shapes import Drug
from .assumptions import Row


def rows_of(model: Model, drugs: Iterable[Drug] = ()) -> tuple[Row, ...]:
    """Every number of the body once, however many instances read it, and every number of the drugs.

    Rows that a module computes from others are left out: they are as good as what they are computed from.
    """
    body = {row.at: row for row in model.rows.values() if row.status != "wire"}
    found = [
        Row(row.title, row.module, row.value, row.unit, row.status, row.note or row.place, row.at)
        for row in body.values()
        if row.value is not None
    ]
    return (*found, *(row for drug in drugs for row in _of_drug(drug)))


def _of_drug(drug: Drug) -> Iterator[Row]:
    for name, quantity in drug_quantities(drug).items():
        yield Row(
            name=name,
            module=f"drug {drug.id.replace('_', ' ')}",
            value=quantity.value,
            unit=quantity.unit,
            status=quantity.status,
            note=quantity.note or quantity.place or "",
            place=f"catalog/drugs/{drug.id}.yaml",
        )
