"""Graphs as pictures: in the language of Graphviz, and as SVG, by Graphviz or by a layout of this package."""

from __future__ import annotations

from tangentc.drawing.graph import Edge, Graph, Line, Node

__all__ = ["Edge", "Graph", "Line", "Node"]
