"""Reader: YAML text to plain data that still knows the line of every key.

Needs    PyYAML's parser (its events, never its objects)
Gives    ``read_document(path)``, ``document(text, place)``, ``Document``
Leaves   what the keys mean: see ``shapes`` and ``checks``

The language is the plain part of YAML 1.2: mappings, lists, text, numbers, true, false, null. Whatever reads
differently in different tools (yes and no, anchors, tags, merge keys, repeated keys) is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import RecordError
from .files import HIDDEN, read_text, shown

DEEPEST = 24  # levels of nesting; the deepest record of the catalog has seven

_WHOLE = re.compile(r"[-+]?[0-9]{1,300}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = {"", "~", "null", "Null", "NULL"}
_TWO_FACED = {"yes": "true", "on": "true", "no": "false", "off": "false"}

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One file as plain data (dict, tuple, str, int, float, bool, None), with the line of every key and item."""

    place: str
    data: dict[str, Any]
    lines: Mapping[Where, int]
    faults: tuple[RecordError, ...] = ()
    text: str = field(default="", repr=False)

    def at(self, where: Where = ()) -> str:
        """The place of a key or item as "file:line"; of its nearest known parent if it is not there."""
        while where and where not in self.lines:
            where = where[:-1]
        return f"{self.place}:{self.lines.get(where, 1)}"


def read_document(path: Path) -> Document:
    """Read one YAML file.

    Raises
    ------
    RecordError
        The file cannot be read as one mapping at all. Faults beside which reading can go on are in ``.faults``.
    """
    return document(read_text(path), shown(path))


def document(text: str, place: str) -> Document:
    """Read YAML text; ``place`` is the name that messages give it."""
    builder = _Builder(place, text.splitlines())
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as trouble:
        raise _syntax_error(trouble, place, builder.rows) from trouble
    except (OverflowError, ValueError) as trouble:  # the parser asks Python for the character
        line = next((number for number, row in enumerate(builder.rows, 1) if "\\U" in row), 1)
        raise RecordError(
            "a backslash that spells no character",
            place=f"{place}:{line}",
            found=builder.rows[line - 1].strip()[:100],
            expected="\\U with eight digits up to 0010FFFF",
            try_="the character itself",
        ) from trouble
    except (yaml.YAMLError, RecursionError) as trouble:
        raise RecordError(
            "this is no YAML",
            place=place,
            found=str(trouble).splitlines()[0],
            expected="lines like  key: value, and  - item",
            try_="begin with a copy of a record of the catalog",
        ) from trouble
    if not isinstance(builder.root, dict):
        kind = "nothing but comments" if builder.root is None else _kind(builder.root)
        raise RecordError(
            "a record is a mapping of keys to values",
            place=f"{place}:1",
            found=kind,
            expected="lines like  id: my_record",
            try_="begin with  id:",
        )
    return Document(place, builder.root, builder.lines, tuple(builder.faults), text)


def _events(text: str) -> Iterable[yaml.Event]:
    """The parser's events: by the C parser, which is ten times as fast, and by the other where that one complains.

    The second parser words the complaint; PyYAML without its C part has only this one.
    """
    if hasattr(yaml, "CSafeLoader"):
        try:
            return list(_not_too_deep(yaml.parse(text, Loader=yaml.CSafeLoader)))
        except yaml.YAMLError:
            pass
    return yaml.parse(text, Loader=yaml.SafeLoader)


