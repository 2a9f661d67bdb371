"""Published results of the field's standard data sets, to the digits in which they were printed.

Where the numbers stand: docs of the R package metafor (analysis examples, and the papers that they replicate).
"""

from __future__ import annotations

import numpy as np
import pytest
from reference_studies import (
    ADHERENCE,
    BCG,
    CATHETER_CONTROL,
    CATHETER_TREATED,
    EXPECTANCY,
    LIDOCAINE,
    PASSIVE_SMOKE,
    STROKE_WARD,
)
from scipy.stats import t

from enkephalin.evidence import meta_analysis


def printed(value: float, decimals: int = 4) -> object:
    """A printed number: right to half a unit of its last decimal."""
    return pytest.approx(value, abs=0.51 * 10.0**-decimals)


def test_a_vaccine_against_tuberculosis_halves_the_risk():
    found = meta_analysis(BCG, "RR")
    assert found.estimate == printed(-0.7145)
    assert found.se == printed(0.1798)
    assert found.tau2 == printed(0.3132)
    assert found.q == printed(152.2330) and found.q_df == 12
    assert found.shown["estimate"] == printed(0.4894)
    assert 100 * found.i2 == printed(92.22, 2)


def test_the_interval_of_the_variance_between_vaccine_trials_is_that_of_the_q_profile():
    found = meta_analysis(BCG, "RR", method="DL")
    assert found.shown["estimate"] == printed(0.4896)
    assert found.shown["ci"] == (printed(0.3449), printed(0.6950))
    assert (found.tau2, *found.tau2_ci) == (printed(0.3088), printed(0.1197), printed(1.1115))
    assert (100 * found.i2, *(100 * limit for limit in found.i2_ci)) == (
        printed(92.1173),
        printed(81.92, 2),  # printed 81.9177 from a root that was found to four digits
        printed(97.6781),
    )
    assert found.h2 == printed(12.6861)


def test_the_vaccine_works_better_far_from_the_equator():
    found = meta_analysis(BCG, "RR", moderators=["latitude"])
    intercept, slope = found.regression.coefficients
    assert (intercept.estimate, intercept.se) == (printed(0.2515), printed(0.2491))
    assert (slope.estimate, slope.se) == (printed(-0.0291), printed(0.0072))
    assert found.regression.tau2 == printed(0.0764, 3)  # printed 0.0764; the libraries stop at 0.07635 and 0.07638
    assert 100 * found.regression.r2 == printed(75.6, 1)
    assert found.regression.q_residual == printed(30.7331)


def test_the_sandwich_of_single_trials_is_that_of_clubsandwich():
    found = meta_analysis(BCG, "RR", cluster="study").robust
    assert found.se**2 == printed(0.03229357, 6)
    assert found.df == printed(11.04125, 3)
    assert found.estimate / found.se == printed(-3.97616, 4)
    assert tuple(np.exp(found.ci)) == (printed(0.3295991, 5), printed(0.7267400, 5))


def test_odds_of_tuberculosis_under_one_common_effect():
    found = meta_analysis(BCG, "OR", "common")
    assert found.shown["estimate"] == printed(0.6465)
    assert found.shown["ci"] == (printed(0.5951), printed(0.7024))


@pytest.mark.parametrize(("model", "method"), [("common", "REML"), ("random", "REML"), ("random", "DL")])
def test_lidocaine_raises_mortality_by_three_percent(model, method):
    found = meta_analysis(LIDOCAINE, "RD", model, method)
    assert 100 * found.estimate == printed(2.9444)
    assert tuple(100 * limit for limit in found.ci) == (printed(0.3831), printed(5.5058))
    assert found.tau2 == printed(0.0)


def test_a_stroke_ward_sends_people_home_two_weeks_earlier_but_the_method_matters():
    common = meta_analysis(STROKE_WARD, "MD", "common")
    assert (common.estimate, *common.ci) == (printed(-3.4939), printed(-5.0265), printed(-1.9613))
    moments = meta_analysis(STROKE_WARD, "MD", method="DL")
    assert (moments.estimate, *moments.ci) == (printed(-14.0972), printed(-24.4454), printed(-3.7490))
    assert moments.tau2 == printed(218.7216)
    likelihood = meta_analysis(STROKE_WARD, "MD")
    assert (likelihood.estimate, *likelihood.ci) == (printed(-15.1217), printed(-32.6716, 3), printed(2.4282, 3))
    assert likelihood.tau2 == pytest.approx(685.1965, rel=1e-5)  # printed 685.1965; iterated to another last digit


