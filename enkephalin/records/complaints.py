"""Complaints: what pydantic finds wrong, in our words and with file and line.

Needs    reader, shapes
Gives    ``shape_faults(document, shape)``
"""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..errors import RecordError, nearest
from .reader import Document, Where
from .shapes import Record

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
        return None, [_fault(document, shape, error) for error in trouble.errors(include_url=False)]


def _fault(document: Document, shape: type[Record], error: ErrorDetails) -> RecordError:
    where = tuple(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    key = str(where[-1]) if where else shape.__name__
    parent = where[:-1]
    name = _spoken(where)
    found = _shown(error["input"])
    if kind == "enkephalin":
        parts = {part: str(context[part]) for part in ("found", "expected", "try_")}
        return RecordError(str(context["problem"]), place=document.at(where), **parts)
    if kind == "extra_forbidden":
        keys = keys_at(shape, parent)
        return RecordError(
            f"unknown key '{key.strip()}'",
            place=document.at(where),
            found=f"{key.strip()}: {found}",
            expected="one of " + ", ".join(keys) if keys else "no key here",
            try_=nearest(key.strip(), keys) if keys else "",
        )
    if kind == "missing":
        return RecordError(
            f"the key '{key}' is missing",
            place=document.at(parent),
            found=_shown_keys(document.data, parent),
            expected=f"{key}: ...",
            try_=_example(key),
        )
    if kind == "literal_error":
        choices = _literals(shape, where)
        return RecordError(
            f"{name} cannot be {found}",
            place=document.at(where),
            found=f"{key}: {found}",
            expected="one of " + ", ".join(choices),
            try_=nearest(str(error["input"]), choices),
        )
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return RecordError(
            f"{name} is out of bounds",
            place=document.at(where),
            found=f"{key}: {found}",
            expected=f"a number {word} {context[bound]:g}",
        )
    if kind == "too_short":
        return RecordError(
            f"{name} is empty", place=document.at(where), found=f"{key}: {found}", expected="at least one entry"
        )
    return RecordError(
        f"{name} is to be {_WANTED.get(kind, 'something else')}",
        place=document.at(where),
        found=f"{key}: {found}",
        expected=_WANTED.get(kind, error["msg"].lower()),
        try_=_advice(kind, error["input"]),
    )


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


def _example(key: str) -> str:
    examples = {
        "id": "id: a_plain_name",
        "about": "about: one sentence that says what this is",
        "status": "status: assumed, if nobody measured it",
        "unit": "unit: 1, for a pure number",
        "watch": "watch: [cows]",
        "every": "every: 1 h",
        "lasts": "lasts: 7 d",
    }
    return examples.get(key, "")


def _advice(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, (int, float, bool)):
        return f'"{_shown(value)}" in quotes'
    if kind == "string_type" and isinstance(value, dict):
        return "put the text in quotes: a colon and a space make it a key"
    if kind in ("float_type", "int_type") and isinstance(value, str):
        return "the number alone; a unit has a key of its own"
    if kind == "tuple_type":
        return "write [one, another], or a line with a dash for each"
    return ""
