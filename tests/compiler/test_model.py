"""A built body: wiring as Antimony does it, values to the last digit, digests, patches, the kept files."""

from __future__ import annotations

import re
import stat
import time
from pathlib import Path

import antimony
import libsbml
import pytest

from enkephalin.compiler import model as rooms
from enkephalin.compiler.model import build, patch
from enkephalin.compiler.names import flat_names
from enkephalin.errors import ModelError, PatchError, UnknownNameError
from enkephalin.records.shapes.patch import Patch


def maths(sbml: str) -> dict[str, str]:
    """Every rule and initial assignment as text."""
    document = libsbml.readSBMLFromString(sbml)
    model = document.getModel()
    found = {rule.getVariable(): rule for rule in model.getListOfRules()}
    found |= {one.getSymbol(): one for one in model.getListOfInitialAssignments()}
    return {name: libsbml.formulaToL3String(one.getMath()).replace(" dimensionless", "") for name, one in found.items()}


def change(row: str, expects: tuple[float, str], becomes: tuple[float, str], **more: str) -> dict[str, object]:
    plain = [{"value": float(value), "unit": unit} for value, unit in (expects, becomes)]
    return {"row": row, "expects": plain[0], "becomes": plain[1], "because": "a test", **more}


def patch_of(id: str, *changes: dict[str, object], kind: str = "patch") -> Patch:
    return Patch.model_validate({"id": id, "kind": kind, "about": "a test", "changes": changes}, strict=False)


@pytest.fixture
def forget():
    """Forget what this process has built, so that only files remain."""
    rooms._built.clear()
    return rooms._built.clear


def test_wiring_agrees_with_antimonys_own_submodels(biology):
    files = ["modules/functions.ant", "modules/pk.ant", "modules/binding.ant", "modules/hpa.ant", "modules/still.ant"]
    texts = [re.sub(r'import "[^"]*"', "", (biology / file).read_text()) for file in [*files, "models/tiny.ant"]]
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString("\n".join(texts)) > 0, antimony.getLastError()
    native = maths(antimony.getSBMLString("tiny"))
    own = maths(build("tiny", biology=biology).sbml)
    assert {k.replace("__", "_"): v.replace("__", "_") for k, v in own.items()} == native


def test_values_keep_every_digit_and_turn_into_inner_units(spoil):
    biology = spoil("parameters/pk.csv", "clearance,,20,L/h", "clearance,,20.123456789012347,L/h")
    model = build("tiny", biology=biology)
    assert model.parameters["pk_1__clearance"] == 20.123456789012347
    document = libsbml.readSBMLFromString(model.sbml)
    assert document.getModel().getParameter("pk_1__clearance").getValue() == 20.123456789012347
    assert model.parameters["pk_1__absorb_1"] == pytest.approx(1.2, rel=1e-15)  # 0.02 1/min
    assert model.parameters["binding_mu_NAc__association_2"] == pytest.approx(0.002, rel=1e-15)  # 2 1/uM
    assert model.parameters["binding_mu_NAc__lasting"] == 240  # 10 d


def test_every_symbol_knows_its_row(biology):
    model = build("tiny", biology=biology)
    assert set(model.rows) == set(model.units) >= {*model.states, *model.rules, *model.parameters}
    row = model.rows["pk_2__clearance"]
    assert (row.at, row.where, row.status) == ("biology/parameters/pk.csv:7", ("2",), "assumed")


def test_inputs_may_change_and_constants_may_not(biology):
    model = build("tiny", biology=biology)
    assert model.inputs[:2] == ("pk_1__infusion", "pk_2__infusion")
    document = libsbml.readSBMLFromString(model.sbml)
    assert not document.getModel().getParameter("pk_1__infusion").getConstant()
    assert document.getModel().getParameter("pk_1__clearance").getConstant()


def test_a_body_with_fewer_slots_has_zero_in_their_place(biology):
    model = build("tiny", [1], biology=biology)
    assert model.slots == ("1",)
    assert not [name for name in model.units if name.startswith("pk_2")]
    assert model.parameters["plasma_2"] == 0.0
    assert model.units["plasma_2"] == "nmol/L"
    assert build("tiny", [], biology=biology).states == model.states[2:]
    with pytest.raises(ModelError, match="no slot '3'"):
        build("tiny", [3], biology=biology)


def test_a_line_end_inside_a_sum_does_not_end_the_sentence(spoil):
    plain = build("tiny", biology=spoil("modules/pk.ant", "+ infusion", "+ infusion"))
    broken = build("tiny", biology=spoil("modules/pk.ant", "+ infusion - clearance", "+ infusion\n       - clearance"))
    assert plain.digest == broken.digest


def test_words_in_comments_change_no_digest_and_values_change_only_one(spoil):
    before = build("tiny", biology=spoil("modules/pk.ant", "// One ligand", "// A ligand"))
    said = build("tiny", biology=spoil("modules/pk.ant", "// A ligand", "// Some ligand"))
    assert (said.structure_digest, said.digest) == (before.structure_digest, before.digest)
    valued = build("tiny", biology=spoil("parameters/pk.csv", "clearance,,20,L/h", "clearance,,21,L/h"))
    assert valued.structure_digest == before.structure_digest
    assert valued.digest != before.digest
    wired = build("tiny", biology=spoil("modules/pk.ant", "+ infusion", "+ infusion + 0 * infusion"))
    assert wired.structure_digest != before.structure_digest
    assert build("tiny", [1], biology=spoil("modules/pk.ant", "", "")).structure_digest != wired.structure_digest


