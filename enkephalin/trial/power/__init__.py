"""Power: a study repeated many times with people from a simulated bank.

Needs    observe, analysis
Gives    ``power(study)``, ``curve(study, ...)``; ``Power``, ``Row``, ``Size``; ``repeated``, ``identical_arms``
Leaves   comparing designs by what they tell apart (compare)
"""

from .curves import curve
from .finding import power
from .null import identical_arms
from .repeats import Repeats, repeated
from .result import Power, Row, Size

__all__ = ["Power", "Repeats", "Row", "Size", "curve", "identical_arms", "power", "repeated"]
