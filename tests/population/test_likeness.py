"""People are accepted so that the drawn ones differ as real ones were seen to differ, and the report says so."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.errors import RecordError
from enkephalin.population import draw
from enkephalin.population.likeness import REASON
from enkephalin.records.catalog import get, read

TEXT = """
id: some_people
about: Some people for a test.
female: 0.5
weight: {value: 80, women: 60, unit: kg, spread: lognormal cv 20%, status: assumed}
vary:
  - {parameter: hpa.k_adrenal, spread: lognormal cv 30%, status: assumed}
traits:
  - {id: tired, about: Is tired., share: 0.2, status: assumed}
influences:
  - {by: tired, parameter: temperament.depression_trait, shift: {value: 1, unit: z}, status: assumed}
"""
N = 1500


@pytest.fixture
def written(tmp_path):
    def write(extra):
        path = tmp_path / "populations" / "some_people.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT.strip() + "\n" + extra)
        return read(path)

    return write


def test_scanned_regions_differ_between_people_as_in_the_scans():
    """86 adults; smokers and carriers have less, so that drawing alone would have missed their mean."""
    people = draw("general_adult", N, 4)
    for row in get("population", "general_adult").observed:
        region = row.of.partition("[")[2].partition("]")[0]
        seen = people.theta[f"binding_mu_{region}__binding_potential_rest"]
        error = row.sd / np.sqrt(N)
        assert abs(seen.mean() - row.mean) < 4 * error, row.of
        assert abs(seen.std() / row.sd - 1) < 0.08, row.of  # four standard errors of a spread


def test_who_is_kept_is_told_and_person_k_does_not_depend_on_how_many():
    few, many = draw("general_adult", 5, 2), draw("general_adult", 60, 2)
    assert all(np.array_equal(few.theta[name], many.theta[name][:5]) for name in few.theta)
    assert REASON in many.report()


@pytest.mark.parametrize(("mean", "sd", "shape"), [(70, 7, "normal"), (68, 10, "lognormal")])
def test_weights_come_out_as_observed_and_traits_keep_their_shares(written, mean, sd, shape):
    people = draw(written(f"observed:\n  - {{of: weight, mean: {mean}, sd: {sd}, unit: kg, shape: {shape}}}\n"), N, 1)
    assert people.weight.mean() == pytest.approx(mean, rel=0.02)
    assert people.weight.std() == pytest.approx(sd, rel=0.12)
    assert people.traits["tired"].mean() == pytest.approx(0.2, abs=0.045)
    assert (people.sex == "female").mean() == pytest.approx(0.5, abs=0.055)


def test_without_observations_nobody_is_rejected_for_them(written):
    assert not draw(written(""), 50, 1).rejected


def test_who_is_like_others_does_not_take_over_what_was_observed_of_them():
    assert REASON not in draw("heroin_dependent", 40, 1).report()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{of: hpa.k_crh, mean: 5, sd: 1, unit: 1/h}", "observed but does not vary"),
        ("{of: hpa.k_adrenal, mean: 5, sd: 1, unit: mg}", "does not fit"),
        ("{of: weight, mean: 5, sd: 1, unit: cm}", "does not fit"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(written, line, says):
    with pytest.raises(RecordError, match=says) as caught:
        draw(written(f"observed:\n  - {line}\n"), 3, 1)
    assert "some_people.yaml" in caught.value.place
