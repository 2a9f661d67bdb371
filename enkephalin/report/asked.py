"""What was asked for, in plain words.

Needs    the provenance of a result
Gives    ``Asked``
Leaves   what came out: see systems.py and numbers.py
"""

from __future__ import annotations

from dataclasses import dataclass

from .chart import Mark


@dataclass(frozen=True)
class Asked:
    """A request as sentences, and the marks that its events leave on every chart."""

    id: str
    about: str
    happens: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]  # (what, value): who, how long, which body, which engine
    marks: tuple[Mark, ...]
    command: str
    provenance: str  # JSON text
    version: str
