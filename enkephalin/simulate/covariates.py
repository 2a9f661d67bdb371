"""Covariates: numbers of drugs that follow a person's weight, age, sex or condition.

Needs    people, records (drugs and their ``body_effects``)
Gives    ``with_body_effects``
Leaves   chance (population), other species (see ``species``)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..records.parameters import drug_quantities
from ..records.scenario.slots import Slots
from ..records.shapes.drug import MEASURED, BodyEffect
from ..records.units import to_inner
from .people import People


def with_body_effects(numbers: Mapping[str, np.ndarray], people: People, slots: Slots) -> dict[str, np.ndarray]:
    """Numbers of drugs in inner units, shape (person,), as these bodies have them.

    Parameters
    ----------
    numbers : mapping
        What differs between people already, by name ("buprenorphine.clearance"). A person's own number stays as it is;
        a drawn one is the record's with this person's chance, and follows the body as the record's does.
    people : People
        Their weight, age, sex and conditions.
    slots : Slots
        The drugs that are in use.
    """
    found = dict(numbers)
    for slot in slots.slots:
        quantities = drug_quantities(slot.drug)
        for effect in slot.drug.body_effects:
            name = f"{slot.drug.id}.{effect.of}"
            if name in numbers and not people.drawn:
                continue
            usual = quantities[name].inner(molar_mass=slot.drug.mass)
            found[name] = found.get(name, np.full(len(people), usual)) * _effect(effect, people)
    return found


def _effect(effect: BodyEffect, people: People) -> np.ndarray:
    """By how much each person's number differs from the record's."""
    if effect.factor is not None:
        return np.where(people.body[effect.by] > 0, effect.factor.inner(), 1.0)
    assert effect.power is not None
    assert effect.reference is not None
    unit = MEASURED[effect.by]
    reference = to_inner(effect.reference.value, effect.reference.unit) / to_inner(1.0, unit)
    measured = people.weight if effect.by == "weight" else people.body[effect.by]
    return np.asarray((measured / reference) ** effect.power.inner())
