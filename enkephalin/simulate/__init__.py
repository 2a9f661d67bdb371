"""Simulate: the one way in. A scenario happens to one person or to many, and what is seen comes back.

Needs    records, compiler, kernels
Gives    ``simulate``, ``rebuild`` (the same call again, from a result), ``asked_times``, ``body_of``
Leaves   instruments and their noise (measure), drawing people (population)
"""

from .again import body_of, rebuild
from .running import simulate
from .times import asked_times

__all__ = ["asked_times", "body_of", "rebuild", "simulate"]
