"""Measure: a read-out taken from a result.

Needs    grammar, curve; xarray, loaded on first use
Gives    ``measure(result, readout)``
Leaves   instruments and their noise
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import RequestError, UnitError, UnknownNameError, nearest
from ..records.units import convert, same_kind
from . import curve
from .grammar import Crossing, Halving, Moment, Pair, Readout, Rise, Summary, Watched, Window, parse

if TYPE_CHECKING:
    import xarray as xr

FIXED_DIMS = ("person", "time")


def measure(result: xr.Dataset, readout: str) -> xr.DataArray:
    """Read one thing from a result: a peak, a time, a value at a time, a ratio of two of them.

    Between samples a value lies on the straight line through its neighbours, so what happens between two samples
    is not seen: ask ``simulate`` for the times that matter. Windows are [start, end). A threshold that is never
    passed gives NaN.

    Parameters
    ----------
    result : xarray.Dataset
        What ``simulate`` returned: dims (person, time, ...), time in h from zero.
    readout : str
        A line of the read-out language (grammar: docs/reference/readouts.md).

    Returns
    -------
    xarray.DataArray
        Dims (person, ...): time is gone, dims not named in brackets are kept. ``attrs["units"]`` is the unit,
        "h" for a time; ``attrs["readout"]`` the line; ``attrs["provenance"]`` that of the result.

    Raises
    ------
    RequestError
        The line leaves the grammar, or asks for a time that the result does not hold.
    UnknownNameError
        A value or coordinate is not in the result; the nearest is offered.
    UnitError
        A threshold or a difference mixes units.

    Example
    -------
    >>> seen = simulate("adult_reference", "heroin_withdrawal")          # doctest: +SKIP
    >>> measure(seen, "time of peak cows after 0 h")                     # doctest: +SKIP
    """
    found = _read(result, parse(readout), " ".join(readout.split()))
    found.name = "readout"
    found.attrs["readout"] = " ".join(readout.split())
    if "provenance" in result.attrs:
        found.attrs["provenance"] = result.attrs["provenance"]
    return found


def _read(result: xr.Dataset, what: Readout, text: str) -> xr.DataArray:
    if isinstance(what, Pair):
        return _pair(_read(result, what.left, text), _read(result, what.right, text), what.sign, text)
    chosen = _chosen(result, what.of, text)
    times = np.asarray(chosen["time"].values, dtype=float)
    values = np.asarray(chosen.transpose(..., "time").values, dtype=float)
    units = str(chosen.attrs.get("units", "1"))
    if isinstance(what, Moment):
        _within(times, what.at, what.at, text)
        return _like(chosen, curve.at(times, values, what.at), units)
    if isinstance(what, Rise):
        _within(times, what.start, what.end, text)
        return _like(chosen, curve.at(times, values, what.end) - curve.at(times, values, what.start), units)
    if isinstance(what, Halving):
        _within(times, what.start, what.end, text)
        span = curve.at(times, values, what.start), curve.at(times, values, what.end)
        return _like(chosen, curve.halving(*span, what.end - what.start), "h")
    part = _stretch(times, values, what.window, text)
    if isinstance(what, Crossing):
        threshold = _threshold(what, units, text)
        time = curve.crossing(part, threshold, above=what.side == "above", last=what.which == "last")
        return _like(chosen, time, "h")
    return _like(chosen, *_summary(part, what, units))


def _summary(part: curve.Stretch, what: Summary, units: str) -> tuple[Any, str]:
    if what.kind == "area":
        return curve.area(part), "h" if units == "1" else f"{units}*h"
    if what.kind == "mean":
        return curve.mean(part), units
    value, time = (curve.highest if what.kind == "peak" else curve.lowest)(part)
    return (time, "h") if what.time else (value, units)


def _pair(left: xr.DataArray, right: xr.DataArray, sign: str, text: str) -> xr.DataArray:
    one, other = left.attrs["units"], right.attrs["units"]
    if sign == "/":
        found = left / right
        found.attrs["units"] = "1" if one == other else one if other == "1" else f"({one})/({other})"
        return found
    if one != other:
        raise UnitError(
            "the two sides of a difference have different units",
            place="read-out",
            found=f"{one} - {other}  in  {text}",
            expected="the same unit on both sides",
            try_="a ratio ( / ) of the two",
        )
    found = left - right
    found.attrs["units"] = one
    return found


def _chosen(result: xr.Dataset, of: Watched, text: str) -> xr.DataArray:
    """The watched value at the coordinates in brackets."""
    known = [str(name) for name, values in result.data_vars.items() if "time" in values.dims]
    if of.name not in known:
        raise UnknownNameError(
            f"the result holds no '{of.name}'",
            place="read-out",
            found=text,
            expected=f"one of the {len(known)} watched values of this result",
            try_=nearest(of.name, known) or "name it under watch, or with --watch",
        )
    values = result[of.name]
    dims = [dim for dim in values.dims if dim not in FIXED_DIMS]
    spoken: dict[str, Any] = {}
    for word in of.where:
        owners = {str(dim): _coordinate(values, str(dim), word) for dim in dims}
        owners = {dim: place for dim, place in owners.items() if place is not None}
        if len(owners) != 1:
            raise _no_coordinate(values, dims, word, list(owners), text)
        dim, place = owners.popitem()
        if dim in spoken:
            raise RequestError(
                f"'{of}' names two of the same dim",
                place="read-out",
                found=text,
                expected=f"one {dim}, or none for all",
                try_="two read-outs, one for each",
            )
        spoken[dim] = place
    return values.isel(spoken, drop=True)


def _coordinate(values: xr.DataArray, dim: str, word: str) -> int | None:
    """Where a coordinate stands along its dim, or None."""
    if dim not in values.coords:
        return None
    names = [str(name) for name in values[dim].values]
    return names.index(word) if word in names else None


def _no_coordinate(
    values: xr.DataArray, dims: list[Any], word: str, owners: list[str], text: str
) -> UnknownNameError | RequestError:
    if owners:
        return RequestError(
            f"'{word}' stands in two dims",
            place="read-out",
            found=text,
            expected=f"a word of one of {', '.join(owners)}",
            try_="write the dim before the word",
        )
    known = [str(name) for dim in dims if dim in values.coords for name in values[dim].values]
    return UnknownNameError(
        f"'{values.name}' has no coordinate '{word}'",
        place="read-out",
        found=text,
        expected="one of " + ", ".join(known) if known else f"{values.name} without brackets: it has no further dims",
        try_=nearest(word, known),
    )


def _threshold(what: Crossing, units: str, text: str) -> float:
    """The threshold in the unit of the value."""
    if what.unit in ("", units):
        return what.threshold
    try:
        known = same_kind(what.unit, units)
    except UnitError:
        known = False
    if not known:
        raise UnitError(
            f"'{what.of.name}' is not in {what.unit}",
            place="read-out",
            found=text,
            expected=f"a threshold in {units}, or a bare number, which is in {units}",
            try_="leave the unit out",
        )
    return convert(what.threshold, what.unit, units)


def _stretch(times: Any, values: Any, window: Window, text: str) -> curve.Stretch:
    first = times[0] if window.start is None else window.start
    last = times[-1] if window.end is None else window.end
    _within(times, first, last, text)
    return curve.stretch(times, values, window.start, window.end)


def _within(times: Any, first: float, last: float, text: str) -> None:
    if not (times[0] <= first <= last <= times[-1]):
        raise RequestError(
            "the read-out asks for times that the result does not hold",
            place="read-out",
            found=text,
            expected=f"times between {times[0]:g} h and {times[-1]:g} h",
            try_="simulate for longer, or report more times (at)",
        )


def _like(chosen: xr.DataArray, values: Any, units: str) -> xr.DataArray:
    """Values with the dims and coordinates of a watched value, without time."""
    import xarray as xr

    dims = tuple(dim for dim in chosen.dims if dim != "time")
    coords = {name: coord for name, coord in chosen.coords.items() if "time" not in coord.dims}
    return xr.DataArray(np.array(values, dtype=float), dims=dims, coords=coords, attrs={"units": units})
