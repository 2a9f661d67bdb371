"""libRoadRunner: the second engine, which everything the population kernel says is held against.

Needs    a built model, values per person, an event table; libroadrunner
Gives    ``run``: outputs of each person at exact times; ``texts``, on which they depend
Leaves   speed over many people (see ``population``)

The whole run of a person is one integration with its events inside: stepping in short calls loses accuracy.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from enkephalin.compiler import cache
from enkephalin.compiler.model import Model
from enkephalin.compiler.numeric import constant_rules, evaluate, needed_by, starts
from enkephalin.errors import SolverStopped, UnknownNameError, nearest
from enkephalin.kernels.dosed_sbml import Channels, at_once, dosed_sbml, inputs_over_time
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.stops import Stop

STRICTER = 0.03  # local error allowed in a step, over the error wanted in the result
SMALL = 1e-3  # absolute errors count as this share of a dose (states in nmol), of 1 nmol/L, or of 1
JUST_AFTER = 1e-8  # h; an output at an event's instant is taken this much later
MOST_STEPS = 500_000
MOST_LOADED = 4  # compiled bodies kept in memory
RETRIES = ((1.0, 0.0), (1.0, 1e-6), (0.3, 1e-8), (0.1, 1e-9), (0.01, 1e-10))  # (of the tolerance, first step in h)


def run(
    model: Model,
    theta: Mapping[str, np.ndarray],
    events: EventTable,
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    tolerance: float = 1e-3,
) -> np.ndarray:
    """Integrate every person from time 0 on.

    Parameters
    ----------
    model : Model
        The body.
    theta : mapping
        Flat name -> values, shape (person,), inner units; every parameter or initial value that differs from
        ``model.parameters``.
    events : EventTable
        What happens; amounts of shape (row, person) or (row, 1).
    times : array
        Times to report, in h, rising, shape (time,).
    outputs : list of str
        Flat names of states, rules, inputs or parameters.

    Rarely needed
    -------------
    tolerance : float
        Worst relative error wanted in the outputs.

    Returns
    -------
    array
        Shape (person, time, output), inner units; at the instant of an event, just after it.

    Raises
    ------
    SolverStopped
        CVODE could not go on; the message names person, time and state. The others were carried to the end:
        ``error.more["result"]`` holds their values, and NaN for those who stopped.
    """
    times = np.asarray(times, float)
    _check_names(model, [*theta, *events.target, *outputs])
    people = _people(theta, events)
    start = starts(model, theta, people)
    states = np.empty((people, len(times), len(model.states)))
    channels = Channels.for_events(events)
    body = _Body(model, channels, events)
    fixed = evaluate(model, sorted(body.fixed), start, 0.0)
    start |= {name: np.broadcast_to(column, (people,)) for name, column in fixed.items()}
    later = _after_events(times, events)
    stopped: list[SolverStopped] = []
    for person in range(people):
        values = {name: float(start[name][person]) for name in body.settable}
        at_once(events, values, person)
        values |= channels.settings(events, person)
        try:
            states[person] = body.integrate(values, later, tolerance, person)
        except SolverStopped as error:
            states[person] = np.nan
            stopped.append(error)
    # p person, t time, o output; constants broadcast over time, states over nothing
    scope: dict[str, np.ndarray] = {name: column[:, None] for name, column in start.items()}
    scope |= {name: states[:, :, index] for index, name in enumerate(model.states)}
    scope |= inputs_over_time(model, events, times, start)
    read = needed_by(model, outputs)
    found = evaluate(model, outputs, {name: scope[name] for name in read if name in scope}, times[None, :])
    result = np.stack([np.broadcast_to(found[name], (people, len(times))) for name in outputs], axis=2)
    if stopped:
        stops = tuple(error.more["stop"] for error in stopped)
        result[[stop.person for stop in stops]] = np.nan
        stopped[0].more |= {"stops": stops, "result": result}
        raise stopped[0]
    return result


def texts() -> str:
    """A digest of our own texts that shape this engine's numbers, its accuracy among them."""
    here = Path(__file__)
    return cache.digest_of([here.read_bytes(), (here.parent / "dosed_sbml.py").read_bytes()])


