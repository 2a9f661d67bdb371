"""The way of a drug: closed forms where they exist, and nothing is lost on the way."""

from __future__ import annotations

import numpy as np
import pytest
from equations import modules
from hypothesis import given
from hypothesis import strategies as st

from enkephalin.compiler.model import build
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

VOLUME, CLEARANCE, ABSORB, EFFECT, DOSE = 40.0, 20.0, 1.2, 0.3, 1000.0
TIMES = np.array([0.0, 0.25, 1.0, 2.0, 5.0, 12.0, 24.0])
TOLERANCE = 1e-6
CLOSE = 1e-4  # of the largest value: the engine's tolerance, with room for its absolute part
PARTS = ("depot_1", "depot_2", "central", "tissue_1", "tissue_2")
positive = st.floats(0.01, 100)


def lived(doses, outputs, **more):
    """Concentrations of one slot after doses (target, amount) at time 0."""
    theta = {f"pk_1__{name}": np.array([value]) for name, value in more.items()}
    theta |= {f"hpa_{twin}__k_crh": np.array([0.0]) for twin in ("body", "reference")}  # a still axis runs faster
    events = EventTable.of([(0.0, 0.0, 1, f"pk_1__{target}", True, amount) for target, amount in doses])
    return run(build("human", ("1",)), theta, events, TIMES, outputs, tolerance=TOLERANCE)[0]


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE * np.max(np.abs(expected)))


def test_a_bolus_into_one_compartment_falls_exponentially():
    found = lived([("central", DOSE)], ["plasma_1"], volume_central=VOLUME, clearance=CLEARANCE)
    close(found[:, 0], DOSE / VOLUME * np.exp(-CLEARANCE / VOLUME * TIMES))


def test_an_oral_dose_follows_bateman():
    found = lived([("depot_1", DOSE)], ["plasma_1"], volume_central=VOLUME, clearance=CLEARANCE, absorb_1=ABSORB)
    k = CLEARANCE / VOLUME
    close(found[:, 0], DOSE / VOLUME * ABSORB / (ABSORB - k) * (np.exp(-k * TIMES) - np.exp(-ABSORB * TIMES)))


def test_the_effect_site_lags_behind_plasma():
    found = lived([("central", DOSE)], ["free_1"], volume_central=VOLUME, clearance=CLEARANCE, effect_rate=EFFECT)
    k = CLEARANCE / VOLUME
    close(found[:, 0], DOSE / VOLUME * EFFECT / (EFFECT - k) * (np.exp(-k * TIMES) - np.exp(-EFFECT * TIMES)))


def test_two_compartments_follow_their_two_exponentials():
    exchange, tissue = 15.0, 120.0
    found = lived(
        [("central", DOSE)], ["plasma_1"],
        volume_central=VOLUME, clearance=CLEARANCE, exchange_1=exchange, volume_1=tissue,
    )  # fmt: skip
    out, there, back = CLEARANCE / VOLUME, exchange / VOLUME, exchange / tissue
    mean = (out + there + back) / 2
    root = np.sqrt(mean**2 - out * back)
    fast, slow = mean + root, mean - root
    shape = ((fast - back) * np.exp(-fast * TIMES) + (back - slow) * np.exp(-slow * TIMES)) / (fast - slow)
    close(found[:, 0], DOSE / VOLUME * shape)


def test_all_that_is_given_is_eliminated_or_still_there():
    fine = np.linspace(0, 48, 961)
    theta = {"volume_central": VOLUME, "clearance": CLEARANCE, "absorb_1": ABSORB, "absorb_2": 0.2, "exchange_1": 15.0,
             "volume_1": 120.0, "exchange_2": 3.0, "volume_2": 300.0}  # fmt: skip
    events = EventTable.of([(0.0, 0.0, 1, "pk_1__depot_1", True, DOSE), (6.0, 0.0, 1, "pk_1__depot_2", True, DOSE / 2)])
    outputs = [*(f"pk_1__{part}" for part in PARTS), "elimination_1"]
    body = build("human", ("1",))
    seen = run(body, {f"pk_1__{name}": np.array([value]) for name, value in theta.items()}, events, fine, outputs)[0]
    gone = np.concatenate([[0], np.cumsum((seen[1:, -1] + seen[:-1, -1]) / 2 * np.diff(fine))])
    given_ = DOSE + np.where(fine >= 6, DOSE / 2, 0)
    np.testing.assert_allclose(seen[:, :-1].sum(axis=1) + gone, given_, rtol=2e-3)  # trapezoids and a tolerance of 1e-3


