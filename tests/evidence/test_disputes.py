"""Arguments are as strong as their weakest link; a moderator is tested where the data allow."""

from __future__ import annotations

from itertools import product

import pytest
from planted import observation, records

from enkephalin.evidence import disputes
from enkephalin.evidence.disputes import VERDICTS, arguments, contradictions, moderator_test, strength_of
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.shapes import Argument, Contradiction


def argument(premises: int = 2, strength: str = "strong") -> Argument:
    return Argument.model_validate(
        {
            "id": "planted",
            "about": "A planted argument.",
            "premises": tuple({"claim": f"premise_{k}"} for k in range(premises)),
            "inference": {"kind": "deduction", "says": "From both.", "strength": strength, "because": "it follows"},
            "conclusion": "So it is.",
            "counter": {"says": "It is not.", "survives": "Nothing."},
        }
    )


@pytest.mark.parametrize(("one", "other"), list(product(VERDICTS, VERDICTS)))
def test_the_weakest_premise_decides(one, other):
    given = {"premise_0": (one, "so"), "premise_1": (other, "so")}
    found = strength_of(argument(), given.__getitem__)
    weakest = min(one, other, key=VERDICTS.index)
    assert found.weakest.strength == weakest
    assert found.conclusion == ("unsupported" if weakest == "contradicted" else weakest)


@pytest.mark.parametrize(
    ("step", "left"),
    [("none", "unsupported"), ("weak", "cannot_tell"), ("moderate", "partly"), ("strong", "supported")],
)
def test_a_weak_step_carries_no_further_than_it_can(step, left):
    found = strength_of(argument(strength=step), lambda _: ("supported", "so"))
    assert found.conclusion == left
    assert found.links[-1].carries == step


def test_what_if_a_premise_were_true():
    record = get("argument", "a2_blockade")
    weakest = strength_of(record).weakest.what
    assert weakest == "c16_naltrexone_rejection"
    better = strength_of(
        record, lambda name: ("supported", "if it were") if name == weakest else ("partly", "as it is")
    )
    assert better.weakest.what != weakest


def test_the_seven_arguments_name_their_weakest_link_and_the_case_against_them():
    rows = arguments()
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    for row in rows:
        assert row["weakest"] in row["links"]
        assert row["counter"]["says"] and row["counter"]["survives"]
        assert len(row["links"]) >= 3


def test_premises_are_claims_or_said_to_be_unsaid():
    for name in list_ids("argument"):
        for premise in get("argument", name).premises:
            assert premise.claim or (premise.unsaid and premise.because)


def test_the_four_contradictions_have_findings_on_both_sides():
    rows = contradictions()
    assert [row["number"] for row in rows] == [1, 2, 3, 4]
    for row in rows:
        assert all(side["observations"] for side in row["sides"])
        assert row["moderators"] and row["resolution"] and row["settled_by"]
        assert all("why_not" in one or "p" in one for one in row["moderators"])


def planted(monkeypatch, rows: list[dict]) -> Contradiction:
    made = {row.id: row for row in records(rows)}
    monkeypatch.setattr(disputes, "get", lambda kind, name: made[name])
    half = len(rows) // 2
    names = tuple(made)
    return Contradiction.model_validate(
        {
            "id": "planted",
            "about": "A planted contradiction.",
            "sides": ({"says": "One.", "observations": names[:half]}, {"says": "Two.", "observations": names[half:]}),
            "moderators": ({"field": "species", "says": "Perhaps."},),
            "resolution": "None.",
            "settled_by": "A study.",
        }
    )


def with_effect(name: str, value: float, species: str) -> dict:
    limits = {"low": value - 0.2, "high": value + 0.2}
    return observation(name, measure="g", value=value, unit="1", interval=limits, species=species)


def test_a_moderator_that_explains_is_found(monkeypatch):
    rows = [with_effect(f"rat_{k}", 1.0 + k / 20, "rat") for k in range(3)]
    rows += [with_effect(f"person_{k}", 0.0 + k / 20, "human") for k in range(3)]
    found = moderator_test(planted(monkeypatch, rows))[0]
    assert found["tested"] and found["df"] == 1 and found["p"] < 1e-6


def test_a_moderator_that_explains_nothing_is_not(monkeypatch):
    rows = [with_effect(f"{species}_{k}", 0.5 + k / 20, species) for species in ("rat", "human") for k in range(3)]
    found = moderator_test(planted(monkeypatch, rows))[0]
    assert found["tested"] and found["p"] > 0.9


def test_without_precision_a_moderator_cannot_be_tested_and_that_is_said(monkeypatch):
    rows = [observation(f"bare_{k}", measure="g", value=1, unit="1") for k in range(4)]
    found = moderator_test(planted(monkeypatch, rows))[0]
    assert not found["tested"]
    assert found["why_not"] == "4 of 4 observations have no effect with its precision"
