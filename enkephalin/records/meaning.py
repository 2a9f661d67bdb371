"""Meaning: whether what a record says points at something, beyond the form of its keys.

Needs    catalog, tables, scenario, pointers
Gives    ``meaning_faults(document, kind, record, path)``
Leaves   the form: see ``shapes`` and ``complaints``

Works on the plain data, so that a file with a misspelt key still has its drugs and sources looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import EnkephalinError, RecordError, nearest
from .files import PACKAGE
from .pointers import own_sources, pointer_faults
from .reader import Document, Where, walk

PATCHES = PACKAGE / "biology" / "patches"
POINTS_AT = {"claim": "claim", "claims": "claim", "hypothesis": "hypothesis", "after": "patch", "against": "patch"}
EVIDENCE = ("observation", "claim", "contradiction", "argument", "causal_map")


def meaning_faults(document: Document, kind: str, record: Any, path: Path | None = None) -> list[RecordError]:
    """Everything in a record that points at nothing, or cannot happen."""
    found = [*_source_faults(document)]
    if kind == "drug":
        found += _other_drug_faults(document)
    if kind == "scenario":
        found += _scenario_faults(document, record)
    if kind == "study":
        found += _study_faults(document, record)
    if kind == "task":
        found += _task_faults(document, record)
    if kind in ("person", "population"):
        found += _person_faults(document, record)
    if kind == "population":
        found += _based_on_faults(document, record)
    if kind in ("patch", "account", "hypothesis", "species"):
        found += _patch_faults(document)
    if kind in EVIDENCE:
        from .claims import evidence_faults

        found += [*pointer_faults(document), *evidence_faults(document, record)]
    return found


def _source_faults(document: Document) -> Iterator[RecordError]:
    """Every ``source:`` names a record of evidence/sources."""
    from .catalog import list_ids

    known = set(list_ids("source")) | own_sources(document)
    for where, value in walk(document.data):
        names: tuple[Any, ...] = ()
        if where and where[-1] == "source" and isinstance(value, str):
            names = (value,)
        if where and where[-1] == "sources" and isinstance(value, tuple):
            names = value
        for name in names:
            if isinstance(name, str) and name not in known:
                yield RecordError(
                    f"unknown source '{name}'",
                    place=document.at(where),
                    found=f"{where[-1]}: {name}",
                    expected=f"the id of a record in evidence/sources ({len(known)} known)",
                    try_=nearest(name, sorted(known)) or "write a record of the source first",
                )


def _other_drug_faults(document: Document) -> Iterator[RecordError]:
    """Metabolites are drugs of the catalog."""
    from .catalog import list_ids

    known = list_ids("drug")
    for where, value in walk(document.data):
        named = where[-1:] == ("drug",) and isinstance(value, str)
        if named and value not in known and value != document.data.get("id"):
            yield RecordError(
                f"unknown drug '{value}'",
                place=document.at(where),
                found=f"drug: {value}",
                expected=f"the id of a record in catalog/drugs ({len(known)} known)",
                try_=nearest(str(value), known),
            )


def _scenario_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """Lines that break the grammar, ask for what cannot be, or clash; things to watch that are not known."""
    from .scenario.resolve import examine_scenario
    from .shapes import ResolvedScenario, Scenario
    from .watched import watch_name, watch_names

    readable = record if record is not None else _readable_part(document)
    whole = record is not None or all(isinstance(document.data.get(key), str) for key in ("lasts", "every"))
    if isinstance(readable, (Scenario, ResolvedScenario)):
        for where, error in examine_scenario(readable)[1]:
            if whole or where[0] == "happens":
                yield _placed(document, where, error)
    yield from _unknown_person(document, "person")
    known = watch_names()
    watched = document.data.get("watch")
    for number, name in enumerate(watched if isinstance(watched, tuple) else ()):
        if known and isinstance(name, str) and watch_name(name) not in known:
            yield RecordError(
                f"'{name}' cannot be watched",
                place=document.at(("watch", number)),
                found=f"watch: {name}",
                expected=f"a name of biology/watch.csv ({len(known)} known)",
                try_=nearest(name, known),
            )


def _study_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """What of a study points at nothing, or cannot work."""
    if record is not None:
        from .study.resolve import examine_study

        for where, error in examine_study(record)[1]:
            yield _placed(document, where, error)


def _task_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """Lines that break the grammar or do not fit into the task."""
    from .scenario.tasks import task_faults

    if record is not None:
        for where, error in task_faults(record):
            yield _placed(document, where, error)


def _readable_part(document: Document) -> Any:
    """A scenario made of those of its keys that can be read, so that its lines are checked in any case."""
    from .shapes import Origin, Scenario

    data = document.data
    happens = data.get("happens")
    if "end" in data or not isinstance(happens, tuple):
        return None
    texts = {key: data[key] for key in ("lasts", "zero", "every", "clock") if isinstance(data.get(key), str)}
    lines = tuple(line if isinstance(line, str) else "" for line in happens)
    whole = {"id": "unreadable", "about": "unreadable", "watch": ("unreadable",), "lasts": "100 years", "every": "1 d"}
    return Scenario.model_validate(whole | texts | {"happens": lines}).read_from(Origin(document.place, document.lines))


def _person_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """Lines of a history, and parameters of one's own, that point at nothing."""
    from .scenario.resolve import history_of, lines_of_history
    from .tables import parameter_fault

    species = document.data.get("species")
    if isinstance(species, str) and species not in ("human", *(known := _species())):
        yield RecordError(
            f"unknown species '{species}'",
            place=document.at(("species",)),
            found=f"species: {species}",
            expected=", ".join(["human", *known]),
            try_=nearest(species, [*known, "human"]) or "human",
        )
    if record is not None and record.history:
        try:
            history_of(record)
        except RecordError as error:
            yield error
    for number, lived in enumerate(getattr(record, "histories", ())):
        for where, fault in lines_of_history(lived.history, record):
            yield _placed(document, ("histories", number, *where), fault)
    own = document.data.get("parameters")
    for name, setting in own.items() if isinstance(own, dict) else ():
        unit = setting.get("unit") if isinstance(setting, dict) else None
        wrong = parameter_fault(name, unit if isinstance(unit, str) else "")
        if wrong is not None:
            yield _placed(document, ("parameters", name), wrong)
    for key in ("vary", "influences"):
        rows = document.data.get(key)
        for number, row in enumerate(rows if isinstance(rows, tuple) else ()):
            name = row.get("parameter") if isinstance(row, dict) else None
            wrong = parameter_fault(name, "") if isinstance(name, str) else None
            if wrong is not None:
                yield _placed(document, (key, number, "parameter"), wrong)


