"""Every label of the two lists is answered, by something that exists."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from .eighteen import critical, measured
from .labels import WANTED, labels, target_named

ROOT = Path(__file__).parents[1]


def test_all_fifty_labels_are_there_once_and_in_order():
    assert tuple(label.label for label in labels()) == WANTED
    assert len(WANTED) == 50


@pytest.mark.parametrize("label", labels(), ids=lambda label: label.label)
def test_a_label_is_answered_or_says_why_not(label):
    assert label.targets or label.tests or label.not_yet
    for name in label.targets:
        target_named(name)
    for name in label.tests:
        file, function = name.split("::")
        assert re.search(rf"^def {function}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), name


def test_labels_in_a_claim_are_those_of_the_list():
    """A target whose words name a label is listed under it."""
    from .records import groups

    listed = {label.label: label.targets for label in labels()}
    for group in groups():
        for target in group.targets:
            for name in re.findall(r"\bT\d{1,2}\b", target.claim):
                assert f"{group.id}.{target.id}" in listed[name], f"{group.id}.{target.id} says {name}"


def test_the_error_of_a_scanner_draws_a_correlation_towards_nothing():
    chance = np.random.default_rng(5)
    trait = chance.standard_normal(1000)
    rest = np.full((1000, 2), 2.0) + 0.01 * chance.standard_normal((1000, 2))
    during = rest * (1 - 0.04 - 0.01 * trait[:, None])
    calm, hurt = np.full(1000, 20.0), 60.0 + 10 * trait
    found = measured(rest, during, calm, hurt, times=200)
    assert 0 < np.median(found) < 0.5 and found.min() < 0 < found.max()


def test_a_correlation_of_468_is_just_significant_in_eighteen():
    assert critical(18) == pytest.approx(0.4683, abs=1e-4)  # rounding of the table
