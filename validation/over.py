"""One number of many people: shares, correlations, effects.

Needs    enkephalin.measure, a draw
Gives    ``over_people``
Leaves   what is read from each person (enkephalin.measure), trials (enkephalin.trial)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from enkephalin.compiler.names import flat_names
from enkephalin.errors import RequestError
from enkephalin.measure import measure, parse
from enkephalin.measure.grammar import Moment
from enkephalin.population import Draw
from enkephalin.records.scenario.grammar import time_of

from .records import Over

Array = NDArray[np.float64]
HOURS_A_DAY = 24.0
OF_SOME = ("mean", "median", "sd", "share_above", "share_below", "percentile")


def over_people(result: xr.Dataset, base: xr.Dataset | None, readout: str, over: Over, who: Draw | str) -> float:
    """The statistic of one value per person.

    Raises
    ------
    RequestError
        It needs a draw and there is one person only, or nothing has the name that it asks for.
    """
    values = _each(result, readout, over)
    if over.of and over.kind in OF_SOME:
        values = values[_of(who, over.of) > _of(who, over.of).mean()]
    sd = _spread(values, over.noise)
    match over.kind:
        case "mean":
            return float(values.mean())
        case "median":
            return float(np.median(values))
        case "sd":
            return sd
        case "share_above":
            return float((values > over.than).mean())
        case "share_below":
            return float((values < over.than).mean())
        case "percentile":
            return float(np.percentile(values, over.than or 0.0))
        case "correlation":
            other = _each(result, over.beside, over) if over.beside else _of(who, over.of or "")
            return _correlation(values, other, over.noise)
        case "effect" | "change":
            assert base is not None
            before = _each(base, readout, over)
            apart = float(values.mean() - before.mean())
            if over.kind == "change":
                return apart / float(before.mean())
            return apart / float(np.sqrt((sd**2 + _spread(before, over.noise) ** 2) / 2))
        case "contrast":
            has = _of(who, over.of or "") > _of(who, over.of or "").mean()
            one, other = values[has], values[~has]
            pooled = np.sqrt((_spread(one, over.noise) ** 2 + _spread(other, over.noise) ** 2) / 2)
            return float((one.mean() - other.mean()) / pooled)
        case "slope":
            doublings = np.log2(_lengths(who))
            return float(np.polyfit(doublings, values / sd, 1)[0])
    raise AssertionError(over.kind)


def _each(result: xr.Dataset, readout: str, over: Over) -> Array:
    """One value for each person; further dims are averaged."""
    chosen = result.sel({dim: list(ones) for dim, ones in over.where.items() if dim in result.dims})
    if over.survey is None:
        seen = measure(chosen, readout)
        rest = [dim for dim in seen.dims if dim != "person"]
        return np.asarray(seen.mean(rest).values, float)
    asked = parse(readout)
    if not isinstance(asked, Moment):
        raise RequestError("a survey asks for one value at a time", found=readout, expected="<value> at <time>")
    first, last = (float(time_of(text)) for text in over.survey)
    course = measure_course(chosen, asked)
    people = course.sizes["person"]
    times = first + (last - first) * (np.arange(people) + 0.5) / people
    return np.array([float(course.isel(person=k).interp(time=time)) for k, time in enumerate(times)])


def measure_course(result: xr.Dataset, asked: Moment) -> xr.DataArray:
    """The watched value over all times, person and time only."""
    course = result[asked.of.name]
    return course.mean([dim for dim in course.dims if dim not in ("person", "time")])


def _spread(values: Array, noise: float) -> float:
    return float(np.sqrt(values.var() + noise**2))


def _correlation(one: Array, other: Array, noise: float) -> float:
    """Noise of the instrument makes a correlation smaller."""
    reliable = one.std() / np.sqrt(one.var() + noise**2) if noise else 1.0
    return float(np.corrcoef(one, other)[0, 1] * reliable)


def _of(who: Draw | str, name: str) -> Array:
    """A property of each person: sex, a trait, or a parameter."""
    people = _drawn(who)
    if name in ("female", "male"):
        return np.asarray(people.sex == name, float)
    if name in people.traits:
        return np.asarray(people.traits[name], float)
    if name == "age":
        return people.age
    flats = [flat for flat in _flats(people, name) if flat in people.theta]
    if not flats:
        raise RequestError(f"nobody has '{name}'", found=name, expected="female, male, age, a trait or a parameter")
    return np.mean([people.theta[flat] for flat in flats], axis=0)


def _flats(people: Draw, name: str) -> tuple[str, ...]:
    from enkephalin.compiler.model import build

    return flat_names(build("human", ()).rows, name)


def _lengths(who: Draw | str) -> Array:
    """Days since the first event of each person's history."""
    from enkephalin.records.scenario.resolve import history_of

    people = _drawn(who)
    lengths = []
    for lines in people.histories:
        rows: Any = history_of(people.based_on.model_copy(update={"history": lines}))
        lengths.append(-min(row.time for row in rows) / HOURS_A_DAY)
    return np.array(lengths)[people.lived]


def _drawn(who: Draw | str) -> Draw:
    if isinstance(who, str):
        raise RequestError("one person has no spread", found=who, expected="a population")
    return who
