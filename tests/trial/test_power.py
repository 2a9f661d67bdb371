"""Power: the same bits on any number of workers, going on after a stop, and in agreement with closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from enkephalin.errors import Interrupted, RequestError
from enkephalin.records.study.resolve import resolve_study
from enkephalin.trial.power import Repeats, curve, identical_arms, power, repeated
from enkephalin.trial.power.curves import with_dose
from enkephalin.trial.power.null import at_the_null
from enkephalin.trial.power.result import Row, row_of, standard_error
from enkephalin.trial.power.sizes import sizes_for
from enkephalin.trial.running import make_truth

STUDY = "naltrexone_connectedness"
PEOPLE, N = 40, 16


@pytest.fixture(scope="module")
def truth():
    study = resolve_study(STUDY)
    paired = tuple(plan for plan in study.analysis if plan.kind == "paired")
    study = study.model_copy(update={"analysis": paired}).read_from(study.origin)
    return make_truth(study, PEOPLE, seed=3)


@pytest.fixture
def task(truth):
    return Repeats(truth, truth.study.analysis, N, seed=5)


def test_the_same_bits_on_one_and_two_workers_and_however_many_repeats(task):
    alone = repeated(task, 60, workers=1)
    assert repeated(task, 60, workers=2).tobytes() == alone.tobytes()
    assert repeated(task, 30, workers=1).tobytes() == alone[:30].tobytes()


def test_stopped_work_goes_on_and_does_nothing_twice(task, tmp_path, monkeypatch):
    def stop(done, every):
        if done >= 50:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="stopped") as caught:
        repeated(task, 100, workers=1, folder=tmp_path, progress=stop)
    assert "finished repeats are kept" in caught.value.try_
    (tmp_path / "000025.npy").write_bytes(b"half a file")  # a piece damaged on the way
    asked = []
    work = Repeats.piece
    monkeypatch.setattr(Repeats, "piece", lambda self, first, last: asked.append(first) or work(self, first, last))
    found = repeated(task, 100, workers=1, folder=tmp_path)
    assert asked == [25, 50, 75]
    assert found.tobytes() == repeated(task, 100, workers=1).tobytes()


def test_a_folder_of_another_request_is_refused(task, tmp_path):
    repeated(task, 10, workers=1, folder=tmp_path)
    with pytest.raises(RequestError, match="another request") as caught:
        repeated(replace(task, seed=6), 10, workers=1, folder=tmp_path)
    assert "seed 5" in caught.value.found and "seed 6" in caught.value.expected
    assert len(repeated(task, 40, workers=1, folder=tmp_path)) == 40  # more of the same is welcome


def test_identical_arms_leave_nothing_to_find(truth):
    same = identical_arms(truth)
    for values in same.values.values():
        arms = {}
        for number, place in enumerate(same.places):
            arms.setdefault(place.period, []).append(values[:, number])
        for alike in arms.values():
            assert all(np.array_equal(alike[0], other, equal_nan=True) for other in alike)
    with pytest.raises(RequestError, match="cannot be made"):
        identical_arms(truth, "nobody")


def test_a_correlation_loses_its_link_and_keeps_its_values(truth):
    table = Repeats(truth, truth.study.analysis, N, 5).table(0)
    plan = truth.study.analysis[0].model_copy(update={"kind": "correlation", "by": "age", "contrast": ()})
    dealt = at_the_null(table, plan, 1)
    ages = table.drop_duplicates("person")["age"]
    assert sorted(dealt.drop_duplicates("person")["age"]) == sorted(ages)
    assert not np.array_equal(dealt.drop_duplicates("person")["age"], ages)
    assert dealt.groupby("person")["age"].nunique().max() == 1
    assert np.array_equal(dealt["value"], table["value"], equal_nan=True)


def test_power_tells_its_errors_and_its_people(truth):
    found = power(truth.study, bank=truth, repeats=40, n=N, seed=5, sizes=(), workers=1)
    row = found.rows[0]
    assert (found.bank, found.n, found.repeats) == (PEOPLE, N, 40)
    assert 0 <= row.power <= 1 and row.error == standard_error(row.power, 40)
    assert row.bank_error > 0 and row.type_1 is not None
    told = found.as_dict()
    assert told["rows"][0]["power"] == row.power and told["provenance"]["seed"] == 5
    assert f"power {row.power:.3f}" in found.lines()[0]


def test_an_analysis_that_some_draws_do_not_allow_counts_as_no_finding(truth):
    plan = truth.study.analysis[0].model_copy(
        update={"kind": "cox", "threshold": 99.0, "at": None, "contrast": ("naltrexone", "placebo")}
    )
    found = repeated(Repeats(truth, (plan,), N, 5), 5, workers=1)
    assert np.isnan(found).all()
    row = row_of(plan, ("", ""), found[:, 0], N, PEOPLE, None)
    assert row.failed == 5 and row.power == 0


def normal_repeats(signal, repeats=200_000):
    """What a z-test of a true effect of ``signal`` standard errors would keep."""
    estimates = np.random.default_rng(1).normal(signal, 1, repeats)
    half = stats.norm.ppf(0.975)
    p = 2 * stats.norm.sf(np.abs(estimates))
    return np.column_stack([estimates, estimates - half, estimates + half, p, estimates])


@pytest.mark.slow
def test_power_of_the_whole_way_is_that_of_the_formula(truth):
    """Normal people in place of the body's, no instrument: drawn, assigned, observed, analysed, counted."""
    random, people, n, effect = np.random.default_rng(2), 4000, 24, 0.55
    study = truth.study
    measure = study.measures[0].model_copy(update={"instrument": None, "of": "connectedness"})
    study = study.model_copy(update={"measures": (measure,), "expectancy": ()}).read_from(study.origin)
    own, move = random.normal(size=people), random.normal(size=people)
    move = (move - move.mean()) / move.std() + effect  # the bank's own effect is the formula's
    drug = np.array([place.arm == "naltrexone" for place in truth.places])
    values = np.where(drug[None, :], own[:, None] + move[:, None], own[:, None])[:, :, None]
    normal = replace(
        truth, study=study, covariates=truth.covariates.iloc[np.zeros(people, int)].reset_index(drop=True),
        values={measure.id: np.repeat(values, len(measure.at), axis=2)},
    )  # fmt: skip
    found = power(study, bank=normal, repeats=1000, n=n, seed=1, sizes=(), null=False, workers=1).rows[0]
    assert found.power == pytest.approx(closed(n, effect), abs=3 * found.error)
    assert found.coverage == pytest.approx(0.95, abs=3 * standard_error(0.95, 1000))


