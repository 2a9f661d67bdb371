"""People are drawn as the record says: the same by seed, whatever the number, and nobody beyond its bounds."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.compiler.model import build
from enkephalin.errors import RecordError, RequestError, UnknownNameError
from enkephalin.population import draw
from enkephalin.records.catalog import get, read

TEXT = """
id: some_people
about: Some people for a test.
female: 0.5
age: {value: 40, unit: year, spread: uniform 18 65, status: assumed}
weight: {value: 80, women: 60, unit: kg, spread: lognormal cv 20%, low: 40, high: 150, status: assumed}
vary:
  - {parameter: hpa.k_adrenal, spread: lognormal cv 30%, status: assumed}
  - {parameter: release.tone_endorphin, spread: lognormal cv 25%, status: assumed}
  - {parameter: naltrexone.clearance, spread: lognormal cv 30%, status: assumed}
"""


@pytest.fixture
def written(tmp_path):
    """A population record with some lines added or changed."""

    def write(extra="", text=TEXT):
        folder = tmp_path / "populations"
        folder.mkdir(exist_ok=True)
        path = folder / "some_people.yaml"
        path.write_text(text.strip() + "\n" + extra)
        return read(path)

    return write


def same(one, other):
    arrays = ("person", "sex", "age", "weight", "height")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "height") for name in arrays
    ) and all(
        np.array_equal(mine[name], theirs[name])
        for mine, theirs in ((one.theta, other.theta), (one.drugs, other.drugs))
        for name in mine
    )


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert same(draw("general_adult", 40, 3), draw("general_adult", 40, 3))
    assert not same(draw("general_adult", 40, 3), draw("general_adult", 40, 4))


def test_person_k_is_the_same_whether_ten_or_a_thousand_are_drawn():
    few, many = draw("general_adult", 10, 11), draw("general_adult", 1000, 11)
    assert same(few, many[:10])
    assert same(few[[2, 7]], many[[2, 7]])
    early = [row for row in many.rejected if row.person < 10]
    assert list(few.rejected) == early


def test_people_stay_the_same_when_another_parameter_begins_to_vary(written):
    before = draw(written(), 30, 1)
    after = draw(written("  - {parameter: signalling.hill, spread: lognormal cv 10%, status: assumed}\n"), 30, 1)
    assert np.array_equal(before.weight, after.weight)
    assert all(np.array_equal(before.theta[name], after.theta[name]) for name in before.theta)
    assert "signalling_NAc__hill" in after.theta


def test_a_parameter_without_a_place_moves_all_its_places_together(written):
    people = draw(written(), 50, 2)
    rows = build("human", ()).rows
    factors = [people.theta[f"release_{region}__tone_endorphin"] / rows[f"release_{region}__tone_endorphin"].value
               for region in ("NAc", "HYP", "PAG")]  # fmt: skip
    np.testing.assert_allclose(factors[0], factors[1], rtol=1e-12)  # rounding only
    np.testing.assert_allclose(factors[0], factors[2], rtol=1e-12)


def test_a_row_with_its_own_place_keeps_its_own_value():
    """coupling_loss has a spread where no region is named, and none in the locus coeruleus."""
    people = draw("general_adult", 20, 1)
    assert "signalling_NAc__coupling_loss" in people.theta
    assert "signalling_LC__coupling_loss" not in people.theta


def test_values_are_in_inner_units(written):
    people = draw(written(), 400, 5)
    per_hour = get_row("hpa_body__k_adrenal").inner_value
    assert abs(np.median(people.theta["hpa_body__k_adrenal"]) / per_hour - 1) < 0.1  # 400 people of cv 30 %
    assert np.array_equal(people.theta["hpa_body__k_adrenal"], people.theta["hpa_reference__k_adrenal"])
    clearance = get("drug", "naltrexone").kinetics.clearance.inner()
    assert abs(np.median(people.drugs["naltrexone.clearance"]) / clearance - 1) < 0.1


def get_row(flat):
    return build("human", ()).rows[flat]


def test_women_have_their_own_centre_and_their_share(written):
    people = draw(written(), 2000, 9)
    women = people.sex == "female"
    assert abs(women.mean() - 0.5) < 0.06  # five standard errors
    assert abs(np.median(people.weight[women]) / 60 - 1) < 0.04
    assert abs(np.median(people.weight[~women]) / 80 - 1) < 0.04


def test_nobody_beyond_the_bounds_is_accepted_and_the_report_says_who_was_not(written):
    people = draw(written("plausible:\n  - {of: hpa.k_adrenal, high: 0.025, unit: 1/d}\n"), 300, 4)
    assert people.theta["hpa_body__k_adrenal"].max() <= 0.025 / 24
    assert people.weight.min() >= 40 and people.weight.max() <= 150
    assert len(people.rejected) > 30
    assert all(row.why for row in people.rejected)
    assert f"{len(people.rejected)} of {300 + len(people.rejected)} drawn were rejected" in people.report()
    assert "hpa.k_adrenal above 0.025 1/d" in people.report()


def test_shares_stay_shares_and_signs_stay_signs():
    people = draw("general_adult", 2000, 6)
    for name, values in people.theta.items():
        row = get_row(name)
        if row.spread is not None and row.spread.kind != "uniform" and row.value:
            assert (np.sign(values) == np.sign(row.value)).all(), name
    assert people.drugs["naloxone.intranasal.availability"].max() <= 1


def test_the_base_person_s_own_values_are_the_centre(written, tmp_path):
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "slow_glands.yaml").write_text(
        "id: slow_glands\nabout: Glands of half speed.\nsex: male\nage: {value: 35, unit: year}\n"
        "weight: {value: 70, unit: kg}\nparameters:\n  hpa.k_adrenal: {value: 0.01, unit: 1/d}\n"
    )
    record = written().model_copy(update={"based_on": str(tmp_path / "people" / "slow_glands.yaml")})
    people = draw(record, 400, 5)
    assert abs(np.median(people.theta["hpa_body__k_adrenal"]) * 24 / 0.01 - 1) < 0.1


def test_the_provenance_is_enough_to_draw_again():
    people = draw("general_adult", 20, 3)[[4, 11]]
    told = people.provenance
    assert told["persons"] == [4, 11]
    assert same(draw(told["population"], told["n"], told["seed"])[told["persons"]], people)


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (-3, 1), (2.5, 1), (True, 1), (3, -1), (3, None)])
def test_numbers_that_are_none_are_refused(n, seed):
    with pytest.raises(RequestError, match=r"(n|seed) is"):
        draw("general_adult", n, seed)


def test_a_population_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        draw("general_adults", 1, 1)
    assert "general_adult" in caught.value.try_


def test_bounds_that_nobody_keeps_are_refused(written):
    with pytest.raises(RequestError, match="nobody plausible"):
        draw(written("plausible:\n  - {of: hpa.k_adrenal, low: 5, unit: 1/d}\n"), 3, 1)


def test_a_bound_on_what_does_not_vary_is_refused(written):
    with pytest.raises(RecordError, match="bounded but does not vary") as caught:
        draw(written("plausible:\n  - {of: hpa.k_crh, low: 5, unit: 1/h}\n"), 3, 1)
    assert caught.value.place.endswith("some_people.yaml:11")


def test_a_bound_in_the_wrong_unit_is_refused(written):
    with pytest.raises(RecordError, match="does not fit"):
        draw(written("plausible:\n  - {of: hpa.k_adrenal, low: 5, unit: mg}\n"), 3, 1)


def test_what_is_computed_cannot_vary(written):
    text = TEXT + "  - {parameter: hpa.rhythm, spread: lognormal cv 30%, status: assumed}\n"
    with pytest.raises(RecordError, match="it cannot vary"):
        draw(written(text=text), 3, 1)
