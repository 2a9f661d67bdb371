"""The records of evidence: all of the article's claims, what each rests on, and that every name leads somewhere."""

from __future__ import annotations

from collections import Counter

import pytest

from enkephalin.evidence.auditing import audit
from enkephalin.measure import parse
from enkephalin.measure.grammar import Pair
from enkephalin.records import faults
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.files import PACKAGE
from enkephalin.records.watched import watch_names

CLAIMS = [get("claim", name) for name in list_ids("claim")]
OBSERVATIONS = [get("observation", name) for name in list_ids("observation")]
KINDS = ("claims", "observations", "questions", "arguments", "contradictions", "causal_maps")


def names_in(readout) -> list[str]:
    return [*names_in(readout.left), *names_in(readout.right)] if isinstance(readout, Pair) else [readout.of.name]


def test_every_claim_of_the_article_is_there_once():
    assert sorted(claim.number for claim in CLAIMS) == list(range(1, 74))


@pytest.mark.parametrize("kind", KINDS)
def test_no_record_has_a_fault(kind):
    found = [str(fault) for path in sorted((PACKAGE / "evidence" / kind).glob("*.yaml")) for fault in faults(path)]
    assert not found, "\n".join(found)


def test_what_stands_in_the_article_is_said_of_each():
    for claim in CLAIMS:
        assert claim.place, claim.id
        assert claim.first is not None, claim.id


def test_a_number_of_the_article_stands_beside_one_of_the_evidence_or_beside_not_found():
    numeric = [claim for claim in CLAIMS if claim.article.values]
    assert len(numeric) == 11
    for claim in numeric:
        assert claim.known.value or claim.known.not_found, claim.id


def test_every_claim_is_asked_of_the_body_or_says_why_it_cannot_be():
    asked = [claim for claim in CLAIMS if claim.readings]
    assert len(asked) >= 45
    for claim in CLAIMS:
        assert bool(claim.readings) != (claim.undecidable is not None), claim.id


def test_readings_can_be_read_and_watch_what_exists():
    known = set(watch_names())
    for claim in CLAIMS:
        for reading in claim.readings:
            texts = [reading.read] + ([reading.and_read] if reading.and_read else [])
            for text in texts:
                assert set(names_in(parse(text))) <= known, (claim.id, text)


def test_every_run_is_read():
    for claim in CLAIMS:
        used = {name for reading in claim.readings for name in (reading.run, reading.relative_to) if name}
        assert used == {run.id for run in claim.runs}, claim.id


def test_every_question_is_asked_by_a_claim_or_answered():
    asked = {claim.question for claim in CLAIMS} | {answer.question for row in OBSERVATIONS for answer in row.answers}
    assert set(list_ids("question")) <= asked


def test_what_the_article_says_of_a_number_has_a_second_reader():
    """An observation with a number, read in its source, was read again by somebody who had not seen the record."""
    numeric = [row for row in OBSERVATIONS if row.value is not None and row.confirmed == "read"]
    again = [row for row in numeric if row.checked_by]
    assert len(again) >= 0.9 * len(numeric), sorted({row.id for row in numeric} - {row.id for row in again})


def test_verdicts_of_the_first_reading():
    words = Counter(claim.first.verdict for claim in CLAIMS)
    assert words == {"supported": 12, "partly": 28, "unsupported": 15, "contradicted": 14, "cannot_tell": 4}


def test_where_the_verdict_is_another_than_at_first_a_ruling_says_why():
    rows = {row["id"]: row for row in audit(runs=False)["claims"]}
    other = [claim for claim in CLAIMS if rows[claim.id]["verdict"] != claim.first.verdict]
    assert {claim.id for claim in other} == {"c38_post_mortem_density", "c44_loss_triad"}
    for claim in other:
        assert claim.ruling is not None and "first reading" in claim.ruling.because


def test_where_weight_and_verdict_part_a_ruling_says_why():
    for row in audit(runs=False)["claims"]:
        if any(reason.startswith("Its observations alone would weigh") for reason in row["reasons"]):
            assert get("claim", row["id"]).ruling is not None
