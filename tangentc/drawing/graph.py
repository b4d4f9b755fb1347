"""A graph without cycles: nodes with a few lines of text, and arrows between them."""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Edge", "Engine", "Graph", "Line", "Node", "Tone"]

Tone = Literal["strong", "plain", "faint", "accent"]
"""How a line of text stands out."""

Kind = Literal["input", "operation", "output"]
Engine = Literal["auto", "graphviz", "plain"]

COLOURS: dict[Tone, str] = {"strong": "#1b1f24", "plain": "#1b1f24", "faint": "#59636e", "accent": "#b3261e"}
FILLS: dict[Kind, tuple[str, str]] = {  # inside, border
    "input": ("#e3eefa", "#6a8fb8"),
    "operation": ("#f8f8f6", "#a3a39d"),
    "output": ("#e4f3e6", "#6fa277"),
}
EDGE = "#6e7781"
FONT = "Helvetica, Arial, sans-serif"
SIZE = 13
"""Of the letters, in pixels."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a node's text."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    key: what edges call it.  lines: its text.  title: shown by browsers when the mouse is above it.
    """

    key: str
    lines: tuple[Line, ...]
    kind: Kind = "operation"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one node to another, by their keys."""

    source: str
    target: str


class Graph:
    """Nodes and the arrows between them.

    A notebook shows the picture.

    Args:
        direction: "LR", from left to right, or "TB", from top to bottom.
        name: what the graph is of.
    Raises:
        ValueError: two nodes have one key, an edge leads to no node, or edges form a cycle.
    """

    def __init__(
        self,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        direction: Literal["LR", "TB"] = "LR",
        name: str = "graph",
    ) -> None:
        self.nodes = tuple(nodes)
        self.edges = tuple(edges)
        self.direction: Literal["LR", "TB"] = direction
        self.name = name
        self.order = _order(self.nodes, self.edges)

    def __repr__(self) -> str:
        return f"<Graph of {self.name}: {len(self.nodes)} nodes, {len(self.edges)} edges>"

    @property
    def dot(self) -> str:
        """The graph in the language of Graphviz."""
        lines = [
            f"digraph {_quoted(self.name)} {{",
            f"  rankdir={self.direction};",
            '  bgcolor="transparent";',
            f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize={SIZE}, margin="0.12,0.06"];',
            f'  edge [color="{EDGE}", arrowsize=0.7];',
        ]
        for node in self.nodes:
            fill, border = FILLS[node.kind]
            title = f", tooltip={_quoted(node.title)}" if node.title else ""
            lines.append(
                f"  {_quoted(node.key)} [label=<{_label(node)}>, "
                f'fillcolor="{fill}", color="{border}"{title}];'
            )
        lines += [f"  {_quoted(edge.source)} -> {_quoted(edge.target)};" for edge in self.edges]
        return "\n".join([*lines, "}", ""])

    def svg(self, engine: Engine = "auto") -> str:
        """The picture as SVG.

        Args: engine: "graphviz", "plain" for the layout of this package, "auto" for Graphviz where it is installed.
        Raises: ImportError: Graphviz is asked for and not installed.
        """
        if engine == "auto":
            engine = "graphviz" if _has_graphviz() else "plain"
        if engine == "graphviz":
            text = self._graphviz("svg").decode("utf-8")
            return text[max(text.find("<svg"), 0) :]  # a page has no place for the head of a file
        if engine != "plain":
            raise ValueError(f"engine={engine!r} is none of 'auto', 'graphviz', 'plain'")
        from tangentc.drawing.svg import svg

        return svg(self)

    def save(self, path: str | Path, engine: Engine = "auto") -> None:
        """Write a file: .svg, .dot or .gv; .png or .pdf by Graphviz.

        Raises:
            ImportError: Graphviz is needed and not installed.
            ValueError: the file's ending is none of these.
        """
        path = Path(path)
        match path.suffix.lower():
            case ".svg":
                head = '<?xml version="1.0" encoding="UTF-8"?>\n'
                path.write_text(head + self.svg(engine), encoding="utf-8")
            case ".dot" | ".gv":
                path.write_text(self.dot, encoding="utf-8")
            case ".png" | ".pdf":
                path.write_bytes(self._graphviz(path.suffix.lower()[1:]))
            case other:
                raise ValueError(
                    f"a graph cannot be saved as {other or path.name!r}: .svg, .dot, .gv, .png, .pdf"
                )

    def _repr_svg_(self) -> str:
        return self.svg()

    def _graphviz(self, form: str) -> bytes:
        try:
            import graphviz
        except ImportError as error:
            raise ImportError(f"{_MISSING}: pip install 'tangentc[graph]'") from error
        if shutil.which("dot") is None:
            raise ImportError(f"{_MISSING}, and its program `dot`: https://graphviz.org/download/")
        drawn: bytes = graphviz.Source(self.dot).pipe(format=form)
        return drawn


_MISSING = "this drawing is made by Graphviz, which needs the package graphviz"


def _has_graphviz() -> bool:
    try:
        import graphviz  # noqa: F401
    except ImportError:
        return False
    return shutil.which("dot") is not None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(node: Node) -> str:
    """The lines of a node as what Graphviz calls an HTML-like label."""
    lines = []
    for line in node.lines:
        text = html.escape(line.text)
        text = f"<b>{text}</b>" if line.tone == "strong" else text
        lines.append(f'<font color="{COLOURS[line.tone]}">{text}</font>')
    return "<br/>".join(lines) or " "


def _order(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> tuple[str, ...]:
    """The keys such that every edge leads to a later one, otherwise in the order in which they were given."""
    waiting = {node.key: 0 for node in nodes}
    if len(waiting) != len(nodes):
        raise ValueError("two nodes of a graph have the same key")
    targets: dict[str, list[str]] = {key: [] for key in waiting}
    for edge in edges:
        if edge.source not in waiting or edge.target not in waiting:
            raise ValueError(f"the edge {edge.source!r} -> {edge.target!r} leads to or from no node")
        targets[edge.source].append(edge.target)
        waiting[edge.target] += 1
    ready = [key for key, count in waiting.items() if not count]
    for key in ready:  # which grows
        for target in targets[key]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    if len(ready) < len(nodes):
        raise ValueError("the edges of a graph form a cycle")
    return tuple(ready)
