"""Start: the 24-h periodic orbit from which each person's stress axis begins.

Needs    the small assembly of the undisturbed day, an engine
Gives    ``daily_orbit``: initial values per person for every module that the small assembly shares with the body
Leaves   the rest of the body, which starts at a true fixed point by its initial assignments

Newton looks for the states x with flow_24h(x) = x. All people, and the columns of each one's Jacobian, are
integrated together.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..compiler import cache
from ..compiler.model import Model
from ..compiler.numeric import starts
from ..kernels.events import EventTable
from ..kernels.stops import Stop

DAY = 24.0  # h
TOLERANCE = 1e-7  # of the integration, so that Newton can see differences
CLOSE = 1e-7  # relative: an orbit is closed when no state moved more than this
NUDGE = 1e-4  # relative step of the finite differences
MOST_STEPS = 12
SETTLING = 20 * DAY  # lived before a second attempt
KEPT = 256  # most orbits that are kept on disk together
Run = Callable[..., tuple[np.ndarray, tuple[Stop, ...]]]


def daily_orbit(
    day: Model, theta: Mapping[str, np.ndarray], people: int, run: Run, *, code: str = ""
) -> tuple[dict[str, np.ndarray], tuple[Stop, ...]]:
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
        An engine that tells who stopped and leaves NaN there (``runs.carry_people``).

    Rarely needed
    -------------
    code : str
        A name for that engine and its version: orbits are kept, and one of another engine differs in its last bits.

    Returns
    -------
    dict, stops
        Flat name of each state -> values, shape (person,), the same bytes in any company; and the people for whom
        Newton closed no orbit, with NaN in every state.
    """
    own = {name: np.broadcast_to(theta[name], (people,)) for name in sorted(theta) if name in day.parameters}
    distinct = np.stack([*own.values()]) if own else np.zeros((0, people))
    different, back = np.unique(distinct, axis=1, return_inverse=True)
    count = different.shape[1] if own else 1
    back = np.ravel(back) if own else np.zeros(people, int)
    few = {name: different[row] for row, name in enumerate(own)}
    key = _key(day, few, code)
    found = _kept(key, (count, len(day.states)))
    astray: dict[int, Stop] = {}
    if found is None:
        found, astray = _newton(day, few, count, run)
        if not astray and count <= KEPT:
            file = io.BytesIO()
            np.save(file, found)
            cache.save("orbits", key, file.getvalue())
    stops = tuple(replace(astray[one], person=person) for person, one in enumerate(map(int, back)) if one in astray)
    return {name: found[back, index] for index, name in enumerate(day.states)}, stops


