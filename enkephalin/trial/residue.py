"""Residue: how much of a drug is still there when the next period of a crossover begins.

Needs    simulate, lives
Gives    ``residues(truth)``, ``Residue``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records.catalog import get
from ..records.scenario.slots import chain_of
from ..records.shapes import ResolvedStudy
from ..simulate import simulate
from .lives import life, offset
from .truth import Truth

FEW = 8  # people looked at


@dataclass(frozen=True)
class Residue:
    """The mean share of receptors that a drug and its metabolites still hold when the period after an arm begins."""

    arm: str
    drug: str
    where: str
    share: float


def residues(truth: Truth) -> tuple[Residue, ...]:
    """One for each arm with drugs that is followed by another; none where each person has one period.

    Looks at the first few people, at the receptor and region where most is held.
    """
    study = truth.study
    found: dict[tuple[str, str], Residue] = {}
    for order in study.orders:
        scenario = life(study, order)
        ends = [period for period in range(1, len(order)) if study.arm(order[period - 1]).own_doses]
        if not ends:
            continue
        at = [offset(study, period) - study.zero for period in ends]
        body = {key: truth.provenance[key] for key in ("account", "hypothesis") if truth.provenance.get(key)}
        result = simulate(truth.people[: min(FEW, len(truth))], scenario, at=at, watch=["occupancy"], **body)
        held = result["occupancy"].mean("person").transpose("time", "ligand", "receptor", "region")
        for number, period in enumerate(ends):
            arm = order[period - 1]
            for drug in _drugs(study, arm, [str(name) for name in held["ligand"].values]):
                values = held.isel(time=number).sel(ligand=_with_metabolites(drug, held["ligand"].values)).sum("ligand")
                share = float(np.nanmax(values.values))
                place = np.unravel_index(int(np.nanargmax(values.values)), values.shape)
                where = f"{values['receptor'].values[place[0]]} {values['region'].values[place[1]]}"
                key = (arm, drug)
                if key not in found or found[key].share < share:
                    found[key] = Residue(arm, drug, where, share)
    return tuple(found.values())


def _with_metabolites(drug: str, ligands: Any) -> list[str]:
    """A drug and what the body makes of it, as far as it is seen at receptors."""
    known = {str(name) for name in ligands}
    return [one.id for one in chain_of(get("drug", drug)) if one.id in known]


def _drugs(study: ResolvedStudy, arm: str, ligands: list[str]) -> list[str]:
    """The arm's own drugs that are seen at receptors."""
    own = dict.fromkeys(row.drug for row in study.arm(arm).own)
    return [drug for drug in own if drug in ligands]
