"""The audit: its document, what it does where a body cannot answer, a user's own claim, the command and the page."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from planted import claim, many

from enkephalin.cli import run
from enkephalin.errors import RequestError, UnknownNameError
from enkephalin.evidence import readings
from enkephalin.evidence.auditing import ACCOUNTS, audit, claims_named
from enkephalin.evidence.causal import map_rows
from enkephalin.evidence.readings import read_claims, within
from enkephalin.records import faults
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.claims import scenario_of
from enkephalin.records.shapes import Claim
from enkephalin.report.audit import page

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEYS = {"id", "text", "kind", "species", "article", "evidence", "described", "literature", "verdict", "reasons"}
KEYS |= {"certainty", "sources"}
VERDICTS = {"supported", "partly", "unsupported", "contradicted", "cannot_tell"}
QUICK = {"id": "quick", "lasts": "6 h", "every": "1 h", "happens": ("morphine 10 mg intravenous at 1 h",)}
STILL = {"id": "still", "lasts": "6 h", "every": "1 h"}
READING = {
    "read": "peak dopamine[NAc]",
    "run": "quick",
    "relative_to": "still",
    "show": "ratio",
    "agrees": (1.01, None),
}


@pytest.fixture(scope="module")
def whole():
    """Every claim, without runs."""
    return audit(runs=False)


def asked(*rows: dict, runs=(QUICK, STILL)) -> Claim:
    return claim(*many("positive", 1), undecidable=None, runs=runs, readings=rows)


# --- the document -------------------------------------------------------------------------------------------------


def test_every_claim_in_the_articles_order_with_all_its_keys(whole):
    rows = whole["claims"]
    assert [row["number"] for row in rows] == list(range(1, 74))
    for row in rows:
        assert set(row) >= KEYS, row["id"]
        assert row["verdict"] in VERDICTS
        assert row["reasons"] and all(row["reasons"])
        assert row["certainty"]["level"] in ("none", "very low", "low", "moderate", "high")


def test_counts_are_of_the_verdicts(whole):
    assert sum(whole["counts"].values()) == 73
    assert whole["counts"] == {word: sum(row["verdict"] == word for row in whole["claims"]) for word in whole["counts"]}


def test_the_document_is_plain_json(whole):
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole


def test_sources_say_how_they_were_read(whole):
    for row in whole["claims"]:
        for source in row["sources"]:
            assert source["read"] in ("full_text", "abstract", "secondary", "not_read"), row["id"]


def test_claims_by_number_id_path_and_record():
    one = get("claim", "c34_naltrexone_cyberball")
    assert claims_named([34, "c34", "34", "c34_naltrexone_cyberball", one]) == [one]
    assert [made.number for made in claims_named([40, 2])] == [2, 40]
    with pytest.raises(UnknownNameError, match="there is no claim '74'"):
        claims_named("74")


def test_cited_works_are_counted_for_the_claim():
    row = audit(8, cited=["sim_selley2000", "nowhere2020"], runs=False)["claims"][0]
    assert row["citations"]["cited"] == 1
    assert row["citations"]["not_in_the_records"] == ["nowhere2020"]


# --- readings -----------------------------------------------------------------------------------------------------


def test_a_claim_that_no_run_can_decide_says_why():
    row = audit("c33", runs=False)["claims"][0]
    for account in ACCOUNTS:
        assert row[account] == {"why_not": get("claim", "c33_direct_evidence").undecidable}


def test_an_account_that_is_not_there_is_said_and_the_evidence_answers_all_the_same(monkeypatch):
    monkeypatch.setattr(readings, "list_ids", lambda kind: ())
    row = audit(asked(READING))["claims"][0]
    assert row["literature"] == {"account": "literature", "why_not": "The account 'literature' is not in this version."}
    assert row["verdict"] == "supported"


def test_what_the_body_gives_is_kept(monkeypatch):
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(readings, "load", lambda kind, key: kept.get(key))
    monkeypatch.setattr(readings, "save", lambda kind, key, body: kept.update({key: body}))
    made = asked(READING, READING | {"agrees": (None, 0.5)}, READING | {"show": "percent_change"})
    ratio, too_high, percent = read_claims([made], "literature")["planted"]
    assert ratio["holds"] and ratio["value"] > 1.01 and ratio["unit"] == "1"
    assert not too_high["holds"] and too_high["value"] == ratio["value"]
    assert percent["value"] == pytest.approx(100 * (ratio["value"] - 1)) and percent["unit"] == "%"

    def refuse(*_, **__):
        raise AssertionError("what is kept is not run again")

    monkeypatch.setattr(readings, "simulate", refuse)
    assert read_claims([made], "literature")["planted"][0] == ratio


def test_units_are_those_that_the_claim_asks_for():
    row = {"read": "mean plasma[morphine] from 2 h to 3 h", "run": "quick", "agrees": (0, None)}
    usual, asked_for = read_claims([asked(row, row | {"unit": "ug/L"}, runs=(QUICK,))], "literature")["planted"]
    assert usual["value"] == pytest.approx(asked_for["value"])  # ng/mL is ug/L
    assert asked_for["unit"] == "ug/L"


def test_what_cannot_be_watched_is_said_with_a_way_out():
    made = asked({"read": "peak dopamin[NAc]", "run": "quick", "agrees": (1, None)}, READING, runs=(QUICK, STILL))
    wrong, right = read_claims([made], "literature")["planted"]
    assert wrong["why_not"].startswith("Nothing called 'dopamin' can be watched. Try dopamine")
    assert right["holds"], "one wrong name leaves the other readings alone"
    row = audit(made)["claims"][0]
    assert row["literature"]["holds"] is True


def test_what_never_happens_has_no_time():
    made = asked({"read": "first cows above 40", "run": "still", "agrees": (0, None)}, runs=(STILL,))
    assert read_claims([made], "literature")["planted"][0]["why_not"] == "The run has no such value."


def test_a_read_out_that_nobody_can_read_is_refused():
    made = asked({"read": "pique dopamine[NAc]", "run": "quick", "agrees": (1, None)}, runs=(QUICK,))
    with pytest.raises(RequestError):
        read_claims([made], "literature")


def test_a_run_of_the_catalog_takes_what_happens_besides():
    made = get("claim", "c27_stress_relapse").runs[-1]
    written = get("scenario", made.scenario)
    assert scenario_of(made).happens == (*written.happens, *made.also)
    assert scenario_of(made).lasts == written.lasts


@pytest.mark.parametrize(
    ("value", "band", "inside"),
    [(1, (0, 2), True), (3, (0, 2), False), (3, (0, None), True), (-1, (0, None), False), (-1, (None, 0), True)],
)
def test_bands_may_be_open(value, band, inside):
    assert within(value, band) == inside


@pytest.mark.slow
def test_numeric_claims_have_values_under_both_accounts():
    """It runs every claim; a minute or two."""
    rows = {row["id"]: row for row in audit()["claims"]}
    for made in (get("claim", name) for name in list_ids("claim")):
        for account in ACCOUNTS:
            block = rows[made.id][account]
            if made.undecidable:
                assert block == {"why_not": made.undecidable}
            else:
                assert all("value" in reading for reading in block["readings"]), (made.id, account)


# --- a claim of one's own -----------------------------------------------------------------------------------------


def own_claim() -> str:
    """The example of the how-to."""
    text = (DOCS / "evidence.md").read_text("utf-8")
    return next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if "own_sources" in block)


def test_one_file_is_a_claim_with_its_source_and_read_out(tmp_path, capsys):
    path = tmp_path / "company.yaml"
    path.write_text(own_claim())
    assert faults(path) == []
    assert run(["audit", str(path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["claims"][0]
    assert row["id"] == yaml.safe_load(own_claim())["id"]
    assert row["verdict"] == "partly"
    assert row["evidence"]["pooled"]["k"] == 2
    assert row["literature"]["readings"][0]["unit"] == "z"
    assert {source["id"] for source in row["sources"]} == {"invented2025", "invented2026"}


def test_the_readings_of_a_file_that_names_another_file_are_not_kept():
    run_ = QUICK | {"person": "somebody"}
    own = asked(READING, runs=(run_, STILL))
    assert readings._Asked(own, own.readings[0]).lasting
    dosed = QUICK | {"happens": ("mine.yaml 10 mg intravenous at 1 h",)}
    own = asked(READING, runs=(dosed, STILL))
    assert not readings._Asked(own, own.readings[0]).lasting


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_tells_one_claim_in_full(capsys):
    assert run(["audit", "34", "--no-runs"]) == 0
    told = capsys.readouterr().out
    for word in (
        "c34_naltrexone_cyberball",
        "verdict: unsupported",
        "rise of distress over placebo 23 %",
        "loseth2024",
    ):
        assert word in told


def test_the_command_shows_many_claims_in_a_table(capsys):
    assert run(["audit", "1", "2", "3", "4", "--no-runs"]) == 0
    told = capsys.readouterr().out
    assert "4 claims" in told and "partly supported" in told


def test_the_command_counts_a_list_of_citations(capsys, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("sim_selley2000\nnowhere2020\n")
    assert run(["audit", "8", "--cites", str(mine), "--no-runs"]) == 0
    told = capsys.readouterr().out
    assert "1 of 1 known observations" in told or "1 of" in told
    assert "not in the records: nowhere2020" in told


def test_an_unknown_claim_is_refused(capsys):
    assert run(["audit", "c340"]) == 2
    assert "there is no claim 'c340'" in capsys.readouterr().err


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(whole):
    return page(whole | {"map": map_rows()})


def test_the_page_holds_every_claim_argument_contradiction_and_the_map(shown, whole):
    for row in [*whole["claims"], *whole["arguments"], *whole["contradictions"]]:
        assert shown.count(f'id="{row["id"]}"') == 1, row["id"]
    assert 'id="map"' in shown


def test_ids_are_unique_and_links_lead_somewhere(shown):
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= set(ids)


def test_the_page_needs_nothing_from_elsewhere(shown):
    assert "<script" not in shown
    assert not re.findall(r'(?:src|link[^>]* href)="', shown)
    assert all(link.startswith(("#", "https://")) for link in re.findall(r'href="([^"]+)"', shown))
    assert len(shown.encode()) < 1_000_000


def test_headings_skip_no_level(shown):
    levels = [int(level) for level in re.findall(r"<h([1-6])", shown)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= before + 1 for before, later in itertools.pairwise(levels))


def test_pictures_speak(shown):
    for picture in re.findall(r"<svg[^>]*>.*?</svg>", shown, re.S):
        assert 'aria-hidden="true"' in picture or ("<title" in picture and 'role="img"' in picture)


def test_words_of_a_record_cannot_become_markup(whole):
    row = whole["claims"][0] | {"text": "<b>bold</b>", "place": "<i>here</i>", "reasons": ["<script>"]}
    told = page({"claims": [row], "counts": {}})
    assert "<b>" not in told and "<i>" not in told and "<script>" not in told


def test_a_ratio_of_hazards_is_for_each_spread_less():
    less = np.array([-1.0, 0.0, 1.0, 2.0])
    survival = np.exp(-0.2 * 1.5 ** (less / less.std()))
    assert readings._hazard_ratio(list(10 - less), list(survival)) == pytest.approx(1.5)
    assert math.isnan(readings._hazard_ratio([1.0, 2.0], [1.0, 0.9])), "nobody was at risk"
