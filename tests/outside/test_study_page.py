"""The page of a study: its numbers are the trial's, it is whole and open to all, and it says what it cannot tell."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("statsmodels")

from test_page import read

from enkephalin.records import get, list_ids
from enkephalin.report.study import study_page, write_study
from enkephalin.report.study_design import branches
from enkephalin.report.study_pictures import Course, courses_of, effect_text, forest
from enkephalin.report.study_power import expected, power_section
from enkephalin.report.study_words import POWERED, found, pairs, standard_error, told_apart
from enkephalin.report.words import number
from enkephalin.trial import trial
from enkephalin.trial.estimate import Estimate
from enkephalin.trial.power import Power, Row, Size


@cache
def run(study: str, hypothesis: str | None = None):
    return trial(study, n=24, hypothesis=hypothesis)


def estimate(effect: float, error: float, **more) -> Estimate:
    given = {"measure": "pain", "contrast": "drug - placebo", "p": 0.5, "effect_size": effect, "effect_ci": (0.0, 1.0),
             "effect_kind": "Hedges g", "n": 40, "method": "t"}  # fmt: skip
    return Estimate(estimate=effect, ci=(effect - 1.96 * error, effect + 1.96 * error), **(given | more))


def row(**more) -> Row:
    given = {"kind": "t_test", "measure": "pain", "contrast": "drug - placebo", "effect_kind": "g", "power": 0.8,
             "error": 0.02,
             "bank_error": 0.03, "estimate": -2.0, "effect_size": -0.5, "spread": 0.7, "coverage": 0.95, "type_s": 0.0,
             "type_m": 1.2, "failed": 0, "type_1": 0.05, "type_1_error": 0.01}  # fmt: skip
    return Row(**(given | more))


POWER = Power("x", 80, 400, 800, (row(),), (Size(0.8, 80, 70, 92, "by repeats"), Size(0.9, None, None, None, "none")))


@pytest.mark.parametrize("study", ["cyberball_exclusion", "naltrexone_connectedness"])
def test_the_page_is_whole_needs_nothing_and_its_references_lead_somewhere(study):
    text = study_page(run(study), against=[("opioid", run(study, "opioid"))], name="integrated")
    seen = read(text)
    assert seen.wrong == [] and seen.open == []
    assert len(seen.ids) == len(set(seen.ids))
    assert set(seen.refers) <= set(seen.ids)
    assert not re.search(r"""(?:src|href)=["']?[^"'#]|@import|url\([^#]|<script|<link""", text)
    headings = seen.headings
    assert headings.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(headings))
    for tag, attributes in seen.tags:
        if tag == "svg":
            assert (
                attributes.get("aria-hidden") == "true" or len((attributes.get("aria-labelledby") or "").split()) == 2
            )
    assert text.count("<table>") == text.count("<caption>") > 0


def test_the_page_says_that_nobody_took_part_and_tells_every_effect():
    one = run("cyberball_exclusion")
    text = study_page(one)
    assert "No person took part" in text and one.study.estimand in text
    for effect in one.estimates:
        assert effect_text(effect) in text and number(effect.effect_size) in text


def test_the_flow_adds_up():
    one = run("cyberball_exclusion")
    every = branches(one)
    assert sum(branch.assigned for branch in every) == one.n
    assert sum(branch.counted for branch in every) == one.estimates[0].n
    assert all(branch.left + branch.counted <= branch.assigned + branch.left for branch in every)
    assert f"{one.truth.screened:,} people drawn" in study_page(one)


def test_every_arm_and_measure_has_a_strip_and_every_visit_a_tick():
    one = run("naltrexone_connectedness")
    text = study_page(one)
    assert len(re.findall(r'class="visit', text)) == sum(len(measure.at) for measure in one.study.measures)
    for arm in one.study.arms:
        assert f"What happens in {arm.id}" in text
    assert "Naltrexone 50 mg, oral, every 24 h, 4 times" in text


