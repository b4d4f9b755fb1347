"""Operations as Python expressions."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import math
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.emit.naming import identifier
from tangentc.emit.statements import Apply, Value
from tangentc.ir.nodes import Call, Function, Hole, Index, Literal, Op, Slice, Tree, Var
from tangentc.ir.subprograms import Subprogram
from tangentc.ir.trees import is_atom, unique
from tangentc.kinds.library_objects import gives_derivatives
from tangentc.kinds.records import class_of_tree, is_namedtuple
from tangentc.kinds.types import Array, Object
from tangentc.numerics import instance
from tangentc.primitives.core import Primitive, Syntax
from tangentc.primitives.dispatching import RUNTIME
from tangentc.primitives.functions import FOUND
from tangentc.primitives.libraries import library, resolve
from tangentc.primitives.signatures import signature_of
from tangentc.shadows import Shadows

__all__ = ["Expressions", "Names", "name", "subscript"]

_BINARY: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod, "**": ast.Pow,
    "@": ast.MatMult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor, "<<": ast.LShift, ">>": ast.RShift,
}  # fmt: skip
_COMPARE: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq,
    "is": ast.Is, "is not": ast.IsNot, "in": ast.In, "not in": ast.NotIn,
}  # fmt: skip
_UNARY: dict[str, type[ast.unaryop]] = {"-": ast.USub, "+": ast.UAdd, "~": ast.Invert, "not": ast.Not}

_LOAD = ast.Load()


def name(text: str) -> ast.Name:
    return ast.Name(id=text, ctx=_LOAD)


def call(function: ast.expr, *args: ast.expr, **keywords: ast.expr) -> ast.Call:
    return ast.Call(
        function, list(args), [ast.keyword(arg=key, value=value) for key, value in keywords.items()]
    )


def attribute(value: ast.expr, path: str) -> ast.expr:
    for part in path.split("."):
        value = ast.Attribute(value, part, _LOAD)
    return value


def negation(test: ast.expr) -> ast.expr:
    """`not test`, as one would write it."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Compare(left, [ast.Is()], [right]):
            return ast.Compare(left, [ast.IsNot()], [right])
        case ast.Compare(left, [ast.In()], [right]):
            return ast.Compare(left, [ast.NotIn()], [right])
    return ast.UnaryOp(ast.Not(), test)


def subscript(value: ast.expr, index: ast.expr, context: ast.expr_context = _LOAD) -> ast.Subscript:
    return ast.Subscript(value, index, context)


def binary(left: ast.expr, spelling: str, right: ast.expr) -> ast.expr:
    if spelling in _COMPARE:
        return ast.Compare(left, [_COMPARE[spelling]()], [right])
    return ast.BinOp(left, _BINARY[spelling](), right)


class Names:
    """What the emitted text refers to besides its own variables: modules, builtins, functions, objects.

    `bound` maps each such name to its object; builtins need no entry but are remembered in `used`.
    """

    def __init__(self, reserved: Sequence[str] = ()) -> None:
        self.reserved = frozenset(reserved)
        self.bound: dict[str, Any] = {}
        self.used: set[str] = set()

    def refer(self, wanted: str, value: Any) -> str:
        """The name under which the text finds this object."""
        for known, other in self.bound.items():
            if other is value:
                return known
        stem, number = identifier(wanted, "captured"), 1
        found = stem
        while found in self.reserved or found in self.bound or hasattr(builtins, found):
            number += 1
            found = f"{stem}_{number}"
        self.bound[found] = value
        return found

    def module(self, root: str) -> str:
        return self.refer(root, library(root))

    def builtin(self, word: str) -> str:
        if word in self.reserved:
            return self.refer(f"builtin_{word}", getattr(builtins, word))
        self.used.add(word)
        return word

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.bound) | self.used


@functools.cache
def _demanded(primitive: Primitive) -> frozenset[str]:
    """The attributes that the function itself has no default for: they are always printed."""
    try:
        parameters = inspect.signature(_callable(primitive)).parameters
    except (TypeError, ValueError):
        return frozenset()
    return frozenset(
        key
        for key in primitive.attributes
        if key in parameters and parameters[key].default is inspect.Parameter.empty
    )


