"""Tolerance and rebound: the cell brings cAMP back to normal under any lasting signal, and overshoots when it ends."""

from __future__ import annotations

import numpy as np
import pytest
from equations import modules

REST = {"agonism_rest": 0.07, "density": 1.0, "sites": 1.0}


def regions():
    return pytest.mark.parametrize("module", modules()["signalling"], ids=lambda module: module.instance)


@regions()
def test_cyclase_rises_while_camp_is_low_and_falls_while_it_is_high(module):
    most = module.values["cyclase_most"]
    agonism, cyclase = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 41), np.linspace(0.1, 0.98 * most, 60)))
    given = REST | {"agonism": agonism, "cyclase": cyclase, "coupling": 0.9}
    rebound = module.evaluate("rebound", given)
    rate = module.rate("cyclase", given)
    told = np.abs(rebound) > 1e-9
    assert (np.sign(rate[told]) == -np.sign(rebound[told])).all()


@regions()
def test_rest_is_rest_whatever_the_tone(module):
    tone = np.linspace(0.001, 0.3, 50)
    given = {"agonism": tone, "agonism_rest": tone, "density": 1.0, "sites": 1.0, "coupling": 1.0, "cyclase": 1.0}
    for name in ("rebound", "suppression"):
        assert np.abs(module.evaluate(name, given)).max() == 0
    for state in ("cyclase", "coupling", "density", "sites"):
        assert np.abs(np.broadcast_to(module.rate(state, given), tone.shape)).max() < 1e-15


@regions()
def test_losing_coupling_shifts_the_curve_before_it_lowers_the_ceiling(module):
    """Receptor reserve: with half the coupling, the largest signal falls by less than that of a small dose does."""
    few, all_ = 0.1, 1.0
    signal = {
        (a, n): module.evaluate("signal", REST | {"agonism": a, "coupling": n}) for a in (few, all_) for n in (1, 0.5)
    }
    kept_small = signal[few, 0.5] / signal[few, 1]
    kept_large = signal[all_, 0.5] / signal[all_, 1]
    assert kept_large > kept_small
    assert kept_large > 0.6


@regions()
def test_the_more_cyclase_was_made_the_larger_the_rebound_when_the_agonist_goes(module):
    gone = REST | {"agonism": 0.0, "coupling": 0.9}
    rebound = [float(module.evaluate("rebound", gone | {"cyclase": cyclase})) for cyclase in (1.0, 2.0, 4.0)]
    assert rebound[0] < rebound[1] < rebound[2]
    assert rebound[2] > 1


@regions()
def test_density_unchanged_in_human_brains_after_death_is_unchanged_here(module):
    given = REST | {"agonism": 1.0, "coupling": 0.7, "density": 1.0}
    assert float(module.rate("density", given)) == 0


def dose_for(module, effect, efficacy, coupling):
    """The load (concentration over its constant) at which an agonist of some efficacy has an effect; NaN if never."""
    load = np.logspace(-3, 3, 6001)
    agonism = efficacy * load / (1 + load)
    given = {"agonism_rest": 0.0, "density": 1.0, "sites": 1.0, "agonism": agonism, "coupling": coupling}
    reached = np.flatnonzero(module.evaluate("signal", given) >= effect)
    return load[reached[0]] if len(reached) else np.nan


@regions()
def test_tolerance_is_larger_for_weaker_agonists_and_at_most_sixfold_for_strong_ones(module):
    """At equal effect: Yoburn's group in mice, Christie 1987 in the locus coeruleus of rats."""
    tolerant = 0.48  # of the periaqueductal grey after half a year of heroin
    shift = {e: dose_for(module, 0.2, e, tolerant) / dose_for(module, 0.2, e, 1.0) for e in (1.0, 0.75, 0.5)}
    assert 1.5 < shift[1.0] < shift[0.75] < shift[0.5]
    assert shift[1.0] < 6


@regions()
def test_a_partial_agonist_loses_its_ceiling_where_a_full_one_only_shifts(module):
    """Buprenorphine in somebody who is tolerant: the same receptors, less of an effect at the most."""
    kept = {}
    for efficacy in (1.0, 0.22):
        most = {"agonism": efficacy, "agonism_rest": 0.0, "density": 1.0, "sites": 1.0}
        kept[efficacy] = float(module.evaluate("signal", most | {"coupling": 0.48})) / float(
            module.evaluate("signal", most | {"coupling": 1.0})
        )
    assert kept[1.0] > 0.7
    assert kept[0.22] < 0.65


@regions()
def test_receptors_that_are_active_uncouple_and_never_all_of_them(module):
    active = {"agonism_rest": 0.05, "density": 1.0, "sites": 1.0}
    coupling = np.linspace(0, 1, 101)
    settled = []
    for agonism in (0.1, 0.3, 0.6, 1.0):
        rate = np.broadcast_to(module.rate("coupling", active | {"agonism": agonism, "coupling": coupling}), 101)
        settled.append(float(coupling[np.argmin(np.abs(rate))]))
    assert settled == sorted(settled, reverse=True)
    assert settled[-1] > 0.1
