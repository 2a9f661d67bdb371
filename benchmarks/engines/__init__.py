"""The engines that are compared, each behind one file.

Needs    a job
Gives    ``Engine``, ``Missing``, ``ours`` and ``peers``

A file here has one class. Its ``load`` makes an engine ready for a job and may take long; ``run`` is what is timed.
"""

from __future__ import annotations

from .base import Engine, Missing

__all__ = ["Engine", "Missing", "ours", "peers"]


def ours() -> list[Engine]:
    """The population kernel, with 64- and 32-bit numbers, and on all cores."""
    from .kernel import Kernel

    return [Kernel(), Kernel("float32"), Kernel(threads=None)]


def peers() -> tuple[list[Engine], list[Engine]]:
    """Everybody else: those that live through whole years in seconds, and those that do not."""
    from .amici import Amici
    from .copasi import Copasi
    from .diffrax import Diffrax
    from .numbalsoda import NumbaLsoda
    from .roadrunner import RoadRunner
    from .scipy import SciPy

    return [RoadRunner(), NumbaLsoda(), Copasi(), Amici()], [SciPy("LSODA"), SciPy("BDF"), Diffrax()]
