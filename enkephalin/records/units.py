"""Units: the door between what people write (500 ug, 4 min, 30 %) and what the kernel computes with (nmol, L, h).

Needs    plain_units; pint for what is not plain, loaded on first use
Gives    ``quantity("500 ug")``, ``unit("1/min")``, ``convert``, ``to_inner``, ``same_kind``
Leaves   which unit a given row or field must have: see the shapes and the compiler

The registry is our own short list, so that a unit that nobody here means (an inch, a month) is refused by name.
Inside: nmol, L, h. A mass becomes an amount only with a molar mass; until then it is kept in ng, because
1 g/mol is 1 ng/nmol. A length (height) is kept in cm.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import UnitError, nearest
from .plain_units import measure

_DEFINITIONS = """
femto- = 1e-15 = f-
pico- = 1e-12 = p-
nano- = 1e-9  = n-
micro- = 1e-6 = u- = µ- = μ-
milli- = 1e-3 = m-
centi- = 1e-2 = c-
deci- = 1e-1  = d-
kilo- = 1e3   = k-
mole = [substance] = mol
gram = [mass] = g
medical_microgram = 1e-6 * gram = mcg
liter = [volume] = L = l = litre
meter = [length] = m = metre
hour = [time] = h = hr = hours
minute = hour / 60 = min = minutes
second = hour / 3600 = s = sec = seconds
day = 24 * hour = d = days
week = 168 * hour = wk = weeks
year = 8766 * hour = yr = years
molar = mole / liter = M
percent = 0.01
share = 1
ratio = 1
z = 1
points = 1
point = 1
VAS = 1
mmHg = 1
dimensionless_one = 1 = dimensionless = one
beat = 1 = beats
event = 1 = events
"""

# Base dimension -> the unit it is kept in inside, and how many of those make one base unit of the registry.
_INSIDE = {
    "[substance]": ("nmol", 1e9),
    "[volume]": ("L", 1.0),
    "[time]": ("h", 1.0),
    "[mass]": ("ng", 1e9),
    "[length]": ("cm", 1e2),
}
_SPECIAL = {"": "one", "1": "one", "dimensionless": "one"}
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"  # no digits of other scripts
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(\S.*?)?\s*")
_COMMON = ("nmol", "nmol/L", "mg", "ug", "ng/mL", "g/mol", "mL/min", "L", "L/h", "1/h", "h", "min", "d", "share", "%")


@dataclass(frozen=True)
class Unit:
    """A unit that is understood: its text, its dimensions, and its size in inner units."""

    text: str
    factor: float
    powers: tuple[tuple[str, float], ...]

    @property
    def inner(self) -> str:
        """The inner unit of the same dimensions, as text: "nmol/L", "1/h", or "1" for a pure number."""
        return _text_of(self.powers)

    @property
    def is_pure_number(self) -> bool:
        """True for share, ratio, z, points, VAS, mmHg (pressures are counted, like points), % and 1."""
        return not self.powers

    def power(self, dimension: str) -> float:
        """The power of one dimension: ``unit("mg/kg").power("mass")`` is 0."""
        return dict(self.powers).get(f"[{dimension}]", 0.0)


@dataclass(frozen=True)
class Value:
    """A number with its unit, as in "500 ug"."""

    value: float
    unit: str

    def to(self, other: str, *, molar_mass: float | None = None) -> float:
        """The number in another unit of the same kind; a mass meets an amount through ``molar_mass`` (g/mol)."""
        return convert(self.value, self.unit, other, molar_mass=molar_mass)

    def inner(self, *, molar_mass: float | None = None) -> float:
        """The number in inner units (nmol, L, h)."""
        return to_inner(self.value, self.unit, molar_mass=molar_mass)

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


def quantity(text: str) -> Value:
    """Read a quantity as a person writes it.

    Parameters
    ----------
    text : str
        A number and a unit: "500 ug", "0.5 d", "30 %", "2 1/min".

    Returns
    -------
    Value
        The number and the unit as written.

    Raises
    ------
    UnitError
        No number, no unit, or a unit that is not known.

    Example
    -------
    >>> quantity("4 min").inner()
    0.06666666666666667
    """
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise UnitError(f"'{text}' is no quantity", found=text, expected="a number and its unit", try_="500 ug, or 4 h")
    number, unit_text = match.groups()
    if unit_text is None:
        raise UnitError(
            f"'{text}' has no unit",
            found=text,
            expected="a number and its unit",
            try_=f"{number} with its unit behind it: {number} mg, {number} h, {number} share ...",
        )
    value = float(number)
    if not math.isfinite(value):
        raise UnitError(
            f"'{number}' is too large for a number", found=text, expected="a finite number", try_="look at the exponent"
        )
    unit(unit_text)
    return Value(value, unit_text)


@cache
def unit(text: str) -> Unit:
    """What a unit text means: its dimensions and its size in inner units.

    Raises
    ------
    UnitError
        The text names a unit that is not known here.

    Example
    -------
    >>> unit("1/(nM*min)").inner
    'L/nmol/h'
    """
    plain = _SPECIAL.get(text.strip(), text.strip().replace("%", " percent ").replace("·", "*"))
    numbers = re.findall(r"(?<![\w^])[\d.]+", re.sub(r"(\^|\*\*)\s*-?\d+", "", plain))
    if (
        re.search(r"\w\s+\w", text)
        or re.search(r"[^\w\s*/().^+-]", plain)
        or re.search(r"(\^|\*\*)\s*[+-]?\s*(\d{2}|\d\s*(\^|\*\*))", plain)  # h^9**9**9 would never be worked out
        or len(plain) > 60
        or any(number != "1" for number in numbers)
    ):
        raise _unknown(text)
    factor, dimensions = measure(plain, _DEFINITIONS) or _measured_by_pint(text, plain)
    powers = []
    for dimension, power in sorted(dimensions.items(), key=lambda pair: list(_INSIDE).index(pair[0])):
        if power:
            factor *= _INSIDE[dimension][1] ** float(power)
            powers.append((dimension, float(power)))
    if not math.isfinite(factor) or factor <= 0 or any(power != round(power) for _, power in powers):
        raise _unknown(text)
    return Unit(text, _tidy(factor), tuple(powers))


def _measured_by_pint(text: str, plain: str) -> tuple[float, dict[str, float]]:
    """Size and dimensions in the registry's root units."""
    try:
        found = registry().Quantity(1, "") * registry().parse_expression(plain)
        return float(found.to_root_units().magnitude), dict(found.dimensionality)
    except Exception as trouble:
        raise _unknown(text) from trouble


