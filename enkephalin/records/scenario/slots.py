"""Slots: which drug of a scenario fills which ligand slot of the body, and with what numbers.

Needs    catalog (drugs)
Gives    ``slots_needed(resolved)``, ``slot_parameters(slots)``, ``Slots``; ``chain_of(drug)``
Leaves   the doses themselves: see ``events``

Slots 1-8 hold opioids, of which those that leave the mu receptor slowly sit in 7 and 8; a1-a2, c1 and s1 hold
ligands of alpha-2, CRF1 and the serotonin transporter. A metabolite sits in the slot behind its parent. What a ligand
needs beyond the usual is a part of its own, which other bodies lack: slow binding (7s), a third and fourth depot (1x),
transit stages before depot 1 and 2 (1t, 1u), a deep store (1d).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import SlotError
from ..parameters import drug_quantities
from ..shapes import Drug, Quantity, ResolvedScenario
from ..shapes.drug import RECEPTORS_OF
from ..units import unit
from .rows import drug_of

FAST = ("1", "2", "3", "4", "5", "6")
SLOW = ("7", "8")
SPECIAL = {"alpha2": ("a1", "a2"), "crf1": ("c1",), "sert": ("s1",)}
DEPOTS = (1, 2, 3, 4)
PASSED = {1: "t", 2: "u"}  # depots that may have transit stages before them, and the part that holds those
SLOWLY, FURTHER, DEEP = "s", "x", "d"
KINETICS = {
    "volume": ("volume_central", "L"),
    "clearance": ("clearance", "L/h"),
    "exchange_1": ("exchange_1", "L/h"),
    "volume_1": ("volume_1", "L"),
    "exchange_2": ("exchange_2", "L/h"),
    "volume_2": ("volume_2", "L"),
    "exchange_3": ("exchange_3", "L/h"),
    "volume_3": ("volume_3", "L"),
    "effect_rate": ("effect_rate", "1/h"),
}
Values = Mapping[str, Any]  # numbers of drugs by name, in inner units: float, or array of shape (person,)


@dataclass(frozen=True)
class Slot:
    """One filled slot: its part of the instance name, the drug, its parent, and the rate of each depot by name."""

    part: str
    drug: Drug
    parent: Drug | None = None
    depots: tuple[str, ...] = ()  # "naltrexone.oral.fast.rate": the number of the drug that sets depot 1, 2, 3, 4
    passing: tuple[str, ...] = ()  # of depots 1, 2: the number that sets the transit stages before it, or ""

    @property
    def instance(self) -> str:
        """The pk instance of the assembly: "pk_1"."""
        return f"pk_{self.part}"

    @property
    def more(self) -> tuple[str, ...]:
        """Parts of the body that this slot needs beyond the usual."""
        found = [SLOWLY] if self.part in SLOW and self.drug.slow_binder else []
        found += [FURTHER] if len(self.depots) > len(PASSED) else []
        found += [PASSED[number] for number, name in enumerate(self.passing, start=1) if name]
        found += [DEEP] if self.drug.kinetics is not None and self.drug.kinetics.exchange_3 is not None else []
        return tuple(f"{self.part}{letter}" for letter in found)

    def depot(self, rate: str) -> tuple[str, str]:
        """The state and the input of the depot that empties with this rate."""
        number = self.depots.index(rate) + 1
        place = self.instance if number in PASSED else f"depots_{self.part}{FURTHER}"
        return f"{place}__depot_{number}", f"{place}__input_{number}"

    def stage(self, rate: str, transits: int) -> str:
        """The transit stage from which that many lie before the depot with this rate."""
        return f"transit_{self.part}{PASSED[self.depots.index(rate) + 1]}__stage_{transits}"


@dataclass(frozen=True)
class Slots:
    """All filled slots of a scenario."""

    slots: tuple[Slot, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, as ``build(slots=...)`` takes them: ("1", "2", "7", "7s")."""
        return (*(slot.part for slot in self.slots), *(part for slot in self.slots for part in slot.more))

    @property
    def drugs(self) -> dict[str, str]:
        """Slot part by drug id, in the order of the slots."""
        return {slot.drug.id: slot.part for slot in self.slots}

    def of(self, drug: str) -> Slot:
        """The slot that a drug fills."""
        return next(slot for slot in self.slots if slot.drug.id == drug)


