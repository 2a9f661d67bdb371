"""From texts, tables and patches to a checked model: the long way, taken once for each body.

Needs    every other file of this room up to checked SBML
Gives    ``make``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from enkephalin.compiler import cache
from enkephalin.compiler.check import check_document, check_loops
from enkephalin.compiler.flatten import to_antimony, to_sbml
from enkephalin.compiler.model import Model
from enkephalin.compiler.patches import apply
from enkephalin.compiler.rows import match_rows
from enkephalin.compiler.text import Instance
from enkephalin.compiler.units import dress, inner_unit, with_values
from enkephalin.compiler.wiring import Flat, Sources, read_sources, wire
from enkephalin.errors import ModelError, nearest
from enkephalin.records.shapes.parameter import ParameterRow
from enkephalin.records.shapes.patch import Patch
from enkephalin.records.tables import read_table
from enkephalin.records.units import Unit


def make(path: Path, biology: Path, slots: tuple[str, ...] | None, patches: tuple[Patch, ...]) -> Model:
    """Build a model from its files.

    Parameters
    ----------
    path : Path
        The assembly.
    biology : Path
        The folder with modules, models and parameters.
    slots : tuple of str or None
        Ligand slots to keep; None keeps all.
    patches : tuple of Patch
        In the order they apply.
    """
    sources = read_sources(path)
    flat = wire(sources, slots)
    check_loops(flat)
    patched, applied = apply(_read_tables(sources, biology), patches)
    used = {instance.module for instance in sources.assembly.instances}
    tables = {module: rows for module, rows in patched.items() if module in used}
    rows = match_rows(flat, sources, tables, _instances_elsewhere(path, biology))
    units = {name: inner_unit(row.unit, row.at) for name, row in rows.items()}
    text, _ = to_antimony(flat)
    structure = cache.digest_of([text, *(f"{name} {units[name].powers}" for name in sorted(units)), *flat.slots])
    template = _template(structure, flat, units, rows)
    kinds = _by_kind(flat)
    computed = {*kinds["rule"], *kinds["initial"]}
    parameters = {name: _value(row) for name, row in rows.items() if name not in computed}
    digest = cache.digest_of([structure, *(f"{name} {value!r}" for name, value in sorted(parameters.items()))])
    return Model(
        name=flat.name,
        sbml=with_values(template, parameters),
        parameters=parameters,
        rows=rows,
        states=kinds["rate"],
        rules=kinds["rule"],
        inputs=kinds["input"],
        units={name: known.inner for name, known in units.items()},
        slots=flat.slots,
        structure_digest=structure,
        digest=digest,
        statements=flat.statements,
        functions=flat.functions,
        patches=applied,
        records=tuple(patch.model_dump_json() for patch in patches),
        biology=str(biology),
    )


def _template(structure: str, flat: Flat, units: Mapping[str, Unit], rows: Mapping[str, ParameterRow]) -> str:
    """The checked SBML text without true values, kept by the digest of the structure: patches of values reuse it."""
    kept = cache.load("structures", structure)
    if kept is not None:
        return kept.decode()
    sbml = to_sbml(flat)
    template = dress(sbml, units)
    check_document(template, flat.statements, rows)
    cache.save("structures", structure, template.encode())
    return template


def _read_tables(sources: Sources, biology: Path) -> dict[str, tuple[ParameterRow, ...]]:
    """Every table of the folder: patches may touch modules that this assembly does not use."""
    paths = {path.stem: path for path in sorted((biology / "parameters").glob("*.csv"))}
    for module in dict.fromkeys(instance.module for instance in sources.assembly.instances):
        if module not in paths:
            raise ModelError(
                f"the module '{module}' has no table",
                place=sources.modules[module].place,
                expected=f"parameters/{module}.csv",
                try_=nearest(f"{module}.csv", [path.name for path in paths.values()]),
            )
    return {module: tuple(read_table(path)) for module, path in paths.items()}


def _instances_elsewhere(path: Path, biology: Path) -> list[Instance]:
    """Instances of the other assemblies: a row that only they use is no mistake."""
    others = [other for other in sorted((biology / "models").glob("*.ant")) if other.name != path.name]
    return [instance for other in others for instance in read_sources(other).assembly.instances]


def _by_kind(flat: Flat) -> dict[str, tuple[str, ...]]:
    """Flat names by what computes them: rule, rate (states), initial, input."""
    kinds: dict[str, list[str]] = {"rule": [], "rate": [], "initial": [], "input": []}
    for statement in flat.statements:
        kinds[statement.kind].append(statement.target)
    return {kind: tuple(names) for kind, names in kinds.items()}


def _value(row: ParameterRow) -> float:
    """The value of a row inside; a wire that nobody drives is 0."""
    return 0.0 if row.inner_value is None else row.inner_value
