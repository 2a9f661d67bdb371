"""Statistics of published results against hand sums, and records that point at what exists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from enkephalin.records import resolve_study
from enkephalin.records.files import PACKAGE
from validation.published.finding import Finding, Found, Misfit, findings, statistic
from validation.published.page import page

MISFIT = Misfit(band=(2, 3), why="A reason.")


def finding(kind, *contrast, **more):
    return Finding(
        id="one", claim="A claim.", study="cyberball_exclusion", measure="score", contrast=contrast, at="1 h",
        statistic=kind, band=(0, 1), source="loseth2024", **more,
    )  # fmt: skip


def table(arms, baseline=0.0, sex=("female", "male")):
    parts = [
        pd.DataFrame(
            {
                "person": np.arange(len(values)),
                "arm": arm,
                "measure": "score",
                "time_h": 1.0,
                "value": np.asarray(values, float),
                "baseline": baseline,
                "sex": np.resize(np.array(sex), len(values)),
            }
        )
        for arm, values in arms.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_difference_is_in_spreads_between_people():
    data = table({"drug": [3, 5, 7], "placebo": [1, 3, 5]})  # means 5 and 3, spread 2
    assert statistic(data, finding("between", "drug", "placebo")) == pytest.approx(1)


def test_a_share_of_the_rise_counts_from_the_baseline():
    data = table({"drug": [11, 11], "placebo": [14, 14]}, baseline=10.0)  # a rise of 1 instead of 4
    assert statistic(data, finding("of_control", "drug", "placebo")) == pytest.approx(-0.75)


def test_the_sexes_are_apart_in_spreads_of_differences():
    # women: 3, 5 (mean 4, spread sqrt 2); men: 1, 3 (mean 2)
    data = table({"drug": [3, 1, 5, 3], "placebo": [0, 0, 0, 0]})
    assert statistic(data, finding("apart", "drug", "placebo")) == pytest.approx(2 / np.sqrt(2))


def test_a_mean_is_a_mean_and_a_change_one_from_the_baseline():
    data = table({"one": [4, 6]}, baseline=7.0)
    assert statistic(data, finding("mean", "one")) == pytest.approx(5)
    assert statistic(data, finding("mean", "one", change=True)) == pytest.approx(-2)


def test_the_verdict_follows_from_the_bands():
    plain = finding("mean", "one")
    stated = finding("mean", "one", misfit=MISFIT)
    words = [Found(row, 10, value, 0.0, 1.0).word for row in (plain, stated) for value in (0.5, 2.5, 5)]
    assert words == ["as published", "not as published", "not as published", "changed", "misfit", "changed"]


def test_records_name_studies_measures_arms_and_sources_that_exist():
    sources = {path.stem for path in (PACKAGE / "evidence" / "sources").glob("*.yaml")}
    for row in findings():
        study = resolve_study(row.study)
        assert row.measure in {one.id for one in study.measures}, row.id
        assert set(row.contrast) <= {arm.id for arm in study.arms}, row.id
        assert row.source in sources, row.id
        assert (len(row.contrast) == 1) == (row.statistic == "mean"), row.id


def test_the_page_says_misfits_with_their_reason():
    stated = finding("mean", "one", misfit=MISFIT)
    text = page([Found(stated, 10, 2.5, 2.0, 3.0)], people=5, repeats=7)
    assert "| 2.50 (2.00 to 3.00) | misfit |" in text
    assert "A reason." in text
