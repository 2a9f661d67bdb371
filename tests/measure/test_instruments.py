"""Instruments: unbiased inside their range, as noisy as their record says, true at floor and ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enkephalin.errors import RequestError
from enkephalin.measure.instruments import error_of, items_with, measure_with, true_score
from enkephalin.measure.scatter import scattered, stepped, width
from enkephalin.records import get, list_ids
from enkephalin.records.files import PACKAGE
from enkephalin.records.watched import watch_names

SCALES = [get("scale", name) for name in list_ids("scales")]
READY = [scale for scale in SCALES if scale.instrument is not None]
RATED = [scale for scale in READY if scale.instrument.noise is not None and scale.instrument.noise.about is not None]
PEOPLE = 20000


def named(scale):
    return scale.id


def about(scale):
    """The watched value at which the scale's noise was found."""
    how = scale.instrument
    at = how.noise.about.value
    return at if how.line is None else (at - how.line.at_zero.value) / how.line.per_unit.value


def twice(scale, value):
    true = np.full((PEOPLE, 2), float(value))
    return measure_with(scale, true, np.random.default_rng(6))


def without_habit(scale):
    how = scale.instrument
    noise = how.noise.model_copy(update={"habit": None})
    return scale.model_copy(update={"instrument": how.model_copy(update={"noise": noise})})


@pytest.mark.parametrize("scale", SCALES, ids=named)
def test_every_scale_reads_something_that_can_be_watched_and_names_known_sources(scale):
    assert scale.instrument is not None
    assert set(scale.instrument.reads) <= set(watch_names())
    sources = {path.stem for path in (PACKAGE / "evidence" / "sources").glob("*.yaml")}
    assert {name for name in (scale.source, *scale.sources) if name} <= sources


def test_the_instruments_that_studies_need_are_there():
    wanted = {
        "vas_100", "need_threat", "social_connectedness", "cows", "sows_handelsman", "sows_gossop", "phq9",
        "breakup_distress", "shaps", "cortisol_serum", "acth_plasma", "carfentanil_bp", "reward_choice",
    }  # fmt: skip
    assert wanted <= {scale.id for scale in READY}


@pytest.mark.parametrize("scale", RATED, ids=named)
def test_readings_are_right_on_average(scale):
    found = twice(scale, about(scale))
    standard_error = found.std() / np.sqrt(found.size / 2)
    assert abs(found.mean() - scale.instrument.noise.about.value) < 5 * standard_error


@pytest.mark.parametrize("scale", RATED, ids=named)
def test_two_readings_differ_as_the_record_says(scale):
    noise = scale.instrument.noise
    stated = noise.error.value if noise.error else noise.spread.value * np.sqrt(1 - noise.retest.value)
    found = twice(without_habit(scale), about(scale))
    assert np.std(found[:, 0] - found[:, 1]) / np.sqrt(2) == pytest.approx(stated, rel=0.05)  # whole points


@pytest.mark.parametrize("scale", [scale for scale in RATED if scale.instrument.noise.habit], ids=named)
def test_a_habit_of_answering_lasts_and_is_as_wide_as_the_record_says(scale):
    found = twice(scale, about(scale))
    assert np.sqrt(np.cov(found.T)[0, 1]) == pytest.approx(scale.instrument.noise.habit.value, rel=0.05)


def test_people_mark_the_line_of_hurt_as_far_apart_as_students_did_on_two_days():
    # kappen2023: spread 18.2 of one day at a mean of 14.4, r = 0.58 in 57 people, whose standard error is 0.09
    rng = np.random.default_rng(2)
    hurt = np.maximum(rng.normal(14.4, 5.1, PEOPLE), 0)  # as this body's young adults at rest
    found = measure_with("vas_hurt", np.stack([hurt, hurt], axis=1), rng)
    assert found.std() == pytest.approx(18.2, rel=0.05)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(0.58, abs=0.09)


def test_somebody_who_marks_every_line_high_does_so_at_every_reading_and_feels_no_more():
    low, high = measure_with("vas_hurt", np.full((2, 500), 20.0), np.random.default_rng(3), habit=[-1.0, 1.0]).mean(
        axis=1
    )
    assert low < 15 < 25 < high
    nothing = measure_with("vas_hurt", np.zeros((2, 9)), np.random.default_rng(3), habit=[-1.0, 1.0])
    assert not nothing.any()  # who is not hurt at all says so


@pytest.mark.parametrize("scale", [scale for scale in RATED if scale.instrument.noise.retest], ids=named)
def test_retest_reliability_comes_back_from_a_population(scale):
    noise, how = scale.instrument.noise, scale.instrument
    rng = np.random.default_rng(3)
    lasting = noise.spread.value**2 * noise.retest.value - (noise.habit.value if noise.habit else 0) ** 2
    true_spread = np.sqrt(lasting) / (1 if how.line is None else how.line.per_unit.value)
    # Even scores within sqrt(3) spreads keep off floor and ceiling better than normal ones.
    people = np.maximum(about(scale) + true_spread * rng.uniform(-(3**0.5), 3**0.5, PEOPLE), 0 if how.low == 0 else -9)
    found = measure_with(scale, np.stack([people, people], axis=1), rng)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(noise.retest.value, abs=0.06)  # noise varies over the range


