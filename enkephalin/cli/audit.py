"""The command that audits claims.

Needs    evidence
Gives    ``audit``
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import JsonOption, print_json, print_table

FEW = 3  # claims up to which each is told in full
ACCOUNTS = ("described", "literature")
SAYS = {True: "agrees", False: "does not", None: "–"}
VERDICTS = {"partly": "partly supported", "cannot_tell": "cannot tell"}


def audit(
    claims: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CLAIM]...", help="Ids, numbers of the article's claims, or files. Default: all."),
    ] = None,
    cites: Annotated[
        list[str] | None,
        typer.Option(metavar="WORK", help="What somebody cites for the claim: an id, a DOI, a PubMed number, or a file "
                     "with one on each line; may be given again."),
    ] = None,
    runs: Annotated[bool, typer.Option("--runs/--no-runs", help="Let the body answer too.")] = True,
    json: JsonOption = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder for audit.json and audit.html.")] = None,
) -> None:  # fmt: skip
    """Audit claims: what the article says, what is known, what the body gives, and a verdict with its reasons."""
    from ..evidence.auditing import audit as audited

    found = audited(claims or None, cited=cites or (), runs=runs)
    if out is not None:
        from ..report.audit import write

        write(found if claims else found | _map(), out)
    if json:
        print_json(found)
    elif len(found["claims"]) <= FEW:
        print("\n\n".join("\n".join(_told(row)) for row in found["claims"]))
    else:
        _table(found)


def _map() -> dict[str, Any]:
    """The causal map for the page; nothing where the libraries for it are not there."""
    from ..errors import EnkephalinError
    from ..evidence.causal import map_rows

    try:
        return {"map": map_rows()}
    except EnkephalinError as trouble:
        print(f"the page has no causal map: {trouble.problem}; {trouble.try_}", file=sys.stderr)
        return {}


def _table(found: Mapping[str, Any]) -> None:
    columns = ["no.", "claim", "verdict", "certainty", *ACCOUNTS, "flags"]
    rows = [
        (
            str(row["number"] or row["id"]),
            row["text"],
            VERDICTS.get(row["verdict"], row["verdict"]),
            row["certainty"]["level"],
            *(SAYS[row[account].get("holds")] for account in ACCOUNTS),
            ", ".join(dict.fromkeys(flag["kind"] for flag in row["flags"])),
        )
        for row in found["claims"]
    ]
    counts = ", ".join(f"{number} {VERDICTS.get(word, word)}" for word, number in sorted(found["counts"].items()))
    why = {row[account].get("why_not") for row in found["claims"] for account in ACCOUNTS if "account" in row[account]}
    notes = [counts, *sorted(text for text in why if text), "enkephalin audit NUMBER tells one claim in full"]
    print_table(f"{len(rows)} claims", columns, rows, left=len(columns), notes=notes)


def _told(row: Mapping[str, Any]) -> Iterator[str]:
    """A claim in full, line by line."""
    number = f"{row['number']}  " if row["number"] else ""
    yield f"{number}{row['text']}"
    yield f"  {row['id']}: {row['kind']}, about {', '.join(row['species'])}. Wrong if {row['wrong_if']}."
    yield f"  verdict: {VERDICTS.get(row['verdict'], row['verdict'])}; certainty {row['certainty']['level']}"
    yield from (f"    {reason}" for reason in row["reasons"])
    if row["article"]["values"]:
        yield f"  the article: {'; '.join(map(_value, row['article']['values']))}"
    evidence = row["evidence"]
    yield f"  the evidence: {evidence['says']}"
    if evidence["value"]:
        yield f"    {_value(evidence['value'])}"
    if "estimate" in evidence["pooled"]:
        pool = evidence["pooled"]
        limits = " to ".join(f"{limit:.3g}" for limit in pool["ci"])
        yield f"    pooled {pool['measure']}: {pool['estimate']:.3g} ({limits}), {pool['k']} sources"
    yield from (f"    {_observation(seen)}" for seen in evidence["observations"])
    for account in ACCOUNTS:
        yield from _account(account, row[account])
    certainty = row["certainty"]
    yield f"  certainty begins {certainty['start']}"
    yield from (f"    {step['steps']:+d} {step['domain'].replace('_', ' ')}: {step['because']}"
                for step in certainty["steps"])  # fmt: skip
    yield from (f"  flag, {flag['kind']}: {flag['says']}" for flag in row["flags"])
    if "citations" in row:
        yield f"  the citations: {_citations(row['citations'])}"
    yield f"  sources: {', '.join(_cited(source) for source in row['sources']) or 'none'}"


def _value(value: Mapping[str, Any]) -> str:
    unit = "" if value["unit"] == "1" else f" {value['unit']}"
    limits = f"{value['low']:g} to {value['high']:g}" if "low" in value and "high" in value else ""
    if "value" not in value:
        return f"{value['measure']} {limits or value.get('low', value.get('high'))}{unit}"
    return f"{value['measure']} {value['value']:g}{unit}" + (f" ({limits})" if limits else "")


def _observation(seen: Mapping[str, Any]) -> str:
    size = f", n = {seen['n']}" if seen["n"] else ""
    how = f"{seen['how']}, {seen['design'].replace('_', ' ')}, {seen['species'].replace('_', ' ')}{size}"
    return f"{seen['is']:<8}{seen['weight']:.2g}  {seen['about']} [{seen['source']}; {how}]"


def _account(account: str, block: Mapping[str, Any]) -> Iterable[str]:
    if "why_not" in block:
        return [f"  {account}: no reading. {block['why_not']}"]
    return [f"  {account}: {_reading(row)}" for row in block["readings"]]


def _reading(row: Mapping[str, Any]) -> str:
    if "why_not" in row:
        return f"{row['about']}: no reading. {row['why_not']}"
    unit = "" if row["unit"] in ("1", "") else f" {row['unit']}"
    said = "agrees" if row["holds"] else "does not agree"
    return f"{row['about']} {row['value']:.3g}{unit}; the claim needs {_band(row['agrees'])}{unit}: {said}"


def _band(band: list[float | None]) -> str:
    low, high = band
    if low is None or high is None:
        return f"at most {high:g}" if low is None else f"at least {low:g}"
    return f"{low:g} to {high:g}"


def _citations(counted: Mapping[str, Any]) -> str:
    said = (
        f"{counted['cited']} of {counted['known']} known observations, {counted['cited_contrary']} of "
        f"{counted['contrary']} that speak against the claim; "
        f"so few or fewer of these by chance in {100 * counted['chance']:.0f} % of lists"
    )
    if not counted["known"]:
        said = "no observation on its question is known"
    if counted["left_out"]:
        said += f"; left out: {', '.join(counted['left_out'])}"
    if counted["not_in_the_records"]:
        said += f"; not in the records: {', '.join(counted['not_in_the_records'])}"
    return said


def _cited(source: Mapping[str, Any]) -> str:
    return f"{source['id']} (doi {source['doi']})" if source.get("doi") else str(source["id"])
