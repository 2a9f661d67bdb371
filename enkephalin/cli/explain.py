"""The command that walks from a number back to its source.

Needs    explain
Gives    ``explain``
"""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, print_json


def explain(
    thing: Annotated[str, typer.Argument(help="A parameter (signalling.rise), a drug, a scenario, a watched value.")],
    json: JsonOption = False,
) -> None:
    """Explain a number: its value, status, source, and what reads it."""
    from ..explain import explain as explained

    found = explained(thing)
    if json:
        print_json(found.as_dict())
    else:
        print(found)
