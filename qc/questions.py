"""``python -m qc.questions``: every number that rests on a source, asked as a question without its value.

Needs    records: drugs, scales, parameter tables, observations, sources
Gives    ``asked()``, ``Asked``; writes qc/questions.yaml
Leaves   reading the sources (qc/readings) and comparing (qc/compare.py)

The second reader works from qc/questions.yaml and the source alone. So no question may give its answer away: numbers
in places, notes and descriptions are masked, but for those that say where to look (Table 2, claim 31, 50 mg, 14 d).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from enkephalin.records.catalog import get, list_ids
from enkephalin.records.shapes import Observation, Quantity, Source
from enkephalin.records.tables import all_rows

FILE = Path(__file__).with_name("questions.yaml")
READ_AGAIN = ("measured", "derived", "borrowed")
MASK = "…"
_NUMBER = re.compile(r"(?<![\w.])[+-]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][+-]?\d+)?(?![\w])|(?<=[A-Za-z(])\d+\.\d+")
_WHERE = re.compile(
    r"(?:tables?|tab\.?|figures?|fig\.?|sections?|parts?|pages?|p\.|lines?|claims?|rows?|column|equations?|eq\.?|item|"
    r"§|(?<![a-z])[tcab]\d*)\s*$",
    re.IGNORECASE,
)
_DOSE = re.compile(r"^\s*-?\s*(?:mg|ug|µg|mcg)\b")
_DOSE_OR_TIME = re.compile(r"^\s*-?\s*(?:mg|ug|µg|mcg|d\b|days?|weeks?|months?|years?|h\b|hours?|min\b)")


@dataclass(frozen=True)
class Asked:
    """One question, and (never written) what the record answers."""

    id: str
    what: str
    unit: str
    status: str
    source: str
    place: str
    note: str
    value: float
    spread: str
    molar_mass: float | None
    at: str
    checked_by: str

    def question(self) -> dict[str, Any]:
        """What the second reader may see."""
        hidden = (self.value,)
        return {
            "id": self.id,
            "what": masked(self.what, hidden, times=True),
            "unit": self.unit,
            "status": self.status,
            "source": self.source or None,
            "place": masked(self.place, hidden) or None,
            "note": masked(self.note, hidden) or None,
            "spread": bool(self.spread),
        }


def masked(text: str, hidden: tuple[float, ...] = (), *, times: bool = False) -> str:
    """A text without its numbers, but for those that say where to look; never with one of ``hidden``."""

    context = _DOSE_OR_TIME if times else _DOSE

    def replace(match: re.Match[str]) -> str:
        before, after = text[: match.start()], text[match.end() :]
        keep = _WHERE.search(before) or context.match(after)
        if not keep or any(same_digits(match[0], number) for number in hidden):
            return MASK
        return match[0]

    return _NUMBER.sub(replace, text)


def same_digits(text: str, number: float) -> bool:
    """True when a number in a text could be ``number``, in any power of ten or as a percentage."""
    try:
        found = abs(float(text.replace(",", "")))
    except ValueError:
        return True
    if not found or not number:
        return found == abs(number)
    ratio = found / abs(number)
    return any(abs(ratio / 10.0**power - 1) < 1e-9 for power in range(-9, 10))


def asked() -> tuple[Asked, ...]:
    """Every number of status measured, derived or borrowed: drugs, then scales, then tables, then observations."""
    return (*_of_drugs(), *_of_scales(), *_of_tables(), *_of_observations())


def _of_drugs() -> Iterator[Asked]:
    for name in list_ids("drug"):
        drug = get("drug", name)
        for path, quantity in quantities(drug):
            if quantity.status in READ_AGAIN:
                words = " ".join(path).replace("_", " ")
                extra = [part for part in (quantity.kind, _constant(drug, path), _reference(quantity)) if part]
                yield Asked(
                    ".".join((name, *path)),
                    f"{name.replace('_', ' ')}: {words}" + (f" ({'; '.join(extra)})" if extra else ""),
                    quantity.unit,
                    quantity.status,
                    quantity.source or "",
                    quantity.place or "",
                    quantity.note or "",
                    quantity.value,
                    str(quantity.spread or ""),
                    drug.mass,
                    f"catalog/drugs/{name}.yaml",
                    quantity.checked_by or "",
                )


def _reference(quantity: Quantity) -> str:
    return "against a reference dose" if quantity.reference_dose else ""


def _constant(drug: Any, path: tuple[str, ...]) -> str:
    """What kind of binding constant the body uses: in_vivo, in_vitro or scaled."""
    kinds = {binding.receptor: binding.kind.replace("_", " ") for binding in drug.binds}
    return kinds.get(path[0], "") if path[-1] == "affinity" else ""


def quantities(part: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Quantity]]:
    """Every quantity of a drug with its way: ("clearance",), ("mu", "affinity"), ("oral", "fast", "rate")."""
    if isinstance(part, Quantity):
        yield path, part
        return
    for field in type(part).model_fields:
        inside = getattr(part, field)
        step = () if field in ("kinetics", "binds", "routes", "first_pass", "metabolites") else (field,)
        if isinstance(inside, BaseModel):
            yield from quantities(inside, (*path, *step))
        elif isinstance(inside, dict):
            for key, value in inside.items():
                yield from quantities(value, (*path, *step, key))
        elif isinstance(inside, tuple):
            for number, value in enumerate(inside, start=1):
                if isinstance(value, BaseModel):
                    own = getattr(value, "receptor", None) or getattr(value, "drug", None) or str(number)
                    yield from quantities(value, (*path, *step, own))


def _of_scales() -> Iterator[Asked]:
    for name in list_ids("scale"):
        scale = get("scale", name)
        numbers = [
            *((f"items.{item.id}.largest", f"largest points of {item.id}", item.points[-1]) for item in scale.items),
            *([("total", "largest total", scale.total)] if scale.total is not None else []),
            *((f"bands.{band.name}.high", f"highest total called {band.name}", band.high) for band in scale.bands),
        ]
        for path, words, value in numbers:
            yield Asked(
                f"{name}.{path}".replace(" ", "_"), f"{scale.title}: {words}", "points", "borrowed", scale.source, "",
                "", float(value), "", None, f"catalog/scales/{name}.yaml", "",
            )  # fmt: skip


def _of_tables() -> Iterator[Asked]:
    for row in all_rows():
        if row.status in READ_AGAIN and row.value is not None:
            what = f"{row.module}: {row.name.replace('_', ' ')}" + (f" in {' '.join(row.where)}" if row.where else "")
            yield Asked(
                row.title, what, row.unit, row.status, row.source, row.place, row.note, row.value,
                str(row.spread or ""), None, row.at, row.checked_by,
            )  # fmt: skip


def _of_observations() -> Iterator[Asked]:
    for name in list_ids("observation"):
        seen: Observation = get("observation", name)
        numbers: list[tuple[str, float | None]] = [
            ("value", seen.value),
            ("low", seen.interval.low if seen.interval else None),
            ("high", seen.interval.high if seen.interval else None),
            ("n", None if seen.n is None else float(seen.n)),
        ]
        hidden = tuple(value for _, value in numbers if value is not None)
        for part, value in numbers:
            if value is not None:
                words = "number of people or animals" if part == "n" else seen.measure or ""
                about = f"{masked(seen.about, hidden, times=True)} {words} ({part})"
                yield Asked(
                    f"{name}.{part}", about, "1" if part == "n" else seen.unit or "1", "measured", seen.source,
                    seen.place or "", "", value, "", None, f"evidence/observations/{name}.yaml", seen.checked_by or "",
                )  # fmt: skip


def source_of(name: str, hidden: tuple[float, ...] = ()) -> dict[str, Any]:
    """A source as the reader needs it to find the text; a title that tells one of ``hidden`` is masked."""
    source: Source = get("source", name)
    fields = ("authors", "year", "title", "journal", "volume", "pages", "doi", "pmid", "url", "species")
    known = {field: getattr(source, field) for field in fields if getattr(source, field) is not None}
    if "title" in known:
        known["title"] = _NUMBER.sub(
            lambda match: MASK if any(same_digits(match[0], value) for value in hidden) else match[0], known["title"]
        )
    if "authors" in known:
        known["authors"] = list(known["authors"])
    return known


def document() -> dict[str, Any]:
    """Everything that goes to the second reader."""
    hidden: dict[str, list[float]] = {}
    for question in asked():
        for name in filter(None, re.split(r"[;\s]+", question.source)):
            hidden.setdefault(name, []).append(question.value)
    sources = {name: source_of(name, tuple(values)) for name, values in sorted(hidden.items())}
    return {"sources": sources, "questions": [question.question() for question in asked()]}


def main() -> None:
    """Write qc/questions.yaml."""
    head = "# Written by `python -m qc.questions`, without values: the second reader works from this and the source.\n"
    text = yaml.safe_dump(document(), allow_unicode=True, sort_keys=False, width=160)
    FILE.write_text(head + text, "utf-8")


if __name__ == "__main__":
    main()
