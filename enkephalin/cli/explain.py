"""The command that walks from a number back to its source.

Needs    explain
Gives    ``explain``
"""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, print_json


def explain(
    thing: Annotated[
        list[str],
        typer.Argument(
            metavar="[KIND] THING",
            help="A parameter (signalling.rise), a watched value, an exposure, a record of the catalog, or a file.",
        ),
    ],
    json: JsonOption = False,
) -> None:
    """Explain a thing: its value, status, source, what computes it, what reads it, and what rests on it."""
    from ..explain import explain as explained

    found = explained(" ".join(thing))
    if json:
        print_json(found.as_dict())
    else:
        print(found)