def _not_too_deep(events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
    """The events, as long as no level is too deep: the C parser takes minutes for a hundred thousand brackets."""
    level = 0
    for event in events:
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > DEEPEST:
            raise yaml.YAMLError("nested too deeply")
        yield event


class _Builder:
    """Builds plain data from the parser's events, one at a time, and refuses YAML's traps by name."""

    def __init__(self, place: str, rows: list[str]) -> None:
        self.place = place
        self.rows = rows
        self.root: Any = None
        self.lines: dict[Where, int] = {}
        self.faults: list[RecordError] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the parser's next event."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._fault(
                    line, "a second document in one file", "one record per file", "move it to a file of its own"
                )
        elif isinstance(event, yaml.AliasEvent):
            raise self._fault(line, f"the alias '*{event.anchor}'", "values written out", "repeat the value here")
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_marks(event, line)
            if len(self._open) >= DEEPEST:
                raise self._fault(line, "nested too deeply", f"at most {DEEPEST} levels", "flatten the record")
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            closed = self._open.pop()
            self._place(tuple(closed.items) if isinstance(closed.items, list) else closed.items, closed)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event, line)
            self._refuse_hidden(event.value, line)
            self._scalar(event, line)

    def _begin(self, items: Any, line: int) -> None:
        if self._open and self._open[-1].awaits_key:
            raise self._fault(line, "a key that is no word", "a plain word as key", "write  key: value")
        where = self._where(line)
        self._open.append(_Open(items, where))

    def _scalar(self, event: Any, line: int) -> None:
        plain = not event.style  # None or "", as the parser has it
        parent = self._open[-1] if self._open else None
        if parent is not None and parent.awaits_key:
            self._key(event.value, plain, line)
            return
        where = self._where(line)
        value = self._plain(event.value, line, where) if plain else event.value
        self._place(value, _Open(None, where))

    def _key(self, text: str, plain: bool, line: int) -> None:
        parent = self._open[-1]
        if plain and text == "<<":
            raise self._fault(line, "a merge key '<<'", "values written out", "repeat the keys here")
        if plain and (text.lower() in _TWO_FACED or text in _TRUTH or text in _NOTHING or _NUMBER.fullmatch(text)):
            self.faults.append(
                self._fault(line, f"the key '{text}' is no word", "a word as key", f'write it in quotes: "{text}"')
            )
        if text in parent.items:
            first = self.lines[(*parent.where, text)]
            self.faults.append(
                self._fault(
                    line,
                    f"the key '{text}' is given twice",
                    "each key once",
                    f"keep one of the two (the first is in line {first})",
                )
            )
            text = f"{text} "  # read on; the record is refused in any case
        parent.key = text
        parent.awaits_key = False
        self.lines.setdefault((*parent.where, text), line)

    def _where(self, line: int) -> Where:
        """The path of the value that begins now."""
        if not self._open:
            self.lines.setdefault((), line)
            return ()
        parent = self._open[-1]
        if isinstance(parent.items, list):
            where = (*parent.where, len(parent.items))
            self.lines[where] = line
            return where
        return (*parent.where, parent.key)

    def _place(self, value: Any, done: _Open) -> None:
        """Put a finished value into what is still open."""
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if isinstance(parent.items, list):
            parent.items.append(value)
        else:
            parent.items[parent.key] = value
            parent.awaits_key = True

    def _plain(self, text: str, line: int, where: Where) -> Any:
        """What an unquoted scalar means."""
        if text in _NOTHING:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            if math.isfinite(float(text)):
                return float(text)
            self.faults.append(self._fault(line, f"the number {text} is too large", "a finite number", "fewer zeros"))
        elif _NOT_FINITE.fullmatch(text):
            self.faults.append(
                self._fault(line, f"'{text}' is no number", "a finite number", "leave the key out if it is not known")
            )
        elif text.lower() in _TWO_FACED:
            truth = _TWO_FACED[text.lower()]
            self.faults.append(
                self._fault(
                    line,
                    f"a bare '{text}' is a word to some readers of YAML and {truth} to others",
                    "a quoted word, or true or false",
                    f'"{text}" for the word, {truth} for the truth value',
                )
            )
        return text

    def _refuse_marks(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            raise self._fault(line, f"the anchor '&{event.anchor}'", "values written out", "delete the anchor")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise self._fault(line, f"the tag '{tag}'", "plain values without tags", "delete the tag")

    def _refuse_hidden(self, text: str, line: int) -> None:
        """What may not stand in a file may not be spelt with a backslash either."""
        hidden = HIDDEN.search(text)
        if hidden is not None:
            problem = f"the character U+{ord(hidden.group()):04X} does not show"
            raise self._fault(line, problem, "letters, digits, signs and spaces", "delete what the backslash spells")

    def _fault(self, line: int, problem: str, expected: str, try_: str) -> RecordError:
        found = self.rows[line - 1].strip()[:100] if line <= len(self.rows) else ""
        return RecordError(problem, place=f"{self.place}:{line}", found=found, expected=expected, try_=try_)


@dataclass
class _Open:
    """A mapping or list that is still being read."""

    items: Any
    where: Where
    key: str = ""
    awaits_key: bool = field(default=False)

    def __post_init__(self) -> None:
        self.awaits_key = isinstance(self.items, dict)


def walk(data: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Every value inside plain data with its path, outermost first."""
    yield where, data
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for key, value in pairs:
        yield from walk(value, (*where, key))


def _kind(value: Any) -> str:
    return {tuple: "a list", str: "a line of text", bool: "true or false"}.get(type(value), "a single value")


def _syntax_error(trouble: yaml.MarkedYAMLError, place: str, rows: list[str]) -> RecordError:
    """The parser's complaint in our words."""
    still_open = str(trouble.context).startswith(("while parsing a flow", "while scanning a"))
    mark = (trouble.context_mark if still_open else None) or trouble.problem_mark
    line = min(mark.line + 1 if mark else 1, len(rows))
    row = rows[line - 1]
    problem = trouble.problem or "it cannot be read"
    advice = {
        "mapping values are not allowed here": "put quotes around a text that holds a colon and a space",
        "found character '\\t' that cannot start any token": "indent with spaces, not with tabs",
        "could not find expected ':'": "write  key: value, with the colon",
        "found undefined tag handle": "delete the tag",
        "found unexpected end of stream": "close the quote that is still open",
        "expected ',' or": "close the bracket that is still open",
    }
    return RecordError(
        f"this is no YAML: {problem}",
        place=f"{place}:{line}",
        found=row.strip()[:100] or "an empty line",
        expected="lines like  key: value, and  - item",
        try_=next((text for start, text in advice.items() if problem.startswith(start)), "look at the line above, too"),
    )
