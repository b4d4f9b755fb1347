"""Operators and comparisons."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable
from typing import Any

import gast

from tangentc.frontend.expressions import sparse_matrices
from tangentc.frontend.expressions.conditions import choose
from tangentc.frontend.expressions.indexing import contains
from tangentc.frontend.expressions.operations import as_array, is_array
from tangentc.frontend.flow.choices import decide, select
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.library import library_call, lists
from tangentc.frontend.state.classes import call_special, class_of_owner, defines, is_generated, static_lookup
from tangentc.frontend.state.context import Context, Test, lowers
from tangentc.frontend.state.dynamic import is_dynamic
from tangentc.frontend.state.heap import AtRunTime
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    ListValue,
    ObjectValue,
    Ref,
    SliceValue,
    Static,
    TupleValue,
    Value,
    View,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import Atom, Literal, Var, kind_of
from tangentc.kinds.dims import never_one
from tangentc.kinds.join import widened
from tangentc.kinds.types import (
    FLOAT,
    Bool,
    Complex,
    Const,
    Float,
    Int,
    Kind,
    can_be_active,
    is_container,
)
from tangentc.kinds.types import Any as AnyKind
from tangentc.primitives.core import named
from tangentc.primitives.infer import infer

__all__ = ["BINARY", "binary", "compare"]

BINARY = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv",
    gast.Mod: "mod", gast.Pow: "pow", gast.MatMult: "matmul", gast.BitAnd: "and_", gast.BitOr: "or_",
    gast.BitXor: "xor", gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip
_UNARY = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert"}
_COMPARE = {gast.Lt: "lt", gast.LtE: "le", gast.Gt: "gt", gast.GtE: "ge", gast.Eq: "eq", gast.NotEq: "ne"}

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in (*BINARY.values(), *_UNARY.values(), *_COMPARE.values(), "is_", "is_not")
}
_PYTHON_NUMBERS = (Bool, Int, Float, Complex)
_SMALL = 64  # bits of an integer that is computed at compile time


@lowers(gast.BinOp)
def _binary(context: Context, node: gast.BinOp) -> Value:
    left, right = borrowed(context, node.left), borrowed(context, node.right)
    return binary(context, BINARY[type(node.op)], left, right)


def borrowed(context: Context, node: gast.AST) -> Value:
    """The value of an operand of an operator, which keeps no reference to it."""
    if not isinstance(node, gast.Name):
        return context.expression(node)
    held, unshared = dict(context.accumulators), set(context.unshared)
    value = context.expression(node)
    context.accumulators, context.unshared = held, unshared
    return value


def _number_or_array(context: Context, name: str, left: Value, right: Value) -> Kind | None:
    """The kind of an operation on what may be a number or an array, where it is the same for both."""
    kinds: list[Kind] = []
    for use_array in (True, False):
        operands = []
        for value in (left, right):
            if not isinstance(value, (Var, Literal)) or is_undefined(value):
                return None
            owned = context.accumulators.get(value) if isinstance(value, Var) else None
            is_either = owned is not None and isinstance(kind_of(value), AnyKind)
            operands.append(
                (owned if use_array else FLOAT) if is_either and owned is not None else kind_of(value)
            )
        kinds += infer(named(name), tuple(operands), {})
    return kinds[0] if kinds[0] == kinds[1] else None


_OF_SETS = ("and_", "or_", "xor", "sub")  # which views of dicts have as sets do


def binary(context: Context, name: str, left: Value, right: Value) -> Value:
    """`left op right`: constants and containers of known structure at compile time."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        folded = _folded(name, left, right)
        if folded is not None:
            return folded
    if name in _OF_SETS and (isinstance(left, View) or isinstance(right, View)):
        return binary(context, name, *(context.call(Static(set), side) for side in (left, right)))
    match name, context.contents(left), context.contents(right):
        case "add", TupleValue(items=a), TupleValue(items=b):
            return TupleValue(a + b)
        case "add", ListValue(a), ListValue(b):
            return context.allocate(ListValue(a + b))
        case "mul", TupleValue(items=items), Literal(int() as times):
            return TupleValue(items * times)
        case "mul", Literal(int() as times), TupleValue(items=items):
            return TupleValue(items * times)
        case "mul", ListValue(items), Literal(int() as times):
            return context.allocate(ListValue(items * times))
        case "mul", Literal(int() as times), ListValue(items):
            return context.allocate(ListValue(items * times))
        case "mod", Literal(str()), _:
            return context.op("mod", left, context.snapshot(right))
        case "or_", DictValue(a), DictValue(b):
            return context.allocate(DictValue({**a, **b}))
        case _, Choice() as either, _:
            return select(context, either, lambda option: binary(context, name, option, right))
        case _, _, Choice() as either:
            return select(context, either, lambda option: binary(context, name, left, option))
    found = sparse_matrices.operated(context, name, left, right) or _overloaded(context, name, left, right)
    if found is not None:
        return found
    listed = [is_dynamic(side) or isinstance(context.contents(side), ListValue) for side in (left, right)]
    if name == "add" and all(listed):
        return library_call(context, lists.concatenated, left, right)
    if name == "mul" and any(listed) and _is_count(context, right if listed[0] else left):
        repeated, count = (left, right) if listed[0] else (right, left)
        return library_call(context, lists.repeated, repeated, count)
    if is_array(left) or is_array(right):
        left, right = as_array(context, context.snapshot(left)), as_array(context, context.snapshot(right))
    if (isinstance(left, Var) and left in context.accumulators) or (
        isinstance(right, Var) and right in context.accumulators
    ):
        return context.op(name, left, right, kind=_number_or_array(context, name, left, right))
    return context.op(name, left, right)


