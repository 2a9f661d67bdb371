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
from ..records.files import make_ready, write_whole
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
    WorkError
        The folder cannot be written.
    MissingExtraError
        pyarrow is not installed.

    Example
    -------
    >>> write(trial("cyberball_exclusion"), "found")          # doctest: +SKIP
    """
    opened("pyarrow")
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise RequestError(
            "this is a file, not a folder", place=str(path), found=path.name, expected="a folder", try_="another name"
        )
    make_ready(path)
    table, text = trial.table, json.dumps(_plain(trial.as_dict()), ensure_ascii=False, allow_nan=False, indent=1)
    csv = {"index": False, "float_format": "%.10g", "lineterminator": "\n"}
    return (
        write_whole(path / "data.csv", lambda file: table.to_csv(file, **csv)),
        write_whole(path / "data.parquet", lambda file: table.to_parquet(file, index=False, engine="pyarrow")),
        write_whole(path / "trial.json", lambda file: file.write_text(text + "\n", "utf-8")),
    )


def _plain(thing: Any) -> Any:
    """Plain values; a number that JSON cannot write becomes null."""
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(value) for value in thing]
    if hasattr(thing, "item") and not isinstance(thing, str):
        thing = thing.item()
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing
