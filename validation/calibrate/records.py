"""The shape of a calibration: what is free, with which prior, and what it is fitted to.

Needs    enkephalin.records, enkephalin.compiler
Gives    ``Fit``, ``Free``, ``read_fit``; ``values_of``: candidates as people
Leaves   the findings (validation/targets)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from enkephalin.compiler.model import build
from enkephalin.compiler.names import flat_names
from enkephalin.errors import RecordError
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.parameters import drug_quantities
from enkephalin.records.shapes.base import Identifier, Record, Sentence, Shape, complaint
from enkephalin.records.shapes.quantity import Number, UnitText
from enkephalin.records.units import to_inner

from ..records import read_as

CALIBRATIONS = Path(__file__).parents[1] / "calibrations"
Array = NDArray[np.float64]


class Free(Shape):
    """A number that the findings may move.

    ``prior`` is its value before any finding was seen, ``factor`` one standard deviation of the prior, as a factor. A
    name that means several rows moves them all by one factor; ``of`` names the row that ``prior`` is about. ``moves``
    names numbers that are derived from this one and move in proportion.
    """

    name: str
    prior: Annotated[Number, Field(gt=0)]
    unit: UnitText
    factor: Annotated[Number, Field(gt=1)]
    of: str | None = None
    moves: tuple[str, ...] = ()
    why: Sentence


class Fit(Record):
    """A calibration. ``soft`` is the standard deviation of a one-sided finding or of an order, by its unit."""

    about: Sentence
    page: str = "docs/calibration_report.md"  # where its report goes
    place: Sentence = "fit of the drug half to the building targets"  # what a fitted row says, before the page
    groups: tuple[Identifier, ...]
    leave_out: dict[str, Sentence] = Field(default_factory=dict)  # "group.target": why
    read_as: dict[str, str] = Field(default_factory=dict)  # watched name -> its smooth twin
    soft: dict[str, Annotated[Number, Field(gt=0)]]
    free: tuple[Free, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Fit:
        names = [one.name for one in self.free]
        for name in names:
            if names.count(name) > 1:
                raise complaint(f"'{name}' is free twice", found=name, expected="each once")
        return self


def read_fit(id: str) -> Fit:
    """Read a record of validation/calibrations; its first fault is raised.

    Raises
    ------
    RecordError
        There is no such record, or it is wrong.
    """
    path = CALIBRATIONS / f"{id}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in CALIBRATIONS.glob("*.yaml")))
        raise RecordError(f"unknown calibration '{id}'", found=id, expected=known, try_=known.partition(",")[0])
    return read_as(path, Fit)


def current(name: str) -> dict[str, float]:
    """What a name means now: flat name, or name of a drug's number -> value in inner units."""
    drug = name.partition(".")[0]
    if drug in list_ids("drug"):
        record = get("drug", drug)
        return {name: float(drug_quantities(record)[name].inner(molar_mass=record.mass))}
    body = build("human", ())
    return {flat: float(body.parameters[flat]) for flat in flat_names(body.rows, name) if flat in body.parameters}


def starting_point(fit: Fit) -> Array:
    """The values of the tables, in standard deviations of the prior: shape (free,)."""
    return np.array([np.log(_anchor(one) / _prior(one)) / np.log(one.factor) for one in fit.free])


def values_of(fit: Fit, points: Array) -> dict[str, Array]:
    """Candidates as people.

    Parameters
    ----------
    fit : Fit
        What is free.
    points : array
        In standard deviations of the prior, shape (person, free).

    Returns
    -------
    dict
        Flat name, or name of a drug's number -> values in inner units, shape (person,): what ``simulate`` takes.
    """
    found: dict[str, Array] = {}
    for index, one in enumerate(fit.free):
        ratio = _prior(one) / _anchor(one) * one.factor ** points[:, index]
        for name in (one.name, *one.moves):
            for flat, value in current(name).items():
                found[flat] = found.get(flat, np.full(len(points), value)) * ratio
    return found


def plain_values(fit: Fit, point: Array) -> Mapping[str, float]:
    """One candidate in the units of the record: name -> value."""
    return {one.name: one.prior * one.factor**x for one, x in zip(fit.free, point, strict=True)}


def _prior(one: Free) -> float:
    return float(to_inner(one.prior, one.unit))


def _anchor(one: Free) -> float:
    values = list(current(one.of or one.name).values())
    if max(values) - min(values) > 1e-9 * max(values):
        raise RecordError(
            f"'{one.name}' means rows of different values",
            found=f"{len(values)} values",
            expected="of: one of the rows",
        )
    return values[0]
