"""Species: whose body it is, and how the kinetics of drugs follow its weight.

Needs    people, records (species patches, drugs)
Gives    ``one_species``, ``scaled``
Leaves   the body's own rows: see the patch of the species
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import RequestError
from ..records.parameters import drug_quantities
from ..records.scenario.slots import Slots
from ..records.shapes import Patch
from ..records.shapes.patch import Allometry
from ..records.units import to_inner
from .people import People


def one_species(people: People) -> str:
    """The species of all of them.

    Raises
    ------
    RequestError
        There are several: a run has one body.
    """
    found = sorted({record.species for record in people.histories})
    if len(found) > 1:
        raise RequestError(
            "people of several species at once",
            found=", ".join(found),
            expected="one species for each run",
            try_="one run for each",
        )
    return found[0]


def scaled(people: People, slots: Slots, patch: Patch | None) -> People:
    """The same people with kinetics that follow their weight; numbers of their own are left as they are."""
    if patch is None or patch.allometry is None:
        return people
    rule = patch.allometry
    ratio = people.weight / _kilograms(rule)
    drugs = dict(people.drugs)
    for slot in slots.slots:
        for name, quantity in drug_quantities(slot.drug).items():
            power = _power(name, rule)
            if power is not None:
                usual = quantity.inner(molar_mass=slot.drug.mass) * ratio**power
                own = drugs.get(name, np.full(len(people), np.nan))
                drugs[name] = np.where(np.isnan(own), usual, own)
    return replace(people, drugs=drugs)


def _kilograms(rule: Allometry) -> float:
    return to_inner(rule.reference.value, rule.reference.unit) / to_inner(1.0, "kg")


def _power(name: str, rule: Allometry) -> float | None:
    """The power of weight that a number of a drug follows; None where it does not."""
    last = name.rpartition(".")[2]
    if last.startswith("volume"):
        return rule.volume
    if last == "clearance" or last.startswith("exchange"):
        return rule.clearance
    return rule.rate if last in ("rate", "effect_rate", "transit_rate") else None
