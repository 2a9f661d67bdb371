"""Resolve: a scenario in its author's words to the explicit form, in hours and nmol.

Needs    grammar, rows, clashes, catalog
Gives    ``resolve(scenario)``, ``scenario_faults``, ``history_of(person)``, ``lived_before``,
         ``with_history``
Leaves   slots and regimens: see ``slots`` and ``events``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import EnkephalinError, RecordError
from ..catalog import exposures, get, list_ids
from ..files import PACKAGE
from ..shapes import Person, Population, ResolvedDose, ResolvedExposure, ResolvedScenario, Scenario
from .clashes import clashes
from .exposure_lines import ExposureLine, TaskLine
from .grammar import DoseLine, parse, time_of
from .rows import check_dose, check_exposure, dose_rows, drug_of, exposure_rows
from .tasks import task_of, task_rows

if TYPE_CHECKING:
    from ..shapes import Study

HOURS_A_DAY = 24
MINUTES_AN_HOUR = 60
MOST_TIMES = 100_000  # printed times of one scenario; the files of --out hold hundreds of values at each
MOST_EXPOSURES = 100_000  # of one scenario, each repetition counted

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]
Row = ResolvedDose | ResolvedExposure


def resolve(scenario: Scenario | ResolvedScenario | str) -> ResolvedScenario:
    """Make every word of a scenario explicit; resolving twice changes nothing.

    Parameters
    ----------
    scenario : Scenario, ResolvedScenario or str
        A scenario, or the id of one in the catalog, or the path of a file.

    Returns
    -------
    ResolvedScenario
        Times in h, amounts in nmol or nmol/kg, regimens as first time, interval and count.

    Raises
    ------
    RecordError
        A line does not follow the grammar, or asks for what cannot be; the message names file and line.

    Example
    -------
    >>> resolve("naltrexone_50mg_once").doses[0].route
    'oral'
    """
    written: Scenario | ResolvedScenario = get("scenario", scenario) if isinstance(scenario, str) else scenario
    resolved, found = examine_scenario(written)
    if resolved is None or found:
        raise _placed(found[0], written)
    return resolved


def examine_scenario(scenario: Scenario | ResolvedScenario) -> tuple[ResolvedScenario | None, list[Fault]]:
    """The resolved scenario, and everything wrong beyond its shape with the key or item where it stands."""
    if isinstance(scenario, ResolvedScenario):
        found = _frame_faults(scenario.end, scenario.zero, scenario.every) + _row_faults(scenario)
        return scenario, found or clashes(scenario, _own_places(scenario))
    return _resolve_words(scenario)


def history_of(who: Person | Population) -> tuple[ResolvedDose | ResolvedExposure, ...]:
    """What a person lived through before the scenario, resolved: all times are negative hours.

    Raises
    ------
    RecordError
        A line of the history is wrong, or does not lie before the start.
    """
    return tuple(row for row, _ in lived_before(who))


def lines_of_history(lines: tuple[str, ...], who: Person | Population | Study) -> list[Fault]:
    """What is wrong with a history's lines, by their number under the key ``history``."""
    return _lines(lines, Path(who.origin.place), None, history=True, key="history")[0]


def lived_before(who: Person | Population | Study) -> list[tuple[Row, bool]]:
    """The rows of a history, and whether each lasts on beyond it ("network loss 30 % at -90 d")."""
    found, rows, _, lasting = _lines(who.history, Path(who.origin.place), None, history=True, key="history")
    if found:
        raise _placed(found[0], who)
    return [(row, number in lasting and row.end == 0) for number, row in enumerate(rows)]  # type: ignore[union-attr]