class _Body:
    """One compiled body in libRoadRunner, set and integrated person by person."""

    def __init__(self, model: Model, channels: Channels, events: EventTable) -> None:
        self.model = model
        self.fixed = constant_rules(model, {target for target, _ in channels.targets})
        self.text = dosed_sbml(model, channels)
        self.runner = _load(self.text)
        self.names: list[str] = list(self.runner.model.getGlobalParameterIds())
        states = len(self.runner.integrator.getAbsoluteToleranceVector())
        self.order = [str(self.runner.model.getStateVectorId(index)) for index in range(states)]
        self.events = events
        moving = set(model.rules) - self.fixed
        self.settable = [name for name in self.names if name not in moving and not name.startswith("event_")]

    def integrate(self, values: Mapping[str, float], times: np.ndarray, tolerance: float, person: int) -> np.ndarray:
        """States of one person at the given times, shape (time, state)."""
        trouble, sizes = "", self._sizes(person)
        for share, first_step in RETRIES:
            try:
                return self._once(values, times, share * tolerance, sizes, first_step)
            except RuntimeError as fault:
                trouble = str(fault)
                where, when = self._worst_state(sizes), float(self.runner.model.getTime())
                self.runner = _load(self.text, afresh=True)  # its inner state cannot be used after a failure
        why = trouble.strip().splitlines()[-1] if trouble.strip() else ""
        raise SolverStopped(
            f"the integration of person {person} stopped at {when:.6g} h",
            place=f"person {person}, {when:.6g} h, state {where}",
            found=why,
            expected="a solution up to the last time asked for",
            try_="a smaller tolerance, or look at the values of this person with `explain`",
            stop=Stop(person, when, where, why),
        )

    def _sizes(self, person: int) -> np.ndarray:
        """What counts as much of each state: of amounts, this person's largest dose; else 1."""
        column = person if self.events.amount.shape[1] > 1 else 0
        given = float(np.max(np.abs(self.events.amount[self.events.add, column]), initial=1.0))
        return np.array([given if self.model.units[name] == "nmol" else 1.0 for name in self.order])

    def _once(
        self, values: Mapping[str, float], times: np.ndarray, tolerance: float, sizes: np.ndarray, first_step: float
    ) -> np.ndarray:
        runner = self.runner
        integrator = runner.integrator
        integrator.relative_tolerance = STRICTER * tolerance
        integrator.absolute_tolerance = [float(size) for size in STRICTER * tolerance * SMALL * sizes]
        integrator.maximum_num_steps = MOST_STEPS
        integrator.initial_time_step = first_step
        runner.resetToOrigin()
        indices = [index for index, name in enumerate(self.names) if name in values]
        runner.model.setGlobalParameterValues(indices, [values[self.names[index]] for index in indices])
        runner.timeCourseSelections = ["time", *self.model.states]
        if times[0] > 0:
            found = np.array(runner.simulate(times=[0.0, *times]))[1:]
        elif len(times) == 1:
            found = np.array(runner.simulate(times=[0.0, JUST_AFTER]))[:1]
        else:
            found = np.array(runner.simulate(times=list(times)))
        if not np.isfinite(found).all():
            raise RuntimeError("a state is not a number")
        return found[:, 1:]

    def _worst_state(self, sizes: np.ndarray) -> str:
        """The state that changes fastest for its size, where the solver stopped."""
        with contextlib.suppress(RuntimeError):
            rates = np.abs(np.array(self.runner.getRatesOfChange()))
            ratio = rates / (np.abs([self.runner.model[name] for name in self.order]) + sizes * SMALL)
            return self.order[int(np.argmax(np.where(np.isfinite(ratio), ratio, np.inf)))]
        return "unknown"


_loaded: dict[str, Any] = {}


def _load(text: str, *, afresh: bool = False) -> Any:
    """A RoadRunner with this body: the one in use, or from the kept compiled state, or compiled."""
    name = cache.digest_of([text])
    if afresh or name not in _loaded:
        _loaded.pop(name, None)
        while len(_loaded) >= MOST_LOADED:
            del _loaded[next(iter(_loaded))]
        _loaded[name] = _load_or_compile(text)
    return _loaded[name]


def _load_or_compile(text: str) -> Any:
    # CVODE's remarks on its own steps go nowhere; what is wrong is raised as an error
    for stream in ("SUNLOGGER_WARNING_FILENAME", "SUNLOGGER_ERROR_FILENAME"):
        os.environ.setdefault(stream, os.devnull)
    import roadrunner

    key = cache.digest_of([text, roadrunner.__version__, version("libroadrunner"), _machine()])
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    config = roadrunner.Config
    config.setValue(config.LLVM_BACKEND, config.LLJIT)
    config.setValue(config.LLJIT_OPTIMIZATION_LEVEL, config.NONE)
    config.setValue(config.LOADSBMLOPTIONS_MUTABLE_INITIAL_CONDITIONS, False)
    kept = cache.load("roadrunner", key)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        if kept is not None:
            path.write_bytes(kept)
            runner = roadrunner.RoadRunner()
            with contextlib.suppress(RuntimeError):
                runner.loadState(str(path))
                return runner
        runner = roadrunner.RoadRunner(text)
        runner.saveState(str(path))
        cache.save("roadrunner", key, path.read_bytes())
    return runner


def _machine() -> str:
    """What compiled code depends on."""
    import llvmlite.binding

    return f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"


def _after_events(times: np.ndarray, events: EventTable) -> np.ndarray:
    """Times with those that meet an event moved just behind it."""
    at_event = np.isin(times, events.expanded().time)
    return np.where(at_event & (times > 0), times + JUST_AFTER, times)


def _people(theta: Mapping[str, np.ndarray], events: EventTable) -> int:
    sizes = {np.shape(values)[0] for values in theta.values() if np.ndim(values)} | {events.amount.shape[1]}
    sizes = sizes - {1} or {1}
    if len(sizes) > 1:
        raise ValueError(f"values are for different numbers of people: {sorted(sizes)}")
    return sizes.pop()


def _check_names(model: Model, names: Sequence[str]) -> None:
    for name in names:
        if name not in model.rows and name not in model.units:
            raise UnknownNameError(
                f"'{name}' is no symbol of the body '{model.name}'",
                found=name,
                expected="a flat name",
                try_=nearest(name, model.units),
            )
