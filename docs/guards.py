"""Which tests guard a module: those that name it, and the meaning of each of its symbols.

Needs    tests/, validation/targets
Gives    ``guards(module)``
Leaves   running them

A test names a module by one of its rows (``signalling.rise``), one of its instances (``hpa_body__adrenal``,
``binding_mu_NAc``), its own name as a text, or by standing in the module's own file (test_hpa.py).
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests/biology", "tests/kernel", "tests/measure", "tests/patches", "tests/simulate", "validation")
MEANINGS = "tests/biology/meanings.csv"


def guards(module: str) -> list[tuple[str, list[str]]]:
    """(file from the root of the repository, what it says) for each file that guards a module."""
    named = re.compile(
        rf"(?<![\w.]){module}(?:\.[a-z]|\[|__|_body\b|_reference\b|_(?:mu|delta|kappa)\b|_[A-Z]\w+)|[\"']{module}[\"']"
    )
    found = {}
    for path, tests in _tests():
        own = Path(path).stem == f"test_{module}"
        told = [words for words, text in tests if own or named.search(text)]
        if told:
            found[path] = told
    meanings = [_meaning(row) for row in _meanings() if row["module"] == module]
    return [*([(MEANINGS, meanings)] if meanings else []), *found.items()]


@cache
def _tests() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every test file with its tests: the statement that its name makes, and its text."""
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("test_*.py"))
    return tuple((str(path.relative_to(ROOT)), tuple(_of(path))) for path in paths)


def _of(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            words = node.name.removeprefix("test_").replace("_", " ")
            yield words, "\n".join(text.splitlines()[first - 1 : node.end_lineno])


@cache
def _meanings() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader((ROOT / MEANINGS).read_text("utf-8").splitlines()))


def _meaning(row: dict[str, str]) -> str:
    """One row of the table of meanings, as a sentence."""
    limits = {
        (True, True): "stays within {low} and {high}",
        (True, False): "is at least {low}",
        (False, True): "is at most {high}",
    }
    words = limits.get((bool(row["low"]), bool(row["high"])), "").format(**row)
    parts = [words] if words else []
    parts += [f"{verb} with {row[key]}" for key, verb in (("rises_with", "rises"), ("falls_with", "falls")) if row[key]]
    return f"`{row['symbol']}` {', '.join(parts)}" + (f" ({row['note']})" if row["note"] else "")
