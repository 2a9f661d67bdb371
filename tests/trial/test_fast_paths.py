"""What power analyses do faster says the same as what a study that is run once says."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from studies import made, quantity, small
from tables import plan

from enkephalin.errors import RequestError
from enkephalin.trial.analysis import analyse
from enkephalin.trial.analysis.exponentials import one, two
from enkephalin.trial.observe import observe, observed

ROUNDING = 1e-9  # relative: sums in another order
MEASURES = (
    {"id": "connection", "instrument": "felt_connection", "at": ("0 h", "8 h", "32 h"), "baseline": "0 h"},
    {"id": "distress", "instrument": "vas_distress", "of": "distress", "at": ("0 h", "8 h", "32 h")},
)
DROPOUT = {"hazard": quantity(0.1, "1/d")}
PAIRED = ({"kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},)
BOTH = ("naltrexone", "placebo")
PARALLEL = [
    plan("t_test", *BOTH, measure="connection", at="8 h"),
    plan("t_test", *BOTH, measure="distress", summary="mean"),
    plan("ancova", *BOTH, measure="connection", covariates=("baseline", "sex", "age")),
    plan("equivalence", *BOTH, measure="distress", margin=1.0),
    plan("correlation", measure="connection", by="distress"),
    plan("correlation", "placebo", measure="connection", by="age"),
    plan("moderation", *BOTH, measure="connection", by="age", covariates=("sex",)),
    plan("mediation", *BOTH, measure="connection", through="distress", through_at="8 h"),
    plan("mixed_model", *BOTH, measure="connection"),
    plan("paired", "naltrexone", measure="connection", of="change"),
]
CROSSED = [
    plan("paired", *BOTH, measure="connection"),
    plan("paired", *BOTH, measure="connection", covariates=("period",)),
    plan("moderation", *BOTH, measure="distress", by="age"),
    plan("repeated_measures", *BOTH, measure="connection"),
]


def parallel():
    return made(small(measures=MEASURES, dropout=DROPOUT), 40)


def crossed():
    return made(small(measures=MEASURES, design="crossover", assignment={"washout": "1 d"}, analysis=PAIRED), 40)


def numbers(found):
    return np.array([found.estimate, *found.ci, found.p, found.effect_size, found.n])


@pytest.mark.parametrize("one_plan", PARALLEL, ids=lambda one: f"{one.kind} {one.measure}")
def test_arrays_and_the_long_table_give_the_same_estimate(one_plan):
    _same(parallel(), one_plan)


@pytest.mark.parametrize("one_plan", CROSSED, ids=lambda one: one.kind)
def test_arrays_and_the_long_table_of_a_crossover_give_the_same_estimate(one_plan):
    _same(crossed(), one_plan)


def _same(truth, one_plan):
    chosen = np.random.default_rng(2).integers(40, size=60)
    table = observe(truth, chosen, 7)
    read = {name for name in (one_plan.measure, one_plan.by, one_plan.through) if name}
    quick = analyse(observed(truth, chosen, 7, read), one_plan, checks=False)[0]
    np.testing.assert_allclose(
        numbers(quick), numbers(analyse(table, one_plan)[0]), rtol=REML.get(one_plan.kind, ROUNDING)
    )


NEAR = 0.02  # of the squares: two time constants are searched in turns, which may end a little above the best
REML = {"mixed_model": 1e-4}  # statsmodels' own search ends there


def test_one_measure_alone_is_read_as_among_all():
    truth = parallel()
    whole, alone = observed(truth, range(40), 3), observed(truth, range(40), 3, ["distress"])
    assert set(alone.measures) == {"distress"}
    pd.testing.assert_frame_equal(whole.rows("distress"), alone.rows("distress"), check_exact=True)


def test_an_occasion_that_was_not_measured_is_refused_from_arrays_too():
    with pytest.raises(RequestError, match="not measured at 9 h"):
        analyse(observed(parallel(), range(40), 3), plan("t_test", *BOTH, measure="connection", at="9 h"))


def test_exponentials_find_what_a_fine_grid_finds():
    times = np.array([0.0, 1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 24.0])
    random = np.random.default_rng(3)
    courses = 1 + np.exp(-times / 2) + 2 * np.exp(-times / 15) + 0.05 * random.standard_normal((20, len(times)))
    fine = np.linspace(np.log(0.5), np.log(240.0), 240)
    columns = np.exp(-times / np.exp(fine)[:, None])
    for fit, sets in ((one, [[k] for k in range(len(fine))]), (two, list(combinations(range(len(fine)), 2)))):
        found = fit(times, courses)
        for course, squares in zip(courses[:2], found.squares[:2], strict=True):
            best = min(_squares(course, columns[list(some)]) for some in sets)
            assert squares <= best * (1 + (NEAR if fit is two else ROUNDING))


def _squares(course, columns):
    design = np.vstack([np.ones(len(course)), columns]).T
    return float(((course - design @ np.linalg.lstsq(design, course, rcond=None)[0]) ** 2).sum())