_REFLECTED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def _overloaded(context: Context, name: str, left: Value, right: Value) -> Value | None:
    """An operator that the class of an operand defines; None where it is left to run as it is."""

    word = name.rstrip("_")
    reflected = _REFLECTED.get(word, f"r{word}")
    classes = [class_of_owner(context, operand) for operand in (left, right)]
    if classes == [None, None]:
        return None
    asked = [(left, f"__{word}__", right), (right, f"__{reflected}__", left)]
    if classes[0] is not classes[1] and None not in classes and issubclass(classes[1], classes[0]):  # type: ignore[arg-type]
        asked.reverse()
    kinds = [
        widened(kind_of(v)) if isinstance(v, (Var, Literal)) and not is_undefined(v) else None
        for v in (left, right)
    ]
    for owner, method, other in asked:
        is_array = owner is right and kinds[0] is not None and not isinstance(kinds[0], _PYTHON_NUMBERS)
        if not is_array and defines(context, owner, method):  # arrays ask the elements first
            result = call_special(context, owner, method, other)
            if not (isinstance(result, (Literal, Static)) and result.value is NotImplemented):
                return result
    if any(isinstance(context.contents(operand), ObjectValue) for operand in (left, right)) or any(
        kind is not None and can_be_active(kind) for kind in kinds
    ):
        cls = classes[0] or classes[1]
        assert cls is not None
        context.fail("TC109", f"the operator {word!r} on an object of type {cls.__name__!r} is not supported")
    return None


def _folded(name: str, left: Literal, right: Literal) -> Literal | None:
    """Integers and text are computed now; floats are left as they were written."""
    a, b = left.value, right.value
    if isinstance(a, int) and isinstance(b, int):
        if name in ("pow", "lshift") and not 0 <= b <= _SMALL:
            return None
        try:
            result = _FUNCTIONS[name](a, b)
        except (ArithmeticError, TypeError, ValueError):
            return None
        return Literal(result) if isinstance(result, int) and result.bit_length() <= _SMALL else None
    if name == "add" and isinstance(a, str) and isinstance(b, str):
        return Literal(a + b)
    return None


@lowers(gast.UnaryOp)
def _unary(context: Context, node: gast.UnaryOp) -> Value:

    value = borrowed(context, node.operand)
    if isinstance(node.op, gast.Not):
        condition = truth(context, value)
        return Literal(not condition) if isinstance(condition, bool) else _negated(context, condition)
    name = _UNARY[type(node.op)]
    negated = sparse_matrices.negated(context, name, value)
    if negated is not None:
        return negated
    if defines(context, value, f"__{name}__"):
        return call_special(context, value, f"__{name}__")
    if isinstance(value, Literal) and type(value.value) in (int, float, complex) and name != "invert":
        return Literal(_FUNCTIONS[name](value.value))
    return context.op(name, value)


def _negated(context: Context, condition: Atom) -> Value:
    result, test = context.op("not_", condition), context.test_of(condition)
    if test is not None and not is_undefined(result):
        context.tests[result] = Test(test.selector, test.others, test.count)
    return result


# --- comparisons ----------------------------------------------------------------------------------


@lowers(gast.Compare)
def _comparison(context: Context, node: gast.Compare) -> Value:
    return _chain(context, borrowed(context, node.left), list(node.ops), list(node.comparators))


def _chain(context: Context, left: Value, ops: list[gast.AST], rest: list[gast.AST]) -> Value:
    """`a < b < c` is `a < b and b < c`, with b evaluated once."""
    right = borrowed(context, rest[0])
    first = compare(context, ops[0], left, right)
    if len(ops) == 1:
        return first
    return choose(context, first, lambda: _chain(context, right, ops[1:], rest[1:]), lambda: first, "and_")


def compare(context: Context, op: gast.AST, left: Value, right: Value) -> Value:
    """One comparison."""
    if isinstance(left, Choice):
        return decide(context, left, lambda option: compare(context, op, option, right))
    if isinstance(right, Choice):
        return decide(context, right, lambda option: compare(context, op, left, option))
    match op:
        case gast.Is():
            return _identity(context, left, right, same=True)
        case gast.IsNot():
            return _identity(context, left, right, same=False)
        case gast.In():
            return contains(context, left, right)
        case gast.NotIn():
            found = truth(context, contains(context, left, right))
            return Literal(not found) if isinstance(found, bool) else context.op("not_", found)
    name = _COMPARE[type(op)]
    if isinstance(context.contents(left), ObjectValue) or isinstance(context.contents(right), ObjectValue):
        return _compared(context, name, left, right)
    left, right = context.snapshot(left), context.snapshot(right)
    a, b = context.constant(left), context.constant(right)
    if a is not None and b is not None:
        try:
            return Literal(bool(_FUNCTIONS[name](a.value, b.value)))
        except (TypeError, ValueError):
            return context.op(name, a, b)
    same = _are_equal(left, right) if name in ("eq", "ne") else None
    return context.op(name, left, right) if same is None else Literal(same == (name == "eq"))


