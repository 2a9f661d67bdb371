"""The body at a glance: a schematic head whose regions show a watched value at a chosen time.

Needs    body.yaml beside this file, and one result of ``simulate``, or two that are set side by side
Gives    ``body_picture``: the values and times that can be chosen; ``watched_by_body``
Leaves   the section of the page that offers the choice: see body_page.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from ..records.files import PACKAGE, own_yaml
from .chart import Series
from .glance import telling_times
from .systems import RATIOS, READABLE, moves

MOST_TIMES = 6  # from zero on
ABOVE_REST = "above rest"  # a unit whose resting value is 0


@dataclass(frozen=True)
class Region:
    """One place of the drawing."""

    id: str
    name: str
    x: float
    y: float
    aside: bool


@dataclass(frozen=True)
class Layer:
    """One value in every region: array of shape (side, region, time); NaN where a region has none.

    ``rest`` is the value from which differences count; None where sizes count from zero.
    """

    title: str
    unit: str
    values: np.ndarray
    rest: float | None

    @property
    def largest(self) -> float:
        """The largest size that is drawn: of a difference from rest, or of the value."""
        sizes = np.abs(self.values - (self.rest or 0.0))
        return float(np.nanmax(sizes, initial=0.0))


@dataclass(frozen=True)
class BodyPicture:
    """All that the picture can show: layers, times in h, and the names of the sides."""

    regions: tuple[Region, ...]
    layers: tuple[Layer, ...]
    times: tuple[float, ...]
    sides: tuple[str, ...]
    first: int = 0  # the time that is shown before another is chosen


@cache
def _drawing() -> Mapping[str, Any]:
    return own_yaml(PACKAGE / "report" / "body.yaml")


def regions() -> tuple[Region, ...]:
    """The regions of the drawing."""
    return tuple(
        Region(id_, told["name"], float(told["at"][0]), float(told["at"][1]), aside=told.get("aside", False))
        for id_, told in _drawing()["regions"].items()
    )


def watched_by_body() -> tuple[str, ...]:
    """Every value that the picture can show."""
    return tuple(dict.fromkeys(entry["watch"] for entry in _drawing()["values"]))


def body_picture(results: Sequence[xr.Dataset], *, sides: Sequence[str] = ("",)) -> BodyPicture | None:
    """What the picture shows of a result, or of two.

    Parameters
    ----------
    results : list of xarray.Dataset
        From ``simulate``; the same times and regions in each. Many people become a median.
    sides : list of str
        The name of each.

    Returns
    -------
    BodyPicture or None
        None where no value moves in any region.

    Example
    -------
    >>> body_picture([seen]).layers[0].title          # doctest: +SKIP
    'Mu signal'
    """
    hours = results[0]["time"].values.astype(float)
    every = [layer for entry in _drawing()["values"] if (layer := _layer(results, entry)) is not None]
    if not every:
        return None
    chosen, far = _times(hours, every[0])
    at = [int(np.abs(hours - hour).argmin()) for hour in chosen]
    layers = tuple(Layer(one.title, one.unit, one.values[:, :, at], one.rest) for one in every)
    return BodyPicture(regions(), layers, tuple(chosen), tuple(sides), first=chosen.index(far))


def _layer(results: Sequence[xr.Dataset], entry: Mapping[str, Any]) -> Layer | None:
    """One value at every time; None where the results lack it, or where it is level."""
    if entry["watch"] not in results[0]:
        return None
    unit = results[0][entry["watch"]].attrs["units"]
    unit = READABLE.get(unit, unit)
    arrays = [_values(result[entry["watch"]], entry.get("at", {})) for result in results]
    if any(array is None for array in arrays):
        return None
    values = np.stack([array for array in arrays if array is not None])
    hours = results[0]["time"].values
    level = not any(moves(Series("", hours, row), unit) for side in values for row in side)
    alike = np.array_equal(values[0], values[-1], equal_nan=True)
    if level and alike:
        return None
    rest = 1.0 if unit in RATIOS else 0.0 if unit == ABOVE_REST else None
    return Layer(entry["title"], unit, values, rest)


def _values(values: xr.DataArray, held: Mapping[str, str]) -> np.ndarray | None:
    """The median of the people in each region of the drawing, shape (region, time); None where there is no region."""
    for dim, coordinate in held.items():
        if dim in values.dims:
            if coordinate not in values[dim]:
                return None
            values = values.sel({dim: coordinate})
    if "region" not in values.dims:
        return None
    known = [region.id for region in regions()]
    array = values.reindex(region=known).transpose("person", "region", "time").values.astype(float)
    if array.shape[0] == 1:
        return array[0]
    found = np.full(array.shape[1:], np.nan)
    some = np.isfinite(array).any(axis=0)
    found[some] = np.nanmedian(array[:, some], axis=0)
    return found


def _times(hours: np.ndarray, layer: Layer) -> tuple[list[float], float]:
    """The start, the last time before zero and some after it; and when the first layer is farthest from its start."""
    before, after = hours[hours < 0], hours[hours >= 0]
    ends = [before[0], before[-1]] if len(before) else []
    told = telling_times(after, most=MOST_TIMES) if len(after) else []
    away = np.abs(layer.values - layer.values[:, :, :1])
    from_zero = np.where(np.isfinite(away) & (hours >= 0), away, 0.0)
    far = float(hours[int(from_zero.max(axis=(0, 1)).argmax())])
    near = [time for time in told if abs(time - far) <= 0.1 * abs(far)]
    far = near[0] if near else far
    return sorted({float(time) for time in (*ends, *told, far)}), far
