"""What people write who know charts is answered with what the language has instead, and never with another drug."""

from __future__ import annotations

import pytest

from enkephalin.errors import RecordError, UnknownNameError
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.scenario.grammar import parse
from enkephalin.records.scenario.slips import drug_advice, other_names, route_advice, thousands

DRUGS = list_ids("drug")


def test_every_other_name_leads_to_a_drug_and_is_none_itself():
    assert set(other_names().values()) <= set(DRUGS)
    assert not set(other_names()) & set(DRUGS)
    assert all(name == name.casefold() for name in other_names())


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("suboxone", "buprenorphine"),
        ("Narcan", "naloxone"),
        ("diamorphine", "heroin"),
        ("levomethadone", "r_methadone"),
    ],
)
def test_another_name_leads_to_its_drug_in_a_line_and_in_the_catalog(name, drug):
    with pytest.raises(RecordError) as line:
        parse(f"{name} 1 mg iv at 0 h", {}, DRUGS)
    with pytest.raises(UnknownNameError) as record:
        get("drug", name)
    assert line.value.try_ == record.value.try_ == drug


@pytest.mark.parametrize("name", ["codeine", "tramadol", "loperamide", "ketamine", "pethidine", "tapentadol"])
def test_an_opioid_that_is_not_here_is_not_taken_for_one_that_is(name):
    assert drug_advice(name, list(DRUGS)) == ""


@pytest.mark.parametrize(
    ("name", "drug"),
    [("fentanil", "fentanyl"), ("morfine", "morphine"), ("methadon", "methadone"), ("heroine", "heroin")],
)
def test_a_slip_of_the_pen_leads_to_the_drug(name, drug):
    assert drug in drug_advice(name, list(DRUGS)).split(", ")


def test_a_comma_of_thousands_is_asked_about_and_a_decimal_comma_is_not():
    assert thousands("1,000") == "1000 if the comma parts thousands, 1.000 if it is a point"
    assert thousands("10,5") == "10.5"
    assert thousands("0,125") == "0.125"


@pytest.mark.parametrize(
    ("line", "way_out"),
    [
        ("morphine 10 mg po q6h at 0 h", "every 6 h x <n>"),
        ("morphine 10 mg po tid at 0 h", "every 8 h x <n>"),
        ("morphine 10 mg po at 0 h daily", "every 24 h x <n>"),
        ("morphine 10 mg po at 0 h every 6 h for 2 d", "every <time> until <time>, or every <time> x <n>"),
        ("fentanyl 25 ug/h td at 0 h", "the whole amount and its time: 600 ug <route> over 24 h"),
        ("morphine 10 mg po at 08:30", "8 h: times count from the start, whose hour of the day is 'clock: 00:00'"),
    ],
)
def test_a_line_of_a_chart_is_answered_with_one_of_the_language(line, way_out):
    with pytest.raises(RecordError) as caught:
        parse(line, {}, DRUGS)
    assert caught.value.try_ == way_out


def test_a_route_that_nobody_recorded_is_not_taken_for_the_mouth():
    assert route_advice("rectal", "morphine").startswith("enkephalin show drug morphine")
    assert route_advice("nasal", "naloxone") == "intranasal"
    assert route_advice("intravenus", "naloxone").split(", ")[0] == "intravenous"
