"""Files of a study: the data in long form, and what was found.

Needs    pandas, pyarrow
Gives    ``write(trial, folder)``
Leaves   the page (report)
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..errors import RequestError
from .libraries import opened
from .running import Trial


def write(trial: Trial, folder: Path | str) -> tuple[Path, ...]:
    """Write data.csv, data.parquet and trial.json.

    Parameters
    ----------
    trial : Trial
        A study that was run.
    folder : path
        Made if need be; files of the same names are replaced.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    RequestError
        The folder is a file.
    MissingExtraError
        pyarrow is not installed.

    Example
    -------
    >>> write(trial("cyberball_exclusion"), "found")          # doctest: +SKIP
    """
    opened("pyarrow")
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise RequestError("this is a file, not a folder", place=str(path), found=path.name, expected="a folder")
    path.mkdir(parents=True, exist_ok=True)
    trial.table.to_csv(path / "data.csv", index=False, float_format="%.10g", lineterminator="\n")
    trial.table.to_parquet(path / "data.parquet", index=False, engine="pyarrow")
    text = json.dumps(_plain(trial.as_dict()), ensure_ascii=False, allow_nan=False, indent=1)
    (path / "trial.json").write_text(text + "\n", encoding="utf-8")
    return tuple(path / name for name in ("data.csv", "data.parquet", "trial.json"))


def _plain(thing: Any) -> Any:
    """Plain values; a number that JSON cannot write becomes null."""
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(value) for value in thing]
    if hasattr(thing, "item") and not isinstance(thing, str):
        thing = thing.item()
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing
