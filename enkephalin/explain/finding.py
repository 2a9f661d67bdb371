"""Finding: what kind of thing a text means.

Needs    records (catalog), compiler, the explainers of this room
Gives    ``explain``
"""

from __future__ import annotations

from collections.abc import Callable

from ..compiler.model import Model, build
from ..compiler.names import ADDRESS, flat_names
from ..errors import RequestError, UnknownNameError, nearest
from ..records.catalog import list_ids
from ..records.watched import watch_names
from .equation import explain_symbols
from .evidence import explain_argument, explain_claim, explain_observation, explain_question, with_evidence
from .explanation import Explanation
from .record import (
    explain_drug,
    explain_drug_number,
    explain_patch,
    explain_person,
    explain_scale,
    explain_scenario,
    explain_source,
)
from .watched import explain_watched

BY_KIND: dict[str, Callable[[str], Explanation]] = {
    "drug": explain_drug,
    "scenario": explain_scenario,
    "scale": explain_scale,
    "person": explain_person,
    "source": explain_source,
    "patch": explain_patch,
    "claim": explain_claim,
    "observation": explain_observation,
    "question": explain_question,
    "argument": explain_argument,
}


def explain(thing: str, *, model: Model | None = None) -> Explanation:
    """Lead from a name back to where it comes from.

    Parameters
    ----------
    thing : str
        A parameter ("signalling.rise", "release[NAc].tone_endorphin", "naltrexone.clearance"), a flat name
        ("signal_NAc"), a watched value ("cows"), or the id of a drug, scenario, scale, person, source, patch, claim,
        observation, question or argument.

    Rarely needed
    -------------
    model : Model
        The body whose rows and equations are meant. Default: the human body as it ships.

    Returns
    -------
    Explanation
        Text by ``str()``, data by ``as_dict()``.

    Raises
    ------
    UnknownNameError
        Nothing has this name; the nearest names are offered.

    Example
    -------
    >>> print(str(explain("naltrexone.oral.lag")).splitlines()[0])  # doctest: +SKIP
    naltrexone.oral.lag  (number of a drug)
    """
    thing = thing.strip()
    drug = thing.partition(".")[0]
    if "." in thing and drug in list_ids("drug"):
        return explain_drug_number(thing)
    if thing in watch_names():
        return explain_watched(thing, model or build())
    for kind, explainer in BY_KIND.items():
        if thing in list_ids(kind):
            return explainer(thing)
    body = model or build()
    if thing in body.units or ADDRESS.fullmatch(thing):
        names = flat_names(body.rows, thing)
        return with_evidence(explain_symbols(thing, names, body), [body.rows[name] for name in names])
    if not thing:
        raise RequestError("nothing to explain", expected="a name", try_="signalling.rise, cows, naltrexone")
    known = [*watch_names(), *(id for kind in BY_KIND for id in list_ids(kind))]
    known += sorted({row.title for row in body.rows.values()}) + list(body.units)
    raise UnknownNameError(
        f"nothing is called '{thing}'",
        found=thing,
        expected="a parameter, a watched value, or the id of a record",
        try_=nearest(thing, known),
    )
