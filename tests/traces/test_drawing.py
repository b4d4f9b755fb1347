"""Graphs: what they are made of, where the layout puts it, both ways of drawing it."""

from __future__ import annotations

import builtins
import itertools
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from tangentc import trace
from tangentc.drawing import Edge, Graph, Line, Node
from tangentc.drawing import graph as drawing
from tangentc.drawing.layered import LANE, SPACE, layout
from tests.traces.programs import lecture, recurrence

SVG = "{http://www.w3.org/2000/svg}"


def boxes(graph, direction="LR"):
    """The rectangles of the nodes: left, top, right, bottom."""
    root = ElementTree.fromstring(graph.svg("plain"))
    found = []
    for rect in root.iter(f"{SVG}rect"):
        x, y, width, height = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
        found.append((x, y, x + width, y + height))
    size = float(root.get("width")), float(root.get("height"))
    return found, size, root


def random_graph(rng, nodes, edges, direction="LR"):
    pairs = [sorted(rng.choice(nodes, 2, replace=False)) for _ in range(edges)]
    made = [Node(f"n{i}", (Line(f"v{i} = " + "x" * int(rng.integers(12)), "strong"),) * int(rng.integers(1, 4)))
            for i in range(nodes)]  # fmt: skip
    return Graph(made, [Edge(f"n{a}", f"n{b}") for a, b in pairs], direction)


# --- the graph of a trace -----------------------------------------------------------------------


def test_the_graph_of_the_lecture(golden):
    graph = trace(lecture, (2.0, 5.0)).graph()
    assert [node.key for node in graph.nodes] == ["v_-1", "v_0", "v_1", "v_2", "v_3", "v_4", "v_5", "y"]
    assert [node.kind for node in graph.nodes] == ["input"] * 2 + ["operation"] * 5 + ["output"]
    assert {(edge.source, edge.target) for edge in graph.edges} == {
        ("v_-1", "v_1"), ("v_-1", "v_2"), ("v_0", "v_2"), ("v_0", "v_3"), ("v_1", "v_4"), ("v_2", "v_4"),
        ("v_4", "v_5"), ("v_3", "v_5"), ("v_5", "y"),
    }  # fmt: skip
    texts = {node.key: [line.text for line in node.lines] for node in graph.nodes}
    assert texts["v_0"] == ["v₀ = x₂", "= 5", "v\u0307₀ = 0", "v\u0304₀ = 1.716"]
    assert texts["v_3"] == ["v₃ = sin(v₀)", "= −0.959", "v\u0307₃ = 0", "v\u0304₃ = −1"]
    golden("lecture.dot", graph.dot)
    golden("lecture.svg", graph.svg("plain"))


def test_a_quantity_without_an_adjoint_has_no_line_of_it():
    graph = trace(lecture, (2.0, 5.0), mode="primal").graph()
    assert [len(node.lines) for node in graph.nodes] == [2] * 7 + [1]


def test_a_value_that_is_used_twice_has_two_arrows():
    graph = trace(lambda x: x * x, 3.0).graph()
    assert [(e.source, e.target) for e in graph.edges] == [("v_0", "v_1"), ("v_0", "v_1"), ("v_1", "y")]
    root = boxes(graph)[2]
    assert len(list(root.iter(f"{SVG}polygon"))) == 3


def test_stores_and_views():
    graph = trace(recurrence, (np.array([1.0, 2.0, 3.0]), 3)).graph()
    sources = {node.key: {e.source for e in graph.edges if e.target == node.key} for node in graph.nodes}
    assert sources["v_5"] == {"v_1", "v_4"} and sources["v_21"] == {"v_20"} and sources["v_20"] == {"v_19"}


def test_a_graph_that_is_too_large():
    def f(x):
        for _ in range(300):
            x = x * 0.9
        return x

    found = trace(f, 1.0, mode="primal")
    with pytest.raises(ValueError, match="graph of f has 301 nodes, more than the limit of 200"):
        found.graph()
    assert len(found.graph(limit=400).nodes) == 302


# --- the layout ---------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize(("nodes", "edges"), [(1, 0), (2, 1), (6, 9), (25, 40), (40, 120)])
def test_nothing_overlaps_and_everything_is_in_the_picture(rng, nodes, edges, direction):
    found, (width, height), root = boxes(random_graph(rng, nodes, edges, direction))
    assert len(found) == nodes
    for (a, b, c, d), (e, f, g, h) in itertools.combinations(found, 2):
        assert c <= e or g <= a or d <= f or h <= b
    assert all(0 <= a and 0 <= b and c <= width and d <= height for a, b, c, d in found)
    for path in root.iter(f"{SVG}path"):
        points = [
            tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.]+,[-\d.]+", path.get("d"))
        ]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
        # through the layers in one direction, and through no node but where it begins and ends
        along = [point[direction == "TB"] for point in points]
        assert along == sorted(along)
        inside = [box for box in found if any(box[0] + 1 < x < box[2] - 1 and box[1] + 1 < y < box[3] - 1
                                              for x, y in points)]  # fmt: skip
        assert not inside


