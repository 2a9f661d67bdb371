"""Records: drugs and their numbers, scenarios, scales, people, sources, patches.

Needs    records
Gives    ``explain_drug``, ``explain_drug_number``, ``explain_scenario``, ``explain_scale``, ``explain_person``,
         ``explain_source``, ``explain_patch``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..records.catalog import get, list_ids
from ..records.parameters import drug_quantities, parameter_named
from ..records.scenario.resolve import resolve
from ..records.shapes import Drug, Quantity
from ..records.tables import all_rows
from .equation import ground, source_row
from .explanation import Explanation


def explain_drug(id: str) -> Explanation:
    """A drug: every number with its status and source, and the scenarios that give it."""
    drug: Drug = get("drug", id)
    numbers = drug_quantities(drug)
    sources = dict.fromkeys(quantity.source for quantity in numbers.values() if quantity.source)
    return Explanation(
        id,
        "drug",
        drug.about,
        {
            "family": drug.family,
            "molar mass": _plain(drug.molar_mass),
            "routes": list(drug.routes),
            "becomes": [row.drug for row in drug.metabolites],
            "not known": "; ".join(drug.not_known),
            "checked by": drug.checked_by,
            "file": drug.origin.place,
        },
        {
            "numbers": [_number(name, quantity) for name, quantity in numbers.items()],
            "sources": [source_row(source) for source in sources],
            "scenarios": [{"scenario": name} for name in list_ids("scenario") if id in _drugs_of(name)],
        },
    )


def explain_drug_number(name: str) -> Explanation:
    """One number of a drug."""
    found = parameter_named(name)
    quantity = found.quantity
    assert quantity is not None
    drug: Drug = get("drug", found.drug)
    return Explanation(
        name,
        "number of a drug",
        drug.about,
        {
            "value": _plain(quantity),
            "inside": f"{quantity.inner(molar_mass=drug.mass):.6g} in nmol, L, h",
            "spread between people": str(quantity.spread) if quantity.spread else "",
            "status": quantity.status,
            "source": quantity.source,
            "place in the source": quantity.place,
            "kind": quantity.kind,
            "checked by": quantity.checked_by,
            "note": quantity.note,
            "file": drug.origin.place,
        },
        {"source": [source_row(quantity.source)] if quantity.source else []},
    )


def explain_scenario(id: str) -> Explanation:
    """A scenario: what happens, in its explicit form, and why."""
    written, resolved = get("scenario", id), resolve(id)
    zero = resolved.zero
    happens: list[dict[str, Any]] = [
        {
            "time": f"{dose.time - zero:g} h",
            "what": f"{dose.drug} {dose.amount:.6g} {dose.unit} {dose.route}",
            "again": f"every {dose.interval:g} h x {dose.count}" if dose.count > 1 else "",
        }
        for dose in resolved.doses
    ]
    happens += [
        {"time": f"{one.time - zero:g} h to {one.end - zero:g} h", "what": f"{one.exposure} {one.level:g}"}
        for one in resolved.exposures
    ]
    sources = [*([resolved.source] if resolved.source else []), *resolved.sources]
    return Explanation(
        id,
        "scenario",
        resolved.about,
        {
            "lasts": f"{resolved.end:g} h, of which {zero:g} h before zero",
            "time of day at the start": f"{resolved.clock:g} h",
            "watch": list(resolved.watch),
            "note": resolved.note,
            "file": written.origin.place,
        },
        {"happens (times from zero)": happens, "sources": [source_row(source) for source in sources]},
    )


def explain_scale(id: str) -> Explanation:
    """A scale: its items with their points, its bands, its source; of an instrument what it reads, range and noise."""
    scale = get("scale", id)
    tool = scale.instrument
    limits = [f"{end:g}" for end in (tool.low, tool.high) if end is not None] if tool else []
    named = dict.fromkeys(name for name in (scale.source, *scale.sources) if name)
    return Explanation(
        id,
        "scale",
        scale.about,
        {
            "title": scale.title,
            "rated by": scale.rated_by,
            "total": scale.total,
            "bands": "; ".join(f"{band.low}-{band.high} {band.name}" for band in scale.bands),
            "reads": list(tool.reads) if tool else "",
            "range": f"{' to '.join(limits)} {tool.unit}" if tool and limits else "",
            "step": tool.step if tool else None,
            "not known": "; ".join(scale.not_known),
            "note": scale.note,
            "file": scale.origin.place,
        },
        {
            "items": [{"item": item.id, "points": list(item.points), "about": item.about} for item in scale.items],
            "instrument": list(_quantities(tool, "")) if tool else [],
            "source": [source_row(name) for name in named],
        },
    )


def _quantities(part: Any, path: str) -> Iterator[dict[str, Any]]:
    """Every number with a status inside a part of a record, by its path."""
    for name in type(part).model_fields if part is not None else ():
        value = getattr(part, name)
        here = f"{path}.{name}" if path else name
        if isinstance(value, Quantity):
            yield _number(here, value) | {"note": value.note or value.place}
        elif hasattr(value, "model_fields_set"):
            yield from _quantities(value, here)


def explain_person(id: str) -> Explanation:
    """A person: body, own parameters, history."""
    person = get("person", id)
    return Explanation(
        id,
        "person",
        person.about,
        {
            "sex": person.sex,
            "age": f"{person.age.value:g} {person.age.unit}",
            "weight": f"{person.weight.value:g} {person.weight.unit}",
            "note": person.note,
            "file": person.origin.place,
        },
        {
            "own parameters": [
                {"name": name, "value": f"{one.value:g} {one.unit}", "status": one.status, "source": one.source}
                for name, one in person.parameters.items()
            ],
            "history": [{"line": line} for line in person.history],
        },
    )


def explain_source(id: str) -> Explanation:
    """A source: what it is, how it was read, and every number that rests on it."""
    source = get("source", id)
    rows = [row for row in all_rows() if row.source == id]
    of_drugs = [
        _number(name, quantity)
        for drug in list_ids("drug")
        for name, quantity in drug_quantities(get("drug", drug)).items()
        if quantity.source == id
    ]
    scales = [name for name in list_ids("scale") if id in (get("scale", name).source, *get("scale", name).sources)]
    of_scales = [
        one | {"name": f"{name}: {one['name']}"}
        for name in list_ids("scale")
        for one in _quantities(get("scale", name).instrument, "")
        if one["source"] == id
    ]
    scenarios = [name for name in list_ids("scenario") if id in _sources_of(name)]
    return Explanation(
        id,
        "source",
        source.title or source.about or "",
        {
            "authors": list(source.authors or ()),
            "year": source.year,
            "journal": source.journal,
            "doi": source.doi,
            "species": source.species,
            "n": source.n,
            "read": source.read.replace("_", " "),
            "note": source.note,
            "scales": scales,
            "scenarios": scenarios,
            "file": source.origin.place,
        },
        {
            "rows": [
                {
                    "row": row.title,
                    "value": f"{row.value:g} {row.unit}" if row.value is not None else "computed",
                    "status": row.status,
                    "file": row.at,
                }
                for row in rows
            ],
            "numbers of drugs": of_drugs,
            "numbers of instruments": of_scales,
        },
    )


def explain_patch(id: str) -> Explanation:
    """A patch: each row it changes, from what to what, and why."""
    patch = get("patch", id)
    return Explanation(
        id,
        f"{patch.kind}" if patch.kind != "patch" else "patch",
        patch.about,
        {"source": patch.source, "file": patch.origin.place},
        {
            "changes": [
                {
                    "row": change.row,
                    "change": f"{change.expects.value:g} {change.expects.unit} -> "
                    f"{change.becomes.value:g} {change.becomes.unit}",
                    "why": change.because,
                    **ground(change),
                }
                for change in patch.changes
            ],
            "predicts": [{"says": one.says, "against": ", ".join(one.against)} for one in patch.predicts],
            "claims": [
                {"claim": id, "about": get("claim", id).about}
                for id in dict.fromkeys(change.claim for change in patch.changes if change.claim)
            ],
            "where what is described contradicts itself": [
                {"about": one.about, "reading": f"Taken: {one.reading}"} for one in patch.settled
            ],
        },
    )


def _number(name: str, quantity: Quantity) -> dict[str, Any]:
    return {
        "name": name,
        "value": _plain(quantity),
        "spread": str(quantity.spread) if quantity.spread else "",
        "status": quantity.status,
        "source": quantity.source,
    }


def _plain(quantity: Quantity) -> str:
    return f"{quantity.value:g} {quantity.unit}"


def _drugs_of(scenario: str) -> set[str]:
    return {dose.drug for dose in resolve(scenario).doses}


def _sources_of(scenario: str) -> set[str]:
    resolved = resolve(scenario)
    return {*resolved.sources, *([resolved.source] if resolved.source else [])}
