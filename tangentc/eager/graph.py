"""The graph of a computation as it runs, and the backward pass through it.

A node stands for an operation that was run: it leads to the nodes that made its operands, its edges, and knows the
pullback of the operation, which the compiler generated.  Leaves are met by nodes that accumulate into `.grad`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tangentc.eager.modes import MODE

if TYPE_CHECKING:
    from tangentc.eager.tensor import Tensor

__all__ = ["AccumulateGrad", "Edge", "Handle", "Node", "backpropagate"]

SEQUENCE = itertools.count()

AGAIN = (
    "this part of the graph was used by an earlier backward pass, which freed what it had saved; "
    "give that pass retain_graph=True to go through the graph a second time"
)


class Handle:
    """What registering a hook gives back: `remove()` takes the hook away again."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks = hooks
        self.id = next(SEQUENCE)

    def remove(self) -> None:
        self._hooks.pop(self.id, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def add_hook(hooks: dict[int, Any], hook: Callable[..., Any]) -> Handle:
    handle = Handle(hooks)
    hooks[handle.id] = hook
    return handle


class Hooks:
    """What is called when a pass comes to a node, and whose gradients are kept."""

    __slots__ = ("after", "before", "of_outputs", "retained")

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.of_outputs: dict[int, dict[int, Any]] = {}  # by position of the output
        self.retained: dict[int, Any] = {}  # the tensors, by position of the output
        self.after: dict[int, Any] = {}


class Node:
    """An operation that was run.

    Its attributes and methods are those of PyTorch's nodes: `name()`, `next_functions`, `register_hook`,
    `register_prehook`.
    """

    __slots__ = ("__weakref__", "_name", "edges", "hooks", "outputs", "released", "sequence")

    def __init__(self, name: str, edges: tuple[Edge | None, ...], outputs: tuple[Any, ...]) -> None:
        self._name = name
        self.edges = edges
        self.outputs = outputs  # dtype and shape of each, None for those without derivative
        self.sequence = next(SEQUENCE)
        self.released = False
        self.hooks: Hooks | None = None

    def own_hooks(self) -> Hooks:
        if self.hooks is None:
            self.hooks = Hooks()
        return self.hooks

    def name(self) -> str:
        return self._name

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The nodes that made the operands, and which of their outputs they are; None for constants."""
        return tuple((None, 0) if edge is None else edge for edge in self.edges)

    def register_hook(self, hook: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` after each pullback; what it returns, if anything, replaces
        grad_inputs."""
        return add_hook(self.own_hooks().after, hook)

    def register_prehook(self, hook: Callable[[tuple[Any, ...]], Any]) -> Handle:
        """Call `hook(grad_outputs)` before each pullback; what it returns, if anything, replaces them."""
        return add_hook(self.own_hooks().before, hook)

    def __repr__(self) -> str:
        return f"<{self._name} object at {id(self):#x}>"

    # --- what kinds of nodes differ in ----------------------------------------------------------

    def pull(self, bars: list[Any], retain: bool) -> Sequence[Any]:
        """The cotangents of the operands (an entry for each edge), from those of the outputs, as arrays.

        Raises: RuntimeError: what the pullback needs was freed, or changed in place.
        """
        raise NotImplementedError

    def pull_tensors(self, bars: list[Any]) -> Sequence[Any]:
        """As `pull`, recorded: tensors from tensors."""
        raise NotImplementedError

    def release(self) -> None:
        """Free what was saved."""
        self.released = True


Edge = tuple[Node, int]


class AccumulateGrad(Node):
    """The end of the graph at a leaf: adds to its `.grad`."""

    __slots__ = ("variable",)

    def __init__(self, variable: Tensor) -> None:
        self._name = "AccumulateGrad"
        self.edges = ()
        self.outputs = ((variable._array.dtype, variable._array.shape),)
        self.sequence = 1 << 62  # as soon as all its contributions are there
        self.released = False
        self.hooks = None
        self.variable = variable

    def accumulate(self, bar: Any, is_own: bool) -> None:
        """Args: is_own: nobody else holds the array, so it may be kept as it is."""
        leaf = self.variable
        if leaf._grad is None:
            leaf._grad = bar if isinstance(bar, _tensor()) else _tensor()(bar if is_own else bar.copy())
        elif isinstance(bar, _tensor()):
            leaf._grad = leaf._grad + bar
        else:
            leaf._grad._array += bar
            leaf._grad._version.value += 1


def backpropagate(
    roots: Iterable[tuple[Edge, Any]],
    *,
    retain_graph: bool,
    create_graph: bool,
    wanted: Sequence[Edge] | None = None,
) -> list[Any]:
    """Run the pullbacks from the roots to the leaves, each once, when all that it waits for has come.

    Args:
        roots: edges of the outputs with their cotangents: arrays, or tensors where `create_graph`.
        retain_graph: keep what the nodes saved.
        create_graph: record the pass itself.
        wanted: the edges whose cotangents are asked for; None: those of all leaves, into their `.grad`.
    Returns: the cotangents of the wanted edges, None for those that were not reached.
    """
    return _Pass(retain_graph, create_graph, wanted).run(list(roots))


class _Pass:
    def __init__(self, retain: bool, create: bool, wanted: Sequence[Edge] | None) -> None:
        self.retain = retain
        self.create = create
        self.wanted = None if wanted is None else {edge: position for position, edge in enumerate(wanted)}
        self.found: list[Any] = [None] * len(wanted or ())
        self.edges = wanted
        self.bars: dict[Node, list[_Sum | None]] = {}

    def run(self, roots: list[tuple[Edge, Any]]) -> list[Any]:
        waiting = _uses([node for (node, _), _ in roots])
        useful = None if self.wanted is None else _leading_to({node for node, _ in self.wanted}, waiting)
        ready: list[tuple[int, int, Node]] = []
        for (node, index), bar in roots:
            self._add(node, index, bar, False)
        for node in dict.fromkeys(node for (node, _), _ in roots):
            if not waiting[node]:
                _push(ready, node)
        with _Recording(self.create):
            while ready:
                node = heapq.heappop(ready)[2]
                for edge, bar, is_own in self._through(node, useful):
                    if bar is not None:
                        self._add(*edge, bar, is_own)
                for edge_ in node.edges:
                    if edge_ is not None:
                        waiting[edge_[0]] -= 1
                        if not waiting[edge_[0]]:
                            _push(ready, edge_[0])
        return (
            [self.found[self.wanted[edge]] for edge in self.edges]
            if self.wanted is not None and self.edges
            else self.found
        )

    def _add(self, node: Node, index: int, bar: Any, is_own: bool) -> None:
        sums = self.bars.setdefault(node, [None] * len(node.outputs))
        before = sums[index]
        if before is None:
            sums[index] = _Sum(bar, is_own)
        else:
            before.add(bar)

    def _through(self, node: Node, useful: set[Node] | None) -> Iterable[tuple[Edge, Any, bool]]:
        """What flows on from a node: edges with their cotangents, and whether nobody else holds these."""
        sums = self.bars.pop(node, None)
        if sums is None or all(each is None for each in sums):
            return ()
        bars: list[Any] = [None if each is None else each.value for each in sums]
        if node.hooks is not None:
            bars = self._seen_by_hooks(node.hooks, bars)
        if self.wanted is not None:
            for index in range(len(bars)):
                if (node, index) in self.wanted:
                    self.found[self.wanted[node, index]] = self._shown(bars[index], copy=True)
        if isinstance(node, AccumulateGrad):
            if self.wanted is None and bars[0] is not None:
                each = sums[0]
                node.accumulate(bars[0], each is not None and each.is_own and each.value is bars[0])
                if node.hooks is not None:
                    for late in list(node.hooks.after.values()):
                        late(node.variable)
            return ()
        if useful is not None and node not in useful:
            return ()
        return self._pulled(node, bars)

    def _seen_by_hooks(self, hooks: Hooks, bars: list[Any]) -> list[Any]:
        for hook in list(hooks.before.values()):
            replaced = hook(tuple(self._shown(bar) for bar in bars))
            if replaced is not None:
                bars = [
                    self._taken(bar) for bar in (replaced if isinstance(replaced, tuple) else (replaced,))
                ]
        for index, of_output in hooks.of_outputs.items():
            bars[index] = self._hooked(bars[index], of_output)
        for index, tensor in hooks.retained.items():
            kept = tensor()
            if kept is not None and bars[index] is not None:
                kept._grad = self._shown(bars[index], copy=True)
        return bars

    def _pulled(self, node: Node, bars: list[Any]) -> Iterable[tuple[Edge, Any, bool]]:
        results = node.pull_tensors(bars) if self.create else node.pull(bars, self.retain)
        if node.hooks is not None and node.hooks.after:
            shown = tuple(None if bar is None else self._shown(bar) for bar in results)
            for hook in list(node.hooks.after.values()):
                replaced = hook(shown, tuple(self._shown(bar) for bar in bars))
                shown = (
                    shown if replaced is None else replaced if isinstance(replaced, tuple) else (replaced,)
                )
            results = [self._taken(bar) for bar in shown]
        if not self.retain:
            node.release()
        return [
            (edge, bar, not self.create and _is_own(bar, bars, results))
            for edge, bar in zip(node.edges, results, strict=True)
            if edge is not None
        ]

    def _hooked(self, bar: Any, hooks: dict[int, Any]) -> Any:
        for hook in list(hooks.values()):
            if bar is not None:
                replaced = hook(self._shown(bar))
                bar = bar if replaced is None else self._taken(replaced)
        return bar

    def _shown(self, bar: Any, copy: bool = False) -> Any:
        """A cotangent as hooks and users see it: a tensor."""
        if bar is None or isinstance(bar, _tensor()):
            return bar
        return _tensor()(bar.copy() if copy else bar)

    def _taken(self, bar: Any) -> Any:
        """What a hook returned, as the pass uses it."""
        return bar._array if isinstance(bar, _tensor()) and not self.create else bar


class _Sum:
    """A cotangent that is being gathered."""

    __slots__ = ("is_own", "value")

    def __init__(self, value: Any, is_own: bool) -> None:
        self.value = value
        self.is_own = is_own

    def add(self, bar: Any) -> None:
        if self.is_own and isinstance(self.value, np.ndarray) and self.value.ndim:
            self.value += bar
        else:
            self.value = self.value + bar
            if isinstance(self.value, np.generic):
                self.value = np.asarray(self.value)
            self.is_own = isinstance(self.value, np.ndarray)


class _Recording:
    """The mode of a backward pass: recorded where a graph is asked for."""

    def __init__(self, records: bool) -> None:
        self.records = records

    def __enter__(self) -> None:
        self.before = MODE.records
        MODE.records = self.records

    def __exit__(self, *error: object) -> None:
        MODE.records = self.before


def _is_own(bar: Any, bars: list[Any], results: Sequence[Any]) -> bool:
    """Whether a pullback made this array anew, and gave it away once."""
    if type(bar) is not np.ndarray or bar.base is not None or not bar.flags.writeable:
        return False
    for other in bars:
        if bar is other:
            return False
    times = 0
    for other in results:
        times += bar is other
    return times == 1


def _push(ready: list[tuple[int, int, Node]], node: Node) -> None:
    heapq.heappush(ready, (-node.sequence, next(SEQUENCE), node))


def _uses(roots: list[Node]) -> dict[Node, int]:
    """How many edges lead to each node that can be reached."""
    uses = dict.fromkeys(roots, 0)
    stack = list(uses)
    while stack:
        for edge in stack.pop().edges:
            if edge is not None:
                if edge[0] not in uses:
                    uses[edge[0]] = 0
                    stack.append(edge[0])
                uses[edge[0]] += 1
    return uses


def _leading_to(wanted: set[Node], reached: dict[Node, int]) -> set[Node]:
    """The nodes from which a wanted node can be reached, these themselves left out unless they lead to others."""
    users: dict[Node, list[Node]] = {}
    for node in reached:
        for edge in node.edges:
            if edge is not None:
                users.setdefault(edge[0], []).append(node)
    found: set[Node] = set()
    stack = [node for node in wanted if node in reached]
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in found:
                found.add(user)
                stack.append(user)
    return found


def _tensor() -> Any:
    from tangentc.eager.tensor import Tensor

    return Tensor