FLOWS = (
    "input_1",
    "input_2",
    "entering_1",
    "entering_2",
    "arriving",
    "to_store",
    "infusion",
    "formation",
    "clearance",
    "exchange_1",
    "exchange_2",
    "absorb_1",
    "absorb_2",
)
SIZES = ("volume_central", "volume_1", "volume_2", "formed_share")


@given(st.fixed_dictionaries(dict.fromkeys((*PARTS, *FLOWS, *SIZES), positive)))
def test_amounts_are_conserved_at_every_instant(values):
    pk = modules()["pk"][0]
    rates = sum(pk.rate(part, values) for part in PARTS)
    into = sum(values[name] for name in ("input_1", "input_2", "entering_1", "entering_2", "arriving", "infusion"))
    into += values["formed_share"] * values["formation"] - values["to_store"]
    rounding = 1e-8  # nmol/h; single terms reach 1e6
    assert abs(rates - (into - pk.evaluate("elimination", values))) < rounding


@pytest.mark.parametrize("slots", [("1", "2", "3")])
def test_a_metabolite_appears_as_its_parent_goes(slots):
    body = build("human", slots)
    values = {"volume_central": VOLUME, "clearance": CLEARANCE}
    theta = {f"pk_{k}__{name}": np.array([value]) for k in slots for name, value in values.items()}
    theta |= {f"pk_{k}__formed_share": np.array([0.5]) for k in slots[1:]}
    events = EventTable.of([(0.0, 0.0, 1, "pk_1__central", True, DOSE)])
    seen = run(body, theta, events, TIMES, [f"plasma_{k}" for k in slots], tolerance=TOLERANCE)[0]
    k = CLEARANCE / VOLUME
    for order in range(3):
        fading = np.exp(-k * TIMES) * (0.5 * k * TIMES) ** order / [1, 1, 2][order]
        close(seen[:, order], DOSE / VOLUME * fading)


def lived_in(slots, events, outputs, **more):
    """Concentrations of a body with more than the usual parts, after events (time, target, adds, amount)."""
    theta = {name: np.array([value]) for name, value in more.items()}
    theta |= {f"hpa_{twin}__k_crh": np.array([0.0]) for twin in ("body", "reference")}  # a still axis runs faster
    table = EventTable.of([(time, 0.0, 1, target, add, amount) for time, target, add, amount in events])
    return run(build("human", slots), theta, table, TIMES, outputs, tolerance=TOLERANCE)[0]


def after(time):
    """Hours since a time, nothing before it."""
    return np.maximum(TIMES - time, 0)


K = CLEARANCE / VOLUME
ONE = {"pk_1__volume_central": VOLUME, "pk_1__clearance": CLEARANCE}


def bateman(rate, hours, amount=DOSE):
    return amount / VOLUME * rate / (rate - K) * (np.exp(-K * hours) - np.exp(-rate * hours))


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_transit_stages_follow_a_gamma_of_their_number(stages):
    passing = 3.0
    found = lived_in(
        ("1", "1t"), [(0.0, f"transit_1t__stage_{stages}", True, DOSE)], ["pk_1__depot_1"],
        transit_1t__passing=passing, pk_1__absorb_1=passing, **ONE,
    )  # fmt: skip
    factorial = [1, 1, 2, 6][stages]
    close(found[:, 0], DOSE * (passing * TIMES) ** stages / factorial * np.exp(-passing * TIMES))


def test_transit_stages_lose_nothing_on_the_way_to_blood():
    fine = np.linspace(0, 200, 4001)
    theta = {f"pk_1__{name}": np.array([value]) for name, value in
             {"volume_central": VOLUME, "clearance": CLEARANCE, "absorb_1": ABSORB}.items()}  # fmt: skip
    theta["transit_1t__passing"] = np.array([2.0])
    events = EventTable.of([(0.0, 0.0, 1, "transit_1t__stage_3", True, DOSE)])
    seen = run(build("human", ("1", "1t")), theta, events, fine, ["plasma_1"], tolerance=1e-5)[0, :, 0]
    assert np.trapezoid(seen, fine) * CLEARANCE == pytest.approx(DOSE, rel=1e-3)  # area times clearance is the dose


