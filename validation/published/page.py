"""Page: published results and what the shipped studies find, as one document.

Needs    finding
Gives    ``page(done, people, repeats)``
"""

from __future__ import annotations

from collections.abc import Sequence

from .finding import Found

HEAD = """\
# Published results, sought by the shipped studies

Written by `python -m validation.published`. Each study of the catalog ran {repeats} times, with people drawn with
replacement from a bank of {people}, through assignment, instruments, noise and dropout; *found* is the mean of its
result, and in brackets what nine of ten such studies find. Other targets ask the body without instruments:
[validation](validation.md). The default body: `literature`, `integrated`.

| what was published | study (people) | statistic | published | found | |
|---|---|---|---|---|---|
"""
STATISTICS = {
    "between": "difference over the spread between people",
    "of_control": "difference as a share of the control's change",
    "mean": "mean",
    "apart": "women less men, over the spread of differences",
}


def page(done: Sequence[Found], people: int, repeats: int) -> str:
    """The whole page."""
    rows = [
        f"| {one.finding.claim} ({one.finding.source}) | `{one.finding.study}` ({one.n}) "
        f"| {'change of the mean' if one.finding.change else STATISTICS[one.finding.statistic]} "
        f"| {_band(one.finding.band)} | {one.mean:.2f} ({one.low:.2f} to {one.high:.2f}) | {one.word} |"
        for one in done
    ]
    told = [
        f"**{one.finding.id}**: {text}"
        for one in done
        for text in (one.finding.misfit.why if one.finding.misfit else None, one.finding.note)
        if text
    ]
    return (
        HEAD.format(people=people, repeats=repeats)
        + "\n".join(rows)
        + "\n\n## Misfits and notes\n\n"
        + ("\n\n".join(told) + "\n")
    )


def _band(band: tuple[float | None, float | None]) -> str:
    low, high = band
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
