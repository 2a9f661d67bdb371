"""The audit: each claim beside what is known, what the body gives under two accounts, and the verdict with its reasons.

Needs    weigh, certainty, flags, disputes, precision, readings
Gives    ``audit(claims)``, ``claims_named(words)``
Leaves   how it is shown: see ``cli.audit``

Evidence alone gives the verdict. The runs say what would follow if the body worked as an account has it; a body can
agree with a claim and both be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import EnkephalinError, UnknownNameError, nearest
from ..records.catalog import get, is_path, list_ids
from ..records.shapes import Claim, Source
from .certainty import certainty_of
from .citations import named_works, selective_citation
from .disputes import arguments, contradictions
from .flags import flags_of
from .precision import pooled
from .readings import holding, read_claims
from .weigh import Balance, Bearing, balance, bearing_on, weighed_verdict

ACCOUNTS = ("described", "literature")
UNNUMBERED = 10**6  # claims of one's own come after those of the article
SHOWN = {"described": "as the article describes it", "literature": "as the literature has it"}


def audit(
    claims: Iterable[Claim | str | int] | Claim | str | int | None = None,
    *,
    cited: Sequence[str] = (),
    runs: bool = True,
    keep: bool = True,
) -> dict[str, Any]:
    """Audit claims: the article, the evidence, the body under two accounts, and a verdict.

    Parameters
    ----------
    claims : list of Claim, str or int
        Records, ids, numbers of the article's claims, or paths of files. Default: every claim of the catalog.

    Rarely needed
    -------------
    cited : list of str
        Works that somebody cites for the claims: ids, DOIs, PubMed numbers or files of them. Default: what the article
        names.
    runs : bool
        Let the body answer too; it takes a minute or two the first time.
    keep : bool
        Keep what the body answered, and use what is kept.

    Returns
    -------
    dict
        ``claims``: in the article's order, each with ``id``, ``text``, ``kind``, ``species``, ``article``,
        ``evidence``, one block for each account, ``verdict``, ``reasons``, ``certainty``, ``sources`` and ``flags``.
        ``counts``: claims by verdict. Where all are audited, also ``arguments`` with their weakest links, and
        ``contradictions`` with their moderators.

    Raises
    ------
    RecordError, UnknownNameError
        A claim is wrong, or there is none of this name.

    Example
    -------
    >>> found = audit(["c34_naltrexone_cyberball"], runs=False)["claims"][0]
    >>> found["verdict"], found["article"]["values"][0]["value"]
    ('unsupported', 23.0)
    """
    records = claims_named(claims)
    works, unknown = named_works(cited)
    seen = {account: read_claims(records, account, keep) if runs else {} for account in ACCOUNTS}
    rows = []
    for claim in records:
        blocks = {account: _account(claim, seen[account].get(claim.id), account) for account in ACCOUNTS}
        rows.append(_row(claim, blocks, works, unknown))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    if claims is not None:
        return {"claims": rows, "counts": counts}
    return {"claims": rows, "counts": counts, "arguments": arguments(), "contradictions": contradictions()}


def claims_named(claims: Iterable[Claim | str | int] | Claim | str | int | None) -> list[Claim]:
    """Records of claims in the article's order, one's own last."""
    if claims is None:
        asked: list[Claim | str | int] = list(list_ids("claim"))
    else:
        asked = [claims] if isinstance(claims, (Claim, str, int)) else list(claims)
    found = {claim.id: claim for claim in map(_claim, asked)}
    return sorted(found.values(), key=lambda claim: UNNUMBERED if claim.number is None else claim.number)


def _claim(asked: Claim | str | int) -> Claim:
    if isinstance(asked, Claim):
        return asked
    word = str(asked)
    if is_path(word):
        own: Claim = get("claim", word)
        return own
    known = list_ids("claim")
    if word in known:
        return _of_catalog(word)
    numbered = {str(_of_catalog(name).number): name for name in known}
    digits = word[1:] if word[:1] == "c" else word
    if digits.isdecimal() and str(int(digits)) in numbered:
        return _of_catalog(numbered[str(int(digits))])
    raise UnknownNameError(
        f"there is no claim '{word}'",
        found=word,
        expected="the id of a claim, its number in the article, or the path of a file",
        try_=nearest(word, known) or "enkephalin list claims",
    )


def _of_catalog(name: str) -> Claim:
    found: Claim = get("claim", name)
    return found


# --- one claim ----------------------------------------------------------------------------------------------------


def _row(
    claim: Claim, blocks: Mapping[str, dict[str, Any]], works: Sequence[str], unknown: Sequence[str]
) -> dict[str, Any]:
    bearings = bearing_on(claim)
    verdict, reasons = _verdict(claim, bearings)
    row: dict[str, Any] = {
        "id": claim.id,
        "number": claim.number,
        "place": claim.place,
        "text": claim.about,
        "kind": claim.kind,
        "species": list(claim.species),
        "wrong_if": claim.wrong_if,
        "article": _article(claim),
        "evidence": _evidence(claim, bearings),
        **blocks,
        "verdict": verdict,
        "reasons": reasons + [said for account in ACCOUNTS if (said := _said_by(account, blocks[account]))],
        "certainty": certainty_of(claim, bearings).as_dict(),
        "flags": [
            {"kind": flag.kind, "says": flag.says, "numbers": flag.numbers} for flag in flags_of(claim, works or None)
        ],
        "sources": [_source(source) for source in _sources(claim, bearings)],
        "rests_on": list(claim.rests_on),
    }
    if works and claim.question is not None:
        counted = selective_citation(claim.question, works, claim.says, claim.observed)
        row["citations"] = counted | {"not_in_the_records": list(unknown)}
    if claim.note:
        row["note"] = claim.note
    return row


def _verdict(claim: Claim, bearings: Sequence[Bearing]) -> tuple[str, list[str]]:
    """The verdict and its reasons: a ruling where there is one, else the rule of weighing."""
    word, because = weighed_verdict(claim, bearings)
    reasons = [because]
    verdict = word
    if claim.ruling is not None:
        verdict = claim.ruling.verdict
        reasons = [f"Ruling: {claim.ruling.because}"]
        if verdict != word:
            reasons.append(f"Its observations alone would weigh as {_words(word)}: {because}")
        else:
            reasons.append(because)
    if claim.known.not_found and claim.known.not_found not in because:
        reasons.append(f"Looked for, not found: {claim.known.not_found}")
    if claim.first is not None and claim.first.verdict != verdict:
        reasons.append(f"A first reading called it {_words(claim.first.verdict)}: {claim.first.because}")
    return verdict, reasons


def _said_by(account: str, block: Mapping[str, Any]) -> str:
    """What the body of an account says to a claim, in a sentence."""
    holds = block.get("holds")
    if holds is None:
        return ""
    made = [row for row in block["readings"] if "holds" in row]
    agreeing = sum(bool(row["holds"]) for row in made)
    if len(made) == 1:
        told = "agrees" if holds else "does not agree"
        return f"The body {SHOWN[account]} {told}: {made[0]['about']} {_number(made[0])}."
    return f"The body {SHOWN[account]} agrees in {agreeing} of {len(made)} readings."


def _number(row: Mapping[str, Any]) -> str:
    unit = "" if row["unit"] in ("1", "") else f" {row['unit']}"
    return f"{row['value']:.3g}{unit}"


def _words(verdict: str) -> str:
    return {"cannot_tell": "undecided", "partly": "partly supported"}.get(verdict, verdict)


def _article(claim: Claim) -> dict[str, Any]:
    stated = claim.article
    return {
        "place": claim.place,
        "values": [value.model_dump(mode="json", exclude_none=True) for value in stated.values],
        "codes": list(stated.codes),
        "names": list(stated.names),
    }


def _evidence(claim: Claim, bearings: Sequence[Bearing]) -> dict[str, Any]:
    sides: Balance = balance(bearings)
    words = [bearing.word for bearing in bearings]
    found: dict[str, Any] = {
        "says": claim.known.says,
        "value": claim.known.value.model_dump(mode="json", exclude_none=True) if claim.known.value else None,
        "not_found": claim.known.not_found,
        "question": claim.asks or (get("question", claim.question).about if claim.question else None),
        "for": words.count("for"),
        "against": words.count("against"),
        "mixed": words.count("mixed"),
        "direct": sides.direct,
        "indirect": sides.indirect,
        "share": sides.direct_share if sides.direct_share is not None else sides.share,
        "pooled": _pooled(claim),
        "observations": [_observation(bearing) for bearing in bearings],
    }
    return found


def _pooled(claim: Claim) -> dict[str, Any]:
    try:
        return pooled(claim)
    except EnkephalinError as trouble:
        return {"why_not": f"{trouble.problem}; {trouble.try_}".rstrip("; ")}


def _observation(bearing: Bearing) -> dict[str, Any]:
    row = bearing.observation
    told = {"id": row.id, "source": row.source, "about": row.about, "is": bearing.word, "weight": bearing.weight}
    told |= {"how": bearing.answer.how, "design": row.design, "species": row.species, "n": row.n}
    told |= {"measure": row.measure, "value": row.value, "unit": row.unit, "confirmed": row.confirmed}
    if row.interval is not None:
        told["interval"] = [row.interval.low, row.interval.high]
    return told


def _sources(claim: Claim, bearings: Sequence[Bearing]) -> list[Source]:
    own = {row.id: row for row in claim.own_sources}
    names = [*claim.known.sources, *(bearing.observation.source for bearing in bearings)]
    return [own[name] if name in own else get("source", name) for name in dict.fromkeys(names)]


def _source(row: Source) -> dict[str, Any]:
    told = {"id": row.id, "title": row.title, "authors": list(row.authors or ()), "year": row.year}
    told |= {"about": row.about, "kind": row.kind, "doi": row.doi, "pmid": row.pmid, "url": row.url, "read": row.read}
    return {key: value for key, value in told.items() if value not in (None, [])}


def _account(claim: Claim, readings: Sequence[dict[str, Any]] | None, account: str) -> dict[str, Any]:
    """What the body of one account shows, or why nothing can be read from it."""
    if claim.undecidable is not None:
        return {"why_not": claim.undecidable}
    if not readings:
        return {"why_not": "The runs were not asked for."}
    reasons = list(dict.fromkeys(row["why_not"] for row in readings if "why_not" in row))
    if len(reasons) == 1 and all("why_not" in row for row in readings):
        return {"account": account, "why_not": reasons[0]}
    return {"account": account, "readings": list(readings), "holds": holding(readings)}
