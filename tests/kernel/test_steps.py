"""Steps: the order a method promises, what it keeps, and what happens when it cannot go on."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import NOTHING, kernel_says, roadrunner_says, sbml_of, worst

from enkephalin.compiler.tableau import RODAS4, RODAS5P
from enkephalin.errors import RequestError, SolverStopped
from enkephalin.kernels import population
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

# Smooth, nonlinear, driven by time, with fast and slow parts.
SMOOTH = """model m()
  x = 1; y = 0.3; z = 0;
  x' = -3*x*y + cos(2*time) + 0.5*z; y' = x - y^2 - 0.2*x*z; z' = 0.3*(x*y - z) + 0.1*sin(time); end"""
STIFF = """model m()
  a = 1; b = 0; c = 0; a' = -0.04*a + 1e4*b*c; b' = 0.04*a - 1e4*b*c - 3e7*b^2; c' = 3e7*b^2; end"""


def fixed_steps(sbml: str, method: str, steps: int, monkeypatch: pytest.MonkeyPatch, end: float = 2.0) -> np.ndarray:
    """The values at the end after so many equal steps."""
    monkeypatch.setattr(population, "LONGEST_STEP", end / steps * (1 + 1e-12))
    monkeypatch.setattr(population, "FIRST_STEP", end / steps)
    return kernel_says(sbml, [end], ["x", "y", "z"], tolerance=0.999, method=method)[0]


@pytest.mark.parametrize("tableau", [RODAS4, RODAS5P], ids=lambda t: t.name)
def test_halving_the_step_divides_the_error_as_the_order_says(tableau, monkeypatch: pytest.MonkeyPatch) -> None:
    sbml = sbml_of(SMOOTH)
    exact = kernel_says(sbml, [2.0], ["x", "y", "z"], tolerance=1e-12)[0]
    counts = np.array([20, 40, 80])
    errors = [np.abs(fixed_steps(sbml, tableau.name, int(k), monkeypatch) - exact).max() for k in counts]
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert abs(slope - tableau.order) < 0.2


@pytest.mark.parametrize("tableau", [RODAS4, RODAS5P], ids=lambda t: t.name)
def test_values_between_steps_lose_at_most_one_order(tableau, monkeypatch: pytest.MonkeyPatch) -> None:
    sbml = sbml_of(SMOOTH)
    times = np.linspace(0.013, 1.987, 97)
    exact = kernel_says(sbml, [*times, 2.0], ["x", "y", "z"], tolerance=1e-12)
    errors = []
    for steps in (20, 40, 80):
        monkeypatch.setattr(population, "LONGEST_STEP", 2.0 / steps * (1 + 1e-12))
        monkeypatch.setattr(population, "FIRST_STEP", 2.0 / steps)
        found = kernel_says(sbml, [*times, 2.0], ["x", "y", "z"], tolerance=0.999, method=tableau.name)
        errors.append(np.abs(found - exact).max())
    slope = -np.polyfit(np.log([20, 40, 80]), np.log(errors), 1)[0]
    assert slope > tableau.order - 1 - 0.3


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-7])
def test_the_error_stays_within_the_tolerance(tolerance: float) -> None:
    sbml, times = sbml_of(SMOOTH), np.linspace(0, 30, 61)
    exact = roadrunner_says(sbml, times, ["x", "y", "z"])
    assert worst(kernel_says(sbml, times, ["x", "y", "z"], tolerance=tolerance), exact) < tolerance


def test_stiff_kinetics_over_many_decades_of_time() -> None:
    sbml, times = sbml_of(STIFF), [0, 0.4, 40, 4e3]
    found = kernel_says(sbml, times, ["a", "b", "c"], tolerance=1e-6)
    # Robertson's problem at t = 0.4 and 40: Hairer and Wanner 1996, section IV.10.
    np.testing.assert_allclose(found[1], [0.98517, 3.3864e-5, 1.4794e-2], rtol=1e-4)
    np.testing.assert_allclose(found[2], [0.7158, 9.185e-6, 0.2842], rtol=2e-4)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-9)
    assert found.min() >= 0


def test_a_decaying_dose_never_becomes_negative() -> None:
    sbml = sbml_of("model m() g = 0; c = 0; g' = -3*g; c' = 3*g - 0.4*c; end")
    doses = EventTable.of([(0.0, 24.0, 3, "g", True, 5.0)])
    found = kernel_says(sbml, np.linspace(0, 120, 721), ["g", "c"], tolerance=1e-3, events=doses)
    # Below a thousandth of its peak a state may be wrong by a thousandth of a thousandth of it.
    assert found.min() >= -1e-6 * found.max()


def test_a_person_who_cannot_go_on_is_named_and_the_others_arrive() -> None:
    # dx/dt = r x^2 is infinite at 1/r; only the third person gets there within 4 h.
    sbml = sbml_of("model m() r = 0.1; w = 1; x = 1; w' = -w; x' = r*x^2; end")
    rate = np.array([0.1, 0.2, 0.5, 0.05] * 5)[:19]
    rate[6:] = 0.1
    with pytest.raises(SolverStopped) as caught:
        run(sbml, {"r": rate}, NOTHING, np.linspace(0, 4, 9), ["x"], tolerance=1e-6)
    more = caught.value.more
    assert (more["person"], more["state"], list(more["stopped"])) == (2, "x", [2])
    assert more["time"] == pytest.approx(2.0, rel=1e-6)
    assert "person 2" in str(caught.value) and "'x'" in str(caught.value)
    others = np.delete(more["result"], 2, axis=0)
    exact = 1 / (1 - np.delete(rate, 2)[:, None] * np.linspace(0, 4, 9))
    np.testing.assert_allclose(others[:, :, 0], exact, rtol=1e-5)
    assert np.isfinite(more["result"][2, :4]).all() and np.isnan(more["result"][2, 5:]).all()


def test_a_rate_that_is_no_number_stops_with_its_state() -> None:
    sbml = sbml_of("model m() calm = 1; x = 1; calm' = -calm; x' = ln(1.5 - time); end")
    with pytest.raises(SolverStopped, match="'x'"):
        kernel_says(sbml, [0, 3.0], ["calm"])


@pytest.mark.parametrize("tolerance", [0, -1e-3, 1, float("nan")])
def test_a_tolerance_that_is_no_share_is_refused(tolerance: float) -> None:
    with pytest.raises(RequestError, match="tolerance"):
        kernel_says(sbml_of(SMOOTH), [0, 1.0], ["x"], tolerance=tolerance)


@pytest.mark.parametrize("times", [[], [-1.0, 2.0], [2.0, 1.0], [0.0, float("nan")]])
def test_times_out_of_order_are_refused(times: list[float]) -> None:
    with pytest.raises(RequestError, match="times"):
        kernel_says(sbml_of(SMOOTH), times, ["x"])
