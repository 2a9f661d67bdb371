"""What every command shares: one JSON document on standard output, and tables for people.

Needs    rich, only when a table is shown
Gives    ``print_json``, ``print_table``, ``JsonOption``
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

WIDE = 200  # columns of a table that goes to a file or a pipe
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def print_json(document: Any) -> None:
    """Print one JSON document. A number that JSON cannot write (NaN, infinity) becomes null."""
    print(json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=1))


def _plain(thing: Any) -> Any:
    """A document of plain Python values."""
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple, set, frozenset)):
        return [_plain(value) for value in thing]
    if hasattr(thing, "item") and not isinstance(thing, str):  # a numpy scalar
        thing = thing.item()
    if isinstance(thing, float) and not math.isfinite(thing):
        return None
    return thing if isinstance(thing, (str, int, float, bool, type(None))) else str(thing)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1, notes: Sequence[str] = ()
) -> None:
    """Print a table for a person. The first ``left`` columns are words, the others numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index < left else "right", overflow="fold", no_wrap=index == 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # A pipe or a file is as wide as it needs to be; a terminal has its own width.
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False)
    console.print(table)
    for note in notes:
        console.print(Text(note), soft_wrap=True)
