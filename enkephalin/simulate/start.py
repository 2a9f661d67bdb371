"""Start: the 24-h periodic orbit from which each person's stress axis begins.

Needs    the small assembly of the undisturbed day, an engine
Gives    ``daily_orbit``: initial values per person for every module that the small assembly shares with the body
Leaves   the rest of the body, which starts at a true fixed point by its initial assignments

Newton looks for the states x with flow_24h(x) = x. All people, and the columns of each one's Jacobian, are
integrated together.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping

import numpy as np

from ..compiler import cache
from ..compiler.model import Model
from ..compiler.numeric import starts
from ..errors import StartNotFound
from ..kernels.events import EventTable

DAY = 24.0  # h
TOLERANCE = 1e-7  # of the integration, so that Newton can see differences
CLOSE = 1e-7  # relative: an orbit is closed when no state moved more than this
NUDGE = 1e-4  # relative step of the finite differences
MOST_STEPS = 12
SETTLING = 20 * DAY  # lived before a second attempt
Run = Callable[..., np.ndarray]


def daily_orbit(day: Model, theta: Mapping[str, np.ndarray], people: int, run: Run) -> dict[str, np.ndarray]:
    """States of the undisturbed day at the start of a run, by their names in the small assembly.

    Parameters
    ----------
    day : Model
        The small assembly, such as ``build("reference_day")``.
    theta : mapping
        Flat name in ``day`` -> values, shape (person,).
    people : int
        How many.
    run : function
        An engine's ``run``.

    Returns
    -------
    dict
        Flat name of each state -> values, shape (person,).

    Raises
    ------
    StartNotFound
        Newton did not close an orbit.
    """
    own = {name: np.broadcast_to(theta[name], (people,)) for name in sorted(theta) if name in day.parameters}
    distinct = np.stack([*own.values()]) if own else np.zeros((0, people))
    different, back = np.unique(distinct, axis=1, return_inverse=True)
    count = different.shape[1] if own else 1
    few = {name: different[row] for row, name in enumerate(own)}
    key = _key(day, few)
    found = _kept(key, (count, len(day.states)))
    if found is None:
        found = _newton(day, few, count, run)
        file = io.BytesIO()
        np.save(file, found)
        cache.save("orbits", key, file.getvalue())
    spread = found[np.ravel(back)] if own else np.repeat(found, people, axis=0)
    return {name: spread[:, index] for index, name in enumerate(day.states)}


def shared_starts(day: Model, body: Model, orbit: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The orbit's values for every state of the body that has the same module and symbol."""
    by_symbol = {(day.rows[name].module, day.rows[name].name): values for name, values in orbit.items()}
    found = {}
    for name in body.states:
        row = body.rows[name]
        if (row.module, row.name) in by_symbol:
            found[name] = by_symbol[row.module, row.name]
    return found


def _newton(day: Model, theta: Mapping[str, np.ndarray], people: int, run: Run) -> np.ndarray:
    """Closed orbits, shape (person, state)."""
    first = starts(day, theta, people)
    state = np.stack([first[name] for name in day.states], axis=1)
    for attempt in range(2):
        found, worst = _attempt(day, theta, state, run)
        if found is not None:
            return found
        if attempt == 0:
            state = _flow(day, theta, state, run, SETTLING)
    raise StartNotFound(
        "no daily orbit was found",
        place=f"assembly {day.name}, person {int(np.argmax(worst))}",
        found=f"after {MOST_STEPS} Newton steps a day still moves a state by {float(np.max(worst)):.2g} of itself",
        expected=f"at most {CLOSE:g}",
        try_="look at this person's values: the stress axis may have no stable day with them",
    )


def _attempt(
    day: Model, theta: Mapping[str, np.ndarray], state: np.ndarray, run: Run
) -> tuple[np.ndarray | None, np.ndarray]:
    """Newton from one guess: closed orbits or None, and how far each person's day is from closed."""
    people, size = state.shape
    worst = np.full(people, np.inf)
    for _ in range(MOST_STEPS):
        step = NUDGE * np.maximum(np.abs(state), NUDGE)
        # p person, c column (0 the state itself, c > 0 nudged in state c - 1), s state
        nudged = np.repeat(state[:, None, :], size + 1, axis=1)
        nudged[:, 1:, :] += step[:, :, None] * np.eye(size)
        wide = {name: np.repeat(values, size + 1) for name, values in theta.items()}
        after = _flow(day, wide, nudged.reshape(-1, size), run, DAY).reshape(nudged.shape)
        moved = after[:, 0, :] - state
        scale = np.maximum(np.abs(state), NUDGE)
        worst = np.max(np.abs(moved) / scale, axis=1)
        if np.all(worst < CLOSE):
            return state, worst
        jacobian = np.swapaxes((after[:, 1:, :] - after[:, :1, :]) / step[:, :, None], 1, 2)
        try:
            change = np.linalg.solve(np.eye(size) - jacobian, moved[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            return None, worst
        # a state that is positive stays so: never more than halved in one step
        longest = np.where((state > 0) & (change < -state / 2), -state / 2, change)
        state = state + longest
        if not np.isfinite(state).all():
            return None, worst
    return None, worst


def _flow(day: Model, theta: Mapping[str, np.ndarray], state: np.ndarray, run: Run, hours: float) -> np.ndarray:
    """The states after some hours, shape (person, state)."""
    given = dict(theta) | {name: state[:, index] for index, name in enumerate(day.states)}
    out = run(day, given, EventTable.empty(), np.array([0.0, hours]), day.states, tolerance=TOLERANCE)
    return np.asarray(out[:, -1, :])


def _key(day: Model, theta: Mapping[str, np.ndarray]) -> str:
    parts: list[str | bytes] = [day.digest, repr((TOLERANCE, CLOSE))]
    for name, values in theta.items():
        parts += [name, hashlib.sha256(np.ascontiguousarray(values, float).tobytes()).digest()]
    return cache.digest_of(parts)


def _kept(key: str, shape: tuple[int, int]) -> np.ndarray | None:
    raw = cache.load("orbits", key)
    if raw is None:
        return None
    found: np.ndarray = np.load(io.BytesIO(raw), allow_pickle=False)
    return found if found.shape == shape else None
