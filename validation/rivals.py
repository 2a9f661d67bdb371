"""The one page: docs/scorecard.md, every label with what each account gives, and the rivals' misfits as evidence.

Needs    labels, running, eighteen, qc (how many rows were read twice)
Gives    ``write(verdicts)``
Leaves   every other finding: see ``scorecard`` and ``gallery``
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from enkephalin.errors import EnkephalinError
from qc.compare import compared
from qc.page import counts

from .eighteen import eighteen
from .labels import Label, labels, target_named
from .records import Group, Target
from .running import Verdict, forget, outside, under, values_of
from .scorecard import number, wanted

PAGE = Path(__file__).parents[1] / "docs" / "scorecard.md"
RIVALS = ("none", "opioid", "stress", "isolation", "vulnerability")
SOCIAL = ("breakup", "rejection", "connection_and_stress", "animals")
SAID = "<!-- Written by `python -m validation`. Change validation/targets, validation/labels.yaml or the model. -->\n"
INTRODUCTION = """
# The scorecard

Two lists were given before the body was built: calibration targets T1 to T30 and acceptance tests C19.1 to C19.20.
Each label stands here with every finding that answers it: what was seen (with its tolerance), what the body gives under
`literature` (which is `integrated`), the verdict, and what it gives under `described`, the account of the article. The
findings bind `literature`. Where another body is outside of the tolerance the number is **bold**: a misfit of
`described` says where the article and the findings part.

{passed} of {all} findings pass, {misfits} miss as stated (why: [validation.md](validation.md)), {wrong} neither.
{read} of {asked} numbers that rest on a source have a [second reading](second_reading.md); {agree} agree.
"""
RIVAL_WORDS = """
## The rivals

The same findings under each hypothesis of the causal debate (`literature` otherwise). They may fail; **bold** is
outside of the tolerance, and that is evidence against them only as far as the finding and the assumed sizes of their
couplings are sure. Findings of drugs and of receptors at rest do not depend on them and are left out.
"""


def write(verdicts: list[Verdict], path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(verdicts), "utf-8")


def page(verdicts: list[Verdict]) -> str:
    """The text of the page; runs every labelled finding in every body."""
    known = {f"{verdict.group.id}.{verdict.target.id}": verdict for verdict in verdicts}
    asked = list(dict.fromkeys(name for label in labels() for name in label.targets))
    described = _in_body([target_named(name) for name in asked], "described", None)
    words = [known[name].word for name in asked]
    readings = counts(compared())
    lines = [
        SAID,
        INTRODUCTION.format(
            passed=words.count("pass"),
            all=len(words),
            misfits=words.count("misfit"),
            wrong=len(words) - words.count("pass") - words.count("misfit"),
            read=readings["read"],
            asked=readings["read"] + readings["not found"] + readings["not read"],
            agree=readings["agree"],
        ),
        "| label | finding | seen | literature | verdict | described |\n|---|---|---|---|---|---|",
    ]
    for label in labels():
        lines += _label_rows(label, known, described)
    social = [target_named(name) for name in asked if name.partition(".")[0] in SOCIAL]
    social = [(group, target) for group, target in social if target.species != "rat"]  # no partner, no loss
    lines += [RIVAL_WORDS, f"| finding | seen | literature | {' | '.join(RIVALS)} |", "|---" * (len(RIVALS) + 3) + "|"]
    rivals = {name: _in_body(social, None, name) for name in RIVALS}
    for group, target in social:
        verdict = known[f"{group.id}.{target.id}"]
        cells = [target.claim, wanted(verdict), _values(verdict.values, target)]
        cells += [rivals[name][f"{group.id}.{target.id}"] for name in RIVALS]
        lines.append(_row(cells))
    lines.append(eighteen())
    return "\n".join(lines).rstrip() + "\n"


def _label_rows(label: Label, known: dict[str, Verdict], described: dict[str, str]) -> list[str]:
    rows = []
    for name in label.targets:
        verdict = known[name]
        off = f" by {number(verdict.distance)}" if verdict.distance > 0 else ""
        rows.append(
            [verdict.target.claim, wanted(verdict), _values(verdict.values, verdict.target), verdict.word + off,
             described[name]]
        )  # fmt: skip
    if label.tests:
        tests = ", ".join(f"`{name}`" for name in label.tests)
        rows.append([label.about, f"tested: {tests}", "", "in `make test`", ""])
    if label.not_yet:
        rows.append([label.about, "", "", "not asked", label.not_yet])
    return [_row([label.label if not number_ else "", *cells]) for number_, cells in enumerate(rows)]


def _in_body(targets: Iterable[tuple[Group, Target]], account: str | None, hypothesis: str | None) -> dict[str, str]:
    """What each finding reads in another body, by name."""
    found: dict[str, str] = {}
    bodies: dict[str, Group] = {}
    for group, target in targets:
        for other in [id for id in bodies if id != group.id]:
            forget(bodies.pop(other))
        body = bodies.setdefault(group.id, under(group, account, hypothesis))
        try:
            found[f"{group.id}.{target.id}"] = _values(values_of(body, target), target)
        except EnkephalinError:
            found[f"{group.id}.{target.id}"] = "-"  # an account may change rows that a species has changed
    for body in bodies.values():
        forget(body)
    return found


def _values(values: tuple[float, ...], target: Target) -> str:
    """The numbers; bold outside of the tolerance."""
    if not values:
        return "no value"
    text = ", ".join(number(value) for value in values)
    off = outside(values, target)
    return f"**{text}**" if off > 0 or math.isnan(off) else text


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
