"""``python -m qc.page``: writes docs/second_reading.md, how many numbers were read twice and what came of it.

Needs    compare, readings, findings (the verification set)
Gives    ``page()``, ``counts()``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .compare import Verdict, compared
from .findings import section
from .readings import missing, readings, rulings

FILE = Path(__file__).resolve().parents[1] / "docs" / "second_reading.md"
ORDER = ("agree", "disagree", "not found", "not read", "by definition")
HOW = {
    "full_text": "the text itself",
    "abstract": "its abstract",
    "code": "the authors' or a library's code that carries its numbers",
    "sum": "a sum made again from the text",
    "secondary": "another's account of it only",
}
INTRO = """<!-- Written by `python -m qc.page`. Change the readings or the rulings, then run `make docs`. -->

# The second reading

Every number of status *measured*, *derived* or *borrowed* is asked as a question without its value: what it is, its
unit, its source, the place with its numbers masked (`qc/questions.yaml`). A reader who had not opened the records went
to the sources and wrote down what stands there (`qc/readings`, committed before the first comparison). The comparison
converts units and allows 1 % for rounding; counts and points must be equal. Whatever differs has a written ruling
(`qc/rulings.yaml`).

Three limits. Where the text could not be reached, the reading rests on another's account of it (*secondary*), often on
facts that the project had collected before and from which the record may have been written, too: such a reading finds
slips of the pen, and no error of the collection. A first draft of the question list showed some times in places, and
the binding constants of 6-beta-naltrexol in the title of their source; those three readings say so. Sums are made
again from the source, but the recipe of a sum is the record's own, in words. Questionnaires were mostly read from
public copies and from programs that score them, not from the papers.
"""


def kind(verdict: Verdict) -> str:
    """Where the number stands: drugs, scales, tables or observations."""
    return {"drugs": "drugs", "scales": "scales", "observations": "observations"}.get(
        Path(verdict.question.at.partition(":")[0]).parent.name, "tables"
    )


def counts(verdicts: Iterable[Verdict]) -> Counter[str]:
    """How many questions have each verdict; ``read`` counts those with a reading."""
    found = Counter(verdict.by for verdict in verdicts)
    found["read"] = found["agree"] + found["disagree"]  # type: ignore[index]
    return found  # type: ignore[return-value]


def page() -> str:
    """The page as text."""
    verdicts = compared()
    all_of = counts(verdicts)
    asked = sum(all_of[name] for name in ORDER) - all_of["by definition"]
    parts = [INTRO]
    parts.append(
        f"\n**{all_of['read']} of {asked} numbers with a source have a second reading: {all_of['agree']} agree, "
        f"{all_of['disagree']} disagree; {all_of['not found']} were not found, {all_of['not read']} not read yet.** "
        f"{all_of['by definition']} more hold by definition (a state at rest, an empty slot): no text to read.\n"
    )
    mended = sum(ruling.right == "reading" and not name.endswith(".spread") for name, ruling in rulings().items())
    parts.append(
        f"{mended} more differed at first and were mended; so were widths between people that had no ground.\n"
    )
    parts.append("\n| where | " + " | ".join(ORDER) + " |\n|---|" + "---:|" * len(ORDER) + "\n")
    for name in ("drugs", "scales", "tables", "observations"):
        row = counts(verdict for verdict in verdicts if kind(verdict) == name)
        parts.append(f"| {name} | " + " | ".join(str(row[by]) for by in ORDER) + " |\n")
    how = Counter(verdict.reading.how for verdict in verdicts if verdict.reading)
    parts.append("\n## What was read\n\n| from | numbers |\n|---|---:|\n")
    parts += [f"| {words} | {how[name]} |\n" for name, words in HOW.items()]
    parts += section()
    parts += _disagreements(verdicts)
    parts += _rulings(verdicts)
    parts.append("\n## Not found\n\n| number | source | what was tried |\n|---|---|---|\n")
    parts += [f"| `{item.id}` | {item.source} | {item.tried} |\n" for item in missing().values()]
    unread = [verdict.question for verdict in verdicts if verdict.by == "not read"]
    if unread:
        parts.append("\n## Not read yet\n\n| number | source |\n|---|---|\n")
        parts += [f"| `{question.id}` | {question.source} |\n" for question in unread]
    names = {verdict.question.id for verdict in verdicts}
    orphans = sorted(name for name in (*readings(), *missing()) if name not in names)
    if orphans:
        parts.append("\n## Readings whose number is no longer asked\n\nRenamed, or gone: ")
        parts.append(", ".join(f"`{name}`" for name in orphans) + ".\n")
    return "".join(parts)


def _disagreements(verdicts: Iterable[Verdict]) -> Iterable[str]:
    known = rulings()
    yield "\n## Where the two still differ\n\n| number | record | read | from | ruling for |\n|---|---|---|---|---|\n"
    for verdict in verdicts:
        question, reading = verdict.question, verdict.reading
        if verdict.by == "disagree" and reading:
            held = f"{question.value:g} {question.unit}"
            yield f"| `{question.id}` | {held} | {verdict.read} | {reading.how} | {known[question.id].right} |\n"
        if verdict.spread:
            yield f"| `{question.id}`, spread | {verdict.spread} | | | {known[question.id + '.spread'].right} |\n"


def _rulings(verdicts: Iterable[Verdict]) -> Iterable[str]:
    yield "\n## Rulings\n"
    for ruling in rulings().values():
        why = " ".join(ruling.why.split())
        yield (
            f"\n**`{ruling.id}`**: for the {ruling.right}. "
            if ruling.right in ("record", "reading")
            else (f"\n**`{ruling.id}`**: {ruling.right}. ")
        )
        yield f"{why} Changed: {ruling.changed}. Results that move: {ruling.moves}.\n"


def main() -> None:
    """Write the page."""
    FILE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
