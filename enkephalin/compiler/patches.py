"""Patches: rows of the tables that hold another value under an account, a hypothesis or in another species.

Needs    the rows of every table, patch records
Gives    ``apply``: the rows after all patches, and what each patch did
Leaves   the records themselves (records.shapes.patch)

A patch names the value it expects to find and is refused on anything else. Order: species, account, hypothesis,
other. Two patches on one row are refused unless the later names the earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enkephalin.compiler.names import parse_address
from enkephalin.errors import PatchError, nearest
from enkephalin.records.units import same_kind, to_inner

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow
    from enkephalin.records.shapes.patch import Change, Patch

ORDER = ("species", "account", "hypothesis", "patch")
SAME = 1e-9  # relative: two ways to write one value, such as 0.25 d and 6 h


@dataclass(frozen=True)
class Applied:
    """One change that took place: patch, row, what stood there, what stands there now, and why."""

    patch: str
    row: str
    before: str
    after: str
    because: str


def in_order(patches: Iterable[Patch]) -> tuple[Patch, ...]:
    """Patches in the order they apply."""
    return tuple(sorted(patches, key=lambda patch: ORDER.index(patch.kind)))


def apply(
    tables: Mapping[str, tuple[ParameterRow, ...]], patches: Iterable[Patch]
) -> tuple[dict[str, tuple[ParameterRow, ...]], tuple[Applied, ...]]:
    """The tables after every patch, in order.

    Raises
    ------
    PatchError
        A change names no row, finds another value than it expects, or meets a row that an earlier patch changed.
    """
    patched = {module: list(rows) for module, rows in tables.items()}
    done: dict[tuple[str, int], str] = {}
    applied: list[Applied] = []
    for patch in in_order(patches):
        for number, change in enumerate(patch.changes):
            place = patch.origin.at(("changes", number))
            module, index = _find(change, patched, place)
            row = patched[module][index]
            earlier = done.get((module, index))
            if earlier is not None and change.after != earlier:
                raise PatchError(
                    f"'{patch.id}' changes a row that '{earlier}' has changed",
                    place=place,
                    found=change.row,
                    expected="one patch for each row, or the later names the earlier",
                    try_=f"after: {earlier}",
                )
            _refuse_unexpected(row, change, place)
            done[module, index] = patch.id
            patched[module][index] = row.model_copy(update={"value": change.becomes.value, "unit": change.becomes.unit})
            applied.append(
                Applied(
                    patch.id,
                    row.title,
                    f"{row.value:g} {row.unit}",
                    f"{change.becomes.value:g} {change.becomes.unit}",
                    change.because,
                )
            )
    return {module: tuple(rows) for module, rows in patched.items()}, tuple(applied)


def _find(change: Change, tables: Mapping[str, list[ParameterRow]], place: str) -> tuple[str, int]:
    module, parts, symbol = parse_address(change.row)
    rows = tables.get(module)
    if rows is None:
        raise PatchError(f"unknown module '{module}'", place=place, found=change.row, try_=nearest(module, tables))
    for index, row in enumerate(rows):
        if row.name == symbol and set(row.where) == parts:
            return module, index
    raise PatchError(
        f"no row '{change.row}'",
        place=place,
        found=change.row,
        expected=f"a row of parameters/{module}.csv, with its where in brackets",
        try_=nearest(change.row, [row.title for row in rows if row.value is not None]),
    )


def _refuse_unexpected(row: ParameterRow, change: Change, place: str) -> None:
    expected = f"{change.expects.value:g} {change.expects.unit}"
    if row.value is None:
        raise PatchError(
            f"the row '{change.row}' holds no value", place=place, found=row.at, expected="a row with a value"
        )
    for plain in (change.expects, change.becomes):
        if not same_kind(plain.unit, row.unit):
            raise PatchError(
                f"the unit '{plain.unit}' does not fit the row '{change.row}'",
                place=place,
                found=f"{plain.value:g} {plain.unit}",
                expected=f"a unit like {row.unit} ({row.at})",
            )
    stands = to_inner(row.value, row.unit)
    thought = to_inner(change.expects.value, change.expects.unit)
    if abs(stands - thought) > SAME * max(abs(stands), abs(thought)):
        raise PatchError(
            f"the patch expects another value in '{change.row}'",
            place=place,
            found=f"{row.value:g} {row.unit} ({row.at})",
            expected=expected,
            try_="read the row again, then say in the patch what it should now expect",
        )
