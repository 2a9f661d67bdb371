"""One test for each target: what was seen, or the misfit that the record states; a misfit that changes fails, too."""

from __future__ import annotations

import pytest

from .records import groups
from .running import judge
from .scorecard import told

CASES = [pytest.param(group, target, id=f"{group.id}-{target.id}") for group in groups() for target in group.targets]


@pytest.mark.parametrize(("group", "target"), CASES)
def test_the_model_does_what_was_seen_or_misses_it_as_stated(group, target):
    verdict = judge(group, target)
    print(told(verdict))
    assert verdict.good, told(verdict)
