"""Nothing impossible happens on any dosing plan that the language accepts."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.records import get, resolve
from enkephalin.records.catalog import KINDS, list_ids
from enkephalin.records.checks import examine_document
from enkephalin.records.parameters import drug_quantities
from enkephalin.records.reader import document
from enkephalin.simulate import simulate

DAYS = 12
ROUNDING = 1e-6  # shares of receptors; what the issue of conservation allows
REGIONS = ("NAc", "LC", "THAL")
SHARES = ("vacant", "occupied", "availability", "blockade")

# Drugs that people take together, with every route that a plan may use; each set is one body.
SETS = (
    (("morphine", "oral"), ("morphine", "intravenous")),
    (("heroin", "intravenous"), ("naloxone", "intramuscular")),
    (("heroin", "intranasal"), ("naltrexone", "oral"), ("naloxone", "intravenous")),
    (("fentanyl", "intravenous"), ("fentanyl", "transdermal"), ("naloxone", "auto_injector")),
    (("methadone", "oral"), ("buprenorphine", "sublingual")),
    (("buprenorphine", "weekly_sc"), ("fentanyl", "intranasal")),
    (("buprenorphine", "implant_sc"), ("oxycodone", "oral_er"), ("lofexidine", "oral")),
    (("naltrexone", "xr_im"), ("hydromorphone", "oral")),
    (("carfentanil", "intravenous"), ("nalmefene", "intranasal")),
    (("sufentanil", "intravenous"), ("nalbuphine", "subcutaneous"), ("clonidine", "oral")),
    (("remifentanil", "intravenous"), ("alfentanil", "intravenous"), ("yohimbine", "oral")),
    (("r_methadone", "oral"), ("s_methadone", "oral"), ("guanfacine", "oral")),
    (("aticaprant", "oral"), ("pexacerfont", "oral"), ("escitalopram", "oral")),
    (("beta_endorphin", "intravenous"), ("met_enkephalin", "intravenous"), ("dynorphin_a", "intravenous")),
)
ALONE = ("weekly_sc", "monthly_sc", "implant_sc", "xr_im")  # depots, given once in a plan


def line_of(chance, drug, route, since):
    """One dose line by chance: anything from a thousandth to all of the largest dose."""
    largest = get("drug", drug).largest_dose[route]
    amount = largest.value * 10 ** chance.uniform(-3, 0)
    per_kg = chance.uniform() < 0.2
    line = f"{drug} {amount / (70 if per_kg else 1):.5g} {largest.unit}{'/kg' if per_kg else ''} {route}"
    if route in ("intravenous", "transdermal") and chance.uniform() < 0.4:
        line += f" over {chance.uniform(0.05, 6):.3f} h"
    line += f" at {chance.uniform(0, DAYS - 7):.4f} d"
    if route in ALONE or chance.uniform() < 0.25:
        return line
    count = int(chance.integers(2, 16))
    line += f" every {chance.uniform(6, 12):.3f} h x {count}"
    if chance.uniform() < 0.3:
        line += f" except {chance.integers(1, count + 1)}"
    if since and chance.uniform() < 0.3:
        line += f" since -{chance.uniform(1, 20):.2f} d"
    return line


def plan(lines):
    text = f"id: by_chance\nabout: By chance.\nlasts: {DAYS} d\nhappens:"
    text += "\n" + "".join(f"  - {line}\n" for line in lines) if lines else " []\n"
    text += "watch: [cows]\nevery: 1 h\n"
    record, found = examine_document(document(text, "by_chance.yaml"), KINDS["scenario"])
    assert found == [], f"{lines}: {found[0]}"
    return resolve(record)


def lived(seed, which):
    """A plan by chance, and what is seen of it at 60 times."""
    chance = np.random.default_rng((seed, which))
    lines = [line_of(chance, drug, route, since=True) for drug, route in SETS[which]]
    wires = [f"{share}_mu_{region}" for share in SHARES for region in REGIONS]
    wires += [f"endorphin_{region}" for region in REGIONS] + ["coupling", "signal", "cows", "opioid_tolerance"]
    who = ("adult_reference", "adult_woman", "depressed_adult")[int(chance.integers(3))]
    times = np.sort(chance.uniform(0, DAYS * 24, 60))
    return lines, simulate(who, plan(lines), at=list(times), watch=["occupancy", *wires])


def check(lines, seen):
    """What no plan may break."""
    for name, values in seen.data_vars.items():
        assert np.isfinite(values.where(values.notnull(), 0)).all(), f"{name} {lines}"
    occupancy = seen["occupancy"].values
    assert np.nanmin(occupancy) >= -ROUNDING, lines
    assert np.nanmax(occupancy) <= 1 + ROUNDING, lines
    for region in REGIONS:
        free, held = seen[f"vacant_mu_{region}"], seen[f"occupied_mu_{region}"]
        whole = free * (1 + seen[f"endorphin_{region}"]) + held
        np.testing.assert_allclose(whole, 1, rtol=0, atol=ROUNDING, err_msg=str(lines))
        mine = seen["occupancy"].sel(receptor="mu", region=region).drop_sel(ligand="all_drugs").sum("ligand")
        np.testing.assert_allclose(mine, held, rtol=0, atol=ROUNDING, err_msg=str(lines))
        assert float(seen[f"availability_mu_{region}"].min()) >= -ROUNDING, lines
    assert 0 <= float(seen["signal"].min()) <= float(seen["signal"].max()) <= 1, lines
    assert 0 <= float(seen["cows"].min()) <= float(seen["cows"].max()) <= 48, lines


@pytest.mark.parametrize("which", range(len(SETS)))
def test_some_plans_by_chance_keep_what_nature_keeps(which):
    for seed in range(20):
        check(*lived(seed, which))


@pytest.mark.slow
@pytest.mark.parametrize("which", range(len(SETS)))
def test_ten_thousand_plans_by_chance_keep_what_nature_keeps(which):
    for seed in range(1000, 1000 + 715):  # times 14 sets
        check(*lived(seed, which))


def test_every_drug_with_a_route_is_in_a_plan():
    planned = {drug for drugs in SETS for drug, _ in drugs}
    assert planned == {name for name in list_ids("drug") if get("drug", name).routes}


@pytest.mark.parametrize("drug", ["morphine", "buprenorphine", "naltrexone", "clonidine", "escitalopram"])
def test_a_vanishing_dose_changes_nothing(drug):
    route = next(iter(get("drug", drug).routes))
    watch = ["signal", "cows", "firing", "cortisol", "serotonin", "blockade"]
    hours = [1.0, 6.0, 24.0, 72.0]
    none = simulate("adult_reference", plan([]), at=hours, watch=watch, tolerance=1e-6)
    little = plan([f"{drug} 1e-9 mg {route} at 0 h every 12 h x 6"])
    some = simulate("adult_reference", little, at=hours, watch=watch, tolerance=1e-6)
    for name in watch:
        np.testing.assert_allclose(some[name], none[name], rtol=1e-5, atol=1e-6, err_msg=name)  # two bodies' steps


OPIOIDS = [
    name
    for name in list_ids("drug")
    if get("drug", name).routes and "mu" in [binding.receptor for binding in get("drug", name).binds]
]


@pytest.mark.parametrize("drug", OPIOIDS)
def test_more_of_a_drug_never_holds_fewer_receptors(drug):
    record = get("drug", drug)
    route = next(iter(record.routes))
    largest = record.largest_dose[route]
    weights = 70 * np.geomspace(1e-4, 1, 9)
    own = {f"{drug}.{effect.of}" for effect in record.body_effects}
    usual = {name: quantity.inner(molar_mass=record.mass) for name, quantity in drug_quantities(record).items()}
    fixed = {name: np.full(9, usual[name]) for name in own}  # weight changes the dose and nothing else
    dose = plan([f"{drug} {0.99 * largest.value / 70:.6g} {largest.unit}/kg {route} at 0 h"])
    watch = ["blockade", "signal", "availability"]
    seen = simulate({"weight": weights, **fixed}, dose, at=[0.25, 1.0, 3.0, 8.0], watch=watch)
    blockade = seen["blockade"].sel(receptor="mu", region=list(REGIONS)).values
    assert (np.diff(blockade, axis=0) >= -1e-4).all()
    assert blockade.max() > 1e-3  # the peptides hardly enter the brain
    efficacy = next(binding.efficacy.value for binding in record.binds if binding.receptor == "mu")
    if efficacy >= 0.7:
        assert (np.diff(seen["signal"].sel(region="PAG").values[:, 0]) >= -1e-4).all()
