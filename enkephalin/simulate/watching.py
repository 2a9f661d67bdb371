"""Watching: from flat names to what a user sees, with dims, units and the points of scales.

Needs    records.watched (biology/watch.csv), scales, drugs
Gives    ``Watched``, ``watched``: which symbols each name needs, ``parts_of``: which parts of the body;
         ``dataset``: the numbers as xarray
Leaves   instruments and their noise (measure)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ..compiler.model import Model
from ..compiler.wiring import SEAT
from ..errors import ModelError, UnknownNameError, nearest
from ..records.catalog import get
from ..records.scenario.slots import Slots
from ..records.units import convert
from ..records.watched import watch_name, watch_rows

ORDER = {
    "region": ("NAc", "VTA", "DS", "LC", "AMY", "HYP", "PAG", "THAL", "ACC", "INS", "PFC"),
    "receptor": ("mu", "delta", "kappa", "alpha2", "crf1", "sert"),
    "peptide": ("beta_endorphin", "enkephalin", "dynorphin"),
}
ALL, NOBODY = "all_drugs", ""
SUMMED = ("occupancy",)  # watched names whose ligands add up


@dataclass(frozen=True)
class Watched:
    """One watched name: its dims, and for each coordinate the flat name and the factor into the unit shown."""

    name: str
    unit: str
    dims: tuple[str, ...]
    about: str
    symbols: Mapping[tuple[str, ...], str]
    factors: Mapping[tuple[str, ...], float]
    points: Mapping[tuple[str, ...], tuple[int, ...]]  # allowed points by coordinate, of a scale's items
    places: frozenset[tuple[str, ...]] = frozenset()  # coordinates that the body has, slots without a drug included
    total: bool = False  # the sum over all coordinates is what is watched


def watched(names: Sequence[str], model: Model, slots: Slots) -> tuple[Watched, ...]:
    """What each watched name needs of a body.

    Parameters
    ----------
    names : list of str
        Names of the watch table, or flat names of the body.
    model : Model
        The body.
    slots : Slots
        Which drug fills which slot.

    Raises
    ------
    UnknownNameError
        A name is neither; the nearest are offered.
    """
    table = {row["name"]: row for row in watch_rows()}
    found = []
    for name in dict.fromkeys(map(watch_name, names)):
        if name in table:
            found.append(_from_row(table[name], table, model, slots))
        elif name in model.units:
            unit = model.units[name]
            found.append(Watched(name, unit, (), "", {(): name}, {(): 1.0}, {}))
        else:
            raise UnknownNameError(
                f"nothing called '{name}' can be watched",
                found=name,
                expected="a name of biology/watch.csv, or a flat name of the body",
                try_=nearest(name, [*table, *model.units]),
            )
    return tuple(found)


def dataset(
    things: Sequence[Watched], values: Mapping[str, np.ndarray], labels: Sequence[object], hours: np.ndarray
) -> xr.Dataset:
    """The watched values.

    Parameters
    ----------
    things : list of Watched
        What is watched.
    values : mapping
        Flat name -> array of shape (person, time), inner units.
    labels : list
        Names or numbers of the people.
    hours : array
        Times in h from zero.

    Returns
    -------
    xarray.Dataset
        Dims (person, time) and each name's own; ``attrs["units"]`` on every variable.
    """
    coordinates = _coordinates(things)
    variables = {}
    for thing in things:
        shape = (len(labels), len(hours), *(len(coordinates[dim]) for dim in thing.dims if not thing.total))
        # p person, t time, then the name's own dims; NaN where the body has no such symbol
        array = np.zeros(shape) if thing.total else np.full(shape, np.nan)
        for where, symbol in thing.symbols.items():
            column = values[symbol] * thing.factors[where]
            if where in thing.points:
                column = nearest_point(column, thing.points[where])
            if thing.total:
                array += column
            else:
                place = [coordinates[dim].index(one) for dim, one in zip(thing.dims, where, strict=True)]
                np.moveaxis(array, (0, 1), (-2, -1))[tuple(place)] = column
        if ALL in coordinates.get("ligand", []) and "ligand" in thing.dims and thing.name in SUMMED:
            axis = 2 + thing.dims.index("ligand")
            array = np.moveaxis(array, axis, -1)
            array[..., coordinates["ligand"].index(ALL)] = np.nansum(array, axis=-1)
            array = np.moveaxis(array, -1, axis)
        dims = ("person", "time") if thing.total else ("person", "time", *thing.dims)
        variables[thing.name] = (dims, array, {"units": thing.unit, "long_name": thing.about or thing.name})
    used = {dim: np.array(ones, dtype=str) for dim, ones in coordinates.items()}
    seen = xr.Dataset(variables, coords={"person": list(labels), "time": hours, **used})
    seen["time"].attrs["units"] = "h"
    return seen


def nearest_point(score: np.ndarray, points: Sequence[int]) -> np.ndarray:
    """The allowed point nearest to a score; half-way goes to the higher."""
    allowed = np.asarray(points, float)
    between = (allowed[1:] + allowed[:-1]) / 2
    return allowed[np.searchsorted(between, score, side="right")]


def parts_of(names: Sequence[str]) -> tuple[str, ...]:
    """Parts of the body that watched names need and other bodies lack; flat names say their own.

    Example
    -------
    >>> parts_of(["cows", "ventilation", "breathing_air__weight"])
    ('air',)
    """
    table = {row["name"]: row["part"] for row in watch_rows()}
    parts = [table.get(watch_name(name), "") for name in names]
    flat = [part for name in names if "__" in name for part in name.partition("__")[0].split("_")]
    return tuple(dict.fromkeys(part for part in [*parts, *(p for p in flat if p in table.values())] if part))


def plain_unit(text: str) -> str:
    """The unit proper of "share of baseline", "ratio to baseline", "ratio - 1"."""
    return re.split(r" (?:of|to|-) ", text)[0].strip()


def _from_row(row: Mapping[str, str], table: Mapping[str, Mapping[str, str]], model: Model, slots: Slots) -> Watched:
    """One row of the table; a row without a symbol but with a scale is the total over the scale's items."""
    if not row["symbol"]:
        items = [
            other for other in table.values() if other["scale"] == row["scale"] and "item" in other["dims"].split()
        ]
        if not items:
            raise ModelError(f"'{row['name']}' has neither symbol nor items", place="biology/watch.csv")
        parts = _from_row(items[0], table, model, slots)
        return Watched(
            row["name"],
            row["unit"],
            parts.dims,
            row["about"],
            parts.symbols,
            parts.factors,
            parts.points,
            total=True,
        )
    dims = tuple(row["dims"].split())
    places = _matching(row, dims, model, slots)
    symbols = {where: name for where, name in places.items() if NOBODY not in where}
    if "ligand" in dims:
        seat, axis = list(slots.drugs), dims.index("ligand")
        symbols = dict(sorted(symbols.items(), key=lambda pair: seat.index(pair[0][axis])))
    if not places and "ligand" not in dims:
        raise ModelError(
            f"the body has nothing for '{row['name']}'",
            place="biology/watch.csv",
            found=row["symbol"],
            expected="a pattern that fits wires of the assembly",
            try_=nearest(row["symbol"], model.units),
        )
    mass = {slot.drug.id: slot.drug.mass for slot in slots.slots}  # of the drugs taken, which may be an author's own
    factors = {where: _factor(row["unit"], where, dims, model.units[name], mass) for where, name in symbols.items()}
    points = _points(row, dims, symbols)
    return Watched(row["name"], row["unit"], dims, row["about"], symbols, factors, points, frozenset(places))


