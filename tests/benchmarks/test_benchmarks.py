"""What the benchmarks measure is what they say: equal errors, honest counts, peers that are named."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import operations, sixty_states
from benchmarks.comparison import LIMIT, Row, compare, search
from benchmarks.engines import Engine, Missing, ours, peers
from benchmarks.engines.kernel import Kernel
from benchmarks.engines.roadrunner import RoadRunner
from benchmarks.errors import Truth
from benchmarks.jobs import Job
from benchmarks.page import Comparison, Figures, spread, write
from enkephalin.compiler import build
from enkephalin.kernels import population
from enkephalin.kernels.compiled import kernel_for
from enkephalin.kernels.events import EventTable

THREE = np.array([0.9, 1.0, 1.1])


@pytest.fixture(scope="module")
def day() -> Job:
    """Two days of stress hormones of three people, with a knock after ten hours."""
    body = build("reference_day")
    state = body.states[0]
    theta = {state: body.parameters.get(state, 1.0) * THREE}
    knock = EventTable.of([(10.0, 0.0, 1, state, True, 0.2)])
    return Job("day", "two days", body, theta, knock, np.arange(0, 49.0, 3))


@pytest.fixture(scope="module")
def truth(day: Job) -> Truth:
    return Truth(day, 3)


def test_the_search_stops_just_below_the_limit() -> None:
    tried = []

    def error_at(tolerance: float) -> float:
        tried.append(tolerance)
        return 0.3 * tolerance**0.8

    found = search(error_at, 1e-6, 12)
    assert found in tried and 0.5 * LIMIT < error_at(found) <= LIMIT


def test_a_search_that_finds_nothing_good_returns_what_was_best() -> None:
    tried = []

    def error_at(tolerance: float) -> float:
        tried.append(tolerance)
        return 0.002 if len(tried) == 2 else 0.003

    assert search(error_at, 1e-3, 4) == tried[1]


def test_every_engine_of_the_plain_install_is_equally_right(day: Job, truth: Truth) -> None:
    for engine in (*ours(), RoadRunner()):
        engine.load(day)
        tolerance = 1e-4 if "32" in engine.name else 1e-5
        assert truth.error(engine.run(range(3), tolerance)) < 1e-3, engine.name


@pytest.mark.slow  # Numba compiles for half a minute
def test_peers_that_are_installed_are_right_too(day: Job, truth: Truth) -> None:
    pytest.importorskip("numba")
    for engine in [*peers()[0], *peers()[1][:2]]:
        try:
            engine.load(day)
        except Missing:
            continue
        assert truth.error(engine.run(range(3), 1e-5)) < 1e-3, engine.name


def test_an_engine_that_fails_is_named_and_the_others_are_measured(day: Job, truth: Truth) -> None:
    rows = compare(day, truth, [Kernel(), RoadRunner(), Broken()], each=2, rounds=2, tries=3, tell=lambda _: None)
    assert "failed with ZeroDivisionError" in rows[2].why_not
    for row in rows[:2]:
        assert row.error <= LIMIT and row.failed == 0 and len(row.ratio) == 2
    assert all(ratio > 1 for ratio in rows[1].ratio)


class Broken(Engine):
    """An engine that cannot even begin."""

    name = "broken"

    def load(self, job: Job) -> None:
        raise ZeroDivisionError(job.name)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        raise NotImplementedError


def test_operations_count_turns_and_take_the_cheaper_branch() -> None:
    text = """define <8 x double> @own(<8 x double> %x) {
  entry:
  br i1 %slow, label %long, label %end
  long:
  %a = fmul contract <8 x double> %x, %x
  %b = fmul contract <8 x double> %a, %x
  br label %end
  end:
  %c = call <8 x double> @llvm.fma.v8f64(<8 x double> %x, <8 x double> %x, <8 x double> %x)
  ret <8 x double> %c
}
define void @all(ptr %p) noinline nounwind {
  entry:
  br label %again
  again:
  %i = phi i64 [0, %entry], [%j, %again]
  %v = call <8 x double> @own(<8 x double> %w)
  %s = fadd contract <8 x double> %v, %w
  %j = add i64 %i, 1
  %more = icmp slt i64 %j, 10
  br i1 %more, label %again, label %out
  out:
  %r = fdiv <8 x double> %s, %w
  ret void
}
"""
    assert operations.counted(text, "all") == 10 * (2 + 1) + 1


def test_a_core_does_more_with_half_the_digits() -> None:
    assert operations.peak("float32") > 1.3 * operations.peak("float64") > 1e8


def test_the_page_tells_of_those_who_are_missing(tmp_path) -> None:
    there = Row("ours", load=0.1, tolerance=1e-3, error=5e-4, people=4, memory=1e8, speed=[50.0, 60.0], ratio=[1, 1])
    rows = [there, Row("absent", why_not="is not installed (absent)")]
    comparison = Comparison("daily", "a dose a day", 100, 30_000, rows, 5000.0, 0.01)
    page = tmp_path / "page.md"
    write(Figures(["a machine"], {"float64": 5e10, "float32": 1e11}, [comparison], [], (1.0, 1.0)), page)
    words = page.read_text()
    assert "absent: is not installed" in words and spread([50.0, 60.0]) == "55 (50 to 60)" in words


def test_speed_at_sixty_states_is_measured_and_told_by_operations(tmp_path) -> None:
    sbml = sixty_states.equations()
    code = kernel_for(sbml)
    drawn = sixty_states.people(sbml, 3)
    doses = EventTable.of(sixty_states.DOSES)
    seen = population.carry(code, drawn, doses, np.array([0.0, 24.0, 48.0]), ("d1_G", "CORT"), 1e-3, 1)
    assert len(code[1].states) == 61 and operations.operations(sbml) > 10_000
    assert (seen[:, 1, 0] == 0.8).all() and len(set(seen[:, 2, 1])) == 3
    ours = Row("ours", load=0.1, tolerance=1e-3, error=5e-4, people=4, memory=1e8, speed=[60.0], ratio=[1])
    comparison = Comparison("daily", "a dose a day", 100, 30_000, [ours], 5000.0, 0.01)
    sixty = sixty_states.Sixty(61, 15_000, 5500.0, 8e-4, [150.0])
    page = tmp_path / "page.md"
    peak = {"float64": 5e10, "float32": 1e11}
    write(Figures(["a machine"], peak, [comparison], [], (1.0, 1.0), sixty=sixty), page)
    assert "| 30000 | 5000 | 60 | 120 | 5.0e-04 |" in page.read_text()
