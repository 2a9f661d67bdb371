"""Equations and rows: a symbol of the body, the row it has, the sentences that compute it and that read it.

Needs    a built model, sources, patches
Gives    ``explain_symbols``, ``equation``, ``source_row``, ``reads``
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..compiler.model import Model
from ..compiler.names import parse_address
from ..compiler.text import Statement, names_in
from ..records.catalog import get, list_ids
from ..records.shapes import Change, ParameterRow, Source

SIGN = {"rule": ":=", "rate": "' =", "initial": "="}
MOST_READERS = 40


def explain_symbols(thing: str, names: tuple[str, ...], model: Model) -> Any:
    """A parameter, a state, a rule or a wire, in every place of the body that the name means."""
    from .explanation import Explanation

    rows = list({model.rows[name].at: model.rows[name] for name in names}.values())
    made = [statement for statement in model.statements if statement.target in set(names)]
    kind = "parameter" if not made else ("state" if any(one.kind == "rate" for one in made) else "computed value")
    sources = dict.fromkeys(row.source for row in rows if row.source)
    one = rows[0] if len(rows) == 1 else None
    facts: dict[str, Any] = {}
    if one is not None:
        facts = {
            "value": _value(one),
            "inside": _inside(one),
            "spread between people": str(one.spread) if one.spread else "",
            "status": one.status,
            "source": one.source,
            "place in the source": one.place,
            "checked by": one.checked_by,
            "note": one.note,
            "row": one.at,
        }
    facts["places in the body"] = f"{len(names)}: {', '.join(names[:4])}{' ...' if len(names) > 4 else ''}"
    return Explanation(
        thing,
        kind,
        facts=facts,
        parts={
            "rows": [row_told(row) for row in rows] if one is None else [],
            "computed by": equations(made),
            "source": [source_row(id) for id in sources],
            "changed by patches": _patches(rows),
            "patched in this body": [
                {"patch": done.patch, "row": done.row, "change": f"{done.before} -> {done.after}", "why": done.because}
                | ground_named(done.patch, done.row)
                for done in model.patches
                if done.row in {row.title for row in rows}
            ],
            "read by": reads(names, model),
        },
    )


def equations(statements: Iterable[Statement]) -> list[dict[str, str]]:
    """Sentences as a module writes them, each place once."""
    found: dict[str, dict[str, str]] = {}
    for statement in statements:
        found.setdefault(statement.place, {"place": statement.place, "equation": equation(statement)})
    return list(found.values())


def equation(statement: Statement) -> str:
    """One sentence in its module's own words: instance names in front of symbols are left out."""
    sign = SIGN.get(statement.kind, "set by events")
    target = f"{statement.target}{sign}" if statement.kind == "rate" else f"{statement.target} {sign}"
    plain = re.sub(r"\b\w+?__(?=\w)", "", f"{target} {statement.expression}".strip())
    return re.sub(r"(?<=\() | (?=[),])| ?(\^) ?|(?<=\w) (?=\()|(?<=[(=] -) ", r"\1", plain)


def reads(names: Iterable[str], model: Model) -> list[dict[str, str]]:
    """The sentences that read any of these names."""
    wanted = set(names)
    found = [statement for statement in model.statements if wanted & set(names_in(statement.expression))]
    rows = equations(found)
    return rows[:MOST_READERS]


def source_row(id: str) -> dict[str, Any]:
    """A source in a line: who, when, what, where, and how it was read."""
    source: Source = get("source", id)
    authors = list(source.authors or ())
    who = authors[0] + (" et al." if len(authors) > 1 else "") if authors else ""
    return {
        "source": id,
        "who": f"{who} {source.year or ''}".strip(),
        "title": source.title or source.about,
        "where": source.journal,
        "doi": f"doi {source.doi}" if source.doi else "",
        "read": f"read: {source.read.replace('_', ' ')}",
    }


def row_told(row: ParameterRow) -> dict[str, Any]:
    """A row of a table in a line."""
    return {
        "row": row.title,
        "value": _value(row),
        "spread": str(row.spread) if row.spread else "",
        "status": row.status,
        "source": row.source,
        "note": row.note or row.place,
        "file": row.at,
    }


def _value(row: ParameterRow) -> str:
    return f"{row.value:g} {row.unit}" if row.value is not None else f"computed, in {row.unit}"


def _inside(row: ParameterRow) -> str:
    """The value in inner units, where they differ from those written."""
    same = row.value is None or (row.inner_value == row.value and row.inner_unit in (row.unit, "1"))
    return "" if same else f"{row.inner_value:.6g} {row.inner_unit}"


def _patches(rows: Iterable[ParameterRow]) -> list[dict[str, str]]:
    """Patches of the catalog that change any of these rows."""
    titles = {(row.module, frozenset(row.where), row.name) for row in rows}
    found = []
    for id in list_ids("patch"):
        patch = get("patch", id)
        for change in patch.changes:
            if parse_address(change.row) in titles:
                before, after = change.expects, change.becomes
                found.append(
                    {
                        "patch": f"{patch.kind} {id}",
                        "row": change.row,
                        "change": f"{before.value:g} {before.unit} -> {after.value:g} {after.unit}",
                        "why": change.because,
                        **ground(change),
                    }
                )
    return found


def ground_named(patch: str, row: str) -> dict[str, str]:
    """The same of a change that a body has gone through, if its patch is in the catalog."""
    if patch not in list_ids("patch"):
        return {}
    wanted = parse_address(row)
    return next((ground(one) for one in get("patch", patch).changes if parse_address(one.row) == wanted), {})


def ground(change: Change) -> dict[str, str]:
    """What a change of a patch rests on: the claim or the source that it names."""
    named = {"claim": change.claim, "source": change.source}
    return {kind: f"{kind} {id}" for kind, id in named.items() if id}
