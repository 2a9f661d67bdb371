"""What silently goes wrong when modules are joined is loud here: each trap is an error with a place."""

from __future__ import annotations

import libsbml
import pytest

from enkephalin.compiler.model import build
from enkephalin.errors import EnkephalinError, ModelError, RecordError


def findings(sbml: str) -> list[str]:
    document = libsbml.readSBMLFromString(sbml)
    for category in range(libsbml.LIBSBML_CAT_SBML, libsbml.LIBSBML_CAT_MODELING_PRACTICE + 1):
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    return [document.getError(index).getMessage() for index in range(document.getNumErrors())]


def refused(biology, *, place: str, problem: str, assembly: str = "tiny") -> EnkephalinError:
    with pytest.raises(ModelError) as caught:
        build(assembly, biology=biology)
    assert caught.value.place == place
    assert problem in caught.value.problem
    return caught.value


def test_a_sound_body_is_silent_in_libsbml(biology):
    model = build("tiny", biology=biology)
    assert findings(model.sbml) == []
    assert model.states[:2] == ("pk_1__depot_1", "pk_1__central")
    assert model.units["pk_1__clearance"] == "L/h"


def test_a_misspelt_name_is_no_new_parameter(spoil):
    biology = spoil("modules/binding.ant", "gain_stress * stress", "gain_stres * stress")
    error = refused(biology, place="biology/parameters/binding.csv:20", problem="'gain_stress' fits no symbol")
    assert error.try_.startswith("gain_stres")


def test_a_symbol_without_a_row_is_named_with_its_line(spoil):
    biology = spoil("modules/pk.ant", "absorb_1 * depot_1 + infusion", "absorb_1 * depot_1 + infusion - leek")
    error = refused(biology, place="biology/modules/pk.ant:11", problem="'leek' has no row in parameters/pk.csv")
    assert "pk_1" in error.found


def test_a_row_that_fits_no_symbol_is_refused_with_the_nearest(spoil):
    biology = spoil("parameters/pk.csv", "clearance,2,30", "clearence,2,30")
    error = refused(biology, place="biology/parameters/pk.csv:7", problem="'clearence' fits no symbol of pk")
    assert "clearance" in error.try_


def test_a_row_for_no_instance_is_refused(spoil):
    biology = spoil("parameters/pk.csv", "clearance,2,30", "clearance,9,30")
    refused(biology, place="biology/parameters/pk.csv:7", problem="'clearance' fits no instance of pk")


def test_two_rows_that_fit_equally_well_are_a_tie(spoil):
    biology = spoil(
        "parameters/binding.csv",
        "peptide_rest,VTA,0.05,ratio,,assumed,,,,",
        "peptide_rest,VTA,0.05,ratio,,assumed,,,,\npeptide_rest,mu,0.06,ratio,,assumed,,,,",
    )
    error = refused(biology, place="biology/parameters/binding.csv:20", problem="equally well")
    assert "where mu VTA" in error.try_ or "where VTA mu" in error.try_


def test_the_most_particular_row_wins(biology):
    model = build("tiny", biology=biology)
    assert model.parameters["pk_1__clearance"] == 20
    assert model.parameters["pk_2__clearance"] == 30
    assert model.parameters["binding_mu_VTA__peptide_rest"] == 0.05
    assert model.parameters["binding_mu_NAc__peptide_rest"] == 0.08


@pytest.mark.parametrize("line", ["unit concentration = 1e-9 mole / litre;", "infusion has nM;"])
def test_a_unit_declared_in_a_module_is_refused(spoil, line):
    biology = spoil("modules/pk.ant", "  var infusion;", f"  var infusion;\n  {line}")
    refused(biology, place="biology/modules/pk.ant:9", problem="a module declares a unit")


def test_an_instance_may_not_bear_a_modules_name(spoil):
    biology = spoil("models/tiny.ant", "still_reference: still", "still: still")
    error = refused(biology, place="biology/models/tiny.ant:13", problem="bears a module's name")
    assert error.try_ == "still_body"


def test_two_instances_of_one_name_are_refused(spoil):
    biology = spoil("models/tiny.ant", "pk_2: pk(plasma_2)", "pk_1: pk(plasma_2)")
    refused(biology, place="biology/models/tiny.ant:9", problem="two instances are called 'pk_1'")


def test_two_drivers_of_one_wire_are_refused(spoil):
    biology = spoil("models/tiny.ant", "pk_2: pk(plasma_2)", "pk_2: pk(plasma_1)")
    refused(biology, place="biology/models/tiny.ant:9", problem="two instances drive the wire 'plasma_1'")


def test_a_misspelt_wire_is_no_silent_zero(spoil):
    biology = spoil("models/tiny.ant", "hpa(signal_mu_VTA, cortisol)", "hpa(signal_mu_VAT, cortisol)")
    error = refused(biology, place="biology/models/tiny.ant:12", problem="no module drives the wire 'signal_mu_VAT'")
    assert "signal_mu_VTA" in error.try_


def test_a_wire_that_joins_different_units_is_refused(spoil):
    biology = spoil("parameters/binding.csv", "plasma_1,,,nmol/L", "plasma_1,,,nmol")
    error = refused(biology, place="biology/parameters/binding.csv:2", problem="the wire 'plasma_1' joins")
    assert "nmol/L for pk_1" in error.found


