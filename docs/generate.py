"""Writes the generated documents: the command line, the catalog, the model book, and the pictures.

    python docs/generate.py             # all
    python docs/generate.py --text      # the pages, not the pictures and the curves: they need runs
    python docs/generate.py --check     # writes nothing; fails when a page is not what it would write

Needs    the installed package
Gives    docs/reference/*.md; docs/model/*.md; docs/drugs/*.md; docs/pictures/*.svg, docs/drugs/pictures/*.svg
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from enkephalin.cli import app
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.watched import watch_rows

DOCS = Path(__file__).resolve().parent
SAID = "<!-- Written by docs/generate.py. Change the program, then run `make docs`. -->\n"
COMMON = (
    "`enkephalin --version` prints the version. `--json` prints one JSON document and nothing else on standard output. "
    "Exit codes: 0 done, 1 the work failed, 2 the request was wrong."
)
CATALOG = {
    "scenarios": "What happens to a person.",
    "tasks": "What laboratories do to people; scenarios name them.",
    "people": "To whom it happens.",
    "populations": "Many people, and how they differ.",
    "drugs": "Substances, with their routes, kinetics and binding.",
    "studies": "Studies that can be run before anybody is recruited.",
    "scales": "Questionnaires and ratings.",
    "accounts": "Versions of the body.",
    "hypotheses": "Weights on named couplings.",
    "species": "The body of another animal.",
}


def command_line() -> str:
    """Every command with its arguments and options."""
    group = typer.main.get_command(app)
    parts = [SAID, f"\n# The command line\n\n{group.help}\n\n{COMMON}\n"]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        usage = " ".join(["enkephalin", name, *(_usage(a) for a in arguments), *(["[OPTIONS]"] if options else [])])
        parts.append(f"\n## {name}\n\n{command.help}\n\n```\n{usage}\n```\n")
        if arguments or options:
            parts.append("\n| | |\n|---|---|\n")
            parts += [f"| `{_cell(_usage(argument))}` | {argument.help or ''} |\n" for argument in arguments]
            parts += [f"| `{_option(option)}` | {option.help or ''} |\n" for option in options]
    return "".join(parts)


def _usage(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return f"{name}..." if argument.nargs == -1 and not argument.metavar else name


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar}"
    return _cell(", ".join(option.opts) + value)


def catalog() -> str:
    """Every record of the catalog in one line, and everything that can be watched."""
    parts = [SAID, "\n# The catalog\n"]
    for kind, about in CATALOG.items():
        ids = list_ids(kind)
        if ids:
            parts.append(f"\n## {kind.capitalize()}\n\n{about}\n\n| id | about |\n|---|---|\n")
            parts += [f"| `{id_}` | {_cell(get(kind, id_).about)} |\n" for id_ in ids]
    parts.append("\n## What can be watched\n\n| name | unit | further dimensions | about |\n|---|---|---|---|\n")
    for row in watch_rows():
        parts.append(
            f"| `{row['name']}` | {row['unit']} | {', '.join(row['dims'].split())} | {_cell(row['about'])} |\n"
        )
    return "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def heroin_withdrawal() -> str:
    """The picture of the README."""
    from enkephalin.report import charts_of, watched_charts
    from enkephalin.report.picture import sheet
    from enkephalin.simulate import simulate

    titles = (
        "Clinical Opiate Withdrawal Scale (COWS)",
        "Dopamine",
        "Firing and noradrenaline",
        "Against the person's own day",
    )
    half_hours = tuple(k / 2 for k in range(-96, 481))
    names = watched_charts(titles)
    seen = simulate("adult_reference", "heroin_withdrawal", at=half_hours, watch=names, engine="kernel")
    return sheet(charts_of(seen, titles), -48, 240)


PAGES: dict[str, Callable[[], str]] = {"reference/command_line.md": command_line, "reference/catalog.md": catalog}
PICTURES: dict[str, Callable[[], str]] = {"pictures/heroin_withdrawal.svg": heroin_withdrawal}


def model_book() -> dict[str, str]:
    """Every page of the model book, by its place."""
    from enkephalin.explain.book import pages

    guards = runpy.run_path(str(DOCS / "guards.py"))["guards"]
    return {f"model/{name}": SAID + "\n" + text for name, text in pages(guards).items()}


def every_page() -> dict[str, str]:
    """Every generated page, by its place."""
    drugs: dict[str, str] = runpy.run_path(str(DOCS / "drug_book.py"))["pages"]()
    return {name: write() for name, write in PAGES.items()} | model_book() | drugs


def stale() -> Iterator[str]:
    """Pages that are not what the program would write now, and pages whose module or drug is gone."""
    pages = every_page()
    for name, text in pages.items():
        path = DOCS / name
        if not path.is_file() or path.read_text("utf-8") != text:
            yield name
    yield from (f"{path.parent.name}/{path.name}" for path in gone(pages))


def gone(pages: dict[str, str]) -> list[Path]:
    """Pages whose module or drug is no more."""
    written = [path for folder in ("model", "drugs") for path in sorted((DOCS / folder).glob("*.md"))]
    return [path for path in written if f"{path.parent.name}/{path.name}" not in pages]


def main(arguments: list[str]) -> int:
    """Write, or with ``--check`` compare."""
    if "--check" in arguments:
        names = list(stale())
        for name in names:
            print(f"docs/{name}  is not what the program would write\n  try       make docs", file=sys.stderr)
        return 1 if names else 0
    pictures = {} if "--text" in arguments else {name: write() for name, write in PICTURES.items()}
    if "--text" not in arguments:
        runpy.run_path(str(DOCS / "drug_curves.py"))["draw"]()
    pages = every_page()
    for path in gone(pages):
        path.unlink()
    for name, text in (pages | pictures).items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