def _matching(row: Mapping[str, str], dims: tuple[str, ...], model: Model, slots: Slots) -> dict[tuple[str, ...], str]:
    """Flat names that fit a row's pattern, by coordinate; slots become their drugs, or nobody's."""
    words = {dim: "|".join(ORDER[dim]) if dim in ORDER else r"\w+" for dim in dims}
    words["slot"] = SEAT.pattern
    if "item" in dims:
        words["item"] = "|".join(item.id for item in get("scale", row["scale"]).items)
    expression = re.compile(re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{words[m[1]]})", row["symbol"]))
    begins = row["symbol"].partition("{")[0]
    drug_in = {part: drug for drug, part in slots.drugs.items()}
    found = {}
    for name in model.units:
        match = expression.fullmatch(name) if name.startswith(begins) and "__" not in name else None
        if match:
            where = match.groupdict()
            if "slot" in where:
                where["ligand"] = drug_in.get(where.pop("slot"), NOBODY)
            found[tuple(where[dim] for dim in dims)] = name
    return found


def _factor(
    unit: str, where: tuple[str, ...], dims: tuple[str, ...], inner: str, masses: Mapping[str, float | None]
) -> float:
    """How many of the unit shown make one inner unit; a mass needs the drug's molar mass."""
    mass = masses[where[dims.index("ligand")]] if "ligand" in dims else None
    return convert(1.0, inner, plain_unit(unit), molar_mass=mass)


def _points(
    row: Mapping[str, str], dims: tuple[str, ...], symbols: Mapping[tuple[str, ...], str]
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The allowed points of each item, where the row belongs to a scale with items."""
    if "item" not in dims:
        return {}
    allowed = {item.id: item.points for item in get("scale", row["scale"]).items}
    missing = [item for item in allowed if item not in {where[dims.index("item")] for where in symbols}]
    if missing:
        raise ModelError(
            f"the body gives no {row['name']} for {', '.join(missing)}",
            place="biology/watch.csv",
            expected=f"a wire {row['symbol']} for every item of {row['scale']}",
        )
    return {where: allowed[where[dims.index("item")]] for where in symbols}


def _coordinates(things: Sequence[Watched]) -> dict[str, list[str]]:
    """Every coordinate of every dim in use, in the usual order."""
    found: dict[str, list[str]] = {}
    for thing in things:
        if thing.total:
            continue
        for dim in thing.dims:
            found.setdefault(dim, [])
        for where in (*thing.symbols, *sorted(thing.places)):
            for dim, one in zip(thing.dims, where, strict=True):
                if one not in found[dim] and one != NOBODY:
                    found[dim].append(one)
        if thing.name in SUMMED and ALL not in found["ligand"]:
            found["ligand"].append(ALL)
    for dim, ones in found.items():
        if dim in ORDER:
            ones.sort(key=ORDER[dim].index)
        elif dim == "ligand":
            ones.sort(key=lambda one: one == ALL)
    return found
