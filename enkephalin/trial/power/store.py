"""Store: finished repeats in a folder, so that killed work goes on.

Needs    numpy
Gives    ``Store``
Leaves   doing the work: see ``repeats``

request.json  what is repeated
000000.npy    a piece: repeats from the number in its name on
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError, WorkError
from ...records.files import write_whole
from ...records.writing import to_plain

if TYPE_CHECKING:
    from .repeats import Repeats

Array = NDArray[np.float64]
REQUEST = "request.json"


class Store:
    """Where pieces are kept; without a folder nothing is.

    Raises
    ------
    RequestError
        The folder keeps repeats of another request.
    WorkError
        The folder cannot be written.
    """

    def __init__(self, folder: Path | str | None, task: Repeats) -> None:
        self.path = None if folder is None else Path(folder)
        if self.path is None:
            return
        asked = request_of(task)
        file = self.path / REQUEST
        if file.is_file():
            kept = json.loads(file.read_text("utf-8"))
            other = [key for key in asked if kept.get(key) != asked[key]]
            if other:
                raise RequestError(
                    "the folder keeps repeats of another request",
                    place=str(self.path),
                    found=", ".join(f"{key} {kept.get(key)}" for key in other),
                    expected=", ".join(f"{key} {asked[key]}" for key in other),
                    try_="another folder, or the request that was begun here",
                )
            return
        self._write(file, json.dumps(asked, indent=1).encode())

    def kept(self, first: int, last: int) -> Array | None:
        """A finished piece; a longer one that begins at the same repeat will do, a damaged one is done again."""
        if self.path is None:
            return None
        try:
            found: Array = np.load(self.path / f"{first:06d}.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return found[: last - first] if len(found) >= last - first else None

    def keep(self, first: int, last: int, found: Array) -> None:
        """Write a piece: whole, or not at all."""
        if self.path is None:
            return
        from io import BytesIO

        held = BytesIO()
        np.save(held, found, allow_pickle=False)
        self._write(self.path / f"{first:06d}.npy", held.getvalue())

    def _write(self, file: Path, content: bytes) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, lambda path: path.write_bytes(content))
        except OSError as trouble:
            raise WorkError(
                "finished repeats cannot be written",
                place=str(file.parent),
                found=trouble.strerror or type(trouble).__name__,
                expected="a folder that can be written, on a disk with room",
                try_="another folder",
            ) from trouble


def request_of(task: Repeats) -> dict[str, Any]:
    """What the repeats depend on: people, seed, study, analyses, and the values of the bank."""
    values = hashlib.sha256()
    for name in sorted(task.truth.values):
        values.update(name.encode())
        values.update(np.ascontiguousarray(task.truth.values[name]).tobytes())
    plans = json.dumps([to_plain(plan) for plan in task.plans], sort_keys=True, default=str)
    study = json.dumps(to_plain(task.truth.study), sort_keys=True, default=str)
    return {
        "study": task.truth.study.id,
        "study_digest": hashlib.sha256(study.encode()).hexdigest(),
        "analyses": hashlib.sha256(plans.encode()).hexdigest(),
        "bank": task.bank,
        "bank_digest": values.hexdigest(),
        "n": task.n,
        "seed": task.seed,
        "identical_arms": task.null,
    }
