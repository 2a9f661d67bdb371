"""Records: the shape of every file that a person writes, its units, and a reader that keeps file and line.

Needs    errors
Gives    ``get``, ``list_ids``, ``read``, ``faults``, ``quantity``; the shapes; ``resolve``, ``resolve_study``
Leaves   equations and their tables' marriage (compiler), anything that computes
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "faults": "checks",
    "get": "catalog",
    "list_ids": "catalog",
    "quantity": "units",
    "read": "catalog",
    "read_table": "tables",
    "resolve": "scenario.resolve",
    "resolve_study": "study.resolve",
    "to_yaml": "writing",
}
__all__ = ["faults", "get", "list_ids", "quantity", "read", "read_table", "resolve", "resolve_study", "to_yaml"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
