"""The engines that are compared, each behind one file.

Needs    a job
Gives    ``Engine``, ``Missing``, ``ours`` and ``peers``

A file here has one class. Its ``load`` makes an engine ready for a job and may take long; ``run`` is what is timed.
"""

from __future__ import annotations

from .base import Engine, Missing

__all__ = ["Engine", "Missing", "ours", "peers"]


def ours() -> list[Engine]:
    """The population kernel, with 64- and 32-bit numbers."""
    from .kernel import Kernel

    return [Kernel("float64"), Kernel("float32")]


def peers() -> list[Engine]:
    """Everybody else, fastest first by experience."""
    from .amici import Amici
    from .copasi import Copasi
    from .diffrax import Diffrax
    from .numbalsoda import NumbaLsoda
    from .roadrunner import RoadRunner
    from .scipy import SciPy

    return [RoadRunner(), NumbaLsoda(), Copasi(), SciPy("LSODA"), SciPy("BDF"), Diffrax(), Amici()]
