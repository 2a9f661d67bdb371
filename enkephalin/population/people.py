"""People: a frozen draw, and what was rejected on the way.

Needs    numpy
Gives    ``Draw``, ``Rejection``
Leaves   how they are drawn: see ``drawing``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import Person


@dataclass(frozen=True)
class Rejection:
    """Somebody who was not plausible: the person they would have been, the attempt, and why."""

    person: int
    attempt: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """Drawn people, each an entry of every array; ``simulate`` takes it as ``who``.

    ``draw[3]``, ``draw[2:5]`` and ``draw[[1, 4]]`` are draws of those people.
    """

    population: str
    seed: int
    based_on: Person
    histories: tuple[tuple[str, ...], ...]
    lived: NDArray[np.int64]  # (person,) which of the histories
    person: NDArray[np.int64]  # (person,) number of each in the draw
    sex: NDArray[np.str_]  # (person,) "female" or "male"
    age: NDArray[np.float64]  # (person,) years
    weight: NDArray[np.float64]  # (person,) kg
    height: NDArray[np.float64]  # (person,) cm; NaN where it is not known
    theta: Mapping[str, NDArray[np.float64]] = field(repr=False)  # (person,) by flat name, in inner units
    drugs: Mapping[str, NDArray[np.float64]] = field(repr=False)  # (person,) by "naltrexone.clearance", inner units
    traits: Mapping[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)  # (person,) by id of the trait
    about: Mapping[str, float] = field(default_factory=dict, repr=False)  # what the body held where these were drawn
    rejected: tuple[Rejection, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.person)

    def __getitem__(self, which: Any) -> Draw:
        """The people at these places."""
        chosen = np.atleast_1d(np.arange(len(self))[which])
        return replace(
            self,
            **{name: getattr(self, name)[chosen] for name in ("lived", "person", "sex", "age", "weight", "height")},
            theta={name: values[chosen] for name, values in self.theta.items()},
            drugs={name: values[chosen] for name, values in self.drugs.items()},
            traits={name: values[chosen] for name, values in self.traits.items()},
        )

    @property
    def provenance(self) -> dict[str, Any]:
        """Enough to draw the same people again; ``persons`` where they are not all of them."""
        n = int(self.person.max()) + 1 if len(self) else 0
        told = {"population": self.population, "seed": self.seed, "n": n}
        if len(self) == n and np.array_equal(self.person, np.arange(n)):
            return told
        return told | {"persons": [int(number) for number in self.person]}

    def report(self) -> str:
        """How many were rejected, and why, in words."""
        tried = len(self.rejected) + len(self)
        if not self.rejected:
            return f"{len(self)} people of {self.population}; nobody was rejected"
        why = Counter(reason for row in self.rejected for reason in row.why)
        lines = [f"{len(self)} people of {self.population}; {len(self.rejected)} of {tried} drawn were rejected"]
        return "\n".join(lines + [f"  {count:>6}  {reason}" for reason, count in why.most_common()])
