"""Complaints: what pydantic finds wrong, in our words and with file and line.

Needs    reader, shapes
Gives    ``shape_faults(document, shape)``
"""

from __future__ import annotations

import difflib
import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..errors import CLOSE, RecordError, nearest
from .reader import Document, Where
from .shapes import Record

TIMES = ("lasts", "zero", "every")
TIME = "a time with its unit"
EXAMPLES = {
    "id": "id: a_plain_name",
    "about": "about: one sentence that says what this is",
    "status": "status: assumed, if nobody measured it",
    "unit": "unit: 1, for a pure number",
    "watch": "watch: [cows]",
    "every": "every: 1 h",
    "lasts": "lasts: 7 d",
    "because": "because: one sentence that says why",
}
_WANTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "is_instance_of": "a value of another kind",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def shape_faults(document: Document, shape: type[Record]) -> tuple[Any, list[RecordError]]:
    """The record that a document makes, or None and everything that is wrong with its shape."""
    try:
        return shape.model_validate(document.data), []
    except ValidationError as trouble:
        errors = trouble.errors(include_url=False)
    misspelt = {where for error in errors if (where := _meant(shape, error)) is not None}
    kept = [error for error in errors if error["type"] != "missing" or tuple(error["loc"]) not in misspelt]
    kept = [error for error in kept if error["type"] != "too_short" or not _has_faulty_entries(error, errors)]
    return None, [_fault(document, shape, error) for error in kept]


