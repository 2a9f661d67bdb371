"""Citations: how much of what is known on a question a list of works cites, and which way what it leaves out points.

Needs    weigh
Gives    ``selective_citation(question, cited)``, ``cited_observations(names)``, ``named_works(words)``
Leaves   whether a work is good: it counts each once
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..errors import RequestError, UnknownNameError, nearest
from ..records.catalog import get, list_ids
from ..records.shapes import Observation
from .weigh import OPPOSITE, answering

CHANCE = 0.1  # a list this one-sided would arise by chance in so many cases at most
FEWEST_CONTRARY = 2  # contrary observations that there must be for a list to leave out
DOI = re.compile(r"10\.\d{4,9}/\S+")
COMMENT = "#"


def named_works(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """The sources and observations that words name, and the words that name none.

    Parameters
    ----------
    words : list of str
        Ids of sources or observations, DOIs (bare or as links), PubMed numbers, or paths of files with one on each
        line.

    Returns
    -------
    tuple of two lists
        Ids, and what could not be found among the records.

    Raises
    ------
    RequestError
        Nothing at all was found.
    """
    sources = {name: get("source", name) for name in list_ids("source")}
    by_doi = {row.doi.casefold(): name for name, row in sources.items() if row.doi}
    by_number = {str(row.pmid): name for name, row in sources.items() if row.pmid}
    observations = set(list_ids("observation"))
    found, unknown = [], []
    asked = list(_words(words))
    for word in asked:
        doi = DOI.search(word)
        if word in sources or word in observations:
            found.append(word)
        elif doi is not None and doi.group().casefold() in by_doi:
            found.append(by_doi[doi.group().casefold()])
        elif word.rpartition(":")[2].strip() in by_number:
            found.append(by_number[word.rpartition(":")[2].strip()])
        else:
            unknown.append(word)
    if asked and not found:
        raise RequestError(
            "none of the cited works is among the records",
            found=", ".join(asked[:3]),
            expected="ids of sources, DOIs or PubMed numbers, one on each line of a file",
            try_=nearest(asked[0], sources) or "enkephalin list sources",
        )
    return list(dict.fromkeys(found)), unknown


def _words(words: Iterable[str]) -> Iterable[str]:
    """Words, with files replaced by their lines."""
    for word in words:
        path = Path(word)
        if path.suffix and not DOI.search(word) and path.is_file():
            lines = path.read_text("utf-8").splitlines()
            yield from (text for line in lines if (text := line.partition(COMMENT)[0].strip()))
        elif word.strip():
            yield word.strip()


def cited_observations(names: Iterable[str], own: Sequence[Observation] = ()) -> set[str]:
    """Ids of the observations that a list of sources or observations stands for.

    Raises
    ------
    UnknownNameError
        A name is neither a source nor an observation.
    """
    every = {name: get("observation", name) for name in list_ids("observation")} | {row.id: row for row in own}
    sources = set(list_ids("source")) | {row.source for row in own}
    found: set[str] = set()
    for name in names:
        if name in every:
            found.add(name)
        elif name in sources:
            found |= {row.id for row in every.values() if row.source == name}
        else:
            raise UnknownNameError(
                f"'{name}' is neither a source nor an observation",
                found=name,
                expected="ids of evidence/sources or evidence/observations",
                try_=nearest(name, [*sources, *every]),
            )
    return found


def selective_citation(
    question: str, cited: Iterable[str], says: str = "positive", own: Sequence[Observation] = ()
) -> dict[str, Any]:
    """How much of what is known on a question a list cites, and which way what it leaves out points.

    Parameters
    ----------
    question : str
        Id of a question.
    cited : list of str
        Ids of sources or observations.
    says : str
        What the citing text says: "positive", "negative" or "none".

    Returns
    -------
    dict
        ``known``, ``cited``, ``contrary`` and ``cited_contrary`` (counts, of answers that agree or disagree; mixed ones
        count in neither), ``share`` cited, ``chance`` of so few contrary ones in a blind draw of the same size,
        ``left_out`` and ``flagged``.
    """
    wanted = cited_observations(cited, own)
    agreeing, contrary = set(), set()
    for row, answer in answering(question, own):
        if answer.says == says:
            agreeing.add(row.id)
        elif answer.says in (OPPOSITE.get(says, ""), "none") or says == "none":
            contrary.add(row.id)
    mine, against = wanted & (agreeing | contrary), wanted & contrary
    chance = _chance_of_so_few(len(agreeing | contrary), len(contrary), len(mine), len(against))
    left_out = sorted(contrary - wanted)
    return {
        "known": len(agreeing | contrary),
        "cited": len(mine),
        "contrary": len(contrary),
        "cited_contrary": len(against),
        "share": len(mine) / len(agreeing | contrary) if agreeing | contrary else None,
        "chance": chance,
        "left_out": left_out,
        "flagged": bool(mine) and len(left_out) >= FEWEST_CONTRARY and chance <= CHANCE,
    }


def _chance_of_so_few(known: int, contrary: int, drawn: int, seen: int) -> float:
    """Chance of at most ``seen`` contrary ones among ``drawn`` taken blindly from ``known`` (hypergeometric)."""
    ways = math.comb(known, drawn)
    fewer = sum(math.comb(contrary, k) * math.comb(known - contrary, drawn - k) for k in range(seen + 1))
    return fewer / ways
