"""Options that several commands have, with the same words in each.

Needs    typer
Gives    ``AccountOption``, ``HypothesisOption``, ``WorkersOption``
"""

from __future__ import annotations

from typing import Annotated

import typer

AccountOption = Annotated[str | None, typer.Option(metavar="A", help="The account of the body. Default: literature.")]
HypothesisOption = Annotated[
    str | None,
    typer.Option(metavar="H", help="The hypothesis, or a mixture as opioid:0.5+stress:0.5. Default: integrated."),
]
WorkersOption = Annotated[
    int | None, typer.Option(metavar="W", min=1, help="How many work at the same time. Default: all cores.")
]
