"""Faults of a study: what does not fit together, or cannot work, with its reason.

Needs    words, catalog; the other files of this folder
Gives    ``study_faults(study)``
Leaves   what only drawn people show: a stratum that is too small, a drug that outlasts the washout (trial)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from ...errors import EnkephalinError, RecordError, UnitError, nearest
from ..catalog import get, is_path, list_ids
from ..parameters import parameter_named
from ..shapes import ResolvedMeasure, ResolvedStudy
from ..units import same_kind, unit
from .design_faults import design_faults
from .plan_faults import plan_faults
from .words import plain, reads, seen, threshold, unit_of

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]
EVENTS = ("lapse", "relapse", "leaving", "reconciliation", "depression")
SAME = 1e-9  # h
HISTORY = "history_length"  # in days: for how long people have lived through what their population's history says


def study_faults(study: ResolvedStudy) -> list[Fault]:
    """Everything that is wrong with a resolved study, with the key or item where it stands."""
    found = [*_people_faults(study), *design_faults(study), *_measure_faults(study), *_otherwise_faults(study)]
    return found or list(plan_faults(study))


def known_traits(study: ResolvedStudy) -> dict[str, bool]:
    """The traits of the study's population; True for those that some people have and others have not."""
    from ..populations import whole

    return {trait.id: trait.share is not None for trait in whole(get("population", study.people.population)).traits}


def _people_faults(study: ResolvedStudy) -> Iterator[Fault]:
    people = study.people
    if not is_path(people.population) and people.population not in list_ids("population"):
        yield (
            ("people", "population"),
            RecordError(
                f"unknown population '{people.population}'",
                found=f"population: {people.population}",
                expected=f"the id of a record in catalog/populations ({len(list_ids('population'))} known)",
                try_=nearest(people.population, list_ids("population")) or "enkephalin list populations",
            ),
        )
        return
    try:
        traits = known_traits(study)
    except EnkephalinError as error:
        yield ("people", "population"), error
        return
    for number, row in enumerate(people.eligible):
        wrong = _not_known(row.of, traits) if row.of not in ("sex", "body_mass_index") else None
        if wrong is None and row.has is not None and not traits.get(row.of, False):
            wrong = RecordError(
                f"nobody can have or not have '{row.of}'",
                found=f"{{of: {row.of}, has: {str(row.has).lower()}}}",
                expected="a trait that a share of people have: "
                + (", ".join(t for t in traits if traits[t]) or "none"),
                try_="low and high, for a number",
            )
        if wrong is None and row.unit is not None and not _fits(row.unit, unit_of_people(row.of)):
            wrong = _not_the_unit(row.unit, unit_of_people(row.of), row.of)
        if wrong is not None:
            yield ("people", "eligible", number), wrong
    for number, covariate in enumerate(study.covariates):
        wrong = _not_known(covariate.of, traits)
        if wrong is not None:
            yield ("covariates", number), wrong
    known = ["sex", *(trait for trait, shared in traits.items() if shared), *(row.id for row in study.covariates)]
    for number, name in enumerate(study.stratify):
        if name not in known:
            yield (
                ("assignment", "stratify", number),
                RecordError(
                    f"nobody can be stratified by '{name}'",
                    found=f"stratify: {name}",
                    expected="sex, a trait that some people have, or a covariate of the study",
                    try_=nearest(name, known) or "sex",
                ),
            )


def unit_of_people(name: str) -> str:
    """The unit in which a draw holds a number of each person."""
    body = {"age": "year", "weight": "kg", "height": "cm", HISTORY: "d"}
    if "." not in name:
        return body.get(name, "1")
    return unit(parameter_named(name).unit).inner


def _fits(one: str, other: str) -> bool:
    try:
        return same_kind(one, other)
    except UnitError:
        return False


def _not_known(name: str, traits: dict[str, bool]) -> EnkephalinError | None:
    """What is wrong with a name of something in which people differ."""
    from ..tables import parameter_fault

    body = ("sex", "age", "weight", "height", "body_mass_index", HISTORY)
    if name in body or name in traits:
        return None
    if "." in name:
        return parameter_fault(name, "")
    return RecordError(
        f"people do not differ in '{name}'",
        found=name,
        expected=f"sex, age, weight, height, {HISTORY}, a trait of the population, or the name of a parameter",
        try_=nearest(name, [*body, *traits]) or "temperament.depression_trait",
    )


