"""What the figures were measured on, in words that name no one's machine.

Needs    numpy, llvmlite
Gives    ``describe``: lines of words
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from enkephalin.compiler.target import best_instructions

SHOWN = ("llvmlite", "numpy", "libroadrunner", "numbalsoda", "numba", "copasi-basico", "scipy", "diffrax", "jax")


def describe() -> list[str]:
    """Processor, cores, memory, system and versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f} when it began" if hasattr(os, "getloadavg") else ""
    return [
        f"{_processor()}, {cores} cores{load}; {best_instructions()} instructions; {_memory()}{platform.system()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {v}" for name in SHOWN if (v := _version(name))),
    ]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return ""
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB; "


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