def test_courses_are_those_of_the_data():
    one = run("cyberball_exclusion")
    for course in courses_of(one, "social_distress"):
        rows = one.table[(one.table["arm"] == course.arm) & (one.table["measure"] == "social_distress")]
        by_time = rows.groupby("time_h")["value"]
        np.testing.assert_allclose(course.mean, by_time.mean().to_numpy(), rtol=1e-12)  # rounding
        np.testing.assert_allclose(course.error, by_time.sem().to_numpy(), rtol=1e-12)


def test_the_line_without_noise_is_in_the_unit_of_the_instrument():
    one = run("breakup_buprenorphine")
    for course in courses_of(one, "distress"):  # a line of 100 mm, on which as usual is 25
        assert np.abs(course.true - course.mean).max() < 25 and course.true.min() > 5


def test_a_missing_value_is_a_gap_and_no_zero():
    course = Course("a", np.array([0.0, 1.0]), np.array([[1.0, np.nan], [3.0, np.nan]]), np.array([2.0, 2.0]))
    assert course.mean[0] == 2.0 and np.isnan(course.mean[1])


def test_an_effect_that_is_sure_is_filled_and_one_that_is_not_is_open():
    text = forest([("a", estimate(5.0, 1.0, p=0.001)), ("b", estimate(0.5, 1.0))], "points", key="f")
    assert text.count('class="sure"') == 1 and text.count('class="unsure"') == 1
    assert "not found" in forest([("a", estimate(math.nan, 1.0))], "points", key="f")


def test_the_forest_has_a_row_for_every_body_and_every_analysis_a_forest():
    one = run("cyberball_exclusion")
    bodies = [("opioid", run("cyberball_exclusion", "opioid")), ("none", run("cyberball_exclusion", "none"))]
    text = study_page(one, against=bodies, name="integrated")
    forests = re.findall(r'aria-labelledby="forest-\d+-t.*?</svg>', text, re.S)
    assert len(forests) == len(one.estimates)
    assert all(f">{name}</text>" in picture for picture in forests for name in ("integrated", "opioid", "none"))


class Body:
    """A study in one body, as far as words need it."""

    def __init__(self, effect: float, error: float, n: int = 50) -> None:
        self.estimates, self.n = (estimate(effect, error),), n


def test_bodies_far_apart_are_told_apart_and_near_ones_are_not():
    far, near = pairs([("a", Body(0, 1)), ("b", Body(5, 1))])[0], pairs([("a", Body(0, 1)), ("b", Body(1, 1))])[0]
    assert far.apart and not near.apart
    assert far.errors == pytest.approx(5, rel=1e-9) and near.people == math.ceil(50 * POWERED**2)
    assert (
        "tell apart, in at least four of five studies: a and b" in told_apart([("a", Body(0, 1)), ("b", Body(5, 1))])[0]
    )
    assert (
        "more would, in four of five studies: a and b (about" in told_apart([("a", Body(0, 1)), ("b", Body(1, 1))])[0]
    )


def test_bodies_that_agree_are_not_told_apart_at_any_size():
    assert "No size worth naming" in told_apart([("a", Body(1, 1)), ("b", Body(1, 1))])[0]
    assert "No size worth naming" in told_apart([("a", Body(1, 1)), ("b", Body(1.001, 1))])[0]
    assert told_apart([("a", Body(math.nan, 1)), ("b", Body(1, 1))]) == []


def test_every_two_bodies_are_named_once():
    bodies = [("a", Body(0, 1)), ("b", Body(1, 1)), ("c", Body(1, 1)), ("d", Body(6, 1))]
    said = " ".join(told_apart(bodies))
    assert len(told_apart(bodies)) == 3
    assert all(said.count(f"{one} and {other}") == 1 for one, other in ("ab", "ac", "ad", "bc", "bd", "cd"))


def test_the_standard_error_is_that_behind_the_interval():
    assert standard_error(estimate(3.0, 0.7)) == pytest.approx(0.7, rel=1e-9)


