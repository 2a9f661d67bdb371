"""Analyses agree with what a closed form knows, and refuse what does not fit them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from tables import crossover, first, parallel, plan

from enkephalin.errors import RequestError, UnknownNameError
from enkephalin.trial.analysis import analyse
from enkephalin.trial.analysis.effects import correction, noncentral
from enkephalin.trial.analysis.exponentials import bic, one, two
from enkephalin.trial.analysis.repeated_measures import sphericity
from enkephalin.trial.analysis.student import of_one, of_two

RANDOM = np.random.default_rng(20)
DAYS = np.array([0.0, 1, 2, 4, 7, 10, 14, 21, 28, 42, 56, 84]) * 24


def two_arms(n=30, shift=0.5, seed=1):
    random = np.random.default_rng(seed)
    return {"drug": random.normal(shift, 1, n), "placebo": random.normal(0, 1.3, n + 5)}


@given(t=st.floats(-8, 8), freedom=st.integers(3, 200))
def test_the_noncentral_interval_has_the_seen_t_at_its_tails(t, freedom):
    low, high = noncentral(t, freedom, 0.95)
    assert stats.nct.cdf(t, freedom, low) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, freedom, high) == pytest.approx(0.025, abs=1e-6)


def test_hedges_correction_is_near_its_usual_approximation():
    for freedom in (5, 20, 100):
        assert correction(freedom) == pytest.approx(1 - 3 / (4 * freedom - 1), rel=2e-3)  # the approximation's error


def test_ancova_is_the_difference_less_slope_times_imbalance():
    arms = two_arms()
    before = {arm: values * 0.6 + RANDOM.normal(size=len(values)) for arm, values in arms.items()}
    found = first(parallel(arms, baseline=before), "ancova", "drug", "placebo", covariates=("baseline",))
    x, y = before, arms
    within = sum(((x[a] - x[a].mean()) * (y[a] - y[a].mean())).sum() for a in arms)
    slope = within / sum(((x[a] - x[a].mean()) ** 2).sum() for a in arms)
    by_hand = y["drug"].mean() - y["placebo"].mean() - slope * (x["drug"].mean() - x["placebo"].mean())
    assert found.estimate == pytest.approx(by_hand, rel=1e-9)


def test_ancova_without_covariates_is_the_pooled_t_test():
    arms = two_arms()
    assert first(parallel(arms), "ancova", "drug", "placebo").p == pytest.approx(
        stats.ttest_ind(arms["drug"], arms["placebo"]).pvalue, rel=1e-9
    )


def test_moderation_by_two_words_is_the_difference_of_two_effects():
    groups = {(arm, sex): RANDOM.normal(size=12) for arm in ("drug", "placebo") for sex in ("female", "male")}
    arms = {arm: np.concatenate([groups[arm, "female"], groups[arm, "male"]]) for arm in ("drug", "placebo")}
    sex = (["female"] * 12 + ["male"] * 12) * 2
    found = first(parallel(arms, sex=sex), "moderation", "drug", "placebo", by="sex")
    effect = {s: groups["drug", s].mean() - groups["placebo", s].mean() for s in ("female", "male")}
    assert found.estimate == pytest.approx(effect["male"] - effect["female"], rel=1e-9)


def test_moderation_within_people_is_the_slope_of_their_differences():
    arms = {"drug": RANDOM.normal(size=25), "placebo": RANDOM.normal(size=25)}
    trait = RANDOM.normal(size=25)
    found = first(crossover(arms, trait=trait), "moderation", "drug", "placebo", by="trait")
    line = stats.linregress(trait, arms["drug"] - arms["placebo"])
    assert (found.estimate, found.p) == pytest.approx((line.slope, line.pvalue), rel=1e-9)


def test_two_by_two_is_a_contrast_of_four_means():
    arms = {name: RANDOM.normal(size=14) for name in ("both", "first", "second", "neither")}
    found = first(parallel(arms), "interaction", "both", "first", "second", "neither")
    mean = {name: values.mean() for name, values in arms.items()}
    estimate = mean["both"] - mean["second"] - mean["first"] + mean["neither"]
    pooled = np.mean([values.var(ddof=1) for values in arms.values()])
    t = estimate / np.sqrt(pooled * 4 / 14)
    assert found.estimate == pytest.approx(estimate, rel=1e-9)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 52), rel=1e-9)
    same_people = first(crossover(arms), "interaction", "both", "first", "second", "neither")
    assert same_people.estimate == pytest.approx(estimate, rel=1e-9)


def test_indirect_and_direct_effect_add_up_to_the_total():
    x = np.repeat([1.0, 0.0], 40)
    middle = 0.8 * x + RANDOM.normal(size=80)
    y = 0.5 * middle + 0.2 * x + RANDOM.normal(size=80)
    table = parallel({"drug": y[:40], "placebo": y[40:]})
    import pandas as pd

    both = pd.concat([table, parallel({"drug": middle[:40], "placebo": middle[40:]}, measure="middle")])
    indirect, direct, total = analyse(both, plan("mediation", "drug", "placebo", through="middle"))
    assert indirect.estimate + direct.estimate == pytest.approx(total.estimate, rel=1e-9)
    assert indirect.ci[0] < indirect.estimate < indirect.ci[1]
    assert total.p == pytest.approx(stats.ttest_ind(y[:40], y[40:]).pvalue, rel=1e-9)


def test_a_period_effect_is_taken_out_of_a_crossover():
    n = 40
    orders = [["drug", "placebo"]] * n + [["placebo", "drug"]] * (n // 2)
    person = RANDOM.normal(size=len(orders))
    first_period = np.array([order[0] == "drug" for order in orders])
    drug = person + 1.0 + np.where(first_period, 0.0, 5.0)
    placebo = person + np.where(first_period, 5.0, 0.0)
    noise = RANDOM.normal(0, 0.1, (2, len(orders)))
    table = crossover({"drug": drug + noise[0], "placebo": placebo + noise[1]}, orders=orders)
    adjusted = first(table, "paired", "drug", "placebo", covariates=("period",))
    assert adjusted.estimate == pytest.approx(1.0, abs=0.1)  # a standard error of 0.02
    assert first(table, "paired", "drug", "placebo").estimate < 0  # unbalanced orders: the period hides the effect


def test_equivalence_is_two_one_sided_tests():
    arms = two_arms(60, 0.05)
    found = first(parallel(arms), "equivalence", "drug", "placebo", margin=1.0)
    inside = found.ci[0] > -1 and found.ci[1] < 1
    assert inside == (found.p <= 0.05)


def test_a_mixed_model_of_complete_data_is_a_t_test_of_person_means():
    arms = {name: RANDOM.normal(size=(20, 1)) + RANDOM.normal(size=(20, 4)) for name in ("drug", "placebo")}
    found = first(parallel(arms, times=(1, 2, 3, 4)), "mixed_model", "drug", "placebo")
    means = {name: values.mean(axis=1) for name, values in arms.items()}
    assert found.p == pytest.approx(stats.ttest_ind(means["drug"], means["placebo"]).pvalue, rel=1e-4)


def test_a_mixed_model_of_a_crossover_is_a_paired_test_of_person_means():
    orders = [["drug", "placebo"], ["placebo", "drug"]] * 12
    person = RANDOM.normal(size=(24, 1))
    arms = {
        name: person + 0.7 * RANDOM.normal(size=(24, 1)) + RANDOM.normal(size=(24, 3)) for name in ("drug", "placebo")
    }
    table = crossover(arms, times=(1, 2, 3), orders=orders)
    found = first(table, "mixed_model", "drug", "placebo")
    means = {name: values.mean(axis=1) for name, values in arms.items()}
    flat = crossover(means, orders=orders)
    paired = first(flat, "paired", "drug", "placebo", covariates=("period",))
    assert found.estimate == pytest.approx(paired.estimate, rel=1e-6)
    assert found.p == pytest.approx(paired.p, rel=1e-3)
    assert found.details["df"] == paired.details["df"] == 22


@pytest.mark.parametrize("seed", [1, 2])
def test_the_fast_mixed_model_is_that_of_statsmodels(seed):
    random = np.random.default_rng(seed)
    person = 2 * random.normal(size=(24, 1))  # far from a variance of zero, where statsmodels stops too early
    arms = {name: person + random.normal(size=(24, 3)) for name in ("drug", "placebo")}
    arms["drug"][1, 0] = arms["placebo"][3, 2] = np.nan
    orders = [["drug", "placebo"], ["placebo", "drug"]] * 12
    pairs = {name: values + random.normal(size=(24, 1)) for name, values in arms.items()}
    tables = (
        (parallel(arms, times=(1, 2, 3), age=random.normal(size=48)), ("age",)),
        (crossover(pairs, times=(1, 2, 3), orders=orders), ()),
    )
    for table, covariates in tables:
        one = plan("mixed_model", "drug", "placebo", covariates=covariates)
        slow, fast = analyse(table, one)[0], analyse(table, one, checks=False)[0]
        assert "statsmodels" in slow.method and "own" in fast.method
        assert (fast.estimate, fast.p) == pytest.approx((slow.estimate, slow.p), rel=1e-3)  # where its optimiser stops
        assert fast.ci == pytest.approx(slow.ci, rel=1e-3, abs=1e-4)


def test_a_variance_of_zero_does_not_stop_a_mixed_model():
    random = np.random.default_rng(7)
    arms = {name: random.normal(size=(20, 4)) for name in ("drug", "placebo")}
    arms = {name: values - values.mean(axis=1, keepdims=True) + values.mean() for name, values in arms.items()}
    found = first(parallel(arms, times=(1, 2, 3, 4)), "mixed_model", "drug", "placebo")
    means = {name: values.mean() for name, values in arms.items()}
    assert found.estimate == pytest.approx(means["drug"] - means["placebo"], rel=1e-9)
    assert np.isfinite(found.p)


def test_a_missing_occasion_does_not_throw_a_person_out_of_a_mixed_model():
    arms = {name: RANDOM.normal(size=(15, 3)) for name in ("drug", "placebo")}
    arms["drug"][0, 2] = np.nan
    found = first(parallel(arms, times=(1, 2, 3)), "mixed_model", "drug", "placebo", at="3 h")
    assert found.n == 30 and found.details["values"] == 89


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_sphericity_is_one_for_alike_differences_and_never_below_its_bound(arms):
    even = np.eye(arms) * 4 + 1
    exact = np.linalg.cholesky(even)
    scores = RANDOM.normal(size=(50, arms))
    scores = np.linalg.solve(np.linalg.cholesky(np.cov(scores.T)), (scores - scores.mean(axis=0)).T).T
    assert sphericity(scores @ exact.T) == pytest.approx(1.0, rel=1e-9)
    assert 1 / (arms - 1) - 1e-12 <= sphericity(RANDOM.normal(size=(50, arms)) * np.arange(1, arms + 1)) <= 1


def test_one_exponential_is_found_as_a_general_optimiser_finds_it():
    course = 20 + 30 * np.exp(-DAYS / 240) + RANDOM.normal(0, 0.5, len(DAYS))
    fitted = one(DAYS, course[None])
    values, _ = optimize.curve_fit(lambda t, c, a, k: c + a * np.exp(-t / np.exp(k)), DAYS, course, p0=(20, 30, 5))
    assert fitted.log_tau[0, 0] == pytest.approx(values[2], abs=1e-5)


def test_two_exponentials_are_told_from_one():
    twice = 20 + 20 * np.exp(-DAYS / 40) + 15 * np.exp(-DAYS / 900)
    once = 20 + 30 * np.exp(-DAYS / 240)
    noise = 0.2 * RANDOM.normal(size=(2, len(DAYS)))
    courses = np.stack([twice, once]) + noise
    gain = bic(one(DAYS, courses), 4) - bic(two(DAYS, courses), 6)
    assert gain[0] > 10 and gain[1] < 2
    assert np.exp(two(DAYS, twice[None]).log_tau[0]) == pytest.approx([40, 900], rel=0.02)


def test_recovery_compares_half_lives_and_counts_phases():
    random = np.random.default_rng(4)
    size = random.normal(30, 4, (2, 40, 1))
    drug = 20 + size[0] * np.exp(-DAYS / 120) + random.normal(0, 2, (40, len(DAYS)))
    placebo = 20 + size[1] * np.exp(-DAYS / 480) + random.normal(0, 2, (40, len(DAYS)))
    table = parallel({"drug": drug, "placebo": placebo}, times=DAYS)
    speed, *phases = analyse(table, plan("recovery", "drug", "placebo"))
    assert speed.effect_ci[0] < 0.25 < speed.effect_ci[1] and speed.p < 0.001
    assert all(phase.p > 0.01 for phase in phases)
    fast = 20 + size[0] * (0.6 * np.exp(-DAYS / 40) + 0.4 * np.exp(-DAYS / 900)) + random.normal(0, 1, (40, len(DAYS)))
    found = first(parallel({"drug": fast}, times=DAYS), "recovery", "drug")
    assert found.p <= 0.01 and found.estimate > 6


def test_cox_takes_covariates_and_time_to_an_event_takes_a_threshold():
    n = 60
    random = np.random.default_rng(5)
    level = random.normal(size=(2, n, 1)) + np.arange(1, 9) * 0.4
    table = parallel({"drug": level[0] - 0.5, "placebo": level[1]}, times=range(1, 9), age=random.normal(40, 9, 2 * n))
    found = first(table, "cox", "drug", "placebo", threshold=2.0, covariates=("age",))
    assert found.effect_kind == "HR" and found.effect_size < 1
    turned = first(
        table.assign(value=-table["value"]), "cox", "drug", "placebo", threshold=-2.0, side="below", covariates=("age",)
    )
    assert turned.estimate == pytest.approx(found.estimate, rel=1e-9)


@pytest.mark.parametrize(("summary", "expected"), [("mean", 2.0), ("peak", 3.0), ("lowest", 1.0), ("area", 4.0)])
def test_a_summary_makes_one_number_of_all_occasions(summary, expected):
    course = np.array([1.0, 2.0, 3.0])
    arms = {"drug": [course + step for step in (-1, 0, 1)], "placebo": [0 * course + step for step in (-1, 0, 1)]}
    found = first(parallel(arms, times=(0, 1, 2)), "t_test", "drug", "placebo", summary=summary)
    assert found.estimate == pytest.approx(expected, rel=1e-12)


def test_change_is_the_value_less_the_baseline():
    arms = {"drug": [5.0, 6.0, 8.0], "placebo": [1.0, 2.0, 4.0]}
    before = {"drug": [5.0, 5.0, 5.0], "placebo": [1.0, 1.0, 1.0]}
    found = first(parallel(arms, baseline=before), "t_test", "drug", "placebo", of="change")
    assert found.estimate == pytest.approx(0.0, abs=1e-12)
    alone = first(parallel(arms, baseline=before), "paired", "drug")
    assert alone.estimate == pytest.approx(4 / 3, rel=1e-12)


def test_checks_change_no_number():
    table = parallel(two_arms())
    one = plan("t_test", "drug", "placebo")
    with_checks, without = analyse(table, one)[0], analyse(table, one, checks=False)[0]
    left_out = {"assumptions": [], "effect_ci": [None, None]}
    assert with_checks.as_dict() | left_out == without.as_dict()


def refused(table, kind, *contrast, error=RequestError, **more):
    with pytest.raises(error) as caught:
        first(table, kind, *contrast, **more)
    assert all(caught.value.parts()[part] for part in ("found", "expected", "try_"))
    return str(caught.value)


def test_an_analysis_that_does_not_fit_is_refused():
    people = {"drug": RANDOM.normal(size=8), "placebo": RANDOM.normal(size=8)}
    apart, same = parallel(people), crossover(people)
    assert "does not fit this design" in refused(same, "t_test", "drug", "placebo")
    assert "does not fit this design" in refused(apart, "paired", "drug", "placebo")
    assert "one value of each person" in refused(apart, "mixed_model", "drug", "placebo")
    assert "no arm" in refused(apart, "t_test", "drug", "plcebo", error=UnknownNameError)
    assert "no measure" in refused(apart, "t_test", "drug", "placebo", measure="scor", error=UnknownNameError)
    assert "not measured at" in refused(apart, "t_test", "drug", "placebo", at="9 h")
    assert "no covariate" in refused(apart, "ancova", "drug", "placebo", covariates=("agee",), error=UnknownNameError)
    assert "too few people" in refused(parallel({"drug": [1.0], "placebo": [1.0, 2.0]}), "t_test", "drug", "placebo")
    assert "never reached" in refused(apart, "cox", "drug", "placebo", threshold=99.0)
    assert "too few occasions" in refused(apart, "recovery", "drug", "placebo")


def test_values_that_do_not_vary_are_not_tested_and_nothing_is_complained_of():
    assert math.isnan(of_one(np.full(5, 0.1)).p)
    assert math.isnan(of_two(np.full(5, 0.1), np.full(4, 0.3)).p)
    assert all(math.isnan(end) for end in of_one(np.full(5, 0.1)).ci(0.95))
    some = of_two(np.array([0.1, 0.2, 0.4]), np.full(4, 0.3))  # one arm varies: its own error and freedom
    assert some.freedom == pytest.approx(2)
    assert 0 < some.p < 1


@pytest.mark.parametrize("seed", range(5))
def test_tests_of_one_and_of_two_means_agree_with_scipy(seed):
    rng = np.random.default_rng(seed)
    arm, control = rng.normal(1, 1, 9), rng.normal(0, 3, 14)
    ours, theirs = of_two(arm, control), stats.ttest_ind(arm, control, equal_var=False)
    assert (ours.p, ours.freedom) == pytest.approx((theirs.pvalue, theirs.df), rel=1e-9)
    assert ours.ci(0.9) == pytest.approx(tuple(theirs.confidence_interval(0.9)), rel=1e-9)
    above = stats.ttest_ind(arm + 0.5, control, equal_var=False, alternative="greater").pvalue
    below = stats.ttest_ind(arm - 0.5, control, equal_var=False, alternative="less").pvalue
    assert (ours.above(-0.5), ours.below(0.5)) == pytest.approx((above, below), rel=1e-9)
    alone, their_own = of_one(arm), stats.ttest_1samp(arm, 0.0)
    assert alone.p == pytest.approx(their_own.pvalue, rel=1e-9)
    assert alone.ci(0.95) == pytest.approx(tuple(their_own.confidence_interval(0.95)), rel=1e-9)


def test_a_correlation_may_take_the_other_measure_at_another_time():
    random = np.random.default_rng(4)
    before, after, ill = random.normal(size=(3, 40))
    table = pd.concat(
        [
            parallel(
                {"all": np.column_stack([before, after])}, measure="scan", times=(1.0, 9.0), baseline={"all": before}
            ),
            parallel({"all": np.column_stack([ill, ill + before])}, measure="ill", times=(5.0, 20.0)),
        ]
    )
    early = analyse(table, plan("correlation", "all", measure="ill", by="scan", at="20 h", by_at="1 h"))[0]
    assert early.estimate == pytest.approx(np.corrcoef(ill + before, before)[0, 1])
    change = plan("correlation", "all", measure="scan", of="change", at="9 h", by="ill", by_at="5 h")
    assert analyse(table, change)[0].estimate == pytest.approx(np.corrcoef(after - before, ill)[0, 1])


def test_an_estimate_says_which_occasion_it_is_of():
    table = parallel({"drug": [[1, 2], [3, 5]], "placebo": [[1, 1], [2, 4]]}, times=(1.0, 9.0))
    found = first(table, "t_test", "drug", "placebo", at="9 h")
    assert (found.when, found.title) == ("at 9 h", "score at 9 h, drug - placebo")
    assert found.as_dict()["when"] == "at 9 h"
    assert plan("t_test", "drug", "placebo", summary="peak", of="change").when == "change peak"
