"""Resolve: a study in its author's words to its explicit form, in hours and nmol.

Needs    times, faults, scenario.resolve, catalog
Gives    ``resolve_study(study)``, ``examine_study``
Leaves   the people and what they live through (trial)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from ...errors import EnkephalinError, RecordError
from ..catalog import get, is_path
from ..scenario.grammar import time_of
from ..scenario.resolve import clock_of, examine_scenario, lines_of_history, lived_before
from ..shapes import (
    Arm,
    Happening,
    Intercurrent,
    Measure,
    ResolvedArm,
    ResolvedExposure,
    ResolvedIntercurrent,
    ResolvedMeasure,
    ResolvedStudy,
    Scenario,
    Study,
)
from .times import hours_of, hours_of_all

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]
UNSEEN: dict[str, Any] = {"about": "A part of a study.", "watch": ("distress",)}  # a scenario needs them


def resolve_study(study: Study | ResolvedStudy | str) -> ResolvedStudy:
    """Make every word of a study explicit; resolving twice changes nothing.

    Parameters
    ----------
    study : Study, ResolvedStudy or str
        A study, or the id of one in the catalog, or the path of a file.

    Returns
    -------
    ResolvedStudy
        Times in h (of measures: from zero), amounts in nmol, orders of arms, the size of a block.

    Raises
    ------
    RecordError
        The study cannot work; the message names file and line.

    Example
    -------
    >>> resolve_study("naltrexone_connectedness").orders
    (('placebo', 'naltrexone'), ('naltrexone', 'placebo'))
    """
    written: Study | ResolvedStudy = get("study", study) if isinstance(study, str) else study
    resolved, found = examine_study(written)
    if resolved is None or found:
        where, error = found[0]
        raise RecordError(error.problem, **(error.parts() | {"place": error.place or written.origin.at(where)}))
    return resolved


def examine_study(study: Study | ResolvedStudy) -> tuple[ResolvedStudy | None, list[Fault]]:
    """The resolved study, and everything wrong beyond its shape with the key or item where it stands."""
    from .faults import study_faults

    if isinstance(study, ResolvedStudy):
        return study, study_faults(study)
    resolved, found = _resolve_words(study)
    return resolved, found or (study_faults(resolved) if resolved is not None else [])


class _Reader:
    """Reads texts and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, where: Where, how: Callable[..., Any], *words: Any) -> Any:
        try:
            return how(*words)
        except EnkephalinError as error:
            self.faults.append((where, error))
            return None


def _resolve_words(study: Study) -> tuple[ResolvedStudy | None, list[Fault]]:
    reader = _Reader()
    end = reader.read(("lasts",), lambda: float(time_of(study.lasts)))
    zero = reader.read(("zero",), lambda: float(time_of(study.zero)))
    clock = reader.read(("clock",), clock_of, study.clock)
    washout = reader.read(("assignment", "washout"), lambda: float(time_of(study.assignment.washout or "0 h")))
    if end is not None and zero is not None and not 0 <= zero < max(end, 1e-9):
        wrong = RecordError("zero lies outside the period", found=study.zero, expected=f"0 h to {end:g} h", try_="0 h")
        reader.faults.append((("zero",), wrong))
    reader.faults += lines_of_history(study.history, study)
    before = [] if reader.faults else lived_before(study)
    arms = [_arm(study, number, end, reader) for number in range(len(study.arms))] if end else []
    measures = [_measure(row, ("measures", number), reader, study) for number, row in enumerate(study.measures)]
    others = [_intercurrent(row, ("intercurrent", n), end or 1.0, reader) for n, row in enumerate(study.intercurrent)]
    for number, row in enumerate(study.expectancy):
        if row.from_time is not None:
            reader.read(("expectancy", number, "from_time"), hours_of, row.from_time)
    if reader.faults:
        return None, _each_place_once(reader.faults)
    exposed = [(row, on) for row, on in before if isinstance(row, ResolvedExposure)]
    orders = study.assignment.orders or _usual_orders(study.design, study.arms)
    shares = study.assignment.shares or (1,) * len(orders)
    kept = {
        key: getattr(study, key)
        for key in (
            "id", "about", "question", "people", "design", "covariates", "blinding", "expectancy", "missed_doses",
            "dropout", "estimand", "analysis", "source", "sources", "note",
        )
    }  # fmt: skip
    kept["people"] = study.people.model_copy(update={"population": _beside(study.people.population, study)})
    return ResolvedStudy(
        **kept,
        end=end,
        zero=zero,
        clock=clock,
        history=Happening(
            doses=tuple(row for row, _ in before if not isinstance(row, ResolvedExposure)),
            exposures=tuple(row for row, _ in exposed),
        ),
        lasting=tuple(number for number, (_, on) in enumerate(exposed) if on),
        arms=tuple(arms),
        orders=orders,
        shares=shares,
        washout=washout,
        block=study.assignment.block or 2 * sum(shares),
        stratify=study.assignment.stratify,
        measures=tuple(measures),
        intercurrent=tuple(others),
    ).read_from(study.origin), []


