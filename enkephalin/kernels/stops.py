"""Stops: people whom an engine could not carry to the end, while the others arrived.

Needs    nothing
Gives    ``Stop``, ``complaint``
Leaves   why an engine stops: see ``population`` and ``roadrunner``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enkephalin.errors import SolverStopped, StartNotFound

WAY_OUT = "look at this person's values; engine='roadrunner' for a second opinion"


@dataclass(frozen=True)
class Stop:
    """Who stopped (their number in the call, or their label), when (h), in which state, and why.

    ``before`` is true for somebody who could not even begin: no daily orbit was found.
    """

    person: Any
    time: float
    state: str
    why: str
    before: bool = False


def complaint(stops: Sequence[Stop], **more: Any) -> SolverStopped | StartNotFound:
    """The error that names the first who stopped; ``more["stops"]`` holds all of them."""
    first = stops[0]
    others = f"; {len(stops) - 1} more stopped, too" if len(stops) > 1 else ""
    more |= {"person": first.person, "time": first.time, "state": first.state, "stops": tuple(stops)}
    place = f"person {first.person}, {first.time:.6g} h, state {first.state}"
    if first.before:
        return StartNotFound(
            f"person {first.person} has no stable day to start from{others}",
            place=place, found=first.why, expected="a daily orbit",
            try_="look at this person's values: the stress axis may have no stable day with them", **more,
        )  # fmt: skip
    return SolverStopped(
        f"the integration of person {first.person} stopped at {first.time:.6g} h in '{first.state}'{others}",
        place=place, found=first.why, expected="a solution up to the last time asked for", try_=WAY_OUT, **more,
    )  # fmt: skip
