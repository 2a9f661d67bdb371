"""The drugs' pages: docs/drugs/<id>.md and the index, from the records and from the numbers of the curves.

Needs    the installed package; docs/drugs/curves.json, written by ``drug_curves``
Gives    ``pages()``: every page by its place
Leaves   running and drawing: see ``drug_curves``
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from enkephalin.records.catalog import get, list_ids
from enkephalin.records.shapes import Drug
from enkephalin.records.shapes.drug import Binding
from enkephalin.records.shapes.quantity import Plain, Quantity

FOLDER = Path(__file__).resolve().parent / "drugs"
SAID = "<!-- Written by docs/generate.py. Change the records, then run `make docs`. -->\n"
ADVICE = "This is a research model. It gives no advice on doses."
FAMILIES = {
    "opioid": "opioid receptors",
    "alpha2": "alpha-2 adrenoceptors",
    "crf1": "the CRF1 receptor",
    "sert": "the serotonin transporter",
}
KINDS = {"in_vivo": "in living people", "in_vitro": "in the test tube", "scaled": "scaled from mu"}
READ = {"full_text": "full text", "abstract": "abstract", "secondary": "secondary source", "not_read": "not read"}
WAYS = {
    "oral": "by mouth",
    "intravenous": "into a vein",
    "intramuscular": "into a muscle",
    "subcutaneous": "under the skin",
}


def title(id_: str) -> str:
    """A drug's name for the eye."""
    return id_.upper() if any(letter.isdigit() for letter in id_) else id_.replace("_", " ").capitalize()


def pages() -> dict[str, str]:
    """Every page, by its place under docs/."""
    path = FOLDER / "curves.json"
    curves = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    drugs = [get("drug", id_) for id_ in list_ids("drugs")]
    found = {f"drugs/{drug.id}.md": "".join(_page(drug, drugs, curves.get(drug.id, {}))) for drug in drugs}
    return {"drugs/index.md": _index(drugs, curves)} | found


def _index(drugs: list[Drug], curves: dict[str, Any]) -> str:
    lines = [
        SAID,
        "\n# The drugs\n\n",
        f"{len(drugs)} substances, each on a page of its own: what it binds, how it moves, curves of drawn people, "
        f"what it competes with, where every number comes from, and what nobody knows. {ADVICE}\n\n",
        "| drug | acts at | routes | about |\n|---|---|---|---|\n",
    ]
    for drug in drugs:
        routes = ", ".join(_words(route) for route in drug.routes) or "formed from another"
        where = ", ".join(binding.receptor for binding in drug.binds) or "-"
        lines.append(_row([f"[{title(drug.id)}]({drug.id}.md)", where, routes, drug.about]))
    lines.append(
        "\nThe curves show the median and nine of ten of a hundred drawn adults who took nothing before. "
        "Redraw one with `python docs/drug_curves.py <drug>`.\n"
    )
    return "".join(lines)


def _page(drug: Drug, drugs: list[Drug], curves: dict[str, Any]) -> Iterator[str]:
    yield f"{SAID}\n# {title(drug.id)}\n\n{drug.about}\n\n"
    yield from _facts(drug, drugs)
    yield from _pictures(drug, curves)
    yield from _binding(drug, curves)
    yield from _table("Kinetics", _quantities(drug.kinetics)) if drug.kinetics else ()
    for route in drug.routes:
        yield from _table(f"Route: {_words(route)}", _quantities(drug.routes[route]))
    yield from _table("How people differ", _quantities(getattr(drug, "body_effects", ()), "effect"))
    yield from _interactions(drug, drugs)
    yield from _unknown(drug)
    yield from _sources(drug)
    yield f"[All drugs](index.md). {ADVICE}\n"


