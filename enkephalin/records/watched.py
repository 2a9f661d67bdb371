"""Watched: the names that a scenario may watch (biology/watch.csv).

Needs    the table
Gives    ``watch_names()``, ``watch_rows()``; ``watch_name(word)``: other words for a name
Leaves   what symbol of the model each one is: see ``simulate``
"""

from __future__ import annotations

import csv
import io

from .files import PACKAGE, read_text

ALSO = {"peptide": "peptide_release"}
"""Other words for a watched name. A variable must not bear the name of one of its dims: docs/explanations/compiler."""


def watch_rows() -> list[dict[str, str]]:
    """The rows of the table: name, unit, dims, symbol, scale, about, part; none if it does not exist."""
    path = PACKAGE / "biology" / "watch.csv"
    return list(csv.DictReader(io.StringIO(read_text(path)))) if path.is_file() else []


def watch_names() -> tuple[str, ...]:
    """The names in the order of the table."""
    return tuple(dict.fromkeys(row["name"] for row in watch_rows()))


def watch_name(word: str) -> str:
    """The name in the table that a user's word means; the word itself if there is none."""
    return ALSO.get(word, word)
