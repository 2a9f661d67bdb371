"""Circumstance: tasks, exposures, populations and studies, and where each is named.

Needs    records
Gives    ``explain_task``, ``explain_exposure``, ``explain_population``, ``explain_study``, ``exposure_named``
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..compiler.model import Model
from ..records.catalog import exposures, get, list_ids
from ..records.shapes import Exposure
from .equation import reads, source_row
from .explanation import Explanation

PLAIN = {"id", "name", "about", "parameter", "value", "spread", "status", "source", "note", "history"}  # need no word


def exposure_named(thing: str) -> str | None:
    """The word of an exposure that a text means, with blanks or underscores; None where there is none."""
    words = thing.replace("_", " ")
    return words if words in exposures() else None


def explain_exposure(word: str, model: Model) -> Explanation:
    """An exposure: its levels, the input that it sets, what reads that, and who names it."""
    row: Exposure = exposures()[word]
    heard = [name for name in (row.target, _wire(row.target, model)) if name in model.units]
    return Explanation(
        word,
        "exposure",
        row.about,
        {
            **levels_of(word),
            "lasts": "until the next line of the same input, or to the end" if row.lasting else "from start to end",
            "file": "catalog/exposures.yaml",
        },
        {
            "read by": reads([name for name in heard if name], model),
            "tasks": [{"task": id_} for id_ in list_ids("task") if _names(get("task", id_).happens, word)],
            "scenarios": [{"scenario": id_} for id_ in list_ids("scenario") if _names(_lines("scenario", id_), word)],
        },
    )


def levels_of(word: str) -> dict[str, str]:
    """The levels of an exposure, and the input that it sets."""
    row = exposures()[word]
    levels = f"{row.low:g} to {row.high:g} {row.unit}, usually {row.usual:g}, at rest {row.rest:g}"
    return {"levels": levels, "sets": row.target}


def _wire(target: str, model: Model) -> str:
    """The wire that carries an exposure: what its instance gives."""
    instance = target.partition("__")[0]
    rows = (one for one in model.statements if one.expression.strip() == target and "__" not in one.target)
    found = next(rows, None)
    return found.target if found is not None else f"{instance}__present"


def explain_task(id: str) -> Explanation:
    """A task: what happens in it, from where, and which scenarios and studies hold it."""
    task = get("task", id)
    throws = task.throws
    rounds = [
        {"throws": f"{one.throws} throws, {one.received} to the participant"}
        for one in (throws.rounds if throws else ())
    ]
    named = [name for name in (task.source, *task.sources) if name]
    return Explanation(
        id,
        "task",
        task.about,
        {
            "lasts": task.lasts,
            "players": throws.players if throws else None,
            "a throw takes": throws.each if throws else None,
            "no ball at all is rejection of": throws.rejection if throws else None,
            "note": task.note,
            "file": task.origin.place,
        },
        {
            "happens (times from its start)": [{"line": line} for line in task.happens],
            "rounds": rounds,
            "sources": [source_row(name) for name in named],
            "scenarios": [{"scenario": name} for name in list_ids("scenario") if _has(_lines("scenario", name), id)],
            "studies": [{"study": name} for name in list_ids("study") if _has(_study_lines(name), id)],
        },
    )


def explain_population(id: str) -> Explanation:
    """A population: on whom it is built, what varies and how, its traits, and who is drawn from it."""
    people = get("population", id)
    told = people.model_dump(mode="json", exclude_none=True)
    numbers = [{"name": key} | _flat(told[key]) for key in ("age", "weight", "height") if key in told]
    lists = {key.replace("_", " "): [_flat(one) for one in told[key]] for key in told if _holds_rows(told[key])}
    return Explanation(
        id,
        "population",
        people.about,
        {
            "based on": people.based_on,
            "women": told.get("female"),
            "vary all with spread": told.get("vary_all_with_spread"),
            "note": told.get("note"),
            "file": people.origin.place,
        },
        {
            "body": numbers,
            **lists,
            "history": [{"line": line} for line in told.get("history") or ()],
            "sources": [source_row(name) for name in told.get("sources") or ()],
            "studies": [{"study": name} for name in list_ids("study") if get("study", name).people.population == id],
        },
    )


def _holds_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def explain_study(id: str) -> Explanation:
    """A study: whom, what, when, how it is analysed, and on what it rests."""
    study = get("study", id)
    named = [name for name in (study.source, *study.sources) if name]
    measured = [
        {"measure": one.id, "by": one.instrument or one.of or one.event or "", "at": list(one.at)}
        for one in study.measures
    ]
    plans = [
        {"analysis": one.kind.replace("_", " "), "of": one.measure, "contrast": one.contrast_text, "at": one.at or ""}
        for one in study.analysis
    ]
    return Explanation(
        id,
        "study",
        study.about,
        {
            "question": study.question,
            "people": f"{study.people.n} of {study.people.population}",
            "design": study.design,
            "lasts": study.lasts,
            "estimand": study.estimand,
            "note": study.note,
            "file": study.origin.place,
        },
        {
            "arms": [{"arm": arm.id, "about": arm.about or "", "happens": list(arm.happens)} for arm in study.arms],
            "measures": measured,
            "analysis, the primary one first": plans,
            "sources": [source_row(name) for name in named],
        },
    )


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    """A part of a record as a row: values with their units, without empty ones."""
    unit = one.get("unit")
    known = {key: _text(value) for key, value in one.items() if key != "unit" and value not in (None, "", [], {})}
    said = {key: value if key in PLAIN else f"{key} {value}" for key, value in known.items()}
    if unit and unit != "1" and "value" in said:
        said["value"] = f"{one['value']:g} {unit}"
    return said


def _text(value: Any) -> Any:
    if isinstance(value, dict) and {"value", "unit"} <= set(value):
        return f"{value['value']:g} {value['unit']}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _lines(kind: str, id_: str) -> tuple[str, ...]:
    found = getattr(get(kind, id_), "happens", ())
    return tuple(line for line in found if isinstance(line, str))


def _study_lines(id_: str) -> list[str]:
    study = get("study", id_)
    return [*study.history, *study.shared, *(line for arm in study.arms for line in arm.happens)]


def _names(lines: Iterable[str], word: str) -> bool:
    """Whether some line begins with an exposure's word and not with a longer one."""
    others = [other for other in exposures() if other.startswith(f"{word} ")]
    begins = re.compile(rf"{re.escape(word)}\b")
    return any(begins.match(line) and not any(line.startswith(other) for other in others) for line in lines)


def _has(lines: Iterable[str], task: str) -> bool:
    return any(re.match(rf"task {re.escape(task)}\b", line) for line in lines)
