"""The population kernel: many people at once, one in each lane of the machine's vectors.

Needs    a model, what differs between people, events, times
Gives    ``run``: the same signature and the same answer as ``kernels.roadrunner.run``, some hundred times faster
Keeps    a person's numbers the same bytes, whoever else is in the run and however many threads work
Leaves   what happens and to whom: see ``records`` and ``simulate``; memory for very many people: see ``runs``

Method: a Rosenbrock method with an exact Jacobian (docs/explanations/solver.md). A step is accepted when the estimated
error of every state is below a share of ``tolerance`` times its size; "size" does not fall below a thousandth of the
largest value that the state had so far.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from enkephalin.compiler import job
from enkephalin.errors import ModelError, RequestError, SolverStopped, UnknownNameError, nearest
from enkephalin.kernels.compiled import Head, Kernel, Observer, kernel_for
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.schedule import Schedule, schedule
from enkephalin.kernels.stops import Stop

if TYPE_CHECKING:
    from enkephalin.compiler.model import Model

FIRST_STEP, LONGEST_STEP, MOST_STEPS = 0.01, 24.0, 10_000_000
"""h, h, and steps of one person in one run. The longest step keeps a daily rhythm from being stepped over."""
LOCAL_SHARE = 0.6
"""Share of the tolerance that one step may use: what steps leave behind, and values between steps, need the rest."""
FEW = 2  # people for whom narrow vectors do
CAUSES = {2: "the step became too small", 3: "too many steps were needed"}

_C_TYPES: dict[str, Any] = {job.POINTER: ctypes.c_void_p, job.INTEGER: ctypes.c_int64, job.NUMBER: ctypes.c_double}


class _Job(ctypes.Structure):
    _fields_ = [(name, _C_TYPES[kind]) for name, kind in job.FIELDS.items()]


def run(
    model: Model | str,
    theta: Mapping[str, Any],
    events: EventTable,
    times: Any,
    outputs: Sequence[str],
    *,
    tolerance: float = 1e-3,
    dtype: str = "float64",
    threads: int | None = None,
    method: str = "rodas5p",
    instructions: str | None = None,
) -> np.ndarray:
    """Integrate many people and return what is watched.

    Parameters
    ----------
    model : Model or str
        A built model, or flat SBML Level 3 text.
    theta : mapping of flat id to array, shape (person,) or a number
        Parameters and start values that differ from the model's own, in its inner units. A start value given here
        goes before an initial assignment.
    events : EventTable
        Doses and exposures; times in h. An amount that is NaN leaves that person out.
    times : array, h, shape (time,)
        Rising, from 0 on. A value at an instant with events is the one just after them.
    outputs : list of str
        Flat ids of states, rules, parameters or reactions.

    Rarely needed
    -------------
    tolerance : float
        Worst relative error of a state, against its own largest values.
    dtype : "float64" or "float32"
        Half the digits are about twice as fast; check that they are enough for the question.
    threads : int
        Default: one for each core this process may use.
    method : "rodas5p" or "rodas4"
        The first has the smaller error for the same work on the bodies tried so far.
    instructions : str
        avx512, avx2, sse2 or neon. Default: the widest of this machine.

    Returns
    -------
    array of float64, dims (person, time, output)

    Raises
    ------
    SolverStopped
        Some person could not be carried to the end. The others were: ``error.more["result"]`` holds their values, and
        NaN after the stop.

    Source
    ------
    Method: docs/explanations/solver.md.

    Example
    -------
    >>> from enkephalin.compiler import build
    >>> run(build("reference_day"), {}, EventTable.empty(), [0, 24.0], ["hpa_reference__x_crh"]).shape
    (1, 2, 1)
    """
    code = kernel_for(model, dtype, method, instructions, narrow=_few(theta, events))
    return carry(code, theta, events, times, outputs, tolerance, threads)


def carry(
    code: tuple[Kernel, Head],
    theta: Mapping[str, Any],
    events: EventTable,
    times: Any,
    outputs: Sequence[str],
    tolerance: float,
    threads: int | None,
) -> np.ndarray:
    """``run`` with code that is at hand; arguments as there."""
    call = prepare(code, theta, events, times, outputs, tolerance)
    call.integrate(threads or _cores())
    call.complain(code[1])
    return call.result


def prepare(
    code: tuple[Kernel, Head],
    theta: Mapping[str, Any],
    events: EventTable,
    times: Any,
    outputs: Sequence[str],
    tolerance: float,
) -> Call:
    """A call of ``run`` before it begins; arguments as there."""
    if not 0 < tolerance < 1:
        raise RequestError(
            "the tolerance is no share", found=f"{tolerance}", expected="a number between 0 and 1", try_="1e-3"
        )
    kernel, head = code
    observer = kernel.observer(outputs)
    plan = schedule(events, times)
    columns, people = _people(head, theta, events)
    return Call(kernel, head, observer, plan, events, columns, people, len(outputs), tolerance)


def _few(theta: Mapping[str, Any], events: EventTable) -> bool:
    """Whether these are so few people that most of a wide vector would be idle: half the time of one person."""
    return max([np.size(values) for values in theta.values()] + [events.amount.shape[1]], default=1) <= FEW


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _people(head: Head, theta: Mapping[str, Any], events: EventTable) -> tuple[dict[int, np.ndarray], int]:
    """The columns of theta by slot, and how many people they describe."""
    columns = {}
    for name, values in theta.items():
        if name not in head.slot:
            what = "is computed by a rule" if name in head.rules else "is not in the model"
            raise UnknownNameError(f"'{name}' {what}", found=name, try_=nearest(name, head.slot))
        column = np.atleast_1d(np.asarray(values, dtype=float))
        if column.ndim != 1 or not np.all(np.isfinite(column)):
            raise RequestError(
                f"'{name}' has a value that is no number",
                expected="finite numbers, shape (person,)",
                try_="leave it out: the row of the table is taken",
            )
        columns[head.slot[name]] = column
    sizes = {len(column) for column in columns.values()} | ({events.amount.shape[1]} if len(events) else set())
    people = max(sizes, default=1)
    if sizes - {1, people}:
        raise RequestError(
            "the columns describe different numbers of people",
            found=f"{sorted(sizes)}",
            try_="one value for each person in each column, or one for all",
        )
    defaults = dict(zip((*head.states, *head.parameters), (*head.state_values, *head.parameter_values), strict=True))
    missing = [k for k, v in defaults.items() if np.isnan(v) and k not in head.computed and head.slot[k] not in columns]
    if missing:
        raise ModelError(f"'{missing[0]}' has no value", found="nothing", expected="a number", try_="a value in theta")
    return {slot: np.broadcast_to(column, (people,)) for slot, column in columns.items()}, people


def aligned(rows: int, lanes: int, dtype: np.dtype[Any]) -> np.ndarray:
    """Zeros, shape (rows, lanes), on a 64-byte boundary, so that no vector crosses a cache line."""
    size = rows * lanes * dtype.itemsize
    raw = np.zeros(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(rows, lanes)


class Call:
    """One call of ``run``: every array that the machine code reads or writes.

    result : shape (person, time, output)
    steps, refusals : of each person: steps tried, and how many of these were taken again
    """

    def __init__(
        self,
        kernel: Kernel,
        head: Head,
        observer: Observer,
        plan: Schedule,
        events: EventTable,
        columns: Mapping[int, np.ndarray],
        people: int,
        watched: int,
        tolerance: float,
    ) -> None:
        self.kernel, self.observer, self.people, self.watched = kernel, observer, people, watched
        self.rows = len(events)
        self.result = np.full((people, len(plan.time), watched), np.nan)
        self.status = np.zeros(people, np.int64)
        self.stopped_at, self.stopped_by = np.zeros(people), np.zeros(people, np.int64)
        self.steps, self.refusals = np.zeros(people, np.int64), np.zeros(people, np.int64)
        self.cancel = np.zeros(1, np.int64)
        amount = np.ascontiguousarray(events.amount, dtype=float)
        needed = np.array(observer.needed, np.int64)
        arrays = {
            "next_person": np.zeros(1, np.int64),
            "cancel": self.cancel,
            "base_parameters": np.array(head.parameter_values, float),
            "base_states": np.array(head.state_values, float),
            "varied_slot": np.array(list(columns), np.int64),
            "varied_value": np.stack(list(columns.values()), axis=1) if columns else np.empty((people, 0)),
            "stop_time": plan.stop_time,
            "stop_events": plan.stop_events,
            "event_row": plan.event_row,
            "row_slot": np.array([_target(head, name) for name in events.target], np.int64),
            "row_adds": np.asarray(events.add, np.int64),
            "amount": amount,
            "time": plan.time,
            "needed_state": needed,
            "result": self.result,
            "status": self.status,
            "stopped_at": self.stopped_at,
            "stopped_by": self.stopped_by,
            "steps": self.steps,
            "refusals": self.refusals,
        }
        self._arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        numbers = {
            "people": people,
            "varied": len(columns),
            "stops": len(plan.stop_time),
            "rows": self.rows,
            "amount_row": amount.shape[1],
            "amount_person": int(amount.shape[1] > 1),
            "times": len(plan.time),
            "watched": watched,
            "needed": len(needed),
            "observe": observer.code.address("observe"),
            "first_step": FIRST_STEP,
            "longest_step": LONGEST_STEP,
            "most_steps": MOST_STEPS,
            "relative": LOCAL_SHARE * tolerance,
            "absolute": _absolute(kernel.target.single, LOCAL_SHARE * tolerance),
        }
        self._fields = {name: array.ctypes.data for name, array in self._arrays.items()} | numbers

    def integrate(self, threads: int) -> None:
        """Let the threads carry everyone to the end; an interrupt stops them and is passed on."""
        count = max(1, min(threads, -(-self.people // self.kernel.target.lanes)))
        with ThreadPoolExecutor(count) as pool:
            try:
                for future in [pool.submit(self._work) for _ in range(count)]:
                    future.result()
            except BaseException:
                self.cancel[0] = 1
                raise

    def _work(self) -> None:
        """The work of one thread. It holds on to all that the machine code reads, whatever becomes of the caller."""
        lanes, dtype = self.kernel.target.lanes, self.kernel.target.dtype
        memory = {
            "work": aligned(self.kernel.rows, lanes, dtype),
            "buffer": aligned(lanes * len(self.observer.needed), lanes, dtype),
            "buffer_time": aligned(lanes, lanes, np.dtype(float)),
            "seen": aligned(self.watched, lanes, dtype),
            "between": aligned(len(self.observer.needed), lanes, dtype),
            "remembered": np.zeros((max(self.rows, 1), lanes)),
        }
        own = _Job(**self._fields, **{name: array.ctypes.data for name, array in memory.items()})
        integrate = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.kernel.code.address("integrate"))
        integrate(ctypes.addressof(own))

    def complain(self, head: Head) -> None:
        """Raise the error of the first person who was not carried to the end."""
        stopped = np.flatnonzero(self.status)
        if not stopped.size:
            return
        person = int(stopped[0])
        time, state = float(self.stopped_at[person]), head.states[self.stopped_by[person]]
        others = f"; {stopped.size - 1} more stopped, too" if stopped.size > 1 else ""
        raise SolverStopped(
            f"the integration of person {person} stopped at {time:.6g} h in '{state}'{others}",
            found=CAUSES[int(self.status[person])],
            expected=f"steps onward to {self._arrays['stop_time'][-1]:g} h",
            try_="a look at this person's parameters; engine='roadrunner' for a second opinion",
            person=person,
            time=time,
            state=state,
            stopped=stopped,
            stops=tuple(self._stop(int(each), head) for each in stopped),
            result=self.result,
        )

    def _stop(self, person: int, head: Head) -> Stop:
        state = head.states[self.stopped_by[person]]
        return Stop(person, float(self.stopped_at[person]), state, CAUSES[int(self.status[person])])


def _target(head: Head, name: str) -> int:
    if name in head.doseable:
        return head.slot[name]
    what = (
        "has a changing volume"
        if name in head.slot
        else "is computed by a rule"
        if name in head.rules
        else "is unknown"
    )
    raise UnknownNameError(
        f"an event changes '{name}', which {what}", found=name, expected="a state or a parameter",
        try_=nearest(name, head.doseable),
    )  # fmt: skip


def _absolute(single: bool, relative: float) -> float:
    """Error that is always allowed: far below any value that means something, but above rounding noise near zero."""
    return 3e-7 if single else max(1e-9 * relative, 1e-15)
