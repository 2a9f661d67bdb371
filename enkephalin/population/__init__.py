"""Population: people drawn from distributions, accepted if plausible, weighted to be like a cohort.

Needs    a population record, the tables and drugs that it lets vary
Gives    ``draw(population, n, seed)``, ``Draw``, ``Rejection``, ``column``
         ``weigh(people, aims)``, ``Aim``, ``Weights``
Leaves   what happens to them: see ``simulate``
"""

from .columns import column
from .drawing import draw
from .people import Draw, Rejection
from .weighting import Aim, Weights, weigh

__all__ = ["Aim", "Draw", "Rejection", "Weights", "column", "draw", "weigh"]