def _species() -> tuple[str, ...]:
    """The ids of all species but the human; asked only by records that name one, for it reads every patch."""
    from .catalog import get

    return tuple(path.stem for path in PATCHES.glob("*.yaml") if get("patch", path.stem).kind == "species")


def _based_on_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """A population starts from a person of the catalog."""
    from .populations import whole

    if record is not None:
        try:
            whole(record)
        except RecordError as error:
            yield error
    yield from _unknown_person(document, "based_on")


def _unknown_person(document: Document, key: str) -> Iterator[RecordError]:
    """A key that names a person of the catalog."""
    from .catalog import list_ids

    name, known = document.data.get(key), list_ids("person")
    if isinstance(name, str) and name not in known:
        yield RecordError(
            f"unknown person '{name}'",
            place=document.at((key,)),
            found=f"{key}: {name}",
            expected=f"the id of a record in catalog/people ({len(known)} known)",
            try_=nearest(name, known),
        )


def _patch_faults(document: Document) -> Iterator[RecordError]:
    """Every change names a row, in units that fit it."""
    from .tables import parameter_fault

    yield from _named_by_patch(document)
    changes = document.data.get("changes")
    for number, change in enumerate(changes if isinstance(changes, tuple) else ()):
        row = change.get("row") if isinstance(change, dict) else None
        for key in ("expects", "becomes") if isinstance(row, str) else ():
            value = change.get(key)
            unit = value.get("unit") if isinstance(value, dict) else None
            wrong = parameter_fault(str(row), unit if isinstance(unit, str) else "")
            if wrong is not None:
                yield _placed(document, ("changes", number, key if "unit" in wrong.problem else "row"), wrong)


def _named_by_patch(document: Document) -> Iterator[RecordError]:
    """Claims, hypotheses and other patches that a patch names."""
    from .catalog import list_ids

    for where, value in walk(document.data):
        key = str(where[-2] if where and isinstance(where[-1], int) else where[-1]) if where else ""
        kind = POINTS_AT.get(key)
        if kind is None or not isinstance(value, str):
            continue
        # patches by their files: reading them here would ask for this one again
        known = list_ids(kind) if kind == "claim" else tuple(path.stem for path in PATCHES.glob("*.yaml"))
        if value not in known:
            yield RecordError(
                f"unknown {kind} '{value}'",
                place=document.at(where),
                found=f"{key}: {value}",
                expected=f"the id of a {kind} ({len(known)} known)",
                try_=nearest(value, known) or f"enkephalin list {kind}s",
            )


def _placed(document: Document, where: Where, error: EnkephalinError) -> RecordError:
    return RecordError(error.problem, **(error.parts() | {"place": error.place or document.at(where)}))