def test_a_patch_changes_one_row_and_no_structure(biology):
    plain = build("tiny", biology=biology)
    slower = patch_of("slower", change("pk[2].clearance", (30, "L/h"), (0.25, "L/min")))
    patched = build("tiny", patches=[slower], biology=biology)
    assert patched.parameters["pk_2__clearance"] == 15
    assert patched.parameters["pk_1__clearance"] == 20
    assert (patched.structure_digest == plain.structure_digest, patched.digest == plain.digest) == (True, False)
    assert [(done.patch, done.row, done.before, done.after) for done in patched.patches] == [
        ("slower", "pk[2].clearance", "30 L/h", "0.25 L/min")
    ]
    assert patch(plain, slower).digest == patched.digest


def test_a_patch_of_values_does_not_compile_again(biology, monkeypatch):
    build("tiny", biology=biology)
    monkeypatch.setattr("enkephalin.compiler.making.to_sbml", None)
    faster = patch_of("faster", change("pk.clearance", (20, "L/h"), (40, "L/h")))
    assert build("tiny", patches=[faster], biology=biology).parameters["pk_1__clearance"] == 40


@pytest.mark.parametrize(
    ("row", "expects", "becomes", "problem"),
    [
        ("pk.clearance", (21, "L/h"), (40, "L/h"), "expects another value"),
        ("pk.clearance", (20, "L/h"), (40, "L"), "the unit 'L' does not fit"),
        ("pk[1].clearance", (20, "L/h"), (40, "L/h"), "no row 'pk\\[1\\].clearance'"),
        ("pk.clearence", (20, "L/h"), (40, "L/h"), "no row 'pk.clearence'"),
        ("kp.clearance", (20, "L/h"), (40, "L/h"), "unknown module 'kp'"),
        ("pk.plasma", (20, "nmol/L"), (40, "nmol/L"), "holds no value"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(biology, row, expects, becomes, problem):
    with pytest.raises(PatchError, match=problem):
        build("tiny", patches=[patch_of("wrong", change(row, expects, becomes))], biology=biology)


def test_two_patches_on_one_row_are_refused_unless_the_later_names_the_earlier(biology):
    first = patch_of("first", change("pk.clearance", (20, "L/h"), (40, "L/h")), kind="account")
    second = patch_of("second", change("pk.clearance", (40, "L/h"), (50, "L/h")), kind="hypothesis")
    with pytest.raises(PatchError, match="'second' changes a row that 'first' has changed"):
        build("tiny", patches=[second, first], biology=biology)
    knowing = patch_of("knowing", change("pk.clearance", (40, "L/h"), (50, "L/h"), after="first"), kind="hypothesis")
    both = build("tiny", patches=[knowing, first], biology=biology)  # account before hypothesis, whatever the order
    assert both.parameters["pk_1__clearance"] == 50


def test_names_as_users_write_them(biology):
    rows = build("tiny", biology=biology).rows
    assert flat_names(rows, "pk.clearance") == ("pk_1__clearance", "pk_2__clearance")
    assert flat_names(rows, "binding[NAc].loss") == ("binding_mu_NAc__loss",)
    assert flat_names(rows, "binding[mu NAc].loss") == flat_names(rows, "binding[NAc].loss")
    assert flat_names(rows, "pk_1__clearance") == ("pk_1__clearance",)
    with pytest.raises(UnknownNameError) as caught:
        flat_names(rows, "binding[NAcc].loss")
    assert "NAc" in caught.value.try_
    with pytest.raises(UnknownNameError) as caught:
        flat_names(rows, "pk.clearence")
    assert "pk.clearance" in caught.value.try_


def test_a_kept_body_is_the_same_and_quick(biology, forget):
    first = build("tiny", biology=biology)
    forget()
    began = time.process_time()
    again = build("tiny", biology=biology)
    assert time.process_time() - began < 0.1
    assert again.sbml == first.sbml
    assert again.statements == first.statements
    assert dict(again.parameters) == dict(first.parameters)
    assert {name: row.at for name, row in again.rows.items()} == {name: row.at for name, row in first.rows.items()}
    assert again.rows["pk_1__absorb_1"].spread == first.rows["pk_1__absorb_1"].spread


@pytest.mark.parametrize("damage", [b"", b"\x00", b"enkephalin cache 1\n"])
def test_a_damaged_kept_file_is_made_anew(biology, own_cache, forget, damage):
    first = build("tiny", biology=biology)
    kept = [path for path in own_cache.rglob("*") if path.is_file()]
    assert len(kept) == 2  # the model, and its structure
    for path in kept:
        path.write_bytes(damage or path.read_bytes()[:-1] + b"?")
    forget()
    assert build("tiny", biology=biology).digest == first.digest
    assert all(len(path.read_bytes()) > 100 for path in kept)


def test_a_folder_that_cannot_be_written_is_done_without(biology, tmp_path, forget, monkeypatch):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(blocked / "cache"))
    assert build("tiny", biology=biology).states
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(closed))
    forget()
    assert build("tiny", biology=biology).states
    assert Path(closed).exists()
