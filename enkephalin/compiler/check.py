"""What may not be wrong with a flat body: loops among its rules, and anything that libSBML finds.

Needs    the flat statements (loops) and the dressed document (findings)
Gives    ``check_loops``, ``check_document``: silence, or a ModelError with place, found, expected, way out
Leaves   what one sentence may say (see ``text``), which rows apply (see ``rows``)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import libsbml

from enkephalin.compiler.text import Statement, names_in
from enkephalin.compiler.wiring import Flat
from enkephalin.errors import ModelError

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow

CATEGORIES = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
)
LETTERS = {  # kind, multiplier and scale of a unit in a finding -> its letter here
    ("mole", "1", "-9"): "nmol",
    ("litre", "1", "0"): "L",
    ("second", "3600", "0"): "h",
    ("dimensionless", "1", "0"): "",
}


def check_loops(flat: Flat) -> None:
    """Refuse rules that need each other at the same instant.

    Raises
    ------
    ModelError
        It names every member of the loop, and says how a loop is opened: read a state instead of an output.
    """
    by_target = {statement.target: statement for statement in flat.statements if statement.kind in ("rule", "initial")}
    done: set[str] = set()
    for start in by_target:
        loop = _loop_from(start, by_target, done)
        if loop:
            members = [by_target[name] for name in loop]
            raise ModelError(
                f"{len(loop)} rules form a loop: {' -> '.join([*loop, loop[0]])}",
                place=members[0].place,
                found="\n".join(f"{member.target} reads {following}" for member, following in _steps(members)),
                expected="rules that can be computed one after the other",
                try_="let one of them read a state (x' = ...) instead of an output: "
                + "; ".join(dict.fromkeys(member.place for member in members)),
            )


def check_document(sbml: str, statements: Sequence[Statement], rows: Mapping[str, ParameterRow]) -> None:
    """Refuse a document about which libSBML has anything to say, with every check switched on.

    Parameters
    ----------
    sbml : str
        The dressed document.
    statements : list of Statement
        The flat sentences; they know the place in their module.
    rows : mapping
        Flat name -> table row.

    Raises
    ------
    ModelError
        The clearest finding, and where the others are.
    """
    document = libsbml.readSBMLFromString(sbml)
    for category in CATEGORIES:
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    findings = [document.getError(index) for index in range(document.getNumErrors())]
    if not findings:
        return
    faults = sorted((explain_finding(finding, statements, rows) for finding in findings), key=_unclear)
    first = faults[0]
    others = {fault.place: fault.problem for fault in faults if fault.place != first.place}
    if others:
        listed = "\n".join(f"{place}  {problem}" for place, problem in list(others.items())[:5])
        raise ModelError(
            first.problem,
            place=first.place,
            found=first.found,
            expected=first.expected,
            try_=f"{first.try_}\nalso, and perhaps for the same reason:\n{listed}".strip(),
        )
    raise first


def _loop_from(start: str, by_target: Mapping[str, Statement], done: set[str]) -> list[str]:
    """The first loop met from ``start``, or nothing; names without a loop are added to ``done``."""
    if start in done:
        return []
    path, on_path = [start], {start}
    stack = [(start, iter(names_in(by_target[start].expression)))]
    while stack:
        name, rest = stack[-1]
        following = next((read for read in rest if read in by_target and read not in done), None)
        if following is None:
            stack.pop()
            done.add(name)
            on_path.discard(path.pop())
        elif following in on_path:
            return path[path.index(following) :]
        else:
            stack.append((following, iter(names_in(by_target[following].expression))))
            path.append(following)
            on_path.add(following)
    return []


def _steps(members: list[Statement]) -> list[tuple[Statement, str]]:
    """Each member of a loop with the next one that it reads."""
    return [(member, members[(index + 1) % len(members)].target) for index, member in enumerate(members)]


def explain_finding(
    finding: libsbml.SBMLError, statements: Sequence[Statement], rows: Mapping[str, ParameterRow]
) -> ModelError:
    """One finding of libSBML in our form: the sentence, what it gives, what was expected, the units that go in."""
    message = " ".join(finding.getMessage().split())
    told = re.sub(r"^.*Reference: ?L3V\d Sections?[\d., AND]+ ?", "", message) or message
    statement = _sentence_of(told, statements)
    units = re.search(r"Expected units are (.*?) but the units returned by .* are (.*?)\.?$", told)
    is_unit = "unit" in finding.getCategoryAsString().lower()
    if statement is None:
        named = next((name for name in re.findall(r"[A-Za-z_]\w*", told) if name in rows), "")
        return ModelError(
            f"libSBML objects: {finding.getShortMessage()}", place=rows[named].at if named else "", found=told
        )
    parts = [name for name in names_in(statement.expression) if name in rows]
    return ModelError(
        f"the units do not fit: {statement.target}" if is_unit else f"libSBML objects to {statement.target}",
        place=statement.place,
        found=f"{_plain_unit(units[2])}  from  {statement.expression}" if units else told,
        expected=_plain_unit(units[1]) if units else finding.getShortMessage(),
        try_="\n".join(f"{rows[name].at} says {rows[name].name} in {rows[name].unit}" for name in parts[:6]),
    )


def _sentence_of(told: str, statements: Sequence[Statement]) -> Statement | None:
    """The sentence that a finding is about: its variable is named, or its formula is quoted."""
    targets = {statement.target: statement for statement in statements}
    quoted = re.findall(r"'([^']*)'", told)
    for text in reversed(quoted):
        if text in targets:
            return targets[text]
    for text in quoted:
        names = set(names_in(text))
        for statement in statements:
            if names and names <= {*names_in(statement.expression), statement.target}:
                return statement
    return None


def _plain_unit(told: str) -> str:
    """libSBML's words for a unit as nmol*h^-1; its own words where they say something else."""
    parts = []
    for kind, exponent, multiplier, scale in re.findall(
        r"(\w+) \(exponent = (\S+), multiplier = (\S+), scale = (\S+)\)", told
    ):
        letter = LETTERS.get((kind, multiplier, scale))
        if letter is None:
            return told
        parts.append(letter if exponent == "1" or not letter else f"{letter}^{exponent}")
    return "*".join(part for part in parts if part) or ("1" if "dimensionless" in told else told)


def _unclear(fault: ModelError) -> bool:
    """Findings that name both units come first."""
    return "  from  " not in fault.found or "indeterminable" in fault.found
