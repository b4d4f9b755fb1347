"""Where the nodes of a graph stand when it is drawn in layers.

Each node stands in the layer after the last of those that lead to it; an edge that crosses layers has a place in
each of them, which the edges of one source share.  The order within the layers avoids crossings, the places within an
order keep edges straight: Sugiyama, Tagawa & Toda, "Methods for visual understanding of hierarchical system
structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981).
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["Layout", "Place", "layout"]

GAP = 46.0
"""Between layers."""
SPACE = 16.0
"""Between neighbours in a layer."""
LANE = 6.0
"""What an edge that crosses a layer takes up there."""
SWEEPS = 13


@dataclass(slots=True, eq=False)
class Place:
    """A node, or an edge where it crosses a layer.

    along, across: the centre, in the direction of the edges and at right angles to it.
    """

    rank: int
    extent: float  # along
    width: float  # across
    key: str = ""  # of a node
    before: list[Place] = field(default_factory=list)
    after: list[Place] = field(default_factory=list)
    along: float = 0.0
    across: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is.

    places: of the nodes, by key.  routes: for each edge what it passes, from its source to its target.
    starts, ends: where each layer begins and ends along the edges.  width: of the whole across them, from 0.
    """

    places: dict[str, Place]
    routes: list[list[Place]]
    starts: list[float]
    ends: list[float]
    width: float


def layout(
    order: Sequence[str],
    edges: Sequence[tuple[str, str]],
    sizes: dict[str, tuple[float, float]],
) -> Layout:
    """A place for each node.

    Args:
        order: the keys, such that each edge leads to a later one.
        sizes: what each node takes up along the edges, and across.
    """
    places = _ranked(order, edges, sizes)
    layers: list[list[Place]] = [[] for _ in range(1 + max((p.rank for p in places.values()), default=-1))]
    for place in places.values():
        layers[place.rank].append(place)
    routes = _routes(places, edges, layers)
    layers = _ordered(layers)
    starts, ends = _along(layers)
    _across(layers)
    shift = min((p.across - p.width / 2 for layer in layers for p in layer), default=0.0)
    for place in (place for layer in layers for place in layer):
        place.across -= shift
    width = max((p.across + p.width / 2 for layer in layers for p in layer), default=0.0)
    return Layout(places, routes, starts, ends, width)


def _ranked(
    order: Sequence[str], edges: Iterable[tuple[str, str]], sizes: dict[str, tuple[float, float]]
) -> dict[str, Place]:
    sources: dict[str, list[str]] = {key: [] for key in order}
    for source, target in edges:
        sources[target].append(source)
    places: dict[str, Place] = {}
    for key in order:
        rank = max((places[source].rank + 1 for source in sources[key]), default=0)
        places[key] = Place(rank, *sizes[key], key)
    return places


def _routes(
    places: dict[str, Place], edges: Sequence[tuple[str, str]], layers: list[list[Place]]
) -> list[list[Place]]:
    lanes: dict[str, list[Place]] = {key: [] for key in places}
    routes = []
    for source, target in edges:
        start, end = places[source], places[target]
        own = lanes[source]
        while start.rank + len(own) + 1 < end.rank:
            lane = Place(start.rank + len(own) + 1, 0.0, LANE)
            _join(own[-1] if own else start, lane)
            layers[lane.rank].append(lane)
            own.append(lane)
        route = [start, *own[: end.rank - start.rank - 1], end]
        _join(route[-2], end)
        routes.append(route)
    return routes


def _join(before: Place, after: Place) -> None:
    if after not in before.after:
        before.after.append(after)
        after.before.append(before)


# --- the order within layers -------------------------------------------------------------------


def _ordered(layers: list[list[Place]]) -> list[list[Place]]:
    """The layers in the order with the fewest crossings that some sweeps to and fro come by."""
    best, fewest = layers, _crossings(layers)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        layers = [list(layer) for layer in layers]
        forwards = sweep % 2 == 0
        for number in range(1, len(layers)) if forwards else range(len(layers) - 2, -1, -1):
            layers[number] = _by_centres(
                layers[number], layers[number - 1 if forwards else number + 1], forwards
            )
        crossings = _crossings(layers)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _by_centres(layer: list[Place], fixed: list[Place], forwards: bool) -> list[Place]:
    """A layer in the order of the mean positions of what its places are joined to in the layer that is fixed."""
    positions = {place: position for position, place in enumerate(fixed)}
    centres = {}
    for position, place in enumerate(layer):
        near = place.before if forwards else place.after
        centres[place] = sum(positions[p] for p in near) / len(near) if near else position
    return sorted(layer, key=centres.__getitem__)


def _crossings(layers: list[list[Place]]) -> int:
    """How many pairs of edges between neighbouring layers cross."""
    count = 0
    for layer, following in itertools.pairwise(layers):
        positions = {place: position for position, place in enumerate(following)}
        seen: list[int] = []
        for place in layer:
            ends = sorted(positions[end] for end in place.after)
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


# --- coordinates -------------------------------------------------------------------------------


def _along(layers: list[list[Place]]) -> tuple[list[float], list[float]]:
    starts, ends = [], []
    start = 0.0
    for layer in layers:
        extent = max((place.extent for place in layer), default=0.0)
        starts.append(start)
        ends.append(start + extent)
        for place in layer:
            place.along = start + extent / 2
        start += extent + GAP
    return starts, ends


def _across(layers: list[list[Place]]) -> None:
    """Each place near the mean of those that it is joined to, and none too near another."""
    for layer in layers:
        _settle(layer, [0.0] * len(layer))
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        for layer in layers if forwards else reversed(layers):
            _settle(layer, [_wanted(place, forwards, last=sweep == SWEEPS - 1) for place in layer])


def _wanted(place: Place, forwards: bool, last: bool) -> float:
    """The mean of what is joined to a place on one side; at last on both, unless an edge is straight as it is."""
    near = place.before if forwards else place.after
    is_chain = not place.key or (len(place.before) == 1 and len(place.before[0].after) == 1)
    if not near or (last and not is_chain):
        near = [*place.before, *place.after]
    return sum(p.across for p in near) / len(near) if near else place.across


def _settle(layer: list[Place], wanted: Sequence[float]) -> None:
    """The places in their order, with room between them, such that the squares of distances to what is wanted add up to
    the least: where two are too near they form a block, which stands at the mean of what its members want."""
    offsets, offset = [], 0.0
    for place, following in zip(layer, [*layer[1:], None], strict=True):
        offsets.append(offset)
        if following is not None:
            offset += (place.width + following.width) / 2 + SPACE
    blocks: list[tuple[float, int]] = []  # the sum of what the members want, and their number
    for want, shift in zip(wanted, offsets, strict=True):
        total, count = want - shift, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            more, members = blocks.pop()
            total, count = total + more, count + members
        blocks.append((total, count))
    means = [total / count for total, count in blocks for _ in range(count)]
    for place, mean, shift in zip(layer, means, offsets, strict=True):
        place.across = mean + shift
