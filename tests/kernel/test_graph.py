"""The graph: equal work is one node, derivatives are exact, gates do not overflow."""

from __future__ import annotations

import numpy as np
import pytest

from enkephalin.compiler.derivative import differentiate, linearise
from enkephalin.compiler.graph import Graph
from enkephalin.compiler.lu import plan

OPERATIONS = (
    "add",
    "sub",
    "mul",
    "mul",
    "reciprocal",
    "exp",
    "log",
    "sin",
    "cos",
    "sqrt",
    "power",
    "select",
    "max",
    "abs",
)


def random_graph(seed: int, states: int = 5, size: int = 60) -> tuple[Graph, list[int]]:
    """A graph of random operations, kept positive and moderate so that every function is defined."""
    rng = np.random.default_rng(seed)
    g = Graph()
    nodes = [g.leaf("state", i) for i in range(states)] + [g.leaf("parameter", 0), g.leaf("time")]
    for _ in range(size):
        operation = OPERATIONS[rng.integers(len(OPERATIONS))]
        a, b, c = (int(nodes[i]) for i in rng.integers(len(nodes), size=3))
        # x / (1 + x) of a positive number stays between 0 and 1; 1.1 more keeps logarithms and roots away from 0.
        squeezed = [g.node("add", g.constant(1.1), g.node("mul", x, _inverse(g, x))) for x in (a, b, c)]
        if operation == "select":
            new = g.node("select", g.node("less", squeezed[0], squeezed[1]), squeezed[1], squeezed[2])
        elif operation in ("add", "sub", "mul", "power", "max"):
            new = g.node(operation, *squeezed[:2])
        else:
            new = g.node(operation, squeezed[0])
        nodes.append(g.node("mul", new, new))
    return g, nodes[-states:]


def _inverse(g: Graph, x: int) -> int:
    return g.node("reciprocal", g.node("add", g.one, x))


def values_at(state: np.ndarray, time: float = 1.3):
    return lambda kind, i: {"state": lambda: state[i], "parameter": lambda: 0.7, "time": lambda: time}[kind]()


@pytest.mark.parametrize("seed", range(8))
def test_derivatives_agree_with_central_differences(seed: int) -> None:
    g, outputs = random_graph(seed)
    rows = differentiate(g, outputs)
    at = np.random.default_rng(seed).uniform(0.5, 2, 5)
    exact = np.zeros((5, 5))
    for i, row in enumerate(rows):
        for (kind, j), node in row.items():
            if kind == "state":
                exact[i, j] = g.evaluate([node], values_at(at))[0]
    for j in range(5):
        step = 1e-6 * np.eye(5)[j]
        up, down = (np.array(g.evaluate(outputs, values_at(at + s * step)), float) for s in (1, -1))
        np.testing.assert_allclose(exact[:, j], (up - down) / 2e-6, rtol=1e-6, atol=1e-6 * np.abs(exact).max())


@pytest.mark.parametrize("seed", range(4))
def test_derivatives_through_middle_nodes_are_the_same(seed: int) -> None:
    g, outputs = random_graph(seed)
    at = values_at(np.random.default_rng(seed).uniform(0.5, 2, 5))
    whole = differentiate(g, outputs)
    direct, through = linearise(g, outputs)
    # M rows: outputs then middle nodes; columns: states then middle nodes
    rows = [*direct, *through]
    matrix = np.zeros((len(rows), 5 + len(through)))
    for i, row in enumerate(rows):
        for (kind, j), node in row.items():
            if kind != "time":
                matrix[i, j + (5 if kind == "through" else 0)] = g.evaluate([node], at)[0]
    states, middle = matrix[:, :5], matrix[:, 5:]
    inner = np.linalg.solve(np.eye(len(through)) - middle[5:], states[5:])
    joined = states[:5] + middle[:5] @ inner
    for i, row in enumerate(whole):
        for j in range(5):
            node = row.get(("state", j))
            expected = 0.0 if node is None else g.evaluate([node], at)[0]
            assert joined[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_equal_work_is_one_node() -> None:
    g = Graph()
    x, y = g.leaf("state", 0), g.leaf("state", 1)
    assert g.node("add", x, y) == g.node("add", y, x)
    assert g.node("mul", g.node("neg", x), y) == g.node("neg", g.node("mul", y, x))
    assert g.node("mul", x, g.constant(0)) == g.zero
    assert g.node("power", x, g.constant(2)) == g.node("mul", x, x)


@pytest.mark.parametrize("far", [-1e5, -800.0, 0.0, 30.0, 800.0, 1e5])
def test_a_gate_and_its_slope_stay_finite_however_far_from_its_threshold(far: float) -> None:
    g = Graph()
    x = g.leaf("state", 0)
    shifted = g.node("add", g.one, g.node("exp", x))
    gate, threshold = g.node("reciprocal", shifted), g.node("log", shifted)
    slopes = [row["state", 0] for row in differentiate(g, [gate, threshold])]
    low = np.exp(-abs(far))
    expected_gate = low / (1 + low) if far > 0 else 1 / (1 + low)
    found = g.evaluate([gate, threshold, *slopes], lambda kind, i: far)
    expected = [expected_gate, max(far, 0.0) + np.log1p(low), -low / (1 + low) ** 2, 1 - expected_gate]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


def test_the_slope_of_a_power_at_zero_is_that_of_its_exponent() -> None:
    g = Graph()
    x, n = g.leaf("state", 0), g.leaf("parameter", 0)
    slope = differentiate(g, [g.node("power", x, n)])[0]["state", 0]
    for exponent, expected in ((1.0, 1.0), (1.5, 0.0), (2.0, 0.0)):
        assert g.evaluate([slope], lambda kind, i, n=exponent: 0.0 if kind == "state" else n)[0] == expected


def test_the_slope_of_a_soft_corner_is_a_number_even_without_an_edge() -> None:
    g = Graph()
    x, edge = g.leaf("state", 0), g.leaf("parameter", 0)
    root = g.node("sqrt", g.node("add", g.node("mul", x, x), g.node("mul", edge, edge)))
    slope = differentiate(g, [g.node("add", x, root)])[0]["state", 0]
    # 1e-200 squared is nothing, as 1e-30 squared is with 32 bits.
    for at, width, expected in ((0.0, 0.0, 1.0), (0.0, 1e-200, 1.0), (2.0, 0.0, 2.0), (-2.0, 0.0, 0.0)):
        found = g.evaluate([slope], lambda kind, i, at=at, width=width: at if kind == "state" else width)[0]
        assert found == expected


def test_elimination_of_an_arrow_fills_nothing_in() -> None:
    arrow = [(0, j) for j in range(6)] + [(i, 0) for i in range(6)]
    assert len(plan(6, arrow).places) == 16


def test_an_elimination_solves_its_matrix() -> None:
    rng = np.random.default_rng(0)
    pattern = {(int(i), int(j)) for i, j in rng.integers(0, 12, (40, 2))}
    matrix = np.eye(12) * 5
    for i, j in pattern:
        matrix[i, j] += rng.uniform(-1, 1)
    lu = matrix.copy()
    elimination = plan(12, pattern)
    for k, below, right in elimination.pivots:
        for i in below:
            lu[i, k] /= lu[k, k]
            for j in right:
                lu[i, j] -= lu[i, k] * lu[k, j]
    order = [k for k, *_ in elimination.pivots]
    shuffled = lu[np.ix_(order, order)]
    product = (np.tril(shuffled, -1) + np.eye(12)) @ np.triu(shuffled)
    np.testing.assert_allclose(product, matrix[np.ix_(order, order)], rtol=1e-12, atol=1e-12)
