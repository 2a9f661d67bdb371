"""Confusion: which bodies a study tells apart, and which it leaves together.

Needs    predicted, apart
Gives    ``Confusion``, ``names_of``, ``ACCOUNTS``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from .apart import SURE, rightly
from .predicted import BODIES, Prediction

Pair = frozenset[str]
ACCOUNTS = {"literature": "", "described": "described, "}  # what stands before the name of a hypothesis


@dataclass(frozen=True)
class Confusion:
    """All pairs of a study's bodies, and those that one run tells apart."""

    bodies: tuple[str, ...]
    pairs: frozenset[Pair]
    told: frozenset[Pair]

    @classmethod
    def of(cls, bodies: Sequence[Prediction]) -> Confusion:
        """From the predictions of one study."""
        every = list(combinations(bodies, 2))
        told = frozenset(frozenset((one.body, other.body)) for one, other in every if rightly(one, other) >= SURE)
        pairs = frozenset(frozenset((one.body, other.body)) for one, other in every)
        return cls(tuple(one.body for one in bodies), pairs, told)

    def beside(self, body: str) -> str:
        """The bodies that are not told apart from one, in words."""
        others = [other for other in self.bodies if other != body]
        left = [other for other in others if frozenset((body, other)) not in self.told]
        return "all others" if left == others else names_of(left) or "none"

    def groups(self) -> list[list[str]]:
        """Groups of bodies, of which every two that are in different ones are told apart."""
        found: list[list[str]] = []
        for body in self.bodies:
            near = [group for group in found if any(frozenset((body, one)) not in self.told for one in group)]
            found = [group for group in found if group not in near]
            found.append([one for group in near for one in group] + [body])
        return sorted(([one for one in self.bodies if one in group] for group in found), key=self._place)

    def separates(self) -> str:
        """The groups in words."""
        groups = self.groups()
        if len(groups) > 1:
            return " **from** ".join(names_of(group) for group in groups)
        return "in part, no group from the others" if self.told else "nothing"

    def _place(self, group: list[str]) -> int:
        return self.bodies.index(group[0])


def names_of(bodies: Iterable[str]) -> str:
    """Names of bodies, short: "literature" where all six of it stand, "described: none, opioid" for two of the other.

    Example
    -------
    >>> names_of(["opioid", "described, none", "described, opioid"])
    'opioid; described: none, opioid'
    """
    given = list(bodies)
    said = []
    for account, before in ACCOUNTS.items():
        own = [name for name in given if name.startswith(ACCOUNTS["described"]) == bool(before)]
        every = [name for name in BODIES if name.startswith(ACCOUNTS["described"]) == bool(before)]
        if set(own) == set(every):
            said.append(account)
        elif own:
            said.append((f"{account}: " if before else "") + ", ".join(name.removeprefix(before) for name in own))
    return "; ".join(said)
