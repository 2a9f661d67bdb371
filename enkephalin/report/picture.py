"""Charts as one SVG picture that stands alone, for the documents.

Needs    charts (chart.py)
Gives    ``sheet``: titles, legends and charts side by side, with its own colours
Leaves   the page (page.py)
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from .chart import HEIGHT, WIDTH, Chart, draw, style_of

GAP, HEAD, LETTER, SAMPLE = 24, 46, 6.4, 38
EDGE = 16


def sheet(charts: Sequence[Chart], start: float, end: float, *, across: int = 2, title: str = "") -> str:
    """Draw charts over the window [start, end] in h, ``across`` in a row, as the text of one SVG file."""
    top = EDGE + (30 if title else 0)
    rows = -(-len(charts) // across)
    width = 2 * EDGE + across * WIDTH + (across - 1) * GAP
    height = top + rows * (HEAD + HEIGHT) + (rows - 1) * GAP + EDGE
    parts = []
    for index, chart in enumerate(charts):
        x, y = EDGE + index % across * (WIDTH + GAP), top + index // across * (HEAD + HEIGHT + GAP)
        picture = draw(chart, start, end, key=f"p{index}")
        placed = picture.replace("<svg ", f'<svg x="{x}" y="{y + HEAD}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        parts.append(f'<text class="head" x="{x}" y="{y + 14}">{escape(chart.title)}</text>{_legend(chart, x, y + 34)}')
        parts.append(placed)
    heading = f'<text class="title" x="{EDGE}" y="{EDGE + 14}">{escape(title)}</text>' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title or charts[0].title, quote=True)}"><style>{_style()}</style>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{heading}{"".join(parts)}</svg>\n'
    )


def _legend(chart: Chart, x: float, y: float) -> str:
    """A row of samples and names; none where a single line needs no name."""
    parts = []
    for index, series in enumerate(chart.series if len(chart.series) > 1 else ()):
        parts.append(f'<path class="line {style_of(index)}" d="M{x:.0f} {y - 4:.0f}h26"/>')
        parts.append(f'<text x="{x + 32:.0f}" y="{y:.0f}">{escape(series.label)}</text>')
        x += SAMPLE + 12 + LETTER * len(series.label)
    return "".join(parts)


def _style() -> str:
    """The page's style sheet without its dark colours: a picture lies on white wherever it is shown."""
    text = files("enkephalin.report").joinpath("style.css").read_text("utf-8")
    light = text[text.index("--paper") : text.index("}")]
    rules = [part for part in text.replace("} svg", "}\nsvg").split("\n") if part.lstrip().startswith("svg ")]
    own = "svg .head { font-weight: 650; font-size: 14px; } svg .title { font-weight: 700; font-size: 19px; }"
    return f"svg {{ {light} }}\n" + "\n".join([*rules, own])
