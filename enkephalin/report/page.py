"""The report as one HTML page that needs nothing from elsewhere.

Needs    ``Asked`` (asked.py), charts (systems.py), numbers (numbers.py), assumptions (assumptions.py)
Gives    ``render``
Leaves   where the parts come from: see __init__.py
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from . import body_page
from .asked import Asked
from .assumptions import Assumptions
from .assumptions import section as assumptions_section
from .body import BodyPicture
from .chart import Band, Chart, Mark, Series, draw, kinds_of, style_of
from .numbers import Course, Headline, course, summarise
from .rows import draw_rows
from .systems import System, apart
from .words import DAY, listing, moment, number, title

LEFT_OUT = (
    "This body has no breathing, no blood pressure and no death: an overdose shows only as mu signal, "
    "and nothing here says whether anybody survives it."
)
NEAR = (-DAY, 7 * DAY)  # the window drawn first when the whole is much longer
FULL_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Enkephalin</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True)
class Contents:
    """All that a report says, before it becomes a page."""

    asked: Asked
    headlines: tuple[Headline, ...]
    systems: tuple[System, ...]
    bands: Mapping[str, Sequence[Band]]
    assumptions: Assumptions
    start: float
    end: float
    body: BodyPicture | None = None
    sides: tuple[str, str] = ("", "")  # the names of two bodies side by side


def render(contents: Contents) -> str:
    """The whole page as text."""
    asked = contents.asked
    body = [
        _header(contents),
        "<main>",
        _asked(asked),
        body_page.section(contents.body) if contents.body else "",
        *(_system(system, contents) for system in contents.systems if system.charts),
        _level(contents.systems),
        _table(contents),
        assumptions_section(contents.assumptions),
        _left_out(asked),
        _repeat(asked),
        "</main>",
        _footer(asked),
    ]
    style = files("enkephalin.report").joinpath("style.css").read_text("utf-8")
    return FULL_PAGE.format(title=escape(title(asked.id)), style=style, body="\n".join(body))


def windows(start: float, end: float, *, with_history: bool = False) -> tuple[tuple[float, float], ...]:
    """The days around the scenario's zero, then the whole; one window where the first would hold most of the second.

    A long history is left out of the second window unless the chart asks for it, for it would squash what follows.
    """
    lead = start if with_history else max(start, 2 * NEAR[0])
    near, whole = (max(start, NEAR[0]), min(end, NEAR[1])), (lead, end)
    return (whole,) if whole[1] - whole[0] <= 2 * (near[1] - near[0]) else (near, whole)


def _header(contents: Contents) -> str:
    asked = contents.asked
    tiles = "".join(
        f'<li class="tile"><span class="what">{escape(tile.label)}</span>'
        f'<span class="big">{tile.value} <small>{escape(tile.unit)}</small></span>'
        f'<span class="when">{escape(tile.remark)}</span>'
        f"{f'<span class=when>{escape(tile.beside)}</span>' if tile.beside else ''}</li>"
        for tile in contents.headlines
    )
    links = '<li><a href="#body">The body</a></li>' if contents.body else ""
    links += "".join(f'<li><a href="#{s.id}">{escape(s.title)}</a></li>' for s in contents.systems if s.charts)
    return (
        f'<header><p class="eyebrow">Enkephalin report</p><h1>{escape(title(asked.id))}</h1>'
        f'<p class="lead">{escape(asked.about)}</p>'
        '<p class="notice"><strong>This is the output of a research model. It is no medical advice</strong> '
        "and must not guide the care of any person.</p>"
        f"{f'<ul class=tiles>{tiles}</ul>' if tiles else ''}"
        f'<nav aria-label="Sections"><ul>{links}<li><a href="#numbers">Numbers</a></li>'
        '<li><a href="#assumptions">Assumptions</a></li><li><a href="#left_out">Left out</a></li>'
        '<li><a href="#repeat">Repeat it</a></li></ul></nav></header>'
    )


def _asked(asked: Asked) -> str:
    happens = (
        "".join(f"<li>{escape(line)}</li>" for line in asked.happens) or "<li>Nothing: a life without events.</li>"
    )
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in asked.facts)
    return (
        '<section id="asked"><h2>What was asked</h2><div class="asked">'
        f"<div><h3>What happens</h3><ul>{happens}</ul></div>"
        f"<div><h3>To whom, and how</h3><dl>{facts}</dl></div></div></section>"
    )


def _system(system: System, contents: Contents) -> str:
    figures = "".join(
        figure(chart, contents.start, contents.end, key=f"{system.id}-{index}")
        for index, chart in enumerate(system.charts)
    )
    return (
        f'<section id="{system.id}"><h2>{escape(system.title)}</h2><p class="story">{escape(system.story)}</p>'
        f'<div class="charts">{figures}</div></section>'
    )


def _level(systems: Sequence[System]) -> str:
    """The charts that are not drawn because nothing moves in them."""
    titles = [title for system in systems for title in system.unmoved]
    said = f"Level throughout, and so not drawn: {listing(titles)}."
    return f'<section><p class="story">{escape(said)}</p></section>' if titles else ""


def figure(chart: Chart, start: float, end: float, *, key: str) -> str:
    """A chart with its heading, its legend, and one picture for each window of time."""
    paint = draw_rows if chart.form == "rows" else draw
    spans = windows(start, end, with_history=chart.with_history)
    pictures = []
    for index, (first, last) in enumerate(spans):
        name = "" if len(spans) == 1 else f'<p class="window">{_window_name(first, last)}</p>'
        pictures.append(f"<div>{name}{paint(chart, first, last, key=f'{key}-{index}')}</div>")
    wide = " class=wide" if len(spans) > 1 else ""
    return (
        f"<figure{wide}><figcaption><h3>{escape(chart.title)}</h3>{legend(chart)}</figcaption>"
        f'<div class="windows">{"".join(pictures)}</div></figure>'
    )


def _window_name(first: float, last: float) -> str:
    return f"{moment(first)} to {moment(last)}"


def legend(chart: Chart) -> str:
    """What each line and each mark means, with a sample of it."""
    entries = (
        []
        if chart.form == "rows"
        else [
            f'<li><svg viewBox="0 0 30 12" aria-hidden="true"><path class="line {style_of(k)}" d="M0 6H30"/></svg>'
            f"{escape(series.label)}</li>"
            for k, series in enumerate(chart.series)
        ]
    )
    if any(series.low is not None for series in chart.series):
        edges = f" ({escape(chart.sides[1])}: dotted)" if chart.others else ""
        entries.append(f"<li>lines: median; shaded{edges}: 5–95 % of people</li>")
    if chart.others:
        entries += _sides_entries(chart)
    first = {mark.label: mark for mark in reversed(chart.marks)}
    entries += [_mark_entry(index, first[label]) for label, index in kinds_of(chart.marks).items()]
    if chart.reference is not None:
        entries.append(
            '<li><svg viewBox="0 0 30 12" aria-hidden="true"><path class="reference" d="M0 6H30"/></svg>baseline</li>'
        )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _sides_entries(chart: Chart) -> list[str]:
    """How the two sides are told apart."""
    if chart.form == "rows":
        return [f"<li>filled: {escape(chart.sides[0])}; open: {escape(chart.sides[1])}</li>"]
    plain, beaded = (
        '<path class="line" d="M0 6H30"/>',
        '<path class="line" d="M0 6H30"/><path class="bead" d="M12 6a3 3 0 1 0 6 0a3 3 0 1 0-6 0"/>',
    )
    return [
        f'<li class="side"><svg viewBox="0 0 30 12" aria-hidden="true">{sample}</svg>{escape(name)}</li>'
        for sample, name in zip((plain, beaded), chart.sides, strict=True)
    ]


def _mark_entry(index: int, mark: Mark) -> str:
    shape = '<rect x="3" y="3" width="24" height="6" rx="2"' if mark.until is not None else '<path d="M10 2h10l-5 9z"'
    return (
        f'<li><svg viewBox="0 0 30 12" aria-hidden="true">{shape} class="mark mark-{index % 4}"/></svg>'
        f"{escape(mark.label)}</li>"
    )


def _table(contents: Contents) -> str:
    rows = []
    for system in (system for system in contents.systems if system.charts):
        rows.append(f'<tr class="group"><th colspan="6" scope="colgroup">{escape(system.title)}</th></tr>')
        for chart in system.charts:
            for series, side in _told_lines(chart):
                row = summarise(series, chart.unit)
                name = f"{chart.title}: {row.label}" if len(chart.series) > 1 else chart.title
                cells = "".join(f"<td>{cell}</td>" for cell in (row.at_zero, row.highest, row.lowest, row.at_end))
                said = f"{name}, {side}" if side else name
                rows.append(
                    f'<tr><th scope="row">{escape(said)}</th>{cells}<td class="text">{escape(row.unit)}</td></tr>'
                )
    return (
        '<section id="numbers"><h2>Numbers</h2>'
        f"{_courses(contents)}"
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of numbers"><table>'
        f"<caption>From zero to the end, {moment(contents.end)}. Each highest and lowest value with its time.</caption>"
        '<thead><tr><th scope="col">What</th><th scope="col">At zero</th><th scope="col">Highest</th>'
        '<th scope="col">Lowest</th><th scope="col">At the end</th><th scope="col" class="text">Unit</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _told_lines(chart: Chart) -> list[tuple[Series, str]]:
    """The lines of the table with their sides; where there are two, the difference is a third."""
    if not chart.others:
        return [(series, "") for series in chart.series]
    found = []
    for one, other in zip(chart.series, chart.others, strict=True):
        found += [(one, chart.sides[0]), (other, chart.sides[1]), (apart(one, other), "difference")]
    return found


def _courses(contents: Contents) -> str:
    """One sentence for each scale with bands: when it begins, when it is over."""
    sentences = []
    for system in contents.systems:
        for chart in system.charts:
            groups = [(chart.series, chart.sides[0]), (chart.others, chart.sides[1])]
            for group, side in groups if chart.bands else []:
                run = course(group[0], chart.bands) if group else None
                if run is not None:
                    whose = f", {side}" if side else ""
                    sentences.append(f"<p>{escape(chart.title + whose)}: {_course(run)}</p>")
    return "".join(sentences)


def _course(run: Course) -> str:
    if run.begins is None:
        return f"never reaches {number(run.threshold)} points."
    over = (
        f"and is under it for good from {moment(run.ends)}." if run.ends is not None else "and stays there to the end."
    )
    return f"reaches {number(run.threshold)} points at {moment(run.begins)} {over}"


def _left_out(asked: Asked) -> str:
    """What a reader of this run might look for in vain: of the body, and of each drug as its record says."""
    rows = "".join(f"<li>{escape(drug)}: {escape(text)}</li>" for drug, text in asked.not_known)
    return (
        f'<section id="left_out"><h2>What is left out</h2><p class="story">{escape(LEFT_OUT)}</p>'
        f"{f'<h3>Not known of these drugs, or not in the model</h3><ul>{rows}</ul>' if rows else ''}</section>"
    )


def _repeat(asked: Asked) -> str:
    return (
        '<section id="repeat"><h2>How to repeat it</h2>'
        f"<pre><code>{escape(asked.command)}</code></pre>"
        "<details><summary>Provenance: all that is needed to compute this result again</summary>"
        f"<pre>{escape(asked.provenance)}</pre></details></section>"
    )


def _footer(asked: Asked) -> str:
    return (
        f"<footer><p>Enkephalin {escape(asked.version)}. A research tool: it describes a model, not a patient. "
        "It is no medical advice, and its numbers must not be used to choose a dose.</p></footer>"
    )
