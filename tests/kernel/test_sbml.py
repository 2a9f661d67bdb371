"""What SBML can say, the kernel obeys as libRoadRunner does; what it does not obey, it refuses by name."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import kernel_says, roadrunner_says, sbml_of, worst

from enkephalin.errors import ModelError, UnknownNameError

TIMES = np.linspace(0, 6, 13)
MODELS = {
    "reactions with stoichiometry, in a compartment of 2.5 L": (
        """model m()
          compartment c = 2.5; species A in c, B in c, D in c; A = 3; B = 0.5; D = 0;
          r1: 2 A => 3 B; c*k1*A; r2: B -> D; c*(k2*B - k3*D); k1 = 0.4; k2 = 0.9; k3 = 0.2; end""",
        {"A": "[A]", "B": "[B]", "D": "[D]"},
    ),
    "amounts and concentrations side by side": (
        """model m()
          compartment c = 4; species A in c; substanceOnly species G in c; A = 2; G = 10;
          r1: G => A; k*G; r2: A => ; c*q*A; k = 0.7; q = 0.3; end""",
        {"A": "[A]", "G": "G"},
    ),
    "functions, local names and rules in the wrong order": (
        """function hill(x, k, n) x^n/(x^n + k^n); end
        model m()
          late := 2*early; early := hill(x, half, steep) + 1; half = 0.6; steep = 2.3;
          x = 1; x' = late - y*x; y = 0.2; y' = hill(early, 1.5, 3) - 0.1*y; end""",
        {"x": "x", "y": "y"},
    ),
    "piecewise, time, minimum, absolute value and logic": (
        """model m()
          gate := piecewise(1, (time > 1) && (time <= 3), 0.2); y = 2; x = 0;
          x' = gate + 0.1*abs(sin(3*time)) - 0.4*max(x, 0.1) + 0.05*min(x, y, 2);
          y' = -0.3*floor(y + 0.5*0) + tanh(x) + 0.1*ceil(x) - log10(y + 2); end""",
        {"x": "x", "y": "y"},
    ),
    "initial assignments that need each other and a rule": (
        """model m()
          x = 2*a + rest; y = x*a; a = 0.5 + b; b = 0.25; rest := b^2 + y0; y0 = 3; x' = -x*a; y' = x - rest*y; end""",
        {"x": "x", "y": "y", "a": "a"},
    ),
    "a compartment that grows, and what it dilutes": (
        """model m()
          compartment c; c = 1; c' = 0.3*c; species A in c; A = 5; substanceOnly species G in c; G = 2;
          r1: G => A; 0.4*G; r2: A => ; c*0.1*A; end""",
        {"A": "[A]", "G": "G", "c": "c"},
    ),
    "a boundary species and a species of constant amount": (
        """model m()
          compartment c = 2; species $S in c; species A in c; const species K in c; S = 3; A = 0; K = 1.5;
          r1: $S => A; c*0.2*S*K; r2: A => ; c*0.5*A; end""",
        {"A": "[A]", "S": "[S]"},
    ),
    "powers of all kinds": (
        """model m()
          x = 0.3; x' = x^0.5 + sqrt(x + 1) - x^2*exp(-x)/root(3, x + 2) - y^-1 + pow(x, n) - x^1.5;
          y = 2; y' = ln(y)^2*cosh(0.1*y) - sinh(0.2*y) + tan(0.1*x) - 0.3*y; n = 0.7; end""",
        {"x": "x", "y": "y"},
    ),
}


@pytest.mark.parametrize("which", MODELS)
def test_the_kernel_reads_sbml_as_the_second_engine_does(which: str) -> None:
    text, names = MODELS[which]
    sbml = sbml_of(text)
    found = kernel_says(sbml, TIMES, list(names))
    # Kinks (piecewise, floor) cost either engine digits at the step that crosses them.
    limit = 1e-3 if "piecewise" in which else 2e-7
    assert worst(found, roadrunner_says(sbml, TIMES, list(names.values()))) < limit


