"""Store: the result of very many people as one Zarr group, written piece by piece and read a little at a time.

Needs    zarr; a result without people as a template
Gives    ``create``, ``write``, ``read``, ``digest``, ``opened``
Keeps    a piece that was written has the same bytes whoever computed it; what is not there yet reads as NaN
Leaves   which pieces are there (folder)

Each piece of people is one file per variable (a shard), cut inside along time: reading some times of everybody reads
only those.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

FINISHED = "finished"  # coordinate of people: carried to the last time
TOGETHER = 1 << 20  # bytes of a piece that are read together
AT_ONCE = 1 << 27  # bytes of all people that are read together


def create(path: Path, template: xr.Dataset, labels: Sequence[Any], chunk: int) -> None:
    """An empty result.

    Parameters
    ----------
    path : Path
        A folder; what is in it is thrown away.
    template : xarray.Dataset
        The result without people: dims (person, time, ...).
    labels : list
        Names or numbers of the people.
    chunk : int
        People in one piece.
    """
    import zarr

    attributes = {**template.attrs, "coordinates": FINISHED}
    group = zarr.create_group(str(path), zarr_format=3, overwrite=True, attributes=attributes)
    people, hours = len(labels), template.sizes["time"]
    coordinates = {"person": np.array(labels)} | {str(d): template[d].values for d in template.dims if d != "person"}
    for name, values in coordinates.items():
        kind = str if values.dtype.kind in "UTO" else values.dtype
        attributes = dict(template[name].attrs) if name in template.coords else {}
        array = group.create_array(name, shape=values.shape, dtype=kind, dimension_names=(name,), attributes=attributes)
        array[...] = values
    group.create_array(FINISHED, shape=(people,), chunks=(chunk,), dtype=bool, dimension_names=("person",))
    for key, variable in template.data_vars.items():
        own = variable.shape[2:]
        slice_ = 8 * int(np.prod(own))  # bytes of one person at one time
        step = min(TOGETHER // (chunk * slice_), AT_ONCE // (people * slice_), hours)
        step = max(step, 1)
        group.create_array(
            str(key),
            shape=(people, hours, *own),
            shards=(chunk, -(-hours // step) * step, *own),
            chunks=(chunk, step, *own),
            dtype=float,
            fill_value=float("nan"),
            dimension_names=tuple(map(str, variable.dims)),
            attributes=dict(variable.attrs),
        )


def write(path: Path, first: int, seen: xr.Dataset, finished: np.ndarray) -> None:
    """Put some people, from number ``first`` on, into their place."""
    import zarr

    group: Any = zarr.open_group(str(path), mode="r+")
    last = first + seen.sizes["person"]
    values = {str(name): variable.values for name, variable in seen.data_vars.items()} | {FINISHED: finished}
    for name, array in values.items():
        stored = group[name]
        number = first // (stored.shards or stored.chunks)[0]
        _remove(path / name / "c" / str(number))  # a damaged file would be read before it is written
        stored[first:last] = array


def _remove(path: Path) -> None:
    """A file, or a folder of files, that may be there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def read(path: Path, first: int, last: int) -> dict[str, np.ndarray]:
    """The numbers of some people as they are stored, by variable."""
    import zarr

    group: Any = zarr.open_group(str(path), mode="r")
    own = {str(dim) for _, array in group.arrays() for dim in array.metadata.dimension_names}
    names = [name for name, _ in group.arrays() if name not in own and name != FINISHED]
    return {name: np.asarray(group[name][first:last]) for name in names}


def digest(values: dict[str, np.ndarray]) -> str:
    """A name for the numbers of some people."""
    sha = hashlib.sha256()
    for name in sorted(values):
        sha.update(f"{name}{values[name].shape}".encode() + np.ascontiguousarray(values[name], "<f8").tobytes())
    return sha.hexdigest()


def opened(path: Path) -> xr.Dataset:
    """The result; numbers are read from the disk when they are used."""
    seen = xr.open_zarr(str(path), consolidated=False, chunks=None)
    words = [name for name, values in seen.coords.items() if values.dtype.kind in "TO"]
    return seen.assign_coords({name: np.array(list(map(str, seen[name].values))) for name in words})
