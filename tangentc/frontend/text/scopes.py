"""Whose name it is: the scopes of a function, and the frames of the calls that are being lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gast

from tangentc.source import SourceFile

if TYPE_CHECKING:
    from tangentc.frontend.state.context import Flow
    from tangentc.frontend.text.liveness import Liveness

__all__ = ["Consumer", "Frame", "Names", "assigned", "names_of", "own_nodes"]

_SCOPES = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)
_COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a function binds, and those that it declares to be somebody else's."""

    bound: frozenset[str]
    nonlocals: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Frame:
    """One inlined call: its names, where its text is, and where its free names are found.

    `parent` is the frame that the function was defined in, if the program defined it; `cells` and
    `globals` belong to the live function at the root of that chain.
    """

    scope: int
    names: Names
    file: SourceFile
    globals: dict[str, Any]
    cells: dict[str, Any] = field(default_factory=dict)
    parent: Frame | None = None
    function: str = ""
    loops: int = 0
    owner: type | None = None
    liveness: Liveness | None = None
    is_comprehension: bool = False
    first: str = ""
    site: tuple[gast.AST | None, ...] | None = None
    consumer: Consumer | None = None

    @property
    def is_library(self) -> bool:
        """Whether it is a call of the compiler's own library, which stands for the user's expression at `site`."""
        return self.site is not None

    @property
    def chain(self) -> tuple[Frame, ...]:
        """The frame and, if it is a generator's, those that its `yield` statements run on in."""
        return (self,) if self.consumer is None else (self, *self.consumer.frame.chain)

    @property
    def lineage(self) -> tuple[Frame, ...]:
        """The frame and those that it was defined in."""
        return (self,) if self.parent is None else (self, *self.parent.lineage)


@dataclass(eq=False, slots=True)
class Consumer:
    """Who takes what a generator yields: `body` is spliced in at each `yield` and runs in `frame`.

    node: the loop whose body it is; None for a consumer that the compiler made.  keys: the names that the body binds.
    calls: the calls that are active in the frame.  left: how the body leaves its loop, as far as is known.
    """

    frame: Frame
    node: gast.AST | None
    body: Callable[[Any], Flow]
    keys: tuple[tuple[int, str], ...] = ()
    calls: tuple[Any, ...] = ()
    is_static: bool = False
    """Whether every trip must be known at compile time."""
    left: Flow | None = None
    returned: bool = False
    """Whether the generator may end by a `return` of its own."""


def own_nodes(statements: Iterable[gast.AST]) -> Iterator[gast.AST]:
    """Every node that belongs to the same scope; nested functions and comprehensions appear without their insides."""
    pending = list(statements)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _COMPREHENSIONS):
            pending.append(node.generators[0].iter)
            pending.extend(_walruses(node))
            continue
        pending.extend(reversed(list(gast.iter_child_nodes(node))))


def _walruses(node: gast.AST) -> list[gast.AST]:
    """The targets of `:=` inside a comprehension: they belong to the function around it."""
    return [child.target for child in gast.walk(node) if isinstance(child, gast.NamedExpr)]


def assigned(statements: Iterable[gast.AST]) -> list[str]:
    """The names that statements of one scope may bind, in order of first appearance."""
    found: dict[str, None] = {}
    for node in own_nodes(statements):
        match node:
            case gast.Name(id=name, ctx=gast.Store() | gast.Del() | gast.Param()):
                found[name] = None
            case gast.FunctionDef(name=name) | gast.AsyncFunctionDef(name=name) | gast.ClassDef(name=name):
                found[name] = None
            case gast.Import() | gast.ImportFrom():
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = None
    return list(found)


def parameters(node: gast.FunctionDef | gast.Lambda) -> list[str]:
    """The parameter names of a function, in order."""
    spec = node.args
    names = [*spec.posonlyargs, *spec.args, *([spec.vararg] if spec.vararg else []), *spec.kwonlyargs]
    return [name.id for name in (*names, *([spec.kwarg] if spec.kwarg else []))]


def names_of(node: gast.FunctionDef | gast.Lambda) -> Names:
    """The scope of a function."""
    body = node.body if isinstance(node.body, list) else [node.body]
    outer: set[str] = set()
    globally: set[str] = set()
    for child in own_nodes(body):
        if isinstance(child, gast.Nonlocal):
            outer.update(child.names)
        elif isinstance(child, gast.Global):
            globally.update(child.names)
    bound = frozenset((*parameters(node), *assigned(body))) - outer - globally
    return Names(bound, frozenset(outer), frozenset(globally))
