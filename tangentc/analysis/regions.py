"""Where things are: a number for every node, and the region that binds every value.

Positions answer the question that all of memory comes down to: is there a store between here and there?
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tangentc.ir.build import blocks_of, results_of
from tangentc.ir.nodes import Block, Function, Loop, Node, Var

__all__ = ["Region", "Regions", "regions"]


@dataclass(eq=False, slots=True)
class Region:
    """A block in its place: the node that contains it, and the region of that node."""

    block: Block
    parent: Region | None = None
    owner: Node | None = None
    loops: tuple[Loop, ...] = ()  # the loops whose bodies contain this block, outermost first

    @property
    def in_loop(self) -> bool:
        return bool(self.loops)

    def chain(self) -> list[Region]:
        """This region and those around it, innermost first."""
        found: list[Region] = []
        region: Region | None = self
        while region is not None:
            found.append(region)
            region = region.parent
        return found


@dataclass(slots=True)
class Regions:
    """The regions of a function.

    `start[node]` numbers the nodes in program order, `end[node]` is the number of the last node inside;
    a value is bound at `bound[var]`: the start of its node, or just before a block's first node for parameters,
    or the end of the If or Loop that it results from.
    """

    top: Region
    of_block: dict[int, Region] = field(default_factory=dict)
    home: dict[Var, Region] = field(default_factory=dict)
    node_of: dict[Var, Node] = field(default_factory=dict)
    start: dict[int, int] = field(default_factory=dict)
    end: dict[int, int] = field(default_factory=dict)
    region_of: dict[int, Region] = field(default_factory=dict)
    bound: dict[Var, int] = field(default_factory=dict)
    order: list[tuple[Node, Region]] = field(default_factory=list)

    def starts(self, node: Node) -> int:
        return self.start[id(node)]

    def ends(self, node: Node) -> int:
        return self.end[id(node)]

    def reach(
        self, here: int, there: int, here_loops: tuple[Loop, ...], there_loops: tuple[Loop, ...]
    ) -> int:
        """The last position that can run between `here` and `there`: each loop around `there` alone runs to its end."""
        limit = there
        for loop in there_loops:
            if loop not in here_loops:
                limit = max(limit, self.ends(loop))
                break
        return limit


def regions(function: Function) -> Regions:
    """Number the nodes of a function and find the region of every value."""
    top = Region(function.body)
    found = Regions(top)
    counter = 0

    def visit(region: Region) -> None:
        nonlocal counter
        found.of_block[id(region.block)] = region
        for var in region.block.params:
            found.home[var] = region
            found.bound[var] = counter
        counter += 1
        for node in region.block.nodes:
            found.start[id(node)] = counter
            found.region_of[id(node)] = region
            found.order.append((node, region))
            counter += 1
            for block in blocks_of(node):
                loops = (*region.loops, node) if isinstance(node, Loop) else region.loops
                visit(Region(block, region, node, loops))
            counter += 1
            found.end[id(node)] = counter - 1
            for var in results_of(node):
                found.home[var] = region
                found.node_of[var] = node
                found.bound[var] = counter - 1

    visit(top)
    return found
