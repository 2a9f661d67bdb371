"""Analyses give the numbers that textbooks and other programs print for published data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tables import crossover, first, parallel, plan

from enkephalin.trial.analysis import analyse

# Cushny and Peebles 1905, hours of sleep gained by ten people with two drugs; as R's data set `sleep` has them.
SLEEP = {
    "second": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
    "first": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
}
# Freireich and others 1963: weeks of remission; a minus sign marks a child still in remission.
REMISSION = {
    "mercaptopurine": [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35],
    "placebo": [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
}
# Potthoff and Roy 1964: a distance in the face at 8, 10, 12, 14 years; as nlme's data set `Orthodont` has them.
FACES = {
    "girl": [
        [21, 20, 21.5, 23], [21, 21.5, 24, 25.5], [20.5, 24, 24.5, 26], [23.5, 24.5, 25, 26.5], [21.5, 23, 22.5, 23.5],
        [20, 21, 21, 22.5], [21.5, 22.5, 23, 25], [23, 23, 23.5, 24], [20, 21, 22, 21.5], [16.5, 19, 19, 19.5],
        [24.5, 25, 28, 28],
    ],
    "boy": [
        [26, 25, 29, 31], [21.5, 22.5, 23, 26.5], [23, 22.5, 24, 27.5], [25.5, 27.5, 26.5, 27], [20, 23.5, 22.5, 26],
        [24.5, 25.5, 27, 28.5], [22, 22, 24.5, 26.5], [24, 21.5, 24.5, 25.5], [23, 20.5, 31, 26], [27.5, 28, 31, 31.5],
        [23, 23, 23.5, 25], [21.5, 23.5, 24, 28], [17, 24.5, 26, 29.5], [22.5, 25.5, 25.5, 26], [23, 24.5, 26, 30],
        [22, 21.5, 23.5, 25],
    ],
}  # fmt: skip
# Anscombe 1973, the first of four.
ANSCOMBE = (
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
)


def remission_table():
    """Each child at every week until the relapse, or until last seen."""
    rows = []
    people = [(arm, weeks) for arm, list_ in REMISSION.items() for weeks in list_]
    for person, (arm, weeks) in enumerate(people):
        for week in range(1, abs(weeks) + 1):
            rows.append((person, arm, week, float(weeks > 0 and week == weeks)))
    table = pd.DataFrame(rows, columns=["person", "arm", "time_h", "value"])
    return table.assign(
        source_person=table["person"], sequence=table["arm"], period=1, occasion=table["time_h"], measure="relapse",
        baseline=np.nan, dropped=False, time_h=table["time_h"].astype(float),
    )  # fmt: skip


def test_welch_on_the_sleep_data():
    found = first(parallel(SLEEP), "t_test", "first", "second")
    assert found.estimate == pytest.approx(-1.58, rel=1e-9)
    assert found.p == pytest.approx(0.07939, abs=1e-5)
    assert found.ci == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert found.details["df"] == pytest.approx(17.776, abs=1e-3)


def test_the_paired_test_on_the_sleep_data():
    found = first(crossover(SLEEP), "paired", "first", "second")
    assert found.p == pytest.approx(0.002833, abs=1e-6)
    assert found.ci == pytest.approx((-2.4598858, -0.7001142), abs=1e-6)
    assert found.effect_size == pytest.approx(-4.0621 / np.sqrt(10), abs=1e-4)


def test_repeated_measures_of_two_arms_are_the_paired_test():
    found = first(crossover(SLEEP), "repeated_measures", "first", "second")
    assert found.details["F"] == pytest.approx(4.0621**2, rel=1e-4)
    assert found.p == pytest.approx(0.002833, abs=1e-6)


def test_cox_and_log_rank_on_the_remission_data():
    cox = first(remission_table(), "cox", "placebo", "mercaptopurine", measure="relapse")
    assert cox.estimate == pytest.approx(1.5721, abs=1e-4)  # Efron's ties
    assert (cox.ci[1] - cox.ci[0]) / 2 / 1.959964 == pytest.approx(0.4124, abs=1e-4)
    curves = first(remission_table(), "kaplan_meier", "placebo", "mercaptopurine", measure="relapse")
    assert curves.p == pytest.approx(4.17e-5, rel=1e-2)  # chi-square 16.79
    assert curves.details["events"] == 30
    early = first(
        remission_table().query("time_h <= 10"), "kaplan_meier", "mercaptopurine", "placebo", measure="relapse"
    )
    assert early.details["share"] == pytest.approx(0.7529, abs=1e-4)
    assert early.details["share_control"] == pytest.approx(8 / 21, rel=1e-9)


def test_a_mixed_model_on_the_faces():
    # nlme: lme(distance ~ factor(age) + Sex, random = ~1): girls -2.321023, standard error 0.7614168, 25 df
    found = first(parallel(FACES, times=(8, 10, 12, 14)), "mixed_model", "girl", "boy")
    assert found.estimate == pytest.approx(-2.321023, abs=1e-5)
    assert found.details["df"] == 25
    assert (found.ci[1] - found.ci[0]) / 2 / 2.059539 == pytest.approx(0.7614168, abs=2e-4)
    assert found.p == pytest.approx(0.0054, abs=1e-4)


def test_the_correlation_of_anscombe():
    x, y = ANSCOMBE
    found = first(parallel({"all": y}, x=x), "correlation", by="x")
    assert found.estimate == pytest.approx(0.81642, abs=1e-5)
    assert found.p == pytest.approx(0.00217, abs=1e-5)
    assert found.ci == pytest.approx((0.4243912, 0.9506933), abs=1e-6)


def test_hedges_g_of_a_worked_example():
    # Borenstein and others 2009, chapter 4: means 103 and 100, SD 5.5 and 4.5, 50 people each: d 0.5970, g 0.5924
    shape = np.linspace(-1, 1, 50)
    shape /= shape.std(ddof=1)
    found = first(parallel({"drug": 103 + 5.5 * shape, "placebo": 100 + 4.5 * shape}), "t_test", "drug", "placebo")
    assert found.effect_size == pytest.approx(0.5924, abs=1e-4)


def test_every_estimate_names_its_library_and_says_what_it_leans_on():
    table = crossover(SLEEP, age=np.arange(10.0))
    for one in (
        plan("paired", "first", "second"),
        plan("repeated_measures", "first", "second"),
        plan("correlation", by="age"),
    ):
        for found in analyse(table, one):
            assert any(library in found.method for library in ("scipy", "statsmodels", "lifelines"))
            assert found.assumptions
            assert set(found.as_dict()) >= {
                "measure",
                "contrast",
                "estimate",
                "ci",
                "p",
                "effect_size",
                "effect_ci",
                "n",
            }
