"""What the body rests on: how many of its numbers were measured, and which were assumed.

Needs    the table rows of a model
Gives    ``Assumptions`` and the section of the page that shows them
Leaves   the sources themselves: see ``enkephalin explain``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from .words import number

# In the order of trust. What each word means to a reader.
STATUSES = {
    "measured": "read from a study in people",
    "fitted": "fitted to a study",
    "derived": "computed from other values",
    "borrowed": "from another species, tissue or setting",
    "assumed": "chosen, because nothing was found",
}


@dataclass(frozen=True)
class Row:
    """One number of the body: its name as a user writes it, its value, and where it comes from."""

    name: str
    module: str
    value: float
    unit: str
    status: str
    note: str
    place: str
    influence: float | None = None  # see Assumptions.outcome; None where it was not computed


@dataclass(frozen=True)
class Assumptions:
    """The rows of a body.

    ``outcome`` names what ``influence`` is about: the change of that outcome, in its own unit, for 10 % more of the
    row; empty where it was not computed.
    """

    rows: tuple[Row, ...]
    outcome: str = ""

    def by_status(self) -> Mapping[str, int]:
        """How many rows bear each status, in the order of trust."""
        counts = Counter(row.status for row in self.rows)
        return {status: counts[status] for status in STATUSES}

    def assumed(self) -> tuple[Row, ...]:
        """The assumed rows; those that matter most come first."""
        rows = (row for row in self.rows if row.status == "assumed")
        return tuple(sorted(rows, key=lambda row: (-abs(row.influence or 0.0), row.module, row.name)))


def section(assumptions: Assumptions) -> str:
    """The section of the page."""
    counts = assumptions.by_status()
    total = sum(counts.values())
    if not total:
        return ""
    assumed = counts["assumed"]
    return (
        '<section id="assumptions"><h2>What it rests on</h2>'
        f'<p class="story">This body has {total} numbers. {assumed} of them ({number(100 * assumed / total, 2)} %) '
        "are assumed: nobody has measured them, or nothing was found. "
        "A result is no firmer than the numbers it leans on.</p>"
        f"{_shares(counts, total)}{_influential(assumptions)}{_modules(assumptions.rows)}{_list(assumptions.assumed())}"
        "</section>"
    )


def _shares(counts: Mapping[str, int], total: int) -> str:
    bar = "".join(
        f'<span class="s-{status}" style="width:{100 * count / total:.2f}%"></span>'
        for status, count in counts.items()
        if count
    )
    rows = "".join(
        f'<dt><span class="key s-{status}" aria-hidden="true"></span>{count} {status}</dt><dd>{STATUSES[status]}</dd>'
        for status, count in counts.items()
    )
    return f'<div class="shares" aria-hidden="true">{bar}</div><dl>{rows}</dl>'


def _influential(assumptions: Assumptions, most: int = 10) -> str:
    """The assumed rows that move the outcome most, where that was computed."""
    if not assumptions.outcome:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(row.name)}</code></th><td>{_valued(row)}</td>'
        f'<td>{number(row.influence or 0.0)}</td><td class="text">{escape(row.note)}</td></tr>'
        for row in assumptions.assumed()[:most]
    )
    return (
        '<h3 style="margin-top:1.4em">The assumed numbers that matter most here</h3>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Assumed numbers that matter most"><table>'
        f"<caption>Change of {escape(assumptions.outcome)} when the number is 10 % larger.</caption>"
        '<thead><tr><th scope="col">Number</th><th scope="col">Value</th><th scope="col">Change</th>'
        f'<th scope="col" class="text">Note</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _valued(row: Row) -> str:
    return f"{number(row.value, 4)} {escape('' if row.unit == '1' else row.unit)}".strip()


def _modules(rows: Iterable[Row]) -> str:
    """How each module stands."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.module, Counter())[row.status] += 1
    heads = "".join(f'<th scope="col">{status}</th>' for status in STATUSES)
    lines = "".join(
        f'<tr><th scope="row">{escape(module)}</th>'
        + "".join(f"<td>{count[status] or ''}</td>" for status in STATUSES)
        + "</tr>"
        for module, count in sorted(counts.items())
    )
    return (
        "<details><summary>Module by module</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Statuses by module"><table>'
        "<caption>Numbers of each module by status.</caption>"
        f'<thead><tr><th scope="col">Module</th>{heads}</tr></thead><tbody>{lines}</tbody></table></div></details>'
    )


def _list(rows: Iterable[Row]) -> str:
    lines = "".join(
        f'<tr><th scope="row"><code>{escape(row.name)}</code></th><td>{_valued(row)}</td>'
        f'<td class="text">{escape(row.note)}</td><td class="text">{escape(row.place)}</td></tr>'
        for row in rows
    )
    return (
        "<details><summary>Every assumed number</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Every assumed number"><table>'
        "<caption>Ask <code>enkephalin explain NAME</code> for more on each.</caption>"
        '<thead><tr><th scope="col">Number</th><th scope="col">Value</th><th scope="col" class="text">Note</th>'
        f'<th scope="col" class="text">Row</th></tr></thead><tbody>{lines}</tbody></table></div></details>'
    )
