"""A result as rows: the form of ``--json`` and of ``summary.json``.

Needs    a result of ``simulate``
Gives    ``rows(result)``, ``document(result)``
Leaves   pictures (chart.py) and the table on the terminal (glance.py)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

PERCENTILES = {"p05": 5, "p50": 50, "p95": 95}


def rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    """One row for each value, time and coordinate.

    Parameters
    ----------
    result : xarray.Dataset
        Dims (person, time, ...), each variable with ``attrs["units"]``.

    Yields
    ------
    dict
        ``name, time_h, value, unit`` and one key for each further dimension. For several people ``n, mean, sd, p05,
        p50, p95`` stand instead of ``value``. A value that is not a number is None; coordinates at which a name has
        no number at all are left out.
    """
    for name, values in result.data_vars.items():
        dims = [dim for dim in values.dims if dim not in ("person", "time")]
        ordered = values.transpose(*dims, "time", "person")
        array = np.asarray(ordered.values, dtype=float)
        coordinates = [[_plain(c) for c in ordered[dim].values] for dim in dims]
        unit = values.attrs["units"]
        for place in np.ndindex(array.shape[:-2]):
            if not np.isfinite(array[place]).any():
                continue  # this name has nothing at these coordinates
            where = {str(dim): coordinates[k][place[k]] for k, dim in enumerate(dims)}
            for hour, people in zip(ordered["time"].values, array[place], strict=True):
                yield {"name": str(name), "time_h": float(hour), **_said(people), "unit": unit, **where}


def document(result: xr.Dataset) -> Iterator[str]:
    """The rows, one in a line, with the provenance from which they can be computed again: one JSON document in pieces.

    Example
    -------
    >>> json.loads("".join(document(seen)))["rows"][0]["name"]  # doctest: +SKIP
    'cows'
    """
    before = '{"rows": [\n'
    for row in rows(result):
        yield before + json.dumps(row, ensure_ascii=False, allow_nan=False)
        before = ",\n"
    provenance = json.loads(result.attrs["provenance"])
    yield ("" if before == ",\n" else before) + "],\n"
    yield '"provenance": ' + json.dumps(provenance, ensure_ascii=False, allow_nan=False) + "}\n"


def _said(people: np.ndarray) -> dict[str, Any]:
    """The value of one person, or how many people spread."""
    if people.size == 1:
        return {"value": _number(people[0])}
    known = people[np.isfinite(people)]
    if not known.size:
        return {"n": 0, "mean": None, "sd": None, **dict.fromkeys(PERCENTILES)}
    spread = float(known.std(ddof=1)) if known.size > 1 else 0.0
    share = {key: float(np.percentile(known, percent)) for key, percent in PERCENTILES.items()}
    return {"n": int(known.size), "mean": float(known.mean()), "sd": spread, **share}


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain(coordinate: Any) -> Any:
    return coordinate.item() if hasattr(coordinate, "item") else coordinate
