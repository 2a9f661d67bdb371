"""Evidence both ways: from a claim to the rows and results that hang on it, and from a row to observations and claims.

Needs    evidence, records
Gives    ``explain_claim``, ``explain_observation``, ``explain_question``, ``explain_argument``, ``with_evidence``
Leaves   the full audit of a claim: see ``enkephalin audit``
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from ..evidence.certainty import certainty_of
from ..evidence.disputes import strength_of, verdict_of
from ..evidence.weigh import answering, bearing_on
from ..records.catalog import get, list_ids
from ..records.shapes import Claim, Observation, ParameterRow
from .equation import source_row
from .explanation import Explanation


def explain_claim(id: str) -> Explanation:
    """A claim: its verdict, what it rests on in the body, and what would change with it, by how much."""
    from ..evidence.sensitivity import rows_named, sensitivity  # it opens the engine

    claim: Claim = get("claim", id)
    verdict, because = verdict_of(id)
    bearings = bearing_on(claim)
    return Explanation(
        id,
        "claim",
        claim.about,
        {
            "number in the article": claim.number,
            "verdict": verdict,
            "because": because,
            "certainty": certainty_of(claim, bearings).level,
            "known": claim.known.says,
            "wrong if": claim.wrong_if,
            "file": claim.origin.place,
        },
        {
            "observations": [_observation(bearing.observation) | {"is": bearing.word} for bearing in bearings],
            "rests on": [_row(row) for name in claim.rests_on for row in rows_named(name)],
            "asked of the body": [
                {"reading": reading.about or reading.read, "read": reading.read, "run": reading.run}
                for reading in claim.readings
            ],
            "with a tenth more of each row": [_change(row) for row in sensitivity(claim)],
            "accounts that build it in": [
                {
                    "account": name,
                    "row": change.row,
                    "change": f"{change.expects.value:g} -> {change.becomes.value:g} {change.becomes.unit}",
                }
                for name in list_ids("account")
                for change in get("account", name).changes
                if getattr(change, "claim", None) == id
            ],
            "arguments that need it": [
                {"argument": name, "about": get("argument", name).about}
                for name in list_ids("argument")
                if id in _claims_of(name)
            ],
        },
    )


def _change(row: dict[str, Any]) -> dict[str, Any]:
    if "why_not" in row:
        return {"row": row.get("row", ""), "reading": row.get("reading", ""), "why not": row["why_not"]}
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    step = f"{row['value']:.4g} -> {row['with_a_tenth_more']:.4g}{unit}"
    return {"row": row["row"], "reading": row["reading"], "change": step}


def _claims_of(argument: str) -> set[str]:
    record = get("argument", argument)
    return {premise.claim for premise in record.premises if premise.claim} | {str(record.concludes)}


def explain_observation(id: str) -> Explanation:
    """An observation: what was seen, in whom, how well, and what it says to which question."""
    row: Observation = get("observation", id)
    limits = f" ({row.interval.low:g} to {row.interval.high:g})" if row.interval else ""
    value = f"{row.measure} {row.value:g}{limits} {row.unit}" if row.value is not None else ""
    return Explanation(
        id,
        "observation",
        row.about,
        {
            "value": value,
            "n": row.n,
            "design": row.design.replace("_", " "),
            "species": row.species.replace("_", " "),
            "in": row.population,
            "drug": " ".join(part for part in (row.drug, row.dose) if part),
            "confirmed": row.confirmed,
            "checked by": row.checked_by,
            "note": row.note,
            "file": row.origin.place,
        },
        {
            "says": [
                {"question": get("question", answer.question).about, "answer": answer.says, "how": answer.how}
                for answer in row.answers
            ],
            "source": [source_row(row.source)],
        },
    )


def explain_question(id: str) -> Explanation:
    """A question: every observation that answers it, and the claims that ask it."""
    return Explanation(
        id,
        "question",
        get("question", id).about,
        parts={
            "answers": [_observation(row) | {"says": answer.says, "how": answer.how} for row, answer in answering(id)],
            "asked by": [
                {"claim": name, "about": get("claim", name).about}
                for name in list_ids("claim")
                if get("claim", name).question == id
            ],
        },
    )


def explain_argument(id: str) -> Explanation:
    """An argument: its links with their strength, the weakest, and the case against it."""
    record = get("argument", id)
    strength = strength_of(record)
    return Explanation(
        id,
        "argument",
        record.about,
        {
            "conclusion": record.conclusion,
            "as far as it carries": strength.conclusion,
            "weakest link": strength.weakest.what,
            "the case against it": record.counter.says,
            "what survives": record.counter.survives,
            "file": record.origin.place,
        },
        {"links": [{"link": link.what, "strength": link.strength, "why": link.because} for link in strength.links]},
    )


def with_evidence(found: Explanation, rows: Iterable[ParameterRow]) -> Explanation:
    """The explanation of a parameter, with what was observed in its sources and the claims that rest on it."""
    rows = list(rows)
    sources = {row.source for row in rows if row.source}
    titles = {row.title for row in rows} | {f"{row.module}.{row.name}" for row in rows}
    more = {
        "observations of its sources": [_observation(get("observation", name)) for name in _observed(tuple(sources))],
        "claims that rest on it": [
            {"claim": name, "about": get("claim", name).about, "verdict": verdict_of(name)[0]}
            for name in sorted({name for title in titles for name in _resting().get(title, ())})
        ],
    }
    return replace(found, parts={**found.parts, **more})


@cache
def _resting() -> dict[str, tuple[str, ...]]:
    """Row -> the claims that rest on it."""
    found: dict[str, list[str]] = {}
    for name in list_ids("claim"):
        for row in get("claim", name).rests_on:
            found.setdefault(row, []).append(name)
    return {row: tuple(names) for row, names in found.items()}


@cache
def _by_source() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in list_ids("observation"):
        found.setdefault(get("observation", name).source, []).append(name)
    return {source: tuple(names) for source, names in found.items()}


def _observed(sources: tuple[str, ...]) -> list[str]:
    return [name for source in sorted(sources) for name in _by_source().get(source, ())]


def _observation(row: Observation) -> dict[str, Any]:
    return {"observation": row.id, "about": row.about}


def _row(row: ParameterRow) -> dict[str, Any]:
    value = f"{row.value:g} {row.unit}" if row.value is not None else "computed"
    return {"row": row.title, "value": value, "status": row.status, "file": row.at}
