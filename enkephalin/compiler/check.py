"""What may not be wrong with a flat body: loops among its rules, and anything that libSBML finds.

Needs    the flat statements (loops) and the dressed document (findings)
Gives    ``check_loops``, ``check_document``: silence, or a ModelError with place, found, expected, way out
Leaves   what one sentence may say (see ``text``), which rows apply (see ``rows``)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import libsbml

from enkephalin.compiler.text import Statement, names_in
from enkephalin.compiler.wiring import Flat
from enkephalin.errors import ModelError

CATEGORIES = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
)


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


def check_document(sbml: str, origin: Mapping[str, str], rows: Mapping[str, str]) -> None:
    """Refuse a document about which libSBML has anything to say, with every check switched on.

    Parameters
    ----------
    sbml : str
        The dressed document.
    origin : mapping
        Flat name -> place of the sentence that computes it.
    rows : mapping
        Flat name -> place of its table row.
    """
    document = libsbml.readSBMLFromString(sbml)
    for category in CATEGORIES:
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    findings = [document.getError(index) for index in range(document.getNumErrors())]
    if not findings:
        return
    faults = [_fault(finding, origin, rows) for finding in findings]
    first = faults[0]
    others = [f"{fault.place}  {fault.problem}" for fault in faults[1:6]]
    if others:
        first.try_ = (first.try_ + f"\nand {len(faults) - 1} more findings:\n" + "\n".join(others)).strip()
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


def _fault(finding: libsbml.SBMLError, origin: Mapping[str, str], rows: Mapping[str, str]) -> ModelError:
    """One finding of libSBML in our form, with the places of the names it mentions."""
    message = " ".join(finding.getMessage().split())
    told = message.split("Reference:")[-1]
    told = re.sub(r"^ *L3V\d Section \S+ *", "", told).strip() or message
    mentioned = [name for name in re.findall(r"\b[A-Za-z_]\w*\b", told) if name in origin or name in rows]
    names = list(dict.fromkeys(mentioned))
    subject = names[0] if names else ""
    kind = "the units do not fit" if finding.getCategoryAsString().lower().startswith("unit") else "the check found"
    tables = [f"{name}: {rows[name]}" for name in names if name in rows]
    return ModelError(
        f"{kind}: {subject or finding.getShortMessage()}",
        place=origin.get(subject, rows.get(subject, "")),
        found=told,
        expected=finding.getShortMessage(),
        try_=("look at the units in " + ", ".join(tables[:4])) if tables else "",
    )
