"""The trace as text: stable, complete, and readable enough to be compared in tests."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any as AnyType

from tangentc.ir.nodes import (
    UNDEF,
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    Hole,
    If,
    Index,
    Literal,
    Loop,
    Node,
    Op,
    Parameter,
    Range,
    Section,
    Slice,
    Store,
    Tree,
    Var,
    With,
)
from tangentc.ir.subprograms import subprograms
from tangentc.ir.trees import is_atom
from tangentc.kinds.records import class_of_tree
from tangentc.kinds.types import (
    Any,
    Array,
    Bool,
    Complex,
    Const,
    Dict,
    Dim,
    Float,
    Int,
    Kind,
    List,
    Map,
    Object,
    Scalar,
    Symbol,
    Tape,
    Tuple,
)
from tangentc.kinds.types import Function as Callable

__all__ = ["show"]


def show(function: Function) -> str:
    """The trace of a function as text, callees after it.

    A version of a user's name is `x`, `x.1`, `x.2` … in order of binding, `x@1` in an inlined frame;
    a temporary is `%1`, `%2` …; a derived value carries its role, `x_bar`.
    """
    found: list[Function] = []
    pending = [function]
    while pending:
        current = pending.pop(0)
        if all(current is not other for other in found):
            found.append(current)
            pending += [*current.callees.values(), *subprograms(current)]
    return "\n\n".join("\n".join(_Text().function(each)) for each in found) + "\n"


class _Text:
    """Names given so far, in order of appearance."""

    def __init__(self) -> None:
        self.labels: dict[Var, str] = {}
        self.taken: dict[str, int] = {}
        self.sizes: dict[Hashable, str] = {}

    # --- names

    def label(self, var: Var) -> str:
        if var not in self.labels:
            stem = self.stem(var)
            number = self.taken.get(stem, 0)
            self.taken[stem] = number + 1
            self.labels[var] = (
                f"{stem}{number + 1}" if stem == "%" else f"{stem}.{number}" if number else stem
            )
        return self.labels[var]

    def stem(self, var: Var) -> str:
        if var.of is not None:
            return f"{self.label(var.of)}_{var.role}"
        return f"{var.name}@{var.scope}" if var.name and var.scope else var.name or "%"

    def atom(self, value: Atom) -> str:
        if isinstance(value, Literal):
            return "undefined" if value is UNDEF else _constant(value.value)
        return self.label(value)

    def atoms(self, values: Sequence[Atom]) -> str:
        return ", ".join(map(self.atom, values))

    def bound(self, variables: Sequence[Var]) -> str:
        return ", ".join(f"{self.label(var)}: {self.kind(var.kind)}" for var in variables)

    def tree(self, tree: Tree, bound: bool = False) -> str:
        if is_atom(tree):
            return self.bound((tree,)) if bound and isinstance(tree, Var) else self.atom(tree)
        cls = class_of_tree(tree)
        if cls is not None:
            parts = (f"{key}={self.tree(item, bound)}" for key, item in tree.items() if isinstance(key, str))
            return f"{cls.__name__}({', '.join(parts)})"
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{key!r}: {self.tree(item, bound)}" for key, item in tree.items()) + "}"
        items = ", ".join(self.tree(item, bound) for item in tree)
        return f"[{items}]" if isinstance(tree, list) else f"({items},)" if len(tree) == 1 else f"({items})"

    # --- kinds

    def kind(self, kind: Kind) -> str:
        match kind:
            case Const(value):
                return f"const {_constant(value)}"
            case Bool() | Float() | Complex() | Any():
                return type(kind).__name__.lower()
            case Int(size):
                return "int" if size is None else f"int {self.size(size)}"
            case Scalar(dtype):
                return f"np.{dtype.name}"
            case Array(dtype, dims):
                name = "?" if dtype is None else dtype.name
                return f"{name}[{'...' if dims is None else ', '.join(map(self.size, dims))}]"
            case Tuple(items):
                return f"({', '.join(map(self.kind, items))})"
            case List(item, size):
                return f"list of {self.kind(item)}" + ("" if size is None else f", length {self.size(size)}")
            case Dict(entries):
                return "{" + ", ".join(f"{key!r}: {self.kind(item)}" for key, item in entries) + "}"
            case Map(key, value):
                return f"dict from {self.kind(key)} to {self.kind(value)}"
            case Object(cls):
                return cls.__qualname__
            case Callable(value):
                return f"function {getattr(value, '__qualname__', type(value).__name__)}"
            case Tape(item):
                return f"tape of {self.kind(item)}"

    def size(self, size: AnyType) -> str:
        match size:
            case Dim(base, minus):
                return self.size(base) + (f"-{minus}" if minus else "")
            case Symbol():
                if size not in self.sizes:
                    number = self.taken.get(f"[{size.hint}", 0)
                    self.taken[f"[{size.hint}"] = number + 1
                    self.sizes[size] = f"{size.hint}{number or ''}"
                return self.sizes[size]
            case Var() | Literal():
                return self.atom(size)
            case tuple():
                head, *rest = size or ("",)
                return (
                    f"{head if isinstance(head, str) else self.size(head)}({', '.join(map(self.size, rest))})"
                )
        return str(size)

    # --- nodes

    def function(self, function: Function) -> Iterator[str]:
        parameters = ", ".join(map(self.parameter, function.parameters))
        yield f"{function.name}({parameters}):"
        yield from self.nodes(function.body, "    ")
        yield f"    return {self.tree(function.result)}"

    def parameter(self, parameter: Parameter) -> str:
        """`x: float`, or `params as {"w": w: float64[n]}` where it is unpacked."""
        tree = parameter.tree
        plain = isinstance(tree, Var) and self.label(tree) == parameter.name
        text = self.tree(tree, bound=True) if plain else f"{parameter.name} as {self.tree(tree, bound=True)}"
        if parameter.kind not in ("POSITIONAL_OR_KEYWORD", "hidden"):
            text = f"{parameter.kind.lower().replace('_', ' ')} {text}"
        if parameter.kind == "hidden":
            text = f"hidden {text} from {parameter.origin}"
        return f"{text} = {_constant(parameter.default)}" if parameter.has_default else text

    def block(self, block: Block, indent: str) -> Iterator[str]:
        yield from self.nodes(block, indent)
        yield f"{indent}yield {self.atoms(block.yields)}".rstrip()

    def nodes(self, block: Block, indent: str) -> Iterator[str]:
        for node in block.nodes:
            yield from self.node(node, indent)

    def node(self, node: Node, indent: str) -> Iterator[str]:
        match node:
            case Op(results):
                value = self.value(node)
                yield f"{indent}{self.bound(results)} = {value}" if results else f"{indent}{value}"
            case Store(target, index, operands, value, accumulate):
                place = f"{self.atom(target)}[{self.index(index, operands)}]"
                yield f"{indent}{place} {accumulate}= {self.atom(value)}"
            case If(results, condition, then, orelse):
                yield f"{indent}if {self.atom(condition)}:"
                yield from self.block(then, indent + "    ")
                yield f"{indent}else:"
                yield from self.block(orelse, indent + "    ")
                yield from self.ends(results, indent)
            case Loop():
                yield from self.loop(node, indent)
            case With(results, context, inside):
                given = f" as {self.bound(inside.params)}" if inside.params else ""
                yield f"{indent}with {self.atom(context)}{given}:"
                yield from self.block(inside, indent + "    ")
                yield from self.ends(results, indent)
            case Attempt(results, outcome, classes, inside):
                yield f"{indent}attempt:"
                yield from self.block(inside, indent + "    ")
                yield from self.ends(results, indent)
                caught = ", ".join(cls.__name__ for cls in classes)
                yield f"{indent}except {caught} as {self.bound((outcome,))}"
            case Call(results, callee, operands):
                yield f"{indent}{self.bound(results)} = call {callee}({self.atoms(operands)})"
            case Section(title):
                yield f"{indent}# {title}"

    def ends(self, results: Sequence[Var], indent: str) -> Iterator[str]:
        if results:
            yield f"{indent}-> {self.bound(results)}"

    def value(self, op: Op) -> str:
        operands = op.operands
        if op.primitive.name == "getitem":
            return f"{self.atom(operands[0])}[{self.index(op.attr('index'), operands[1:])}]"
        attrs = [f"{name}={_constant(value)}" for name, value in op.attrs]
        return f"{op.primitive.name}({', '.join([*map(self.atom, operands), *attrs])})"

    def loop(self, loop: Loop, indent: str) -> Iterator[str]:
        params = loop.body.params
        head = "while true"
        if loop.range is not None:
            head = f"for {self.bound(params[:1])} in {self.range(loop.range)}"
            params = params[1:]
        elif loop.test is not None:
            head = "while"
        carried = ", ".join(
            f"{self.bound((param,))} = {self.atom(init)}"
            for param, init in zip(params, loop.inits, strict=True)
        )
        yield f"{indent}{head}" + (f" with {carried}:" if carried else ":")
        if loop.test is not None:
            names = ", ".join(self.label(param) for param in loop.test.params)
            yield f"{indent}test{' ' if names else ''}{names}:"
            yield from self.block(loop.test, indent + "    ")
            yield f"{indent}do:"
        yield from self.nodes(loop.body, indent + "    ")
        yields = loop.body.yields
        if loop.has_stop:
            yield f"{indent}    stop if {self.atom(yields[0])}"
            yields = yields[1:]
        yield f"{indent}    yield {self.atoms(yields)}".rstrip()
        yield from self.ends(loop.results, indent)

    def range(self, bounds: Range) -> str:
        text = f"range({self.atoms((bounds.start, bounds.stop, bounds.step))})"
        if bounds.trips is not None:
            text += f"[:{self.atom(bounds.trips)}]"
        return f"reversed({text})" if bounds.reverse else text

    def index(self, index: Index, operands: Sequence[Atom]) -> str:
        def part(value: AnyType) -> str:
            return self.atom(operands[value.position]) if isinstance(value, Hole) else repr(value)

        def entry(value: AnyType) -> str:
            if value is Ellipsis:
                return "..."
            if not isinstance(value, Slice):
                return part(value)
            ends = (value.start, value.stop) if value.step is None else (value.start, value.stop, value.step)
            return ":".join("" if end is None else part(end) for end in ends)

        return ", ".join(map(entry, index)) if index else "()"


def _constant(value: AnyType) -> str:
    """A constant by value; what prints its address, by name."""
    if isinstance(value, tuple):
        items = ", ".join(map(_constant, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, type) or callable(value):
        return getattr(value, "__qualname__", type(value).__qualname__)
    text = repr(value)
    return type(value).__qualname__ if " at 0x" in text else text
