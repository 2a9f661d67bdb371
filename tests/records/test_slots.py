"""Slots and events: what a drug record says is what the engine is told."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from languages import scenarios, written

from enkephalin.errors import RecordError, SlotError
from enkephalin.records import get, list_ids, resolve
from enkephalin.records.scenario.events import columns, regimens
from enkephalin.records.scenario.slots import SlotValue, slot_parameters, slots_needed
from enkephalin.records.tables import all_rows

EXACT = 1e-9  # sums of shares and rounding of times


def happening(*lines):
    scenario, found = written(lines)
    assert found == []
    return resolve(scenario)


def rows_of(*lines, **more):
    scenario = happening(*lines)
    return regimens(scenario, slots_needed(scenario), **more)


def test_a_metabolite_sits_behind_its_parent():
    parts = slots_needed(happening("heroin 10 mg iv at 0 h")).drugs
    chain = [name for name in ("heroin", "six_mam", "morphine") if name in parts]
    assert [int(parts[name]) for name in chain] == [1, 2, 3]


def test_a_drug_and_the_same_drug_as_metabolite_share_a_slot():
    parts = slots_needed(happening("heroin 10 mg iv at 0 h", "morphine 10 mg iv at 1 h")).drugs
    assert parts == slots_needed(happening("heroin 10 mg iv at 0 h")).drugs


def test_slow_binders_and_other_families_have_slots_of_their_own():
    lines = ("buprenorphine 8 mg sl at 0 h", "clonidine 100 ug oral at 0 h", "yohimbine 10 mg oral at 0 h")
    assert slots_needed(happening(*lines)).drugs == {"buprenorphine": "7", "clonidine": "a1", "yohimbine": "a2"}


@given(lines=scenarios())
@settings(max_examples=40, deadline=None)
def test_the_same_drugs_always_fill_the_same_slots(lines):
    scenario, found = written(lines)
    assume(not found)
    turned, found = written(lines[::-1])
    assume(not found)
    try:
        slots = slots_needed(resolve(scenario))
    except SlotError:
        return
    assert slots.drugs == slots_needed(resolve(turned)).drugs
    assert len(set(slots.parts)) == len(slots.parts)


def test_a_third_alpha2_ligand_is_refused_with_a_way_out():
    usual = happening("clonidine 0.1 mg oral at 0 h", "lofexidine 0.1 mg oral at 0 h")
    before = happening("yohimbine 0.1 mg oral at 0 h")
    with pytest.raises(SlotError) as caught:
        slots_needed(usual.model_copy(update={"doses": before.doses + usual.doses}))  # as when a history has the third
    assert caught.value.expected == "at most 2 at once"
    assert caught.value.try_


def test_a_third_rate_of_absorption_takes_a_depot_that_other_bodies_lack():
    lines = [f"morphine 10 mg {route} at {hour} h" for hour, route in enumerate(("oral", "sc", "im"))]
    slots = slots_needed(happening(*lines))
    assert slots.parts == ("1", "2", "1x")
    assert "depots[1x].absorb_3" in slot_parameters(slots)
    assert slots_needed(happening(*lines[:2])).parts == ("1", "2")


def test_a_fifth_rate_of_absorption_is_refused():
    routes = ("weekly_sc", "monthly_sc", "sl")
    lines = [f"buprenorphine 16 mg {route} at {day} d" for day, route in zip((0, 20, 35), routes, strict=True)]
    (_, (fault, *others)) = written(lines)
    assert fault.problem == "buprenorphine is absorbed at more than 4 rates" and not others
    each = [happening(line).doses for line in lines]  # as when a history stands before a scenario
    with pytest.raises(SlotError, match="more than 4 rates"):
        slots_needed(happening(lines[0]).model_copy(update={"doses": sum(each, ())}))


def test_heroin_naltrexone_and_naloxone_fit_together():
    lines = ("heroin 10 mg iv at 0 h", "naltrexone 50 mg oral at 1 h", "naloxone 0.4 mg iv at 2 h")
    parts = slots_needed(happening(*lines)).drugs
    chain = ["heroin", "six_mam", "morphine", "m6g", "naltrexone", "six_beta_naltrexol", "naloxone"]
    assert [int(parts[name]) for name in chain] == [1, 2, 3, 4, 5, 6, 7]


def test_a_slow_binder_keeps_its_slot_beside_many_others():
    lines = ("heroin 10 mg iv at 0 h", "naltrexone 50 mg oral at 1 h", "buprenorphine 2 mg sl at 2 h")
    slots = slots_needed(happening(*lines))
    assert slots.drugs["buprenorphine"] == "7"
    assert "7s" in slots.parts
    values = slot_parameters(slots)
    assert values["ligand[7].at_equilibrium"].value == 0
    assert values["ligand[1].at_equilibrium"].value == 1


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (
            ("heroin 10 mg iv at 0 h", "naltrexone 50 mg oral at 1 h", "naloxone 0.4 mg iv at 2 h",
             "methadone 10 mg oral at 3 h", "fentanyl 0.1 mg iv at 4 h"),
            "opioids, metabolites counted",
        ),
        (("clonidine 0.1 mg oral at 0 h", "lofexidine 0.1 mg oral at 0 h", "guanfacine 1 mg oral at 0 h"), "alpha2"),
    ],
)  # fmt: skip
def test_more_ligands_than_slots_are_refused(lines, kind):
    _, found = written(lines)
    assert [kind in fault.problem for fault in found] == [True]
    assert found[0].try_ == "two scenarios, each with some of the drugs"


@pytest.mark.parametrize("name", list_ids("scenario"))
def test_every_slot_parameter_is_a_row_of_a_table_in_its_unit(name):
    known = {(row.module, row.name): row.inner_unit for row in all_rows()}
    for parameter, value in slot_parameters(slots_needed(resolve(name))).items():
        module, _, rest = parameter.partition("[")
        symbol = rest.partition("].")[2]
        assert known[module, symbol] == value.unit.replace("share", "1"), parameter
        assert np.isfinite(value.value)


def test_association_is_the_inverse_of_affinity_and_absent_receptors_are_not_bound():
    values = slot_parameters(slots_needed(happening("fentanyl 100 ug iv at 0 h")))
    drug = get("drug", "fentanyl")
    for receptor in ("mu", "delta", "kappa"):
        bound = [binding for binding in drug.binds if binding.receptor == receptor]
        expected = 1 / bound[0].affinity.inner(molar_mass=drug.mass) if bound else 0
        assert values[f"ligand[1].association_{receptor}"].value == pytest.approx(expected, rel=EXACT)


def test_a_slot_parameter_knows_its_flat_name_and_its_origin():
    values = slot_parameters(slots_needed(happening("fentanyl 100 ug iv at 0 h")))
    assert SlotValue.flat("pk[1].clearance") == "pk_1__clearance"
    assert SlotValue.flat("ligand_alpha2[a1].efficacy_alpha2") == "ligand_alpha2_a1__efficacy_alpha2"
    clearance = values["pk[1].clearance"]
    assert clearance.name == "fentanyl.clearance"
    assert clearance.quantity is get("drug", "fentanyl").kinetics.clearance
    assert clearance.place == "catalog/drugs/fentanyl.yaml"


def test_people_differ_where_they_are_said_to_differ():
    scenario = happening("naltrexone 50 mg oral at 0 h")
    slots = slots_needed(scenario)
    own = {"naltrexone.clearance": np.array([100.0, 200.0]), "naltrexone.oral.availability": np.array([0.05, 0.1])}
    assert slot_parameters(slots, own)["pk[1].clearance"].value.tolist() == [100, 200]
    row = next(row for row in regimens(scenario, slots, values=own) if row.target == "pk_1__depot_1")
    assert row.amount.tolist() == pytest.approx([scenario.doses[0].amount * share for share in (0.05, 0.1)], rel=EXACT)


def test_a_lag_that_differs_between_people_is_refused():
    scenario = happening("buprenorphine 8 mg sl at 0 h")
    with pytest.raises(RecordError, match="differs between people"):
        regimens(scenario, slots_needed(scenario), values={"buprenorphine.sublingual.lag": np.array([0.1, 0.2])})


def test_a_bolus_reaches_the_blood_whole_and_at_once():
    (row,) = rows_of("morphine 10 mg iv at 2 h every 6 h x 3")
    assert (row.target, row.add, row.time, row.interval, row.count) == ("pk_1__central", True, 2, 6, 3)
    assert row.amount[0] == pytest.approx(10e6 / get("drug", "morphine").mass, rel=EXACT)


def test_a_dose_per_kg_follows_the_weight():
    (row,) = rows_of("naloxone 0.1 mg/kg iv at 0 h", weight=np.array([50.0, 100.0]))
    assert row.amount[1] == 2 * row.amount[0]
    (reference,) = rows_of("naloxone 0.1 mg/kg iv at 0 h")
    assert reference.amount[0] == pytest.approx(row.amount[0] * 70 / 50, rel=EXACT)


def test_less_of_a_large_sublingual_dose_is_absorbed():
    share = {}
    for mg in (2, 16, 32):
        rows = rows_of(f"buprenorphine {mg} mg sl at 0 h")
        at_once = sum(row.amount[0] for row in rows if row.add)
        through_input = sum(row.amount[0] for row in rows if not row.add) * 0.419  # h, zero-order input of the record
        share[mg] = (at_once + through_input) / (mg * 1e6 / get("drug", "buprenorphine").mass)
    route = get("drug", "buprenorphine").routes["sublingual"]
    assert share[16] == pytest.approx(route.availability.value, rel=1e-3)
    assert share[2] > share[16] > share[32]


def test_the_first_pass_feeds_the_metabolite():
    rows = {row.target: row.amount[0] for row in rows_of("naltrexone 50 mg oral at 0 h")}
    route = get("drug", "naltrexone").routes["oral"]
    whole = 50e6 / get("drug", "naltrexone").mass
    assert rows["pk_1__depot_1"] == pytest.approx(whole * route.availability.value, rel=EXACT)
    assert rows["pk_2__depot_1"] == pytest.approx(whole * route.first_pass[0].share.value, rel=EXACT)


def replay(rows, target, times):
    """The value of an input at each time, by a plain reading of the rows (the later row wins)."""
    happened = [
        (row.time + number * row.interval, order, row.amount[0])
        for order, row in enumerate(rows)
        if row.target == target
        for number in range(row.count)
    ]
    happened.sort()
    return [next((amount for time, _, amount in reversed(happened) if time <= now), 0.0) for now in times]


def test_an_infusion_runs_on_a_half_open_interval():
    rows = rows_of("morphine 12 mg iv over 2 h at 1 h every 6 h x 2")
    rate = 12e6 / get("drug", "morphine").mass / 2
    seen = replay(rows, "pk_1__infusion", [0.5, 1, 2.9, 3, 6.9, 7, 8.9, 9, 20])
    assert seen == pytest.approx([0, rate, rate, 0, 0, rate, rate, 0, 0], rel=EXACT)


def test_infusions_that_touch_leave_no_gap():
    for lines in (
        ["morphine 12 mg iv over 0.1 h at 0.2 h every 0.1 h x 3"],
        ["morphine 12 mg iv over 0.1 h at 0.2 h", "morphine 12 mg iv over 0.2 h at 0.3 h"],
    ):
        rows = rows_of(*lines)
        assert all(value > 0 for value in replay(rows, "pk_1__infusion", [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.49]))
        assert replay(rows, "pk_1__infusion", [0.1, 0.51, 5]) == [0, 0, 0]


def test_exposures_that_touch_pass_on_the_level():
    rows = rows_of("stress from 0 h to 2 h", "stress 0.5 from 2 h to 3 h")
    assert replay(rows, "exposure_stress__level", [0, 1.9, 2, 2.9, 3, 9]) == [1, 1, 0.5, 0.5, 0, 0]


def test_absorption_windows_that_overlap_add_up():
    rows = rows_of("buprenorphine 8 mg sl at 0 h", "buprenorphine 8 mg sl at 10 min")
    once = rows_of("buprenorphine 8 mg sl at 0 h")
    rate = next(row.amount[0] for row in once if row.target == "pk_7__input_1" and row.amount[0] > 0)
    seen = replay(rows, "pk_7__input_1", [0.1, 0.2, 0.4, 0.58, 0.7, 0.8])
    assert seen == pytest.approx([0, rate, 2 * rate, 2 * rate, rate, 0], rel=EXACT)


@given(lines=scenarios())
@settings(max_examples=40, deadline=None)
def test_columns_are_what_the_kernels_take(lines):
    scenario, found = written(lines)
    assume(not found)
    try:
        rows = regimens(resolve(scenario), slots_needed(resolve(scenario)), weight=np.array([60.0, 80.0]))
    except (SlotError, RecordError):
        return
    table = columns(rows, people=2)
    assert table["amount"].shape[0] == len(table["target"]) == len(rows)
    assert table["amount"].shape[1] in (1, 2)
    assert (table["count"] >= 1).all()
    assert ((table["interval"] > 0) == (table["count"] > 1)).all()
    assert np.isfinite(table["amount"]).all()
