"""Finding: what kind of thing a text means.

Needs    records (catalog), compiler, the explainers of this room
Gives    ``explain``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..compiler.model import Model, build
from ..compiler.names import ADDRESS, flat_names
from ..errors import RequestError, UnknownNameError, nearest
from ..records.catalog import KINDS, exposures, is_path, list_ids, read
from ..records.scenario.slips import known_as
from ..records.tables import read_table
from ..records.watched import watch_names
from .circumstance import explain_exposure, explain_population, explain_study, explain_task, exposure_named
from .equation import explain_symbols, row_told
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
from .targets import targets_of
from .watched import explain_watched


def explain_source_and_targets(id: str) -> Explanation:
    """A source with every number that rests on it, and the targets that the model is held against."""
    found = explain_source(id)
    return replace(found, parts={**found.parts, "targets of validation": targets_of(id)})


BY_KIND: dict[str, Callable[[str], Explanation]] = {
    "drug": explain_drug,
    "scenario": explain_scenario,
    "scale": explain_scale,
    "person": explain_person,
    "source": explain_source_and_targets,
    "patch": explain_patch,
    "claim": explain_claim,
    "observation": explain_observation,
    "question": explain_question,
    "argument": explain_argument,
    "task": explain_task,
    "population": explain_population,
    "study": explain_study,
}


KINDS_OF_THINGS = ("watched", "exposure", *BY_KIND)


def explain(thing: str, *, model: Model | None = None) -> Explanation:
    """Lead from a name back to where it comes from.

    Parameters
    ----------
    thing : str
        A parameter ("signalling.rise", "release[NAc].tone_endorphin", "naltrexone.clearance"), a flat name
        ("signal_NAc"), a watched value ("cows"), an exposure ("touch"), the id of a drug, scenario, task, scale,
        person, population, study, source, patch, claim, observation, question or argument, or the path of such a
        record. A kind may stand before a name that several things bear: "task tsst".

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
    thing = " ".join(thing.split())
    if not thing:
        raise RequestError("nothing to explain", expected="a name", try_="signalling.rise, cows, naltrexone")
    if is_path(thing):
        return _explain_file(thing)
    if "." in thing and thing.partition(".")[0] in list_ids("drug"):
        return explain_drug_number(thing)
    wanted, _, name = thing.partition(" ")
    if name and wanted in KINDS_OF_THINGS:
        return _meanings(name, model, wanted)[wanted]()
    found = _meanings(thing, model)
    if found:
        first, *others = found
        more = [{"ask": f"enkephalin explain {kind} {thing}"} for kind in others]
        explained = found[first]()
        return replace(explained, parts={**explained.parts, "other things of this name": more})
    body = model or build()
    if thing in body.units or ADDRESS.fullmatch(thing):
        names = flat_names(body.rows, thing)
        return with_evidence(explain_symbols(thing, names, body), [body.rows[name] for name in names])
    known = [*watch_names(), *exposures(), *(id for kind in BY_KIND for id in list_ids(kind))]
    known += sorted({row.title for row in body.rows.values()}) + list(body.units)
    raise _unknown(thing, known)


def _meanings(thing: str, model: Model | None, wanted: str = "") -> dict[str, Callable[[], Explanation]]:
    """Everything that bears a name, by kind, in the order in which they are thought of.

    Raises
    ------
    UnknownNameError
        A kind is wanted, and nothing of that kind has the name.
    """
    found: dict[str, Callable[[], Explanation]] = {}
    if thing in watch_names():
        found["watched"] = lambda: explain_watched(thing, model or build())
    for kind, explainer in BY_KIND.items():
        if thing in list_ids(kind):
            found[kind] = partial(explainer, thing)
    word = exposure_named(thing)
    if word is not None:
        found["exposure"] = lambda: explain_exposure(word, model or build())
    if wanted and wanted not in found:
        known = {"watched": watch_names, "exposure": exposures}
        raise _unknown(thing, list(known[wanted]() if wanted in known else list_ids(wanted)), wanted)
    return found


def _unknown(thing: str, known: list[str], kind: str = "") -> UnknownNameError:
    return UnknownNameError(
        f"no {kind} is called '{thing}'" if kind else f"nothing is called '{thing}'",
        found=thing,
        expected=f"a {kind}" if kind else "a parameter, a watched value, or the id of a record",
        try_=(known_as(thing) if kind in ("", "drug") else "") or nearest(thing, known),
    )


def _explain_file(path: str) -> Explanation:
    """A file of one's own: a record as if it stood in the catalog, or a table row by row."""
    if path.lower().endswith(".csv"):
        rows = read_table(path)
        return Explanation(path, "table", parts={"rows": [row_told(row) for row in rows if row.status != "wire"]})
    shape = type(read(path)).__name__.removeprefix("Resolved")
    kind = next((kind.name for kind in KINDS.values() if kind.word == shape and not kind.subkind), "")
    if kind not in BY_KIND:
        raise RequestError(
            "this kind of record has no explanation",
            place=path,
            found=kind or shape,
            expected=", ".join(BY_KIND),
            try_=f"enkephalin show {path}",
        )
    return BY_KIND[kind](path)
