"""Explain: from any number back to its source.

Needs    records, compiler
Gives    ``explain(thing)``, ``Explanation``
Leaves   what a number does to a result (sensitivity)
"""

from .explanation import Explanation
from .finding import explain

__all__ = ["Explanation", "explain"]
