"""Again: from a result back to the call that made it.

Needs    a result's provenance
Gives    ``rebuild``: the same numbers once more; ``body_of``: the model of a result
"""

from __future__ import annotations

import json
from typing import Any

import xarray as xr

from ..compiler.model import Model, build
from ..errors import RequestError
from ..records.shapes import Patch, Person, ResolvedScenario
from .running import simulate


def rebuild(result: xr.Dataset, *, who: Any = None) -> xr.Dataset:
    """Repeat the call that made a result.

    Parameters
    ----------
    result : xarray.Dataset
        What ``simulate`` returned, or a file of it read again.

    Rarely needed
    -------------
    who : Draw
        The people, where they were too many to be written into the result: draw them again with the population,
        number and seed of its provenance.

    Returns
    -------
    xarray.Dataset
        The same numbers.

    Raises
    ------
    RequestError
        The result does not say how it was made, needs ``who``, or was made by a body that this program no longer has.
    """
    made = provenance_of(result)
    model = body_of(result)
    people = who if who is not None else _people(made["who"])
    return simulate(
        people,
        ResolvedScenario.model_validate_json(json.dumps(made["scenario"])),
        model=model,
        at=made["at"],
        watch=made["watch"],
        tolerance=made["tolerance"],
        engine=made["engine"],
    )


def body_of(result: xr.Dataset) -> Model:
    """The body that a result was made with.

    Raises
    ------
    RequestError
        Equations or values have changed since; the digests differ.
    """
    made = provenance_of(result)["model"]
    patches = [Patch.model_validate_json(json.dumps(patch)) for patch in made["patches"]]
    model = build(made["assembly"], made["slots"], patches)
    if model.digest != made["digest"]:
        raise RequestError(
            "the body has changed since this result was made",
            found=f"digest {model.digest[:12]}",
            expected=f"digest {made['digest'][:12]}",
            try_=f"the version {provenance_of(result)['version']} of the program",
        )
    return model


def provenance_of(result: xr.Dataset) -> dict[str, Any]:
    """What a result says of its making."""
    text = result.attrs.get("provenance")
    if not text:
        raise RequestError(
            "this result does not say how it was made",
            expected='attrs["provenance"] of simulate',
            try_="keep the attributes of the result when you write or change it",
        )
    made: dict[str, Any] = json.loads(text)
    return made


def _people(told: dict[str, Any]) -> Any:
    if told.get("records"):
        return [Person.model_validate_json(json.dumps(record)) for record in told["records"]]
    if told.get("values"):
        return told["values"]
    raise RequestError(
        "the people of this result are not in it",
        found=str(told)[:100],
        expected="who=draw(population, n, seed)",
        try_="draw the same people again and give them as `who`",
    )
