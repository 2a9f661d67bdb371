"""Rows: a line's words as hours and nmol, and whether such a row can be.

Needs    grammar, catalog
Gives    ``dose_rows``, ``exposure_rows``, ``check_dose``, ``check_exposure``, ``drug_of``
Leaves   rows that do not go together: see ``clashes``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...errors import RecordError, nearest
from ..catalog import get, is_path
from ..shapes import Drug, Exposure, ResolvedDose, ResolvedExposure
from ..units import convert, to_inner
from ..words import ABBREVIATIONS, DEPOTS, OVER_TIME
from .exposure_lines import ExposureLine
from .grammar import DoseLine

SMALLER_UNIT = {"g": "mg", "mg": "ug", "ug": "ng", "µg": "ng", "mcg": "ng", "umol": "nmol", "mmol": "umol"}

SURELY_A_SLIP = 5  # times the largest dose from which another unit was meant, rather than a large dose


def drug_of(name: str, folder: Path) -> Drug:
    """A drug by its id, or by the path of a record as seen from a folder."""
    return get("drug", str(folder / name)) if is_path(name) else get("drug", name)


def dose_rows(words: DoseLine, drug: Drug, folder: Path) -> list[ResolvedDose]:
    """Doses in hours and nmol (or nmol/kg): one row, or one for each stretch between doses that are not taken."""
    whole = _dose_row(words, drug, folder)
    if words.before:
        begins = float(words.time - words.before * (words.interval or 0))
        whole = whole.model_copy(update={"time": begins, "since": begins, "count": words.count + words.before})
    if not words.missed:
        return [whole]
    taken = [number for number in range(whole.count) if number + 1 - words.before not in words.missed]
    starts = [number for number in taken if number - 1 not in taken]
    ends = [number for number in taken if number + 1 not in taken]
    rows = []
    for first, last in zip(starts, ends, strict=True):
        time = float(words.time + (first - words.before) * (words.interval or 0))
        interval = whole.interval if last > first else 0.0
        told = {"time": time, "count": last - first + 1, "interval": interval, "since": time if time < 0 else None}
        rows.append(whole.model_copy(update=told))
    return rows


def _dose_row(words: DoseLine, drug: Drug, folder: Path) -> ResolvedDose:
    """The whole regimen as one row."""
    amount = to_inner(words.amount, words.unit, molar_mass=drug.mass)
    return ResolvedDose(
        time=float(words.time),
        drug=str((folder / words.drug).resolve()) if is_path(words.drug) else words.drug,
        route=words.route,
        amount=amount,
        unit="nmol/kg" if words.per_kg else "nmol",
        duration=float(words.duration or 0),
        interval=float(words.interval or 0),
        count=words.count,
        then=words.then,
    )


def exposure_rows(words: ExposureLine, end: float | None) -> tuple[ResolvedExposure, ...]:
    """An exposure in hours, one row for each time; one that lasts ends with the scenario."""
    begins = float(words.time)
    ends = float(words.end) if words.end is not None else end if end is not None else begins + 1
    if ends <= begins:
        raise RecordError(
            f"'{words.exposure}' begins when the scenario has ended",
            found=f"at {begins:g} h",
            expected=f"a time before {ends:g} h",
            try_="an earlier time, or a later 'lasts'",
        )
    times = [float(words.time + number * (words.interval or 0)) for number in range(words.count)]
    return tuple(
        ResolvedExposure(time=time, end=time + (ends - begins), exposure=words.exposure, level=words.level)
        if number
        else ResolvedExposure(time=begins, end=ends, exposure=words.exposure, level=words.level)
        for number, time in enumerate(times)
    )


def check_dose(
    row: ResolvedDose, drug: Drug, line: str, end: float | None, *, history: bool, person: str | None = None
) -> None:
    """Whether a dose can be given: route, way, size (of doses per kg: for this person) and time.

    Raises
    ------
    RecordError
        It cannot; the message says why and what could be written.
    """
    if row.route not in drug.routes:
        known = list(drug.routes)
        raise RecordError(
            f"{drug.id} is not known by the {row.route} route",
            found=line,
            expected="one of " + ", ".join(known) if known else "no dose: this record is a metabolite or a tracer",
            try_=_way_out(row, drug, known) if known else "the drug that forms it",
        )
    if row.duration and row.route not in OVER_TIME:
        raise RecordError(
            f"a dose by the {row.route} route is not spread over time",
            found=line,
            expected="'over' with " + ", ".join(OVER_TIME),
            try_="leave 'over' out: the record of the drug says how fast it is absorbed",
        )
    if row.count > 1 and row.interval <= 0:
        raise RecordError(
            "doses are repeated without an interval",
            found=line,
            expected="an interval above 0 h beside the count",
            try_="interval: 24.0, or count: 1",
        )
    if row.count == 1 and row.interval:
        raise RecordError(
            "one dose has an interval", found=line, expected="interval: 0.0 with count: 1", try_="leave both out"
        )
    if row.count > 1 and row.duration > row.interval:
        raise RecordError(
            "each dose lasts longer than the time to the next",
            found=line,
            expected="a duration not above the interval",
            try_="a shorter duration, or a longer interval",
        )
    _check_size(row, drug, line, person)
    begins = row.time
    if row.since is not None:
        if history:
            raise RecordError(
                "a history needs no 'since'",
                found=line,
                expected="the regimen itself, at negative times",
                try_="at -180 d every 24 h until 0 d",
            )
        begins = 0.0 if row.time == row.since else row.time
    _check_time(begins, row.last + row.duration, line, end, history=history, at_once=row.duration == 0)


def check_exposure(
    row: ResolvedExposure,
    known: Mapping[str, Exposure],
    line: str,
    end: float | None,
    *,
    history: bool,
    within: str = "scenario",
) -> None:
    """Whether an exposure can happen: its word, its level and its time within a scenario, or within a task.

    Raises
    ------
    RecordError
        It cannot; the message says why.
    """
    if row.exposure not in known:
        raise RecordError(
            f"unknown exposure '{row.exposure}'",
            found=line,
            expected=f"an exposure of catalog/exposures.yaml ({len(known)} known)",
            try_=nearest(row.exposure, known),
        )
    exposure = known[row.exposure]
    if exposure.sets:
        raise RecordError(
            f"'{row.exposure}' is a word of the author's language",
            found=line,
            expected=f"'{exposure.sets}', with the level that it is set to",
            try_=f"exposure: {exposure.sets}, level: {exposure.set_to(row.level):g}",
        )
    if not exposure.low <= row.level <= exposure.high:
        raise RecordError(
            f"the level of '{row.exposure}' is out of bounds",
            found=line,
            expected=f"{exposure.low:g} to {exposure.high:g} {exposure.unit}",
            try_=f"{exposure.usual:g} is its usual level",
        )
    _check_time(row.time, row.end, line, end, history=history, at_once=False, within=within)


def _check_size(row: ResolvedDose, drug: Drug, line: str, person: str | None) -> None:
    """A dose above the largest that was ever sensibly given is most often a wrong unit."""
    largest = drug.largest_dose.get(row.route)
    if largest is None:
        return
    amount = row.amount
    if row.unit == "nmol/kg":
        weight = get("person", person or "adult_reference").weight
        amount *= convert(weight.value, weight.unit, "kg")
    most = largest.inner(molar_mass=drug.mass)
    if amount > most * (1 + 1e-9):
        words = line.replace("/", " ").split()
        smaller = next((SMALLER_UNIT[word] for word in words if word in SMALLER_UNIT), "")
        far = amount >= most * SURELY_A_SLIP * (1 - 1e-9)
        slip = f"did you mean {smaller}?" if smaller and far else ""
        raise RecordError(
            f"the dose is larger than any that is given of {drug.id} by the {row.route} route",
            found=line,
            expected=f"at most {largest.value:g} {largest.unit} at once",
            try_=slip or "a smaller dose" + _roomier(drug, row.route, amount),
        )


def _roomier(drug: Drug, route: str, amount: float) -> str:
    """Depots of the drug that hold more: a product is most often taken for another."""
    if route not in DEPOTS:
        return ""
    larger = {name: dose for name, dose in drug.largest_dose.items() if name in DEPOTS and name != route}
    found = [
        f"{name} (at most {dose.value:g} {dose.unit})"
        for name, dose in larger.items()
        if amount <= dose.inner(molar_mass=drug.mass) * (1 + 1e-9)
    ]
    return f", or another depot: {', '.join(found)}" if found else ""


def _check_time(
    begins: float,
    ends: float,
    line: str,
    end: float | None,
    *,
    history: bool,
    at_once: bool,
    within: str = "scenario",
) -> None:
    """[start, end) of a row against that of the scenario, or of a history (all before 0)."""
    if history:
        if begins >= 0 or ends > 0 or (at_once and ends >= 0):
            raise RecordError(
                "this does not lie before the start",
                found=line,
                expected="negative times: a history counts back from the start of the scenario",
                try_="at -7 d every 24 h until 0 d",
            )
        return
    if begins < 0:
        raise RecordError(
            "the time is negative",
            found=line,
            expected="times from 0 h on",
            try_="what came before belongs to the person's history",
        )
    if end is not None and (ends > end * (1 + 1e-12) or (at_once and ends >= end)):
        raise RecordError(
            f"this {'goes on' if begins < end else 'begins'} after the {within} has ended",
            found=line,
            expected=f"all before {end:g} h, where the {within} ends",
            try_="a later 'lasts', or fewer times",
        )


def _way_out(row: ResolvedDose, drug: Drug, known: list[str]) -> str:
    """A route that the drug has, in the words of a line."""
    if ABBREVIATIONS.get(row.route) in known:
        return ABBREVIATIONS[row.route]
    short = {route: word for word, route in ABBREVIATIONS.items()}
    return ", or ".join(f"{drug.id} ... {short.get(route, route)}" for route in known)