@dataclass(frozen=True)
class SlotValue:
    """A parameter that a drug fills: value in inner units, the unit, and the quantity of the record it came from."""

    value: Any
    unit: str
    quantity: Quantity | None
    name: str = ""  # "naltrexone.clearance", the name that users write
    place: str = ""

    @staticmethod
    def flat(parameter: str) -> str:
        """The id in the flat model: "pk[1].clearance" is pk_1__clearance."""
        return parameter.replace("[", "_").replace("].", "__")


def slots_needed(resolved: ResolvedScenario, *, more: tuple[str, ...] = ()) -> Slots:
    """Which drug fills which slot; the same drugs always fill the same slots.

    Parameters
    ----------
    resolved : ResolvedScenario
        Its drugs, with their metabolites, are placed.

    Rarely needed
    -------------
    more : tuple of str
        Drugs that need a slot though nobody takes them (tracers).

    Raises
    ------
    SlotError
        More ligands than the body has slots for, or a chain that cannot stand side by side.
    """
    routes: dict[str, list[str]] = {name: [] for name in more}
    drugs: dict[str, Drug] = {name: drug_of(name, Path.cwd()) for name in more}
    for dose in resolved.doses:
        drug = drug_of(dose.drug, Path.cwd())
        drugs[drug.id] = drug
        if dose.route not in routes.setdefault(drug.id, []):
            routes[drug.id].append(dose.route)
    chains = [chain_of(drug) for drug in drugs.values()]
    within = {drug.id for chain in chains for drug in chain[1:]}
    chains = [chain for chain in chains if chain[0].id not in within]
    chains.sort(key=lambda chain: (not chain[-1].slow_binder, -len(chain), chain[0].id))  # slow binders choose first
    _refuse_shared(chains)
    free = {"opioid": [*FAST, *SLOW], **{family: list(parts) for family, parts in SPECIAL.items()}}
    filled: list[Slot] = []
    for chain in chains:
        parents = [None, *chain[:-1]]
        for part, drug, parent in zip(_seats(chain, free, resolved), chain, parents, strict=True):
            filled.append(Slot(part, drug, parent, *_depots(drug, parent, routes)))
    order = [*FAST, *SLOW, *(part for parts in SPECIAL.values() for part in parts)]
    return Slots(tuple(sorted(filled, key=lambda slot: order.index(slot.part))))


def slot_parameters(slots: Slots, values: Values | None = None) -> dict[str, SlotValue]:
    """Every parameter that the drugs fill, by the name that users write ("pk[1].clearance").

    Parameters
    ----------
    slots : Slots
        From ``slots_needed``.
    values : mapping, optional
        Numbers of drugs that differ between people, by name ("naltrexone.clearance"), in inner units.

    Returns
    -------
    dict of str to SlotValue
        Values in inner units (nmol, L, h): float, or shape (person,) where ``values`` gave an array.
    """
    found: dict[str, SlotValue] = {}
    for slot in slots.slots:
        numbers = drug_quantities(slot.drug)
        if slot.drug.kinetics is not None:
            for name, (symbol, unit_text) in KINETICS.items():
                key = f"{slot.drug.id}.{name}"
                place = f"store[{slot.part}{DEEP}]" if name.endswith("_3") else f"pk[{slot.part}]"
                if key in numbers:
                    found[f"{place}.{symbol}"] = _value(slot.drug, key, numbers[key], unit_text, values)
                elif name in ("exchange_1", "exchange_2"):
                    found[f"{place}.{symbol}"] = SlotValue(0.0, unit_text, None)
        for number, key in enumerate(slot.depots, start=1):
            place = f"pk[{slot.part}]" if number in PASSED else f"depots[{slot.part}{FURTHER}]"
            found[f"{place}.absorb_{number}"] = _rate(slot, key, values)
        for number, key in enumerate(slot.passing, start=1):
            if key:
                found[f"transit[{slot.part}{PASSED[number]}].passing"] = _rate(slot, key, values)
        if slot.parent is not None:
            key = f"{slot.parent.id}.{slot.drug.id}.share"
            shares = drug_quantities(slot.parent)
            if key in shares:
                found[f"pk[{slot.part}].formed_share"] = _value(slot.parent, key, shares[key], "share", values)
        found |= _ligand_values(slot, numbers, values)
    return found


