"""What was asked for, in plain words.

Needs    the resolved scenario, and what the provenance of a result says
Gives    ``Asked``, ``happenings``, ``marks``
Leaves   what came out: see systems.py and numbers.py
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xarray as xr

from ..records.catalog import exposures, get, is_path
from ..records.shapes import Drug, ResolvedScenario
from ..records.shapes.scenario import ResolvedDose, ResolvedExposure
from ..simulate.again import provenance_of
from .chart import Mark
from .words import listing, moment, number, span

NANOGRAMS_PER_GRAM = 1e9  # an amount in nmol times a molar mass in g/mol is in ng
MASSES = ((1.0, "g"), (1e-3, "mg"), (1e-6, "µg"))  # the largest unit in which a dose is at least one
DECIMALS = 6  # of an hour, below which two times are one
FEWEST_AGAIN = 3  # equal exposures at equal distances that are told in one sentence
ALMOST = 0.99  # so that 999.9 µg is 1 mg


class Lived(Protocol):
    """What happens, and when it counts from: a resolved scenario, or the arm of a study."""

    @property
    def doses(self) -> tuple[ResolvedDose, ...]: ...

    @property
    def exposures(self) -> tuple[ResolvedExposure, ...]: ...

    @property
    def zero(self) -> float: ...


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
    drugs: tuple[Drug, ...] = ()
    not_known: tuple[tuple[str, str], ...] = ()  # (drug, what its record says is not known or left out)


def ask(result: xr.Dataset, *, command: str = "") -> Asked:
    """What a result of ``simulate`` was asked for.

    Raises
    ------
    RequestError
        The result does not say how it was made.
    """
    made = provenance_of(result)
    scenario = ResolvedScenario.model_validate_json(json.dumps(made["scenario"]))
    own = {drug.id: drug for drug in (get("drug", dose.drug) for dose in scenario.doses if is_path(dose.drug))}
    drugs = tuple(own.get(name) or get("drug", name) for name in made["drugs"])
    return Asked(
        id=scenario.id,
        about=scenario.about,
        happens=happenings(scenario),
        facts=(
            ("Who", _who(made["who"], result.sizes["person"])),
            ("Runs", f"from {moment(-scenario.zero)} to {moment(scenario.end - scenario.zero)}"),
            ("Body", _body(made)),
            ("Engine", f"{made['engine']}, tolerance {made['tolerance']:g}"),
            *((("Source", scenario.source),) if scenario.source else ()),
        ),
        marks=marks(scenario),
        command=command or f"enkephalin simulate {scenario.id}",
        provenance=json.dumps(made, ensure_ascii=False, indent=1),
        version=made["version"],
        drugs=drugs,
        not_known=tuple((_name(drug.id), text) for drug in drugs for text in drug.not_known),
    )


def beside(one: Asked, other: Asked, sides: tuple[str, str]) -> Asked:
    """A request that lets the same happen in two bodies."""
    bodies = [dict(asked.facts)["Body"] for asked in (one, other)]
    facts = [(name, value) for name, value in one.facts if name != "Body"]
    told = [(f"Body: {side}", body) for side, body in zip(sides, bodies, strict=True)]
    provenance = f"{one.provenance}\n{other.provenance}"
    return replace(one, facts=(*facts, *told), provenance=provenance)


def _who(told: Mapping[str, Any], people: int) -> str:
    """The people, by name where they have one."""
    records = told.get("records") or []
    if len(records) == 1:
        return f"{_name(records[0]['id'])}: {records[0]['about']}"
    draw = told.get("draw") or {}
    if draw:
        return f"{people} people drawn from {_name(draw['population'])}, seed {draw['seed']}"
    return listing(_name(record["id"]) for record in records) or f"{people} people"


def _body(made: Mapping[str, Any]) -> str:
    """The body and what was changed in it."""
    changed = [patch["id"] for patch in made["model"]["patches"]]
    name = listing([_name(made["model"]["assembly"]), *map(_name, changed)])
    return f"{name}, digest {made['model']['digest'][:12]}"


def happenings(scenario: Lived) -> tuple[str, ...]:
    """Each dose regimen and each exposure as one sentence, in the order of time; times count from the zero."""
    told = [(dose.time, f"{_dose(dose)}, {_when(dose, scenario.zero)}.") for dose in scenario.doses]
    for run in _runs(scenario.exposures):
        first, last = run[0].time - scenario.zero, run[-1].time - scenario.zero
        if len(run) > 1:
            again = f"every {span(run[1].time - run[0].time)}, {len(run)} times, from {moment(first)} to {moment(last)}"
            sentence = f"{_exposure(run[0])} for {span(run[0].end - run[0].time)}, {again}."
        else:
            sentence = f"{_exposure(run[0])} from {moment(first)} to {moment(run[0].end - scenario.zero)}."
        told.append((run[0].time, sentence))
    return tuple(text[:1].upper() + text[1:] for _, text in sorted(told))


def _runs(every: Sequence[ResolvedExposure]) -> list[list[ResolvedExposure]]:
    """Exposures of one kind, level and length at equal distances are one run; every other one is alone."""
    alike: dict[tuple[str, float, float], list[ResolvedExposure]] = {}
    for exposure in sorted(every, key=lambda exposure: exposure.time):
        key = (exposure.exposure, exposure.level, round(exposure.end - exposure.time, DECIMALS))
        alike.setdefault(key, []).append(exposure)
    found = []
    for group in alike.values():
        steps = {round(b.time - a.time, DECIMALS) for a, b in pairwise(group)}
        found += [group] if len(steps) <= 1 and len(group) >= FEWEST_AGAIN else [[one] for one in group]
    return found


def marks(scenario: Lived) -> tuple[Mark, ...]:
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
    share = exposures()[exposure.exposure].unit == "share"
    level = f"{number(100 * exposure.level)} %" if share else f"level {number(exposure.level)}"
    return f"{_name(exposure.exposure)}, {level}"


def _name(id_: str) -> str:
    """An id in words; of an own record's path, its file's name."""
    return (Path(id_).stem if is_path(id_) else id_).replace("_", " ")
