"""Every error that Enkephalin raises, one sentence each.

Needs    nothing
Gives    ``EnkephalinError`` and its kinds; each prints place, found, expected and a way out
Leaves   where errors are caught and shown: see ``cli``
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class EnkephalinError(Exception):
    """Something went wrong; the message says where, what was found, what was expected and how to go on.

    Parameters
    ----------
    problem : str
        What is wrong, in one clause: "unknown drug 'fentanil'".

    Rarely needed
    -------------
    place : str
        Where: "catalog/scenarios/rescue.yaml:6", or "" when there is no file.
    found, expected, try_ : str
        What stands there, what should, and a way out. An empty part is not printed.

    Example
    -------
    >>> print(RecordError("unknown drug 'fentanil'", place="rescue.yaml:6", found="fentanil", try_="fentanyl"))
    rescue.yaml:6  unknown drug 'fentanil'
      found     fentanil
      try       fentanyl
    """

    exit_code = 1

    def __init__(
        self, problem: str = "", *, place: str = "", found: str = "", expected: str = "", try_: str = "", **more: Any
    ) -> None:
        self.problem = problem
        self.place = place
        self.found = found
        self.expected = expected
        self.try_ = try_
        self.more = more
        super().__init__(problem)

    def __str__(self) -> str:
        first = f"{self.place}  {self.problem}" if self.place else self.problem
        parts = (("found", self.found), ("expected", self.expected), ("try", self.try_))
        indent = "\n" + " " * 12
        return "\n".join([first] + [f"  {name:<10}{text.replace(chr(10), indent)}" for name, text in parts if text])

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.parts() | {"problem": self.problem}, self.more)

    def parts(self) -> dict[str, str]:
        """The four parts by name: place, found, expected, try_."""
        return {"place": self.place, "found": self.found, "expected": self.expected, "try_": self.try_}


def _rebuild(kind: type[EnkephalinError], parts: dict[str, str], more: dict[str, Any]) -> EnkephalinError:
    """An error as it was before it travelled between processes."""
    return kind(**parts, **more)


CLOSE = 0.6  # how alike two words must be for one to be a slip of the other


def nearest(name: str, known: Iterable[str], most: int = 3, *, close: float = CLOSE) -> str:
    """The known names most like ``name``, as "this, that"; all of them when they are few and none is alike."""
    choices = list(dict.fromkeys(known))
    alike = difflib.get_close_matches(name.casefold(), [choice.casefold() for choice in choices], n=most, cutoff=close)
    by_fold = {choice.casefold(): choice for choice in choices}
    if alike:
        return ", ".join(by_fold[fold] for fold in alike)
    return ", ".join(choices) if 0 < len(choices) <= 12 else ""


# --- the request was wrong: exit code 2 ---------------------------------------------------------------------------


class RequestError(EnkephalinError):
    """What was asked for cannot be done as it was asked."""

    exit_code = 2


class RecordError(RequestError):
    """A record (a YAML file or a parameter table) is wrong; the message names file and line."""


class UnitError(RequestError):
    """A quantity has no unit, an unknown unit, or a unit of the wrong kind."""


class UnknownNameError(RequestError):
    """A name points at nothing that is known; the nearest known names are offered."""


class SlotError(RequestError):
    """The drugs of a scenario do not fit into the ligand slots of the body."""


class PatchError(RequestError):
    """A patch does not fit the rows that it wants to change."""


class MissingExtraError(RequestError):
    """A command needs a library that the plain installation does not bring."""


# --- the work failed: exit code 1 ---------------------------------------------------------------------------------


class WorkError(EnkephalinError):
    """The request was sound, but the work could not be finished."""


class ModelError(WorkError):
    """Modules and tables do not make a sound model; the message names module and line where they are known."""


class Interrupted(WorkError):
    """The user stopped long work; what is finished is kept."""


class SolverStopped(WorkError):
    """The integration could not go on; the message names person, time and state."""


class StartNotFound(WorkError):
    """No daily orbit was found from which a person could start."""