def _are_equal(left: Value, right: Value) -> bool | None:
    """Whether two integers are equal, as far as their kinds show: sizes that are one, and sizes that are not 1."""
    kinds = [widened(kind_of(v)) if isinstance(v, Var) else None for v in (left, right)]
    sizes = [kind.size if isinstance(kind, Int) else None for kind in kinds]
    if sizes[0] is not None and sizes[0] == sizes[1]:
        return True
    for size, other in ((sizes[0], right), (sizes[1], left)):
        if size is not None and other == Literal(1) and never_one(size):
            return False
    return None


def _is_count(context: Context, value: Value) -> bool:
    held = context.contents(value)
    return isinstance(held, (Var, Literal)) and isinstance(widened(kind_of(held)), (Int, Bool))


def _compared(context: Context, name: str, left: Value, right: Value) -> Value:
    """A comparison with an object of the program: by its class, else equal means the same."""
    if name in ("eq", "ne") and not any(_defines_equality(context, value) for value in (left, right)):
        return _identity(context, left, right, same=name == "eq")
    generated = _generated_comparison(context, name, left, right)
    if generated is not None:
        return generated
    if name == "ne":
        equal = truth(context, _compared(context, "eq", left, right))
        return Literal(not equal) if isinstance(equal, bool) else context.op("not_", equal)
    found = _overloaded(context, name, left, right)
    assert found is not None
    return found


def _generated_comparison(context: Context, name: str, left: Value, right: Value) -> Value | None:
    """A comparison that `dataclass(eq=True, order=True)` wrote: that of the tuples of their fields."""
    cls = class_of_owner(context, left)
    if (
        cls is None
        or not dataclasses.is_dataclass(cls)
        or not is_generated(static_lookup(cls, f"__{name}__"))
    ):
        return None
    if class_of_owner(context, right) is not cls:
        if name == "eq":
            return _identity(context, left, right, same=True)
        context.fail("TC109", f"a {cls.__name__!r} object is compared with one of another class")
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    sides = [[attribute_of(context, side, field) for field in names] for side in (left, right)]
    if not names:
        return Literal(name in ("eq", "le", "ge"))
    return _in_order(context, name, *sides)


def _in_order(context: Context, name: str, left: list[Value], right: list[Value]) -> Value:
    """A comparison of two tuples of the same length: by the first entries that differ."""
    op = {value: key for key, value in _COMPARE.items()}[name]()
    if len(left) == 1:
        return compare(context, op, left[0], right[0])
    equal = compare(context, gast.Eq(), left[0], right[0])
    rest = functools.partial(_in_order, context, name, left[1:], right[1:])
    if name == "eq":
        return choose(context, equal, rest, lambda: equal, "and_")
    return choose(context, equal, rest, lambda: compare(context, op, left[0], right[0]))


def attribute_of(context: Context, owner: Value, name: str) -> Value:
    from tangentc.frontend.objects.attributes import attribute

    return attribute(context, owner, name)


def _defines_equality(context: Context, value: Value) -> bool:

    cls = class_of_owner(context, value)
    return cls is not None and static_lookup(cls, "__eq__") is not static_lookup(object, "__eq__")


def _identity(context: Context, left: Value, right: Value, same: bool) -> Value:
    a, b = context.constant(left), context.constant(right)
    if a is not None and b is not None:
        return Literal(
            (a.value is b.value or (a.value == b.value and type(a.value) is type(b.value))) is same
        )
    for value, other in ((left, right), (right, left)):
        if isinstance(other, Literal) and other.value is None and not is_undefined(value):
            if not isinstance(value, Var) or _is_never_none(value):
                return Literal(not same)
    if isinstance(left, SliceValue) != isinstance(right, SliceValue):
        return Literal(not same)
    if isinstance(left, Ref) and isinstance(right, Ref):
        for ref in (left, right):
            context.heap.written |= ref.sites
            if ref.key in context.heap.ambiguous:
                raise AtRunTime(context.heap.ambiguous[ref.key])
        return Literal((left.key == right.key) is same)
    if left is right and not is_undefined(left):
        return Literal(same)
    unknown = any(isinstance(value, Var) and isinstance(value.kind, AnyKind) for value in (left, right))
    if (not unknown and (is_callable(left) or is_callable(right))) or context.are_two_objects(left, right):
        return Literal(not same)
    return context.op("is_" if same else "is_not", left, right)


def _is_never_none(value: Var) -> bool:
    if isinstance(value.kind, AnyKind) or is_container(value.kind):
        return False
    return not (isinstance(value.kind, Const) and value.kind.value is None)
