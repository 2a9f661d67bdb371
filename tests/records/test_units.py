"""Units: what people write becomes nmol, L and h, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enkephalin.errors import UnitError
from enkephalin.records import quantity
from enkephalin.records.plain_units import _names, measure
from enkephalin.records.units import _DEFINITIONS, convert, registry, same_kind, to_inner, unit

EXACT = 1e-12  # conversions are single multiplications


@pytest.mark.parametrize(
    ("written", "inner", "inner_unit"),
    [
        ("4 min", 4 / 60, "h"),
        ("2 1/min", 120, "1/h"),
        ("1 d", 24, "h"),
        ("1 week", 168, "h"),
        ("1 year", 8766, "h"),
        ("30 %", 0.3, "1"),
        ("0.6 1/(nM*min)", 36, "L/nmol/h"),
        ("5 pmol/L", 0.005, "nmol/L"),
        ("1.2 nM", 1.2, "nmol/L"),
        ("100 mL/min", 6, "L/h"),
        ("1 share", 1, "1"),
        ("1 VAS", 1, "1"),
        ("2 1", 2, "1"),
        ("1e3 pmol", 1, "nmol"),
        ("300 g/mol", 300, "ng/nmol"),
    ],
)
def test_what_people_write_has_one_meaning_inside(written, inner, inner_unit):
    value = quantity(written)
    assert value.inner() == pytest.approx(inner, rel=EXACT)
    assert unit(value.unit).inner == inner_unit


@pytest.mark.parametrize("text", ["ug", "µg", "μg", "mcg"])
def test_all_spellings_of_a_microgram_are_the_same(text):
    assert convert(1, text, "mg") == pytest.approx(0.001, rel=EXACT)


def test_a_mass_becomes_an_amount_only_with_a_molar_mass():
    assert quantity("50 mg").inner(molar_mass=341.4) == pytest.approx(50e6 / 341.4, rel=EXACT)
    assert to_inner(341.4, "ng/mL", molar_mass=341.4) == pytest.approx(1000, rel=EXACT)
    with pytest.raises(UnitError, match="cannot become"):
        convert(1, "mg", "nmol")
    assert convert(1, "ng/mL", "nmol/L", molar_mass=500) == pytest.approx(2, rel=EXACT)


@pytest.mark.parametrize(
    "text", ["inch", "month", "IU", "2", "5 mg", "1/0", "mg**0.5", "__import__('os')", "nM*", "a" * 99]
)
def test_a_unit_that_nobody_here_means_is_refused_with_a_way_out(text):
    with pytest.raises(UnitError) as caught:
        unit(text)
    assert caught.value.found == text
    assert caught.value.expected
    assert caught.value.try_


@pytest.mark.parametrize("text", ["", "mg", "50", "fifty mg", "nan mg", "inf h", "1e999 h", "5 mg mg"])
def test_text_that_is_no_quantity_is_refused(text):
    with pytest.raises(UnitError):
        quantity(text)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_units(text):
    try:
        unit(text)
    except UnitError:
        return


NAMES = sorted(_names(_DEFINITIONS))
PLAIN = st.recursive(
    st.sampled_from(["1", *NAMES]),
    lambda inner: st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from(["*", "/", " / "]), inner),
        st.builds("({})".format, inner),
        st.builds("({}){}{}".format, inner, st.sampled_from(["^", "**"]), st.integers(-3, 3)),
    ),
    max_leaves=5,
)


def by_pint(text):
    found = registry().Quantity(1, "") * registry().parse_expression(text)
    powers = {name: float(power) for name, power in found.dimensionality.items()}
    return float(found.to_root_units().magnitude), powers


@pytest.mark.parametrize("text", NAMES)
def test_every_plain_name_means_what_pint_says(text):
    size, powers = measure(text, _DEFINITIONS)
    assert (pytest.approx(size, rel=EXACT), powers) == by_pint(text)


@given(PLAIN)
def test_every_plain_text_means_what_pint_says(text):
    mine = measure(text, _DEFINITIONS)
    assert mine is not None
    size, powers = by_pint(text)
    assert mine[1] == powers
    assert mine[0] == pytest.approx(size, rel=EXACT)


@pytest.mark.parametrize("text", ["2*h", "h h", "h^0.5", "inch", "h/", "(h", "h)", "", "min^-99999", "1.5"])
def test_what_is_not_plain_is_left_to_pint(text):
    assert measure(text, _DEFINITIONS) is None


def test_kinds_of_units_are_told_apart():
    assert same_kind("mg", "ug")
    assert same_kind("share", "%")
    assert not same_kind("mg", "nmol")
    assert not same_kind("1/h", "h")
