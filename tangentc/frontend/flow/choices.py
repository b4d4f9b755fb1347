"""One of several things that no operand can be: functions from a table by an index, or joined where two paths meet.

What is chosen is remembered as a number.  Whoever uses the choice branches on that number, so that each
alternative is called, inlined and differentiated as if it stood there alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from tangentc.frontend.state.context import Context, Test
from tangentc.frontend.state.values import (
    Choice,
    Instance,
    Static,
    TupleValue,
    Value,
    children,
    is_callable,
    is_undefined,
    same_shape,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Op, Var, kind_of
from tangentc.kinds.dims import new_int
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Bool, Int, Object

__all__ = [
    "choice", "decide", "from_table", "holds_code", "is_option", "may_be_called", "options_of", "placed",
    "possible_options", "select", "union",
]  # fmt: skip


def holds_code(value: Value) -> bool:
    """Whether a value is a function or object of the program, or a container of some."""
    return (
        isinstance(value, (Choice, Instance, Static))
        or is_callable(value)
        or any(map(holds_code, children(value)))
    )


def is_option(value: Value) -> bool:
    """Whether a value may be one side of a choice: a function, an object, or a constant such as None beside one."""
    if isinstance(value, Literal):
        return not is_undefined(value)
    if isinstance(value, Var):
        return may_be_called(value)
    return isinstance(value, (Choice, Instance, Static)) or is_callable(value)


def may_be_called(value: Value) -> bool:
    """Whether a value is a function, or something of which only the run will tell."""
    return is_callable(value) or (isinstance(value, Var) and isinstance(value.kind, (AnyKind, Object)))


def options_of(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


# --- making a choice ------------------------------------------------------------------------------


def choice(context: Context, selector: Atom, options: Sequence[Value]) -> Value:
    """The option with this number; tuples of one length become a tuple of choices."""
    if is_undefined(selector):
        return UNDEF
    if isinstance(selector, Literal):
        return options[int(selector.value)]
    first = options[0]
    if all(_same(first, option) for option in options):
        return first
    if isinstance(first, TupleValue) and all(same_shape(first, option) for option in options):
        columns = zip(*(children(option) for option in options), strict=True)
        return TupleValue(tuple(choice(context, selector, column) for column in columns), first.cls)
    if not any(map(holds_code, options)):
        return context.op("item", TupleValue(tuple(options)), selector)
    return Choice(selector, tuple(options))


def from_table(context: Context, items: Sequence[Value], key: Value) -> Value:
    """`items[key]` for an index that is not known at compile time."""
    if is_undefined(key):
        return UNDEF
    atom = context.atom(key)
    count = 2 if isinstance(kind_of(atom), Bool) else _modulus(context, atom)
    if 0 < count <= len(items):
        return choice(context, atom, items[:count])
    numbers = context.op(
        "range", Literal(len(items))
    )  # counts from the end where negative, and raises IndexError
    return choice(context, context.op("item", numbers, atom, kind=new_int()), items)


def _modulus(context: Context, index: Atom) -> int:
    """m where the index was just computed as `e % m` of an int; else 0."""
    made = (
        node for node in reversed(context.builder.nodes) if isinstance(node, Op) and index in node.results
    )
    match next(made, None):
        case Op(primitive=primitive, operands=(number, Literal(int() as modulus))) if primitive.name == "mod":
            return modulus if isinstance(kind_of(number), (Int, Bool)) else 0
    return 0


# --- using it -------------------------------------------------------------------------------------


def select(context: Context, value: Choice, use: Callable[[Value], Value]) -> Value:
    """`use` of the option that was chosen: a chain of branches."""
    from tangentc.frontend.expressions.operators import choose

    possible = _possible(context, value)
    if isinstance(kind_of(value.selector), Bool):
        possible.reverse()

    def chain(numbers: Sequence[int]) -> Value:
        first, *rest = numbers
        if not rest:
            return use(value.options[first])
        chosen = _is_one(context, value, frozenset({first}))
        return choose(context, chosen, lambda: use(value.options[first]), lambda: chain(rest))

    return chain(possible)


def possible_options(context: Context, value: Choice) -> list[Value]:
    """The options that the path which is being lowered leaves."""
    return [value.options[number] for number in _possible(context, value)]


def _possible(context: Context, value: Choice) -> list[int]:
    if isinstance(value.selector, Literal):  # on a path that is lowered again, in one arm
        return [int(value.selector.value)]
    return sorted(context.facts.get(value.selector, ())) or list(range(len(value.options)))


def decide(context: Context, value: Choice, holds: Callable[[Value], Value]) -> Value:
    """Whether the chosen option has a property: a condition on its number, if that is known of each option."""
    found = [holds(option) for option in value.options]
    if not all(isinstance(each, Literal) and isinstance(each.value, bool) for each in found):
        return select(context, value, holds)
    numbers = frozenset(number for number, each in enumerate(found) if each == Literal(True))
    possible = frozenset(_possible(context, value))
    if possible <= numbers or not possible & numbers:
        return Literal(possible <= numbers)
    return _is_one(context, value, numbers)


def _is_one(context: Context, value: Choice, numbers: frozenset[int]) -> Value:
    """Whether the option is one of these."""
    selector, count = value.selector, len(value.options)
    others = sorted(frozenset(range(count)) - numbers)
    condition: Atom
    if isinstance(kind_of(selector), Bool):
        condition = selector if numbers == {1} else context.op("not_", selector)
    elif len(others) == 1 < len(numbers):
        condition = context.op("ne", selector, Literal(others[0]))
    else:
        first, *rest = (context.op("eq", selector, Literal(number)) for number in sorted(numbers))
        condition = reduce(lambda either, test: context.op("or_", either, test), rest, first)
    if not is_undefined(condition):
        context.tests[condition] = Test(selector, numbers, count)
    return condition


# --- where paths meet -----------------------------------------------------------------------------


def alike(a: Value, b: Value) -> bool:
    """Whether two options are one, up to the values that they hold."""
    if isinstance(a, Literal) and isinstance(b, Literal):
        return type(a.value) is type(b.value) and (a.value is b.value or a.value == b.value)
    if isinstance(a, Var) and isinstance(b, Var):
        return True
    return a is b or (not isinstance(a, (Var, Literal)) and same_shape(a, b))


def union(a: Value, b: Value) -> list[tuple[Value, Value]]:
    """The options of both, those of `a` first; UNDEF where only the other has one."""
    pairs: list[tuple[Value, Value]] = [(option, UNDEF) for option in options_of(a)]
    for option in options_of(b):
        position = _position(pairs, option)
        if position is None:
            pairs.append((UNDEF, option))
        else:
            pairs[position] = (pairs[position][0], option)
    return pairs


def _same(a: Value, b: Value) -> bool:
    """Whether two options are one, with all that they hold."""
    if a is b or isinstance(a, Var):
        return a is b
    if isinstance(a, Literal):
        return alike(a, b)
    return alike(a, b) and all(map(_same, children(a), children(b)))


def _position(pairs: Sequence[tuple[Value, Value]], option: Value) -> int | None:
    return next(
        (i for i, (left, right) in enumerate(pairs) if is_undefined(right) and alike(left, option)), None
    )


def placed(context: Context, options: Sequence[Value], value: Value) -> Choice:
    """`value` as a choice among more options, which include its own; those that it does not have are undefined."""
    found: list[Value] = [UNDEF] * len(options)
    numbers = []
    for own in options_of(value):
        number = next(i for i, option in enumerate(options) if is_undefined(found[i]) and alike(option, own))
        found[number] = own
        numbers.append(number)
    if not isinstance(value, Choice):
        selector: Atom = Literal(numbers[0])
    elif numbers == list(range(len(numbers))):
        selector = value.selector
    else:
        selector = context.op("item", Literal(tuple(numbers)), value.selector)
    return Choice(selector, tuple(found))
