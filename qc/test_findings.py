"""The verification set read again: what differs has a ruling, a wrong number is seen, and the page names the rest."""

from __future__ import annotations

import pytest

from .findings import Finding, Source, chosen, compared, counts, gone, remade, section, sources, verdict_of, wilson

SOURCE = Source(source="somebody2020")


def target(name):
    return next(one for group in chosen() for one in group.targets if one.id == name)


def test_the_page_names_what_is_not_read_again():
    shown = "".join(section())
    assert all(f"`{name}`" in shown for name, verdict in compared().items() if verdict.by != "agree")
    assert all(f"`{name}`" in shown for name in gone())
    read = [one.id for source in sources() for one in (*source.read, *source.not_found)]
    assert len(read) == len(set(read)), "a finding is read once"


def test_a_transcription_that_differs_from_its_source_has_a_ruling():
    ruled = {one.id for source in sources() for one in source.read if one.ruling}
    apart = {name: verdict.why for name, verdict in compared().items() if verdict.by == "disagree"}
    assert {name: why for name, why in apart.items() if name not in ruled} == {}, "write a ruling"
    assert counts(compared().values())["remade"] >= 20, "bands made again by their rule; fewer means a rule is not read"


def test_a_reading_names_the_sources_of_its_finding():
    for verdict in compared().values():
        if verdict.by == "not read":
            continue
        group, _, name = verdict.id.partition(".")
        one = next(one for each in chosen() if each.id == group for one in each.targets if one.id == name)
        assert verdict.source is not None and verdict.source.source in one.sources, verdict.id


@pytest.mark.parametrize(
    ("name", "numbers", "holds", "why"),
    [
        ("naloxone_nose_08", (1.54,), True, "read 1.54"),
        ("naloxone_nose_08", (0.8,), True, "the rule makes"),
        ("naloxone_nose_08", (1.45,), False, "does not bear it"),
    ],
)
def test_a_wrong_number_a_wrong_band_and_an_empty_text_are_seen(name, numbers, holds, why):
    verdict = verdict_of(name, target(name), Finding(id=name, numbers=numbers, holds=holds, says="so it says"), SOURCE)
    assert verdict.by == "disagree"
    assert why in verdict.why


def test_a_fall_is_read_by_its_size():
    fall = target("methadone_relief")
    right, wrong = (Finding(id=fall.id, numbers=(read,), holds=True, says="so it says") for read in (7.6, 10.0))
    assert verdict_of(fall.id, fall, right, SOURCE).by == "agree"
    assert "the rule makes" in verdict_of(fall.id, fall, wrong, SOURCE).why


def test_rules_make_the_bands_that_they_name():
    assert list(remade((6.0,), "abstract; a factor of 1.5")) == [pytest.approx((4.0, 9.0), rel=1e-12)]  # arithmetic
    assert (30.0, 60.0) in list(remade((40.0, 50.0), "abstract; 10 points"))
    assert list(remade((26.0,), "half-lives, a factor of 1.5, as what is left after a day")) == []
    low, high = wilson(7, 10)
    assert low == pytest.approx(0.3968, rel=1e-3)  # four printed digits
    assert high == pytest.approx(0.8922, rel=1e-3)