def test_type_s_and_m_are_those_of_the_closed_form(truth):
    # Gelman and Carlin 2014: what is left of a normal beyond its critical value.
    signal, half = 1.0, stats.norm.ppf(0.975)
    plan = truth.study.analysis[0]
    row = row_of(plan, ("", ""), normal_repeats(signal), N, PEOPLE, None)
    above, below = stats.norm.sf(half - signal), stats.norm.cdf(-half - signal)
    size, _ = integrate.quad(lambda x: abs(x) * stats.norm.pdf(x - signal), half, 40)
    small, _ = integrate.quad(lambda x: abs(x) * stats.norm.pdf(x - signal), -40, -half)
    assert row.power == pytest.approx(above + below, abs=4 * row.error)
    assert row.type_s == pytest.approx(below / (above + below), abs=0.004)  # Monte Carlo error of 34,000 findings
    assert row.type_m == pytest.approx((size + small) / (above + below) / signal, rel=0.01)
    assert row.coverage == pytest.approx(0.95, abs=4 * standard_error(0.95, 200_000))


def closed(n, effect=0.5, alpha=0.05):
    """The power of a paired t-test."""
    end = stats.t.ppf(1 - alpha / 2, n - 1)
    return float(stats.nct.sf(end, n - 1, effect * math.sqrt(n)))


def exact_row(n, repeats=10_000):
    share = closed(n)
    return Row(
        kind="paired", measure="", contrast="", effect_kind="", power=share, error=standard_error(share, repeats),
        bank_error=0.0, estimate=0.5, effect_size=0.5, spread=1 / math.sqrt(n), coverage=0.95, type_s=0.0, type_m=1.0,
        failed=0,
    )  # fmt: skip


def test_the_size_that_is_found_is_that_of_the_formula():
    found = sizes_for(exact_row(20), 20, alpha=0.05, bank=1000, step=1, wanted=(0.8, 0.9), run=exact_row)
    for size in found:
        exact = next(n for n in range(4, 200) if closed(n) >= size.power)
        assert abs(size.n - exact) <= 1
        assert size.low <= exact <= size.high


def test_no_size_is_promised_for_nothing_and_none_beyond_the_bank_is_tried():
    nothing = replace(exact_row(20), power=0.05, estimate=0.001, error=0.01)
    (size,) = sizes_for(nothing, 20, alpha=0.05, bank=1000, step=1, wanted=(0.8,), run=exact_row)
    assert size.n is None and "cannot be told" in size.how

    def never(n):
        raise AssertionError("not to be tried")

    weak = replace(exact_row(20), power=0.4, estimate=0.1, spread=1.0)
    (size,) = sizes_for(weak, 20, alpha=0.05, bank=50, step=2, wanted=(0.8,), run=never)
    assert size.n > 200 and size.n % 2 == 0 and "too small" in size.how


def test_a_curve_over_n_or_time_shares_one_bank(truth):
    more = {"bank": truth, "repeats": 10, "null": False, "workers": 1}
    over_n = curve(STUDY, n=[10, 20], **more)
    assert [found.n for found in over_n.values()] == [10, 20]
    times = [f"{time:g} h" for time in truth.times["connectedness"][1:3]]
    over_time = curve(STUDY, at=times, **more)
    assert list(over_time) == times
    assert over_time[times[0]].rows[0].estimate != over_time[times[1]].rows[0].estimate


def test_a_dose_replaces_every_dose_of_the_drug(truth):
    half = with_dose(STUDY, "naltrexone 25 mg")
    for arm, as_written in zip(half.arms, truth.study.arms, strict=True):
        for new, old in zip(arm.happens.doses, as_written.happens.doses, strict=True):
            assert new.amount == pytest.approx(old.amount / 2, rel=1e-9)  # 50 mg in the study
    for wrong in ("morphine 10 mg", "naltrexone"):
        with pytest.raises(RequestError) as caught:
            with_dose(STUDY, wrong)
        assert all(caught.value.parts().values())


@pytest.mark.slow
def test_power_over_doses_rises_with_the_dose():
    over = {"dose": ["naltrexone 1 mg", "naltrexone 50 mg"]}
    found = power(STUDY, repeats=100, n=40, bank=100, sizes=(), null=False, over=over)
    low, high = found.over.values()
    assert abs(low.rows[0].estimate) < abs(high.rows[0].estimate)
    assert low.rows[0].power < high.rows[0].power
    assert list(found.as_dict()["over"]) == over["dose"]


def test_a_curve_runs_over_one_thing():
    with pytest.raises(RequestError, match="one thing"):
        curve(STUDY)
    with pytest.raises(RequestError, match="one thing"):
        curve(STUDY, n=[10], at=["8 h"])
