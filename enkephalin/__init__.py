"""Enkephalin: an executable model and virtual laboratory of the human endogenous opioid system.

A research tool. It gives no dosing advice.

    >>> import enkephalin as ek
    >>> seen = ek.simulate("adult_reference", "naltrexone_50mg_once", at="6h")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

# Verb or noun -> the room it lives in; a room is entered when its name is first used, so that the import is quick.
_HOME = {
    "Model": "compiler.model",
    "audit": "evidence",
    "build": "compiler.model",
    "draw": "population",
    "explain": "explain",
    "get": "records",
    "list_ids": "records",
    "measure": "measure",
    "meta_analysis": "evidence",
    "patch": "compiler.model",
    "rebuild": "simulate",
    "resolve": "records",
    "sensitivity": "trial",
    "simulate": "simulate",
    "trial": "trial",
    "weigh": "population",
}
__all__ = sorted(_HOME)


class _Package(ModuleType):
    """The package; a room that bears a verb's name (simulate) does not hide the verb."""

    def __getattr__(self, name: str) -> Any:
        if name in _HOME:
            return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return __all__


sys.modules[__name__].__class__ = _Package
