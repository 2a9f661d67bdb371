"""The three libraries agree, on random tables and on what each knows; and pooling keeps what pooling must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_studies import BCG, EXPECTANCY

from enkephalin.evidence import meta_analysis
from enkephalin.evidence.libraries import MODULES
from enkephalin.evidence.opinions import opinions
from enkephalin.records.libraries import library_of

SAME = {"REML": 2e-4, "PM": 1e-6, "DL": 1e-9}  # REML is iterated and PyMARE stops early; the others are nearly closed


def tables(least: int = 3, most: int = 25):
    """Effects with variances between 0.01 and 1, with and without differences between studies."""
    thousandths = st.integers(-2000, 2000).map(lambda number: number / 1000)
    study = st.tuples(thousandths, st.integers(10, 1000).map(lambda number: number / 1000))
    return st.lists(study, min_size=least, max_size=most, unique_by=lambda pair: pair[0]).map(
        lambda rows: (np.array([yi for yi, _ in rows]), np.array([vi for _, vi in rows]))
    )


@pytest.mark.parametrize("method", ["REML", "PM", "DL"])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(table=tables())
def test_the_libraries_agree(method, table):
    first, *others = opinions(*table, method)
    for other in others:
        assert other.tau2 == pytest.approx(first.tau2, rel=100 * SAME[method], abs=SAME[method])
        assert other.estimate == pytest.approx(first.estimate, abs=SAME[method])
        assert other.se == pytest.approx(first.se, rel=SAME[method], abs=1e-12)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(table=tables(), shift=st.floats(-3, 3), scale=st.floats(0.2, 5))
def test_a_change_of_unit_changes_only_the_unit(table, shift, scale):
    yi, vi = table
    before = meta_analysis({"yi": yi, "vi": vi}, method="DL")
    after = meta_analysis({"yi": scale * yi + shift, "vi": scale**2 * vi}, method="DL")
    assert after.estimate == pytest.approx(scale * before.estimate + shift, abs=1e-9)
    assert after.tau2 == pytest.approx(scale**2 * before.tau2, rel=1e-6, abs=1e-9)
    assert after.q == pytest.approx(before.q, rel=1e-8, abs=1e-8)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(table=tables(), seed=st.integers(0, 2**16))
def test_the_order_of_studies_does_not_matter(table, seed):
    yi, vi = table
    order = np.random.default_rng(seed).permutation(len(yi))
    one, other = (meta_analysis({"yi": y, "vi": v}) for y, v in ((yi, vi), (yi[order], vi[order])))
    assert one.estimate == pytest.approx(other.estimate, abs=1e-7)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(table=tables())
def test_a_pool_lies_among_its_studies_and_is_surer_than_each(table):
    yi, vi = table
    found = meta_analysis({"yi": yi, "vi": vi}, model="common")
    assert yi.min() - 1e-12 <= found.estimate <= yi.max() + 1e-12
    assert found.se <= vi.min() ** 0.5 + 1e-12
    assert sum(row.weight for row in found.studies) == pytest.approx(100)


def test_swapping_the_arms_turns_a_ratio_upside_down():
    swapped = BCG | {"ai": BCG["ci"], "bi": BCG["di"], "ci": BCG["ai"], "di": BCG["bi"]}
    one, other = meta_analysis(BCG, "OR"), meta_analysis(swapped, "OR")
    assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)


def test_leaving_one_out_is_pooling_the_others():
    found = meta_analysis(EXPECTANCY)
    without = found.leave_one_out[3]
    rest = {key: [value for row, value in enumerate(values) if row != 3] for key, values in EXPECTANCY.items()}
    assert without["without"] == EXPECTANCY["study"][3]
    assert without["estimate"] == pytest.approx(meta_analysis(rest).estimate, abs=1e-8)


def test_dependent_rows_counted_twice_fool_the_plain_interval_and_not_the_robust_one():
    twice = {key: [*values, *values] for key, values in EXPECTANCY.items()}
    plain = meta_analysis(EXPECTANCY, cluster="study").robust
    robust = meta_analysis(twice, cluster="study").robust
    naive = meta_analysis(twice | {"study": [str(row) for row in range(38)]})
    assert naive.se < 0.8 * plain.se
    assert robust.se > 0.9 * plain.se
    assert robust.clusters == 19


def test_every_result_names_its_method_and_the_versions_of_its_libraries():
    found = meta_analysis(EXPECTANCY, cluster="study").as_dict()
    assert set(found["libraries"]) == {"PyMetaAnalysis", "PyMARE", "scipy"}
    assert found["method"] == "restricted maximum likelihood"
    assert found["interval"] and found["prediction_means"]
    assert "fit" not in found


def test_the_libraries_are_an_extra_that_the_package_declares():
    import re
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]

    def names(extra: str) -> set[str]:
        return {re.split(r"[<>=]", line)[0].lower() for line in project["optional-dependencies"][extra]}

    assert names("evidence") == {library_of(module).lower() for module in MODULES}
    assert names("evidence") <= names("test")
