"""The scenario language: what it accepts it obeys, and resolving twice changes nothing."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from languages import DAYS, scenarios, written

from enkephalin.errors import EnkephalinError, RecordError
from enkephalin.records import get, list_ids, resolve, to_yaml
from enkephalin.records.catalog import KINDS, exposures
from enkephalin.records.checks import examine_document
from enkephalin.records.reader import document
from enkephalin.records.scenario.clashes import instants
from enkephalin.records.scenario.grammar import DoseLine, parse
from enkephalin.records.scenario.resolve import examine_scenario, history_of, with_history
from enkephalin.records.shapes import Scenario

EXACT = 1e-12  # unit conversions only


def resolved(*lines, **more):
    scenario, found = written(lines, **more)
    assert found == []
    return resolve(scenario)


def dose(line):
    return resolved(line).doses[0]


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("intravenous", "iv"),
        ("subcutaneous", "sc"),
        ("intramuscular", "im"),
        ("oral", "po"),
    ],
)
def test_a_route_by_its_abbreviation_is_the_same_route(long, short):
    assert dose(f"morphine 10 mg {long} at 1 h") == dose(f"morphine 10 mg {short} at 60 min")


def test_the_same_amount_in_any_unit_is_the_same_dose():
    assert dose("fentanyl 0.1 mg iv at 0 h") == dose("fentanyl 100 ug iv at 0 h") == dose("fentanyl 100ug iv at 0 s")
    assert dose("naltrexone 50 mg oral at 0 h").amount == pytest.approx(
        50e6 / get("drug", "naltrexone").mass, rel=EXACT
    )


def test_a_dose_per_kg_stays_per_kg_until_there_is_a_person():
    row = dose("naloxone 0.1 mg/kg iv at 0 h")
    assert row.unit == "nmol/kg"
    assert row.amount == pytest.approx(1e5 / get("drug", "naloxone").mass, rel=EXACT)


def test_missed_doses_leave_the_others_where_they_were():
    taken = resolved("naltrexone 50 mg oral at 1 d every 24 h x 8 except 3, 5 to 6").doses
    times = [float(time) for row in taken for time in instants(row)]
    assert times == [24, 48, 96, 168, 192]
    assert [row.count for row in taken] == [2, 1, 2]
    assert {row.amount for row in taken} == {dose("naltrexone 50 mg oral at 1 d").amount}


def test_since_puts_the_same_doses_in_front():
    (row,) = resolved("methadone 60 mg oral at 2 h every 24 h x 3 since -10 d").doses
    assert (row.time, row.count, row.last) == (2 - 240, 13, 50)
    lived = with_history(
        resolved("methadone 60 mg oral at 2 h every 24 h x 3 since -10 d"), get("person", "adult_woman")
    )
    assert (lived.zero, lived.doses[0].time, lived.doses[0].since) == (240, 2, None)


def test_since_and_missed_doses_go_together():
    rows = resolved("methadone 60 mg oral at 2 h every 24 h x 3 except 1 since -2 d").doses
    assert [float(time) for row in rows for time in instants(row)] == [-46, -22, 26, 50]


def test_until_is_the_open_end_of_the_interval():
    assert dose("morphine 10 mg iv at 0 h every 6 h until 1 d").count == 4  # 0, 6, 12, 18 h; not 24 h
    assert dose("morphine 10 mg iv at 0 h every 6 h until 25 h").count == 5
    assert dose("morphine 10 mg iv at 0 h every 6 h until 6 h").count == 1


def test_the_last_dose_of_a_history_falls_exactly_on_zero():
    for name in ("heroin_withdrawal", "methadone_withdrawal"):
        scenario = resolve(name)
        assert scenario.doses[0].last == scenario.zero == 180 * 24


def test_withdrawal_after_half_a_year_shares_one_history_of_heroin():
    histories = {
        resolve(name).doses[0]
        for name in list_ids("scenario")
        if resolve(name).doses[:1] and resolve(name).doses[0].drug == "heroin" and resolve(name).doses[0].count > 100
    }
    assert len(histories) == 1
    assert len([name for name in list_ids("scenario") if "heroin" in str(get("scenario", name).happens)]) >= 4


def test_the_early_start_of_buprenorphine_differs_only_in_its_delay():
    late, early = resolve("buprenorphine_start"), resolve("buprenorphine_start_early")
    assert [row.amount for row in late.doses] == [row.amount for row in early.doses]
    delays = {round(a.time - b.time, 9) for a, b in zip(late.doses[1:], early.doses[1:], strict=True)}
    assert delays == {22.0}


def test_stress_analgesia_with_and_without_naltrexone_is_otherwise_the_same():
    with_drug, without = resolve("stress_analgesia_on_naltrexone"), resolve("stress_analgesia")
    assert with_drug.exposures == without.exposures
    assert (with_drug.zero, with_drug.end, with_drug.clock) == (without.zero, without.end, without.clock)
    assert without.doses == ()


def test_an_exposure_without_a_level_has_its_usual_one():
    rows = resolved("stress from 0 h to 1 h", "stress 50 % for 60 min at 1 h").exposures
    assert [(row.time, row.end, row.level) for row in rows] == [(0, 1, exposures()["stress"].usual), (1, 2, 0.5)]


def test_a_network_stays_lost_until_it_is_rebuilt():
    rows = resolved("network loss 30 % at 2 d", "network rebuild to 90 % at 5 d", "network rebuild at 8 d").exposures
    told = [(row.exposure, row.time, row.end, row.level) for row in rows]
    assert told == [("network", 48, 120, 0.7), ("network", 120, 192, 0.9), ("network", 192, 960, 1.0)]


def test_a_task_becomes_exposures_at_each_of_its_times():
    rows = resolved("task cyberball_exclusion at 10 h every 24 h x 2").exposures
    assert [(row.exposure, row.level) for row in rows] == [("rejection", 1.0)] * 2
    minutes = [60 * (row.time % 24 - 10) for row in rows] + [60 * (row.end % 24 - 10) for row in rows]
    assert [round(minute, 6) for minute in minutes] == [1, 1, 5, 5]  # the first six throws are fair


def test_fair_play_is_neither_rejection_nor_acceptance():
    assert resolved("task cyberball_inclusion at 1 h").exposures == ()


def test_an_exposure_may_come_again_and_again():
    rows = resolved("touch 50 % for 30 min at 20 h every 24 h until 3 d").exposures
    assert [(row.time, row.end, row.level) for row in rows] == [(20, 20.5, 0.5), (44, 44.5, 0.5), (68, 68.5, 0.5)]


def test_what_lasts_in_a_history_goes_on_in_the_scenario():
    """A network that was lost before the start is still lost after it, until a line says otherwise."""
    person = get("person", "adult_reference").model_copy(update={"history": ("network loss 40 % at -10 d",)})
    for lines, end in (([], DAYS * 24.0), (["network rebuild at 3 d"], 72.0)):
        first = with_history(resolved(*lines), person).exposures[0]
        assert (first.time, first.end, first.level) == (0, 240 + end, 0.6)


def test_a_new_exposure_needs_a_row_and_no_code():
    from enkephalin.records.shapes import Exposure

    new = Exposure(
        word="network loss", about="Friends lost.", unit="share", low=0, high=1, usual=0.5, target="x__y", lasting=True
    )
    line = parse("network loss 30 % at 730 d", {"network loss": new, "stress": exposures()["stress"]})
    assert (line.exposure, line.level, line.end) == ("network loss", 0.3, None)


def test_then_allows_what_is_else_a_slip():
    again = "morphine 5 mg iv at 12 h"
    assert written(["morphine 10 mg iv at 0 h every 6 h x 4", again])[1]
    assert written(["morphine 10 mg iv at 0 h every 6 h x 4", f"then {again}"])[1] == []
    assert written(["morphine 10 mg iv at 0 h every 6 h x 4", "morphine 5 mg sc at 12 h"])[1] == []  # another route


def test_intervals_that_touch_do_not_overlap():
    assert written(["stress from 0 h to 2 h", "stress 0.5 from 2 h to 3 h", "pain from 1 h to 3 h"])[1] == []
    assert written(["morphine 10 mg iv over 2 h at 0 h", "morphine 5 mg iv over 2 h at 2 h"])[1] == []


def test_times_are_exact_however_they_are_written():
    assert dose("morphine 10 mg iv at 20 min").time == 20 / 60
    assert dose("morphine 10 mg iv at 0.1 d").time == dose("morphine 10 mg iv at 2.4 h").time
    assert dose("morphine 10 mg iv at 1 week").time == 168


@given(lines=scenarios())
@settings(max_examples=60, deadline=None)
def test_resolving_twice_changes_nothing(lines):
    scenario, found = written(lines)
    assume(not found)  # lines by chance may clash; clashes have tests of their own
    once = resolve(scenario)
    text = to_yaml(once)
    read_back, again = examine_document(document(text, "again.yaml"), KINDS["scenario"])
    assert again == []
    assert read_back == once
    assert resolve(read_back) == once
    assert to_yaml(resolve(read_back)) == text


@given(lines=scenarios())
@settings(max_examples=60, deadline=None)
def test_nothing_happens_outside_the_scenario(lines):
    scenario, found = written(lines)
    assume(not found)
    for row in resolve(scenario).doses:
        assert (instants(row) >= (row.since or 0)).all()
        assert (instants(row) < DAYS * 24).all()
    for row in resolve(scenario).exposures:
        assert 0 <= row.time < row.end <= DAYS * 24


@given(lines=scenarios(), order=st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_whether_lines_clash_does_not_depend_on_their_order(lines, order):
    mixed = list(lines)
    order.shuffle(mixed)
    assert bool(written(lines)[1]) == bool(written(mixed)[1])


@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar(line):
    try:
        parse(line, exposures(), list_ids("drug"))
    except RecordError as error:
        assert error.problem


DRUG_WORDS = ("then", "morphine", "10", "-1", "0", "2.5", "1e9", "nan", "mg", "mg/kg", "iv", "oral", "over", "at")
TIME_WORDS = ("h", "d", "x", "7", "every", "until", "stress", "pain", "%", "from", "to", "for")
WORDS = st.sampled_from(DRUG_WORDS + TIME_WORDS)


@given(st.lists(WORDS, max_size=14).map(" ".join))
@settings(max_examples=300)
def test_what_the_grammar_accepts_is_a_whole_line(line):
    try:
        words = parse(line, exposures(), list_ids("drug"))
    except EnkephalinError as error:
        assert all((error.problem, error.found is not None, error.expected, error.try_)), str(error)
        return
    if isinstance(words, DoseLine):
        assert words.amount > 0
        assert words.count >= 1
        assert (words.interval is None) == (words.count == 1)


def test_a_path_to_an_own_drug_works_in_a_line(tmp_path):
    (tmp_path / "my_drug.yaml").write_text(to_yaml(get("drug", "morphine")).replace("id: morphine", "id: my_drug"))
    path = tmp_path / "scenarios.yaml"
    path.write_text(
        "id: own\nabout: An own drug.\nlasts: 1 d\nhappens:\n  - my_drug.yaml 10 mg iv at 0 h\n"
        "watch: [cows]\nevery: 1 h\n"
    )
    once = resolve(str(path))
    assert once.doses[0].drug.endswith("my_drug.yaml")
    assert resolve(once) == once


def test_a_history_happens_before_the_scenario_and_keeps_the_clock(tmp_path):
    path = tmp_path / "person.yaml"
    path.write_text(
        to_yaml(get("person", "adult_reference"))
        + "history:\n  - morphine 10 mg iv at -36 h every 6 h until 0 d\n  - stress from -12 h to -10 h\n"
    )
    person = get("person", str(path))
    assert [row.time for row in history_of(person)] == [-36, -12]
    before, after = resolve("naltrexone_50mg_once"), with_history(resolve("naltrexone_50mg_once"), person)
    assert after.clock == before.clock
    assert after.zero == before.zero + 48  # whole days, so that the clock stays
    assert after.doses[0].time == 12
    assert after.doses[0].last == 42
    assert after.doses[-1].time == before.doses[0].time + 48
    assert with_history(before, get("person", "adult_reference")) is before
    assert examine_scenario(after)[1] == []


def test_a_scenario_made_in_a_program_is_resolved_like_one_in_a_file():
    made = Scenario(
        id="made",
        about="Made in a program.",
        lasts="2 d",
        happens=("morphine 10 mg iv at 1 h",),
        watch=("cows",),
        every="1 h",
    )
    assert resolve(made).doses[0].time == 1
    wrong = made.model_copy(update={"happens": ("morfine 10 mg iv at 1 h",)})
    with pytest.raises(RecordError, match="unknown drug 'morfine'"):
        resolve(wrong)


def test_ten_thousand_lines_are_read_in_seconds_and_the_one_clash_is_found():
    lines = [f"morphine 1 mg oral at {number} min" for number in range(10_000)]
    written = get("scenario", "naltrexone_50mg_once").model_copy(
        update={"lasts": "30 d", "happens": (*lines, lines[7])}
    )
    began = time.perf_counter()
    resolved, found = examine_scenario(written)
    assert time.perf_counter() - began < 30  # a few seconds; comparing every line with every other took minutes
    assert resolved is not None and len(resolved.doses) == 10_001
    assert [(where, fault.problem) for where, fault in found] == [
        (("happens", 10_000), "morphine is given twice at the same instant")
    ]


def test_regimens_and_infusions_that_touch_are_found_in_any_order():
    def problems(*lines):
        written = get("scenario", "naltrexone_50mg_once").model_copy(update={"lasts": "30 d", "happens": lines})
        return [(where[-1], fault.problem) for where, fault in examine_scenario(written)[1]]

    long = "morphine 10 mg iv over 10 h at 0 h"
    assert problems(long, "morphine 1 mg iv over 1 h at 2 h", "morphine 1 mg iv over 1 h at 10 h") == [
        (1, "two infusions of morphine overlap")
    ]
    assert problems("morphine 1 mg iv over 1 h at 2 h", "morphine 1 mg iv at 5 h", long) == [
        (2, "two infusions of morphine overlap")
    ]
    every_six = "morphine 1 mg iv at 1 h every 6 h x 20"
    assert problems(every_six, "morphine 1 mg iv at 8 h every 12 h x 3") == []
    assert problems(every_six, "morphine 1 mg iv at 7 h every 12 h x 3") == [
        (1, "morphine is given twice at the same instant")
    ]
    assert problems(every_six, "then morphine 1 mg iv at 7 h every 12 h x 3") == []
