"""Lives: an order of arms as one scenario, from the shared history through every period.

Needs    records
Gives    ``life``, ``Added``, ``offset``, ``missed_of``
Leaves   letting it happen: see ``outcomes``
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records.catalog import exposures
from ..records.shapes import Happening, ResolvedDose, ResolvedExposure, ResolvedScenario, ResolvedStudy
from .seeds import stream

DAY = 24.0
WATCH = ("distress",)  # a scenario watches something; what a study reads is asked for by name


@dataclass(frozen=True)
class Added:
    """What an intercurrent event brings: its happenings, the period, and the time in h from that period's zero."""

    happens: Happening
    period: int
    time: float


def offset(study: ResolvedStudy, period: int) -> float:
    """From the zero of the first period to that of another, in h."""
    return study.step * period


def lead(study: ResolvedStudy) -> float:
    """Length of the history in h, in whole days, so that the clock is kept."""
    times = [row.time for row in study.history.doses] + [row.time for row in study.history.exposures]
    return DAY * math.ceil(-min(times, default=0.0) / DAY)


def life(
    study: ResolvedStudy,
    order: Sequence[str],
    *,
    pattern: int | None = None,
    seed: int = 0,
    added: Sequence[Added] = (),
) -> ResolvedScenario:
    """All that happens to a person who gets the arms in this order.

    Parameters
    ----------
    study : ResolvedStudy
        The study.
    order : list of str
        Ids of arms, one for each period.

    Rarely needed
    -------------
    pattern : int
        Which way of missing doses; None misses none.
    seed : int
        Of the missing.
    added : list of Added
        Happenings of intercurrent events.

    Returns
    -------
    ResolvedScenario
        Its zero is the zero of the first period.
    """
    before = lead(study)
    end = before + offset(study, len(order) - 1) + study.end
    doses, exposed = list(study.history.moved(before).doses), list[ResolvedExposure]()
    for period, name in enumerate(order):
        arm, start = study.arm(name), before + offset(study, period)
        shared = len(arm.happens.doses) - arm.own_doses
        moved = arm.happens.moved(start)
        doses += moved.doses[:shared]
        own = moved.doses[shared:]
        doses += own if pattern is None else _taken(study, own, pattern, seed, period)
        exposed += moved.exposures
    for extra in added:
        start = before + study.zero + offset(study, extra.period) + extra.time
        stop = before + offset(study, extra.period) + study.end
        moved = extra.happens.moved(start)
        doses += [row for dose in moved.doses for row in _before(dose, stop)]
        exposed += [row.model_copy(update={"end": min(row.end, stop)}) for row in moved.exposures if row.time < stop]
    past = study.history.moved(before).exposures
    known = exposures()
    for number, row in enumerate(past):
        if number in study.lasting:
            target = known[row.exposure].target
            later = [one.time for one in exposed if known[one.exposure].target == target]
            row = row.model_copy(update={"end": min([end, *later])})
        exposed.append(row)
    return ResolvedScenario(
        id=study.id,
        about=study.about,
        end=end,
        zero=before + study.zero,
        clock=study.clock,
        doses=tuple(doses),
        exposures=tuple(sorted(exposed, key=_by_time)),
        watch=WATCH,
        every=end,
    ).read_from(study.origin)


def missed_of(study: ResolvedStudy, people: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Which way of missing doses each person has, by their number; all 0 where nobody misses any."""
    if study.missed_doses is None or not len(people):
        return np.zeros(len(people), np.int64)
    every = stream(seed, "missed pattern").integers(study.missed_doses.patterns, size=int(people.max()) + 1)
    return every[people]


def _taken(
    study: ResolvedStudy, doses: Sequence[ResolvedDose], pattern: int, seed: int, period: int
) -> list[ResolvedDose]:
    """The doses of an arm that somebody with this pattern takes, one by one."""
    assert study.missed_doses is not None
    share, drugs = study.missed_doses.share.inner(), study.missed_doses.drugs
    random = stream(seed, f"missed doses {period}", pattern)
    found: list[ResolvedDose] = []
    for dose in doses:
        if drugs and dose.drug not in drugs:
            found.append(dose)
            continue
        missed = random.random(dose.count) < share
        found += [row for row, gone in zip(_singles(dose), missed, strict=True) if not gone]
    return found


def _singles(dose: ResolvedDose) -> list[ResolvedDose]:
    if dose.count == 1:
        return [dose]
    times = [dose.time + dose.interval * number for number in range(dose.count)]
    return [dose.model_copy(update={"time": time, "interval": 0.0, "count": 1}) for time in times]


def _before(dose: ResolvedDose, stop: float) -> list[ResolvedDose]:
    return [row for row in _singles(dose) if row.time + row.duration < stop]


def _by_time(row: ResolvedExposure) -> tuple[float, str]:
    return row.time, row.exposure
