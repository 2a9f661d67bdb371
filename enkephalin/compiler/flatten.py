"""The wired body through Antimony: flat statements to flat SBML.

Needs    ``wiring.Flat``
Gives    ``to_antimony``: one flat Antimony text; ``to_sbml``: the SBML L3V2 that Antimony makes of it
Leaves   values and units (see ``units`` and ``model``)

The submodels of Antimony are not used: two of them that declare a unit for the wire that joins them come apart in
silence, and a misspelt name becomes a new parameter. Here every name is known before Antimony sees it.
"""

from __future__ import annotations

import re

import antimony

from enkephalin.compiler.wiring import Flat
from enkephalin.errors import ModelError


def to_antimony(flat: Flat) -> tuple[str, list[str]]:
    """One flat text, and for each of its lines the place it came from.

    Returns
    -------
    text : str
        Antimony; loads in any program that reads it.
    places : list of str
        ``places[i]`` is the place of line i + 1.
    """
    lines: list[tuple[str, str]] = []
    for function in flat.functions:
        lines.append((f"function {function.name}({', '.join(function.arguments)})", function.place))
        lines += [(f"  {function.expression};", function.place), ("end", function.place)]
    lines.append((f"model *{flat.name}()", ""))
    inputs = [statement.target for statement in flat.statements if statement.kind == "input"]
    lines += [(f"  var {name};", "") for name in inputs]
    sign = {"rule": " := ", "rate": "' = ", "initial": " = "}
    for statement in flat.statements:
        if statement.kind in sign:
            lines.append((f"  {statement.target}{sign[statement.kind]}{statement.expression};", statement.place))
    lines.append(("end", ""))
    return "\n".join(line for line, _ in lines) + "\n", [place for _, place in lines]


def to_sbml(flat: Flat) -> str:
    """Flat SBML L3V2 without units and values.

    Raises
    ------
    ModelError
        Antimony refuses a sentence; the message names the module and line it came from.
    """
    text, places = to_antimony(flat)
    antimony.clearPreviousLoads()
    try:
        if antimony.loadAntimonyString(text) < 0:
            raise _refused(antimony.getLastError(), text, places)
        sbml: str = antimony.getSBMLString(flat.name)
    finally:
        antimony.clearPreviousLoads()
        antimony.freeAll()
    return sbml


def _refused(complaint: str, text: str, places: list[str]) -> ModelError:
    """Antimony's complaint, with the place the line came from."""
    match = re.search(r"line (\d+)", complaint)
    line = int(match[1]) if match else 0
    known = 0 < line <= len(places)
    return ModelError(
        "Antimony cannot read this",
        place=places[line - 1] if known else "",
        found=text.splitlines()[line - 1].strip() if known else "",
        expected=re.sub(r"^Error in model string, line \d+: *", "", complaint.strip()),
    )
