"""A graph as SVG, without any other program."""

from __future__ import annotations

import html
import itertools
import unicodedata
from collections import defaultdict

from tangentc.drawing.graph import COLOURS, EDGE, FILLS, FONT, SIZE, Graph, Node
from tangentc.drawing.layered import Layout, Place, layout

__all__ = ["svg"]

MARGIN = 8.0
LINE = 17.0
"""From one line of text to the next."""
PADDING = (12.0, 7.0)
ARROW = 7.0
PORTS = 9.0
"""Between arrows that arrive at one node."""

_WIDTHS = {"narrow": 0.3, "digit": 0.56, "lower": 0.54, "upper": 0.72, "small": 0.4, "other": 0.62}
"""Of letters, in parts of their size; rather too wide than too narrow for the usual fonts."""


def svg(graph: Graph) -> str:
    """The picture of a graph."""
    return _Drawing(graph).text()


def text_width(text: str, bold: bool = False) -> float:
    """About how wide a text is."""
    return (
        sum(_WIDTHS[_sort(letter)] for letter in text if not unicodedata.combining(letter))
        * SIZE
        * (1.08 if bold else 1.0)
    )


def _sort(letter: str) -> str:
    if letter in " .,:;'|!()[]ijl/":
        return "narrow"
    if letter.isdigit():
        return "digit" if letter.isascii() else "small"
    if letter in "₋⁻":
        return "small"
    if letter.isalpha():
        return "lower" if letter.islower() else "upper"
    return "other"


def _size(node: Node) -> tuple[float, float]:
    width = max((text_width(line.text, line.tone == "strong") for line in node.lines), default=0.0)
    return max(width, 14.0) + 2 * PADDING[0], max(len(node.lines), 1) * LINE + 2 * PADDING[1]


class _Drawing:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.across_first = graph.direction == "TB"
        self.sizes = {node.key: _size(node) for node in graph.nodes}
        extents = {key: self.turned(*size) for key, size in self.sizes.items()}
        edges = [(edge.source, edge.target) for edge in graph.edges]
        self.layout: Layout = layout(graph.order, edges, extents)

    def turned(self, along: float, across: float) -> tuple[float, float]:
        """x and y of what is along and across the edges; also the other way round."""
        return (across, along) if self.across_first else (along, across)

    def at(self, along: float, across: float) -> str:
        x, y = self.turned(along, across)
        return f"{_short(x + MARGIN)},{_short(y + MARGIN)}"

    def text(self) -> str:
        length = self.layout.ends[-1] if self.layout.ends else 0.0
        width, height = (side + 2 * MARGIN for side in self.turned(length, self.layout.width))
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_short(width)}" height="{_short(height)}" '
            f'viewBox="0 0 {_short(width)} {_short(height)}" font-family="{FONT}" font-size="{SIZE}" '
            f'text-anchor="middle" role="img">',
            f"<title>{html.escape(self.graph.name)}</title>",
            *self.edges(),
            *(line for node in self.graph.nodes for line in self.node(node)),
            "</svg>",
            "",
        ]
        return "\n".join(lines)

    def node(self, node: Node) -> list[str]:
        place = self.layout.places[node.key]
        x, y = (each + MARGIN for each in self.turned(place.along, place.across))
        width, height = self.sizes[node.key]
        fill, border = FILLS[node.kind]
        lines = [
            "<g>",
            f'<rect x="{_short(x - width / 2)}" y="{_short(y - height / 2)}" width="{_short(width)}" '
            f'height="{_short(height)}" rx="6" fill="{fill}" stroke="{border}"/>',
        ]
        if node.title:
            lines.insert(1, f"<title>{html.escape(node.title)}</title>")
        first = y - (len(node.lines) - 1) * LINE / 2 + SIZE * 0.35
        for number, line in enumerate(node.lines):
            weight = ' font-weight="bold"' if line.tone == "strong" else ""
            lines.append(
                f'<text x="{_short(x)}" y="{_short(first + number * LINE)}" fill="{COLOURS[line.tone]}"{weight}>'
                f"{html.escape(line.text)}</text>"
            )
        return [*lines, "</g>"]

    # --- edges ------------------------------------------------------------------------------------

    def edges(self) -> list[str]:
        arriving: dict[str, list[int]] = defaultdict(list)
        for number, route in enumerate(self.layout.routes):
            arriving[route[-1].key].append(number)
        ports: dict[int, float] = {}
        for key, numbers in arriving.items():
            numbers.sort(key=lambda number: (self.layout.routes[number][-2].across, number))
            room = self.layout.places[key].width - 2 * PORTS
            step = min(PORTS, room / max(len(numbers) - 1, 1))
            for position, number in enumerate(numbers):
                ports[number] = (position - (len(numbers) - 1) / 2) * step
        return [
            line
            for number, route in enumerate(self.layout.routes)
            for line in self.edge(route, ports[number])
        ]

    def edge(self, route: list[Place], port: float) -> list[str]:
        """Straight through the layers that it crosses, curved between them."""
        source, target = route[0], route[-1]
        end, across = target.along - target.extent / 2, target.across + port
        path = [f"M{self.at(source.along + source.extent / 2, source.across)}"]
        for place, following in itertools.pairwise(route):
            leave, arrive = self.layout.ends[place.rank], self.layout.starts[following.rank]
            to = following.across
            if following is target:
                arrive, to = min(arrive, end - ARROW), across
            middle = (leave + arrive) / 2
            path.append(f"L{self.at(leave, place.across)}")
            path.append(f"C{self.at(middle, place.across)} {self.at(middle, to)} {self.at(arrive, to)}")
        path.append(f"L{self.at(end - ARROW / 2, across)}")
        corners = [(end, across), (end - ARROW, across - ARROW / 2), (end - ARROW, across + ARROW / 2)]
        head = " ".join(self.at(*corner) for corner in corners)
        return [
            f'<path d="{" ".join(path)}" fill="none" stroke="{EDGE}"/>',
            f'<polygon points="{head}" fill="{EDGE}"/>',
        ]


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
