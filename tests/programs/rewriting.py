"""Other texts of the same program: renamed, spelled out, unrolled, with loop bodies as functions.

Each rewriting is a function from the tree of a program to another tree, and leaves alone what it does not apply to.
Plain Python decides whether the two are the same program: a rewritten text counts only if its result is, bit for bit,
that of the original.
"""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np

from tangentc.kinds.records import fields_of, is_record

__all__ = ["outlined", "renamed", "rewritten", "spelled_out", "unrolled", "with_while"]

Rewriting = Callable[[ast.FunctionDef, dict[str, Any]], ast.FunctionDef]

_FILES = count()


def rewritten(
    function: Callable[..., Any], arguments: Sequence[Any], *rewritings: Rewriting
) -> Callable[..., Any] | None:
    """`function` in another form that returns the same for these arguments; None if there is none.

    A rewriting is given the tree, and the arguments by name.
    """
    tree = _tree_of(function)
    if tree is None:
        return None
    before = ast.dump(tree)
    known = _by_name(tree, arguments)
    for rewriting in rewritings:
        tree = rewriting(tree, known)
    if ast.dump(tree) == before:
        return None
    try:
        other = _loaded(ast.unparse(ast.fix_missing_locations(tree)), function)
        return other if _agree(function, other, arguments) else None
    except (NameError, SyntaxError):  # a name that is bound elsewhere, or not yet
        return None


def _tree_of(function: Callable[..., Any]) -> ast.FunctionDef | None:
    if (
        not isinstance(function, types.FunctionType)
        or function.__closure__
        or hasattr(function, "__wrapped__")
    ):
        return None
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__ or tree.decorator_list:
        return None
    return None if any(isinstance(node, ast.ClassDef) for node in ast.walk(tree)) else tree


def _by_name(tree: ast.FunctionDef, arguments: Sequence[Any]) -> dict[str, Any]:
    names = [arg.arg for arg in (*tree.args.posonlyargs, *tree.args.args)]
    return dict(zip(names, arguments))


def _loaded(text: str, function: Any) -> Callable[..., Any]:
    """The function that a text defines, with the globals of another; its source can be found."""
    name = f"<{function.__name__} rewritten {next(_FILES)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = dict(function.__globals__)
    exec(compile(text, name, "exec"), namespace)
    made = namespace[function.__name__]
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return made


def _agree(function: Callable[..., Any], other: Callable[..., Any], arguments: Sequence[Any]) -> bool:
    return _equal(other(*copy.deepcopy(arguments)), function(*copy.deepcopy(arguments)))


