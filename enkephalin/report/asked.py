"""What was asked for, in plain words.

Needs    the resolved scenario, and what the provenance of a result says
Gives    ``Asked``, ``happenings``, ``marks``
Leaves   what came out: see systems.py and numbers.py
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..records.catalog import get
from ..records.shapes import ResolvedScenario
from ..records.shapes.scenario import ResolvedDose, ResolvedExposure
from .chart import Mark
from .words import moment, number, span

NANOGRAMS_PER_GRAM = 1e9  # an amount in nmol times a molar mass in g/mol is in ng
MASSES = ((1.0, "g"), (1e-3, "mg"), (1e-6, "µg"))  # the largest unit in which a dose is at least one
ALMOST = 0.99  # so that 999.9 µg is 1 mg


@dataclass(frozen=True)
class Asked:
    """A request as sentences, and the marks that its events leave on every chart."""

    id: str
    about: str
    happens: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]  # (what, value): who, how long, which body, which engine
    marks: tuple[Mark, ...]
    command: str
    provenance: str  # JSON text
    version: str
    drugs: tuple[str, ...] = ()


def ask(result, *, command: str = "") -> Asked:
    raise NotImplementedError


def happenings(scenario: ResolvedScenario) -> tuple[str, ...]:
    """Each dose regimen and each exposure as one sentence, in the order of time; times count from the zero."""
    told = [(dose.time, f"{_dose(dose)}, {_when(dose, scenario.zero)}.") for dose in scenario.doses]
    for exposure in scenario.exposures:
        first, last = exposure.time - scenario.zero, exposure.end - scenario.zero
        told.append((exposure.time, f"{_exposure(exposure)} from {moment(first)} to {moment(last)}."))
    return tuple(text[:1].upper() + text[1:] for _, text in sorted(told))


def marks(scenario: ResolvedScenario) -> tuple[Mark, ...]:
    """The doses and exposures as marks for charts; regimens of one drug and route that follow each other are one."""
    together: dict[str, list[np.ndarray]] = {}
    for dose in sorted(scenario.doses, key=lambda dose: dose.time):
        times = dose.time - scenario.zero + dose.interval * np.arange(dose.count)
        together.setdefault(f"{_name(dose.drug)}, {_name(dose.route)}", []).append(times)
    found = [Mark(label, np.sort(np.concatenate(times))) for label, times in together.items()]
    for exposure in scenario.exposures:
        first, last = exposure.time - scenario.zero, exposure.end - scenario.zero
        found.append(Mark(_exposure(exposure), np.array([first]), last))
    return tuple(found)


def amount(dose: ResolvedDose) -> str:
    """An amount in the unit of mass that a person would write: "16 mg", "0.4 mg/kg"."""
    grams = dose.amount * float(get("drug", dose.drug).molar_mass.inner()) / NANOGRAMS_PER_GRAM
    scale, unit = next((pair for pair in MASSES if grams >= pair[0] * ALMOST), MASSES[-1])
    per = "/kg" if dose.unit.endswith("/kg") else ""
    return f"{number(grams / scale)} {unit}{per}"


def _dose(dose: ResolvedDose) -> str:
    over = f" over {span(dose.duration)}" if dose.duration else ""
    return f"{_name(dose.drug)} {amount(dose)}, {_name(dose.route)}{over}"


def _when(dose: ResolvedDose, zero: float) -> str:
    first, last = moment(dose.time - zero), moment(dose.last - zero)
    if dose.count == 1:
        return f"at {first}"
    return f"every {span(dose.interval)}, {dose.count} times, from {first} to {last}"


def _exposure(exposure: ResolvedExposure) -> str:
    return f"{_name(exposure.exposure)}, level {number(exposure.level)}"


def _name(id_: str) -> str:
    return id_.replace("_", " ")