def number_of(drug: Drug, name: str, quantity: Quantity, values: Values | None) -> Any:
    """A number of a drug in inner units: the person's own if ``values`` has it, else the record's."""
    if values is not None and name in values:
        return np.asarray(values[name], dtype=float)
    return quantity.inner(molar_mass=drug.mass)


def _value(drug: Drug, name: str, quantity: Quantity, unit_text: str, values: Values | None) -> SlotValue:
    assert unit(unit_text).factor == 1.0, f"{unit_text} is no inner unit"
    return SlotValue(number_of(drug, name, quantity, values), unit_text, quantity, name, drug.origin.place)


def _rate(slot: Slot, key: str, values: Values | None) -> SlotValue:
    """A rate of absorption, which may belong to the parent of the slot's drug."""
    owner = slot.drug if key.startswith(f"{slot.drug.id}.") else slot.parent
    assert owner is not None
    return _value(owner, key, drug_quantities(owner)[key], "1/h", values)


def _ligand_values(slot: Slot, numbers: dict[str, Quantity], values: Values | None) -> dict[str, SlotValue]:
    """What the drug does at its receptors: association = 1/affinity, 0 where it does not bind."""
    module = "ligand" if slot.drug.family == "opioid" else f"ligand_{slot.drug.family}"
    found: dict[str, SlotValue] = {}
    for receptor in RECEPTORS_OF[slot.drug.family]:
        affinity, efficacy = f"{slot.drug.id}.{receptor}.affinity", f"{slot.drug.id}.{receptor}.efficacy"
        binds = affinity in numbers
        constant = number_of(slot.drug, affinity, numbers[affinity], values) if binds else np.inf
        quantity = numbers.get(affinity)
        place = slot.drug.origin.place
        found[f"{module}[{slot.part}].association_{receptor}"] = SlotValue(
            1.0 / constant, "L/nmol", quantity, affinity if binds else "", place
        )
        if slot.drug.family in ("opioid", "alpha2"):
            found[f"{module}[{slot.part}].efficacy_{receptor}"] = (
                _value(slot.drug, efficacy, numbers[efficacy], "share", values)
                if binds
                else SlotValue(0.0, "share", None)
            )
    if slot.drug.slow_binder:
        slow = f"{slot.drug.id}.mu.dissociation"
        found[f"{module}[{slot.part}].dissociation"] = _value(slot.drug, slow, numbers[slow], "1/h", values)
    if slot.drug.family == "opioid":
        found[f"{module}[{slot.part}].at_equilibrium"] = SlotValue(0.0 if slot.drug.slow_binder else 1.0, "1", None)
    return found


def chain_of(drug: Drug) -> list[Drug]:
    """A drug, its metabolite, the metabolite of that, and so on."""
    chain = [drug]
    while True:
        last = chain[-1]
        formed = [row.drug for row in last.metabolites]
        formed += [first.drug for route in last.routes.values() for first in route.first_pass]
        following = list(dict.fromkeys(formed))
        if not following:
            return chain
        if len(following) > 1:
            raise SlotError(
                f"{last.id} has more than one metabolite",
                place=last.origin.at(("metabolites",)),
                found=", ".join(following),
                expected="one: a metabolite sits in the slot behind its parent",
                try_="keep the one that matters most and name the others in not_known",
            )
        if following[0] in [drug.id for drug in chain]:
            raise SlotError(
                f"{following[0]} forms itself",
                place=last.origin.at(("metabolites",)),
                found=" -> ".join([*(drug.id for drug in chain), following[0]]),
                expected="a chain that ends",
                try_="delete one of the metabolites",
            )
        chain.append(drug_of(following[0], Path.cwd()))


