"""The audit as a page that a reader enjoys, and as a JSON file.

Needs    what ``evidence.auditing`` gives
Gives    ``page(found)``, ``write(found, folder)``
Leaves   every judgement: the page only shows

It needs no network and no script; the filter is made of radio buttons and works from the keyboard.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from ..records.files import make_ready, write_whole
from .audit_debate import WORDS, arguments_section, contradictions_section, map_section
from .audit_picture import number_line, weights
from .page import FULL_PAGE
from .words import MINUS, number

ACCOUNTS = ("described", "literature")
MEANS = {
    "supported": "most of the weight of direct observations agrees",
    "partly": "the observations disagree, or agree only by analogy",
    "unsupported": "nothing found that shows it",
    "contradicted": "most of the weight speaks against it",
    "cannot_tell": "no observation bears on it",
}
BESIDE = (
    ("arguments", arguments_section, "The arguments"),
    ("contradictions", contradictions_section, "What seems to contradict"),
    ("map", map_section, "What could cause what"),
)
ELSEWHERE, OVERALL = "Claims of one's own", "Overall"


def write(found: Mapping[str, Any], folder: Path | str) -> tuple[Path, Path]:
    """Write ``audit.json`` and ``audit.html`` into a folder, which is made if need be."""
    ready = make_ready(folder)
    data, shown = json.dumps(found, indent=1, ensure_ascii=False), page(found)
    return (
        write_whole(ready / "audit.json", lambda path: path.write_text(data, "utf-8")),
        write_whole(ready / "audit.html", lambda path: path.write_text(shown, "utf-8")),
    )


def page(found: Mapping[str, Any]) -> str:
    """The audit as one self-contained HTML page.

    Parameters
    ----------
    found : mapping
        From ``evidence.auditing``.
    """
    claims = found["claims"]
    room = files("enkephalin.report")
    style = "\n".join(room.joinpath(name).read_text("utf-8") for name in ("style.css", "audit.css"))
    chapters = [(chapter, list(rows)) for chapter, rows in groupby(claims, key=lambda row: _where(row)[0])]
    body = [
        _header(found, [chapter for chapter, _ in chapters]),
        "<main>",
        _choice(),
        *(_chapter(index, chapter, rows) for index, (chapter, rows) in enumerate(chapters)),
        *(draw(found[key]) for key, draw, _ in BESIDE if key in found),
        "</main>",
        "<footer><p>The verdicts come from the records of the evidence by rules that a reader can redo; the runs show "
        "what would follow if the body worked as an account has it. <code>enkephalin audit NUMBER</code> tells one "
        "claim in full.</p></footer>",
    ]
    return FULL_PAGE.format(title="Audit", style=style, body="\n".join(body))


def _where(row: Mapping[str, Any]) -> tuple[str, str]:
    """The chapter of a claim and the place within it, of "chapter: place"."""
    chapter, _, inside = str(row["place"] or ELSEWHERE).partition(": ")
    return chapter, inside


def _header(found: Mapping[str, Any], chapters: Sequence[str]) -> str:
    tiles = "".join(
        f'<li class="tile v-{word}"><span class="what">{MEANS[word]}</span>'
        f'<span class="big">{found["counts"].get(word, 0)}</span><span class="when">{shown}</span></li>'
        for word, shown in WORDS.items()
    )
    links = "".join(f'<li><a href="#chapter-{k}">{escape(chapter)}</a></li>' for k, chapter in enumerate(chapters))
    links += "".join(f'<li><a href="#{key}">{word}</a></li>' for key, _, word in BESIDE if key in found)
    return (
        '<header><p class="eyebrow">Enkephalin audit</p><h1>What is known, what is half known, and what nobody has '
        f'shown</h1><p class="lead">{len(found["claims"])} claims, in their own order and in our words: what the text '
        "says, what is known, what the body gives under two accounts, and a verdict with its reasons.</p>"
        '<p class="notice"><strong>This is the output of a research tool. It is no medical advice</strong> '
        f'and must not guide the care of any person.</p><ul class="tiles">{tiles}</ul>'
        f'<nav aria-label="Chapters"><ul>{links}</ul></nav></header>'
    )


def _choice() -> str:
    options = [("all", "all"), *WORDS.items(), ("flagged", "⚑ with a red flag")]
    inputs = "".join(
        f'<label><input type="radio" name="only" id="only-{key}"{" checked" if key == "all" else ""}> {shown}</label>'
        for key, shown in options
    )
    return f"<fieldset><legend>Show</legend>{inputs}</fieldset>"


def _chapter(index: int, chapter: str, rows: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for inside, some in groupby(rows, key=lambda row: _where(row)[1]):
        claims = "".join(_claim(row) for row in some)
        parts.append(f'<div class="place"><h3>{escape(inside[:1].upper() + inside[1:] or OVERALL)}</h3>{claims}</div>')
    return f'<section class="chapter" id="chapter-{index}"><h2>{escape(chapter)}</h2>{"".join(parts)}</section>'


def _claim(row: Mapping[str, Any]) -> str:
    flags = "".join(
        f'<li><span class="flag">⚑ {escape(flag["kind"])}</span>: {escape(flag["says"])}</li>' for flag in row["flags"]
    )
    number_ = f'<span class="no">{row["number"]}</span>' if row["number"] else ""
    flagged = " flagged" if row["flags"] else ""
    species = ", ".join(row["species"]).replace("_", " ")
    return (
        f'<article class="claim v-{row["verdict"]}{flagged}" id="{row["id"]}"><h4>{number_}{escape(row["text"])}</h4>'
        f'<p class="verdict"><strong>{WORDS[row["verdict"]]}</strong>'
        f"<span>certainty: {row['certainty']['level']}</span><span>{row['kind']}, about {escape(species)}</span></p>"
        f'<div class="columns"><div>{_said(row)}{_list("Why this verdict", row["reasons"])}'
        f"{f'<h5>Red flags</h5><ul>{flags}</ul>' if flags else ''}</div><div>{_pictures(row)}</div></div>"
        f"{_more(row)}</article>"
    )


def _said(row: Mapping[str, Any]) -> str:
    evidence = row["evidence"]
    values = "; ".join(value_text(value) for value in row["article"]["values"])
    article = f"<h5>The text says</h5><p>{escape(values)}</p>" if values else ""
    known = f" ({escape(value_text(evidence['value']))})" if evidence["value"] else ""
    pool = evidence["pooled"]
    pooled = ""
    if "estimate" in pool:
        limits = " to ".join(number(limit) for limit in pool["ci"])
        pooled = f"<p>Pooled {escape(pool['measure'])}: {number(pool['estimate'])} ({limits}), {pool['k']} sources.</p>"
    return f"{article}<h5>What is known</h5><p>{escape(evidence['says'])}{known}</p>{pooled}"


def value_text(value: Mapping[str, Any]) -> str:
    """A stated value in words: its measure, number, limits, unit and people."""
    unit = "" if value["unit"] == "1" else f" {value['unit']}"
    low, high = value.get("low"), value.get("high")
    limits = f"{number(low)} to {number(high)}" if low is not None and high is not None else ""
    if "value" not in value:
        shown = limits or (f"at least {number(low)}" if low is not None else f"at most {number(high or 0.0)}")
        text = f"{value['measure']} {shown}{unit}"
    else:
        text = f"{value['measure']} {number(value['value'])}{unit}" + (f" ({limits})" if limits else "")
    return text + (f", n = {value['n']}" if value.get("n") else "")


def _pictures(row: Mapping[str, Any]) -> str:
    drawn = [weights(row["evidence"]["observations"], row["id"])]
    accounts = {name: row[name]["readings"] for name in ACCOUNTS if "readings" in row[name]}
    count = max((len(rows) for rows in accounts.values()), default=0)
    for index in range(count):
        made = {name: rows[index] for name, rows in accounts.items() if "value" in rows[index]}
        if made:
            drawn.append(number_line(made, f"{row['id']}-{index}"))
    missing = [f"{name}: {row[name]['why_not']}" for name in ACCOUNTS if "why_not" in row[name]]
    if len(missing) == len(ACCOUNTS) and len({text.partition(": ")[2] for text in missing}) == 1:
        missing = [missing[0].partition(": ")[2]]
    told = "".join(f"<p>{escape(text)}</p>" for text in missing)
    heading = "<h5>◇ described, ● literature</h5>" if count else "<h5>No run</h5>"
    return f"{drawn[0]}{heading}{''.join(drawn[1:])}{told}"


def _more(row: Mapping[str, Any]) -> str:
    """What is folded away: observations, how certainty came about, what would make it false, and sources."""
    certainty = row["certainty"]
    steps = [f"begins {certainty['start']}"]
    steps += [f"{_signed(step['steps'])} {step['domain'].replace('_', ' ')}: {step['because']}"
              for step in certainty["steps"]]  # fmt: skip
    rests = f"<h5>Rests on</h5><p><code>{escape(', '.join(row['rests_on']))}</code></p>" if row["rests_on"] else ""
    return (
        "<details><summary>Observations, certainty and sources</summary>"
        f"<p>Wrong if {escape(row['wrong_if'])}.</p>{_observations(row)}{_list('Certainty', steps)}{rests}"
        f"<h5>Sources</h5><ul>{''.join(_source(source) for source in row['sources'])}</ul></details>"
    )


def _observations(row: Mapping[str, Any]) -> str:
    seen = row["evidence"]["observations"]
    if not seen:
        return ""
    lines = "".join(
        f'<tr><td class="text">{escape(one["about"])}</td><td>{one["is"]}</td><td>{number(one["weight"])}</td>'
        f"<td>{one['how']}</td><td>{escape(one['design'].replace('_', ' '))}</td>"
        f"<td>{escape(one['species'].replace('_', ' '))}</td><td>{one['n'] or ''}</td></tr>"
        for one in seen
    )
    question = escape(str(row["evidence"]["question"] or "its own observations"))
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("observation", "is", "weight", "answers", "design",
                                                                "species", "n"))  # fmt: skip
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Observations on claim {escape(row["id"])}"><table>'
        f"<caption>{question}</caption><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _source(source: Mapping[str, Any]) -> str:
    authors = ", ".join(source.get("authors", [])[:3])
    year = f"({source['year']})" if "year" in source else ""
    who = " ".join(part for part in (authors, year) if part)
    title = escape(str(source.get("title") or source.get("about") or source["id"]).rstrip("."))
    where = source.get("url") or (f"https://doi.org/{source['doi']}" if "doi" in source else "")
    linked = f'<a href="{escape(where)}">{title}</a>' if where.startswith("https://") else title
    how = str(source["read"]).replace("_", " ")
    return f"<li>{escape(f'{who}. ' if who else '')}{linked}. <small>Read: {how}.</small></li>"


def _list(heading: str, items: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<h5>{heading}</h5><ul>{lines}</ul>" if lines else ""


def _signed(steps: int) -> str:
    return f"+{steps}" if steps > 0 else f"{MINUS}{abs(steps)}"
