"""Libraries of meta-analysis and causal graphs: opened when they are needed.

Needs    records.libraries
Gives    ``opened(module)``, ``versions(*modules)``; ``MODULES``: those that the extra brings
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ..records import libraries

MODULES = ("matplotlib", "meta_analyze", "pandas", "pgmpy", "pymare", "scipy", "statsmodels")


def opened(module: str) -> Any:
    """A module of one of these libraries; MissingExtraError where it is not installed."""
    return libraries.opened(module, "evidence")


def versions(*modules: str) -> dict[str, str]:
    """Name and version of each library, as a result reports them."""
    return {(library := libraries.library_of(module)): version(library) for module in modules}
