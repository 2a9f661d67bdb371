"""The page of the verification set: docs/verification.md.

Needs    running, people, ladder, pictures, scorecard, qc.findings (what was read twice)
Gives    ``write(verdicts)``: every finding that no fit has used, the model beside it, what is missed and by how much
Leaves   the findings themselves: validation/targets/6*.yaml
"""

from __future__ import annotations

from pathlib import Path

from enkephalin.records.catalog import get
from qc.findings import compared, counts

from .ladder import Spreads, draw_ladders, spreads_of
from .ladder import file_name as ladder_name
from .people import PEOPLE
from .pictures import file_name
from .records import Group, Target
from .running import Verdict
from .scorecard import got, number, off_by, wanted

PAGE = Path(__file__).parents[1] / "docs" / "verification.md"
PREFIX = "verify_"
READ = {"full_text": "full text", "abstract": "abstract", "secondary": "secondary source", "not_read": "not read"}
SAID = "<!-- Written by `python -m validation`. Change validation/targets or the model, then run it again. -->\n"
INTRODUCTION = """
# Published results that no fit has seen

{findings} findings of {sources} publications, looked for after the body was built. Their tolerances were fixed, and
committed, before the first run; [how they were chosen](explanations/verification.md) says by which rule.
**{met} of {findings} are met.** Those that are not are listed first, with their size. A picture of curves shows the
reference adult as a line, nine of ten of {people} drawn people as a shade, and what was published as a bar. A ladder
shows a finding on each rung: what was seen with its tolerance in green, the reference adult as a dot, the people as a
line.
**{again} of {findings} were [read again](second_reading.md#the-verification-set) from their sources** by a reader who
saw the question and not the number; {lost} could not be found, {apart} disagree, and {unread} came later and wait.
"""


def is_verification(group: Group) -> bool:
    """True of the groups that were set apart for verification."""
    return group.id.startswith(PREFIX)


def write(verdicts: list[Verdict], path: Path = PAGE) -> None:
    """Draw the ladders and write the page."""
    chosen = [verdict for verdict in verdicts if is_verification(verdict.group)]
    groups = list({verdict.group.id: verdict.group for verdict in chosen}.values())
    spreads = spreads_of(groups)
    draw_ladders(groups, spreads, path.parent / "pictures")
    path.write_text(page(chosen, groups, spreads), "utf-8")


def page(verdicts: list[Verdict], groups: list[Group], spreads: Spreads) -> str:
    """The text of the page."""
    sources = {source for verdict in verdicts for source in verdict.target.sources}
    met = sum(verdict.distance == 0 for verdict in verdicts)
    again = counts(compared().values())
    lines = [
        SAID,
        INTRODUCTION.format(
            findings=len(verdicts),
            sources=len(sources),
            met=met,
            people=PEOPLE,
            again=again["agree"],
            lost=again["not found"],
            apart=again["disagree"],
            unread=again["not read"],
        ),
        "## What is missed\n",
        "| finding | seen | model | off by | why |\n|---|---|---|---|---|",
    ]
    for verdict in verdicts:
        if verdict.distance != 0:
            why = verdict.target.misfit.why if verdict.target.misfit else verdict.said
            lines.append(_row([verdict.target.claim, wanted(verdict), got(verdict), off_by(verdict), why]))
    for group in groups:
        lines += _group(group, [verdict for verdict in verdicts if verdict.group.id == group.id], spreads)
    return "\n".join(lines).rstrip() + "\n"


def _group(group: Group, verdicts: list[Verdict], spreads: Spreads) -> list[str]:
    title = group.id.removeprefix(PREFIX).replace("_", " ").capitalize()
    lines = ["", f"## {title}\n", f"{group.about}\n"]
    for number_, picture in enumerate(group.pictures, start=1):
        lines.append(f"![{picture.title}](pictures/{file_name(group, number_)})\n")
    lines.append(f"![{title}: every finding on a rung](pictures/{ladder_name(group)})\n")
    lines.append("| finding | seen | model | people | verdict | source and place |\n|---|---|---|---|---|---|")
    for verdict in verdicts:
        target = verdict.target
        word = "met" if verdict.distance == 0 else f"**missed** by {off_by(verdict)}"
        people = _people(spreads[group.id, target.id])
        lines.append(_row([target.claim, wanted(verdict), got(verdict), people, word, _sources(group, target)]))
    notes = [f"- {verdict.target.claim} *{verdict.target.note}*" for verdict in verdicts if verdict.target.note]
    return [*lines, "", *notes]


def _people(spread: list[tuple[float, float]]) -> str:
    return ", ".join(f"{number(low)} to {number(high)}" for low, high in spread) or "-"


def _sources(group: Group, target: Target) -> str:
    read = compared().get(f"{group.id}.{target.id}")
    twice = "; read again" if read is not None and read.by == "agree" else ""
    named = ", ".join(f"{source} ({READ[get('source', source).read]}{twice})" for source in target.sources)
    return f"{named}: {target.place}" if target.place else named


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
