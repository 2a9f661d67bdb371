"""Lines of what is no drug: exposures and tasks.

Needs    line, units; the known exposures and tasks are handed in
Gives    ``exposure_line``, ``task_line`` (None where the line is none), ``ExposureLine``, ``TaskLine``
Leaves   doses: see ``grammar``; what a task consists of: see ``tasks``
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...errors import UnitError, nearest
from ..shapes import Exposure
from ..units import convert
from .line import Words, read_unit, repeats

EXPOSURE_FORM = "<exposure> [<level>] from <time> to <time>, or <exposure> [<level>] for <time> at <time>"
LASTING_FORM = f"{EXPOSURE_FORM}, or <exposure> [<level>] at <time>"
TASK_FORM = "task <id> at <time> [every <time> x <n> | every <time> until <time>]"
AFTER_LEVEL = ("from", "for", "at", "")


@dataclass(frozen=True)
class ExposureLine:
    """An exposure as it sets its input: the level in the exposure's own unit; ``end`` is None when it lasts on."""

    exposure: str
    level: float
    time: Fraction
    end: Fraction | None
    interval: Fraction | None = None
    count: int = 1


@dataclass(frozen=True)
class TaskLine:
    """A task of the library, as written."""

    task: str
    time: Fraction
    interval: Fraction | None
    count: int


def task_line(words: Words, known: Collection[str] | None, then: bool) -> TaskLine | None:
    """A task, or None where the line does not begin with the word."""
    if words.peek().lower() != "task":
        return None
    _refuse_then(words, "a task", then)
    words.take()
    name = words.take()
    if known is not None and name not in known and not name.endswith(".yaml"):
        raise words.error(
            f"unknown task '{name}'" if name else "the task has no name",
            f"the id of a record in catalog/tasks ({len(known)} known)",
            nearest(name, known) or "enkephalin list tasks",
        )
    if not words.take_if("at"):
        word = words.peek()
        problem = f"'{word}' is not understood here" if word else f"it is not said when '{name}' happens"
        raise words.error(problem, TASK_FORM, f"task {name} at 1 h")
    time = words.take_time("the time")
    interval, count = repeats(words, time)
    words.finish("the end of the line")
    return TaskLine(name, time, interval, count)


def exposure_line(words: Words, exposures: Mapping[str, Exposure], then: bool) -> ExposureLine | None:
    """An exposure, or None where the line does not begin with one."""
    exposure = _exposure_at(words, exposures)
    if exposure is None:
        return None
    _refuse_then(words, "an exposure", then)
    level = _level(words, exposure)
    interval: Fraction | None = None
    count = 1
    if words.take_if("from"):
        time = words.take_time("the beginning")
        if not words.take_if("to"):
            raise words.error("the interval has no end", "from <time> to <time>", "to 10 d")
        end: Fraction | None = words.take_time("the end")
        if end is not None and end <= time:
            raise words.error(
                f"'{exposure.word}' ends before it begins", "from an earlier to a later time", "exchange the two"
            )
    elif words.take_if("for"):
        duration = words.take_time("the duration")
        if duration <= 0:
            raise words.error("the duration is not above zero", "a duration above 0 h", "for 1 h")
        if not words.take_if("at"):
            raise words.error("it is not said when it begins", "for <time> at <time>", "at 2 h")
        time = words.take_time("the beginning")
        end = time + duration
        interval, count = repeats(words, time)
        if interval is not None and duration > interval:
            raise words.error(
                "each lasts longer than the time to the next", "for <time> not above every <time>", "a longer 'every'"
            )
    elif words.peek().lower() == "at" and exposure.lasting:
        words.take()
        time, end = words.take_time("the time"), None
    else:
        word = words.peek()
        problem = f"'{word}' is not understood here" if word else f"it is not said when '{exposure.word}' happens"
        raise words.error(problem, EXPOSURE_FORM, f"{exposure.word} {exposure.usual:g} from 0 h to 1 h")
    words.finish("the end of the line")
    return ExposureLine(exposure.sets or exposure.word, exposure.set_to(level), time, end, interval, count)


def _refuse_then(words: Words, what: str, then: bool) -> None:
    if then:
        raise words.error(f"{what} cannot follow by 'then'", f"the {what.split()[1]} by itself", "leave 'then' out")


def _exposure_at(words: Words, exposures: Mapping[str, Exposure]) -> Exposure | None:
    """The exposure whose (longest) name begins here, taken."""
    rest = " ".join(words.tokens[words.next :]).lower()
    for word in sorted(exposures, key=len, reverse=True):
        if rest == word or rest.startswith(word + " "):
            words.next += len(word.split())
            return exposures[word]
    return None


def _level(words: Words, exposure: Exposure) -> float:
    """The level of an exposure, or the usual one when none is written."""
    linked = exposure.link and words.take_if(exposure.link)
    if words.peek().lower() in AFTER_LEVEL and not linked:
        return exposure.usual
    if not re.match(r"[+-]?[\d.]|[+-]?(nan|inf)", words.peek().lower()):
        raise words.error(
            f"'{words.peek()}' is not understood here",
            LASTING_FORM if exposure.lasting else EXPOSURE_FORM,
            f"{exposure.word} {exposure.link or ''}".strip() + f" {exposure.usual:g}",
        )
    level = float(words.take_number("the level"))
    if words.peek().lower() not in AFTER_LEVEL:
        text = words.take()
        read_unit(words, text)
        try:
            level = convert(level, text, exposure.unit)
        except UnitError as error:
            raise words.error(error.problem, f"a level in {exposure.unit}", f"{exposure.usual:g}") from error
    if not exposure.low <= level <= exposure.high:
        raise words.error(
            f"the level of '{exposure.word}' is out of bounds",
            f"{exposure.low:g} to {exposure.high:g} {exposure.unit}",
            f"{exposure.usual:g} is its usual level",
        )
    return level