def to_inner(value: float, unit_text: str, *, molar_mass: float | None = None) -> float:
    """A number in inner units (nmol, L, h); a mass becomes an amount when ``molar_mass`` (g/mol) is given."""
    known = unit(unit_text)
    mass = known.power("mass")
    per_mass = 1.0 if molar_mass is None or known.power("substance") else molar_mass**-mass
    return value * known.factor * per_mass


def convert(value: float, unit_text: str, other: str, *, molar_mass: float | None = None) -> float:
    """A number in another unit of the same kind.

    Raises
    ------
    UnitError
        The two units measure different things (and no molar mass joins them).

    Example
    -------
    >>> round(convert(1, "ng/mL", "nmol/L", molar_mass=341.4), 3)
    2.929
    """
    if same_kind(unit_text, other):
        return value * unit(unit_text).factor / unit(other).factor
    if molar_mass is not None and _molar(unit_text) == _molar(other):
        return to_inner(value, unit_text, molar_mass=molar_mass) / to_inner(1.0, other, molar_mass=molar_mass)
    raise UnitError(
        f"'{unit_text}' cannot become '{other}'",
        found=f"{value:g} {unit_text}  ({_text_of(unit(unit_text).powers)})",
        expected=f"a unit that measures the same as {other}  ({_text_of(unit(other).powers)})",
        try_="a unit of the same kind, or a molar mass beside it",
    )


def same_kind(first: str, second: str) -> bool:
    """True when two units measure the same thing: "mg" and "ug" do, "mg" and "nmol" do not."""
    return unit(first).powers == unit(second).powers


def same_kind_with_molar_mass(first: str, second: str) -> bool:
    """True when two units measure the same thing once a molar mass joins mass and amount."""
    return _molar(first) == _molar(second)


@cache
def registry() -> Any:
    """The one pint registry of the program."""
    import pint

    return pint.UnitRegistry(_DEFINITIONS.strip().splitlines(), autoconvert_to_preferred=False, cache_folder=None)


def _molar(text: str) -> tuple[tuple[str, float], ...]:
    """The dimensions of a unit with every mass counted as an amount."""
    powers = dict(unit(text).powers)
    mass = powers.pop("[mass]", 0.0)
    substance = powers.pop("[substance]", 0.0) + mass
    return (("[substance]", substance), *sorted(powers.items())) if substance else tuple(sorted(powers.items()))


def _text_of(powers: tuple[tuple[str, float], ...]) -> str:
    """Dimensions as an inner unit: (("[substance]", 1), ("[volume]", -1)) is "nmol/L"."""
    named = sorted(((_INSIDE[dimension][0], int(power)) for dimension, power in powers), key=lambda pair: pair[1] < 0)
    top = [name if power == 1 else f"{name}^{power}" for name, power in named if power > 0]
    below = [name if power == -1 else f"{name}^{-power}" for name, power in named if power < 0]
    return "/".join(["*".join(top) or "1", *below])


def _tidy(factor: float) -> float:
    """A conversion factor without the dust of the last bit, so that 1 nmol is exactly 1."""
    rounded = float(f"{factor:.14g}")
    return rounded if abs(rounded - factor) <= 4e-15 * abs(factor) else factor


def _unknown(text: str) -> UnitError:
    """The error for a unit that is not on our list."""
    words = {"month": "180 d, or 26 weeks (a month has no fixed length)", "IU": "the mass in ug", "U": "the mass in ug"}
    for word, advice in words.items():
        if text.strip().rstrip("s") == word or text.strip() == word:
            return UnitError(f"unknown unit '{text}'", found=text, expected="a unit of fixed size", try_=advice)
    names = [name for name in registry()._units if len(name) > 0]
    return UnitError(
        f"unknown unit '{text}'",
        found=text,
        expected="units of amount, mass, volume, time or number, as in " + ", ".join(_COMMON[:6]),
        try_=nearest(text, [*_COMMON, *names]) or "write the unit in full, or the number 1 for none",
    )