def _measure_faults(study: ResolvedStudy) -> Iterator[Fault]:
    first, last = 0.0 - study.zero, study.end - study.zero
    for number, row in enumerate(study.measures):
        here: Where = ("measures", number)
        if row.instrument is not None and not is_path(row.instrument) and row.instrument not in list_ids("scale"):
            yield (
                (*here, "instrument"),
                RecordError(
                    f"unknown instrument '{row.instrument}'",
                    found=f"instrument: {row.instrument}",
                    expected=f"the id of a record in catalog/scales ({len(list_ids('scale'))} known)",
                    try_=nearest(row.instrument, list_ids("scale")) or "enkephalin list scales",
                ),
            )
            continue
        if row.event is not None and row.event not in EVENTS:
            yield (*here, "event"), _no_event(row.event)
        try:
            reads(row)
        except EnkephalinError as error:
            yield (*here, "of" if row.of is not None else "instrument"), error
            continue
        outside = [time for time in row.at if not first - SAME <= time <= last + SAME]
        if outside:
            yield (
                (*here, "at"),
                RecordError(
                    f"'{row.id}' is measured outside of the study",
                    found=", ".join(f"{time:g} h" for time in outside[:4]),
                    expected=f"{first:g} h to {last:g} h from zero",
                    try_="a longer 'lasts', or another 'zero'",
                ),
            )
        yield from _too_close(here, row)
        if row.baseline is not None and not any(abs(row.baseline - time) < SAME for time in row.at):
            yield (
                (*here, "baseline"),
                RecordError(
                    f"the baseline of '{row.id}' is not measured",
                    found=f"baseline: {row.baseline:g} h",
                    expected="one of its times: " + ", ".join(f"{time:g} h" for time in row.at[:6]),
                    try_="name the time under 'at' as well",
                ),
            )


def _too_close(where: Where, row: ResolvedMeasure) -> Iterator[Fault]:
    """Two times between which the instrument cannot be read again."""
    if row.instrument is None or (apart := get("scale", row.instrument).instrument.apart) is None:
        return
    close = [(one, other) for one, other in pairwise(row.at) if other - one < apart.inner() - SAME]
    if close:
        yield (
            (*where, "at"),
            RecordError(
                f"'{row.instrument}' cannot be read so often",
                found=", ".join(f"{one:g} h and {other:g} h" for one, other in close[:3]),
                expected=f"at least {apart.value:g} {apart.unit} between two readings",
                try_="fewer times",
            ),
        )


def _no_event(name: str) -> RecordError:
    return RecordError(
        f"unknown event '{name}'",
        found=f"event: {name}",
        expected="one of " + ", ".join(EVENTS),
        try_=nearest(name, EVENTS) or "lapse",
    )


def _otherwise_faults(study: ResolvedStudy) -> Iterator[Fault]:
    """Belief, missed doses, people who leave, events in between."""
    arms, measures = [arm.id for arm in study.arms], [row.id for row in study.measures]
    for number, row in enumerate(study.expectancy):
        yield from _strangers(("expectancy", number, "measure"), "measure", [row.measure], measures)
        yield from _strangers(("expectancy", number, "arms"), "arm", row.arms, arms)
        yield from _other_unit(("expectancy", number, "shift"), row.shift.unit, row.measure, study)
    if study.missed_doses is not None:
        given = {Path(dose.drug).stem for arm in study.arms for dose in arm.own}
        if not given or not set(study.missed_doses.drugs) <= given:
            yield (
                ("missed_doses",),
                RecordError(
                    "there are no such doses to miss",
                    found=", ".join(study.missed_doses.drugs) or "no arm has a dose of its own",
                    expected="drugs of the arms: " + (", ".join(sorted(given)) or "none"),
                    try_="leave missed_doses out",
                ),
            )
    if study.dropout is not None and study.dropout.feels is not None:
        try:
            unit = plain(seen(study.dropout.feels).unit)
            if study.dropout.per is not None and study.dropout.per.unit != unit:
                yield ("dropout", "per"), _not_the_unit(study.dropout.per.unit, unit, study.dropout.feels)
        except EnkephalinError as error:
            yield ("dropout", "feels"), error
    for number, event in enumerate(study.intercurrent):
        here: Where = ("intercurrent", number)
        yield from _strangers((*here, "arms"), "arm", event.arms, arms)
        yield from _strangers((*here, "measures"), "measure", event.measures, measures)
        if event.event is not None and event.event not in EVENTS:
            yield (*here, "event"), _no_event(event.event)
        if event.when is not None:
            try:
                threshold(event.when)
            except EnkephalinError as error:
                yield (*here, "when"), error
        last = study.end - study.zero
        if any(not 0 <= time < last for time in event.looked_at):
            yield (
                (*here, "looked_at"),
                RecordError(
                    f"'{event.id}' is looked for outside of the study",
                    found=", ".join(f"{time:g} h" for time in event.looked_at if not 0 <= time < last)[:100],
                    expected=f"0 h to before {last:g} h from zero",
                    try_="times after zero and before the end",
                ),
            )


def _other_unit(where: Where, unit: str, measure: str, study: ResolvedStudy) -> Iterator[Fault]:
    for row in study.measures:
        if row.id != measure:
            continue
        try:
            own = unit_of(row)
        except EnkephalinError:  # said of the measure itself
            return
        if unit != own:
            yield where, _not_the_unit(unit, own, measure)


def _not_the_unit(unit: str, own: str, of: str) -> RecordError:
    return RecordError(f"'{of}' is not in {unit}", found=f"unit: {unit}", expected=own, try_=f"unit: {own}")


def _strangers(where: Where, kind: str, names: list[str] | tuple[str, ...], known: list[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield (
                where,
                RecordError(
                    f"the study has no {kind} '{name}'",
                    found=name,
                    expected="one of " + ", ".join(known),
                    try_=nearest(name, known) or f"enkephalin show STUDY, for every {kind}",
                ),
            )
