"""Simulate: the one way in. A scenario happens to one person or to many, and what is seen comes back.

Needs    records, compiler, kernels
Gives    ``simulate``, ``rebuild`` (the same call again, from a result), ``asked_times``, ``body_of``;
         ``other_body``, ``other_bodies``, ``side_names``, ``difference`` for two bodies side by side
Leaves   instruments and their noise (measure), drawing people (population)
"""

from .again import body_of, rebuild
from .against import difference, other_bodies, other_body, side_names
from .running import simulate
from .times import asked_times

__all__ = ["asked_times", "body_of", "difference", "other_bodies", "other_body", "rebuild", "side_names", "simulate"]
