"""Schema: the shape of a record as JSON Schema, for editors that help while a person writes.

Needs    shapes, catalog
Gives    ``schema(kind)``
Leaves   what only reading can find (units, lines that happen): ``enkephalin check`` names that
"""

from __future__ import annotations

from typing import Any

from .catalog import kind_named, list_ids

DIALECT = "https://json-schema.org/draft/2020-12/schema"
POINTS_AT = {"population": "population", "instrument": "scale", "source": "source"}  # keys that hold an id
FILE = r"\.ya?ml$"


def schema(kind: str) -> dict[str, Any]:
    """JSON Schema of a kind of record; ids of the catalog are offered where one is asked for.

    Parameters
    ----------
    kind : str
        "study", "scenario", "drug" ... or the plural.

    Returns
    -------
    dict
        A schema of draft 2020-12.

    Raises
    ------
    UnknownNameError
        There is no such kind.

    Example
    -------
    >>> schema("study")["title"]
    'Study'
    """
    found: dict[str, Any] = kind_named(kind).shape.model_json_schema()
    _offer(found)
    return {"$schema": DIALECT, **found}


def _offer(part: Any) -> None:
    """Put the known ids wherever a key points at a record; a file may stand there too."""
    if isinstance(part, list):
        for one in part:
            _offer(one)
        return
    if not isinstance(part, dict):
        return
    for key, value in (part.get("properties") or {}).items():
        if key in POINTS_AT and isinstance(value, dict):
            known = {"enum": list(list_ids(POINTS_AT[key]))}
            choices = [known, {"type": "string", "pattern": FILE}]
            if any(one.get("type") == "null" for one in value.get("anyOf", ())):
                choices.append({"type": "null"})
            value.pop("type", None)
            value["anyOf"] = choices
    unit = (part.get("properties") or {}).get("unit")
    if isinstance(unit, dict) and unit.get("type") == "string":  # a pure number may be written without quotes
        unit["anyOf"] = [{"type": unit.pop("type")}, {"const": 1}]
    for one in part.values():
        _offer(one)
