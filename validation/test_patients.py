"""Ranges hold in people: the findings of validation/patients in a few dozen of them, and what no person may do."""

from __future__ import annotations

import pytest

from .patients import groups_of_patients, judged
from .scorecard import told

FEW = 48  # docs/patients.md has a thousand


@pytest.mark.slow
@pytest.mark.parametrize("group", groups_of_patients(), ids=lambda group: group.id)
def test_incidences_are_plausible_in_drawn_people(group):
    verdicts = judged(group, FEW)
    wrong = [told(verdict) for verdict in verdicts if not verdict.good]
    assert not wrong, "\n".join(wrong)
