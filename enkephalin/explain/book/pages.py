"""The pages of the book as Markdown.

Needs    ``Module`` (reading.py), equations (typeset.py)
Gives    ``pages(guards)``
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from ...compiler.text import Function
from ...evidence.disputes import verdict_of
from ...records.catalog import get
from ...records.shapes import ParameterRow, Source
from .reading import BIOLOGY, Module, Wire, header, modules, sources
from .typeset import block, latex, latex_function

STATUSES = ("measured", "fitted", "derived", "borrowed", "assumed")
KINDS = {
    "rate": "What changes in time",
    "rule": "What follows at once",
    "initial": "Where it starts",
}
PARTS = {
    "Needs": "It needs",
    "Gives": "It gives",
    "Keeps": "It keeps",
    "Leaves": "It leaves out",
    "Source": "It follows",
}
FUNCTIONS = "functions"
TEXTS, TABLES = "../../enkephalin/biology/modules", "../../enkephalin/biology/parameters"
FEW = 3  # names of a wire in the assembly that are told in full
Guards = Callable[[str], Sequence[tuple[str, Sequence[str]]]]


def pages(guards: Guards) -> dict[str, str]:
    """The whole book.

    Parameters
    ----------
    guards : function of a module's name
        The tests that guard it: (file from the root of the repository, statements).

    Returns
    -------
    dict
        File name -> Markdown: ``index.md``, ``functions.md``, and one page for each module.
    """
    read = sources()
    every = list(modules(read))
    shapes = {name: shape for one in read for name, shape in one.functions.items()}
    told = {f"{module.name}.md": _page(module, shapes, guards(module.name)) for module in every}
    return {"index.md": _index(every), f"{FUNCTIONS}.md": _functions(read[0].functions, every), **told}


def _index(every: Sequence[Module]) -> str:
    rows = []
    for module in every:
        counts = _counts(module.rows)
        states = sum(statement.kind == "rate" for statement in module.statements)
        link = f"[{module.name}]({module.name}.md)"
        numbers = [str(counts[status] or "") for status in STATUSES]
        rows.append([link, module.title, str(len(module.instances)), str(states or ""), *numbers])
    total = _counts(row for module in every for row in module.rows)
    told = ", ".join(f"{total[status]} {status}" for status in STATUSES)
    return (
        "# The model book\n\n"
        "Every module of the body: its story, its equations, its wires, its numbers with their sources, the patches "
        "that change them, and the tests that guard it. All of it is read from the files that the program runs.\n\n"
        f"The tables hold {sum(total.values())} numbers: {told}. Some shapes are [shared]({FUNCTIONS}.md) by several "
        "modules. How the modules are wired stands in [human.ant](../../enkephalin/biology/models/human.ant); "
        "`enkephalin explain` leads from any one number back to its source.\n\n"
        + _table(["module", "what it is", "places", "states", *STATUSES], rows)
    )


def _functions(functions: Mapping[str, Function], every: Sequence[Module]) -> str:
    users = {name: [module.name for module in every if name in _called(module)] for name in functions}
    lines = [
        f"- `{name}`: used by {', '.join(f'[{user}]({user}.md)' for user in users[name]) or 'other shapes only'}"
        for name in functions
    ]
    title, parts = header(BIOLOGY / "modules" / f"{FUNCTIONS}.ant")
    return (
        f"# Shared shapes\n\n{title}\n\n{_paragraph(parts.get('Story', ''))}\n\n"
        f"{block(map(latex_function, functions.values()))}\n" + "\n".join(lines)
        + f"\n\nText: [{FUNCTIONS}.ant]({TEXTS}/{FUNCTIONS}.ant).\n"
    )  # fmt: skip


def _page(module: Module, shapes: Mapping[str, Function], guards: Sequence[tuple[str, Sequence[str]]]) -> str:
    parts = [
        f"# {module.name}\n\n**{module.title}**\n\n{_paragraph(module.parts.get('Story', ''))}\n",
        *(f"\n{words}:\n\n{_lines(module.parts[name])}\n" for name, words in PARTS.items() if name in module.parts),
        f"\nText: [{module.name}.ant]({TEXTS}/{module.name}.ant). "
        f"Values: [{module.name}.csv]({TABLES}/{module.name}.csv). "
        f"{_places(module)} [All modules](index.md).\n",
        _equations(module, shapes),
        _wires(module),
        _values(module),
        _changes(module),
        _watched(module),
        _claims(module),
        _guards(module, guards),
    ]
    return "".join(parts)


def _paragraph(text: str) -> str:
    return _safe(" ".join(text.split()))


def _lines(text: str) -> str:
    """The lines of a part as a list; a name and what it is stand two blanks apart."""
    rows = []
    for line in text.splitlines():
        name, gap, about = re.split(r"(\s{2,})", line, maxsplit=1) if re.search(r"\S\s{2,}\S", line) else (line, "", "")
        rows.append(f"- {_safe(name)}: {_safe(about)}" if gap else f"- {_safe(line)}")
    return "\n".join(rows)


def _places(module: Module) -> str:
    names = [instance.name for instance in module.instances]
    few = ", ".join(f"`{name}`" for name in names[:FEW])
    times = "once" if len(names) == 1 else f"{len(names)} times"
    return f"It stands in the body {times}: {few}{' and so on' if len(names) > FEW else ''}."


def _equations(module: Module, shapes: Mapping[str, Function]) -> str:
    found = ["\n## Equations\n"]
    for kind, words in KINDS.items():
        told = [latex(statement) for statement in module.statements if statement.kind == kind]
        if told:
            found.append(f"\n{words}:\n\n{block(told)}")
    inputs = [statement.target for statement in module.statements if statement.kind not in KINDS]
    if inputs:
        found.append(f"\nSet by what happens: {', '.join(f'`{name}`' for name in inputs)}.\n")
    used = [name for name in shapes if name in _called(module)]
    if used:
        told = [latex_function(shapes[name]) for name in used]
        found.append(f"\nwith the [shared shapes]({FUNCTIONS}.md)\n\n{block(told)}")
    return "".join(found)


def _called(module: Module) -> set[str]:
    return {name for statement in module.statements for name in re.findall(r"(\w+)\s*\(", statement.expression)}


def _wires(module: Module) -> str:
    if not module.wires:
        return ""
    rows = [
        [f"`{wire.name}`", wire.unit, "gives" if wire.given else "reads", _others(module, wire), _in_body(wire)]
        for wire in module.wires
    ]
    return "\n## Wires\n\n" + _table(["wire", "unit", "", "read by, or given by", "in the body"], rows)


def _others(module: Module, wire: Wire) -> str:
    links = [f"[{name}]({name}.md)" for name in wire.others if name != module.name]
    if module.name in wire.others:
        links.append("itself")
    return ", ".join(links) or ("nobody; it can be watched" if wire.given else "nobody: 0")


def _in_body(wire: Wire) -> str:
    few = ", ".join(f"`{name}`" for name in wire.wires[:FEW])
    return few + (f" and {len(wire.wires) - FEW} more" if len(wire.wires) > FEW else "")


def _values(module: Module) -> str:
    rows = [
        [f"`{row.name}`", " ".join(row.where), f"{row.value:g}", row.unit, str(row.spread or ""), row.status,
         _source(row.source), row.place, row.note]
        for row in module.rows
        if row.value is not None
    ]  # fmt: skip
    computed = [
        [f"`{row.name}`", row.unit, row.place or row.note]
        for row in module.rows
        if row.value is None and row.status != "wire"
    ]
    found = ""
    if rows:
        heads = ["name", "where", "value", "unit", "spread", "status", "source", "place", "note"]
        found += "\n## Values\n\n" + _table(heads, rows)
    if computed:
        found += "\nComputed by the module:\n\n" + _table(["name", "unit", ""], computed)
    return found


def _source(id_: str) -> str:
    if not id_:
        return ""
    source: Source = get("source", id_)
    return f"[{id_}](https://doi.org/{source.doi})" if source.doi else f"`{id_}`"


def _changes(module: Module) -> str:
    rows = [
        [
            f"{one.kind} {one.patch}",
            f"`{one.row}`",
            one.before,
            one.after,
            one.because,
            f"`{one.ground}`" if one.ground else "",
        ]
        for one in module.changes
    ]
    heads = ["patch", "row", "from", "to", "because", "claim or source"]
    return "\n## Patches that change it\n\n" + _table(heads, rows) if rows else ""


def _watched(module: Module) -> str:
    names = ", ".join(f"`{name}`" for name in module.watched)
    return f"\n## What shows it\n\nWatched values that it computes: {names}.\n" if names else ""


def _claims(module: Module) -> str:
    rows = [[f"`{id_}`", get("claim", id_).about, verdict_of(id_)[0].replace("_", " ")] for id_ in module.claims]
    return "\n## Claims that rest on it\n\n" + _table(["claim", "of the article", "verdict"], rows) if rows else ""


def _guards(module: Module, guards: Sequence[tuple[str, Sequence[str]]]) -> str:
    lines = []
    for path, told in guards:
        lines.append(f"\n[{path}](../../{path})\n\n")
        lines += [f"- {words}\n" for words in told]
    return "\n## Tests that guard it\n" + ("".join(lines) or "\nNone by name.\n")


def _counts(rows: Iterable[ParameterRow]) -> Counter[str]:
    return Counter(str(row.status) for row in rows if row.value is not None)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(_safe(text).split()).replace("|", "\\|")


def _safe(text: str) -> str:
    """Text in which Markdown finds no sign of its own; what stands between grave accents and links is left alone."""
    parts = re.split(r"(`[^`]*`|\[[^\]]*\]\([^)]*\))", text)
    plain = (re.sub(r"([*_<>])", r"\\\1", part) if k % 2 == 0 else part for k, part in enumerate(parts))
    return "".join(plain)
