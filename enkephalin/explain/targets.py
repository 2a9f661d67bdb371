"""Targets of validation that rest on a source: what the model is held against.

Needs    the folder ``validation/targets`` of the repository; without it, in an installed program, there are none
Gives    ``targets_of(source)``
Leaves   running them: ``make validate``, and docs/validation.md
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ..records.files import PACKAGE, own_yaml

FOLDER = PACKAGE.parent / "validation" / "targets"


def targets_of(source: str) -> list[dict[str, str]]:
    """The targets that name a source, each with its claim and its use."""
    return [row for name, row in _targets() if name == source]


@cache
def _targets() -> tuple[tuple[str, dict[str, str]], ...]:
    """(source, target) for each source that a target names."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        sheet: dict[str, Any] = own_yaml(path)
        for target in sheet.get("targets") or ():
            row = {
                "target": f"{sheet['id']}.{target['id']}",
                "claim": target.get("claim", ""),
                "use": target.get("use", ""),
            }
            found += [(name, row | {"file": f"validation/targets/{path.name}"}) for name in target.get("sources") or ()]
    return tuple(found)
