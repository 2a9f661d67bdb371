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
