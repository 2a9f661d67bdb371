"""Explain: from any number back to its source.

Needs    records, compiler, evidence
Gives    ``explain(thing)``, ``Explanation``
Leaves   what a number does to a result, but for the readings of a claim (sensitivity)
"""

from .explanation import Explanation
from .finding import explain

__all__ = ["Explanation", "explain"]
