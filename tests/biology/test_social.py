"""The social half: losses that count only when something is missed, hazards in order, traits that leave rest alone."""

from __future__ import annotations

import numpy as np
from body import human
from equations import modules, shape
from hypothesis import given
from hypothesis import strategies as st

shares = st.floats(0, 1)
ROUNDING = 1e-12


@given(x=st.floats(-5, -1e-3), width=st.floats(0.01, 1))
def test_nothing_is_beyond_below_zero_and_exactly_so(x, width):
    assert shape("beyond")(x, width, 1e-150) == 0.0


@given(x=st.floats(0, 5), more=st.floats(0, 5), width=st.floats(0.01, 1))
def test_more_is_further_beyond_and_never_more_than_itself(x, more, width):
    beyond = shape("beyond")
    assert 0 <= beyond(x, width, 1e-150) <= x + ROUNDING
    assert beyond(x, width, 1e-150) <= beyond(x + more, width, 1e-12) + ROUNDING


@given(contact=shares, short=shares, strength=shares)
def test_a_bond_that_gives_what_is_expected_or_more_is_no_loss(contact, short, strength):
    bond = modules()["bond"][0]
    given_ = {"partner": contact, "ex_contact": 0.0, "expected": contact * short, "strength": strength}
    assert bond.evaluate("loss", given_) < ROUNDING


def test_a_visit_of_the_ex_ends_the_loss_for_as_long_as_it_lasts_and_feeds_belief():
    bond = modules()["bond"][0]
    alone = {"partner": 0.0, "new_partner": 0.0, "expected": 0.7, "strength": 0.6, "believed": 0.1}
    without, with_ = (alone | {"ex_contact": share} for share in (0.0, 0.7))
    assert bond.evaluate("loss", with_) < 0.01 * bond.evaluate("loss", without)
    assert bond.rate("believed", without) < 0 < bond.rate("believed", with_)


def test_nobody_relapses_before_a_lapse():
    """The share that has relapsed stops growing where it meets the share that has lapsed."""
    relapse = modules()["relapse"][0]
    lapsed = np.linspace(0, 1, 21)
    given_ = {"lapsed": lapsed, "returned": 1 - lapsed, "craving": 3.0, "occupied": 0.0}
    assert np.abs(relapse.rate("returned", given_)).max() == 0


def test_stress_adds_nothing_to_reconciliation_unless_somebody_says_so():
    """Its prior is 0 +- .3: nobody has measured it."""
    reconciliation = modules()["reconciliation"][0]
    given_ = {"time": 1000.0, "start": 0.0, "yearning": 1.0, "loss": 0.5, "anxious": 0.0}
    calm, stressed = (reconciliation.evaluate("hazard", given_ | {"stress": stress}) for stress in (0.0, 1.0))
    assert calm == stressed > 0


def test_who_feels_rejection_more_releases_less_and_the_other_way_round_with_the_other_sign():
    """Scans saw more release in people with more resilience (Hsu 2013); an account may say otherwise."""
    nac = next(module for module in modules()["release"] if module.instance == "release_NAc")
    still = dict.fromkeys(("stress", "pain", "acceptance", "touch", "laughter", "warmth", "trait"), 0.0)
    full = {"store_endorphin": 1.0, "store_enkephalin": 1.0, "dynorphin_tone": 1.0, "weight_opioid": 1.0}
    for follow, sign in ((nac.values["follow"], -1), (1.0, 1)):
        given_ = still | full | {"rejection": 1.0, "follow": follow}
        less, more = (nac.evaluate("endorphin_ratio", given_ | {"sensitive": s}) for s in (0.7, 1.3))
        assert np.sign(more - less) == sign


def test_traits_are_felt_from_the_first_moment_and_do_not_move():
    """A low person starts low and stays so; nothing drifts."""
    body = human("1")
    names = ["depression_trait", "anxiety_trait", "closeness_trait"]
    theta = {f"temperament_body__{name}": np.array([-1.0, 0.0, 2.0]) for name in names}
    start = body.start(theta, 3)
    seen = body.values(start)
    for wire in ("dysphoria", "anxiety", "connectedness"):
        np.testing.assert_allclose(seen[wire], [-1, 0, 2], atol=ROUNDING)
    rates = dict(zip(body.states, body.rates(start).T, strict=True))
    still = [name for name in body.states if "__cumulative" not in name and not name.startswith("hpa_")]
    assert max(np.abs(rates[name]).max() for name in still) < ROUNDING


def test_few_friends_are_a_lasting_loneliness_and_no_loss():
    body = human("1")
    start = body.start({"network_body__size": np.array([0.6, 1.0, 1.4])}, 3)
    seen = body.values(start)
    assert (np.diff(seen["loneliness"]) < -0.5).all()
    np.testing.assert_allclose(seen["felt_loneliness"], 0, atol=ROUNDING)
    np.testing.assert_allclose(seen["lacking"], 0, atol=ROUNDING)


@given(signal=st.floats(0, 1), rest=st.floats(0.01, 0.3), need=shares)
def test_without_mu_receptors_a_vole_does_not_bond(signal, rest, need):
    """Where they are needed: no growth without signal, the usual at rest, never more than twice it."""
    bond = modules()["bond"][0]
    helped = bond.evaluate("helped", {"signal": signal, "signal_rest": rest, "mu_need": need})
    assert 0 <= helped <= 2
    assert bond.evaluate("helped", {"signal": rest, "signal_rest": rest, "mu_need": need}) == 1
    assert abs(bond.evaluate("helped", {"signal": 0.0, "signal_rest": rest, "mu_need": need}) - (1 - need)) < ROUNDING
    assert bond.evaluate("helped", {"signal": signal, "signal_rest": rest, "mu_need": 0.0}) == 1


def test_news_of_the_other_counts_within_a_day_and_its_absence_over_weeks():
    bond = modules()["bond"][0]
    base = {"partner": 0.0, "strength": 0.6, "believed": 0.3}
    up, down = (bond.rate("believed", base | {"ex_contact": share}) for share in (1.0, 0.0))
    assert up > 20 * abs(down) > 0


def test_one_rejection_lowers_self_esteem_at_once_and_for_an_hour():
    network = modules()["network"][0]
    value = {"moment": 0.0}
    calm = {"rejection": 0.0, "acceptance": 0.0}
    minute, seen = 1 / 60, []
    for step in range(125):
        happens = calm | ({"rejection": 1.0} if step < 5 else {})
        for _ in range(10):  # ten small steps a minute
            value["moment"] += minute / 10 * float(network.rate("moment", value | happens))
        seen.append(float(network.evaluate("self_esteem", value | {"esteem": 0.0})))
    assert seen[4] < -0.7 and -0.1 < seen[80] < 0
