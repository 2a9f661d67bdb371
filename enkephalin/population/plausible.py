"""Plausible: who is accepted, and the reasons against who is not.

Needs    varying
Gives    ``Batch``, ``Limit``, ``limits``, ``targets_of``, ``why_rejected``, ``mass_index``
Leaves   plausibility of what a person does in a simulation

Plausible means: within the bounds that the record states, shares not above 1, and no value that changed its sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.model import Model
from ..compiler.names import flat_names
from ..errors import RecordError, RequestError, nearest
from ..records.shapes import Population
from ..records.shapes.person import Bound
from ..records.units import convert, same_kind
from .varying import Target, Varying

Array = NDArray[np.float64]
BODY = {"age": "year", "weight": "kg", "height": "cm"}
MASS_INDEX = "body_mass_index"


@dataclass
class Batch:
    """People of one attempt, before anybody is rejected."""

    body: dict[str, NDArray[Any]]
    values: dict[str, Array]  # by name of the target
    traits: dict[str, Array] = field(default_factory=dict)  # by id
    lived: NDArray[np.int64] | None = None  # which of the record's histories


@dataclass(frozen=True)
class Limit:
    """A stated bound, the numbers it holds for, and its low and high in their inner unit."""

    bound: Bound
    names: tuple[str, ...]
    low: float
    high: float

    def reason(self, side: str) -> str:
        """In words: "hpa.k_adrenal above 2 1/d"."""
        limit = self.bound.low if side == "below" else self.bound.high
        return f"{self.bound.of} {side} {limit:g} {'' if self.bound.unit == '1' else self.bound.unit}".rstrip()


def limits(record: Population, varying: tuple[Varying, ...], body: Model) -> tuple[Limit, ...]:
    """The bounds that the record states, in inner units.

    Raises
    ------
    RecordError
        A bound is on something that does not vary, or its unit does not fit.
    """
    found = []
    for number, bound in enumerate(record.plausible):
        low, high = _side(bound.low, -np.inf), _side(bound.high, np.inf)
        if bound.of == MASS_INDEX:
            found.append(Limit(bound, (MASS_INDEX,), low, high))
            continue
        chosen = targets_of(bound.of, varying, body)
        if not chosen:
            raise RecordError(
                f"'{bound.of}' is bounded but does not vary",
                place=record.origin.at(("plausible", number, "of")),
                found=f"of: {bound.of}",
                expected=f"a parameter or a number of a drug that varies, or {MASS_INDEX}",
                try_=nearest(bound.of, [*(row.name for row in varying), MASS_INDEX]),
            )
        if not same_kind(bound.unit, chosen[0].unit):
            raise RecordError(
                f"the unit '{bound.unit}' does not fit '{bound.of}'",
                place=record.origin.at(("plausible", number, "unit")),
                found=f"unit: {bound.unit}",
                expected=f"a unit like {chosen[0].unit}",
                try_="the unit of the parameter's own row",
            )
        inner = chosen[0].inner(1.0, bound.unit)
        found.append(Limit(bound, tuple(target.name for target in chosen), low * inner, high * inner))
    return tuple(found)


def targets_of(name: str, varying: tuple[Varying, ...], body: Model) -> tuple[Target, ...]:
    """The varying numbers that a name means: a row, or a parameter in all or some of its places."""
    rows = {row.name: row.targets for row in varying}
    targets = {target.name: target for row in varying for target in row.targets}
    return rows.get(name) or tuple(targets[flat] for flat in _flats(body, name) if flat in targets)


def _side(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _flats(body: Model, name: str) -> tuple[str, ...]:
    try:
        return flat_names(body.rows, name)
    except RequestError:
        return ()


def why_rejected(
    record: Population,
    batch: Batch,
    varying: tuple[Varying, ...],
    stated: tuple[Limit, ...],
    people: NDArray[np.int64],
) -> dict[int, tuple[str, ...]]:
    """The reasons against each of these people; who is not in it is accepted."""
    why: dict[int, dict[str, None]] = {}

    def against(wrong: NDArray[np.bool_], reason: str) -> None:
        for k in people[wrong[people]]:
            why.setdefault(int(k), {})[reason] = None

    for name, unit in BODY.items():
        covariate = getattr(record, name)
        if covariate is not None:
            value = batch.body[name] * convert(1.0, unit, covariate.unit)
            against(value < _side(covariate.low, 0.0), f"{name} below {_side(covariate.low, 0.0):g} {covariate.unit}")
            high = _side(covariate.high, np.inf)
            against(value > high, f"{name} above {high:g} {covariate.unit}")
    for row in varying:
        for target in row.targets:
            value = batch.values[target.name]
            if row.spread.kind != "uniform" and target.centre != 0:
                against(np.sign(value) != np.sign(target.centre), f"{row.name} changed its sign")
            if target.unit == "share":
                against(value > 1, f"{row.name} above 1")
    for limit in stated:
        for name in limit.names:
            value = mass_index(batch) if name == MASS_INDEX else batch.values[name]
            for side, wrong in (("below", value < limit.low), ("above", value > limit.high)):
                if wrong.any():
                    against(wrong, limit.reason(side))
    return {k: tuple(reasons) for k, reasons in why.items()}


def mass_index(batch: Batch) -> Array:
    """Weight in kg over the square of height in m."""
    metres = batch.body["height"] * convert(1.0, "cm", "m")
    found: Array = batch.body["weight"] / metres**2
    return found
