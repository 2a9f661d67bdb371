"""Peptide release has the published sign in each region; touch and laughter differ, and acceptance is not one sign."""

from __future__ import annotations

import numpy as np
import pytest
from equations import modules

STILL = dict.fromkeys(("stress", "pain", "rejection", "acceptance", "touch", "laughter", "warmth", "trait"), 0.0)
FULL = {"store_endorphin": 1.0, "store_enkephalin": 1.0, "dynorphin_tone": 1.0, "weight_opioid": 1.0, "sensitive": 1.0}
RELEASE = {module.instance.removeprefix("release_"): module for module in modules()["release"]}
SIGNS = {  # regions in which a task was seen to raise (1) or lower (-1) release, and those without a group effect (0)
    "rejection": {"NAc": 1, "AMY": 1, "THAL": 1, "PAG": 1, "ACC": 0, "INS": 0},  # Hsu 2013
    "acceptance": {"AMY": 1, "INS": 1, "THAL": -1},  # Hsu 2013
    "touch": {"THAL": -1, "NAc": -1, "DS": -1, "ACC": -1, "INS": -1, "PFC": -1},  # Nummenmaa 2016
    "laughter": {"THAL": 1, "DS": 1, "INS": 1},  # Manninen 2017
}


@pytest.mark.parametrize("task", SIGNS)
def test_a_task_changes_release_in_the_regions_and_directions_that_were_seen(task):
    for region, sign in SIGNS[task].items():
        before = RELEASE[region].evaluate("endorphin_ratio", STILL | FULL)
        after = RELEASE[region].evaluate("endorphin_ratio", STILL | FULL | {task: 1.0})
        assert np.sign(round(float(after - before), 12)) == sign, region


def test_without_its_weight_a_bond_releases_nothing():
    for module in RELEASE.values():
        warm = STILL | FULL | {"warmth": 1.0}
        assert module.evaluate("endorphin_ratio", warm | {"weight_opioid": 0.0}) == 1.0
        assert module.evaluate("endorphin_ratio", warm) > 1.0
