"""From instance lines to one flat text: who is wired to whom, and which lines a body without some slots drops.

Needs    an assembly and its modules (see ``text``)
Gives    ``wire``: flat statements whose names are instance__symbol or the assembly's own wires
Leaves   values and units (see ``rows``), Antimony (see ``flatten``)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from enkephalin.compiler.text import FUNCTIONS, Function, Instance, Statement, Text, names_in, read_text, rename
from enkephalin.errors import ModelError, nearest
from enkephalin.records.files import shown

SEAT = re.compile(r"[1-9]|[acs][1-9]")  # a part of an instance's name that names a ligand slot
SLOT = re.compile(r"[1-9][a-z]?|[acs][1-9]|air")  # the same, or something more of one slot (7s, 1x) or of the body
IDLE = ("nothing", "none")  # a wire with such a part is meant to be driven by nobody


@dataclass(frozen=True)
class Sources:
    """An assembly with every module and function that it imports."""

    assembly: Text
    modules: dict[str, Text]
    functions: dict[str, Function]
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Flat:
    """The wired body before it has values.

    ``origin`` maps each flat name to (instance, symbol), once for every instance that knows it; wires have several.
    ``idle`` are the wires that nobody drives in this body: they are 0.
    """

    name: str
    statements: tuple[Statement, ...]
    functions: tuple[Function, ...]
    origin: dict[str, tuple[tuple[Instance, str], ...]]
    idle: tuple[str, ...]
    slots: tuple[str, ...]
    instances: tuple[Instance, ...]


def read_sources(assembly: Path) -> Sources:
    """Read an assembly and all that it imports, each file once."""
    texts: dict[Path, Text] = {}
    queue = [assembly.resolve()]
    while queue:
        path = queue.pop(0)
        if path in texts:
            continue
        texts[path] = read_text(path, shown(path))
        for relative, place in texts[path].imports:
            target = (path.parent / relative).resolve()
            if not target.is_file():
                known = [other.name for other in sorted(target.parent.glob("*.ant"))] if target.parent.is_dir() else []
                raise ModelError(
                    f"the import '{relative}' points at no file",
                    place=place,
                    try_=nearest(target.name, known),
                )
            queue.append(target)
    main = texts[assembly.resolve()]
    modules: dict[str, Text] = {}
    functions: dict[str, Function] = {}
    for path, text in texts.items():
        for function in text.functions:
            if function.name in functions or function.name in FUNCTIONS:
                raise ModelError(f"the function '{function.name}' is already there", place=function.place)
            functions[function.name] = function
        if path == main.path.resolve() or not text.name:
            continue
        if text.name in modules:
            raise ModelError(f"two modules are called '{text.name}'", place=text.place, found=modules[text.name].place)
        if text.instances:
            raise ModelError(
                "a module holds an instance",
                place=text.instances[0].place,
                expected="only an assembly wires modules",
                try_="pass what is needed as an argument",
            )
        modules[text.name] = text
    _check_assembly(main, modules)
    return Sources(main, modules, functions, tuple(sorted(texts)))


def all_slots(assembly: Text) -> tuple[str, ...]:
    """Every ligand slot of an assembly, in the order of its lines."""
    return tuple(
        dict.fromkeys(part for instance in assembly.instances for part in instance.parts if SLOT.fullmatch(part))
    )


def wire(sources: Sources, slots: Iterable[str] | None = None) -> Flat:
    """Join the modules of an assembly by their wires.

    Parameters
    ----------
    sources : Sources
        The texts.
    slots : list of str, optional
        Ligand slots to keep, such as ("1", "2", "a1"). Default: all.

    Returns
    -------
    Flat
        Statements with flat names; lines of other slots are left out, and wires that only they drive are idle.
    """
    known = all_slots(sources.assembly)
    kept = known if slots is None else tuple(str(slot) for slot in slots)
    for slot in kept:
        if slot not in known:
            raise ModelError(
                f"the assembly '{sources.assembly.name}' has no slot '{slot}'",
                place=sources.assembly.place,
                expected=f"one of {', '.join(known) or 'none'}",
                try_=nearest(slot, known),
            )
    kept = tuple(slot for slot in known if slot in kept)
    instances = tuple(
        instance
        for instance in sources.assembly.instances
        if all(part in kept for part in instance.parts if SLOT.fullmatch(part))
    )
    givers = _givers(sources)
    statements: list[Statement] = []
    origin: dict[str, list[tuple[Instance, str]]] = {}
    given: set[str] = set()
    for instance in instances:
        module = sources.modules[instance.module]
        wires = dict(zip(module.arguments, instance.wires, strict=True))
        flat_name = {symbol: wires.get(symbol, f"{instance.name}__{symbol}") for symbol in module.symbols}
        for symbol, flat in flat_name.items():
            origin.setdefault(flat, []).append((instance, symbol))
        for statement in module.statements:
            _check_calls(statement, sources.functions)
            expression = rename(statement.expression, flat_name)
            statements.append(Statement(statement.kind, flat_name[statement.target], expression, statement.place))
            given.add(flat_name[statement.target])
    wires_in_use = {wire: instance for instance in instances for wire in instance.wires}
    idle = tuple(wire for wire in wires_in_use if wire not in given)
    for wire_name in idle:
        if wire_name not in givers and not set(wire_name.split("_")) & set(IDLE):
            raise ModelError(
                f"no module drives the wire '{wire_name}'",
                place=wires_in_use[wire_name].place,
                expected="a wire that some instance gives, or one called nothing_...",
                try_=nearest(wire_name, givers),
            )
    used = tuple(sources.functions[name] for name in _called(statements, sources.functions))
    frozen = {flat: tuple(places) for flat, places in origin.items()}
    return Flat(sources.assembly.name, tuple(statements), used, frozen, idle, kept, instances)


def _givers(sources: Sources) -> dict[str, Instance]:
    """Wire -> the one instance that gives it, over all slots."""
    givers: dict[str, Instance] = {}
    for instance in sources.assembly.instances:
        module = sources.modules[instance.module]
        targets = {statement.target for statement in module.statements}
        for argument, wire_name in zip(module.arguments, instance.wires, strict=True):
            if argument not in targets:
                continue
            if wire_name in givers:
                raise ModelError(
                    f"two instances drive the wire '{wire_name}'",
                    place=instance.place,
                    found=f"{givers[wire_name].name} ({givers[wire_name].place}) and {instance.name}",
                    expected="one giver for each wire",
                )
            givers[wire_name] = instance
    return givers


def _check_assembly(assembly: Text, modules: dict[str, Text]) -> None:
    """An assembly wires and computes nothing; its instances are well named and well connected."""
    if not assembly.name:
        raise ModelError("this file holds no model", place=assembly.place, expected="model *name() ... end")
    if assembly.statements:
        first = assembly.statements[0]
        raise ModelError(
            "an assembly computes something",
            place=first.place,
            found=f"{first.target} ... {first.expression}".strip(),
            expected="only lines `name: module(wires)`",
            try_="move it into a module",
        )
    seen: dict[str, Instance] = {}
    for instance in assembly.instances:
        place = instance.place
        if instance.module not in modules:
            raise ModelError(
                f"unknown module '{instance.module}'",
                place=place,
                expected="a module that the assembly imports",
                try_=nearest(instance.module, modules),
            )
        if instance.name in modules:
            raise ModelError(
                f"the instance '{instance.name}' bears a module's name",
                place=place,
                expected=f"{instance.module}_<part>",
                try_=f"{instance.module}_body",
            )
        if not instance.name.startswith(f"{instance.module}_") or "__" in instance.name or not all(instance.parts):
            raise ModelError(
                f"the instance '{instance.name}' does not begin with its module",
                place=place,
                expected=f"{instance.module}_<part>, single underscores",
                try_=f"{instance.module}_{instance.name.split('_')[-1]}",
            )
        if instance.name in seen:
            raise ModelError(
                f"two instances are called '{instance.name}'", place=place, found=seen[instance.name].place
            )
        seen[instance.name] = instance
        expected = modules[instance.module].arguments
        if len(expected) != len(instance.wires):
            raise ModelError(
                f"'{instance.name}' has {len(instance.wires)} wires, its module takes {len(expected)}",
                place=place,
                found=", ".join(instance.wires),
                expected=", ".join(expected),
            )
        for wire_name in instance.wires:
            if not re.fullmatch(r"[A-Za-z]\w*", wire_name) or "__" in wire_name:
                raise ModelError(
                    f"'{wire_name}' cannot name a wire", place=place, expected="letters, digits and single _"
                )


def _check_calls(statement: Statement, functions: dict[str, Function]) -> None:
    """Every function that is called is known, and no symbol bears a function's name."""
    for name in re.findall(r"([A-Za-z_]\w*) ?\(", statement.expression):
        if name not in functions and name not in FUNCTIONS:
            raise ModelError(
                f"unknown function '{name}'",
                place=statement.place,
                found=statement.expression,
                try_=nearest(name, [*functions, *FUNCTIONS]) + "; or import the file that defines it",
            )
    for name in (statement.target, *names_in(statement.expression)):
        if name in functions or name in FUNCTIONS:
            raise ModelError(f"'{name}' is a function and a symbol at once", place=statement.place)


def _called(statements: list[Statement], functions: dict[str, Function]) -> list[str]:
    """The functions in use, each after those it calls itself."""
    order: list[str] = []

    def add(expression: str) -> None:
        for name in re.findall(r"([A-Za-z_]\w*) ?\(", expression):
            if name in functions and name not in order:
                add(functions[name].expression)
                order.append(name)

    for statement in statements:
        add(statement.expression)
    return order
