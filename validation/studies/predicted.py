"""Predicted: the distribution of a study's estimates in one body, from a bank of people and repeats of the study.

Needs    enkephalin.trial
Gives    ``predicted(study, body)``, ``Prediction``, ``BODIES``; ``place``
Keeps    each finished prediction in a folder, by a digest of study, body, people and repeats
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from enkephalin.compiler.model import build
from enkephalin.errors import RequestError
from enkephalin.records import get, list_ids
from enkephalin.records.catalog import is_path
from enkephalin.records.files import PACKAGE
from enkephalin.records.populations import whole
from enkephalin.records.shapes import ResolvedStudy
from enkephalin.records.writing import to_plain
from enkephalin.runs.code import code_of
from enkephalin.simulate.body import patches_of
from enkephalin.trial.analysis import analyse
from enkephalin.trial.power import Repeats
from enkephalin.trial.running import make_truth

LITERATURE = "literature"
BODIES: dict[str, tuple[str | None, str | None]] = {
    **{name: (None, name) for name in list_ids("hypothesis")},
    **{f"described, {name}": ("described", name) for name in list_ids("hypothesis")},
}
ROOMS = ("population", "simulate", "measure", "trial")  # whose texts a prediction depends on
KEPT = Path("results") / "studies"
ESTIMATE, P, EFFECT = 0, 3, 4  # of what is kept of each repeat


@dataclass(frozen=True)
class Prediction:
    """One study in one body: of each planned analysis over the repeats.

    ``estimates`` has a row for each repeat and a column for each analysis.
    """

    study: str
    body: str
    n: int
    people: int
    contrasts: tuple[str, ...]
    effect_kinds: tuple[str, ...]
    effects: tuple[float, ...]  # means
    found: tuple[float, ...]  # share of repeats with p at or below the planned error
    estimates: tuple[tuple[float, ...], ...]


def predicted(
    study: ResolvedStudy,
    body: str,
    *,
    people: int,
    repeats: int,
    seed: int = 1,
    folder: Path = KEPT,
    workers: int | None = None,
) -> Prediction:
    """What a study would find in a body; read from the folder where it has been found before.

    Parameters
    ----------
    study : ResolvedStudy
        The study, with its own number of people.
    body : str
        A key of ``BODIES``.
    people : int
        In the bank.
    repeats : int
        How often the study is run with people of the bank.

    Rarely needed
    -------------
    seed : int
        Of all chance.
    folder : Path
        Where predictions are kept.
    workers : int
        Threads of the engine. It changes no number.
    """
    path = place(study, body, people=people, repeats=repeats, seed=seed, folder=folder)
    if path.is_file():
        return _read(path.read_text("utf-8"))
    account, hypothesis = BODIES[body]
    truth = make_truth(study, people, seed=seed, account=account, hypothesis=hypothesis, workers=workers)
    task = Repeats(truth, study.analysis, study.people.n, seed)
    every = task.piece(0, repeats)
    kinds = _kinds(task)
    alphas = np.array([plan.alpha for plan in study.analysis])
    found = Prediction(
        study=study.id,
        body=body,
        n=study.people.n,
        people=people,
        contrasts=tuple(f"{plan.measure}: {plan.contrast_text}" for plan in study.analysis),
        effect_kinds=kinds,
        effects=tuple(_mean(every[:, place, EFFECT]) for place in range(len(study.analysis))),
        found=tuple(float(value) for value in (every[:, :, P] <= alphas).mean(axis=0)),
        estimates=tuple(tuple(float(value) for value in row) for row in every[:, :, ESTIMATE]),
    )
    folder.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(asdict(found)), "utf-8")
    beside.replace(path)
    return found


def _kinds(task: Repeats) -> tuple[str, ...]:
    """The kind of effect of each plan; "" where the first repeat does not allow the analysis."""
    table, found = task.table(0), []
    for plan in task.plans:
        try:
            found.append(analyse(table, plan, checks=False)[0].effect_kind)
        except RequestError:
            found.append("")
    return tuple(found)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def place(study: ResolvedStudy, body: str, *, people: int, repeats: int, seed: int = 1, folder: Path = KEPT) -> Path:
    """Where a prediction is kept; arguments as in ``predicted``."""
    return folder / f"{_digest(study, body, people, repeats, seed)}.json"


def _read(text: str) -> Prediction:
    told: dict[str, Any] = json.loads(text)
    lists = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
    lists["estimates"] = tuple(tuple(row) for row in told["estimates"])
    return Prediction(**(told | lists))


def _digest(study: ResolvedStudy, body: str, people: int, repeats: int, seed: int) -> str:
    """A name for everything on which the numbers depend."""
    account, hypothesis = BODIES[body]
    scales = [row.instrument for row in study.measures if row.instrument is not None]
    told = {
        "study": to_plain(study),
        "body": build("human", (), patches_of(account, hypothesis)).digest,
        "scales": [to_plain(get("scale", name)) for name in scales],
        "drugs": [to_plain(get("drug", name)) for name in _drugs(study)],
        "population": to_plain(whole(get("population", study.people.population))),
        "numbers": [body, people, repeats, seed],
        "code": [code_of("kernel", None), _texts()],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:24]


@cache
def _texts() -> str:
    """A name for the program texts that make a prediction out of what the engine says."""
    sha = hashlib.sha256()
    for room in ROOMS:
        for file in sorted((PACKAGE / room).rglob("*.py")):
            sha.update(file.read_bytes())
    return sha.hexdigest()


def _drugs(study: ResolvedStudy) -> list[str]:
    doses = [dose.drug for arm in study.arms for dose in arm.happens.doses]
    return sorted({name for name in doses if not is_path(name)})
