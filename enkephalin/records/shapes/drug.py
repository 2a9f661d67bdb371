"""Drug: everything the body needs to know of a substance, as data.

Needs    quantity
Gives    ``Drug`` and its parts
Leaves   which slot of the body it fills: see ``scenario.slots``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...errors import nearest
from ..units import same_kind
from ..words import ABBREVIATIONS, ROUTES
from .base import Identifier, Record, Sentence, Shape, complaint
from .quantity import (
    Concentration,
    Dose,
    Efficacy,
    Flow,
    Plain,
    PlainDose,
    PureNumber,
    Quantity,
    Rate,
    Share,
    Time,
    Volume,
    measured_in,
)

Receptor = Literal["mu", "delta", "kappa", "alpha2", "crf1", "sert"]
Family = Literal["opioid", "alpha2", "crf1", "sert"]
RECEPTORS_OF = {
    "opioid": ("mu", "delta", "kappa"),
    "alpha2": ("alpha2",),
    "crf1": ("crf1",),
    "sert": ("sert",),
}
MEASURED = {"weight": "kg", "age": "year"}  # what a power can be of, and its unit


class Binding(Shape):
    """What the drug does at one receptor. ``affinity`` is the constant that the body uses."""

    receptor: Receptor
    affinity: Concentration
    kind: Literal["in_vivo", "in_vitro", "scaled"]
    efficacy: Efficacy
    dissociation: Rate | None = None
    also: tuple[Quantity, ...] = ()
    note: str | None = None


class Kinetics(Shape):
    """Up to three compartments, an effect site, and a deep store for what collects over weeks of use."""

    volume: Volume
    clearance: Flow
    exchange_1: Flow | None = None
    volume_1: Volume | None = None
    exchange_2: Flow | None = None
    volume_2: Volume | None = None
    exchange_3: Flow | None = None
    volume_3: Volume | None = None
    effect_rate: Rate
    note: str | None = None

    @model_validator(mode="after")
    def _compartments_are_whole(self) -> Kinetics:
        for number in ("1", "2", "3"):
            flow, volume = getattr(self, f"exchange_{number}"), getattr(self, f"volume_{number}")
            if (flow is None) != (volume is None):
                there, missing = ("volume", "exchange") if flow is None else ("exchange", "volume")
                raise complaint(
                    f"a tissue has {there}_{number} but no {missing}_{number}",
                    found=f"{there}_{number}",
                    expected=f"both exchange_{number} and volume_{number}, or neither",
                    try_=f"add {missing}_{number}, or delete {there}_{number}",
                    at=(f"{there}_{number}",),
                )
        return self


class Absorption(Shape):
    """A first-order depot: the share of the dose that passes through it, and its rate.

    The dose enters the depot at once, evenly over ``zero_order``, or through ``transits`` stages at ``transit_rate``
    each; after ``lag``, where the phase has one of its own.
    """

    share: Share
    rate: Rate
    lag: Time | None = None
    zero_order: Time | None = None
    transits: Annotated[int, Field(ge=1, le=3)] | None = None
    transit_rate: Rate | None = None

    @model_validator(mode="after")
    def _enters_one_way(self) -> Absorption:
        if (self.transits is None) != (self.transit_rate is None):
            there, missing = ("transits", "transit_rate") if self.transits else ("transit_rate", "transits")
            raise complaint(
                f"transit stages have {there} but no {missing}",
                found=there,
                expected="both transits and transit_rate, or neither",
                try_=f"add {missing}, or delete {there}",
                at=(there,),
            )
        if self.transits is not None and self.zero_order is not None:
            raise complaint(
                "a dose cannot enter evenly and through transit stages",
                found="transits beside zero_order",
                expected="one of the two",
                try_="delete one",
                at=("transits",),
            )
        return self


class FirstPass(Shape):
    """The share of the dose that reaches the blood as a metabolite, absorbed as the drug is."""

    drug: Identifier
    share: Share


class Route(Shape):
    """How a dose reaches the blood."""

    availability: Share | None = None
    availability_exponent: PureNumber | None = None
    lag: Time | None = None
    zero_order: Time | None = None
    fast: Absorption | None = None
    slow: Absorption | None = None
    late: Absorption | None = None
    shortest_interval: Time | None = None  # of an injected depot: no other of this drug may follow sooner
    first_pass: tuple[FirstPass, ...] = ()
    note: str | None = None

    @property
    def phases(self) -> dict[str, Absorption]:
        """The depots that a dose passes through, by name: fast, slow, late."""
        named = (("fast", self.fast), ("slow", self.slow), ("late", self.late))
        return {name: phase for name, phase in named if phase is not None}

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Route:
        depots = list(self.phases.values())
        total = sum(depot.share.inner() for depot in depots)
        if depots and abs(total - 1) > 1e-6:
            raise complaint(
                "the shares of the depots do not make a whole",
                found=f"{total:g}",
                expected="1 over fast, slow and late",
                try_="put what is lost into availability",
                at=("fast",),
            )
        if self.zero_order is not None and self.fast is None:
            raise complaint(
                "a zero-order input has no depot to go to",
                found="zero_order without fast",
                expected="fast: {share: ..., rate: ...} beside it",
                try_="add fast, or delete zero_order",
                at=("zero_order",),
            )
        exponent = self.availability_exponent
        if exponent is not None and (exponent.reference_dose is None or self.availability is None):
            raise complaint(
                "an availability_exponent needs its reference",
                found="no reference_dose" if exponent.reference_dose is None else "no availability",
                expected="availability, and the dose at which it holds",
                try_="reference_dose: {value: 16, unit: mg}",
                at=("availability_exponent",),
            )
        return self


class Metabolite(Shape):
    """A drug that is formed when this one is eliminated, and the share of molecules that become it."""

    drug: Identifier
    share: Share


class BodyEffect(Shape):
    """How a number of the drug follows the person: (weight or age / reference)^power, or a factor for some people."""

    of: str  # "clearance", "weekly_sc.fast.share"
    by: Literal["weight", "age", "female", "opioid_use_disorder"]
    power: PureNumber | None = None
    reference: Plain | None = None
    factor: PureNumber | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _power_or_factor(self) -> BodyEffect:
        wants = ("power", "reference") if self.by in MEASURED else ("factor",)
        given = tuple(name for name in ("power", "reference", "factor") if getattr(self, name) is not None)
        if given != wants:
            raise complaint(
                f"the effect of {self.by} is not whole",
                found=", ".join(given) or "nothing",
                expected=" and ".join(wants),
                try_="(weight or age / reference)^power, or a factor for women or people with opioid use disorder",
                at=("by",),
            )
        if self.reference is not None and not same_kind(self.reference.unit, MEASURED[self.by]):
            raise complaint(
                f"the unit '{self.reference.unit}' does not fit {self.by}",
                found=f"{self.reference.value:g} {self.reference.unit}",
                expected=f"a unit like {MEASURED[self.by]}",
                try_=MEASURED[self.by],
                at=("reference",),
            )
        return self


class Drug(Record):
    """A substance: what it binds, how it moves, how it is given."""

    about: Sentence
    family: Family
    molar_mass: Annotated[Quantity, measured_in("g/mol", positive=True)]
    binds: tuple[Binding, ...]
    kinetics: Kinetics | None = None
    routes: dict[str, Route] = Field(default_factory=dict)
    metabolites: tuple[Metabolite, ...] = ()
    body_effects: tuple[BodyEffect, ...] = ()
    largest_dose: dict[str, Dose] = Field(default_factory=dict)
    not_known: tuple[str, ...] = ()
    checked_by: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Drug:
        receptors = [binding.receptor for binding in self.binds]
        if len(set(receptors)) < len(receptors):
            raise complaint(
                "a receptor is named twice",
                found=", ".join(receptors),
                expected="each receptor once",
                try_="the second constant belongs under 'also' of the first",
                at=("binds",),
            )
        for number, receptor in enumerate(receptors):
            if receptor not in RECEPTORS_OF[self.family]:
                raise complaint(
                    f"a drug of the family '{self.family}' binds {receptor}",
                    found=f"receptor: {receptor}",
                    expected=", ".join(RECEPTORS_OF[self.family]),
                    try_="another family, or a word about it in not_known",
                    at=("binds", number, "receptor"),
                )
        for route in (*self.routes, *self.largest_dose):
            if route not in ROUTES:
                raise complaint(
                    f"unknown route '{route}'",
                    found=route,
                    expected="a route by its full word: " + ", ".join(ROUTES),
                    try_=ABBREVIATIONS.get(route, nearest(route, ROUTES)) or "one of these",
                    at=("routes" if route in self.routes else "largest_dose", route),
                )
        if self.routes and self.kinetics is None:
            raise complaint(
                "a drug that is given has no kinetics",
                found="routes without kinetics",
                expected="kinetics: {volume: ..., clearance: ..., effect_rate: ...}",
                try_="add kinetics, or delete the routes of a tracer",
                at=("routes",),
            )
        for number, effect in enumerate(self.body_effects):
            if self._number(effect.of) is None:
                raise complaint(
                    f"the drug has no number '{effect.of}'",
                    found=f"of: {effect.of}",
                    expected="a number of its kinetics or of a route",
                    try_="clearance, or oral.fast.rate",
                    at=("body_effects", number, "of"),
                )
        return self

    def _number(self, path: str) -> Quantity | None:
        """A number of the kinetics or of a route, by the name that users write behind the drug's."""
        first, *rest = path.split(".")
        found: object = self.routes.get(first) if rest else getattr(self.kinetics, first, None)
        for name in rest:
            found = getattr(found, name, None)
        return found if isinstance(found, Quantity) else None

    @property
    def mass(self) -> float:
        """Molar mass in g/mol."""
        return self.molar_mass.inner()

    @property
    def slow_binder(self) -> bool:
        """True when the drug leaves the mu receptor so slowly that its bound part is a state of its own."""
        return any(binding.dissociation is not None for binding in self.binds)


__all__ = [
    "RECEPTORS_OF",
    "Absorption",
    "Binding",
    "BodyEffect",
    "Drug",
    "FirstPass",
    "Kinetics",
    "Metabolite",
    "PlainDose",
    "Route",
]