def _equal(got: Any, expected: Any) -> bool:
    if type(got) is not type(expected):
        return False
    if is_record(type(expected)):
        return _equal(fields_of(got), fields_of(expected))
    if isinstance(expected, (tuple, list)):
        return len(got) == len(expected) and all(map(_equal, got, expected))
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all(_equal(got[key], expected[key]) for key in expected)
    return np.array_equal(got, expected)


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are bound, in whatever scope."""
    found = set()
    for root in nodes:
        for node in ast.walk(root):
            match node:
                case (
                    ast.Name(id=name, ctx=ast.Store() | ast.Del())
                    | ast.arg(arg=name)
                    | ast.FunctionDef(name=name)
                ):
                    found.add(name)
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    found.add(name)
                case ast.ExceptHandler(name=str(name)) | ast.MatchMapping(rest=str(name)):
                    found.add(name)
    return found


def _read(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for root in nodes for node in ast.walk(root) if isinstance(node, ast.Name)}


def _own(body: Sequence[ast.AST], kinds: tuple[type[ast.AST], ...], loops: bool = True) -> bool:
    """Whether statements of these kinds stand here, not in functions, and not in inner loops unless `loops`."""
    for node in body:
        if isinstance(node, kinds):
            return True
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.For, ast.While)) and not loops:
            if _own(node.orelse, kinds, loops):
                return True
            continue
        if _own(list(ast.iter_child_nodes(node)), kinds, loops):
            return True
    return False


# --- other names ------------------------------------------------------------------------------------------

# Names that emitted code likes to use itself.
_TAKEN = (
    "result", "v1", "v1_bar", "x_bar", "x_tape", "v2", "shadows", "x_dot", "y_bar", "math", "v2_bar", "trips", "tape",
    "broke", "v3", "i_1", "numerics", "x_1", "v1_dot", "returned", "u_bar", "_1", "i", "result_bar", "v4", "np_",
    "v1_tape", "seed", "x_shape", "else_", "v3_bar", "condition", "saved",
)  # fmt: skip


def renamed(tree: ast.FunctionDef, known: dict[str, Any]) -> ast.FunctionDef:
    """Every local name becomes another, of the kind that emitted code uses itself; the order is turned round."""
    outside = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    keywords = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    keywords |= {
        arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for arg in node.kwonlyargs
    }
    local = _stored([tree]) - {tree.name} - outside - keywords - set(dir(builtins))
    taken = (_read([tree]) - local) | keywords
    names = [name for name in _TAKEN if name not in taken]
    names += [f"w{k}" for k in range(len(local))]
    return _Renaming(dict(zip(sorted(local, reverse=True), names))).visit(tree)


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        match node:
            case ast.Name():
                node.id = self.names.get(node.id, node.id)
            case ast.arg():
                node.arg = self.names.get(node.arg, node.arg)
            case ast.Nonlocal():
                node.names = [self.names.get(name, name) for name in node.names]
            case ast.MatchMapping():
                node.rest = self.names.get(node.rest, node.rest)
            case ast.FunctionDef() | ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                node.name = self.names.get(node.name, node.name) if node.name else node.name
        return node


# --- other statements ---------------------------------------------------------------------------------------


def spelled_out(tree: ast.FunctionDef, known: dict[str, Any]) -> ast.FunctionDef:
    """`a[i] += v` becomes `a[i] = a[i] + v`."""
    return _SpellingOut().visit(tree)


class _SpellingOut(ast.NodeTransformer):
    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Subscript):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        return ast.Assign([node.target], ast.BinOp(read, node.op, node.value), lineno=node.lineno)


def with_while(tree: ast.FunctionDef, known: dict[str, Any]) -> ast.FunctionDef:
    """`for i in range(a, b, c)` becomes a `while` loop with a counter of its own."""
    return _Counting().visit(tree)


class _Counting(ast.NodeTransformer):
    def __init__(self) -> None:
        self.loops = count()

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        bounds = _range_of(node)
        if bounds is None or node.orelse:
            return node
        start, stop, step = bounds
        try:
            downwards = ast.literal_eval(step) < 0
        except ValueError:
            return node
        k = next(self.loops)
        before = ast.parse(f"next_{k} = 0; stop_{k} = 0").body
        before[0].value, before[1].value = start, stop
        head = ast.parse(
            f"while next_{k} {'>' if downwards else '<'} stop_{k}:\n    {node.target.id} = next_{k}"
        ).body[0]
        advance = ast.parse(f"next_{k} = next_{k} + 0").body[0]
        advance.value.right = step
        head.body += [advance, *node.body]
        return [*before, head]


def _range_of(node: ast.For) -> tuple[ast.expr, ast.expr, ast.expr] | None:
    """Start, stop and step of `for i in range(...)`."""
    match node:
        case ast.For(target=ast.Name(), iter=ast.Call(func=ast.Name(id="range"), args=args, keywords=[])):
            if any(isinstance(arg, ast.Starred) for arg in args):
                return None
            zero, one = ast.Constant(0), ast.Constant(1)
            return (zero, args[0], one) if len(args) == 1 else (*args, one)[:3]
    return None


# --- no loops -----------------------------------------------------------------------------------------------

_TRIPS = 4  # a loop of more is left as it is
_STATEMENTS = 60  # so is one that would make more


def unrolled(tree: ast.FunctionDef, known: dict[str, Any]) -> ast.FunctionDef:
    """The bodies of loops over ranges, once for each trip that they make with these arguments."""
    inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node is not tree]
    written = _stored(tree.body)
    names = {
        name: value for name, value in known.items() if name not in written and not _stored(inner) & {name}
    }
    tree.body = _Unrolling().block(tree.body, names)
    return tree


class _Unrolling:
    def __init__(self) -> None:
        self.left = _STATEMENTS

    def block(self, body: list[ast.stmt], names: dict[str, Any]) -> list[ast.stmt]:
        return [made for node in body for made in self.statement(node, names)] or [ast.Pass()]

    def statement(self, node: ast.stmt, names: dict[str, Any]) -> list[ast.stmt]:
        match node:
            case ast.For():
                trips = self.trips(node, names)
                if trips is None:
                    node.body = self.block(node.body, _without(names, _stored([node])))
                    return [node]
                self.left -= max(0, len(trips) - 1) * sum(
                    isinstance(each, ast.stmt) for each in ast.walk(node)
                )
                made: list[ast.stmt] = []
                for trip in trips:
                    made.append(
                        ast.Assign([copy.deepcopy(node.target)], ast.Constant(trip), lineno=node.lineno)
                    )
                    made += self.block(copy.deepcopy(node.body), {**names, node.target.id: trip})
                return made
            case ast.While():
                node.body = self.block(node.body, _without(names, _stored([node])))
            case ast.If():
                node.body = self.block(node.body, names)
                node.orelse = self.block(node.orelse, names) if node.orelse else []
        return [node]

    def trips(self, node: ast.For, names: dict[str, Any]) -> list[int] | None:
        bounds = _range_of(node)
        if bounds is None or node.orelse or node.target.id in _stored(node.body):
            return None
        if _own(node.body, (ast.Break, ast.Continue), loops=False):
            return None
        values = [_value(bound, names) for bound in bounds]
        if any(value is None for value in values):
            return None
        trips = list(range(*values))
        size = sum(isinstance(each, ast.stmt) for each in ast.walk(node))
        # a loop without trips may be all that binds a name
        return trips if 0 < len(trips) <= _TRIPS and (len(trips) - 1) * size <= self.left else None


def _without(names: dict[str, Any], lost: set[str]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if name not in lost}


def _value(node: ast.expr, names: dict[str, Any]) -> int | None:
    """The value of an expression of sizes and known integers."""
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) if name not in names and name not in ("len", "min", "max"):
                return None
            case ast.Call(func=ast.Name()) | ast.Attribute(attr="shape" | "size"):
                pass
            case ast.Call() | ast.Attribute() | ast.NamedExpr():
                return None
            case ast.Subscript(value=value) if not isinstance(value, ast.Attribute):
                return None
    found = eval(
        compile(ast.Expression(ast.fix_missing_locations(copy.deepcopy(node))), "<size>", "eval"), dict(names)
    )
    return found if type(found) is int else None


# --- bodies of loops as functions ---------------------------------------------------------------------------


def outlined(tree: ast.FunctionDef, known: dict[str, Any]) -> ast.FunctionDef:
    """The body of each outermost loop becomes a function that is called in every trip."""
    return _Outlining(tree).run()


class _Outlining(ast.NodeTransformer):
    def __init__(self, tree: ast.FunctionDef) -> None:
        self.tree = tree
        self.functions = count()

    def run(self) -> ast.FunctionDef:
        self.tree.body = [made for node in self.tree.body for made in _as_list(self.visit(node))]
        return self.tree

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_For(self, node: ast.For) -> Any:
        return self.loop(node, sorted(_stored([node.target])))

    def visit_While(self, node: ast.While) -> Any:
        return self.loop(node, [])

    def loop(self, node: ast.For | ast.While, targets: list[str]) -> Any:
        exits = (ast.Return, ast.Yield, ast.Nonlocal, ast.Global, ast.FunctionDef, ast.NamedExpr)
        if _own(node.body, exits) or _own(node.body, (ast.Break, ast.Continue), loops=False):
            return self.generic_visit(node)
        body, node.body = node.body, []
        written = _stored(body) - set(targets) - _stored(_comprehensions(body))
        bound, used = _stored([self.tree]), _stored([self.tree]) | _read([self.tree])
        if not written & used <= bound:
            node.body = body
            return self.generic_visit(node)
        name = f"step_{next(self.functions)}"
        node.body = ast.parse(f"{name}({', '.join(targets)})").body
        made = ast.parse(f"def {name}({', '.join(targets)}): pass").body[0]
        made.body = body
        if written & bound:
            made.body = [ast.Nonlocal(sorted(written & bound)), *body]
        return [made, node]


def _comprehensions(body: Sequence[ast.AST]) -> list[ast.AST]:
    return [node.target for root in body for node in ast.walk(root) if isinstance(node, ast.comprehension)]


def _as_list(made: Any) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]
