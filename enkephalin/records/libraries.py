"""Libraries that only some commands need: opened when they are needed, with a way out when they are missing.

Needs    nothing
Gives    ``opened(module, extra)``, ``library_of(module)``, ``version_of(library)``
"""

from __future__ import annotations

import importlib
import sys
import warnings
from functools import cache
from importlib.metadata import version
from typing import Any

from ..errors import MissingExtraError

_LIBRARIES = {"meta_analyze": "PyMetaAnalysis", "pymare": "PyMARE"}  # where it has another name than its module


def opened(module: str, extra: str) -> Any:
    """A module of a library that the extra brings and the plain installation does not.

    Raises
    ------
    MissingExtraError
        The library is not installed.
    """
    loaded = sys.modules.get(module)
    if loaded is not None:
        return loaded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # PyMARE leaves a file of its own open when it is imported
            return importlib.import_module(module)
    except ImportError as trouble:
        library = library_of(module)
        raise MissingExtraError(
            f"the library {library} is missing",
            found=str(trouble),
            expected=f"{library}, which the plain installation does not bring",
            try_=f'pip install "enkephalin[{extra}]"',
        ) from trouble


def library_of(module: str) -> str:
    """The name under which a module's library is installed."""
    top = module.split(".")[0]
    return _LIBRARIES.get(top, top)


@cache
def version_of(library: str) -> str:
    """Name and version as a result reports them: "scipy 1.17.1"."""
    return f"{library} {version(library)}"