def shared_starts(day: Model, body: Model, orbit: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The orbit's values for every state of the body that has the same module and symbol."""
    by_symbol = {(day.rows[name].module, day.rows[name].name): values for name, values in orbit.items()}
    found = {}
    for name in body.states:
        row = body.rows[name]
        if (row.module, row.name) in by_symbol:
            found[name] = by_symbol[row.module, row.name]
    return found


def _newton(day: Model, theta: Mapping[str, np.ndarray], people: int, run: Run) -> tuple[np.ndarray, dict[int, Stop]]:
    """Closed orbits, shape (person, state), and those who have none. Nobody's steps depend on anybody else."""
    first = starts(day, theta, people)
    guess = np.stack([np.broadcast_to(first[name], (people,)) for name in day.states], axis=1)
    closed = np.full_like(guess, np.nan)
    left, moved = np.arange(people), np.full(guess.shape, np.inf)
    for attempt in range(2):
        if attempt and len(left):
            guess[left] = _flow(day, _only(theta, left), guess[left], run, SETTLING)
        left = _attempt(day, theta, guess, closed, moved, left, run)
    return closed, {int(one): _astray(day, int(one), moved[one]) for one in left}


def _attempt(
    day: Model,
    theta: Mapping[str, np.ndarray],
    guess: np.ndarray,
    closed: np.ndarray,
    moved: np.ndarray,
    left: np.ndarray,
    run: Run,
) -> np.ndarray:
    """Newton from one guess for the people of ``left``: fills ``closed`` and ``moved``; who is left after it."""
    size = guess.shape[1]
    going, state, lost = left, guess[left], [left[:0]]
    for _ in range(MOST_STEPS):
        fine = np.isfinite(state).all(axis=1)
        lost.append(going[~fine])
        going, state = going[fine], state[fine]
        if not len(going):
            break
        step = NUDGE * np.maximum(np.abs(state), NUDGE)
        # p person, c column (0 the state itself, c > 0 nudged in state c - 1), s state
        nudged = np.repeat(state[:, None, :], size + 1, axis=1)
        nudged[:, 1:, :] += step[:, :, None] * np.eye(size)
        wide = {name: np.repeat(values, size + 1) for name, values in _only(theta, going).items()}
        after = _flow(day, wide, nudged.reshape(-1, size), run, DAY).reshape(nudged.shape)
        change = after[:, 0, :] - state
        moved[going] = np.abs(change) / np.maximum(np.abs(state), NUDGE)
        done = np.all(moved[going] < CLOSE, axis=1)
        closed[going[done]] = state[done]
        going, state, step, change, after = (part[~done] for part in (going, state, step, change, after))
        jacobian = np.swapaxes((after[:, 1:, :] - after[:, :1, :]) / step[:, :, None], 1, 2)
        change = _solved(np.eye(size) - jacobian, change)
        # a state that is positive stays so: never more than halved in one step
        state = state + np.where((state > 0) & (change < -state / 2), -state / 2, change)
    return np.sort(np.concatenate([*lost, going]))


def _solved(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solutions of one small system for each person, shape (person, state); NaN where there is none."""
    with contextlib.suppress(np.linalg.LinAlgError):
        return np.asarray(np.linalg.solve(matrices, right[:, :, None])[:, :, 0])
    found = np.full_like(right, np.nan)
    for person, matrix in enumerate(matrices):
        with contextlib.suppress(np.linalg.LinAlgError):
            found[person] = np.linalg.solve(matrix, right[person])
    return found


def _flow(day: Model, theta: Mapping[str, np.ndarray], state: np.ndarray, run: Run, hours: float) -> np.ndarray:
    """The states after some hours, shape (person, state); NaN for those who cannot go on."""
    given = dict(theta) | {name: state[:, index] for index, name in enumerate(day.states)}
    out, _ = run(day, given, EventTable.empty(), np.array([0.0, hours]), day.states, tolerance=TOLERANCE)
    return np.asarray(out[:, -1, :])


def _only(theta: Mapping[str, np.ndarray], which: np.ndarray) -> dict[str, np.ndarray]:
    return {name: values[which] for name, values in theta.items()}


def _astray(day: Model, person: int, moved: np.ndarray) -> Stop:
    """Somebody without an orbit."""
    known = np.where(np.isfinite(moved), moved, np.inf)
    worst = int(np.argmax(known))
    why = f"after {MOST_STEPS} Newton steps a day still moves a state by {known[worst]:.2g} of itself"
    return Stop(person, 0.0, day.states[worst], why, before=True)


def _key(day: Model, theta: Mapping[str, np.ndarray], code: str) -> str:
    own = Path(__file__).read_bytes()
    parts: list[str | bytes] = [day.digest, code, own]
    for name, values in theta.items():
        parts += [name, hashlib.sha256(np.ascontiguousarray(values, float).tobytes()).digest()]
    return cache.digest_of(parts)


def _kept(key: str, shape: tuple[int, int]) -> np.ndarray | None:
    raw = cache.load("orbits", key)
    if raw is None:
        return None
    found: np.ndarray = np.load(io.BytesIO(raw), allow_pickle=False)
    return found if found.shape == shape else None
