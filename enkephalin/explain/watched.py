"""Watched values: the pattern, the equation behind it, and the scale it belongs to.

Needs    biology/watch.csv, a built model
Gives    ``explain_watched``
"""

from __future__ import annotations

import re

from ..compiler.model import Model
from ..compiler.text import names_in
from ..records.catalog import get
from ..records.watched import watch_rows
from .equation import equations
from .explanation import Explanation


def explain_watched(name: str, model: Model) -> Explanation:
    """What a watched value is, which symbols it shows, what computes them, and the rows they rest on."""
    row = next(row for row in watch_rows() if row["name"] == name)
    shown = row["symbol"] or next(
        (
            other["symbol"]
            for other in watch_rows()
            if other["scale"] == row["scale"] and "item" in other["dims"].split()
        ),
        "",
    )
    scale = get("scale", row["scale"]) if row["scale"] else None
    items = "|".join(item.id for item in scale.items) if scale else ""
    words = {"item": f"(?:{items})"} if items else {}
    pattern = re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], r"\w+"), shown)
    symbols = [symbol for symbol in model.units if re.fullmatch(pattern, symbol) and "__" not in symbol]
    made = [statement for statement in model.statements if statement.target in set(symbols)]
    read = dict.fromkeys(name for statement in made for name in names_in(statement.expression))
    rows = {model.rows[one].at: model.rows[one] for one in read if model.rows[one].value is not None}
    inputs = [one for one in read if one not in set(symbols) and model.rows[one].value is None]
    return Explanation(
        name,
        "watched value",
        row["about"],
        {
            "unit": row["unit"],
            "dims": row["dims"],
            "symbols": f"{shown} ({len(symbols)} in the body)" + ("" if row["symbol"] else ", rounded and summed"),
            "scale": f"{scale.title}, 0 to {scale.total}" if scale else "",
            "bands": "; ".join(f"{band.low}-{band.high} {band.name}" for band in scale.bands) if scale else "",
            "source of the scale": scale.source if scale else "",
            "row": "biology/watch.csv",
        },
        {
            "computed by": equations(made),
            "reads": [
                {"row": one.title, "value": f"{one.value:g} {one.unit}", "status": one.status, "file": one.at}
                for one in rows.values()
            ],
            "reads, computed by the body": _computed(inputs, model),
        },
    )


def _computed(names: list[str], model: Model) -> list[dict[str, str]]:
    """What a value reads that is itself computed: one row for each equation, with one of its places."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        made = [statement for statement in model.statements if statement.target == name]
        for row in equations(made) or [{"place": model.rows[name].at, "equation": "set by events, or 0"}]:
            found.setdefault(row["place"], {"name": name, "unit": model.rows[name].unit, **row})
    return list(found.values())
