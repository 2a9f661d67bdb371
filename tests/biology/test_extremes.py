"""Ligands at full strength for a month: effects wane, but never turn into their opposite."""

from __future__ import annotations

import numpy as np

from enkephalin.compiler.model import build
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

DAYS = np.array([0.0, 0.25, 1, 7, 14, 30, 60]) * 24
STRONG = 20.0  # times its own constant


def month(slot, outputs, **ligand):
    """Outputs over two months of one ligand at a steady concentration; and without it."""
    body = build("human", (slot,))
    module = "ligand_alpha2_a1" if slot == "a1" else f"ligand_{slot}"
    theta = {f"pk_{slot}__effect": np.array([0.0, STRONG])}
    theta |= {f"{module}__{name}": np.array([0.0, value]) for name, value in ligand.items()}
    return run(body, theta, EventTable.empty(), DAYS, outputs)


def test_a_kappa_agonist_never_raises_dopamine_or_mood():
    outputs = ["dopamine_NAc", "dysphoria", "dopamine_body__kappa_coupling"]
    without, held = month("1", outputs, association_kappa=1.0, efficacy_kappa=1.0)
    assert (held[1:, 0] < without[1:, 0]).all()
    assert (held[1:, 1] > without[1:, 1]).all()
    assert (held[:, 2] > 0).all()


def test_a_full_mu_agonist_is_bounded():
    outputs = ["dopamine_NAc", "firing", "crf", "cortisol_ratio", "signal_NAc", "coupling_LC", "sows", "cows_expected"]
    _, held = month("1", outputs, association_mu=1.0, efficacy_mu=1.0)
    assert (held > -0.1).all() and (held < 10).all()


def test_an_alpha2_agonist_never_raises_firing_and_an_antagonist_never_lowers_it():
    without, agonist = month("a1", ["firing"], association_alpha2=1.0, efficacy_alpha2=1.0)
    _, antagonist = month("a1", ["firing"], association_alpha2=1.0, efficacy_alpha2=0.0)
    assert (agonist <= without + 1e-6).all() and (antagonist >= without - 1e-6).all()


def test_a_full_antagonist_brings_a_naive_person_no_withdrawal():
    _, held = month("1", ["cows_expected", "dysphoria"], association_mu=50.0, efficacy_mu=0.0)
    assert (held[:, 0] < 1.5).all()
