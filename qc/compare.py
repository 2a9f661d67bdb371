"""Compare: each reading with its record, in one unit and within rounding.

Needs    questions (which know the record's value), readings
Gives    ``compared()``, ``Verdict``, ``agrees``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from enkephalin.errors import UnitError
from enkephalin.records.units import convert

from .questions import Asked, asked
from .readings import Reading, missing, readings

# Sources print two or three figures, and records round a sum once more: 1 % covers both. Counts must be equal.
ROUNDING = 0.01
SPREAD_ROUNDING = 0.05
By = Literal["agree", "disagree", "not found", "not read", "by definition"]


@dataclass(frozen=True)
class Verdict:
    """One question with what the record and the reader say."""

    question: Asked
    by: By
    reading: Reading | None = None
    read: str = ""
    spread: str = ""


def compared() -> tuple[Verdict, ...]:
    """Every question in its order, with its verdict."""
    known, open_, questions = readings(), missing(), asked()
    values = {question.id: question for question in questions}
    return tuple(_verdict(question, known.get(question.id), question.id in open_, values) for question in questions)


def _verdict(question: Asked, reading: Reading | None, was_tried: bool, values: dict[str, Asked]) -> Verdict:
    if reading is None:
        if was_tried:
            return Verdict(question, "not found")
        return Verdict(question, "not read" if question.source else "by definition")
    by: By = "agree" if agrees(question, reading, values) else "disagree"
    return Verdict(question, by, reading, told(reading), _spread(question, reading))


def agrees(question: Asked, reading: Reading, values: dict[str, Asked] | None = None) -> bool:
    """True when the record holds what was read, after conversion and within rounding."""
    exact = question.id.endswith(".n") or (question.unit == "points" and question.value == round(question.value))

    def here(number: float) -> float:
        if reading.relative_to:
            return number * related(reading.relative_to, values)
        return convert(number, reading.unit, question.unit, molar_mass=question.molar_mass)

    def same(number: float) -> bool:
        slack = 0.0 if exact else ROUNDING * abs(number)
        return abs(question.value - number) <= slack + 1e-9

    try:
        numbers = [here(number) for number in ((reading.value,) if reading.value is not None else reading.any_of)]
        if reading.low is not None and reading.high is not None:
            low, high = sorted((here(reading.low), here(reading.high)))
            return low - ROUNDING * abs(low) <= question.value <= high + ROUNDING * abs(high)
    except UnitError:
        return False
    return any(same(number) for number in numbers)


def related(name: str, values: dict[str, Asked] | None) -> float:
    """The quantity of the record that a reading is relative to (it may be fitted, and then no question)."""
    if values and name in values:
        return values[name].value
    from enkephalin.records.parameters import parameter_named

    quantity = parameter_named(name).quantity
    assert quantity is not None, name
    return quantity.value


def told(reading: Reading) -> str:
    """What was read, in words."""
    if reading.relative_to:
        return f"{reading.value:.4g} x {reading.relative_to}"
    number = f"{reading.value:.5g}" if reading.value is not None else " or ".join(f"{n:g}" for n in reading.any_of)
    between = f"{reading.low:g} to {reading.high:g}" if reading.low is not None else ""
    shown = f"{number} ({between})" if number and between else number or between
    return shown if reading.unit in ("1", "ratio") else f"{shown} {reading.unit}"


def _spread(question: Asked, reading: Reading) -> str:
    """What differs between the two spreads between people ("" when they agree or one of them is silent)."""
    if not reading.spread or not question.spread:
        return ""
    read, held = float(reading.spread.split()[1]), question.spread
    if held.startswith("lognormal cv"):
        number = float(held.removeprefix("lognormal cv").rstrip("%"))
    elif held.startswith("normal sd") and question.value:
        number = 100 * float(held.removeprefix("normal sd")) / abs(question.value)
    else:
        return f"read {reading.spread}, record {held}"
    return "" if abs(number - read) <= SPREAD_ROUNDING * read + 0.5 else f"read {reading.spread}, record {held}"