def test_the_primary_effect_is_told_with_its_verdict():
    one = run("cyberball_exclusion")
    assert "an effect is seen" in found(replace(one, estimates=(estimate(5, 1, p=0.001),)))
    assert "no effect is seen" in found(replace(one, estimates=(estimate(0.1, 1, p=0.9),)))


def test_power_is_told_with_both_errors_the_error_of_the_first_kind_and_the_sizes():
    text = power_section(POWER)
    for said in ("80 % of studies (error 2 %", "up to 3 %", "5 % of studies see an effect all the same",
                 "80 people (70 to 92", "no number of people was found", "1.2 ×"):  # fmt: skip
        assert said in text, said
    assert read(text).wrong == []
    assert power_section(None) == ""


def test_the_line_of_power_goes_through_the_point_where_repeats_are_normal():
    from scipy.stats import nct, t

    exact = float(nct.sf(t.ppf(0.975, 78), 78, 2.0 / 0.7))  # of 80 people
    even = replace(POWER, rows=(row(power=exact, estimate=-2.0, spread=0.7),))
    text = power_section(even)
    line = [
        tuple(map(float, pair.split())) for pair in re.search(r'class="line line-0" d="M([^"]*)"', text)[1].split("L")
    ]
    point = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', text)
    xs, ys = np.array(line).T
    assert np.interp(float(point[1]), xs, ys) == pytest.approx(float(point[2]), abs=1.0)


def test_the_line_of_power_is_that_of_a_t_test():
    from scipy.stats import nct, t

    for people in (8, 14, 40, 200):
        for away in (0.0, 1.0, 2.8, 4.0):
            limit = t.ppf(0.975, people - 2)
            exact = nct.sf(limit, people - 2, away) + nct.cdf(-limit, people - 2, away)
            assert expected(away, people) == pytest.approx(exact, abs=0.03)  # what the eye sees on the picture


def test_other_sizes_are_points_of_the_curve_and_other_doses_a_picture_of_their_own():
    sizes = replace(POWER, over={"n 40": replace(POWER, n=40), "n 160": replace(POWER, n=160)})
    assert power_section(sizes).count("<circle") == 3 and "planned otherwise" not in power_section(sizes)
    doses = replace(POWER, over={"drug 25 mg": replace(POWER, rows=(row(power=0.4),))})
    text = power_section(doses)
    assert "drug 25 mg: 40 %" in text and "as planned: 80 %" in text
    assert read(text).wrong == []


def test_the_page_is_written_whole(tmp_path):
    path = write_study(
        run("cyberball_exclusion"), tmp_path / "new", command="enkephalin trial cyberball_exclusion --n 24"
    )
    assert [one.name for one in path.parent.iterdir()] == ["report.html"]
    assert "enkephalin trial cyberball_exclusion --n 24" in path.read_text("utf-8")


def test_the_command_writes_the_page_with_every_body_beside_the_first(enkephalin, tmp_path):
    said = enkephalin(
        "trial", "cyberball_exclusion", "--n", "16", "--against", "none", "--against", "described", "--json",
        "--out", str(tmp_path),
    )  # fmt: skip
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert [one["body"] for one in told["against"]] == ["none", "described"]
    alone = json.loads(enkephalin("trial", "cyberball_exclusion", "--n", "16", "--account", "described", "--json").out)
    assert told["against"][1]["estimates"] == alone["estimates"]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "What it can tell apart" in page and ">described</text>" in page
    assert page.count("standard errors of one such study; ✓") == 1


def test_the_command_refuses_a_body_that_is_none(enkephalin):
    said = enkephalin("trial", "cyberball_exclusion", "--n", "16", "--against", "stres")
    assert said.code == 2 and "stress" in said.err


@pytest.mark.slow
@pytest.mark.parametrize("study", list_ids("study"))
def test_every_study_that_ships_has_a_page(study):
    n = min(get("study", study).people.n, 40)
    assert read(study_page(trial(study, n=n))).wrong == []