def test_edges_lead_forwards_and_lanes_are_shared(rng):
    order = [f"n{i}" for i in range(8)]
    edges = [("n0", "n1"), ("n1", "n2"), ("n2", "n3"), ("n0", "n3"), ("n0", "n2"), ("n5", "n6")]
    found = layout(order, edges, {key: (30.0, 20.0) for key in order})
    assert [found.places[key].rank for key in order] == [0, 1, 2, 3, 0, 0, 1, 0]
    assert found.routes[3][1] is found.routes[4][1] and found.routes[3][1].width == LANE
    layers = {}
    for place in found.places.values():
        layers.setdefault(place.rank, []).append(place)
    for layer in layers.values():
        centres = sorted(place.across for place in layer)
        assert all(b - a >= 20.0 + SPACE - 1e-9 for a, b in itertools.pairwise(centres))


def test_a_chain_is_straight_and_crossings_are_avoided():
    order = ["a", "b", "c", "d", "e", "f"]
    found = layout(
        order, [("a", "d"), ("b", "c"), ("c", "e"), ("d", "f")], {key: (30.0, 20.0) for key in order}
    )
    across = {key: place.across for key, place in found.places.items()}
    assert across["a"] == pytest.approx(across["d"]) == pytest.approx(across["f"])
    assert across["b"] == pytest.approx(across["c"]) == pytest.approx(across["e"])


def test_the_same_graph_is_the_same_picture(rng):
    texts = {random_graph(np.random.default_rng(3), 20, 40).svg("plain") for _ in range(3)}
    assert len(texts) == 1


# --- the forms ----------------------------------------------------------------------------------

MARKUP = Graph(
    [Node('a"<&', (Line('x < y & "z"', "strong"), Line("</text>")), "input", "<title>"), Node("b", ())],
    [Edge('a"<&', "b")],
    name='f"<&',
)


def test_texts_are_escaped():
    root = boxes(MARKUP)[2]
    assert [text.text for text in root.iter(f"{SVG}text")] == ['x < y & "z"', "</text>"]
    assert [title.text for title in root.iter(f"{SVG}title")] == ['f"<&', "<title>"]
    assert r'"a\"<&" -> "b";' in MARKUP.dot and "<b>x &lt; y &amp;" in MARKUP.dot


def test_drawn_by_graphviz():
    pytest.importorskip("graphviz")
    if not drawing._has_graphviz():
        pytest.skip("the program `dot` is not installed")
    for graph, count in ((MARKUP, 2), (trace(lecture, (2.0, 5.0)).graph(), 8)):
        root = ElementTree.fromstring(graph.svg("graphviz"))
        assert len([g for g in root.iter(f"{SVG}g") if g.get("class") == "node"]) == count


def test_without_graphviz(monkeypatch, tmp_path):
    imported = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "graphviz":
            raise ImportError(name)
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    graph = trace(lecture, (2.0, 5.0)).graph()
    assert graph.svg() == graph.svg("plain") == graph._repr_svg_()
    graph.save(tmp_path / "g.svg")
    assert ElementTree.parse(tmp_path / "g.svg").getroot().tag == f"{SVG}svg"
    with pytest.raises(ImportError, match=r"pip install 'tangentc\[graph\]'"):
        graph.svg("graphviz")
    with pytest.raises(ImportError, match=r"tangentc\[graph\]"):
        graph.save(tmp_path / "g.png")


def test_without_the_program(monkeypatch, tmp_path):
    pytest.importorskip("graphviz")
    monkeypatch.setattr(drawing.shutil, "which", lambda name: None)
    graph = trace(lecture, (2.0, 5.0)).graph()
    assert graph.svg() == graph.svg("plain")
    with pytest.raises(ImportError, match="program `dot`"):
        graph.svg("graphviz")


def test_files(tmp_path):
    graph = trace(lecture, (2.0, 5.0)).graph()
    graph.save(tmp_path / "g.gv")
    assert (tmp_path / "g.gv").read_text(encoding="utf-8") == graph.dot
    for name in ("g.bmp", "g"):
        with pytest.raises(ValueError, match=r"cannot be saved as .*\.svg, \.dot"):
            graph.save(tmp_path / name)
    with pytest.raises(ValueError, match="engine='dot'"):
        graph.svg("dot")


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        (["a", "a"], [], "same key"),
        (["a"], [("a", "b")], "leads to or from no node"),
        (["a", "b"], [("a", "b"), ("b", "a")], "form a cycle"),
        (["a"], [("a", "a")], "form a cycle"),
    ],
)
def test_no_graph(nodes, edges, message):
    with pytest.raises(ValueError, match=message):
        Graph([Node(key, ()) for key in nodes], [Edge(*edge) for edge in edges])


def test_an_empty_graph():
    assert ElementTree.fromstring(Graph([], []).svg("plain")).tag == f"{SVG}svg"
