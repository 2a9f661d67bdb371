"""What the book knows of a module: its story, its wires, its rows, what changes them, what shows it.

Needs    compiler.wiring, records
Gives    ``Module``, ``modules()``: every module of the body, in the order in which the assemblies name them
Leaves   how it is written down: see pages.py
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...compiler.names import parse_address
from ...compiler.text import Instance, Statement, Text
from ...compiler.wiring import Sources, read_sources
from ...records.catalog import get, list_ids
from ...records.files import PACKAGE
from ...records.shapes import ParameterRow
from ...records.tables import all_rows
from ...records.watched import watch_rows

BIOLOGY = PACKAGE / "biology"
ASSEMBLIES = ("human", "reference_day")
PART = re.compile(r"^(\w+)\s{2,}(\S.*)$")  # "Story    A ligand finds ..."
HOLE = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Wire:
    """One argument: its unit, whether this module gives it, and who is at the other end."""

    name: str
    unit: str
    given: bool
    others: tuple[str, ...]  # modules that read it, or the one that gives it
    wires: tuple[str, ...]  # its names in the assembly


@dataclass(frozen=True)
class Changed:
    """A row under a patch."""

    patch: str
    kind: str
    row: str
    before: str
    after: str
    because: str
    ground: str


@dataclass(frozen=True)
class Module:
    """All of one module."""

    name: str
    title: str
    parts: Mapping[str, str]  # Story, Needs, Gives, Keeps, Leaves, Source: as its author wrote them
    statements: tuple[Statement, ...]
    wires: tuple[Wire, ...]
    instances: tuple[Instance, ...]
    rows: tuple[ParameterRow, ...]
    changes: tuple[Changed, ...]
    watched: tuple[str, ...]
    claims: tuple[str, ...]


def sources() -> list[Sources]:
    """The assemblies, read."""
    return [read_sources(BIOLOGY / "models" / f"{name}.ant") for name in ASSEMBLIES]


def modules(read: Iterable[Sources]) -> Iterator[Module]:
    """Every module, each once."""
    read = list(read)
    rows: dict[str, list[ParameterRow]] = {}
    for row in all_rows():
        rows.setdefault(row.module, []).append(row)
    done: set[str] = set()
    for instance in (instance for one in read for instance in one.assembly.instances):
        if instance.module not in done:
            done.add(instance.module)
            yield _module(instance.module, read, rows.get(instance.module, []))


def _module(name: str, read: list[Sources], rows: list[ParameterRow]) -> Module:
    text = next(one.modules[name] for one in read if name in one.modules)
    title, parts = header(text.path)
    own = tuple(instance for one in read for instance in one.assembly.instances if instance.module == name)
    ends = _ends(read)
    wires = tuple(_wire(text, place, own, rows, ends) for place in range(len(text.arguments)))
    names = {wire for one in wires if one.given for wire in one.wires}
    symbols = {f"{one.name}__{statement.target}" for one in own for statement in text.statements}
    return Module(
        name=name,
        title=title,
        parts=parts,
        statements=text.statements,
        wires=wires,
        instances=own,
        rows=tuple(rows),
        changes=tuple(_changes(name)),
        watched=tuple(dict.fromkeys(row["name"] for row in watch_rows() if _shows(row["symbol"], names | symbols))),
        claims=tuple(id_ for id_ in list_ids("claim") if any(_of(row, name) for row in get("claim", id_).rests_on)),
    )


def header(path: Path) -> tuple[str, dict[str, str]]:
    """The first comment of a file: its title, and its parts; lines of a part keep their own indentation."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].removeprefix(" "))
    parts: dict[str, list[str]] = {}
    begun = ""
    for line in lines[1:]:
        found = PART.match(line)
        if found:
            begun = found[1]
            parts[begun] = [found[2]]
        elif begun and line.strip():
            parts[begun].append(line.strip())
    return lines[0].strip(), {name: "\n".join(told) for name, told in parts.items()}


Ends = Mapping[str, tuple[set[str], set[str]]]


def _ends(read: Iterable[Sources]) -> Ends:
    """Wire -> (modules that give it, modules that read it)."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for one in read:
        for instance in one.assembly.instances:
            text = one.modules[instance.module]
            targets = {statement.target for statement in text.statements}
            for argument, wire in zip(text.arguments, instance.wires, strict=True):
                found.setdefault(wire, (set(), set()))[argument not in targets].add(instance.module)
    return found


def _wire(text: Text, place: int, own: Iterable[Instance], rows: Iterable[ParameterRow], ends: Ends) -> Wire:
    name = text.arguments[place]
    given = name in {statement.target for statement in text.statements}
    unit = next((row.unit for row in rows if row.name == name), "")
    wires = tuple(dict.fromkeys(instance.wires[place] for instance in own))
    others = {module for wire in wires for module in ends[wire][1 if given else 0]}
    return Wire(name, unit, given, tuple(sorted(others)), wires)


def _changes(module: str) -> Iterator[Changed]:
    for id_ in list_ids("patch"):
        patch = get("patch", id_)
        for change in patch.changes:
            if _of(change.row, module) and change.expects != change.becomes:
                before, after = (f"{one.value:g} {one.unit}" for one in (change.expects, change.becomes))
                ground = change.claim or change.source or ""
                yield Changed(id_, patch.kind, change.row, before, after, change.because, ground)


def _of(address: str, module: str) -> bool:
    return bool(parse_address(address)[0] == module)


def _shows(symbol: str, names: set[str]) -> bool:
    """Whether a watched pattern, such as ``signal_{region}``, shows one of these names."""
    if not symbol:
        return False
    pattern = re.compile(r"\w+?".join(map(re.escape, HOLE.split(symbol))))
    return any(pattern.fullmatch(name) for name in names)