def _beside(name: str, study: Study) -> str:
    """A record's file as seen from the study's own; an id stays an id."""
    if not is_path(name) or Path(name).is_absolute() or not study.origin.place:
        return name
    return str(Path(study.origin.place).parent / name)


def _usual_orders(design: str, arms: Sequence[Arm]) -> tuple[tuple[str, ...], ...]:
    """Each arm alone; of a crossover every order of two arms, and of more a Latin square."""
    names = [arm.id for arm in arms]
    if design != "crossover":
        return tuple((name,) for name in names)
    if len(names) == 2:
        return tuple(permutations(names))
    return tuple(tuple(names[first:] + names[:first]) for first in range(len(names)))


def _arm(study: Study, number: int, end: float, reader: _Reader) -> ResolvedArm:
    """All that happens in one period of an arm; what it shares with others first."""
    arm = study.arms[number]
    happens, shared, faults = _happening((*study.shared, *arm.happens), end, study, len(study.shared))
    for where, error in faults:
        line = int(where[1]) - len(study.shared) if where[0] == "happens" else 0
        place: Where = ("shared", line + len(study.shared)) if line < 0 else ("arms", number, "happens", line)
        reader.faults.append((place, error))
    return ResolvedArm(
        id=arm.id, about=arm.about, levels=arm.levels, happens=happens, own_doses=len(happens.doses) - shared
    )


def _happening(lines: tuple[str, ...], end: float, study: Study, shared: int = 0) -> tuple[Happening, int, list[Fault]]:
    """Lines as doses and exposures, how many doses the first ``shared`` lines hold, and what is wrong."""
    part = Scenario(id="a_part", lasts=f"{end:g} h", every=f"{end:g} h", happens=lines, **UNSEEN)
    resolved, faults = examine_scenario(part.read_from(study.origin))
    if resolved is None:
        return Happening(), 0, faults
    doses = 0
    if shared and not faults:
        first, _ = examine_scenario(part.model_copy(update={"happens": lines[:shared]}).read_from(study.origin))
        doses = len(first.doses) if first is not None else 0
    return Happening(doses=resolved.doses, exposures=resolved.exposures), doses, faults


def _measure(row: Measure, where: Where, reader: _Reader, study: Study) -> ResolvedMeasure:
    at = reader.read((*where, "at"), hours_of_all, row.at)
    baseline = None if row.baseline is None else reader.read((*where, "baseline"), hours_of, row.baseline)
    instrument = None if row.instrument is None else _beside(row.instrument, study)
    return ResolvedMeasure(**{**dict(row), "instrument": instrument, "at": at or (0.0,), "baseline": baseline})


def _intercurrent(row: Intercurrent, where: Where, end: float, reader: _Reader) -> ResolvedIntercurrent:
    at = reader.read((*where, "looked_at"), hours_of_all, row.looked_at)
    part = Scenario(id="a_part", lasts=f"{end:g} h", every=f"{end:g} h", happens=row.happens, **UNSEEN)
    resolved, faults = examine_scenario(part)
    reader.faults += [((*where, *place), error) for place, error in faults]
    happens = Happening(doses=resolved.doses, exposures=resolved.exposures) if resolved is not None else Happening()
    return ResolvedIntercurrent(**{**dict(row), "looked_at": at or (0.0,), "happens": happens})


def _each_place_once(faults: list[Fault]) -> list[Fault]:
    """What all arms share is said once."""
    return list({where: (where, error) for where, error in reversed(faults)}.values())[::-1]
