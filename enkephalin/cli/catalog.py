"""The commands that read the catalog: list, show, resolve, schema, check.

Needs    records
Gives    ``list_``, ``show``, ``resolve``, ``schema``, ``check``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import JsonOption, print_json, print_table

INNER_KINDS = {"exposure_table"}  # read by the program, never asked for by name
FAULTY = 2


def _exposures() -> list[tuple[str, str]]:
    """The exposures of the scenario language, with their levels."""
    from ..records.catalog import exposures

    return [
        (word, f"{row.about} {row.low:g} to {row.high:g}, usually {row.usual:g}.") for word, row in exposures().items()
    ]


def _watched() -> list[tuple[str, str]]:
    """The values that can be watched, with their units and coordinates."""
    from ..records.watched import watch_rows

    told: dict[str, str] = {}
    for row in watch_rows():
        dims = f", by {row['dims'].replace(' ', ', ')}" if row["dims"] else ""
        told.setdefault(row["name"], f"{row['about']} [{row['unit']}{dims}]")
    return list(told.items())


WORDS = {"exposures": _exposures, "watched": _watched}  # no records of their own, but a scenario names them


def list_(
    kind: Annotated[
        str, typer.Argument(help="drugs, people, populations, scenarios, exposures, watched, sources, patches ...")
    ],
    json: JsonOption = False,
) -> None:
    """List the records of one kind, the id first on each line; or the words that a scenario may use."""
    from ..records.catalog import get, list_ids

    if kind in WORDS:
        records = WORDS[kind]()
    else:
        records = [(id_, getattr(get(kind, id_), "about", None) or getattr(get(kind, id_), "title", None) or "")
                   for id_ in list_ids(kind)]  # fmt: skip
    if json:
        print_json({"kind": kind, "ids": [id_ for id_, _ in records], "about": dict(records)})
    elif sys.stdout.isatty():
        print_table(kind, ["id", "about"], records, left=2)
    else:
        for id_, about in records:
            print(f"{id_}\t{about}")


def show(
    words: Annotated[list[str], typer.Argument(metavar="[KIND] ID", help="An id, a kind and an id, or a file.")],
    json: JsonOption = False,
) -> None:
    """Show one record as it stands in the catalog, with its sources."""
    from ..records import to_yaml

    record = _find(words)
    if json:
        print_json(record.model_dump(mode="json", exclude_none=True))
    else:
        print(to_yaml(record), end="")


def resolve(
    thing: Annotated[str, typer.Argument(metavar="SCENARIO|STUDY", help="A scenario or a study: an id or a file.")],
    json: JsonOption = False,
) -> None:
    """Print the explicit form of a scenario or a study: every time in hours, every amount in nmol."""
    from ..records import resolve as resolved
    from ..records import resolve_study, to_yaml
    from ..records.catalog import is_path, kind_of_file, list_ids

    studies = list_ids("study")
    study = kind_of_file(thing) == "study" if is_path(thing) else thing in studies
    record = resolve_study(thing) if study else resolved(thing)
    if json:
        print_json(record.model_dump(mode="json", exclude_none=True))
    else:
        print(to_yaml(record), end="")


def schema(
    kind: Annotated[str, typer.Argument(help="study, scenario, drug, person ...")],
) -> None:
    """Print the JSON Schema of a kind of record, with which editors help while you write one."""
    from ..records.schema import schema as of

    print_json(of(kind))


def check(
    files: Annotated[list[Path], typer.Argument(help="Records (YAML) or parameter tables (CSV).")],
    json: JsonOption = False,
) -> None:
    """Name every fault of a file: place, found, expected, and a way out."""
    from ..records import faults

    found = [(str(file), fault) for file in files for fault in faults(file)]
    if json:
        document = [{"file": file, "problem": fault.problem, **_parts(fault)} for file, fault in found]
        print_json({"files": [str(file) for file in files], "faults": document})
    else:
        for _, fault in found:
            print(fault, file=sys.stderr)
        if not found:
            print(f"{len(files)} {'file' if len(files) == 1 else 'files'} without a fault")
    if found:
        raise typer.Exit(FAULTY)


def _parts(fault: Any) -> dict[str, str]:
    parts = fault.parts()
    return {"place": parts["place"], "found": parts["found"], "expected": parts["expected"], "try": parts["try_"]}


def _find(words: list[str]) -> Any:
    """The record that the words name: a kind and an id, or an id that is looked for in every kind."""
    from ..errors import RequestError, UnknownNameError, nearest
    from ..records.catalog import KINDS, get, is_path, list_ids, read

    if len(words) == 2:
        return get(*words)
    if len(words) != 1:
        raise RequestError(
            "too many words",
            found=" ".join(words),
            expected="an id, or a kind and an id",
            try_="enkephalin show drug naltrexone",
        )
    (id_,) = words
    if is_path(id_):
        return read(id_)
    kinds = [kind for kind in KINDS.values() if kind.name not in INNER_KINDS and not kind.subkind]
    homes = [kind.name for kind in kinds if id_ in list_ids(kind.name)]
    if len(homes) == 1:
        return get(homes[0], id_)
    if homes:
        raise RequestError(
            f"'{id_}' names more than one record",
            found=id_,
            expected="a kind before it: " + ", ".join(homes),
            try_=f"enkephalin show {homes[0]} {id_}",
        )
    every = [known for kind in kinds for known in list_ids(kind.name)]
    raise UnknownNameError(
        f"unknown record '{id_}'", found=id_, expected="the id of a record, or a file", try_=nearest(id_, every)
    )
