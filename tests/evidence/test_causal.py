"""The causal map: its adjustment sets by brute force, its exports read back, and its couplings those of the body."""

from __future__ import annotations

from itertools import chain, combinations

import networkx
import pytest

from enkephalin.errors import RequestError
from enkephalin.evidence.causal import MODULE, PREFIX, causal_map, coupling_rows, couplings_of, debate, weights_of
from enkephalin.evidence.libraries import opened
from enkephalin.records.catalog import get, list_ids

WHOLE = causal_map()
HYPOTHESES = list_ids("hypothesis")


def arrows(graph) -> networkx.DiGraph:
    made = networkx.DiGraph([(edge.cause, edge.effect) for edge in graph.edges])
    made.add_nodes_from(node.id for node in graph.map.nodes)
    return made


def back_door_sets(graph, cause: str, effect: str) -> list[set[str]]:
    """Every smallest set of measured nodes that satisfies the back-door criterion, by trying all of them."""
    made = arrows(graph)
    after = networkx.descendants(made, cause)
    without = made.copy()
    without.remove_edges_from(list(made.out_edges(cause)))
    free = sorted(set(made) - after - graph.hidden - {cause, effect})
    found: list[set[str]] = []
    for names in chain.from_iterable(combinations(free, size) for size in range(len(free) + 1)):
        if any(known <= set(names) for known in found):
            continue
        if networkx.is_d_separator(without, {cause}, {effect}, set(names)):
            found.append(set(names))
    return found


@pytest.mark.parametrize("question", WHOLE.map.effects, ids=lambda row: row.id)
def test_adjustment_sets_are_those_that_trying_all_of_them_gives(question):
    for graph in (WHOLE, causal_map(hypothesis=question.hypothesis)):
        found = graph.adjustment(question.cause, question.effect)
        if question.effect not in networkx.descendants(arrows(graph), question.cause):
            assert found["sets"] == []
            continue
        expected = back_door_sets(graph, question.cause, question.effect)
        assert sorted(map(sorted, found["sets"])) == sorted(map(sorted, expected))
        assert found["identified"] == bool(expected)
        assert bool(found["needs_hidden"]) == (not expected)


@pytest.mark.parametrize("row", debate(), ids=lambda row: row["id"])
def test_what_would_go_together_without_a_hypothesis(row):
    own = f"{MODULE}.{PREFIX}{row['hypothesis']}"
    off = [own] if own in coupling_rows() and row["hypothesis"] != "integrated" else couplings_of(row["hypothesis"])
    made = networkx.DiGraph([(edge.cause, edge.effect) for edge in WHOLE.edges if edge.coupling not in off])
    made.add_nodes_from(node.id for node in WHOLE.map.nodes)
    anyway = row["without_the_hypothesis"]
    assert anyway["association"] != networkx.is_d_separator(made, {row["cause"]}, {row["effect"]}, set())
    assert anyway["still_causes"] == (row["effect"] in networkx.descendants(made, row["cause"]))
    common = networkx.ancestors(made, row["cause"]) & networkx.ancestors(made, row["effect"])
    assert anyway["common_causes"] == (sorted(common) if anyway["association"] else [])
    if anyway["gone_after_adjusting"]:
        assert networkx.is_d_separator(made, {row["cause"]}, {row["effect"]}, set(anyway["gone_after_adjusting"]))


def test_the_trait_would_make_tone_and_depression_go_together_without_any_effect():
    only = causal_map(hypothesis="vulnerability")
    assert only.adjustment("opioid_tone", "depression")["needs_hidden"] == [["vulnerability"]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the reader's own library
def test_dagitty_is_read_back_as_the_same_graph():
    text = WHOLE.dagitty("breakup", "distress")
    back = opened("pgmpy.base").DAG.from_dagitty(text)
    assert set(back.edges) == {(edge.cause, edge.effect) for edge in WHOLE.edges}
    assert "vulnerability [latent]" in text
    assert "breakup [exposure]" in text and "distress [outcome]" in text


def test_dot_names_every_node_and_arrow():
    text = WHOLE.dot()
    assert text.count(" -> ") == len(WHOLE.edges)
    for node in WHOLE.map.nodes:
        assert f'  {node.id} [label="' in text
    assert text.count("dashed") == len(WHOLE.hidden)


# --- the map and the body cannot drift apart ----------------------------------------------------------------------


def test_every_weight_of_the_body_is_on_an_arrow_and_every_coupling_is_a_row_of_the_body():
    on_arrows = {edge.coupling for edge in WHOLE.edges if edge.coupling}
    assert on_arrows == set(coupling_rows())


def test_hypotheses_change_weights_that_the_map_knows():
    for name in HYPOTHESES:
        assert {change.row for change in get("hypothesis", name).changes} <= set(coupling_rows()), name


def test_the_arrows_of_a_hypothesis_are_those_whose_weight_it_leaves():
    always = {edge for edge in WHOLE.edges if edge.coupling is None}
    for name in HYPOTHESES:
        kept = {edge.coupling for edge in set(causal_map(hypothesis=name).edges) - always}
        assert kept == {row for row, weight in weights_of(name).items() if weight}, name


def test_each_hypothesis_of_the_debate_has_its_question():
    asked = {row.hypothesis for row in WHOLE.map.effects}
    assert asked == set(HYPOTHESES) - {"none"}


def test_without_any_coupling_a_loss_reaches_distress_only_by_itself_and_by_loneliness():
    none = arrows(causal_map(hypothesis="none"))
    ways = {way[1] for way in networkx.all_simple_paths(none, "breakup", "distress")}
    assert ways == {"distress", "isolation", "network_loss"}


def test_unknown_names_are_refused():
    with pytest.raises(RequestError, match="no node"):
        WHOLE.adjustment("breakup", "distres")
    with pytest.raises(RequestError, match="unknown hypothesis"):
        causal_map(hypothesis="opioids")
