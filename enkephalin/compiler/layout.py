"""Where each array of a group of lanes lies in its working memory.

Needs    ``system.System``, ``tableau.Tableau``
Gives    ``Layout``: rows by name; a row holds one number for each lane
Leaves   buffers whose size is known only when a run begins: they follow behind
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enkephalin.compiler.tableau import Tableau

if TYPE_CHECKING:
    # A kernel that comes from disk needs the layout, but not libSBML, which reading a model brings.
    from enkephalin.compiler.system import System


class Layout:
    """The rows of the working memory of one thread."""

    def __init__(self, system: System, tableau: Tableau) -> None:
        n = system.states
        sizes = {"y": n, "u": n, "M": len(system.elimination.places), "d": len(system.by_time)}
        # The right side of the linear systems: rates, what earlier stages add, and derivatives by time.
        sizes |= {"b": system.elimination.size}
        sizes |= {f"K{k}": n for k in range(tableau.stages)}
        sizes |= {"q": len(system.hoisted), "p": system.parameters, "peak": n}
        # What the sums of 32-bit steps dropped (not used with 64 bits); how much of its time constant a step spans.
        sizes |= {"rest": n, "pace": n}
        sizes |= dict.fromkeys(("h", "guard", "worst", "factor", "mask", "share"), 1)
        # The time has 64 bits, whatever the rest has.
        sizes |= {"t": 2, "tolerance": 2, "staged_p": system.parameters, "staged_y": n}
        self._rows: dict[str, int] = {}
        self.rows = 0
        for name, size in sizes.items():
            self._rows[name] = self.rows
            self.rows += size

    def row(self, name: str) -> int:
        """The first row of an array."""
        return self._rows[name]
