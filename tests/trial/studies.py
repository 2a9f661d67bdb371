"""Small studies for tests: a base that every test changes as it needs.

Needs    records
Gives    ``small(**changes)``, ``made(study)``
"""

from __future__ import annotations

from functools import cache
from typing import Any

from enkephalin.records.shapes import ResolvedStudy, Study
from enkephalin.records.study.resolve import resolve_study
from enkephalin.trial.running import make_truth
from enkephalin.trial.truth import Truth

QUANTITY = {"status": "assumed"}
BASE: dict[str, Any] = {
    "id": "small",
    "about": "A small study for a test.",
    "people": {"population": "general_adult", "n": 12},
    "design": "parallel",
    "lasts": "2 d",
    "clock": "08:00",
    "arms": (
        {"id": "placebo"},
        {"id": "naltrexone", "happens": ("naltrexone 50 mg oral at 1 h every 24 h x 2",)},
    ),
    "measures": ({"id": "connection", "of": "connectedness", "at": ("0 h", "8 h", "32 h"), "baseline": "0 h"},),
    "estimand": "The mean difference on the second day, in everybody assigned.",
    "analysis": ({"kind": "t_test", "measure": "connection", "contrast": ("naltrexone", "placebo")},),
}


def small(**changes: Any) -> ResolvedStudy:
    """The base study with other keys; plain Python data as in YAML, with tuples for lists."""
    return resolve_study(Study.model_validate(BASE | changes))


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A number that nobody measured."""
    return {"value": value, "unit": unit, **QUANTITY}


def made(study: ResolvedStudy, people: int = 12, **options: Any) -> Truth:
    """The truth of a study; the same study is lived through once."""
    return _made(study.model_dump_json(exclude_defaults=True), people, tuple(sorted(options.items())))


@cache
def _made(text: str, people: int, options: tuple[tuple[str, Any], ...]) -> Truth:
    return make_truth(ResolvedStudy.model_validate_json(text), people, **dict(options))
