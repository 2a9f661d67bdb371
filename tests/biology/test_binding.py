"""Receptors are conserved: vacant, held by peptide and held by drugs make one, for any loads and any slow binders."""

from __future__ import annotations

import numpy as np
import pytest
from equations import modules
from hypothesis import given
from hypothesis import strategies as st

loads = st.floats(0, 1e4)
ROUNDING = 1e-9


def binding(name):
    return modules()[name][0]


@given(peptide=st.floats(0, 3), load=loads, bound_7=st.floats(0, 0.5), bound_8=st.floats(0, 0.5))
def test_mu_receptors_are_vacant_or_held_and_nothing_else(peptide, load, bound_7, bound_8):
    given_ = {"peptide": peptide, "load": load, "bound_7": bound_7, "bound_8": bound_8}
    mu = binding("binding_mu")
    vacant, occupied = mu.evaluate("vacant", given_), mu.evaluate("occupied", given_)
    assert abs(vacant + vacant * peptide + occupied - 1) < ROUNDING
    assert 0 <= vacant <= 1 and -ROUNDING <= occupied <= 1 + ROUNDING


@given(peptide=st.floats(0, 3), load=loads)
def test_delta_and_kappa_receptors_are_vacant_or_held_and_nothing_else(peptide, load):
    given_ = {"peptide": peptide, "load": load}
    other = binding("binding")
    vacant, occupied = other.evaluate("vacant", given_), other.evaluate("occupied", given_)
    assert abs(vacant + vacant * peptide + occupied - 1) < ROUNDING


@given(vacant=st.floats(0.001, 1), each=st.lists(loads, min_size=8, max_size=8))
def test_the_ligands_share_what_is_occupied_by_their_loads(vacant, each):
    observer = modules()["occupancy"][0]
    given_ = {f"load_{k}": load for k, load in enumerate(each, start=1)} | {"vacant": vacant}
    held = [observer.evaluate(f"share_{k}", given_) for k in range(1, 9)]
    np.testing.assert_allclose(sum(held), vacant * sum(each), rtol=ROUNDING)


@given(
    load_7=loads,
    load_8=loads,
    load=loads,
    peptide=st.floats(0, 2),
    share_7=st.floats(0, 0.6),
    share_8=st.floats(0, 0.4),
)
def test_slow_binders_never_hold_more_receptors_than_there_are(load_7, load_8, load, peptide, share_7, share_8):
    """At full receptors (bound_7 + bound_8 = 1) nothing is vacant and the slow shares can only fall."""
    mu, slow = binding("binding_mu"), binding("binding_slow")
    whole = share_7 + share_8
    if whole == 0:
        return
    share_7, share_8 = share_7 / whole, share_8 / whole
    vacant = mu.evaluate("vacant", {"peptide": peptide, "load": load, "bound_7": share_7, "bound_8": share_8})
    assert abs(vacant) < ROUNDING
    for share, strength in ((share_7, load_7), (share_8, load_8)):
        assert (
            slow.rate("share", {"load": strength, "vacant": vacant, "share": share, "leaving": 0.3}) <= 1e4 * ROUNDING
        )


@given(load=st.floats(0.01, 1e3), leaving=st.floats(0.01, 5))
def test_a_slow_binder_ends_where_a_fast_one_is_at_once_and_its_pace_is_its_own(load, leaving):
    mu, slow = binding("binding_mu"), binding("binding_slow")
    share = load / (1 + load)
    vacant = mu.evaluate("vacant", {"peptide": 0.0, "load": 0.0, "bound_7": share, "bound_8": 0.0})
    assert abs(slow.rate("share", {"load": load, "vacant": vacant, "share": share, "leaving": leaving})) < 1e-9 * load
    nudged = slow.rate("share", {"load": 0.0, "vacant": vacant, "share": share, "leaving": leaving})
    np.testing.assert_allclose(nudged, -leaving * share, rtol=ROUNDING)


@pytest.mark.parametrize("name", ["binding", "binding_mu"])
def test_a_neutral_antagonist_takes_the_signal_away_and_a_full_agonist_gives_it_all(name):
    receptor = binding(name)
    base = {"peptide": 0.1, "peptide_rest": 0.1, "bound_7": 0.0, "bound_8": 0.0, "push_7": 0.0, "push_8": 0.0}
    gives = "agonism" if name == "binding_mu" else "activation"
    rest = receptor.evaluate(gives, base | {"load": 0.0, "drive": 0.0})
    blocked = receptor.evaluate(gives, base | {"load": 1e6, "drive": 0.0})
    driven = receptor.evaluate(gives, base | {"load": 1e6, "drive": 1e6})
    assert blocked < 1e-4 * rest
    most = 1.0 if name == "binding_mu" else 11.0  # over a rest of 0.1/1.1
    np.testing.assert_allclose(driven, most, rtol=1e-4)


@given(load=loads, peptide=st.floats(0, 1))
def test_blockade_is_what_a_scan_with_and_without_the_drug_would_say(load, peptide):
    mu = binding("binding_mu")
    base = {"peptide": peptide, "bound_7": 0.0, "bound_8": 0.0}
    with_, without = (mu.evaluate("vacant", base | {"load": amount}) for amount in (load, 0.0))
    np.testing.assert_allclose(mu.evaluate("blockade", base | {"load": load}), 1 - with_ / without, atol=ROUNDING)
