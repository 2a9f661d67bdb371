"""The rooms of the house in their one-way order (design.md section 3), and the files in each.

Needs    nothing but the standard library
Gives    ``ORDER``, ``python_files()``, ``room_of(path)``
Leaves   what the rules are: see the tests beside this file
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "enkephalin"

# A room may import itself and any room that stands before it. `cli` and `web` share the last place and do not know
# each other.
ORDER = (
    "errors", "records", "compiler", "kernels", "runs", "simulate", "measure", "population", "imaging",
    "trial", "fit", "evidence", "compare", "exchange", "explain", "report",
)  # fmt: skip
DOORS = ("cli", "web")
DATA_ROOMS = ("biology", "catalog")  # text and tables; `evidence` holds both


def python_files() -> list[Path]:
    """Every Python file that pip installs."""
    return sorted(path for path in PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room of a file: its folder, or its own name for a room of one file; ``enkephalin`` for the front door."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "enkephalin" if parts[0] == "__init__" else parts[0]
