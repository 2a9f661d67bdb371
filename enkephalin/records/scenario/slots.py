"""Slots: which drug of a scenario fills which ligand slot of the body, and with what numbers.

Needs    catalog (drugs)
Gives    ``slots_needed(resolved)``, ``slot_parameters(slots)``, ``Slots``
Leaves   the doses themselves: see ``events``

Slots 1-6 hold opioids at equilibrium, 7 and 8 opioids that leave the mu receptor slowly; a1-a2, c1 and s1 hold
ligands of alpha-2, CRF1 and the serotonin transporter. A metabolite sits in the slot behind its parent.
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
DEPOTS = (1, 2)
KINETICS = {
    "volume": ("volume_central", "L"),
    "clearance": ("clearance", "L/h"),
    "exchange_1": ("exchange_1", "L/h"),
    "volume_1": ("volume_1", "L"),
    "exchange_2": ("exchange_2", "L/h"),
    "volume_2": ("volume_2", "L"),
    "effect_rate": ("effect_rate", "1/h"),
}
Values = Mapping[str, Any]  # numbers of drugs by name, in inner units: float, or array of shape (person,)


@dataclass(frozen=True)
class Slot:
    """One filled slot: its part of the instance name, the drug, its parent, and the rate of each depot by name."""

    part: str
    drug: Drug
    parent: Drug | None = None
    depots: tuple[str, ...] = ()  # "naltrexone.oral.fast.rate": the number of the drug that sets depot 1, 2

    @property
    def instance(self) -> str:
        """The pk instance of the assembly: "pk_1"."""
        return f"pk_{self.part}"

    def depot(self, rate: str) -> int:
        """The depot (1 or 2) that empties with this rate."""
        return self.depots.index(rate) + 1


@dataclass(frozen=True)
class Slots:
    """All filled slots of a scenario."""

    slots: tuple[Slot, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, as ``build(slots=...)`` takes them: ("1", "2", "7")."""
        return tuple(slot.part for slot in self.slots)

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
    chains = [_chain(drug) for drug in drugs.values()]
    within = {drug.id for chain in chains for drug in chain[1:]}
    chains = sorted((chain for chain in chains if chain[0].id not in within), key=lambda c: (-len(c), c[0].id))
    _refuse_shared(chains)
    free = {"fast": list(FAST), "slow": list(SLOW), **{family: list(parts) for family, parts in SPECIAL.items()}}
    filled: list[Slot] = []
    for chain in chains:
        parents = [None, *chain[:-1]]
        for part, drug, parent in zip(_seats(chain, free, resolved), chain, parents, strict=True):
            filled.append(Slot(part, drug, parent, _depots(drug, parent, chain, routes)))
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
                if key in numbers:
                    found[f"pk[{slot.part}].{symbol}"] = _value(slot.drug, key, numbers[key], unit_text, values)
                elif name.startswith("exchange"):
                    found[f"pk[{slot.part}].{symbol}"] = SlotValue(0.0, unit_text, None)
        for number, key in enumerate(slot.depots, start=1):
            owner = slot.drug if key.startswith(f"{slot.drug.id}.") else slot.parent
            assert owner is not None
            quantity = drug_quantities(owner)[key]
            found[f"pk[{slot.part}].absorb_{number}"] = _value(owner, key, quantity, "1/h", values)
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
    slow = f"{slot.drug.id}.mu.dissociation"
    if slow in numbers and slot.part in SLOW:
        found[f"{module}[{slot.part}].dissociation"] = _value(slot.drug, slow, numbers[slow], "1/h", values)
    return found


def _chain(drug: Drug) -> list[Drug]:
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
    order = [*FAST, *SLOW] if slow[-1] else [*FAST]
    open_seats = set(free["fast"]) | set(free["slow"])
    for end in list(free["slow"] if slow[-1] else free["fast"]):
        last = order.index(end)
        seats = order[last - len(chain) + 1 : last + 1]
        fast_before = all(seat in FAST for seat in seats[:-1])
        if len(seats) == len(chain) and set(seats) <= open_seats and fast_before:
            for seat in seats:
                free["slow" if seat in SLOW else "fast"].remove(seat)
            return seats
    kind = "opioids that leave the receptor slowly" if slow[-1] else "opioids, metabolites counted"
    raise _full(kind, len(SLOW) if slow[-1] else len(FAST), resolved)


def _full(kind: str, most: int, resolved: ResolvedScenario) -> SlotError:
    return SlotError(
        f"the body has no more slots for {kind}",
        place=resolved.origin.place,
        found=", ".join(dict.fromkeys(dose.drug for dose in resolved.doses)),
        expected=f"at most {most} at once",
        try_="two scenarios, each with some of the drugs",
    )


def _depots(drug: Drug, parent: Drug | None, chain: list[Drug], routes: dict[str, list[str]]) -> tuple[str, ...]:
    """The rates with which the drug is absorbed, each of which takes a depot."""
    rates: list[str] = []
    for owner in (drug, parent):
        for word in routes.get(owner.id, []) if owner is not None else []:
            assert owner is not None
            route = owner.routes[word]
            if owner is parent and drug.id not in [first.drug for first in route.first_pass]:
                continue
            rates += [f"{owner.id}.{word}.{name}.rate" for name in ("fast", "slow") if getattr(route, name) is not None]
    if len(rates) > len(DEPOTS):
        raise SlotError(
            f"{drug.id} is absorbed at more than {len(DEPOTS)} rates",
            found=", ".join(rates),
            expected=f"at most {len(DEPOTS)}, one for each depot",
            try_="fewer routes in one scenario",
        )
    return tuple(rates)
