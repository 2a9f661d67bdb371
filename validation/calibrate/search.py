"""The search: damped least squares from a starting point, and how well its end is known.

Needs    numpy
Gives    ``search``: the best point, how it was reached, and its posterior; ``State`` can be kept and gone on with
Leaves   what a misfit is (findings)

Cost     the sum of 2 (sqrt(1 + r^2) - 1) over findings, r in standard deviations, so that one finding that cannot be
         met does not bend all others; and the squared distance from the prior.
Step     all columns of the Jacobian are people of one run, and so are the steps with different damping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

NUDGE = 0.1  # standard deviations of the prior
DAMPING = 10.0 ** np.arange(-1.0, 3.1, 0.5)
FARTHEST = 3.5  # standard deviations from the prior
ENOUGH = 0.02  # a step that lowers the cost by less is the last
Array = NDArray[np.float64]
Misfits = Callable[[Array], Array]


@dataclass(frozen=True)
class State:
    """Where a search is: ``costs`` holds the cost at the start and after each step."""

    point: Array  # (free,)
    costs: tuple[float, ...] = ()
    done: bool = False


@dataclass(frozen=True)
class Posterior:
    """A quadratic approximation at a point: covariance in standard deviations of the prior, shape (free, free)."""

    covariance: Array
    sensitivity: Array  # (finding, free): how many of its standard deviations a finding moves with one of the prior's

    @property
    def widths(self) -> Array:
        """One standard deviation of each number, as a share of its prior's; 1 means that no finding speaks of it."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def correlations(self) -> Array:
        """Shape (free, free)."""
        return np.asarray(self.covariance / np.outer(self.widths, self.widths))


def cost(misfits: Array, points: Array) -> Array:
    """The cost of each candidate, shape (person,)."""
    return np.asarray((2 * (np.sqrt(1 + misfits**2) - 1)).sum(axis=1) + (points**2).sum(axis=1))


def search(misfits: Misfits, state: State, *, steps: int, keep: Callable[[State], None] | None = None) -> State:
    """Step until nothing is gained, or ``steps`` were taken.

    Parameters
    ----------
    misfits : function
        Points, shape (person, free) -> shape (person, finding).
    state : State
        Where to begin, or to go on.
    steps : int
        At most so many steps more.
    keep : function, optional
        Called with the state after each step.
    """
    for _ in range(steps):
        if state.done:
            break
        state = _step(misfits, state)
        if keep is not None:
            keep(state)
    return state


def posterior(misfits: Misfits, point: Array) -> Posterior:
    """How well a point is known: Gauss-Newton, the prior included."""
    here, jacobian = _jacobian(misfits, point)
    weight = 1 / np.sqrt(1 + here**2)
    information = (jacobian * weight[:, None]).T @ jacobian + np.eye(len(point))
    return Posterior(np.linalg.inv(information), jacobian)


def _step(misfits: Misfits, state: State) -> State:
    here, jacobian = _jacobian(misfits, state.point)
    now = float(cost(here[None], state.point[None])[0])
    weight = 1 / np.sqrt(1 + here**2)
    curvature = (jacobian * weight[:, None]).T @ jacobian + np.eye(len(state.point))
    slope = jacobian.T @ (weight * here) + state.point
    diagonal = np.diag(np.diag(curvature))
    tried = [state.point - np.linalg.solve(curvature + damping * diagonal, slope) for damping in DAMPING]
    points = np.clip(np.array(tried), -FARTHEST, FARTHEST)
    costs = cost(misfits(points), points)
    best = int(np.argmin(costs))
    before = state.costs or (now,)
    if costs[best] >= now - ENOUGH:
        return replace(state, costs=before, done=True)
    return State(points[best], (*before, float(costs[best])))


def _jacobian(misfits: Misfits, point: Array) -> tuple[Array, Array]:
    """Misfits at a point, shape (finding,), and their slopes, shape (finding, free), by central differences."""
    size = len(point)
    nudges = NUDGE * np.eye(size)
    found = misfits(np.concatenate([point[None], point + nudges, point - nudges]))
    return found[0], (found[1 : size + 1] - found[size + 1 :]).T / (2 * NUDGE)
