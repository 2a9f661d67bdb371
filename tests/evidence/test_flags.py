"""Red flags: planted cases raise them, balanced ones do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from planted import QUESTION, claim, many, observation, records

from enkephalin.errors import RequestError, UnknownNameError
from enkephalin.evidence.citations import named_works, selective_citation
from enkephalin.evidence.disputes import arguments
from enkephalin.evidence.flags import flags_of
from enkephalin.evidence.type_m import exaggeration
from enkephalin.records.catalog import get, list_ids

TEN = many("positive", 5) + many("negative", 5)
FOR = [f"positive_{k}" for k in range(5)]
AGAINST = [f"negative_{k}" for k in range(5)]


def kinds(made, **more) -> set[str]:
    return {flag.kind for flag in flags_of(made, **more)}


# --- selective citation -------------------------------------------------------------------------------------------


def counted(cited: list[str], rows=TEN, says: str = "positive") -> dict:
    return selective_citation(QUESTION, cited, says, records(rows))


@pytest.mark.parametrize(
    ("cited", "seen", "chance"),
    [
        (FOR, 0, 1 / math.comb(10, 5)),
        (FOR[:4], 0, 5 / math.comb(10, 4)),
        (FOR[:3], 0, 10 / math.comb(10, 3)),
        ([*FOR, AGAINST[0]], 1, 5 / math.comb(10, 6)),
    ],
)
def test_one_sided_lists_are_flagged(cited, seen, chance):
    found = counted(cited)
    assert found["flagged"]
    assert (found["known"], found["cited"], found["contrary"]) == (10, len(cited), 5)
    assert found["cited_contrary"] == seen
    assert found["chance"] == pytest.approx(chance)
    assert len(found["left_out"]) == 5 - seen


@pytest.mark.parametrize(
    "cited",
    [
        [*FOR[:3], *AGAINST[:3]],
        [*FOR[:3], *AGAINST[:2]],
        [*FOR, *AGAINST],
        FOR[:1],  # one work cannot be one-sided
        FOR[:2],  # two of ten may well agree by chance
        AGAINST,  # against one's own claim
        [],
    ],
)
def test_balanced_and_short_lists_are_not(cited):
    assert not counted(cited)["flagged"]


def test_where_one_study_alone_disagrees_a_list_without_it_is_no_selection():
    rows = many("positive", 9) + many("negative", 1)
    assert not counted([f"positive_{k}" for k in range(9)], rows)["flagged"]


def test_findings_of_nothing_speak_against_an_effect_and_mixed_ones_for_neither_side():
    rows = many("positive", 5) + many("none", 5) + many("mixed", 3)
    found = counted([f"positive_{k}" for k in range(5)], rows)
    assert (found["known"], found["contrary"], found["flagged"]) == (10, 5, True)


def test_the_claim_itself_is_flagged_with_the_list_that_it_cites():
    made = claim(*TEN)
    assert "selective citation" in kinds(made, cited=FOR)
    assert "selective citation" not in kinds(made, cited=[*FOR[:3], *AGAINST[:3]])
    assert "selective citation" in kinds(made, cited=[f"source_of_{name}" for name in FOR])  # by their sources


def test_works_are_named_by_id_doi_number_or_file(tmp_path):
    source = next(row for name in list_ids("source") if (row := get("source", name)).doi and row.pmid)
    path = tmp_path / "mine.txt"
    path.write_text(f"# my list\nhttps://doi.org/{source.doi}   # the first\nPMID: {source.pmid}\nnowhere2020\n")
    assert named_works([str(path)]) == ([source.id], ["nowhere2020"])
    assert named_works([]) == ([], [])
    with pytest.raises(RequestError, match="none of the cited works"):
        named_works(["nowhere2020"])


def test_a_name_that_leads_nowhere_is_no_citation():
    with pytest.raises(UnknownNameError, match="neither a source nor an observation"):
        selective_citation(QUESTION, ["nowhere2020"])


# --- the other flags ----------------------------------------------------------------------------------------------


def test_told_of_people_seen_in_animals():
    rats = many("positive", 3, design="animal_experiment", species="rat")
    assert "extrapolation from animals" in kinds(claim(*rats))
    assert "extrapolation from animals" not in kinds(claim(*rats, species=("rat",)))
    assert "extrapolation from animals" not in kinds(claim(*rats, observation("person")))


def test_a_state_read_from_a_scan():
    scans = many("positive", 2, design="within_subject_imaging")
    assert "reverse inference" in kinds(claim(*scans, kind="opinion"))
    assert "reverse inference" not in kinds(claim(*scans, kind="measurement"))
    assert "reverse inference" not in kinds(claim(*scans, observation("trial", design="cohort"), kind="opinion"))


def test_a_cause_read_from_a_correlation():
    seen = many("positive", 2, design="cross_sectional")
    assert "correlation told as cause" in kinds(claim(*seen, kind="mechanism"))
    assert "correlation told as cause" not in kinds(claim(*seen, kind="association"))
    trial = observation("trial", design="randomised_parallel")
    assert "correlation told as cause" not in kinds(claim(*seen, trial, kind="mechanism"))


def test_a_review_that_is_no_systematic_one():
    def called(word: str, kind: str) -> set[str]:
        source = {"id": "work", "kind": kind, "read": "abstract"}
        article = {"names": ("work",), "called": {"work": word}}
        return kinds(claim(*many("positive", 1), article=article, own_sources=(source, *own)))

    own = ({"id": "source_of_positive_0", "kind": "article", "read": "abstract"},)
    assert "no systematic review" in called("systematic_review", "review")
    assert "no systematic review" in called("meta_analysis", "systematic_review")
    assert "no systematic review" not in called("systematic_review", "meta_analysis")
    assert "no systematic review" not in called("meta_analysis", "meta_analysis")


def test_one_source_behind_many_claims_is_named_in_the_article():
    flagged = [name for name in list_ids("claim") if "one source for many claims" in kinds(get("claim", name))]
    codes = {code for name in flagged for code in get("claim", name).article.codes}
    assert {"S001", "S002"} <= codes
    assert "c34_naltrexone_cyberball" not in flagged


def test_one_finding_counted_twice_in_an_argument():
    flags = {row["id"]: [flag["kind"] for flag in row["flags"]] for row in arguments()}
    assert "circular use of one source" in flags["a1_shared_anatomy"]
    assert "reverse inference" in flags["a1_shared_anatomy"]


# --- larger than the design could find ----------------------------------------------------------------------------


@pytest.mark.parametrize(("effect", "se"), [(0.2, 0.26), (0.5, 0.3), (1.0, 0.3), (-0.4, 0.2)])
def test_power_and_overstatement_agree_with_many_simulated_studies(effect, se):
    power, factor = exaggeration(effect, se)
    seen = np.random.default_rng(1).normal(effect, se, 400_000)
    significant = seen[np.abs(seen / se) > 1.959963984540054]
    assert power == pytest.approx(len(significant) / len(seen), rel=0.02)
    assert factor == pytest.approx(np.mean(np.abs(significant)) / abs(effect), rel=0.02)


def test_a_stated_effect_that_only_luck_could_find():
    def stated(people: int) -> set[str]:
        source = {"id": "study", "kind": "article", "read": "abstract", "n": people}
        article = {"names": ("study",), "values": ({"measure": "r", "value": 0.62, "unit": "1"},)}
        return kinds(claim(article=article, own_sources=(source,)))

    assert "larger than the design could find (type M)" in stated(18)
    assert "larger than the design could find (type M)" not in stated(400)
    assert "larger than the design could find (type M)" in kinds(get("claim", "c32_hsu_correlation"))
