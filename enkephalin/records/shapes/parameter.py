"""ParameterRow: one line of a parameter table.

Needs    quantity, units
Gives    ``ParameterRow``
Leaves   reading the table (``records.tables``) and which instance a row belongs to (compiler)
"""

from __future__ import annotations

from typing import Literal

from ..units import to_inner, unit
from .base import Shape
from .quantity import Number, Spread, UnitText

RowStatus = Literal["measured", "fitted", "derived", "borrowed", "assumed", "wire"]


class ParameterRow(Shape):
    """One row: a symbol of a module, where it holds, its value, and why it is believed."""

    module: str
    name: str
    where: tuple[str, ...] = ()
    value: Number | None = None
    unit: UnitText
    spread: Spread | None = None
    status: RowStatus
    source: str = ""
    place: str = ""
    checked_by: str = ""
    note: str = ""
    file: str = ""
    line: int = 0

    @property
    def at(self) -> str:
        """The row's own place, "biology/parameters/pk.csv:4" (``place`` is the place in its source)."""
        return f"{self.file}:{self.line}"

    @property
    def title(self) -> str:
        """The row as a user writes it: "signalling[NAc].k_rise"."""
        where = f"[{' '.join(self.where)}]" if self.where else ""
        return f"{self.module}{where}.{self.name}"

    @property
    def inner_value(self) -> float | None:
        """The value in inner units (nmol, L, h); None when the module computes it or a wire carries it."""
        return None if self.value is None else to_inner(self.value, self.unit)

    @property
    def inner_unit(self) -> str:
        """The inner unit, as text."""
        return unit(self.unit).inner