def _callable(primitive: Primitive) -> Callable[..., Any]:
    """The function that the printed text calls, which takes `*arrays` as one tuple and the like."""
    found: Callable[..., Any] | None = resolve(primitive.spelling)
    return primitive.function if found is None else found


def _placed(primitive: Primitive, values: Sequence[ast.expr]) -> tuple[list[ast.expr], dict[str, ast.expr]]:
    """Operands by position, as far as the library's own signature has them in order; then by keyword.

    An optional operand that is None between others was not given.
    """
    if not primitive.signature or len(values) > len(primitive.operands):
        return list(values), {}
    signature = signature_of(primitive)
    places = [parameter.target for parameter in signature.positional]
    by_target = {parameter.target: parameter for parameter in signature.keywords.values()}
    first: list[ast.expr] = []
    named: dict[str, ast.expr] = {}
    for operand, value in zip(primitive.operands, values, strict=False):
        parameter = by_target.get(operand)
        if parameter is None:
            return list(values), {}
        if parameter.optional and isinstance(value, ast.Constant) and value.value is None:
            continue
        if not named and places[len(first) : len(first) + 1] == [operand]:
            first.append(value)
        else:
            named[parameter.name] = value
    return first, named


class Expressions:
    """Builds the syntax tree of values; `called` gives the name of a variable."""

    def __init__(
        self,
        called: Callable[[Var], str],
        names: Names,
        callees: Callable[[str | Function], str] = str,
    ) -> None:
        self.called = called
        self.names = names
        self.callees = callees

    def value(self, value: Value) -> ast.expr:
        if isinstance(value, Var):
            return name(self.called(value))
        if isinstance(value, Literal):
            return self.constant(value.value)
        if isinstance(value.node, Call):
            return call(name(self.callees(value.node.callee)), *map(self.value, value.operands))
        return self.operation(value.node, value.operands)

    def values(self, values: Sequence[Value]) -> list[ast.expr]:
        return [self.value(value) for value in values]

    def tree(self, tree: Tree) -> ast.expr:
        """A display of a structured value."""
        if is_atom(tree) or isinstance(tree, Apply):
            return self.value(tree)
        cls = class_of_tree(tree)
        if cls is not None:
            return self.instance(
                cls, {key: self.tree(item) for key, item in tree.items() if isinstance(key, str)}
            )
        if isinstance(tree, dict):
            return ast.Dict([self.constant(key) for key in tree], [self.tree(item) for item in tree.values()])
        items = [self.tree(item) for item in tree]
        return ast.List(items, _LOAD) if isinstance(tree, list) else ast.Tuple(items, _LOAD)

    def instance(self, cls: type, attributes: dict[str, ast.expr]) -> ast.expr:
        """An object with these attributes."""
        if is_namedtuple(cls):
            return call(self.captured(cls), *attributes.values())
        return call(self.captured(instance), self.captured(cls), **attributes)

    # --- operations

    def operation(self, op: Op, operands: Sequence[Value]) -> ast.expr:
        primitive = op.primitive
        special = _SPECIAL.get(primitive.name)
        if special is not None:
            return special(self, op, operands)
        values = self.values(operands)
        match primitive.syntax:
            case Syntax.BINARY:
                return binary(values[0], primitive.spelling, values[1])
            case Syntax.UNARY:
                if primitive.spelling == "not" and isinstance(values[0], ast.Compare):
                    return negation(values[0])
                return ast.UnaryOp(_UNARY[primitive.spelling](), values[0])
            case Syntax.ATTRIBUTE:
                return attribute(values[0], primitive.spelling)
            case Syntax.METHOD:
                return call(attribute(values[0], primitive.spelling), *values[1:], **self.attributes(op))
            case _:
                first, named = _placed(primitive, values)
                return call(self.function(primitive), *first, **named, **self.attributes(op))

    def handed_over(self, program: Subprogram, values: Sequence[Value]) -> ast.expr:
        """A function of the program as one of what the library passes: `lambda x: residual(x, a)`."""
        title = name(self.callees(program.function))
        if not values:
            return title
        read = self.values(values)
        taken = {node.id for each in read for node in ast.walk(each) if isinstance(node, ast.Name)}
        own = program.function.parameters[: program.own]
        passed = [ast.arg(arg=unique(identifier(parameter.name), taken)) for parameter in own]
        spec = ast.arguments(posonlyargs=[], args=passed, kwonlyargs=[], kw_defaults=[], defaults=[])
        return ast.Lambda(spec, call(title, *(name(arg.arg) for arg in passed), *read))

    def attributes(self, op: Op, but: str = "") -> dict[str, ast.expr]:
        """The attributes as keywords, in the order of the declaration; one of them may have a form of its own."""
        given = dict(op.attrs)
        every = {**op.primitive.attributes, **given}
        printed = [key for key in every if key != but and (key in given or key in _demanded(op.primitive))]
        return {key: self.constant(every[key]) for key in printed}

    def function(self, primitive: Primitive) -> ast.expr:
        """The function of a primitive by its spelling."""
        root, _, rest = primitive.spelling.partition(".")
        if library(root) is not None and rest:
            return attribute(name(self.names.module(root)), rest)
        if not rest and getattr(builtins, root, None) is primitive.function:
            return name(self.names.builtin(root))
        return self.captured(primitive.function, primitive.spelling.rpartition(".")[2])

    def captured(self, value: Any, wanted: str = "") -> ast.expr:
        """An object by name: a builtin, what NumPy offers, or an entry of the namespace."""
        own = getattr(value, "__name__", "")
        if own and getattr(builtins, own, None) is value:
            return name(self.names.builtin(own))
        path = _numpy_path(value)
        if path:
            root, _, rest = path.partition(".")
            return attribute(name(self.names.module(root)), rest)
        return name(self.names.refer(wanted or own or type(value).__name__.lower(), value))

    # --- indices

    def index(self, index: Index, operands: Sequence[Value]) -> ast.expr:
        def part(entry: Any) -> ast.expr | None:
            if entry is None:
                return None
            return self.value(operands[entry.position]) if isinstance(entry, Hole) else self.constant(entry)

        def entry(each: Any) -> ast.expr:
            if isinstance(each, Slice):
                return ast.Slice(part(each.start), part(each.stop), part(each.step))
            return part(each) or ast.Constant(None)

        entries = [entry(each) for each in index]
        return entries[0] if len(entries) == 1 else ast.Tuple(entries, _LOAD)

    # --- constants

    def constant(self, value: Any) -> ast.expr:
        """An expression for a constant; a negative number is an operation on a positive one."""
        match value:
            case None | bool() | str() | bytes() | types.EllipsisType():
                return ast.Constant(value)
            case np.generic():
                return self._scalar(value)
            case int():
                return self._signed(value, value < 0)
            case float():
                return self._float(value)
            case complex():
                return self._complex(value)
            case tuple():
                return ast.Tuple([self.constant(item) for item in value], _LOAD)
            case list():
                return ast.List([self.constant(item) for item in value], _LOAD)
            case dict():
                keys = [self.constant(key) for key in value]
                return ast.Dict(list(keys), [self.constant(item) for item in value.values()])
            case slice() | range():
                ends = (value.start, value.stop, value.step)
                return call(name(self.names.builtin(type(value).__name__)), *map(self.constant, ends))
            case np.dtype():
                return self._dtype(value)
            case Literal():
                return self.constant(value.value)
            case _:
                return self.captured(value)

    def _signed(self, value: int | float, negative: bool) -> ast.expr:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if negative else ast.Constant(value)

    def _float(self, value: float) -> ast.expr:
        if math.isfinite(value):
            return self._signed(value, math.copysign(1.0, value) < 0)
        np_name = name(self.names.module("np"))
        found = attribute(np_name, "nan" if math.isnan(value) else "inf")
        return ast.UnaryOp(ast.USub(), found) if value < 0 else found

    def _complex(self, value: complex) -> ast.expr:
        plain = value.real == 0 and math.copysign(1.0, value.real) > 0
        if plain and math.isfinite(value.imag) and math.copysign(1.0, value.imag) > 0:
            return ast.Constant(value)
        return call(name(self.names.builtin("complex")), self._float(value.real), self._float(value.imag))

    def _scalar(self, value: np.generic) -> ast.expr:
        scalar_type = attribute(name(self.names.module("np")), type(value).__name__)
        if isinstance(value, np.longdouble) and value.item() != value:  # more digits than a float has
            return call(scalar_type, ast.Constant(repr(value)[len("np.longdouble('") : -2]))
        return call(scalar_type, self.constant(value.item()))

    def _dtype(self, value: np.dtype[Any]) -> ast.expr:
        if value == np.dtype(value.type) and value.isnative:
            return attribute(name(self.names.module("np")), value.type.__name__)
        return call(attribute(name(self.names.module("np")), "dtype"), ast.Constant(value.str))