@pytest.mark.parametrize("seed", range(3))
def test_random_networks_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 12
    lines = [f"S{i} = {rng.uniform(0, 2):.3f};" for i in range(n)]
    for k in range(24):
        i, j, m = rng.choice(n, 3, replace=False)
        slow = f"k{k}*S{i}/(1 + S{m}^{rng.uniform(1, 3):.2f})"
        lines.append(f"r{k}: S{i} -> S{j}; {slow} - b{k}*S{j}*exp(-S{m}); k{k} = {10 ** rng.uniform(-2, 1):.4f};")
        lines.append(f"b{k} = {10 ** rng.uniform(-2, 0.5):.4f};")
    species = ", ".join(f"S{i} in c" for i in range(n))
    sbml = sbml_of(f"model m()\n compartment c = 1; species {species};\n" + "\n".join(lines) + "\nend")
    names = [f"S{i}" for i in range(n)]
    found = kernel_says(sbml, TIMES, names)
    assert worst(found, roadrunner_says(sbml, TIMES, [f"[{name}]" for name in names])) < 1e-7
    # Every reaction moves matter from one species to another.
    np.testing.assert_allclose(found.sum(axis=1), found[0].sum(), rtol=1e-10)
    assert found.min() >= 0


def edited(old: str, new: str, text: str = MODELS["amounts and concentrations side by side"][0]) -> str:
    sbml = sbml_of(text)
    assert old in sbml
    return sbml.replace(old, new, 1)


def test_conversion_factors_scale_what_a_reaction_moves() -> None:
    sbml = edited('<species id="A"', '<species conversionFactor="f" id="A"')
    sbml = sbml.replace("<listOfParameters>", '<listOfParameters><parameter id="f" value="0.25" constant="true"/>')
    names = {"A": "[A]", "G": "G"}
    found = kernel_says(sbml, TIMES, list(names))
    assert worst(found, roadrunner_says(sbml, TIMES, list(names.values()))) < 1e-7
    assert (
        worst(found, kernel_says(sbml_of(MODELS["amounts and concentrations side by side"][0]), TIMES, ["A", "G"]))
        > 0.1
    )


def test_local_parameters_hide_global_ones() -> None:
    local = '</math>\n        <listOfLocalParameters><localParameter id="k" value="0.2"/></listOfLocalParameters>'
    sbml = edited("</math>", local)
    found = kernel_says(sbml, TIMES, ["A", "G"])
    assert worst(found, roadrunner_says(sbml, TIMES, ["[A]", "G"])) < 1e-7
    again = kernel_says(sbml, TIMES, ["G"], theta={"r1.k": 0.7})
    np.testing.assert_allclose(again[:, 0], kernel_says(sbml_of(MODELS[
        "amounts and concentrations side by side"][0]), TIMES, ["G"])[:, 0], rtol=1e-9)  # fmt: skip


REFUSED = {
    "delay": ("model m() x = 1; x' = -delay(x, 2); end", "delay"),
    "algebraic": ("model m() x = 1; x' = -x; 0 = x - y; y = 1; end", "algebraic rule"),
    "event of a state": ("model m() x = 1; x' = -x; e1: at (x < 0.5): x = 1; end", "event 'e1'"),
    "inverse trigonometry": ("model m() x = 1; x' = -arctan(x); end", "not covered"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_not_covered_is_refused_by_name(which: str) -> None:
    text, words = REFUSED[which]
    with pytest.raises(ModelError, match=words) as caught:
        kernel_says(sbml_of(text), TIMES, ["x"])
    assert "roadrunner" in str(caught.value)


def test_a_fast_reaction_is_refused_by_name() -> None:
    sbml = sbml_of(MODELS["amounts and concentrations side by side"][0])
    sbml = sbml.replace('<reaction id="r1"', '<reaction fast="true" id="r1"').replace(
        '<reaction id="r2"', '<reaction fast="false" id="r2"'
    )
    sbml = sbml.replace("level3/version2", "level3/version1").replace('version="2"', 'version="1"')
    with pytest.raises(ModelError, match="reaction 'r1' is fast"):
        kernel_says(sbml, TIMES, ["A"])


def test_a_circle_of_rules_is_named_with_its_members() -> None:
    sbml = sbml_of("model m() x = 1; x' = -a; a := b + 1; b := 2*x; end")
    start = sbml.index('<assignmentRule variable="b">')
    circle = sbml[:start] + sbml[start:].replace("<ci> x </ci>", "<ci> a </ci>", 1)
    with pytest.raises(ModelError, match="circle") as caught:
        kernel_says(circle, TIMES, ["x"])
    assert "a -> b -> a" in str(caught.value)


def test_a_model_without_states_is_refused() -> None:
    with pytest.raises(ModelError, match="nothing in the model changes"):
        kernel_says(sbml_of("model m() k = 1; x := k*time; end"), TIMES, ["x"])


def test_text_that_is_no_sbml_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        kernel_says("<sbml", TIMES, ["x"])


def test_an_unknown_output_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="no 'early'"):
        kernel_says(sbml_of("model m() earlier = 1; earlier' = -earlier; end"), TIMES, ["early"])
