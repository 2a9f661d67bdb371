"""Weighing and certainty: planted observations lead to the verdict and the level that the rules promise."""

from __future__ import annotations

import pytest
from planted import claim, many, observation

from enkephalin.evidence.certainty import certainty_of
from enkephalin.evidence.precision import pooled
from enkephalin.evidence.weigh import balance, bearing_on, weighed_verdict


def verdict(*rows, **more) -> str:
    made = claim(*rows, **more)
    return weighed_verdict(made, bearing_on(made))[0]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (many("positive", 3), "supported"),
        ([*many("positive", 3), *many("negative", 1)], "supported"),  # three quarters
        ([*many("positive", 2), *many("negative", 1)], "partly"),
        ([*many("positive", 1), *many("negative", 3)], "contradicted"),
        ([*many("positive", 1), *many("none", 3)], "contradicted"),
        (many("mixed", 2), "partly"),
        (many("positive", 3, how="indirect"), "partly"),  # analogy carries no further
        (many("negative", 3, how="indirect"), "unsupported"),
        ([*many("positive", 1, how="indirect"), *many("negative", 1, how="indirect")], "cannot_tell"),
        ([*many("positive", 9, how="indirect"), *many("negative", 1)], "contradicted"),  # direct ones decide
        ([], "unsupported"),  # looked for, not found
    ],
)
def test_the_verdict_follows_the_weight(rows, word):
    assert verdict(*rows) == word


def test_nothing_looked_for_is_not_nothing_found():
    assert verdict(known={"says": "Nothing is known."}) == "cannot_tell"


def test_a_claim_of_no_effect_is_supported_by_findings_of_none():
    assert verdict(*many("none", 2), says="none") == "supported"
    assert verdict(*many("positive", 2), says="none") == "contradicted"


@pytest.mark.parametrize(
    ("heavy", "light", "times"),
    [
        ({"design": "meta_analysis"}, {}, 3),
        ({"design": "randomised_parallel"}, {}, 2),
        ({}, {"design": "review"}, 2),
        ({}, {"how": "indirect"}, 2),
        ({}, {"confirmed": "recalled"}, 2),
    ],
)
def test_what_counts_more(heavy, light, times):
    one, other = bearing_on(claim(observation("a", **heavy), observation("b", **light)))
    assert one.weight == times * other.weight


def test_an_observation_may_stand_on_both_sides():
    sides = balance(bearing_on(claim(observation("a", "mixed"), observation("b"))))
    assert sides.direct_share == 0.75
    assert (sides.direct, sides.indirect) == (2, 0)


# --- certainty ----------------------------------------------------------------------------------------------------


def level(*rows, **more) -> str:
    return certainty_of(claim(*rows, **more)).level


def steps(*rows, **more) -> dict[str, int]:
    return {step.domain: step.steps for step in certainty_of(claim(*rows, **more)).steps}


def test_where_certainty_begins():
    assert level(*many("positive", 2, design="randomised_parallel")) == "high"
    assert level(*many("positive", 1, design="meta_analysis", pools="randomised")) == "high"
    assert level(*many("positive", 1, design="meta_analysis", pools="observational")) == "low"
    assert level(*many("positive", 2)) == "low"
    assert level(*many("positive", 2, design="randomised_parallel", how="indirect")) == "very low"
    assert level() == "none"


def test_an_experiment_on_animals_is_strong_evidence_about_these_animals_alone():
    rats = many("positive", 2, design="animal_experiment", species="rat", n=20)
    assert level(*rats, species=("rat",)) == "high"
    assert level(*rats) == "very low"
    assert steps(*rats) == {"indirectness": -1}


def test_down_for_disagreement():
    assert steps(*many("positive", 2), *many("negative", 2)) == {"inconsistency": -1}
    assert steps(*many("positive", 4), *many("negative", 1)) == {}


def test_down_for_few_people_and_for_an_interval_that_says_anything():
    assert steps(*many("positive", 2, n=40)) == {"imprecision": -1}
    assert steps(*many("positive", 2, n=None)) == {"imprecision": -1}
    wide = {"measure": "MD", "value": 1, "unit": "points", "interval": {"low": -1, "high": 3}}
    assert steps(*many("positive", 1, **wide)) == {"imprecision": -1}
    ratio = {"measure": "odds ratio", "value": 2, "unit": "1", "interval": {"low": 1.2, "high": 3}}
    assert steps(*many("positive", 1, **ratio)) == {}


def test_down_where_nobody_could_judge_the_risk_of_bias():
    unjudged = {"tool": "RoB 2", "domains": {}}
    judged = {"tool": "RoB 2", "domains": {"randomisation": "low"}}
    assert steps(*many("positive", 2, risk_of_bias=unjudged)) == {"risk_of_bias": -1}
    assert steps(*many("positive", 2, risk_of_bias=judged)) == {}


def test_judgement_enters_with_its_reason_and_stays_within_the_ladder():
    more = ({"domain": "large_effect", "steps": 2, "because": "nobody could miss it"},)
    found = certainty_of(claim(*many("positive", 2), steps=more))
    assert found.level == "high"
    assert [step.because for step in found.steps] == ["nobody could miss it"]
    assert level(*many("positive", 2), steps=(*more, *more)) == "high"


# --- pooling ------------------------------------------------------------------------------------------------------


def with_interval(name: str, value: float, low: float, high: float, **more) -> dict:
    return observation(name, measure="MD", value=value, unit="points", interval={"low": low, "high": high}, **more)


def test_effects_of_one_measure_are_pooled():
    found = pooled(claim(with_interval("a", 2, 1, 3), with_interval("b", 4, 3, 5), observation("c")))
    assert found["k"] == 2
    assert found["estimate"] == pytest.approx(3, abs=1e-9)


def test_two_effects_of_one_source_count_once():
    one, two = with_interval("a", 2, 1, 3), with_interval("b", 4, 3, 5)
    assert "why_not" in pooled(claim(one, two | {"source": one["source"]}))


def test_what_has_no_precision_is_weighed_and_not_pooled():
    bare = observation("b", measure="MD", value=4, unit="points")
    assert "why_not" in pooled(claim(with_interval("a", 2, 1, 3), bare))