@functools.cache
def _paths() -> dict[int, str]:
    """Where NumPy and math keep their functions, by identity."""
    found: dict[int, str] = {}
    for prefix, module in (
        ("math", math),
        ("np", np),
        ("np.linalg", np.linalg),
        ("np.fft", np.fft),
        ("np.random", np.random),
    ):
        for key in sorted(vars(module)):
            value = getattr(module, key)
            if not key.startswith("_") and callable(value):
                found.setdefault(id(value), f"{prefix}.{key}")
    return found


def _numpy_path(value: Any) -> str:
    return _paths().get(id(value), "") if callable(value) else ""


# --- operations with a form of their own ------------------------------------------------------------

Special = Callable[[Expressions, Op, Sequence[Value]], ast.expr]
_SPECIAL: dict[str, Special] = {}


def _special(*primitives: str) -> Callable[[Special], Special]:
    def declare(function: Special) -> Special:
        _SPECIAL.update(dict.fromkeys(primitives, function))
        return function

    return declare


@_special("getitem")
def _getitem(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return subscript(e.value(operands[0]), e.index(op.attr("index", ()), operands[1:]))


@_special("item")
def _item(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return subscript(e.value(operands[0]), e.value(operands[1]))


@_special(*(
    f"scipy.linalg.{word}"
    for word in ("cho_solve", "cho_solve_banded", "lu_solve", "solve_toeplitz", "matmul_toeplitz")
))  # fmt: skip
def _of_pair(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    """What SciPy takes as one argument: two factors, a factor and which triangle it is, a column and a row."""
    *pair, last = e.values(operands)
    options = e.attributes(op)
    if "lower" in op.primitive.attributes:
        options.pop("lower", None)
        pair.append(e.constant(op.attr("lower", False)))
    alone = isinstance(pair[1], ast.Constant) and pair[1].value is None
    return call(e.function(op.primitive), pair[0] if alone else ast.Tuple(pair, _LOAD), last, **options)


def value_kind(value: Value) -> Any:
    match value:
        case Var(kind):
            return kind
        case Apply(Op(results)) if len(results) == 1:
            return results[0].kind
    return None


@_special("shape_of", "shape_if_any", "ndim", "size", "dim")
def _shape(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    """`x.shape` of an array, `np.shape(x)` of what may be a number."""
    word = {"shape_of": "shape", "shape_if_any": "shape", "dim": "shape"}.get(
        op.primitive.name, op.primitive.name
    )
    value = e.value(operands[0])
    axis = op.attr("axis", 0 if op.primitive.name == "dim" else None)
    if op.primitive.name == "size" and axis is not None:
        word = "shape"
    if isinstance(value_kind(operands[0]), Array) and op.primitive.name != "shape_if_any":
        found = attribute(value, word)
    else:
        found = call(attribute(name(e.names.module("np")), word), value)
    return found if word != "shape" or axis is None else subscript(found, e.constant(axis))


@_special("tuple")
def _tuple(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return ast.Tuple(e.values(operands), _LOAD)


@_special("list")
def _list(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return ast.List(e.values(operands), _LOAD)


@_special("dict")
def _dict(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return ast.Dict([e.constant(key) for key in op.attr("keys", ())], e.values(operands))


@_special("dispatch")
def _dispatch(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    """`dispatch(f, x)`, or for its derivatives `dispatch(tangent(f), x, x_dot)`, `dispatch(reverse(f), x, y_bar)`."""

    def word(wanted: str) -> ast.expr:
        return name(e.names.refer(wanted, RUNTIME[wanted]))

    function, *args = e.values(operands)
    steps = op.attr("steps", ())
    arity = len(args)
    arities = []  # of the function that each step is taken of
    for step, wrt in reversed(steps):
        arity -= len(wrt) if step == "tangent" else 1
        arities.append(arity)
    for (step, wrt), count in zip(steps, reversed(arities), strict=True):
        every = wrt == tuple(range(count))
        function = call(word(step), function, *([] if every else [e.constant(wrt)]))
    return call(word("dispatch"), function, *args)


@_special("interpolant")
def _interpolant(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    """`f(x)`, and `f(x, 1)` where the object gives its derivatives itself."""
    nu, f = op.attr("nu", 0), op.operands[0]
    gives = nu == 0 or (isinstance(f, Var) and isinstance(f.kind, Object) and gives_derivatives(f.kind.cls))
    function, points = e.values(operands)
    if not gives:
        return call(e.function(op.primitive), function, points, **e.attributes(op))
    order = () if nu == 0 else (e.constant(nu),)
    return call(
        function,
        points,
        *order,
        **({} if op.attr("extrapolate", None) is None else e.attributes(op, but="nu")),
    )


@_special("getattr")
def _getattr(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return attribute(e.value(operands[0]), op.attr("name"))


@_special("stop_gradient")
def _stop_gradient(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    """Said in the text too: it may be lowered and differentiated again."""
    return call(e.function(op.primitive), e.value(operands[0]))


@_special("astype")
def _astype(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(attribute(e.value(operands[0]), "astype"), e.constant(op.attr("dtype", float)))


@_special("np.array", "np.asarray", "np.asanyarray", "np.ascontiguousarray")
def _array(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    def display(nesting: Any) -> ast.expr:
        if isinstance(nesting, Hole):
            return e.value(operands[nesting.position])
        return ast.List([display(inner) for inner in nesting], _LOAD)

    nested = display(op.attr("nesting", Hole(0)))
    return call(e.function(op.primitive), nested, **e.attributes(op, but="nesting"))


@_special(
    *(f"np.{word}" for word in ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack")),
    "np.linalg.multi_dot",
)
def _joined(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(e.function(op.primitive), ast.Tuple(e.values(operands), _LOAD), **e.attributes(op))


@_special("np.choose")
def _choose(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    a, *choices = e.values(operands)
    return call(e.function(op.primitive), a, ast.List(choices, _LOAD), **e.attributes(op))


@_special("np.einsum")
def _einsum(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(e.function(op.primitive), e.constant(op.attr("subscripts")), *e.values(operands))


@_special("call", "draw", "print")
def _call(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    if op.primitive.name == "print":
        function: ast.expr = name(e.names.builtin("print"))
    else:
        function, operands = e.value(operands[0]), operands[1:]
    keywords = op.attr("keywords", ())
    split = len(operands) - len(keywords)
    named = dict(zip(keywords, e.values(operands[split:]), strict=True))
    return call(function, *e.values(operands[:split]), **named)


@_special(*FOUND)
def _found(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return e.value(operands[0])


@_special("solve")
def _solve(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    values: list[Any] = list(operands)
    for place, program, count in reversed(op.attr("programs", ())):
        values[place] = e.handed_over(program, values[-count:] if count else [])
        del values[len(values) - count :]
    function, *args = [each if isinstance(each, ast.expr) else e.value(each) for each in values]
    keywords = op.attr("keywords", ())
    split = len(args) - len(keywords)
    return call(function, *args[:split], **dict(zip(keywords, args[split:], strict=True)))


@_special("scipy.integrate.quad", "scipy.integrate.quad_vec")
def _quad(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    integrand = e.handed_over(op.attr("program"), operands[2:])
    return call(e.function(op.primitive), integrand, *e.values(operands[:2]), **e.attributes(op, "program"))


@_special("evolved")
def _evolved(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    from tangentc.numerics_integrals import evolved  # which needs SciPy

    right = e.handed_over(op.attr("program"), operands[3:])
    options = {key: e.constant(value) for key, value in op.attr("options", ())}
    return call(name(e.names.refer("evolved", evolved)), right, *e.values(operands[:3]), **options)


@_special("format")
def _format(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    remaining = iter(operands)

    def render(parts: Sequence[Any]) -> ast.JoinedStr:
        pieces: list[ast.expr] = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(ast.Constant(part))
                continue
            conversion, spec = part
            value = e.value(next(remaining))
            code = ord(conversion) if conversion else -1
            pieces.append(ast.FormattedValue(value, code, render(spec) if spec else None))
        return ast.JoinedStr(pieces)

    return render(op.attr("parts", ()))


@_special("isinstance")
def _isinstance(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    classes = [e.constant(cls) for cls in op.attr("classes")]
    wanted = classes[0] if len(classes) == 1 else ast.Tuple(classes, _LOAD)
    return call(name(e.names.builtin("isinstance")), e.value(operands[0]), wanted)


@_special("tape_len")
def _tape_len(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(name(e.names.builtin("len")), e.value(operands[0]))


@_special("tape_new")
def _tape_new(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return ast.List([], _LOAD)


@_special("tape_push")
def _tape_push(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(attribute(e.value(operands[0]), "append"), e.value(operands[1]))


@_special("tape_pop")
def _tape_pop(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(attribute(e.value(operands[0]), "pop"))


@_special("list_pop")
def _list_pop(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    index = () if operands[1] == Literal(-1) else e.values(operands[1:])
    return call(attribute(e.value(operands[0]), "pop"), *index)


@_special("stack_items")
def _stack_items(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(attribute(name(e.names.module("np")), "array"), e.value(operands[0]))


@_special("shadows_new")
def _shadows_new(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(name(e.names.refer("Shadows", Shadows)))


@_special("shadow_of")
def _shadow_of(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return subscript(e.value(operands[0]), e.value(operands[1]))


@_special("shadow_take")
def _shadow_take(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    return call(attribute(e.value(operands[0]), "take"), e.value(operands[1]))


def _index_value(e: Expressions, index: Index, holes: Sequence[Value]) -> ast.expr:
    """An index as a value: slices spelled out."""

    def spelled(entry: ast.expr) -> ast.expr:
        if isinstance(entry, ast.Slice):
            ends = [end or ast.Constant(None) for end in (entry.lower, entry.upper, entry.step)]
            return call(name(e.names.builtin("slice")), *ends)
        return entry

    found = e.index(index, holes)
    if len(index) == 1 or not isinstance(found, ast.Tuple):
        return spelled(found)
    return ast.Tuple([spelled(entry) for entry in found.elts], _LOAD)


@_special("add_at")
def _add_at(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    target, *holes, value = operands
    index = _index_value(e, op.attr("index", ()), holes)
    function = attribute(name(e.names.module("np")), "add.at")
    return call(function, e.value(target), index, e.value(value))


@_special("last_writer")
def _last_writer(e: Expressions, op: Op, operands: Sequence[Value]) -> ast.expr:
    index = _index_value(e, op.attr("index", ()), operands[1:])
    function = name(e.names.refer("last_writer", numerics.last_writer))
    return call(function, attribute(e.value(operands[0]), "shape"), index)