@pytest.mark.parametrize("scale", [scale for scale in READY if scale.instrument.high is not None], ids=named)
def test_no_reading_leaves_the_range_and_floor_and_ceiling_are_real(scale):
    how = scale.instrument
    far = np.array([[-1e3, 1e3]] * 500) if how.line is not None else np.array([[how.low, how.high]] * 500)
    found = measure_with(scale, far, np.random.default_rng(1))
    ends = sorted({float(found[:, 0].mean()), float(found[:, 1].mean())})
    assert ends == pytest.approx([how.low, how.high], abs=1e-9)
    rng = np.random.default_rng(2)
    inside = measure_with(scale, rng.normal(size=(500, 2)) * 3, rng)
    assert how.low <= inside.min() and inside.max() <= how.high


@pytest.mark.parametrize("scale", [scale for scale in RATED if scale.items], ids=named)
def test_items_take_allowed_points_and_sum_to_the_score(scale):
    true = np.full((50, 3), float(about(scale)))
    items = items_with(scale, true, np.random.default_rng(4))
    for place, item in enumerate(scale.items):
        assert set(np.unique(items[..., place])) <= {float(point) for point in item.points}
    whole = items.sum(axis=-1) / (len(scale.items) if scale.averaged else 1)
    assert np.array_equal(whole, measure_with(scale, true, np.random.default_rng(4)))


def test_one_rater_errs_alike_and_two_raters_apart():
    cows = get("scale", "cows")
    rater = error_of(cows).rater
    found = twice(cows, 7.6)
    shared = np.cov(found.T)[0, 1]
    assert np.sqrt(shared) == pytest.approx(rater, rel=0.15)  # a covariance of 20,000 pairs


def test_an_assay_errs_by_sample_batch_and_day():
    cortisol = get("scale", "cortisol_serum")
    noise = cortisol.instrument.noise
    true = np.full((PEOPLE, 3), 400.0)
    found = np.log(measure_with(cortisol, true, np.random.default_rng(5), times=[8.0, 9.0, 32.0]))
    same_day, other_day = np.cov(found[:, :2].T)[0, 1], np.cov(found[:, [0, 2]].T)[0, 1]
    square = {name: np.log1p(getattr(noise, name).inner() ** 2) for name in ("sample", "batch", "day")}
    assert same_day == pytest.approx(square["batch"] + square["day"], rel=0.05)
    assert other_day == pytest.approx(square["batch"], rel=0.15)
    assert np.var(found[:, 0]) == pytest.approx(sum(square.values()), rel=0.05)


def test_nothing_is_reported_below_the_limit_of_detection():
    acth = get("scale", "acth_plasma")
    found = measure_with(acth, np.full((200, 2), 0.05), np.random.default_rng(1))
    assert set(found.ravel()) == {acth.instrument.detects_from.value}


def test_choices_follow_the_binomial_and_the_day():
    task = get("scale", "reward_choice")
    choices = task.instrument.choices
    found = measure_with(task, np.ones((PEOPLE, 1)), np.random.default_rng(1))
    odds = choices.odds.at_zero.value + choices.odds.per_unit.value
    p = 1 / (1 + np.exp(-odds))
    by_chance = 1 / (choices.trials * p * (1 - p))  # variance of log odds, large samples
    assert found.mean() == pytest.approx(odds, abs=0.01)
    assert found.var() == pytest.approx(by_chance + choices.error.value**2, rel=0.05)


def test_reward_and_hurt_move_their_instruments_the_right_way():
    for name in ("reward_choice", "need_threat", "shaps", "social_connectedness", "vas_distress"):
        low, high = measure_with(name, np.array([[0.1] * 400, [1.5] * 400]), np.random.default_rng(1)).mean(axis=1)
        assert low < high, name


def test_missing_stays_missing_and_the_same_seed_gives_the_same_bytes():
    for scale in READY:
        true = np.array([[1.0, np.nan], [2.0, 3.0]]) + (scale.instrument.low or 0)
        first, second = (measure_with(scale, true, np.random.default_rng(8)) for _ in range(2))
        assert np.isnan(first[0, 1]) and np.isfinite(first[0, 0])
        assert first.tobytes() == second.tobytes()


def test_a_scale_without_instrument_cannot_be_read_with():
    bare = get("scale", "cows").model_copy(update={"instrument": None})
    with pytest.raises(RequestError, match="no instrument") as caught:
        measure_with(bare, [[1.0]], np.random.default_rng(1))
    assert all(caught.value.parts().values())


def test_noise_that_does_not_fit_into_the_range_is_refused():
    with pytest.raises(RequestError, match="does not fit"):
        width(0.5, 0.6)


@given(share=st.floats(0, 1), by=st.floats(0.01, 4))
def test_scatter_keeps_the_mean_and_the_range(share, by):
    scores, weights = np.polynomial.hermite_e.hermegauss(48)
    found = scattered(np.full(48, share), by, scores)
    assert found.min() >= 0 and found.max() <= 1
    assert found @ weights / weights.sum() == pytest.approx(share, abs=1e-4)  # the table of centres


@given(share=st.floats(0, 1), points=st.sampled_from([(0, 1, 2, 4), (0, 3, 5), (1, 2, 3, 4), (0, 1)]))
def test_whole_points_keep_the_mean(share, points):
    chance = (np.arange(4000) + 0.5) / 4000
    found = stepped(np.full(4000, share), points, chance)
    assert found.mean() == pytest.approx(points[0] + share * (points[-1] - points[0]), abs=1e-3)


def test_the_true_score_follows_the_line_and_stops_at_the_ends():
    assert true_score(get("scale", "need_threat"), [0.0, 50.0, 100.0, 300.0]).tolist() == [1.0, 3.0, 5.0, 5.0]
