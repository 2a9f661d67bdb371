"""Quantity: a number with unit, spread, status, source and place, and the checks that a field can ask of it.

Needs    units
Gives    ``Quantity``, ``Plain``, ``Spread``, ``measured_in``, ``Status``
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from ...errors import UnitError
from ..units import same_kind, to_inner, unit
from .base import Identifier, Shape, complaint, complaint_of

Status = Literal["measured", "fitted", "derived", "borrowed", "assumed"]
Number = Annotated[float, Field(allow_inf_nan=False)]

PERCENT_FROM = 2  # a share of 37 was meant as a percentage; a share of 1.5 was not
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_SPREADS = {
    "lognormal": re.compile(rf"lognormal\s+cv\s+({_NUMBER})\s*(%?)"),
    "normal": re.compile(rf"normal\s+sd\s+({_NUMBER})"),
    "uniform": re.compile(rf"uniform\s+({_NUMBER})\s+({_NUMBER})"),
}


class Spread(Shape):
    """How a value differs between people: lognormal (cv), normal (sd), uniform (low, high), in the value's unit."""

    kind: Literal["lognormal", "normal", "uniform"]
    cv: Number | None = None
    sd: Number | None = None
    low: Number | None = None
    high: Number | None = None

    def __str__(self) -> str:
        if self.kind == "lognormal":
            return f"lognormal cv {100 * (self.cv or 0):g}%"
        return f"normal sd {self.sd:g}" if self.kind == "normal" else f"uniform {self.low:g} {self.high:g}"


def spread(text: Any) -> Any:
    """Read "lognormal cv 30%", "normal sd 0.1" or "uniform 0.1 0.3" (anything else is left to the shape)."""
    if not isinstance(text, str):
        return text
    match = {kind: pattern.fullmatch(text.strip()) for kind, pattern in _SPREADS.items()}
    if found := match["lognormal"]:
        cv = float(found[1]) / (100 if found[2] else 1)
        if 0 < cv <= 3:
            return Spread(kind="lognormal", cv=cv)
    if (found := match["normal"]) and 0 < float(found[1]) < math.inf:
        return Spread(kind="normal", sd=float(found[1]))
    if (found := match["uniform"]) and -math.inf < float(found[1]) < float(found[2]) < math.inf:
        return Spread(kind="uniform", low=float(found[1]), high=float(found[2]))
    raise complaint(
        f"'{text}' is no spread",
        found=text,
        expected="lognormal cv 30%, normal sd 0.1, or uniform 0.1 0.3",
        try_="a width above zero; leave the spread out if everybody has the same value",
    )


SpreadText = Annotated[Spread, BeforeValidator(spread), PlainSerializer(str)]


def known_unit(text: str) -> str:
    """The unit itself, or a complaint that it is not known."""
    try:
        unit(text)
    except UnitError as error:
        raise complaint_of(error) from error
    return text


def unit_text(text: Any) -> Any:
    """A unit written as the number 1 is the text "1"."""
    return "1" if text == 1 and not isinstance(text, bool) else text


UnitText = Annotated[str, BeforeValidator(unit_text), AfterValidator(known_unit)]


class Plain(Shape):
    """A number with its unit and nothing else: {value: 16, unit: mg}."""

    value: Number
    unit: UnitText

    def inner(self, *, molar_mass: float | None = None) -> float:
        """The number in inner units (nmol, L, h)."""
        return to_inner(self.value, self.unit, molar_mass=molar_mass)


class Quantity(Shape):
    """A number about the body or a drug, with everything a reader needs to trust or doubt it."""

    value: Number
    unit: UnitText
    spread: SpreadText | None = None
    status: Status
    source: Identifier | None = None
    place: str | None = None
    checked_by: str | None = None
    note: str | None = None
    kind: str | None = None  # of a binding constant: Ki, Kd, EC50
    reference_dose: Plain | None = None  # of an exponent: the dose at which it does nothing

    @model_validator(mode="after")
    def _status_has_its_ground(self) -> Quantity:
        if self.status == "assumed" and self.source:
            raise complaint(
                "an assumed value names a source",
                found=f"status: assumed, source: {self.source}",
                expected="assumed without a source, or another status",
                try_="borrowed, if the source holds the value; the place or note for a reason",
                at=("source",),
            )
        if self.status == "derived" and not (self.source or self.place):
            raise complaint(
                "a derived value names neither source nor sum",
                found="status: derived",
                expected="a source, or the sum in place",
                try_="place: what was computed from what",
                at=("status",),
            )
        if self.status in ("measured", "fitted", "borrowed") and not self.source:
            raise complaint(
                f"a {self.status} value names no source",
                found=f"status: {self.status}",
                expected="source: the id of a record in evidence/sources",
                try_="status: assumed, if nobody measured it",
                at=("status",),
            )
        return self

    def inner(self, *, molar_mass: float | None = None) -> float:
        """The number in inner units (nmol, L, h)."""
        return to_inner(self.value, self.unit, molar_mass=molar_mass)


def measured_in(
    example: str, *, positive: bool = False, low: float | None = None, high: float | None = None, also: str = ""
) -> AfterValidator:
    """A check that a quantity has the kind of unit that ``example`` has, and lies in its bounds.

    ``also`` names a second kind of unit that will do (a mass where an amount is meant).
    """

    def check(found: Any) -> Any:
        written = f"{found.value:g} {found.unit}"
        if not same_kind(found.unit, example) and not (also and same_kind(found.unit, also)):
            expected = f"a unit like {example}" + (f" or {also}" if also else "")
            raise complaint(
                f"the unit '{found.unit}' does not fit",
                found=written,
                expected=expected,
                try_=f"{found.value:g} {example}, if that is what is meant",
            )
        value = found.value * unit(found.unit).factor / unit(example).factor if same_kind(found.unit, example) else None
        if (positive and found.value <= 0) or (value is not None and low is not None and value < low - 1e-12):
            least = "above 0" if positive else f"at least {low:g}"
            advice = "leave the key out if there is none" if positive else "look at the sign and the unit"
            raise complaint("the value is too small", found=written, expected=f"{least} {example}", try_=advice)
        if value is not None and high is not None and value > high + 1e-12:
            raise complaint(
                "the value is too large",
                found=written,
                expected=f"at most {high:g} {example}",
                try_=f"{found.value:g} %, if that is what is meant"
                if example == "share" and value > PERCENT_FROM
                else "look at the unit",
            )
        return found

    return AfterValidator(check)


Concentration = Annotated[Quantity, measured_in("nmol/L", positive=True, also="ng/mL")]
Volume = Annotated[Quantity, measured_in("L", positive=True)]
Flow = Annotated[Quantity, measured_in("L/h", low=0.0)]
Rate = Annotated[Quantity, measured_in("1/h", positive=True)]
Time = Annotated[Quantity, measured_in("h", low=0.0)]
Share = Annotated[Quantity, measured_in("share", low=0.0, high=1.0)]
Efficacy = Annotated[Quantity, measured_in("share", low=-1.0, high=1.0)]
PureNumber = Annotated[Quantity, measured_in("1")]
Dose = Annotated[Quantity, measured_in("mg", positive=True, also="nmol")]
PlainDose = Annotated[Plain, measured_in("mg", positive=True, also="nmol")]
