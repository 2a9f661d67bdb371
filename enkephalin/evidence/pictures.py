"""Forest and funnel plot of a meta-analysis, as SVG.

Needs    PyMetaAnalysis, matplotlib
Gives    ``forest(found)``, ``funnel(found)``: the text of an SVG file, the same text each time
"""

from __future__ import annotations

import io
from typing import Any

from .libraries import opened
from .measures import MEASURES
from .pooling import MetaAnalysis

LEVELS = (0.9, 0.95, 0.99)
GREYS = ("#eef1f4", "#dde3e9", "#c9d2da")
LEAST_ROWS = 12


def forest(found: MetaAnalysis) -> str:
    """One line for each study, and the pooled effect with its prediction interval."""
    return _svg(lambda axes: found.fit.forest(ax=axes, effect_label=_axis(found)), rows=found.k)


def funnel(found: MetaAnalysis) -> str:
    """Effect against standard error, with the regions of significance."""

    def draw(axes: Any) -> None:
        found.fit.funnel(
            ax=axes,
            effect_label=_axis(found),
            contour_levels=LEVELS,
            contour_colors=GREYS,
            warn_on_few_studies=False,
        )

    return _svg(draw, rows=LEAST_ROWS)


def _axis(found: MetaAnalysis) -> str:
    """The name of the horizontal axis; proportions are drawn on the logit scale, on which they were pooled."""
    return f"{found.title}, logit scale" if MEASURES[found.measure].scale == "logistic" else found.title


def _svg(draw: Any, rows: int) -> str:
    """What ``draw`` paints on an empty pair of axes; no date and fixed names, so that it can be compared."""
    figures = opened("matplotlib.figure")
    settings = opened("matplotlib").rc_context({"svg.hashsalt": "enkephalin", "svg.fonttype": "none"})
    with settings:
        figure = figures.Figure(figsize=(8.5, 0.32 * max(rows, LEAST_ROWS) + 1.6), layout="constrained")
        draw(figure.subplots())
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
