"""Evidence: what was found, by whom, in whom, how well; and what can be computed from it.

Needs    every room up to ``fit``; the libraries of ``pip install enkephalin[evidence]``
Gives    ``meta_analysis``, ``audit``, ``causal_map``, ``selective_citation``; the records of sources, claims,
         observations, contradictions and arguments lie beside it
Leaves   weighing hypotheses against data: see ``compare``
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "audit": "auditing",
    "causal_map": "causal",
    "meta_analysis": "pooling",
    "selective_citation": "citations",
}
__all__ = ["audit", "causal_map", "meta_analysis", "selective_citation"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
