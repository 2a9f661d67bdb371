"""Is this installation sound? Libraries, data, cache folder, and both engines.

Needs    nothing that has to work: each check catches its own failure and says a way out
Gives    ``doctor``
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import typer

from .output import JsonOption, print_json, print_table

FAILED = 1


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is sound, and what was seen or what to do."""

    what: str
    sound: bool
    seen: str


def doctor(json: JsonOption = False) -> None:
    """Check the installation: versions, data, cache folder, engines."""
    findings = [finding for check in CHECKS for finding in check()]
    sound = all(finding.sound for finding in findings)
    if json:
        rows = [{"what": f.what, "sound": f.sound, "seen": f.seen} for f in findings]
        print_json({"sound": sound, "checks": rows})
    else:
        rows_shown = [("ok" if f.sound else "FAULT", f.what, f.seen) for f in findings]
        print_table("Installation", ["", "what", "seen"], rows_shown, left=3)
    if not sound:
        raise typer.Exit(FAILED)


def _try(what: str, look: Callable[[], str], way_out: str) -> Finding:
    """Look, and turn any failure into a finding with a way out."""
    try:
        return Finding(what, True, look())
    except Exception as error:
        return Finding(what, False, f"{type(error).__name__}: {error}; try {way_out}")


def _versions() -> list[Finding]:
    from importlib.metadata import requires, version

    python = Finding("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    wanted = [line.split(";")[0] for line in requires("enkephalin") or () if "extra ==" not in line]
    names = [line.split(">")[0].split("=")[0].split("<")[0].strip() for line in wanted]
    return [
        python,
        *(_try(name, partial(version, name), f"pip install {name}") for name in ("enkephalin", *names)),
    ]


def _data() -> list[Finding]:
    def count(kind: str) -> str:
        from ..records.catalog import get, list_ids

        ids = list_ids(kind)
        for id_ in ids:
            get(kind, id_)
        if not ids:
            raise FileNotFoundError(f"no {kind}")
        return f"{len(ids)}, all readable"

    kinds = ("drugs", "people", "scenarios", "scales", "sources")
    return [_try(kind, partial(count, kind), "installing the wheel again") for kind in kinds]


def _cache() -> list[Finding]:
    def write() -> str:
        from ..compiler.cache import folder

        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place):
            return str(place)

    way_out = "ENKEPHALIN_CACHE=/a/folder/you/can/write (it works without, but compiles each time)"
    return [_try("cache folder", write, way_out)]


def _engines() -> list[Finding]:
    def model() -> str:
        from ..compiler.model import build

        body = build()
        return f"{body.name}, {len(body.states)} states, {len(body.parameters)} numbers, digest {body.digest[:12]}"

    def engine(module: str) -> str:
        importlib.import_module(module)
        return "loads"

    return [
        _try("body", model, "enkephalin check on the tables that you changed"),
        _try("engine roadrunner", partial(engine, "enkephalin.kernels.roadrunner"), "pip install libroadrunner"),
        _try("engine kernel", partial(engine, "enkephalin.kernels.population"), "pip install llvmlite"),
    ]


def _terminal() -> list[Finding]:
    encoding = sys.stdout.encoding or "none"
    return [
        Finding("text encoding", encoding.lower().startswith("utf"), f"{encoding}; LANG={os.environ.get('LANG', '')}")
    ]


CHECKS = (_versions, _data, _cache, _engines, _terminal)
