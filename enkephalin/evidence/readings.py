"""Readings: what the body shows when the runs of a claim happen to it, under an account.

Needs    simulate, measure, population, the cache
Gives    ``read_claims(claims, account)``: the readings of each claim as plain rows; ``shown``,
         ``person_of``, ``people_of``, ``names_of``: the parts of one reading
Leaves   verdicts: a reading says what a body does, not what people do

Claims share runs, so each run happens once for all of them. A value is kept under a digest of everything that it could
depend on, so that asking again takes no time and changing a table asks anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..compiler.cache import digest_of, load, save
from ..errors import EnkephalinError, UnitError
from ..measure import measure, parse
from ..measure.grammar import Pair, Readout
from ..population import Draw, draw
from ..records.catalog import get, list_ids
from ..records.claims import scenario_of
from ..records.shapes import Claim, Person, Reading, Run, Setting
from ..records.units import convert
from ..simulate import simulate
from ..simulate.watching import plain_unit

ENGINE, SEED, KEPT, REFERENCE = "kernel", 1, "readings", "adult_reference"
WITHOUT = ("evidence", "report", "cli", "explain")  # rooms of the package that no reading depends on
FILE = ".y"  # begins .yaml and .yml


@dataclass(frozen=True)
class Seen:
    """A reading as it was found: a value with its unit, or why there is none."""

    value: float | None = None
    unit: str = ""
    why_not: str = ""


def read_claims(claims: Iterable[Claim], account: str, keep: bool = True) -> dict[str, list[dict[str, Any]]]:
    """The readings of some claims under one account.

    Parameters
    ----------
    claims : list of Claim
    account : str
        Id of an account.
    keep : bool
        Keep values on disk and use those that are kept.

    Returns
    -------
    dict
        Id of a claim -> a row for each of its readings: ``about``, ``read``, ``show``, and either ``value``, ``unit``,
        ``agrees`` and ``holds``, or ``why_not``.
    """
    asked = {claim.id: [_Asked(claim, reading) for reading in claim.readings] for claim in claims}
    found = _found([one for several in asked.values() for one in several], account, keep)
    return {name: [_row(one.reading, found[one.key]) for one in several] for name, several in asked.items()}


class _Asked:
    """A reading with the runs that it needs."""

    def __init__(self, claim: Claim, reading: Reading) -> None:
        runs = {run.id: run for run in claim.runs}
        self.reading = reading
        self.run = runs[reading.run]
        self.other = runs[reading.relative_to] if reading.relative_to else None
        plain = reading.model_dump(mode="json", exclude={"about", "agrees", "run", "relative_to"})
        self.key = json.dumps([plain, *(what_happens(run) for run in self.runs)], sort_keys=True)

    @property
    def runs(self) -> list[Run]:
        return [self.run] + ([self.other] if self.other else [])

    @property
    def lasting(self) -> bool:
        """False when a run reads a file of the user's, whose contents the digest does not hold."""
        return FILE not in self.key.casefold()

    @property
    def names(self) -> list[str]:
        return names_of(self.reading)


def _found(asked: Sequence[_Asked], account: str, keep: bool) -> dict[str, Seen]:
    """Every reading by its key: kept ones from disk, the others by running."""
    if account not in list_ids("account"):
        return {one.key: Seen(why_not=f"The account '{account}' is not in this version.") for one in asked}
    found: dict[str, Seen] = {}
    open_: list[_Asked] = []
    for one in asked:
        kept = load(KEPT, _digest(one, account)) if keep and one.lasting and one.key not in found else None
        if kept is not None:
            found[one.key] = Seen(**json.loads(kept))
        elif one.key not in found:
            open_.append(one)
    runs = _Runs(open_, account)
    for one in open_:
        found[one.key] = _see(one, runs)
        if keep and one.lasting and not found[one.key].why_not:
            save(KEPT, _digest(one, account), json.dumps(vars(found[one.key])).encode())
    return found


def _digest(one: _Asked, account: str) -> str:
    return digest_of([package_digest(), account, one.key])


@cache
def package_digest() -> str:
    """One digest of the code, tables and catalog that a reading could depend on."""
    root = Path(__file__).parent.parent
    parts: list[str | bytes] = []
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and inside.parts[0] not in WITHOUT and "__pycache__" not in inside.parts:
            parts += [inside.as_posix(), path.read_bytes()]
    return digest_of(parts)


class _Runs:
    """Runs under one account, each made once with everything that is read from it."""

    def __init__(self, asked: Sequence[_Asked], account: str) -> None:
        self.account = account
        self.made: dict[tuple[str, ...], Any] = {}
        self.names: dict[str, dict[str, None]] = {}
        for one in asked:
            for run in one.runs:
                self.names.setdefault(what_happens(run), {}).update(dict.fromkeys(one.names))

    def result(self, run: Run, names: Sequence[str]) -> Any:
        """What happens in a run. Where one name cannot be watched by this body, only the names asked for are."""
        every = tuple(self.names[what_happens(run)])
        try:
            return self._made(run, every)
        except EnkephalinError:
            return self._made(run, tuple(names))

    def _made(self, run: Run, names: tuple[str, ...]) -> Any:
        key = (what_happens(run), *names)
        if key not in self.made:
            try:
                who = self._who(run)
                self.made[key] = simulate(who, scenario_of(run), watch=names, engine=ENGINE, account=self.account)
            except EnkephalinError as trouble:
                self.made[key] = trouble
        if isinstance(self.made[key], EnkephalinError):
            raise self.made[key]
        return self.made[key]

    def _who(self, run: Run) -> Any:
        if run.population is not None:
            return drawn(run, self.account)
        return person_of(run)


