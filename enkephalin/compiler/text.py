"""The text of modules and assemblies, read into statements that know their line.

Needs    *.ant files: modules (equations without values or units) and assemblies (the wiring)
Gives    ``read_module``, ``read_assembly``: frozen statements, functions, instances, imports
Leaves   Antimony itself: the flat text goes through it later (see ``flatten``)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from enkephalin.errors import ModelError, nearest

FUNCTIONS = ("exp", "ln", "sqrt", "cos", "sin", "tan", "tanh", "cosh", "sinh", "pow", "arctan")
KINKED = ("abs", "ceil", "floor", "max", "min", "piecewise", "round", "sign")
CONSTANTS = ("time", "pi")
LITERALS = ("0", "1", "2")

TOKEN = re.compile(r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<other>\S)")
NAME = r"[A-Za-z_]\w*"


@dataclass(frozen=True)
class Statement:
    """A rule (y := ...), a rate (x' = ...), an initial value (x = ...) or an input that events set (var x)."""

    kind: str
    target: str
    expression: str
    place: str


@dataclass(frozen=True)
class Function:
    """A shared smooth shape: function name(arguments) expression end."""

    name: str
    arguments: tuple[str, ...]
    expression: str
    place: str


@dataclass(frozen=True)
class Instance:
    """One line of an assembly: name: module(wires). Its parts are what follows the module's name."""

    name: str
    module: str
    wires: tuple[str, ...]
    place: str

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells this instance from its siblings: ("kappa", "NAc") for binding_kappa_NAc."""
        return tuple(self.name[len(self.module) + 1 :].split("_"))


@dataclass(frozen=True)
class Text:
    """One file: a module, an assembly or a collection of functions."""

    path: Path
    name: str
    arguments: tuple[str, ...]
    place: str
    statements: tuple[Statement, ...] = ()
    instances: tuple[Instance, ...] = ()
    functions: tuple[Function, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    symbols: dict[str, str] = field(default_factory=dict)  # name -> place where it is met first


def names_in(expression: str) -> list[str]:
    """Every name in an expression that is neither a function nor a constant, in order, once each."""
    found: dict[str, None] = {}
    for match, called in _tokens(expression):
        if match.lastgroup == "name" and not called and match.group() not in CONSTANTS:
            found[match.group()] = None
    return list(found)


def rename(expression: str, new_name: dict[str, str]) -> str:
    """The same expression with its names (not its functions or constants) replaced."""
    parts = []
    for match, called in _tokens(expression):
        word = match.group()
        if match.lastgroup == "name" and not called and word not in CONSTANTS:
            word = new_name[word]
        parts.append(word)
    return " ".join(parts)


def read_text(path: Path, shown: str) -> Text:
    """Read one file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        How the file is called in messages, such as "biology/modules/pk.ant".

    Returns
    -------
    Text
        Its statements, each with its place.

    Raises
    ------
    ModelError
        A sentence is not understood, declares a unit, holds a number or breaks a rule of the house.
    """
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        known = [other.name for other in sorted(path.parent.glob("*.ant"))] if path.parent.is_dir() else []
        raise ModelError(
            f"there is no file {path.name}", place=shown, expected="an Antimony text", try_=nearest(path.name, known)
        ) from None
    except UnicodeDecodeError as fault:
        raise ModelError("the file is not UTF-8 text", place=shown, found=str(fault)) from None
    return _Reader(path, shown, raw).read()


def _tokens(expression: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Each token, and whether it is a name that is called as a function."""
    matches = list(TOKEN.finditer(expression))
    for position, match in enumerate(matches):
        after = matches[position + 1].group() if position + 1 < len(matches) else ""
        yield match, match.lastgroup == "name" and after == "("


def _without_comments(raw: str) -> str:
    """The text with comments blanked, so that lines keep their numbers."""
    pattern = re.compile(r'"[^"\n]*"|//[^\n]*|#[^\n]*|/\*.*?\*/', re.DOTALL)
    return pattern.sub(lambda m: m.group() if m.group()[0] == '"' else "\n" * m.group().count("\n"), raw)


def _sentences(raw: str) -> Iterator[tuple[int, str]]:
    """Each sentence with the line where it begins.

    A sentence ends at a semicolon, or at a line end where nothing is left open: no bracket, no operator
    before the line end, none after it.
    """
    text = _without_comments(raw)
    sentence, start, depth = "", 1, 0
    line = 1
    for position, character in enumerate(text):
        if character == "\n":
            line += 1
        if character == ";" or (character == "\n" and depth <= 0 and not _goes_on(sentence, text[position:])):
            if sentence.strip():
                yield start, " ".join(sentence.split())
            sentence, depth = "", 0
            continue
        if not sentence.strip():
            start = line
        depth += (character == "(") - (character == ")")
        sentence += character
    if sentence.strip():
        yield start, " ".join(sentence.split())


def _goes_on(sentence: str, rest: str) -> bool:
    """Whether a line end leaves the sentence open."""
    before, after = sentence.rstrip()[-1:], rest.lstrip()[:1]
    return bool(before) and (before in "+-*/^=,(" or after in tuple("+-*/^=),"))


class _Reader:
    """Turns the sentences of one file into a ``Text``."""

    def __init__(self, path: Path, shown: str, raw: str) -> None:
        self.path, self.shown, self.raw = path, shown, raw
        self.header: tuple[str, tuple[str, ...], str] | None = None
        self.function: tuple[str, tuple[str, ...], str] | None = None
        self.inside = False
        self.statements: list[Statement] = []
        self.instances: list[Instance] = []
        self.functions: list[Function] = []
        self.imports: list[tuple[str, str]] = []
        self.symbols: dict[str, str] = {}

    def read(self) -> Text:
        for line, sentence in _sentences(self.raw):
            self._take(f"{self.shown}:{line}", sentence)
        if self.inside:
            raise ModelError("a model or function does not end", place=self.shown, expected="a line `end`")
        name, arguments, place = self.header or ("", (), self.shown)
        for argument in arguments:
            self.symbols.setdefault(argument, place)
        return Text(
            self.path,
            name,
            arguments,
            place,
            tuple(self.statements),
            tuple(self.instances),
            tuple(self.functions),
            tuple(self.imports),
            self.symbols,
        )

    def _take(self, place: str, sentence: str) -> None:
        if match := re.fullmatch(r'import "([^"]+)"', sentence):
            self.imports.append((match[1], place))
        elif match := re.fullmatch(rf"(model|function) \*?({NAME}) ?\((.*)\)", sentence):
            self._open(place, match[1], match[2], _split(match[3]))
        elif sentence == "end":
            self.inside, self.function = False, None
        elif self.function is not None:
            name, arguments, _ = self.function
            self._check_expression(place, sentence, own=arguments)
            self.functions.append(Function(name, arguments, sentence, place))
        elif not self.inside:
            raise ModelError("this stands outside of every model", place=place, found=sentence)
        elif match := re.fullmatch(rf"({NAME}) ?: ?({NAME}) ?\((.*)\)", sentence):
            self.instances.append(Instance(match[1], match[2], _split(match[3]), place))
        elif match := re.fullmatch(rf"({NAME}) ?(:=|' ?=|=) ?(.+)", sentence):
            kind = {":=": "rule", "=": "initial"}.get(match[2], "rate")
            self._check_expression(place, match[3])
            self._add(Statement(kind, match[1], match[3], place))
        elif match := re.fullmatch(rf"var ((?:{NAME}(?: ?, ?)?)+)", sentence):
            for name in _split(match[1]):
                self._add(Statement("input", name, "", place))
        else:
            raise self._not_understood(place, sentence)

    def _open(self, place: str, kind: str, name: str, arguments: tuple[str, ...]) -> None:
        if self.inside:
            raise ModelError(f"'{name}' begins before the one above has ended", place=place, expected="`end` first")
        for argument in arguments:
            if not re.fullmatch(NAME, argument) or arguments.count(argument) > 1:
                raise ModelError(
                    f"'{argument}' is no argument, or stands twice", place=place, found=", ".join(arguments)
                )
        self.inside = True
        if kind == "function":
            self.function = (name, arguments, place)
            return
        if self.header:
            raise ModelError(f"a second model '{name}' in one file", place=place, expected="one model per file")
        self.header = (name, arguments, place)

    def _add(self, statement: Statement) -> None:
        for other in self.statements:
            same = other.target == statement.target
            if same and (other.kind == statement.kind or {other.kind, statement.kind} != {"rate", "initial"}):
                raise ModelError(
                    f"'{statement.target}' is given twice",
                    place=statement.place,
                    found=f"also at {other.place}",
                    expected="one rule, or one rate and one initial value, for each symbol",
                )
        if statement.target in CONSTANTS or "__" in statement.target:
            raise ModelError(
                f"'{statement.target}' cannot name a symbol",
                place=statement.place,
                expected="a name that is not a constant of the language and has no double underscore",
            )
        for name in (statement.target, *names_in(statement.expression)):
            self.symbols.setdefault(name, statement.place)
        self.statements.append(statement)

    def _check_expression(self, place: str, expression: str, own: tuple[str, ...] = ()) -> None:
        for match, called in _tokens(expression):
            word = match.group()
            if match.lastgroup == "number" and word not in LITERALS:
                raise ModelError(
                    "a number stands in a module",
                    place=place,
                    found=word,
                    expected="only 0, 1 and 2",
                    try_="give it a name, and its value a row in the module's table",
                )
            if called and word in KINKED:
                raise ModelError(
                    f"'{word}' has a corner",
                    place=place,
                    found=expression,
                    expected="rate laws that are continuously differentiable",
                    try_="a smooth gate of modules/functions.ant",
                )
            if called and word in ("log", "log10"):
                raise ModelError(f"'{word}' can be read in two ways", place=place, found=expression, try_="ln")
            if own and match.lastgroup == "name" and not called and word not in (*own, *CONSTANTS):
                raise ModelError(f"a function reads '{word}', which is not its argument", place=place, found=expression)

    def _not_understood(self, place: str, sentence: str) -> ModelError:
        if re.match(r"unit\b", sentence) or re.search(r"\bhas\b", sentence):
            problem, way_out = "a module declares a unit", "give the unit in the module's table"
        elif re.search(r"->|=>", sentence) or re.match(r"(species|compartment)\b", sentence):
            problem, way_out = "a module writes a reaction", "rate rules: x' = ..."
        elif re.match(r"at\b|.*: ?at\b", sentence):
            problem, way_out = (
                "a module holds an event",
                "events come from scenarios; declare `var x` for what they set",
            )
        else:
            problem, way_out = "this is not understood", "y := ..., x' = ..., x = ..., var x, or name: module(wires)"
        return ModelError(problem, place=place, found=sentence, try_=way_out)


def _split(words: str) -> tuple[str, ...]:
    """Comma-separated names."""
    return tuple(word.strip() for word in words.split(",")) if words.strip() else ()
