"""The page of a study: what was asked, the way of the people, what was seen and found, and what it can tell apart.

Needs    a ``Trial``; for what it can tell apart, the same study in other bodies
Gives    ``write_study`` (report.html), ``study_page``
Leaves   running the study: see ``trial``
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records.catalog import get, list_ids
from ..records.files import make_ready, write_whole
from ..records.study.words import plain, unit_of
from ..simulate.against import names_of
from .page import FULL_PAGE
from .study_design import flow, timeline
from .study_pictures import courses, courses_of, effect_text, forest
from .study_power import power_section
from .study_words import Pair, found, pairs, told_apart
from .words import listing, number, title

if TYPE_CHECKING:
    from ..trial.running import Trial

HERE = "this body"


def write_study(
    trial: Trial, folder: Path | str, *, against: Sequence[tuple[str, Trial]] = (), name: str = HERE, command: str = ""
) -> Path:
    """Write ``report.html`` of a study into a folder, which is made if need be.

    Parameters
    ----------
    trial : Trial
        The study, run once.
    folder : path
        Where the page goes.

    Rarely needed
    -------------
    against : list of (str, Trial)
        The same study in other bodies: their names, and what was found there.
    name : str
        The name of the first body.
    command : str
        The command line that repeats the run.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    WorkError
        The folder cannot be written.

    Example
    -------
    >>> write_study(trial("cyberball_exclusion"), "found")          # doctest: +SKIP
    """
    text = study_page(trial, against=against, name=name, command=command)
    return write_whole(make_ready(folder) / "report.html", lambda path: path.write_text(text, "utf-8"))


def study_page(trial: Trial, *, against: Sequence[tuple[str, Trial]] = (), name: str = HERE, command: str = "") -> str:
    """The page as text; parameters as in ``write_study``."""
    bodies = [(name, trial), *against]
    parts = [
        _header(trial, bodies),
        "<main>",
        _asked(trial, bodies),
        flow(trial),
        timeline(trial),
        _seen(trial),
        _found(bodies),
        power_section(trial.power),
        _apart(bodies),
        _believe(trial),
        _repeat(trial, command),
        "</main>",
        "<footer><p>A virtual study: its people, their answers and their noise come from a model. It says "
        "what a real study could see if the model were right, and nothing about any treatment. It is no medical "
        "advice.</p></footer>",
    ]
    style = "".join(
        files("enkephalin.report").joinpath(sheet).read_text("utf-8") for sheet in ("style.css", "study.css")
    )
    return FULL_PAGE.format(title=escape(title(trial.study.id)), style=style, body="\n".join(parts))


def _header(trial: Trial, bodies: Sequence[tuple[str, Trial]]) -> str:
    one = trial.estimates[0]
    left = trial.table.groupby("person")["dropped"].any()
    tiles = [
        ("People", f"{trial.n:,}", "", f"{trial.study.design}, {len(trial.study.arms)} arms"),
        ("Primary effect", number(one.estimate), plain(_unit(trial, one)),
         f"95 % {number(one.ci[0])} to {number(one.ci[1])}"),
        ("Effect size", number(one.effect_size), one.effect_kind,
         f"95 % {number(one.effect_ci[0])} to {number(one.effect_ci[1])}"),
    ]  # fmt: skip
    if left.any():
        tiles.append(("Left before the end", f"{int(left.sum()):,}", "people", f"of {len(left):,}"))
    told = "".join(
        f'<li class="tile"><span class="what">{escape(what)}</span><span class="big">{value} '
        f"<small>{escape(unit)}</small>"
        f'</span><span class="when">{escape(remark)}</span></li>'
        for what, value, unit, remark in tiles
    )
    sections = [("asked", "What was asked"), ("flow", "The people"), ("design", "The design"),
                ("seen", "What was seen"), ("found", "What was found")]  # fmt: skip
    sections += [("power", "Power")] if trial.power is not None else []
    sections += [("apart", "What it tells apart")] if len(bodies) > 1 else []
    sections += [("believe", "Before you believe it"), ("repeat", "Repeat it")]
    links = "".join(f'<li><a href="#{id_}">{words}</a></li>' for id_, words in sections)
    question = f'<p class="lead"><strong>{escape(trial.study.question)}</strong></p>' if trial.study.question else ""
    return (
        f'<header><p class="eyebrow">A virtual study</p><h1>{escape(title(trial.study.id))}</h1>{question}'
        f'<p class="lead">{escape(trial.study.about)}</p>'
        '<p class="notice"><strong>No person took part.</strong> These are people drawn by a research model; this is '
        "no medical advice and must not guide the care of anybody.</p>"
        f'<ul class="tiles">{told}</ul><nav aria-label="Sections"><ul>{links}</ul></nav></header>'
    )


def _asked(trial: Trial, bodies: Sequence[tuple[str, Trial]]) -> str:
    study = trial.study
    eligible = listing(_eligible(row) for row in study.people.eligible) or "everybody"
    facts = [
        ("People", f"{trial.n:,} of {_words(study.people.population)}; eligible: {eligible}"),
        ("Design", f"{study.design}: {listing(_words(arm.id) for arm in study.arms)}"),
        ("Body", _body(trial)),
        ("Seed", str(trial.provenance.get("seed", ""))),
    ]
    if len(bodies) > 1:
        facts.append(("Set beside", listing(name for name, _ in bodies[1:])))
    if study.source or study.sources:
        facts.append(("Sources", listing(name for name in (study.source, *study.sources) if name)))
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    note = f'<p class="story">{escape(study.note)}</p>' if study.note else ""
    return f'<section id="asked"><h2>What was asked</h2><p>{escape(study.estimand)}</p><dl>{told}</dl>{note}</section>'


def _eligible(row: Any) -> str:
    if row.only is not None:
        return f"{row.only} only"
    if row.has is not None:
        return f"{'with' if row.has else 'without'} {_words(row.of)}"
    unit = f" {row.unit}" if row.unit and row.unit != "1" else ""
    ends = [f"from {row.low:g}" if row.low is not None else "", f"to {row.high:g}" if row.high is not None else ""]
    return f"{_words(row.of)} {' '.join(end for end in ends if end)}{unit}"


def _body(trial: Trial) -> str:
    return listing(map(_words, names_of((trial.account, trial.hypothesis))))


def _seen(trial: Trial) -> str:
    """The courses of every measure."""
    parts = []
    for k, row in enumerate(trial.study.measures):
        unit = plain(unit_of(row))
        every = courses_of(trial, row.id)
        pictures = courses(every, title(row.id), unit, key=f"course-{k}", single=row.event is None)
        parts.append(f'<h3>{escape(title(row.id))}</h3><div class="charts">{pictures}</div>')
    return (
        '<section id="seen"><h2>What was seen</h2><p class="story">Each value as the instrument gave it, with its '
        "range, steps and noise. The fine line is the true mean of everybody in that arm, which no real study sees.</p>"
        f"{''.join(parts)}</section>"
    )


def _found(bodies: Sequence[tuple[str, Trial]]) -> str:
    """A forest for each planned analysis, and a table of all."""
    _, trial = bodies[0]
    figures = []
    for k, one in enumerate(trial.estimates):
        rows = [(name, other.estimates[k]) for name, other in bodies if k < len(other.estimates)]
        first = "Primary: " if k == 0 else ""
        picture = forest(rows, _of_effect(trial, one), key=f"forest-{k}")
        heading = first + _words(one.title)
        by = escape(re.split("[,;(]", one.method)[0].strip())
        figures.append(
            f"<figure><figcaption><h3>{escape(heading)} <small>{by}</small></h3></figcaption>{picture}</figure>"
        )
    lines = "".join(
        f'<tr><th scope="row">{escape(_words(one.title))}</th>'
        f'<td class="text">{escape(name)}</td><td>{effect_text(one)}</td><td>{_p(one.p)}</td>'
        f"<td>{number(one.effect_size)} ({number(one.effect_ci[0])} to {number(one.effect_ci[1])})</td>"
        f'<td class="text">{escape(one.effect_kind)}</td><td>{one.n:,}</td></tr>'
        for name, other in bodies
        for one in other.estimates
    )
    return (
        f'<section id="found"><h2>What was found</h2><p>{escape(found(trial))}</p>'
        f'<div class="charts">{"".join(figures)}</div>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of effects"><table>'
        "<caption>Every planned analysis; the first is the primary one. An effect is the first arm minus the "
        "second.</caption>"
        '<thead><tr><th scope="col">Effect on</th><th scope="col" class="text">Body</th><th scope="col">Effect (95 '
        "%)</th>"
        '<th scope="col">p</th><th scope="col">Size (95 %)</th><th scope="col" class="text">Kind</th><th '
        'scope="col">People</th>'
        f"</tr></thead><tbody>{lines}</tbody></table></div></section>"
    )


def _apart(bodies: Sequence[tuple[str, Trial]]) -> str:
    """What the study can and cannot tell apart."""
    if len(bodies) == 1:
        return ""
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in told_apart(bodies))
    return (
        '<section id="apart"><h2>What it can tell apart, and what not</h2><p class="story">The same people, the same '
        "chance and the same plan in each body, so that the primary effects differ by the body alone. A study sees "
        "such a difference only if it is large beside the error of one study: 2.8 standard errors for four studies in "
        "five.</p>"
        f"<ul>{said or '<li>No two primary effects can be compared.</li>'}</ul>{_distances(bodies)}</section>"
    )


def _distances(bodies: Sequence[tuple[str, Trial]]) -> str:
    """How far every two bodies lie apart, in standard errors."""
    known = {frozenset((pair.one, pair.other)): pair for pair in pairs(bodies)}
    names = [name for name, _ in bodies]
    lines = []
    for k, one in enumerate(names[:-1]):
        cells = "".join(_distance(known.get(frozenset((one, other)))) if at > k else "<td></td>"
                        for at, other in enumerate(names) if at)  # fmt: skip
        lines.append(f'<tr><th scope="row">{escape(one)}</th>{cells}</tr>')
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names[1:])
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Distances between bodies"><table>'
        "<caption>How far the primary effects lie apart, in standard errors of one such study; ✓ where it tells them "
        f'apart.</caption><thead><tr><th scope="col">Body</th>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _distance(pair: Pair | None) -> str:
    if pair is None:
        return "<td>–</td>"
    return f"<td>{number(pair.errors, 2)}{' ✓' if pair.apart else ''}</td>"


def _believe(trial: Trial) -> str:
    """What the analyses lean on, and what went otherwise."""
    notes = (
        "".join(f"<li>{escape(note)}.</li>" for note in trial.notes) or "<li>Nothing went otherwise than planned.</li>"
    )
    methods = "".join(
        f"<h3>{escape(_words(one.title))}</h3><p>{escape(one.method)}</p>"
        f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in one.assumptions)}</ul>"
        for one in trial.estimates
    )
    tools = "".join(_instrument(row) for row in trial.study.measures if row.instrument in list_ids("scale"))
    return (
        f'<section id="believe"><h2>Before you believe it</h2><ul>{notes}</ul>'
        f"<details><summary>What each analysis leans on</summary>{methods}</details>"
        f"{f'<details><summary>The instruments</summary><dl>{tools}</dl></details>' if tools else ''}</section>"
    )


def _instrument(row: Any) -> str:
    scale = get("scale", row.instrument)
    missing = f" Not known: {listing(scale.not_known)}." if scale.not_known else ""
    return f"<dt>{escape(_words(row.id))}</dt><dd>{escape(scale.title)}. {escape(scale.about)}{escape(missing)}</dd>"


def _repeat(trial: Trial, command: str) -> str:
    run = command or f"enkephalin trial {trial.study.id} --n {trial.n}"
    made = json.dumps(trial.provenance, ensure_ascii=False, indent=1, default=str)
    return (
        f'<section id="repeat"><h2>How to repeat it</h2><pre><code>{escape(run)}</code></pre>'
        "<details><summary>Provenance: all that is needed to run it again</summary>"
        f"<pre>{escape(made)}</pre></details></section>"
    )


def _unit(trial: Trial, one: Any) -> str:
    row = next(row for row in trial.study.measures if row.id == one.measure)
    return unit_of(row)


def _of_effect(trial: Trial, one: Any) -> str:
    """The unit of an effect, as it stands under a forest."""
    if one.effect_kind == "HR":
        return "logarithm of the hazard ratio"
    return plain(_unit(trial, one)) or "in its own unit"


def _p(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return "< 0.0001" if value < 1e-4 else number(value, 2)


def _words(name: str) -> str:
    return name.replace("_", " ")
