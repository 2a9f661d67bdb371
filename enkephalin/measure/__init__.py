"""Measure: read-outs of a result in a small language of their own, and instruments with their noise.

Needs    a result of ``simulate``; scales of the catalog
Gives    ``measure(result, readout)``, ``parse(readout)``; ``measure_with(instrument, true, rng)``
Leaves   whom a study measures when: see ``trial``
"""

from .grammar import parse
from .instruments import measure_with
from .reading import measure

__all__ = ["measure", "measure_with", "parse"]