def _facts(drug: Drug, drugs: list[Drug]) -> Iterator[str]:
    """What it is, without its structure."""
    mass = drug.molar_mass
    yield f"- Acts at: {FAMILIES[drug.family]}\n- Molar mass: {mass.value:g} {mass.unit}\n"
    for route, largest in drug.largest_dose.items():
        yield f"- Largest dose taken {_words(route)}: {largest.value:g} {largest.unit}; more is refused\n"
    if drug.metabolites:
        formed = ", ".join(f"{_link(one.drug)} (share {one.share.value:g})" for one in drug.metabolites)
        yield f"- Becomes: {formed}\n"
    parents = [other for other in drugs if drug.id in _formed(other)]
    if parents:
        yield f"- Formed from: {', '.join(_link(parent.id) for parent in parents)}\n"
    if drug.checked_by:
        yield f"- Checked by: {drug.checked_by}\n"
    yield "\n"


def _formed(drug: Drug) -> set[str]:
    """What the drug becomes in the body, in its elimination or on its first pass."""
    first = {one.drug for route in drug.routes.values() for one in route.first_pass}
    return first | {one.drug for one in drug.metabolites}


def _pictures(drug: Drug, curves: dict[str, Any]) -> Iterator[str]:
    yield "## Curves\n\n"
    if not curves:
        yield "It is not given by itself; its curve stands on the page of the drug that becomes it.\n\n"
        return
    yield "Lines are medians, shades hold nine of ten of a hundred drawn adults who took nothing before.\n\n"
    yield f"![{title(drug.id)} in plasma](pictures/{drug.id}_plasma.svg)\n\n"
    yield "| route | dose | highest level, ng/mL | after, h | area, ng h/mL | shown for |\n|---|---|---|---|---|---|\n"
    for route, seen in curves["routes"].items():
        peaks = [_spread(seen[name]) for name in ("peak", "peak_hour", "area")]
        yield _row([_words(route), seen["dose"], *peaks, seen["shown"]])
    yield "\nMedian, and in brackets where nine of ten lie. Of a vein the level after five minutes is told.\n\n"
    first = curves["first"]
    dose = f"{curves['routes'][first]['dose']} {_words(first)}"
    if drug.family == "opioid":
        yield f"![Receptors held after {dose}](pictures/{drug.id}_time.svg)\n\n"
        yield f"![Receptors held at the most, by dose](pictures/{drug.id}_dose.svg)\n\n"
        held = {name: share for name, share in curves["receptors"].items() if share[1] and share[1] >= 0.005}
        said = ", ".join(f"{name} {_percent(share)}" for name, share in held.items()) or "under 1 % of any receptor"
        yield f"After {dose}, with what it becomes, at the most: {said}. Mean over regions.\n\n"
    else:
        yield f"![What {dose} does](pictures/{drug.id}_time.svg)\n\n"
        yield "The share of these receptors that is held is not a read-out; what the drug does is shown instead.\n\n"


def _binding(drug: Drug, curves: dict[str, Any]) -> Iterator[str]:
    yield "## Binding\n\n"
    if not drug.binds:
        yield "It binds nothing here; what it becomes does.\n\n"
        return
    yield "| receptor | acts as | constant | how | spread | status | source and place |\n" + "|---" * 7 + "|\n"
    for binding in drug.binds:
        one = binding.affinity
        cells = [binding.receptor, _acts(binding), f"{one.value:g} {one.unit}", KINDS[binding.kind]]
        yield _row([*cells, str(one.spread or ""), one.status, _where(one)])
    yield "\n"
    also = [(binding.receptor, one) for binding in drug.binds for one in binding.also]
    if also:
        yield "Other published constants, for the reader; the body does not use them:\n\n"
        yield from (f"- {name}: {one.value:g} {one.unit} {one.kind or ''} ({_where(one)})\n" for name, one in also)
        yield "\n"
    yield from _table(
        "Efficacy and speed",
        [
            (f"{binding.receptor} {name}", one)
            for binding in drug.binds
            for name, one in (("efficacy", binding.efficacy), ("dissociation", binding.dissociation))
            if one is not None
        ],
        level="###",
    )


def _acts(binding: Binding) -> str:
    """In one word, from the efficacy of the record."""
    size = binding.efficacy.value
    if size == 0:
        return "antagonist"
    if size < 0:
        return f"inverse agonist ({size:g})"
    return "full agonist" if size == 1 else f"agonist, {size:g} of a full one's push"


