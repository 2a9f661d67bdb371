"""Parameters by the names that users write: rows of tables and numbers of drugs.

Needs    tables, catalog
Gives    ``parameter_named("signalling[NAc].k_rise")``, ``drug_quantities(drug)``
Leaves   which symbol of the flat model it is: see the compiler

    signalling.k_rise             a row of biology/parameters/signalling.csv, wherever it holds
    signalling[NAc].k_rise        the same where the instance has the part NAc
    naltrexone.clearance          a number of a drug: kinetics by name,
    naltrexone.oral.availability  a route's number, naltrexone.oral.fast.rate,
    naltrexone.mu.affinity        a receptor's number
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from ..errors import RecordError, UnitError, nearest
from .catalog import get, list_ids
from .shapes import Drug, ParameterRow, Quantity
from .tables import all_rows
from .units import same_kind, unit

_ROW = re.compile(r"([A-Za-z]\w*)(?:\[([\w ]*)\])?\.([A-Za-z]\w*)")


@dataclass(frozen=True)
class NamedParameter:
    """A parameter by the name that users write; ``row`` or ``quantity`` says what the records hold."""

    name: str
    unit: str
    row: ParameterRow | None = None
    where: tuple[str, ...] = ()
    drug: str = ""
    quantity: Quantity | None = None


def parameter_named(name: str, unit_text: str = "") -> NamedParameter:
    """The parameter that a name means.

    Raises
    ------
    RecordError
        No row and no drug has it, or ``unit_text`` measures something else.

    Example
    -------
    >>> parameter_named("naltrexone.clearance").drug
    'naltrexone'
    """
    found = _of_drug(name) or _of_table(name)
    if unit_text:
        try:
            fits = same_kind(unit_text, found.unit)
        except UnitError as error:
            raise RecordError(error.problem, found=error.found, expected=error.expected, try_=error.try_) from error
        if not fits:
            raise RecordError(
                f"the unit '{unit_text}' does not fit '{name}'",
                found=unit_text,
                expected=f"a unit like {found.unit}",
                try_=unit(found.unit).inner,
            )
    return found


def drug_quantities(drug: Drug) -> dict[str, Quantity]:
    """Every number of a drug that can differ between people, by the name that users write."""
    found: dict[str, Quantity] = {}

    def put(path: str, quantity: Quantity | None) -> None:
        if quantity is not None:
            found[f"{drug.id}.{path}"] = quantity

    if drug.kinetics is not None:
        for name in type(drug.kinetics).model_fields:
            if name != "note":
                put(name, getattr(drug.kinetics, name))
    for binding in drug.binds:
        for name in ("affinity", "efficacy", "dissociation"):
            put(f"{binding.receptor}.{name}", getattr(binding, name))
    for word, route in drug.routes.items():
        for name in ("availability", "availability_exponent", "lag", "zero_order"):
            put(f"{word}.{name}", getattr(route, name))
        for name, phase in route.phases.items():
            for part in ("share", "rate", "lag", "zero_order", "transit_rate"):
                put(f"{word}.{name}.{part}", getattr(phase, part))
        for first in route.first_pass:
            put(f"{word}.{first.drug}.share", first.share)
    for metabolite in drug.metabolites:
        put(f"{metabolite.drug}.share", metabolite.share)
    return found


def _of_drug(name: str) -> NamedParameter | None:
    drug, _, rest = name.partition(".")
    if drug not in list_ids("drug") or not rest:
        return None
    numbers = drug_quantities(get("drug", drug))
    if name not in numbers:
        raise RecordError(
            f"unknown number '{rest}' of {drug}",
            found=name,
            expected=f"a number of catalog/drugs/{drug}.yaml ({len(numbers)} known)",
            try_=nearest(name, numbers),
        )
    return NamedParameter(name, numbers[name].unit, drug=drug, quantity=numbers[name])


def _of_table(name: str) -> NamedParameter:
    match = _ROW.fullmatch(name)
    rows = [row for row in all_rows() if row.status != "wire"]
    if match:
        where = tuple((match[2] or "").split())
        module = [row for row in rows if row.module == match[1]]
        same = [row for row in module if row.name == match[3]]
        fitting = [row for row in same if set(row.where) <= set(where)] or same
        if fitting:
            best = max(fitting, key=lambda row: len(row.where))
            return NamedParameter(name, best.unit, row=best, where=where)
    titles = sorted({f"{row.module}.{row.name}" for row in rows})
    for drug in difflib.get_close_matches(name.partition(".")[0], list_ids("drug"), n=1):
        titles += drug_quantities(get("drug", drug))
    raise RecordError(
        f"unknown parameter '{name}'",
        found=name,
        expected="<module>.<name>, <module>[<where>].<name>, or <drug>.<name>",
        try_=nearest(name, titles) or "a row of biology/parameters, or a number of a drug",
    )
