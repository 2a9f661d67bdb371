"""Traits and what they do: shares, factors, ages, histories and correlations over a parameter's rows."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.compiler.model import build
from enkephalin.errors import RecordError, RequestError
from enkephalin.population import draw
from enkephalin.records.catalog import read
from enkephalin.simulate import simulate

TEXT = """
id: some_people
about: Some people for a test.
female: 0.5
age: {value: 40, unit: year, spread: uniform 20 60, status: assumed}
vary:
  - {parameter: bond.attachment_avoidance, spread: normal sd 1, status: assumed}
  - {parameter: "binding_mu[NAc].binding_potential_rest", spread: lognormal cv 20%, status: assumed}
  - {parameter: "binding_mu[AMY].binding_potential_rest", spread: lognormal cv 20%, status: assumed}
traits:
  - {id: carrier, about: Carries an allele., share: 0.2, status: assumed}
  - {id: adversity, about: Early adversity., spread: normal sd 1, status: assumed}
influences:
  - {by: female, parameter: hpa_drive.restraint, factor: 1.6, status: assumed}
  - {by: adversity, parameter: hpa_drive.restraint, factor: 0.8, status: assumed}
  - {by: carrier, parameter: "binding_mu[NAc].binding_potential_rest", factor: 0.5, status: assumed}
  - {by: not carrier, parameter: bond.initiator, factor: 0.6, status: assumed}
  - by: age
    parameter: "signalling[NAc].coupling"
    factor: 0.9
    per: {value: 10, unit: year}
    centre: {value: 40, unit: year}
    status: assumed
  - {by: carrier, parameter: temperament.depression_trait, shift: {value: 1, unit: z}, status: assumed}
correlations:
  - {between: [bond.attachment_avoidance, binding_mu.binding_potential_rest], value: -0.3}
  - {between: [binding_mu.binding_potential_rest, binding_mu.binding_potential_rest], value: 0.7}
histories:
  - {share: 0.25, about: No partner., history: []}
  - {share: 0.75, about: A partner for a month., history: ["partner from -30 d to 0 d"]}
"""
MANY = 4000


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("all") / "populations"
    folder.mkdir()

    def write(text=TEXT):
        path = folder / "some_people.yaml"
        path.write_text(text.strip() + "\n")
        return read(path)

    return write


@pytest.fixture(scope="module")
def people(written):
    return draw(written(), MANY, 1)


def test_a_trait_is_as_common_as_the_record_says(people):
    assert abs(people.traits["carrier"].mean() - 0.2) < 0.02
    assert abs(people.traits["adversity"].std() - 1) < 0.05
    assert set(np.unique(people.traits["carrier"])) == {0.0, 1.0}


def test_factors_multiply_and_shifts_add_in_those_who_have_the_trait(people):
    body = build("human", ())
    rest = people.theta["hpa_drive_body__restraint"] / body.parameters["hpa_drive_body__restraint"]
    expected = np.where(people.sex == "female", 1.6, 1.0) * 0.8 ** people.traits["adversity"]
    np.testing.assert_allclose(rest, expected, rtol=1e-12)  # rounding
    np.testing.assert_allclose(people.theta["bond_body__initiator"], np.where(people.traits["carrier"] == 1, 1, 0.6))
    np.testing.assert_allclose(people.theta["temperament_body__depression_trait"], people.traits["carrier"])
    np.testing.assert_allclose(people.theta["signalling_NAc__coupling"], 0.9 ** ((people.age - 40) / 10), rtol=1e-12)
    carriers = people.traits["carrier"] == 1
    binding = people.theta["binding_mu_NAc__binding_potential_rest"]
    assert abs(np.median(binding[carriers]) / np.median(binding[~carriers]) - 0.5) < 0.03


def test_a_correlation_with_a_parameter_holds_for_each_of_its_rows(people):
    avoidance = people.theta["bond_body__attachment_avoidance"]
    amygdala = np.log(people.theta["binding_mu_AMY__binding_potential_rest"])
    accumbens = np.log(people.theta["binding_mu_NAc__binding_potential_rest"])
    accumbens = accumbens - np.log(0.5) * people.traits["carrier"]
    assert abs(np.corrcoef(avoidance, amygdala)[0, 1] + 0.3) < 0.05
    assert abs(np.corrcoef(accumbens, amygdala)[0, 1] - 0.7) < 0.05


def test_people_have_lived_through_what_their_share_has(people):
    assert abs(people.lived.mean() - 0.75) < 0.03
    few = people[:6]
    nothing = {"id": "nothing", "about": "Nothing.", "lasts": "1 d", "every": "1 d", "watch": ("bond",)}
    from enkephalin.records.shapes import Scenario

    seen = simulate(few, Scenario(**nothing), engine="kernel")
    bonded = seen["bond"].values[:, 0] > 0.05
    assert (bonded == (few.lived == 1)).all()


def test_a_draw_for_one_body_is_refused_by_another(written):
    record = read_with(
        written,
        TEXT,
        "vary:\n",
        "vary:\n  - {parameter: couplings.weight_opioid, spread: normal sd 0.1, status: assumed}\n",
    )
    for_itself = draw(record, 3, 1, hypothesis="opioid")
    simulate(for_itself, "healthy_week", at="1d", engine="kernel", hypothesis="opioid")
    with pytest.raises(RequestError, match="drawn for another body"):
        simulate(draw(record, 3, 1), "healthy_week", at="1d", engine="kernel", hypothesis="opioid")


def read_with(written, text, old, new):
    assert old in text
    return written(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("by: adversity", "by: adversty", "nobody knows what 'adversty' is"),
        ("share: 0.25,", "share: 0.35,", "the histories do not make one population"),
        ("factor: 1.6, ", "", "needs a factor or a shift"),
        ("share: 0.2,", "", "needs a share or a spread"),
        ("    per: {value: 10, unit: year}\n", "", "an influence of age needs per and centre"),
        (
            "parameter: hpa_drive.restraint, factor: 1.6",
            "parameter: hpa_drive.restrain, factor: 1.6",
            "unknown parameter",
        ),
        ("partner from -30 d to 0 d", "partner from -30 d to 1 d", "does not lie before the start"),
    ],
)
def test_what_cannot_be_is_refused(written, old, new, said):
    with pytest.raises(RecordError, match=said):
        read_with(written, TEXT, old, new)