def test_standardised_means_of_the_first_four_wards():
    raw = {"n1i": [155, 31, 75, 18], "m1i": [55, 27, 64, 66], "sd1i": [47, 7, 17, 20],
           "n2i": [156, 32, 71, 18], "m2i": [75, 29, 119, 137], "sd2i": [64, 4, 29, 48]}  # fmt: skip
    found = meta_analysis(raw, "SMD")
    assert [row.yi for row in found.studies] == [printed(x) for x in (-0.3552, -0.3479, -2.3176, -1.8880)]
    assert [row.vi for row in found.studies] == [printed(x) for x in (0.0131, 0.0645, 0.0458, 0.1606)]
    assert found.tau2 == printed(1.0090)


@pytest.mark.parametrize(
    ("method", "tau2", "estimate", "se", "low", "high"),
    [
        ("REML", 0.0188, 0.0837, 0.0516, -0.0175, 0.1849),
        ("DL", 0.0259, 0.0893, 0.0558, -0.0200, 0.1987),
    ],
)
def test_teachers_who_expect_more_hardly_raise_iq(method, tau2, estimate, se, low, high):
    found = meta_analysis(EXPECTANCY, method=method)
    assert (found.tau2, found.estimate, found.se) == (printed(tau2), printed(estimate), printed(se))
    assert found.ci == (printed(low), printed(high))
    assert found.q == printed(35.8295)


@pytest.mark.parametrize(
    ("method", "se", "low", "high"), [("REML", 0.0616, -0.0457, 0.2131), ("DL", 0.0636, -0.0442, 0.2229)]
)
def test_knapp_and_hartung_widen_the_interval(method, se, low, high):
    found = meta_analysis(EXPECTANCY, method=method, interval="hartung_knapp")
    assert (found.se, *found.ci) == (printed(se), printed(low), printed(high))


def test_expectancy_fades_with_every_week_that_teacher_and_pupil_have_met():
    found = meta_analysis(EXPECTANCY, moderators=["weeks"]).regression
    assert [line.estimate for line in found.coefficients] == [printed(0.4072), printed(-0.1572)]
    ratios = [line.estimate / line.se for line in found.coefficients]
    assert ratios == [printed(4.678, 3), printed(-4.388, 3)]  # printed 4.6782 and -4.3884 with tau2 just above zero
    assert (found.tau2, found.q_residual) == (printed(0.0), printed(16.5708))


def test_conscientious_people_take_their_medicines_a_little_more():
    found = meta_analysis(ADHERENCE)
    assert (found.estimate, found.se, found.tau2) == (printed(0.1499), printed(0.0316), printed(0.0081))
    assert found.ci == (printed(0.0881), printed(0.2118))
    assert found.q == printed(38.1595)
    assert 100 * found.i2 == printed(61.73, 2)
    assert found.shown["estimate"] == printed(np.tanh(0.1499))


@pytest.mark.parametrize(
    ("table", "estimate", "se", "tau2", "share", "low", "high"),
    [
        (CATHETER_CONTROL, -3.3018, 0.2378, 0.6629, 0.0355, 0.0226, 0.0554),
        (CATHETER_TREATED, -4.2604, 0.2589, 0.3928, 0.0139, 0.0084, 0.0229),
    ],
    ids=["control", "treated"],
)
def test_share_of_catheters_that_become_infected(table, estimate, se, tau2, share, low, high):
    found = meta_analysis(table, "PLO")
    assert (found.estimate, found.se, found.tau2) == (printed(estimate), printed(se), printed(tau2))
    assert (found.shown["estimate"], *found.shown["ci"]) == (printed(share), printed(low), printed(high))


def test_a_ratio_with_its_interval_is_pooled_on_the_log_scale():
    found = meta_analysis(PASSIVE_SMOKE, model="common")
    wide = np.log(np.array(PASSIVE_SMOKE["ci_high"])) - np.log(np.array(PASSIVE_SMOKE["ci_low"]))
    weight = (2 * 1.959963984540054 / wide) ** 2
    by_hand = float(np.sum(weight * np.log(PASSIVE_SMOKE["hr"])) / weight.sum())
    assert found.measure == "HR"
    assert found.estimate == pytest.approx(by_hand, rel=1e-12)
    assert found.se == pytest.approx(weight.sum() ** -0.5, rel=1e-12)


def test_the_prediction_interval_is_the_one_that_it_says():
    found = meta_analysis(EXPECTANCY)
    half = t.ppf(0.975, found.k - 2) * (found.tau2 + found.se**2) ** 0.5
    assert found.prediction == pytest.approx((found.estimate - half, found.estimate + half), rel=1e-9)
    assert "t(k - 2)" in found.prediction_means


def test_one_vaccine_trial_seems_to_be_missing_on_the_right():
    filled = meta_analysis(BCG, "RR").small_studies["trim_and_fill"]
    assert (filled["missing"], filled["side"]) == (1, "right")
    assert filled["estimate"] == printed(-0.6571)
