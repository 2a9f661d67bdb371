"""A result as rows: the form of ``--json`` and of ``summary.json``.

Needs    a result of ``simulate``, or two of two bodies
Gives    ``rows(result)``, ``document(result)``
Leaves   pictures (chart.py) and the table on the terminal (glance.py)
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ..simulate.against import difference

AT_ONCE = 1 << 27  # bytes
PERCENTILES = {"p05": 5, "p50": 50, "p95": 95}


def rows(result: xr.Dataset, *, against: xr.Dataset | None = None) -> Iterator[dict[str, Any]]:
    """One row for each value, time and coordinate.

    Parameters
    ----------
    result : xarray.Dataset
        Dims (person, time, ...), each variable with ``attrs["units"]``.

    against : xarray.Dataset
        The same people and times in another body.

    Yields
    ------
    dict
        ``name, time_h, value, unit`` and one key for each further dimension. For several people ``n, mean, sd, p05,
        p50, p95`` stand instead of ``value``. With ``against``, two more keys: ``against`` and ``difference`` (the
        other minus the first, person by person), each a number, or such numbers for several people. A value that is
        not a number is None; coordinates at which a name has no number at all are left out.
    """
    others = {} if against is None else {"against": against, "difference": difference(result, against)}
    for name, values in result.data_vars.items():
        dims = [dim for dim in values.dims if dim not in ("person", "time")]
        coordinates = [[_plain(c) for c in values[dim].values] for dim in dims]
        unit = values.attrs["units"]
        told = _told(values, dims)
        more = {key: _told(other[name], dims) for key, other in others.items()}
        known = _known(told) | (_known(more["against"]) if more else False)
        for place in map(tuple, np.argwhere(known)):  # elsewhere this name has nothing at these coordinates
            where = {str(dim): coordinates[k][place[k]] for k, dim in enumerate(dims)}
            for k, hour in enumerate(result["time"].values):
                said = {key: _number(array[place][k]) for key, array in told.items()}
                beside = {key: _at(other, place, k) for key, other in more.items()}
                yield {"name": str(name), "time_h": float(hour) + 0.0, **said, "unit": unit, **where, **beside}


def _known(told: dict[str, np.ndarray]) -> np.ndarray:
    """Where there is any number at any time."""
    return np.isfinite(told["mean" if "mean" in told else "value"]).any(axis=-1)


def _at(told: dict[str, np.ndarray], place: tuple[int, ...], k: int) -> Any:
    said = {key: _number(array[place][k]) for key, array in told.items()}
    return said.get("value") if "value" in said else said


def document(
    result: xr.Dataset, *, against: xr.Dataset | None = None, sides: tuple[str, str] = ("", "")
) -> Iterator[str]:
    """The rows, one in a line, with the provenance from which they can be computed again: one JSON document in pieces.

    Example
    -------
    >>> json.loads("".join(document(seen)))["rows"][0]["name"]  # doctest: +SKIP
    'cows'
    """
    first = "" if against is None else f'"sides": {json.dumps(sides, ensure_ascii=False)}, '
    begin = before = f'{{{first}"rows": [\n'
    for row in rows(result, against=against):
        yield before + json.dumps(row, ensure_ascii=False, allow_nan=False)
        before = ",\n"
    provenance = json.loads(result.attrs["provenance"])
    yield ("" if before != begin else before) + "],\n"
    if against is not None:
        made = json.loads(against.attrs["provenance"])
        yield '"provenance_against": ' + json.dumps(made, ensure_ascii=False, allow_nan=False) + ",\n"
    yield '"provenance": ' + json.dumps(provenance, ensure_ascii=False, allow_nan=False) + "}\n"


def _told(values: xr.DataArray, dims: Sequence[Hashable]) -> dict[str, np.ndarray]:
    """The value of one person, or how many people spread, shape (dims..., time).

    Some times after the other, so that a result on disk is never in memory as a whole.
    """
    people, hours = values.sizes["person"], values.sizes["time"]
    at_once = max(1, AT_ONCE // (8 * values.size // hours)) if values.size else hours
    piece = (values.encoding.get("chunks") or (0, 1))[1]  # times that lie together on the disk
    step = max(piece, at_once // piece * piece)
    parts: dict[str, list[np.ndarray]] = {}
    for first in range(0, hours, step):
        part = values.isel(time=slice(first, first + step)).load().transpose(*dims, "time", "person")
        array = np.asarray(part.values, float)
        for key, found in ({"value": array[..., 0]} if people == 1 else _spread(array)).items():
            parts.setdefault(key, []).append(found)
    return {key: np.concatenate(found, axis=-1) for key, found in parts.items()}


def _spread(array: np.ndarray) -> dict[str, np.ndarray]:
    """How many people spread along the last axis; of those whose value is known."""
    flat = array.reshape(-1, array.shape[-1])
    known = np.isfinite(flat)
    found = {key: np.full(len(flat), np.nan) for key in ("mean", "sd", *PERCENTILES)}
    whole = known.all(axis=1)
    rows = [(whole, flat[whole])] if whole.any() else []
    rows += [(np.array([k]), flat[k, known[k]][None, :]) for k in np.flatnonzero(~whole & known.any(axis=1))]
    for where, values in rows:
        found["mean"][where] = values.mean(axis=1)
        found["sd"][where] = values.std(axis=1, ddof=1) if values.shape[1] > 1 else 0.0
        for key, share in zip(PERCENTILES, np.percentile(values, list(PERCENTILES.values()), axis=1), strict=True):
            found[key][where] = share
    shape = array.shape[:-1]
    return {"n": known.sum(axis=1).reshape(shape)} | {key: values.reshape(shape) for key, values in found.items()}


def _number(value: Any) -> int | float | None:
    if isinstance(value, np.integer):
        return int(value)
    return float(value) if np.isfinite(value) else None


def _plain(coordinate: Any) -> Any:
    return coordinate.item() if hasattr(coordinate, "item") else coordinate
