"""Writing: a record as the YAML text from which it can be read again.

Needs    PyYAML, shapes
Gives    ``to_yaml(record)``, ``to_plain(record)``
"""

from __future__ import annotations

from typing import Any

import yaml

from .shapes import Shape


def to_plain(record: Shape) -> dict[str, Any]:
    """A record as plain dicts, lists, text and numbers; what has its default value is left out."""
    return record.model_dump(mode="json", exclude_defaults=True)


def to_yaml(record: Shape) -> str:
    """A record as YAML text; reading it gives the same record.

    Example
    -------
    >>> from enkephalin.records import get, resolve
    >>> print(to_yaml(resolve("naltrexone_50mg_once")).splitlines()[0])
    id: naltrexone_50mg_once
    """
    return yaml.safe_dump(to_plain(record), sort_keys=False, default_flow_style=None, width=10_000, allow_unicode=True)
