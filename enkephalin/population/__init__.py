"""Population: people drawn from distributions, accepted if plausible.

Needs    a population record, the tables and drugs that it lets vary
Gives    ``draw(population, n, seed)``, ``Draw``, ``Rejection``
Leaves   what happens to them: see ``simulate``
"""

from .drawing import draw
from .people import Draw, Rejection

__all__ = ["Draw", "Rejection", "draw"]