def drawn(run: Run, account: str) -> Draw:
    """The people of a run over a population; always the same."""
    return draw(str(run.population), run.people, SEED, account=account)


def person_of(run: Run) -> Person:
    """The person of a run, with the parameters that it sets."""
    person: Person = get("person", run.person or scenario_of(run).person or REFERENCE)
    own = {name: Setting(value=plain.value, unit=plain.unit) for name, plain in run.parameters.items()}
    return person.model_copy(update={"parameters": {**person.parameters, **own}}) if own else person


def what_happens(run: Run) -> str:
    """A run without its name."""
    return run.model_dump_json(exclude={"id"}, exclude_defaults=True)


def names_of(reading: Reading) -> list[str]:
    """The names that a reading watches."""
    texts = [reading.read] + ([reading.and_read] if reading.and_read else [])
    return [name for text in texts for name in names_in(parse(text))]


def names_in(readout: Readout) -> list[str]:
    """The names that a read-out reads."""
    if isinstance(readout, Pair):
        return [*names_in(readout.left), *names_in(readout.right)]
    return [readout.of.name]


def _see(one: _Asked, runs: _Runs) -> Seen:
    try:
        return _read(one, runs)
    except EnkephalinError as trouble:
        advice = f" Try {trouble.try_}." if trouble.try_ else ""
        return Seen(why_not=f"{trouble.problem[:1].upper()}{trouble.problem[1:]}.{advice}")


def _read(one: _Asked, runs: _Runs) -> Seen:
    other = runs.result(one.other, one.names) if one.other is not None else None
    return read_off(one.reading, runs.result(one.run, one.names), other)


def read_off(reading: Reading, result: Any, other: Any = None) -> Seen:
    """What a reading shows of a result, over all of its people, perhaps against another result."""
    first, unit = people_of(result, reading.read)
    if reading.and_read is not None:
        second, _ = people_of(result, reading.and_read)
        over_people = _correlation if reading.show == "correlation" else _hazard_ratio
        return _number(over_people(first, second), "1")
    value = sum(first) / len(first)
    if other is None:
        return shown(reading, value, None, unit)
    second, _ = people_of(other, reading.read)
    return shown(reading, value, sum(second) / len(second), unit)


def shown(reading: Reading, value: float, other: float | None, unit: str) -> Seen:
    """A value as a reading shows it: by itself, or against that of the other run."""
    if other is not None:
        if reading.show == "difference":
            value -= other
        elif not other:
            return Seen(why_not="What it is relative to is 0.")
        elif reading.show == "ratio":
            return _number(value / other, "1")
        else:
            return _number(100 * (value / other - 1), "%")
    if reading.unit is None or reading.unit == unit:
        return _number(value, unit)
    try:
        return _number(convert(value, unit, reading.unit), reading.unit)
    except UnitError:
        return _number(convert(value, plain_unit(unit), reading.unit), reading.unit)


def _number(value: float, unit: str) -> Seen:
    """A value that is a number; else the read-out does not exist in this run, as a time that is never reached."""
    return Seen(value, unit) if math.isfinite(value) else Seen(why_not="The run has no such value.")


def people_of(result: Any, readout: str) -> tuple[list[float], str]:
    """One value for each person: the mean over the dims that the read-out leaves."""
    seen = measure(result, readout)
    others = [dim for dim in seen.dims if dim != "person"]
    values = seen.mean(others) if others else seen
    return [float(value) for value in values.values.reshape(-1)], str(seen.attrs["units"])


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's r over people; NaN where one of the two does not vary."""
    import numpy as np

    if min(np.ptp(one), np.ptp(other)) == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def _hazard_ratio(one: Sequence[float], survival: Sequence[float]) -> float:
    """Ratio of hazards for each spread less of the first; NaN where nothing varies, or nobody is at risk."""
    import numpy as np

    at_risk = -np.log(survival)
    if np.ptp(one) == 0 or at_risk.min() <= 0:
        return math.nan
    less = (np.mean(one) - np.asarray(one)) / np.std(one)
    return float(np.exp(np.polyfit(less, np.log(at_risk), 1)[0]))


def _row(reading: Reading, seen: Seen) -> dict[str, Any]:
    row: dict[str, Any] = {"about": reading.about or reading.read, "read": reading.read, "show": reading.show}
    if seen.value is None:
        return row | {"why_not": seen.why_not}
    return row | {
        "value": seen.value,
        "unit": seen.unit,
        "agrees": list(reading.agrees),
        "holds": within(seen.value, reading.agrees),
    }


def within(value: float, band: Sequence[float | None]) -> bool:
    """True when a value lies in a band; an open end is None."""
    low, high = band
    return (low is None or value >= low) and (high is None or value <= high)


def holding(rows: Iterable[Mapping[str, Any]]) -> bool | None:
    """Whether every reading that could be made agrees; None when none could be made."""
    made = [bool(row["holds"]) for row in rows if "holds" in row]
    return all(made) if made else None
