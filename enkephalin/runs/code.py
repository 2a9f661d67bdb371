"""Code: what the numbers of a run depend on besides its request.

Needs    kernels
Gives    ``code_of``
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .engines import THREADED


def code_of(engine: str, instructions: str | None) -> dict[str, Any]:
    """What the numbers depend on besides the request: versions, our own texts, the kernel's instruction set."""
    try:
        own = version("enkephalin")
    except PackageNotFoundError:
        own = "unknown"
    if engine not in THREADED:
        from ..kernels import roadrunner

        return {"version": own, "libroadrunner": version("libroadrunner"), "texts": roadrunner.texts()}
    from ..compiler.target import best_instructions
    from ..kernels import compiled

    return {"version": own, "kernel": compiled.version(), "instructions": instructions or best_instructions()}