def with_history(scenario: ResolvedScenario, who: Person | Population) -> ResolvedScenario:
    """The scenario with what came before in front: a person's history, and regimens taken since long before.

    The clock is kept: the history takes whole days, so that 08:00 in the scenario stays 08:00.
    """
    told = lived_before(who)
    rows = [row for row, _ in told]
    first = min([0.0, *(row.time for row in rows), *(row.time for row in scenario.doses)])
    if not first:
        return scenario
    days = -(first // HOURS_A_DAY)
    before = float(days * HOURS_A_DAY)
    doses = [row.model_copy(update={"time": row.time + before}) for row in rows if isinstance(row, ResolvedDose)]
    doses += [row.model_copy(update={"time": row.time + before, "since": None}) for row in scenario.doses]
    happened = [_carried(row, scenario) if on else row for row, on in told if isinstance(row, ResolvedExposure)]
    exposed = [
        row.model_copy(update={"time": row.time + before, "end": row.end + before})
        for row in (*happened, *scenario.exposures)
    ]
    moved = {"end": scenario.end + before, "zero": scenario.zero + before}
    return scenario.model_copy(update=moved | {"doses": tuple(doses), "exposures": tuple(exposed)})


def _carried(row: ResolvedExposure, scenario: ResolvedScenario) -> ResolvedExposure:
    """What lasts on from a history goes on until the scenario says otherwise."""
    known = exposures()
    later = [one.time for one in scenario.exposures if known[one.exposure].target == known[row.exposure].target]
    end = min(later, default=scenario.end)
    return row.model_copy(update={"end": end}) if end > 0 else row


def _resolve_words(scenario: Scenario) -> tuple[ResolvedScenario | None, list[Fault]]:
    found: list[Fault] = []
    times: dict[str, float] = {}
    for key in ("lasts", "zero", "every"):
        try:
            times[key] = float(time_of(getattr(scenario, key)))
        except EnkephalinError as error:
            found.append(((key,), error))
    clock = 0.0
    try:
        clock = clock_of(scenario.clock)
    except EnkephalinError as error:
        found.append((("clock",), error))
    if len(times) == 3:
        found += _frame_faults(times["lasts"], times["zero"], times["every"])
    end = times.get("lasts")
    wrong, rows, numbers, _ = _lines(
        scenario.happens,
        Path(scenario.origin.place),
        end,
        history=False,
        key="happens",
        person=_known_person(scenario.person),
    )
    if found or end is None:
        return None, found + wrong
    resolved = ResolvedScenario(
        id=scenario.id,
        about=scenario.about,
        end=end,
        zero=times["zero"],
        clock=clock,
        doses=tuple(row for row in rows if isinstance(row, ResolvedDose)),
        exposures=tuple(row for row in rows if isinstance(row, ResolvedExposure)),
        watch=scenario.watch,
        every=times["every"],
        person=scenario.person,
        source=scenario.source,
        sources=scenario.sources,
        note=scenario.note,
    ).read_from(scenario.origin)
    doses = [number for number, row in zip(numbers, rows, strict=True) if isinstance(row, ResolvedDose)]
    others = [number for number, row in zip(numbers, rows, strict=True) if isinstance(row, ResolvedExposure)]
    places: list[Where] = [("happens", number) for number in (*doses, *others)]
    return resolved, wrong + clashes(resolved, places)


def _known_person(name: str | None) -> str | None:
    """A person that exists; one that does not is a fault of its own."""
    return name if name in list_ids("person") else None


def _lines(
    happens: tuple[str, ...], file: Path, end: float | None, *, history: bool, key: str, person: str | None = None
) -> tuple[list[Fault], list[Row], list[int], set[int]]:
    """Lines of the language as rows: what is wrong, the rows, the line of each, and which rows last on."""
    known, drugs, tasks = exposures(), list_ids("drug"), list_ids("task")
    folder = (PACKAGE if (PACKAGE / file).is_file() else Path.cwd()) / file.parent
    found: list[Fault] = []
    rows: list[Row] = []
    numbers: list[int] = []
    lasting: set[int] = set()
    repeated = 0
    for number, line in enumerate(happens):
        try:
            words = parse(line, known, drugs, tasks)
            repeated += 0 if isinstance(words, DoseLine) else words.count
            if repeated > MOST_EXPOSURES:
                found.append(((key, number), _too_many(line)))
                break
            new: list[Row] = []
            if isinstance(words, DoseLine):
                drug = drug_of(words.drug, folder)
                doses = dose_rows(words, drug, folder)
                for dose in doses:
                    check_dose(dose, drug, line, end, history=history, person=person)
                new = list(doses)
            else:
                new = list(_exposure_rows(words, folder, 0.0 if history else end))
                for row in new:
                    check_exposure(row, known, line, end, history=history)  # type: ignore[arg-type]
            if isinstance(words, ExposureLine) and words.end is None:
                lasting.add(len(rows))
            rows += new
            numbers += [number] * len(new)
        except EnkephalinError as error:
            found.append(((key, number), error))
    return found, _ended(rows, lasting), numbers, lasting


def _too_many(line: str) -> RecordError:
    return RecordError(
        "more exposures than one scenario can hold",
        found=line[:100],
        expected=f"at most {MOST_EXPOSURES}, each repetition counted",
        try_="fewer repetitions, or a longer 'every'",
    )


def _exposure_rows(words: ExposureLine | TaskLine, folder: Path, end: float | None) -> Iterator[ResolvedExposure]:
    """Every exposure that a line means, at all its times."""
    if isinstance(words, ExposureLine):
        yield from exposure_rows(words, end)
        return
    task = task_of(words.task, folder)
    for number in range(words.count):
        yield from task_rows(task, float(words.time + number * (words.interval or 0)))


def _ended(rows: list[Row], lasting: set[int]) -> list[Row]:
    """A level that lasts ends where the next line of the same input begins."""
    known = exposures()
    found = list(rows)
    for number in lasting:
        row = rows[number]
        assert isinstance(row, ResolvedExposure)
        target = known[row.exposure].target
        later = [
            one.time
            for one in rows
            if isinstance(one, ResolvedExposure) and known[one.exposure].target == target and one.time > row.time
        ]
        found[number] = row.model_copy(update={"end": min([row.end, *later])})
    return found


def _row_faults(scenario: ResolvedScenario) -> list[Fault]:
    """What is wrong with single rows of a scenario that came resolved."""
    found: list[Fault] = []
    known = exposures()
    rows: list[Row] = [*scenario.doses, *scenario.exposures]
    for row, place in zip(rows, _own_places(scenario), strict=True):
        text = ", ".join(f"{key}: {value}" for key, value in row.model_dump(exclude_defaults=True).items())
        try:
            if isinstance(row, ResolvedDose):
                check_dose(
                    row, drug_of(row.drug, Path.cwd()), text, scenario.end, history=False, person=scenario.person
                )
            else:
                check_exposure(row, known, text, scenario.end, history=False)
        except EnkephalinError as error:
            found.append((place, error))
    return found


def _own_places(scenario: ResolvedScenario) -> list[Where]:
    doses: list[Where] = [("doses", number) for number in range(len(scenario.doses))]
    return doses + [("exposures", number) for number in range(len(scenario.exposures))]


def _frame_faults(end: float, zero: float, every: float) -> list[Fault]:
    """What is wrong with length, zero and printed times together."""
    found: list[Fault] = []

    def fault(key: str, problem: str, written: str, expected: str, try_: str) -> None:
        found.append(((key,), RecordError(problem, found=written, expected=expected, try_=try_)))

    if end <= 0:
        fault("lasts", "the scenario has no length", f"{end:g} h", "a time above 0 h", "lasts: 7 d")
        return found
    if not 0 <= zero <= end:
        fault("zero", "zero lies outside the scenario", f"{zero:g} h", f"0 to {end:g} h", "zero: 0 h")
    if every <= 0 or every > end:
        expected = f"above 0 and at most {end:g} h"
        fault("every", "the printed times do not fit", f"every {every:g} h", expected, "every: 1 h")
    elif end / every > MOST_TIMES:
        fault("every", "too many printed times", f"{end / every:.0f}", f"at most {MOST_TIMES}", "a longer 'every'")
    return found


def clock_of(text: str) -> float:
    """A time of day such as "08:00" in hours.

    Raises
    ------
    RecordError
        The text is no time of day.
    """
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    if not match or int(match[1]) >= HOURS_A_DAY or int(match[2]) >= MINUTES_AN_HOUR:
        raise RecordError(f"'{text}' is no time of day", found=text, expected="00:00 to 23:59", try_="08:00")
    return int(match[1]) + int(match[2]) / MINUTES_AN_HOUR


def _placed(fault: Fault, record: Person | Population | Scenario | ResolvedScenario | Study) -> RecordError:
    """A fault as an error that names file and line."""
    where, error = fault
    return RecordError(error.problem, **(error.parts() | {"place": error.place or record.origin.at(where)}))
