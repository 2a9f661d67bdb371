"""A drug of the author's own, named by its path, is seen, told and drawn like one of the catalog."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.records import get, to_yaml
from enkephalin.report.asked import ask
from enkephalin.simulate import simulate


@pytest.fixture
def written(tmp_path):
    text = to_yaml(get("drug", "morphine")).replace("id: morphine", "id: my_drug")
    (tmp_path / "my_drug.yaml").write_text(text)

    def write(name, drug):
        path = tmp_path / f"{name}.yaml"
        path.write_text(
            f"id: {name}\nabout: A dose.\nlasts: 6 h\n"
            f"happens:\n  - {drug} 10 mg oral at 0 h\nwatch: [plasma]\nevery: 1 h\n"
        )
        return str(path)

    return write


def test_an_own_drug_reaches_plasma_like_the_one_that_it_was_copied_from(written):
    mine = simulate("adult_reference", written("mine", "my_drug.yaml"), watch=["plasma", "occupancy"])
    known = simulate("adult_reference", written("known", "morphine"), watch=["plasma", "occupancy"])
    level = mine["plasma"].sel(ligand="my_drug").values
    assert level.max() > 1
    np.testing.assert_allclose(level, known["plasma"].sel(ligand="morphine").values, rtol=1e-9)  # the same arithmetic


def test_the_report_tells_an_own_drug_by_its_name(written):
    asked = ask(simulate("adult_reference", written("mine", "my_drug.yaml"), watch=["plasma"]))
    assert "my_drug" in [drug.id for drug in asked.drugs]
    assert [mark.label for mark in asked.marks] == ["my drug, oral"]
    assert any(name == "my drug" for name, _ in asked.not_known)
