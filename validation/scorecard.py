"""The scorecard: docs/validation.md, one line for each target.

Needs    running
Gives    ``write(verdicts)``, ``told(verdict)``, ``wanted``, ``got``, ``off_by``
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from enkephalin.records.catalog import get

from .records import Target
from .running import Verdict

NOTHING = 1e-5  # smaller values are shown as 0; an engine's tolerance is coarser
PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
SAID = "<!-- Written by `python -m validation`. Change validation/targets or the model, then run it again. -->\n"
INTRODUCTION = """
# The model against published findings

Each line is one finding: what was seen, what the model gives, and the verdict. **pass** is within the tolerance;
**misfit** is outside, known, and left so for the reason given below the table; **fail** and **changed** are for the
builders to mend. *Building* findings were known when values were chosen; *verification* findings were not. The
reference adult lives through each run once. The records stand in `validation/targets/`; the read-outs are explained in
[reference/readouts.md](reference/readouts.md). `make validate` repeats it all.
"""


def write(verdicts: list[Verdict], path: Path = PAGE) -> None:
    """Write the page."""
    counted = Counter(verdict.word for verdict in verdicts)
    lines = [SAID, INTRODUCTION]
    words = ("pass", "misfit", "changed", "fail", "error")
    lines.append("| " + " | ".join(words) + " |\n|" + "---|" * len(words))
    lines.append("| " + " | ".join(str(counted[word]) for word in words) + " |\n")
    for group in dict.fromkeys(verdict.group.id for verdict in verdicts):
        lines += _group([verdict for verdict in verdicts if verdict.group.id == group])
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8")


def _group(verdicts: list[Verdict]) -> list[str]:
    group = verdicts[0].group
    lines = [f"## {group.id.replace('_', ' ').capitalize()}\n", f"{group.about}\n"]
    for number, picture in enumerate(group.pictures, start=1):
        lines.append(f"![{picture.title}](pictures/validation_{group.id}_{number}.svg)\n")
    lines.append("| finding | seen | model | verdict | use | source |\n|---|---|---|---|---|---|")
    for verdict in verdicts:
        target = verdict.target
        cells = [
            target.claim + (f" ({target.species})" if target.species else ""),
            wanted(verdict),
            got(verdict),
            _word(verdict),
            target.use,
            _sources(target),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    lines.append("")
    for verdict in verdicts:
        if verdict.target.misfit is not None or not verdict.good:
            lines.append(f"- **{verdict.target.claim}** {verdict.said}".rstrip())
        if verdict.target.note:
            lines.append(f"- {verdict.target.claim} *{verdict.target.note}*")
    return [*lines, ""]


def told(verdict: Verdict) -> str:
    """One line for the terminal."""
    target = verdict.target
    known = verdict.distance == verdict.distance
    size = f"  off by {number(verdict.distance)} {target.unit or ''}".rstrip() if verdict.distance and known else ""
    said = f"\n         {verdict.said}" if verdict.said and not verdict.good else ""
    return f"{verdict.word:8} {verdict.group.id}.{target.id}  seen {wanted(verdict)}, model {got(verdict)}{size}{said}"


def wanted(verdict: Verdict) -> str:
    """The band or the order in words."""
    target = verdict.target
    unit = f" {target.unit}" if target.unit and target.unit != "1" else ""
    if target.band is not None:
        low, high = target.band
        if low is None or high is None:
            return f"at most {number(high)}{unit}" if low is None else f"at least {number(low)}{unit}"
        return f"{number(low)} to {number(high)}{unit}"
    step = f", by {number(target.step)}{unit} or more" if target.step > 0 else ""
    step = f" (or level, within {number(-target.step)}{unit})" if target.step < 0 else step
    runs = [verdict.group.run(run).about or run.replace("_", " ") for run in target.runs]
    return f"{target.order} over: {', '.join(runs)}{step}"


def got(verdict: Verdict) -> str:
    """What the model gives."""
    unit = verdict.target.unit
    unit = f" {unit}" if unit and unit != "1" else ""
    return ", ".join(number(value) for value in verdict.values) + unit if verdict.values else "no value"


def _word(verdict: Verdict) -> str:
    if verdict.distance == 0 or verdict.distance != verdict.distance:
        return verdict.word if verdict.distance == 0 else f"**{verdict.word}**"
    return f"**{verdict.word}** by {off_by(verdict)}"


def _sources(target: Target) -> str:
    named = [f"{source}" for source in target.sources]
    read = {get("source", source).read for source in target.sources}
    weakest = next((word for word in ("not_read", "secondary", "abstract") if word in read), "")
    return ", ".join(named) + (f" ({weakest.replace('_', ' ')})" if weakest else "") if named else "-"


def off_by(verdict: Verdict) -> str:
    """How far the model is from what was seen."""
    unit = verdict.target.unit if verdict.target.unit and verdict.target.unit != "1" else ""
    return f"{number(verdict.distance)} {unit}".rstrip()


def short(text: str, letters: int = 110) -> str:
    """A sentence, cut where it is too long for a picture."""
    return text if len(text) <= letters else text[: letters - 4].rsplit(" ", 1)[0] + " ..."


def number(value: float | None) -> str:
    """Three digits; "never" of what did not happen."""
    if value is None:
        return ""
    if value != value:
        return "never"
    return f"{value:.3g}" if abs(value) > NOTHING else "0"
