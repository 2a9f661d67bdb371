"""A coupling of weight 0 is not there at all, and two hypotheses agree until a driver in which they differ moves."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from enkephalin.compiler.model import BIOLOGY, build
from enkephalin.population import draw
from enkephalin.records.shapes import Change, Patch, Scenario
from enkephalin.records.shapes.quantity import Plain
from enkephalin.simulate import simulate

BASE = {"opioid": 0.6, "stress": 0.5, "isolation": 0.3, "integrated": 1.0, "vulnerability": 0.2}
GAINS = {  # what a coupling of weight 0 silences
    "opioid": {f"release[{region}].gain_bond": value for region, value in (("NAc", 1.0), ("AMY", 0.7), ("HYP", 0.4))},
    "stress": {"stressors.gain_loss": 0.6},
    "isolation": {"stressors.gain_lonely": 1.5},
    "integrated": {"serotonin.gain_loss": 0.25, "oxytocin.loss_receptors": 0.4},
    "vulnerability": {"bond.intensity_trait": 0.3, "release.tone_trait": 0.15},
}
TERMS = {  # module, the coupling as it stands there, and the same without it
    "opioid": [("release", "weight_opioid*gain_bond*warmth", "0*weight_opioid*gain_bond*warmth")],
    "stress": [("stressors", "weight_stress*gain_loss*loss", "0*weight_stress*gain_loss*loss")],
    "isolation": [
        ("stressors", "weight_isolation*gain_lonely*lacking", "0*weight_isolation*gain_lonely*lacking"),
        ("inflammation", "(share_always + weight)", "(share_always + 0*weight)"),
    ],
    "integrated": [
        ("oxytocin", "weight*gain_crf_loss", "0*weight*gain_crf_loss"),
        ("oxytocin", "weight*loss_receptors*loss", "0*weight*loss_receptors*loss"),
        ("serotonin", "weight*gain_loss*loss", "0*weight*gain_loss*loss"),
        ("dopamine", "weight*gain_loss*loss", "0*weight*gain_loss*loss"),
    ],
    "vulnerability": [("couplings", "weight_vulnerability*vulnerability", "0*weight_vulnerability*vulnerability")],
}
WATCH = ("distress", "cortisol", "availability", "il6", "serotonin", "oxytocin", "dopamine", "phq9", "bond", "stress")
PEOPLE = {"couplings.vulnerability": np.array([0.0, 1.5])}
NOTHING = 1e-290  # what a gate lets through at 0: the square of its edge
ORDER = 1e-6  # relative to 1: the kernel eliminates in another order when a term is gone from the text
MET, LOST = 10.0, 60.0  # d


def life():
    return Scenario(
        id="life",
        about="Somebody is met, and lost with some friends.",
        lasts="90 d",
        every="1 d",
        watch=WATCH,
        happens=(
            f"partner from {MET:g} d to {LOST:g} d",
            f"network loss 30 % at {LOST:g} d",
            "rejection for 20 min at 62 d",
        ),
    )


def patch(**rows):
    changes = tuple(
        Change(row=row, expects=Plain(value=was, unit=unit), becomes=Plain(value=now, unit=unit), because="A test.")
        for row, (was, now, unit) in rows.items()
    )
    return Patch(id="test", kind="patch", about="A test.", changes=changes)


def off(coupling, factor=1.0):
    """The coupling at weight 0, with its gains as they stand or made larger."""
    rows = {f"couplings.weight_{coupling}": (BASE[coupling], 0.0, "1")}
    unit = "1/z" if coupling == "vulnerability" else "1"
    if factor != 1:
        rows |= {row: (was, was * factor, unit) for row, was in GAINS[coupling].items()}
    return patch(**rows)


def lived(model=None, engine="kernel", **more):
    return simulate(PEOPLE, life(), model=model, watch=list(WATCH), engine=engine, **more)


def farthest(one, other, until=None):
    """The largest difference of anything watched, up to a time in h; of what is larger than 1, as a share of it."""
    found = 0.0
    for name in WATCH:
        apart = np.abs(one[name] - other[name]) / np.maximum(1.0, np.abs(one[name]))
        apart = apart.sel(time=slice(None, until)) if until is not None else apart
        found = max(found, float(np.nanmax(apart)))
    return found


@pytest.mark.parametrize("coupling", BASE)
def test_a_coupling_of_weight_zero_does_not_know_its_gains(coupling):
    plain, enlarged = (build("human", (), [off(coupling, factor)]) for factor in (1.0, 7.0))
    assert farthest(lived(plain), lived(enlarged)) == 0


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """Bodies whose text lacks a coupling."""

    def make(coupling):
        folder = tmp_path_factory.mktemp(coupling) / "biology"
        shutil.copytree(BIOLOGY, folder)
        for module, term, gone in TERMS[coupling]:
            path = folder / "modules" / f"{module}.ant"
            text = path.read_text("utf-8")
            assert text.count(term) == 1, f"{module}: {term}"
            path.write_text(text.replace(term, gone), "utf-8")
        return build("human", (), biology=folder)

    return make


@pytest.mark.parametrize("coupling", BASE)
def test_a_coupling_of_weight_zero_leaves_every_trajectory_as_in_a_body_without_it(coupling, without):
    """Bit for bit with the second engine, which eliminates in one order whatever the text."""
    silent, absent = build("human", (), [off(coupling)]), without(coupling)
    assert farthest(lived(silent, "roadrunner"), lived(absent, "roadrunner")) == 0
    assert farthest(lived(silent), lived(absent)) < ORDER


@pytest.fixture(scope="module")
def under():
    kept = {}

    def run(hypothesis):
        if hypothesis not in kept:
            kept[hypothesis] = lived(hypothesis=hypothesis)
        return kept[hypothesis]

    return run


@pytest.mark.parametrize(
    ("one", "other", "day"),
    [
        ("opioid", "none", MET),  # its driver is contact with a loved person
        ("integrated", "none", None),
        ("stress", "none", LOST),
        ("isolation", "none", LOST),
        ("stress", "isolation", LOST),
        ("opioid:0.5+stress:0.5", "opioid:0.5", LOST),
        ("opioid:0.3", "opioid", MET),
    ],
)
def test_two_hypotheses_agree_until_a_driver_of_what_they_differ_in_moves(under, one, other, day):
    if ":" in other and "+" not in other:
        other = f"{other}+none:1"
    one = f"{one}+none:1" if ":" in one and "+" not in one else one
    if day is not None:
        assert farthest(under(one), under(other), 24 * day - 1e-6) < NOTHING
    assert farthest(under(one), under(other)) > 1e-3


def test_the_vulnerable_differ_from_birth_and_their_population_does_not():
    """The trait tells people apart before anything happens; its mean is that of the other hypotheses."""
    nothing = Scenario(id="nothing", about="Nothing.", lasts="1 d", every="1 d", watch=("dysphoria",))
    means = {}
    for hypothesis in ("vulnerability", "none"):
        people = draw("general_adult", 400, seed=3, hypothesis=hypothesis)
        seen = simulate(
            people, nothing, at=[0.0], watch=["dysphoria", "signal"], engine="kernel", hypothesis=hypothesis
        )
        means[hypothesis] = float(seen["dysphoria"].mean()), float(seen["signal"].sel(region="NAc").mean())
        if hypothesis == "vulnerability":
            trait = people.theta["couplings_body__vulnerability"]
            tone = seen["signal"].sel(region="NAc").values[:, 0]
            low = seen["dysphoria"].values[:, 0]
            assert np.corrcoef(trait, tone)[0, 1] < -0.2 and np.corrcoef(trait, low)[0, 1] > 0.2
    assert abs(means["vulnerability"][0] - means["none"][0]) < 0.05  # 400 people, spread of the trait's share 0.3
    assert abs(means["vulnerability"][1] / means["none"][1] - 1) < 0.05