def _refuse_shared(chains: list[list[Drug]]) -> None:
    """Two parents cannot both stand in front of one metabolite."""
    parent_of: dict[str, str] = {}
    for chain in chains:
        for drug in chain:
            if drug.id in parent_of:
                raise SlotError(
                    f"{chain[0].id} and {parent_of[drug.id]} both form {drug.id}",
                    found=f"{drug.id} would need two slots",
                    expected="drugs that do not share a metabolite",
                    try_="run them in two scenarios",
                )
            parent_of[drug.id] = chain[0].id


def _seats(chain: list[Drug], free: dict[str, list[str]], resolved: ResolvedScenario) -> list[str]:
    """Free slots side by side for a chain, taken."""
    family = chain[0].family
    if family != "opioid":
        if len(free[family]) < len(chain):
            raise _full(f"{family} ligands", len(SPECIAL[family]), resolved)
        return [free[family].pop(0) for _ in chain]
    slow = [drug.slow_binder for drug in chain]
    if any(slow[:-1]):
        raise SlotError(
            f"{chain[slow.index(True)].id} leaves its receptor slowly and has a metabolite",
            found=" -> ".join(drug.id for drug in chain),
            expected="a slow binder at the end of its chain",
            try_="leave the metabolite out and name it in not_known",
        )
    order = [*FAST, *SLOW]
    for end in SLOW if slow[-1] else order:
        last = order.index(end)
        seats = order[last - len(chain) + 1 : last + 1]
        if last + 1 >= len(chain) and set(seats) <= set(free["opioid"]):
            for seat in seats:
                free["opioid"].remove(seat)
            return seats
    if slow[-1]:
        raise _full("opioids that leave the receptor slowly", len(SLOW), resolved)
    raise _full("opioids, metabolites counted", len(order), resolved)


def _full(kind: str, most: int, resolved: ResolvedScenario) -> SlotError:
    return SlotError(
        f"the body has no more slots for {kind}",
        place=resolved.origin.place,
        found=", ".join(dict.fromkeys(dose.drug for dose in resolved.doses)),
        expected=f"at most {most} at once",
        try_="two scenarios, each with some of the drugs",
    )


def _depots(drug: Drug, parent: Drug | None, routes: dict[str, list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rates with which the drug is absorbed, each of which takes a depot, and those of stages before a depot."""
    found: list[tuple[str, str]] = []
    for owner in (drug, parent):
        for word in routes.get(owner.id, []) if owner is not None else []:
            assert owner is not None
            route = owner.routes[word]
            if owner is parent and drug.id not in [first.drug for first in route.first_pass]:
                continue
            for name, phase in route.phases.items():
                start = f"{owner.id}.{word}.{name}"
                found.append((f"{start}.rate", f"{start}.transit_rate" if phase.transits else ""))
    found.sort(key=lambda pair: not pair[1])  # only the first depots can have stages before them
    rates, passing = tuple(rate for rate, _ in found), tuple(stages for _, stages in found)
    if len(rates) > len(DEPOTS):
        raise SlotError(
            f"{drug.id} is absorbed at more than {len(DEPOTS)} rates",
            found=", ".join(rates),
            expected=f"at most {len(DEPOTS)}, one for each depot",
            try_="fewer routes in one scenario",
        )
    if any(passing[len(PASSED) :]):
        raise SlotError(
            f"{drug.id} is absorbed through more than {len(PASSED)} chains of transit stages",
            found=", ".join(name for name in passing if name),
            expected=f"at most {len(PASSED)}",
            try_="fewer routes in one scenario",
        )
    return rates, passing[: len(PASSED)]