def test_four_depots_add_up():
    rates = (ABSORB, 0.2, 0.7, 2.5)
    events = [(0.0, "pk_1__depot_1", True, DOSE), (1.0, "pk_1__depot_2", True, DOSE / 2),
              (0.25, "depots_1x__depot_3", True, DOSE / 4), (2.0, "depots_1x__depot_4", True, DOSE / 8)]  # fmt: skip
    found = lived_in(
        ("1", "1x"), events, ["plasma_1"],
        pk_1__absorb_1=rates[0], pk_1__absorb_2=rates[1], depots_1x__absorb_3=rates[2], depots_1x__absorb_4=rates[3],
        **ONE,
    )  # fmt: skip
    parts = [bateman(rate, after(time), amount) for rate, (time, _, _, amount) in zip(rates, events, strict=True)]
    close(found[:, 0], sum(parts))


def test_an_infusion_rises_to_its_plateau_and_falls():
    rate, hours = 300.0, 5.0
    events = [(0.0, "pk_1__infusion", False, rate), (hours, "pk_1__infusion", False, 0.0)]
    found = lived_in(("1",), events, ["plasma_1"], **ONE)
    close(found[:, 0], rate / CLEARANCE * (np.exp(-K * after(hours)) - np.exp(-K * TIMES)))


def test_zero_order_input_into_a_depot_follows_its_integral():
    rate, hours = DOSE / 2.0, 2.0
    events = [(0.0, "pk_1__input_1", False, rate), (hours, "pk_1__input_1", False, 0.0)]
    found = lived_in(("1",), events, ["plasma_1"], pk_1__absorb_1=ABSORB, **ONE)

    def integral(hours_since):  # of Bateman's curve, whose last time is now
        return (1 - np.exp(-K * hours_since)) / K - (1 - np.exp(-ABSORB * hours_since)) / ABSORB

    shape = ABSORB / (ABSORB - K) / VOLUME * (integral(TIMES) - integral(after(hours)))
    close(found[:, 0], rate * shape)


def eigen(volume, clearance, tissues):
    """Plasma after a bolus of 1 into one blood and any number of tissues (exchange, volume)."""
    size = 1 + len(tissues)
    matrix = np.zeros((size, size))
    matrix[0, 0] = -(clearance + sum(flow for flow, _ in tissues)) / volume
    for row, (flow, room) in enumerate(tissues, start=1):
        matrix[0, row], matrix[row, 0], matrix[row, row] = flow / room, flow / volume, -flow / room
    rates, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, np.eye(size)[0])
    return (vectors[0] * weights) @ np.exp(np.outer(rates, TIMES)) / volume


def test_three_compartments_follow_their_three_exponentials():
    found = lived_in(
        ("1",), [(0.0, "pk_1__central", True, DOSE)], ["plasma_1"],
        pk_1__exchange_1=15.0, pk_1__volume_1=60.0, pk_1__exchange_2=3.0, pk_1__volume_2=300.0, **ONE,
    )  # fmt: skip
    close(found[:, 0], DOSE * eigen(VOLUME, CLEARANCE, [(15.0, 60.0), (3.0, 300.0)]))


def test_a_deep_store_is_a_fourth_compartment():
    found = lived_in(
        ("1", "1d"), [(0.0, "pk_1__central", True, DOSE)], ["plasma_1"],
        pk_1__exchange_1=15.0, pk_1__volume_1=60.0, pk_1__exchange_2=3.0, pk_1__volume_2=300.0,
        store_1d__exchange_3=2.0, store_1d__volume_3=500.0, **ONE,
    )  # fmt: skip
    close(found[:, 0], DOSE * eigen(VOLUME, CLEARANCE, [(15.0, 60.0), (3.0, 300.0), (2.0, 500.0)]))


def test_a_body_without_the_further_parts_has_not_their_states():
    plain, whole = build("human", ("1",)), build("human", ("1", "1x", "1t", "1u", "1d"))
    assert len(whole.states) - len(plain.states) == 2 + 3 + 3 + 1
    assert not [name for name in plain.states if name.startswith(("depots_", "transit_", "store_"))]


def test_fast_ligands_in_the_last_slots_bind_like_those_in_the_first():
    names = ("occupancy_mu_NAc", "occupancy_kappa_NAc")
    seen = {}
    for slot in ("1", "7"):
        values = {"volume_central": VOLUME, "clearance": CLEARANCE, "effect_rate": EFFECT}
        theta = {f"pk_{slot}__{name}": value for name, value in values.items()}
        theta |= {f"ligand_{slot}__association_mu": 0.2, f"ligand_{slot}__association_kappa": 0.05}
        events = [(0.0, f"pk_{slot}__central", True, DOSE)]
        seen[slot] = lived_in((slot,), events, [f"{name}_{slot}" for name in names], **theta)
    np.testing.assert_allclose(seen["7"], seen["1"], rtol=1e-3, atol=1e-6)  # two bodies, one tolerance
    assert seen["1"][2, 0] > 0.3
