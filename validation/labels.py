"""The labels of the two lists, T1 to T30 and C19.1 to C19.20, and what answers each.

Needs    records, labels.yaml
Gives    ``Label``, ``labels()``, ``WANTED``, ``target_named``
Leaves   what the model gives: see ``running``, ``rivals``
"""

from __future__ import annotations

import functools
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from .records import Group, Target, groups

FILE = Path(__file__).parent / "labels.yaml"
WANTED = (*(f"T{number}" for number in range(1, 31)), *(f"C19.{number}" for number in range(1, 21)))


class Label(BaseModel):
    """One label: the targets and tests that answer it, or why it cannot be asked yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    about: str
    targets: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    not_yet: str | None = None


@functools.cache
def labels() -> tuple[Label, ...]:
    """Every label, in the order of the lists."""
    return tuple(Label.model_validate(row) for row in yaml.safe_load(FILE.read_text("utf-8"))["labels"])


def target_named(name: str) -> tuple[Group, Target]:
    """The target of ``group.id``.

    Raises
    ------
    KeyError
        There is none.
    """
    group_id, _, target_id = name.partition(".")
    for group in groups():
        for target in group.targets:
            if (group.id, target.id) == (group_id, target_id):
                return group, target
    raise KeyError(name)
