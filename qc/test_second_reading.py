"""The second reading: no question tells its answer, and what differs from a reading has a ruling."""

from __future__ import annotations

import re

import pytest
import yaml

from .compare import agrees, compared
from .page import FILE as PAGE
from .page import page
from .questions import _NUMBER, FILE, Asked, asked, document, masked, quantities, same_digits, source_of
from .readings import Reading, missing, readings, rulings


def question(**other):
    plain = dict.fromkeys(("what", "source", "place", "note", "spread", "at", "checked_by"), "")
    return Asked(
        **{"id": "x.y", "unit": "L/h", "status": "measured", "value": 140.0, "molar_mass": None, **plain, **other}
    )


def reading(**other):
    return Reading(**{"id": "x.y", "unit": "L/h", "how": "abstract", "where": "somewhere", "says": "so", **other})


def test_no_question_tells_its_answer():
    for item in asked():
        seen = item.question()
        texts = " ".join(str(seen[key] or "") for key in ("what", "place", "note"))
        told = [number for number in _NUMBER.findall(texts) if same_digits(number, item.value)]
        assert not told, f"{item.id} shows {told}"
        assert "value" not in seen
        for name in filter(None, re.split(r"[;\s]+", item.source)):
            title = source_of(name, (item.value,)).get("title", "")
            assert not [number for number in _NUMBER.findall(title) if same_digits(number, item.value)], name


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("Table 3, people with disorder, 64.3 x (1 + 2.69)", 237, "Table 3, people with disorder, … x (… + …)"),
        ("abstract, koff 0.0172/min", 0.0172, "abstract, koff …/min"),
        ("50 mg blocked 92 and 98 %", 50, "… mg blocked … and … %"),
        ("tablet at 16 mg, claim 31", 14, "tablet at 16 mg, claim 31"),
        ("mu 2.12, delta 213", 2.12, "mu …, delta …"),
    ],
)
def test_numbers_are_masked_but_for_those_that_say_where_to_look(text, value, shown):
    assert masked(text, (value,)) == shown


def test_every_number_of_a_drug_that_users_can_name_is_among_those_that_are_asked():
    from enkephalin.records.catalog import get, list_ids
    from enkephalin.records.parameters import drug_quantities

    for name in list_ids("drug"):
        drug = get("drug", name)
        walked = {".".join((name, *path)) for path, _ in quantities(drug)}
        assert set(drug_quantities(drug)) <= walked


def test_a_disagreement_has_a_ruling():
    known = rulings()
    for verdict in compared():
        name = verdict.question.id
        if verdict.by == "disagree":
            assert name in known, f"{name}: record {verdict.question.value}, read {verdict.read}; write a ruling"
        if verdict.spread:
            assert f"{name}.spread" in known, f"{name}: {verdict.spread}; write a ruling"


def test_a_ruling_rules_on_something_that_is_read():
    known = readings()
    assert [name for name in rulings() if name.removesuffix(".spread") not in known] == []


def test_nothing_is_both_read_and_not_found():
    assert readings().keys() & missing().keys() == set()


def test_a_reading_agrees_in_another_unit_and_within_rounding():
    assert agrees(question(), reading(value=140000 / 60, unit="mL/min"))
    assert agrees(question(), reading(value=139))
    assert not agrees(question(), reading(value=135))
    assert not agrees(question(), reading(value=140, unit="h"))


def test_a_mass_meets_an_amount_through_the_molar_mass():
    mine = question(unit="nmol/L", value=1.84, molar_mass=327.37)
    assert agrees(mine, reading(value=0.602, unit="ng/mL"))
    assert not agrees(question(unit="nmol/L", value=1.84), reading(value=0.602, unit="ng/mL"))


def test_counts_must_be_equal():
    people = question(id="study.n", unit="1", value=1817.0)
    assert agrees(people, reading(value=1817, unit="1"))
    assert not agrees(people, reading(value=1816, unit="1"))


def test_a_range_holds_what_lies_in_it_and_a_choice_what_is_among_it():
    assert agrees(question(unit="h", value=48), reading(low=1.5, high=3, unit="d"))
    assert not agrees(question(unit="h", value=80), reading(low=1.5, high=3, unit="d"))
    assert agrees(question(value=140), reading(any_of=(94, 140)))
    assert not agrees(question(value=140), reading(any_of=(94, 211)))


def test_a_ratio_is_taken_to_the_quantity_that_it_names():
    base = question(id="x.mu", unit="nmol/L", value=2.0)
    mine = question(unit="nmol/L", value=200.0)
    assert agrees(mine, reading(value=100, unit="1", relative_to="x.mu"), {"x.mu": base})
    assert not agrees(mine, reading(value=50, unit="1", relative_to="x.mu"), {"x.mu": base})


# Meaning: what nature and arithmetic say of the readings themselves, whoever read them.


def test_the_items_of_a_scale_add_up_to_its_total():
    known = readings()
    for scale in ("cows", "sows_gossop", "sows_handelsman"):
        items = [found.value for name, found in known.items() if name.startswith(f"{scale}.items.")]
        assert sum(items) == known[f"{scale}.total"].value


def test_what_was_read_keeps_the_order_of_nature():
    known = readings()
    value = {name: found.value for name, found in known.items() if found.value is not None}
    assert value["m6g.mu.affinity"] > 1, "the glucuronide is weaker than morphine"
    assert value["m6g.effect_rate"] < value["morphine.effect_rate"], "and slower"
    assert value["hpa.k_crh"] > value["hpa.k_acth"] > value["hpa.k_cortisol"]
    assert value["greenwald2003_2mg.value"] < value["greenwald2003_16mg.value"] < value["greenwald2003_32mg.value"]
    rest = "binding_mu[{}].binding_potential_rest"
    assert value[rest.format("NAc")] > value[rest.format("THAL")] > value[rest.format("PFC")]
    fast, slow = (value[f"buprenorphine.sublingual.{name}.share"] for name in ("fast", "slow"))
    assert fast + slow == pytest.approx(100, rel=1e-9), "the two shares are the whole; a sum of decimals"


@pytest.mark.slow
def test_the_question_list_is_what_the_records_ask_now():
    shown = yaml.safe_load(FILE.read_text("utf-8"))
    assert shown == document(), "run `python -m qc.questions`"


@pytest.mark.slow
def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(), "run `python -m qc.page`"
