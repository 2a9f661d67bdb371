"""Measure: read-outs of a result, in a small language of their own.

Needs    a result of ``simulate``
Gives    ``measure(result, readout)``, ``parse(readout)``
Leaves   instruments and their noise
"""

from .grammar import parse
from .reading import measure

__all__ = ["measure", "parse"]