def _quantities(thing: Any, name: str = "") -> list[tuple[str, Quantity]]:
    """Every quantity within, with its name."""
    if isinstance(thing, Quantity):
        return [(name, thing)]
    if isinstance(thing, BaseModel) and not isinstance(thing, Plain):
        told = " ".join(str(value) for value in dict(thing).values() if isinstance(value, str) and len(value) < 30)
        found = []
        for part, value in thing:
            words = " ".join(word for word in (name, told, part.replace("_", " ")) if word)
            found += _quantities(value, words)
        return found
    if isinstance(thing, dict):
        return [row for part, value in thing.items() for row in _quantities(value, f"{name} {part}".strip())]
    if isinstance(thing, (list, tuple)):
        return [row for value in thing for row in _quantities(value, name)]
    return []


def _table(name: str, rows: list[tuple[str, Quantity]], level: str = "##") -> Iterator[str]:
    if not rows:
        return
    yield f"{level} {name[0].upper()}{name[1:]}\n\n"
    yield "| what | value | spread | status | source and place |\n|---|---|---|---|---|\n"
    for what, one in rows:
        yield _row([what, f"{one.value:g} {one.unit}", str(one.spread or ""), one.status, _where(one)])
    yield "\n"


def _where(one: Quantity) -> str:
    named = f"[{one.source}](#{one.source})" if one.source else ""
    return "; ".join(part for part in (named, one.place, one.note) if part)


def _interactions(drug: Drug, drugs: list[Drug]) -> Iterator[str]:
    """Who competes for the same receptors; what it becomes; which other drugs share its metabolites."""
    yield "## Interactions\n\n"
    yield "The body knows one kind: two substances at one receptor compete, by concentration over constant.\n\n"
    for binding in drug.binds:
        others = [(other, one) for other in drugs if other.id != drug.id for one in other.binds]
        rivals = sorted(
            ((one.affinity.inner(), other, one) for other, one in others if one.receptor == binding.receptor),
            key=lambda row: row[0],
        )
        if rivals:
            named = ", ".join(f"{_link(other.id)} {_size(one.affinity)} ({_acts(one)})" for _, other, one in rivals)
            yield f"- **{binding.receptor}** (its own constant {_size(binding.affinity)}): {named}\n"
    shared = [other for other in drugs if other.id != drug.id and _formed(other) & (_formed(drug) | {drug.id})]
    if shared:
        yield f"- Adds to the same metabolites, or becomes it: {', '.join(_link(other.id) for other in shared)}\n"
    yield "\nOne drug changing how fast another leaves the body is not modelled.\n\n"


def _unknown(drug: Drug) -> Iterator[str]:
    yield "## What is not known\n\n"
    yield from (f"- {one[0].upper()}{one[1:]}.\n" for one in drug.not_known)
    yield "\n" if drug.not_known else "Nothing is noted.\n\n"


def _sources(drug: Drug) -> Iterator[str]:
    named = sorted({one.source for _, one in _quantities(drug) if one.source})
    yield "## Sources\n\n"
    for id_ in named:
        source = get("source", id_)
        who = ", ".join(source.authors or ()) or "authors not noted"
        where = " ".join(str(part) for part in (source.journal, source.volume) if part)
        link = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
        yield f"#### {id_}\n\n"
        said = [f"{who} ({source.year or 'no year'})", source.title or "No title", where]
        yield f"{'. '.join(part for part in said if part)}.{link} Read: {READ[source.read]}.\n\n"


def _spread(three: list[float | None]) -> str:
    low, middle, high = (("-" if value is None else f"{float(f'{value:.3g}'):g}") for value in three)
    return f"{middle} ({low} to {high})"


def _percent(share: list[float]) -> str:
    low, middle, high = (f"{100 * value:.0f}" for value in share)
    return f"{middle} % ({low} to {high})"


def _size(one: Quantity) -> str:
    return f"{one.value:g} {one.unit}"


def _words(route: str) -> str:
    return WAYS.get(route, route.replace("_", " "))


def _link(id_: str) -> str:
    return f"[{title(id_)}]({id_}.md)"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |\n"
