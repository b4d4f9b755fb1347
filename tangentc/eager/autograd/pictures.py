"""The graph of a tensor as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tangentc.drawing import Edge, Graph, Line, Node
from tangentc.eager.graph import AccumulateGrad
from tangentc.eager.graph import Node as Recorded
from tangentc.eager.tensor import Tensor, edge_of

__all__ = ["graph_of"]


def graph_of(
    tensors: Tensor | Iterable[Tensor],
    params: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None,
) -> Graph:
    """The nodes that were recorded on the way from the leaves to these tensors, with the shapes of what they made.

    Args: params: names of leaves, as `dict(model.named_parameters())` has them.
    Returns: a graph that notebooks show and `save("graph.svg")` writes; arrows lead as the computation ran.
    Raises: RuntimeError: a tensor was not recorded.
    """
    roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    names = {id(leaf): name for name, leaf in dict(params or {}).items()}
    reached: list[Recorded] = []
    keys: dict[Recorded, str] = {}
    stack: list[Recorded] = []
    for root in roots:
        edge = edge_of(root)
        if edge is None:
            raise RuntimeError("a tensor that requires no gradient has no graph")
        stack.append(edge[0])
    ends = set(stack)
    while stack:
        node = stack.pop()
        if node not in keys:
            keys[node] = f"n{len(keys)}"
            reached.append(node)
            stack += [following[0] for following in reversed(node.edges) if following is not None]
    nodes = [_drawn(node, keys[node], names, node in ends) for node in reached]
    arrows = {
        (keys[before[0]], keys[node]): None for node in reached for before in node.edges if before is not None
    }
    return Graph(nodes, [Edge(*arrow) for arrow in arrows], direction="TB", name="the graph of a tensor")


def _drawn(node: Recorded, key: str, names: Mapping[int, str], is_end: bool) -> Node:
    shapes = [_shape(output) for output in node.outputs if output is not None]
    if isinstance(node, AccumulateGrad):
        name = names.get(id(node.variable), "leaf")
        return Node(
            key, (Line(name, "strong"), *[Line(shape, "faint") for shape in shapes]), "input", node.name()
        )
    lines = (Line(node.name(), "plain"), *[Line(shape, "faint") for shape in shapes[:4]])
    return Node(key, lines, "output" if is_end else "operation")


def _shape(output: Any) -> str:
    return f"({', '.join(map(str, output[1]))})"
