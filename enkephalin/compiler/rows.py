"""Which table row applies to which symbol of which instance.

Needs    the wired body (``wiring.Flat``) and the rows of its modules' tables
Gives    ``match_rows``: flat name -> row; ``best_row`` for one symbol
Leaves   reading the tables (records.tables), units on the document (``units``)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from enkephalin.compiler.text import Instance, Statement, Text
from enkephalin.compiler.units import inner_unit
from enkephalin.compiler.wiring import Flat, Sources
from enkephalin.errors import ModelError, nearest

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow

Tables = Mapping[str, tuple["ParameterRow", ...]]


def match_rows(flat: Flat, sources: Sources, tables: Tables, everywhere: Iterable[Instance]) -> dict[str, ParameterRow]:
    """The row of every flat name.

    Parameters
    ----------
    flat : Flat
        The wired body.
    sources : Sources
        Its texts.
    tables : mapping
        Module -> rows.
    everywhere : list of Instance
        Instances of every assembly beside this one: a row is in use if it fits one of them.

    Returns
    -------
    dict
        Flat name -> row; of a wire, the row of the module that gives it.

    Raises
    ------
    ModelError
        A symbol has no row, two rows fit equally well, a row fits nothing, or a wire joins different units.
    """
    _refuse_unused(sources, tables, everywhere)
    computed = {statement.target: statement for statement in flat.statements if statement.kind in ("rule", "initial")}
    stated = {statement.target for statement in flat.statements if statement.kind in ("rate", "input")}
    rows: dict[str, ParameterRow] = {}
    for name, users in flat.origin.items():
        found = [(instance, symbol, _row_of(instance, symbol, tables, sources)) for instance, symbol in users]
        _refuse_mixed_units(name, found)
        rows[name] = _giver(found, sources)
        is_wire = found[0][1] in sources.modules[found[0][0].module].arguments
        _refuse_wrong_value(name, rows[name], computed.get(name), is_wire and name not in stated)
    return rows


def best_row(rows: Iterable[ParameterRow], symbol: str, parts: Iterable[str]) -> ParameterRow | None:
    """The row whose ``where`` lies within an instance's parts; of several, the most particular; a tie is refused."""
    have = set(parts)
    fitting = [row for row in rows if row.name == symbol and set(row.where) <= have]
    if not fitting:
        return None
    most = max(len(row.where) for row in fitting)
    best = [row for row in fitting if len(row.where) == most]
    if len(best) > 1:
        raise ModelError(
            f"two rows fit '{symbol}' of {' '.join(parts)} equally well",
            place=best[1].at,
            found=" and ".join(f"where {' '.join(row.where) or '(empty)'} ({row.at})" for row in best),
            expected="one most particular row",
            try_=f"a row with where {' '.join(part for part in parts if any(part in row.where for row in best))}",
        )
    return best[0]


def _row_of(instance: Instance, symbol: str, tables: Tables, sources: Sources) -> ParameterRow:
    rows = tables[instance.module]
    row = best_row(rows, symbol, instance.parts)
    if row is None:
        others = [other.name for other in rows if other.name != symbol]
        elsewhere = [other for other in rows if other.name == symbol]
        raise ModelError(
            f"'{symbol}' has no row in parameters/{instance.module}.csv",
            place=sources.modules[instance.module].symbols[symbol],
            found=f"{instance.name} needs {symbol}"
            + (f"; rows only where {', '.join(' '.join(other.where) for other in elsewhere)}" if elsewhere else ""),
            expected="a row for every symbol; a misspelt name is a new symbol",
            try_=nearest(symbol, others) if not elsewhere else "a row with an empty where",
        )
    return row


def _refuse_mixed_units(name: str, found: list[tuple[Instance, str, ParameterRow]]) -> None:
    """All modules that a wire joins must agree what it measures."""
    first = found[0]
    for other in found[1:]:
        unit_1, unit_2 = inner_unit(first[2].unit, first[2].at), inner_unit(other[2].unit, other[2].at)
        if unit_1.powers != unit_2.powers:
            raise ModelError(
                f"the wire '{name}' joins different units",
                place=other[2].at,
                found=f"{other[2].unit} for {other[0].name}, {first[2].unit} for {first[0].name} ({first[2].at})",
                expected="one unit on one wire",
            )


def _giver(found: list[tuple[Instance, str, ParameterRow]], sources: Sources) -> ParameterRow:
    for instance, symbol, row in found:
        if any(statement.target == symbol for statement in sources.modules[instance.module].statements):
            return row
    return found[0][2]


def _refuse_wrong_value(name: str, row: ParameterRow, computed: Statement | None, is_wire: bool) -> None:
    """A symbol has its value from a row or from a sentence, never from both, never from neither."""
    if is_wire and row.status != "wire":
        raise ModelError(
            f"'{row.name}' is a wire, its row says {row.status}",
            place=row.at,
            expected="status wire and no value",
        )
    if row.status == "wire" and not is_wire:
        raise ModelError(
            f"'{row.name}' is no wire",
            place=row.at,
            found="status wire",
            expected=f"wires are the arguments of model {row.module}",
        )
    if computed is not None and row.value is not None:
        raise ModelError(
            f"'{row.name}' has two values",
            place=row.at,
            found=f"{row.value:g} {row.unit}, and {computed.expression} ({computed.place})",
            expected="a value in the row or a sentence in the module",
            try_="empty the value of the row",
        )
    if computed is None and row.value is None and not is_wire:
        raise ModelError(
            f"'{row.name}' has no value",
            place=row.at,
            found=f"an empty value, and no sentence that computes {name}",
            expected="a value, or a sentence in the module",
        )


def _refuse_unused(sources: Sources, tables: Tables, everywhere: Iterable[Instance]) -> None:
    """Every row is for a symbol of its module and for at least one instance."""
    instances = [*sources.assembly.instances, *everywhere]
    for module, rows in tables.items():
        text: Text = sources.modules[module]
        siblings = [set(instance.parts) for instance in instances if instance.module == module]
        for row in rows:
            if row.name not in text.symbols:
                raise ModelError(
                    f"the row '{row.name}' fits no symbol of {module}",
                    place=row.at,
                    expected="a name that the module uses",
                    try_=nearest(row.name, text.symbols),
                )
            if siblings and row.where and not any(set(row.where) <= parts for parts in siblings):
                raise ModelError(
                    f"the row '{row.name}' fits no instance of {module}",
                    place=row.at,
                    found=f"where {' '.join(row.where)}",
                    expected="parts of one instance's name",
                    try_=nearest(row.where[0], sorted(set().union(*siblings))),
                )