def _has_faulty_entries(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """True when a list is only empty because its entries are wrong, which is said of each of them."""
    where = tuple(error["loc"])
    return any(len(other["loc"]) > len(where) and tuple(other["loc"][: len(where)]) == where for other in errors)


def _meant(shape: type[Record], error: ErrorDetails) -> Where | None:
    """The key that an unknown key was probably meant to be: its absence is then no second fault."""
    if error["type"] != "extra_forbidden":
        return None
    *parent, key = error["loc"]
    keys = keys_at(shape, tuple(parent))
    close = difflib.get_close_matches(str(key).casefold(), keys, n=1, cutoff=CLOSE)
    return (*parent, close[0]) if close else None


def _fault(document: Document, shape: type[Record], error: ErrorDetails) -> RecordError:
    where = tuple(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    key = str(where[-1]) if where else shape.__name__
    name = _spoken(where)
    place = document.at(where)
    shown = _shown(error["input"])
    found = _row(document, where) if where and isinstance(where[-1], int) else f"{key.strip()}: {shown}"
    if kind == "enkephalin":
        parts = {part: str(context[part]) for part in ("found", "expected", "try_")}
        return RecordError(str(context["problem"]), place=document.at((*where, *context.get("at", ()))), **parts)
    if kind == "extra_forbidden":
        keys = keys_at(shape, where[:-1])
        advice = nearest(key.strip(), keys)
        expected = "one of " + ", ".join(keys)
        return RecordError(f"unknown key '{key.strip()}'", place=place, found=found, expected=expected, try_=advice)
    if kind == "missing":
        return RecordError(
            f"the key '{key}' is missing",
            place=document.at(where[:-1]),
            found=_shown_keys(document.data, where[:-1]),
            expected=f"{key}: ...",
            try_=EXAMPLES.get(key, "add it, or look for a key that is misspelt"),
        )
    if kind == "literal_error":
        choices = _literals(shape, where)
        expected, advice = "one of " + ", ".join(choices), nearest(str(error["input"]), choices) or "one of these words"
        return RecordError(f"{name} cannot be {shown}", place=place, found=found, expected=expected, try_=advice)
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        expected = f"a number {word} {context[bound]:g}"
        return RecordError(
            f"{name} is out of bounds", place=place, found=found, expected=expected, try_="look at sign and unit"
        )
    if kind == "too_short":
        advice = EXAMPLES.get(key, "add an entry, or leave the key out")
        return RecordError(f"{name} is empty", place=place, found=found, expected="at least one entry", try_=advice)
    wanted = _wanted(shape, where, kind)
    advice = _advice(key, kind, error["input"])
    return RecordError(f"{name} is to be {wanted}", place=place, found=found, expected=wanted, try_=advice)


def _wanted(shape: type[Record], where: Where, kind: str) -> str:
    """What should stand at a place, in words."""
    if kind in ("model_type", "model_attributes_type"):
        return "keys with values: {" + ", ".join(f"{key}: ..." for key in keys_at(shape, where)[:3]) + "}"
    return TIME if kind == "string_type" and where[-1] in TIMES else _WANTED.get(kind, "of another kind")


def _row(document: Document, where: Where) -> str:
    """The line of an entry as its author wrote it."""
    line = document.lines.get(where, 1)
    return document.text.splitlines()[line - 1].strip().removeprefix("- ")[:100]


def keys_at(shape: type[BaseModel], where: Where) -> list[str]:
    """The keys that may stand at a place inside a shape."""
    inside = _model_at(shape, where)
    return list(inside.model_fields) if inside is not None else []


def _model_at(shape: Any, where: Where) -> type[BaseModel] | None:
    """The shape that governs a place: follows fields, lists, mappings and options."""
    for step in where:
        model = _models_in(shape)
        if isinstance(step, str) and model is not None and step in model.model_fields:
            shape = model.model_fields[step].annotation
        else:
            shape = _inside(shape)
    return _models_in(shape)


def _models_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return next((model for part in typing.get_args(annotation) if (model := _models_in(part))), None)
    return None


def _inside(annotation: Any) -> Any:
    """What a list or mapping holds."""
    origin = typing.get_origin(annotation)
    parts = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return next((inner for part in parts if (inner := _inside(part)) is not None), None)
    if origin is tuple:
        return parts[0]
    if origin is dict:
        return parts[1]
    return None


def _literals(shape: Any, where: Where) -> list[str]:
    """The words that a field allows."""
    model = _model_at(shape, where[:-1])
    annotation = model.model_fields[str(where[-1])].annotation if model is not None else None
    found: list[str] = []

    def collect(part: Any) -> None:
        if typing.get_origin(part) is typing.Literal:
            found.extend(str(word) for word in typing.get_args(part))
        else:
            for inner in typing.get_args(part):
                collect(inner)

    collect(annotation)
    return found


def _spoken(where: Where) -> str:
    """A place in words: binds, 1, affinity, value is "'value' of 'affinity'"."""
    names = [step for step in where if isinstance(step, str)]
    number = next((f"entry {step + 1} of " for step in where[-1:] if isinstance(step, int)), "")
    if not names:
        return "the record"
    return f"{number}'{names[-1]}'" + (f" of '{names[-2]}'" if len(names) > 1 and not number else "")


def _shown(value: Any) -> str:
    """A value as the author may have written it, short."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: ..." for key in list(value)[:4]) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(item) for item in value[:3]) + (", ..." if len(value) > 3 else "") + "]"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:80]


def _shown_keys(data: Any, where: Where) -> str:
    for step in where:
        data = data[step]
    return "keys " + ", ".join(str(key) for key in data) if isinstance(data, dict) else _shown(data)


def _advice(key: str, kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, (int, float)) and key in TIMES:
        return f"{_shown(value)} h, or {_shown(value)} d"
    if kind == "string_type" and isinstance(value, (int, float)):
        return f'"{_shown(value)}" in quotes'
    if kind == "string_type" and isinstance(value, dict):
        return "put the text in quotes: a colon and a space make it a key"
    if kind in ("float_type", "int_type") and isinstance(value, str):
        return "the number alone, without quotes; a unit has a key of its own"
    if kind in ("int_type", "int_from_float"):
        return "a number without decimals"
    if kind == "tuple_type":
        return "write [one, another], or a line with a dash for each"
    if kind.startswith("model") and isinstance(value, (int, float)):
        return f"{key}: {{value: {_shown(value)}, unit: ...}}"
    return "look at a record of the catalog"