def test_a_wrong_unit_of_a_rate_is_refused_with_the_modules_line(spoil):
    biology = spoil("parameters/pk.csv", "absorb_1,,0.02,1/min", "absorb_1,,0.02,L/min")
    error = refused(biology, place="biology/modules/pk.ant:10", problem="the units do not fit: pk_1__depot_1")
    assert error.found == "L*h^-1*nmol  from  - pk_1__absorb_1 * pk_1__depot_1"
    assert error.expected == "nmol*h^-1"
    assert "biology/parameters/pk.csv:5 says absorb_1 in L/min" in error.try_


def test_a_wrong_unit_of_an_output_is_refused(spoil):
    spoil("parameters/binding.csv", "plasma_1,,,nmol/L", "plasma_1,,,nmol")
    biology = spoil("parameters/pk.csv", "plasma,,,nmol/L", "plasma,,,nmol")
    spoil("parameters/binding.csv", "plasma_2,,,nmol/L", "plasma_2,,,nmol")
    spoil("parameters/binding.csv", "association_1,,0.1,L/nmol", "association_1,,0.1,1/nmol")
    spoil("parameters/binding.csv", "association_2,,2,1/uM", "association_2,,2,1/nmol")
    refused(biology, place="biology/modules/pk.ant:12", problem="the units do not fit: plasma_1")


def test_a_unit_of_mass_has_no_place_in_the_body(spoil):
    biology = spoil("parameters/pk.csv", "central,,0,nmol", "central,,0,mg")
    refused(biology, place="biology/parameters/pk.csv:3", problem="the unit 'mg' has no place")


def test_a_loop_of_rules_is_named_with_its_members(spoil):
    biology = spoil(
        "modules/binding.ant", "load_1 := association_1 * plasma_1;", "load_1 := association_1 * plasma_1 * signal;"
    )
    error = refused(biology, place="biology/modules/binding.ant:6", problem="3 rules form a loop")
    for member in ("binding_mu_NAc__load_1", "signal_mu_NAc", "binding_mu_NAc__bound"):
        assert member in error.problem


@pytest.mark.parametrize("number", ["3", "0.5", "1e-9"])
def test_a_number_in_a_module_is_refused(spoil, number):
    biology = spoil(
        "modules/pk.ant", "clearance * central / volume_central", f"{number} * clearance * central / volume_central"
    )
    error = refused(biology, place="biology/modules/pk.ant:11", problem="a number stands in a module")
    assert error.found == number


def test_a_gate_with_a_corner_is_refused(spoil):
    biology = spoil(
        "modules/pk.ant", "plasma := central / volume_central", "plasma := max(central / volume_central, 0)"
    )
    refused(biology, place="biology/modules/pk.ant:12", problem="'max' has a corner")


def test_a_symbol_given_twice_is_refused(spoil):
    biology = spoil("modules/pk.ant", "  plasma :=", "  plasma := central / volume_central;\n  plasma :=")
    refused(biology, place="biology/modules/pk.ant:13", problem="'plasma' is given twice")


def test_a_row_and_a_sentence_cannot_both_give_a_value(spoil):
    biology = spoil("parameters/binding.csv", "coupling,,,share,,derived", "coupling,,1,share,,derived")
    error = refused(biology, place="biology/parameters/binding.csv:15", problem="'coupling' has two values")
    assert "binding.ant" in error.found


def test_a_value_that_nobody_gives_is_refused(spoil):
    biology = spoil("parameters/pk.csv", "volume_central,,100,L,,assumed,,", "volume_central,,,L,,derived,,somewhere")
    refused(biology, place="biology/parameters/pk.csv:8", problem="'volume_central' has no value")


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("at (time > 2): central = 0", "a module holds an event"),
        ("flow: depot_1 -> central; absorb_1", "a module writes a reaction"),
        ("species central", "a module writes a reaction"),
        ("central shrinks", "this is not understood"),
    ],
)
def test_other_sentences_are_refused_with_what_to_write_instead(spoil, sentence, problem):
    biology = spoil("modules/pk.ant", "  var infusion;", f"  {sentence};\n  var infusion;")
    error = refused(biology, place="biology/modules/pk.ant:8", problem=problem)
    assert error.try_


def test_an_assembly_computes_nothing(spoil):
    biology = spoil("models/tiny.ant", "  pk_1: pk(plasma_1);", "  pk_1: pk(plasma_1);\n  sum := plasma_1 + plasma_2;")
    refused(biology, place="biology/models/tiny.ant:9", problem="an assembly computes something")


def test_an_unknown_module_import_and_assembly_offer_the_nearest(spoil):
    biology = spoil("models/tiny.ant", "pk_2: pk(plasma_2)", "kp_2: kp(plasma_2)")
    assert "pk" in refused(biology, place="biology/models/tiny.ant:9", problem="unknown module 'kp'").try_
    biology = spoil("models/tiny_day.ant", "still.ant", "stil.ant")
    error = refused(biology, place="biology/models/tiny_day.ant:3", problem="points at no file", assembly="tiny_day")
    assert error.try_ == "still.ant"
    with pytest.raises(ModelError, match="unknown assembly 'tinny'"):
        build("tinny", biology=biology)


def test_wires_are_counted(spoil):
    biology = spoil("models/tiny.ant", "pk_2: pk(plasma_2)", "pk_2: pk(plasma_2, plasma_3)")
    refused(biology, place="biology/models/tiny.ant:9", problem="'pk_2' has 2 wires, its module takes 1")


def test_a_spoilt_table_is_a_record_error(spoil):
    biology = spoil("parameters/pk.csv", "absorb_1,,0.02,1/min", "absorb_1,,0.02,1/fortnight")
    with pytest.raises(RecordError, match="fortnight"):
        build("tiny", biology=biology)
