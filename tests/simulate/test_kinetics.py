"""From a dosing plan to plasma: what the records say of a drug is what a person's blood shows."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.population import draw
from enkephalin.records import get, resolve
from enkephalin.records.catalog import KINDS
from enkephalin.records.checks import examine_document
from enkephalin.records.reader import document
from enkephalin.simulate import simulate

CLOSE = 2e-3  # relative: twice the engine's tolerance
ENOUGH = 1e-2  # relative: sums over printed times


def scenario(*lines, lasts="10 d", every="1 h"):
    head = f"id: a_plan\nabout: A plan of a test.\nlasts: {lasts}\nhappens:\n"
    text = head + "".join(f"  - {line}\n" for line in lines) + f"watch: [plasma]\nevery: {every}\n"
    record, found = examine_document(document(text, "a_plan.yaml"), KINDS["scenario"])
    assert found == []
    return resolve(record)


def plasma(who, drug, *lines, at=None, **more):
    """ng/mL, shape (time,) of the first person."""
    seen = simulate(who, scenario(*lines, **more), at=at, watch=["plasma"])
    return seen["plasma"].sel(ligand=drug).values[0]


def area(who, drug, *lines, days, every=0.5):
    """ng h/mL up to that many days."""
    hours = np.arange(0, days * 24 + every, every)
    values = plasma(who, drug, *lines, at=list(hours), lasts=f"{days} d")
    return float(np.trapezoid(values, hours))


def number(drug, name):
    found = get("drug", drug)
    for part in name.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    return found.inner(molar_mass=get("drug", drug).mass)


def test_a_regimen_since_long_before_starts_at_steady_state():
    hours = list(np.arange(0, 25.0))
    first = plasma("adult_reference", "methadone", "methadone 60 mg oral at 0 d every 24 h x 2 since -30 d", at=hours)
    later = plasma(
        "adult_reference", "methadone", "methadone 60 mg oral at 0 d every 24 h x 32",
        at=[30 * 24 + hour for hour in hours], lasts="40 d",
    )  # fmt: skip
    np.testing.assert_allclose(first, later, rtol=CLOSE)
    assert first[24] == pytest.approx(first[0], rel=CLOSE)


def test_steady_state_is_the_single_dose_added_to_itself():
    rate = number("methadone", "kinetics.clearance") / number("methadone", "kinetics.volume")
    absorb = number("methadone", "routes.oral.fast.rate")
    available = number("methadone", "routes.oral.availability") * 60e6 / number("methadone", "kinetics.volume")  # ng/L
    hours = np.array([1.0, 4.0, 12.0, 23.0])
    seen = plasma("adult_reference", "methadone", "methadone 60 mg oral at 0 d every 24 h x 2 since -60 d", at=hours)
    shape = [np.exp(-k * hours) / (1 - np.exp(-k * 24)) for k in (rate, absorb)]
    np.testing.assert_allclose(seen, available * absorb / (absorb - rate) * (shape[0] - shape[1]) / 1000, rtol=CLOSE)


def test_a_missed_dose_is_a_dose_less():
    hours = list(np.arange(0, 8 * 24, 6.0))
    whole = plasma("adult_reference", "naltrexone", "naltrexone 50 mg oral at 0 d every 24 h x 7", at=hours)
    missed = plasma(
        "adult_reference", "naltrexone", "naltrexone 50 mg oral at 0 d every 24 h x 7 except 3, 5", at=hours
    )
    alone = plasma(
        "adult_reference", "naltrexone", "naltrexone 50 mg oral at 2 d every 48 h x 2", at=hours
    )  # what is missed, by itself
    np.testing.assert_allclose(whole - missed, alone, rtol=0, atol=CLOSE * whole.max())


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("buprenorphine 24 mg weekly_sc at 0 d", 60),
        pytest.param("buprenorphine 128 mg monthly_sc at 0 d", 200, marks=pytest.mark.slow),
        pytest.param("buprenorphine 300 mg implant_sc at 0 d", 700, marks=pytest.mark.slow),
        ("naltrexone 380 mg xr_im at 0 d", 80),
        pytest.param("fentanyl 1.8 mg transdermal at 0 d", 25, marks=pytest.mark.slow),
        pytest.param("morphine 60 mg oral_er at 0 d", 6, marks=pytest.mark.slow),
        ("naloxone 2 mg auto_injector at 0 d", 2),
        pytest.param("oxycodone 40 mg oral_er at 0 d", 6, marks=pytest.mark.slow),
        pytest.param("nalmefene 2.7 mg intranasal at 0 d", 8, marks=pytest.mark.slow),
    ],
)
def test_all_that_a_route_lets_in_goes_through_the_blood(line, days):
    drug, amount, _, route, *_ = line.split()
    every = 0.05 if days < 10 else 2.0
    seen = area("adult_reference", drug, line, days=days, every=every)
    available = get("drug", drug).routes[route].availability.value
    clearance = number(drug, "kinetics.clearance") * (70 / 72.4) ** 0.413 if drug == "buprenorphine" else None
    expected = available * float(amount) * 1e3 / (clearance or number(drug, "kinetics.clearance"))  # mg, L/h: ng h/mL
    assert seen == pytest.approx(expected, rel=3 * ENOUGH)


def test_the_body_changes_what_the_record_says_it_changes():
    woman, man, patient = "adult_woman", "adult_reference", "heroin_dependent_adult"
    plan = "buprenorphine 16 mg sublingual at 0 d"
    early = {who: plasma(who, "buprenorphine", plan, at=[1.0])[0] for who in (man, patient)}
    assert early[patient] < 0.8 * early[man]  # a central volume 3.7 times as large
    person = get("person", woman)
    ratio = (person.weight.value / 70) ** 0.413 * (person.age.value / 35) ** -0.233
    areas = {who: area(who, "buprenorphine", plan, days=14) for who in (man, woman)}
    assert areas[man] / areas[woman] == pytest.approx(ratio, rel=ENOUGH)


def test_a_number_of_a_person_s_own_does_not_follow_the_body():
    own = {"weight": np.array([50.0, 100.0]), "buprenorphine.clearance": np.array([50.0, 50.0])}
    seen = simulate(own, scenario("buprenorphine 2 mg iv at 0 d", lasts="2 d"), at=[1.0, 24.0], watch=["plasma"])
    values = seen["plasma"].sel(ligand="buprenorphine").values
    np.testing.assert_array_equal(values[0], values[1])


def test_drawn_people_follow_their_bodies():
    people = draw("general_adult", 40, seed=3)
    plan = scenario("buprenorphine 2 mg iv over 1 h at 0 d every 1 h x 400", lasts="17 d")
    seen = simulate(people, plan, at=[16.5 * 24], watch=["plasma"])["plasma"].sel(ligand="buprenorphine").values[:, 0]
    own = people.drugs["buprenorphine.clearance"] * (people.weight / 72.4) ** 0.413 * (people.age / 35) ** -0.233
    rising = np.corrcoef(np.log(seen), -np.log(own))[0, 1]  # near steady state level goes with 1 / clearance
    assert rising > 0.97


def test_weekly_buprenorphine_enters_faster_in_women_and_slower_in_the_disorder():
    plan = "buprenorphine 24 mg weekly_sc at 0 d"
    man = get("person", "adult_reference")
    woman = man.model_copy(update={"sex": "female"})
    patient = man.model_copy(update={"conditions": ("opioid_use_disorder",)})
    day = {name: plasma(who, "buprenorphine", plan, at=[36.0])[0] for name, who in
           (("man", man), ("woman", woman), ("patient", patient))}  # fmt: skip
    assert day["woman"] > 1.1 * day["man"] > 1.1 * 1.1 * day["patient"]


def test_fentanyl_stays_for_days_after_weeks_and_for_hours_after_a_dose():
    once = plasma("adult_reference", "fentanyl", "fentanyl 0.1 mg iv at 0 d", at=[0.1, 72.0])
    line = "fentanyl 2.5 mg intranasal at 0 d every 6 h x 56"
    weeks = plasma("adult_reference", "fentanyl", line, at=[13.9 * 24, 17 * 24, 21.3 * 24], lasts="22 d")
    assert once[1] / once[0] < 0.003
    assert weeks[1] / weeks[0] > 0.005
    assert 0.003 < weeks[2] < 0.05  # ng/mL; a urine of some 75 times that clears about then (Huhn 2020)
