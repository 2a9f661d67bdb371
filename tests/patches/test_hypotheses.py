"""Hypotheses: weights that mix, never touch the structure, and make no difference before their drivers move."""

from __future__ import annotations

import pytest

from enkephalin.compiler.model import build
from enkephalin.errors import EnkephalinError, PatchError, RequestError
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.hypotheses import hypothesis_named
from enkephalin.records.shapes import Change, Patch
from enkephalin.records.shapes.quantity import Plain
from enkephalin.simulate.body import patches_of

WEIGHTS = ("opioid", "stress", "isolation", "integrated", "vulnerability")


def weights(name):
    return [change.becomes.value for change in hypothesis_named(name).changes]


def test_every_hypothesis_of_the_article_is_there_with_predictions():
    known = list_ids("hypotheses")
    assert set(known) == {"none", "opioid", "stress", "isolation", "integrated", "vulnerability"}
    for name in known:
        assert get("hypothesis", name).predicts, name
        assert [change.row for change in get("hypothesis", name).changes] == [f"couplings.weight_{w}" for w in WEIGHTS]


def test_integrated_is_the_body_as_it_stands():
    one, other = build("human", ()), build("human", (), [get("hypothesis", "integrated")])
    assert one.parameters == other.parameters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opioid:0.5+stress:0.5", [0.5, 0.5, 0, 0, 0]),
        ("opioid + stress", [1, 1, 0, 0, 0]),
        ("integrated:.5+none:.5", [0.3, 0.25, 0.15, 0.5, 0.1]),
        ("isolation:2", [0, 0, 2, 0, 0]),
    ],
)
def test_a_mixture_is_the_weighted_sum(text, expected):
    assert weights(text) == pytest.approx(expected, rel=1e-12)  # rounding


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("opioid:half+stress:0.5", "'opioid:half' is no part of a mixture"),
        ("opioid:0.5+", "'' is no part of a mixture"),
        ("opioid:0.5+opioid:0.5", "'opioid' stands in the mixture twice"),
        ("opiod:0.5+stress", "unknown hypothesis 'opiod'"),
        ("opioid:50+stress", "the weight of 'opioid' is too large"),
        ("opioid:-1+stress", "'opioid:-1' is no part of a mixture"),
        ("opiod", "unknown hypothesis 'opiod'"),
    ],
)
def test_a_mixture_that_cannot_be_read_is_refused_with_a_way_out(text, said):
    with pytest.raises(EnkephalinError) as caught:
        hypothesis_named(text)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2 and caught.value.try_


@pytest.mark.parametrize("kind", ["accounts", "hypotheses", "species"])
def test_patches_change_values_and_never_the_structure(kind):
    plain = build("human", ())
    for name in list_ids(kind):
        patched = build("human", (), [get("patch", name)])
        assert patched.structure_digest == plain.structure_digest, name


def test_described_without_a_hypothesis_means_opioid():
    assert [patch.id for patch in patches_of("described", None)] == ["described", "opioid"]
    assert [patch.id for patch in patches_of("described", "stress")] == ["described", "stress"]
    assert [patch.id for patch in patches_of("literature", None)] == ["literature"]


def change(expects=0.6, becomes=1.0, after=None):
    plain = {"unit": "1"}
    return Change(
        row="couplings.weight_opioid",
        expects=Plain(value=expects, **plain),
        becomes=Plain(value=becomes, **plain),
        because="A reason.",
        after=after,
    )


def test_a_patch_is_refused_on_another_value_than_it_expects():
    wrong = Patch(id="wrong", kind="patch", about="Expects what is not there.", changes=(change(expects=0.7),))
    with pytest.raises(PatchError, match="expects another value"):
        build("human", (), [wrong])


def test_two_patches_on_one_row_are_refused_unless_the_later_names_the_earlier():
    first = Patch(id="first", kind="account", about="One.", changes=(change(),))
    second = Patch(id="second", kind="patch", about="Two.", changes=(change(expects=1.0, becomes=2.0),))
    with pytest.raises(PatchError, match="changes a row that 'first' has changed"):
        build("human", (), [first, second])
    named = second.model_copy(update={"changes": (change(expects=1.0, becomes=2.0, after="first"),)})
    assert build("human", (), [named, first]).parameters["couplings_body__weight_opioid"] == 2


def test_a_model_and_a_hypothesis_at_once_are_refused():
    from enkephalin.simulate import simulate

    with pytest.raises(RequestError, match="a model and patches at once"):
        simulate("adult_reference", "healthy_week", model=build("human", ()), hypothesis="none")
