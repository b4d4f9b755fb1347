"""One small program for each construct of Python, in the order of docs/python-support.md.

Each takes an array of four positive numbers and returns a number.  The gradients of `supported` ones are
compared with differences, `refused` ones must raise the named error.  The decorators register a function and
return it as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import itertools
import math
import operator
import threading
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LOCK = threading.Lock()
Program = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Construct:
    """A row of the table: `status` is "yes" or the code of the error."""

    title: str
    status: str
    program: Program

    @property
    def id(self) -> str:
        return self.program.__name__


CONSTRUCTS: list[Construct] = []


def supported(title: str) -> Callable[[Program], Program]:
    return _register(title, "yes")


def refused(title: str, code: str) -> Callable[[Program], Program]:
    return _register(title, code)


def _register(title: str, status: str) -> Callable[[Program], Program]:
    def decorate(program: Program) -> Program:
        CONSTRUCTS.append(Construct(title, status, program))
        return program

    return decorate


# --- simple statements --------------------------------------------------------------------------


@supported("assignment, also chained: `a = b = e`")
def assignment(x):
    a = b = x * x
    return np.sum(a * b)


@supported("unpacking: `a, (b, c) = e`")
def unpacking(x):
    a, (b, c) = x[0], (x[1], x[2])
    return a * b + math.sin(c)


@supported("unpacking with a star: `a, *rest = e`")
def unpacking_star(x):
    a, *rest = (x[0], x[1], x[2])
    return a * rest[0] * rest[1]


@supported("annotated assignment: `a: float = e`")
def annotated_assignment(x):
    a: float = x[0] * x[1]
    return a * a


@supported("augmented assignment to a name: `a += e`")
def augmented_name(x):
    a = x[0]
    a += x[1]
    a *= x[2]
    a **= 2
    return a


@supported("augmented assignment to an array, in place: `a += e`")
def augmented_array(x):
    a = x.copy()
    b = a
    a *= x
    return np.sum(b * x)


@supported("writing an element, a slice, a mask: `a[i] = e`, `a[1:] += e`, `a[m] = e`")
def write_subscript(x):
    a = np.zeros(4)
    a[0] = x[1] * x[2]
    a[1:] += x[:-1] ** 2
    a[a > 0.4] = x[0]
    return np.sum(a * x)


@supported("writing into an argument")
def write_argument(x):
    x[1:] *= x[:-1]
    return np.sum(x)


@supported("writing through a view")
def write_view(x):
    a = x.copy()
    v = a[1:3]
    v[0] = a[0] * a[3]
    return np.sum(a * a)


@supported(
    "writing without axes, by new axes, by grids: `a[()] = e`, `a[:, None] = e`, `a[np.ix_(i, j)] = e`"
)
def write_odd_index(x):
    a = np.zeros((4, 4))
    a[np.ix_([0, 2], [1, 3])] += x[:2]
    a[:, None][..., 0] *= x[1]
    z = np.zeros(())
    z[()] = x[2] * x[3]
    return np.sum(a) * z


@supported("`out=` and `where=`: `np.divide(a, b, out=c, where=m)`, `np.sum(x, out=c)`, `np.sum(x, where=m)`")
def write_output(x):
    c = np.zeros(4)
    np.divide(x, x[1], out=c, where=x > 0.6)
    np.multiply(c, x, out=c)
    return np.sum(c, initial=1.0, where=c < 1.5)


@supported("methods of ufuncs: `np.add.at`, `np.add.reduce`, `np.add.accumulate`, `np.multiply.outer`")
def write_scattered(x):
    a = x.copy()
    np.add.at(a, [0, 0, 2], x[:3] ** 2)
    return np.add.reduce(np.multiply.outer(a, x), axis=None)


@refused("a product or an extreme scattered: `np.multiply.at(a, i, e)`", "TC108")
def write_scattered_product(x):
    a = x.copy()
    np.multiply.at(a, [0, 0], x[:2])
    return np.sum(a)


@supported("`np.copyto`, `np.put`, `np.putmask`, `np.place`, `np.fill_diagonal`, `np.put_along_axis`")
def write_by_function(x):
    a = np.outer(x, x)
    np.fill_diagonal(a, x)
    np.putmask(a, a > 1.0, a**2)
    np.put(a, [1, -1], x[:2])
    return np.sum(a * x)


@supported("methods that write: `a.fill(e)`, `a.sort()`, `a.put(i, e)`, `rng.shuffle(a)`")
def write_by_method(x):
    a = x * x
    a.sort()
    np.random.default_rng(3).shuffle(a)
    return np.sum(a * x)


@supported("`a.flat[i] = e`, `a.flat = e`, `z.real = e`, `z.imag = e`")
def write_flat(x):
    a = np.outer(x, x).T
    a.flat[1:3] = x[:2]
    z = a * 1j
    z.real = x
    return np.sum(np.abs(z) ** 2)


@refused("writing an attribute that changes what an array is: `a.shape = s`, `a.dtype = t`", "TC108")
def write_shape(x):
    a = x * x
    a.shape = (2, 2)
    return np.sum(a)


@supported("a name that is a number first and an array later: `s = s + a`, `s[0] = e`")
def write_late_array(x):
    s = 0.0
    for v in x:
        s = s + v * x
    s[0] = x[1]
    return np.sum(s * x)


@supported("writing an attribute of an object that the program made: `o.a = e`")
def write_attribute(x):
    holder = Holder(2.0)
    holder.value = x[0]
    return holder.value * x[1]


@supported("writing an entry of a list or dict: `d[k] = e`")
def write_container(x):
    parts = [x[0], x[1]]
    parts[0] = x[2] * x[3]
    return parts[0] * parts[1]


@supported("`assert`")
def assert_statement(x):
    assert np.all(x > 0), "positive"
    return np.sum(np.log(x))


@supported("`pass`")
def pass_statement(x):
    if x[0] > 1:
        pass
    return x[0] * x[1]


@supported("`return`, also early and inside loops")
def early_return(x):
    for i in range(4):
        if x[i] > 0.6:
            return x[i] ** 3
    return x[0]


@supported("`raise`")
def raise_statement(x):
    if x[0] < 0:
        raise ValueError(f"negative: {x[0]}")
    return np.sqrt(x[0]) * x[1]


@supported("`break`")
def break_statement(x):
    s = 0.0
    for i in range(4):
        s += x[i] ** 2
        if s > 0.5:
            break
    return s


@supported("`continue`")
def continue_statement(x):
    s = 1.0
    for i in range(4):
        if i == 2:
            continue
        s *= x[i]
    return s


@supported("an expression as a statement: `print(…)`")
def expression_statement(x):
    print("value", x[0])
    return x[0] * x[1]


@supported("`del` of a name")
def del_statement(x):
    a = x[0]
    b = a * x[1]
    del a
    return b


@supported("`import` inside a function")
def import_statement(x):
    import numpy

    return numpy.sum(numpy.sin(x))


@refused("`global`, rebinding a global name", "TC107")
def global_statement(x):
    global COUNT
    COUNT = x[0]
    return COUNT * x[1]


@supported("`nonlocal`")
def nonlocal_statement(x):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * v

    add(x[0])
    add(x[1])
    return total


# --- compound statements --------------------------------------------------------------------------


@supported("`if`, `elif`, `else`")
def if_statement(x):
    if x[0] > 1:
        y = x[0]
    elif x[1] > 0.5:
        y = x[1] ** 2
    else:
        y = x[2]
    return y


@supported("`for` over `range`")
def for_range(x):
    y = 1.0
    for i in range(3, -1, -1):
        y = y * x[i] + 1.0
    return y


@supported("`for` over an array")
def for_array(x):
    y = 0.0
    for v in x:
        y += v * v
    return y


@supported("`for` over a tuple or a list")
def for_sequence(x):
    y = 1.0
    for v in (x[0], x[1] * x[2]):
        y *= v
    for w in [2.0, 3.0]:
        y += w * x[3]
    return y


@supported("`for` over `zip`, `enumerate`, `reversed`")
def for_zip(x):
    y = 0.0
    for a, b in zip(x[1:], x[:-1]):
        y += a * b
    for i, v in enumerate(reversed(x)):
        y += i * v * v
    return y


@supported("`for` over `np.ndindex`, `np.ndenumerate`, `a.flat`")
def for_positions(x):
    a = np.outer(x, x)
    for i, j in np.ndindex(*a.shape):
        a[i, j] *= x[i]
    for (i, _), v in np.ndenumerate(a):
        a[i, 0] += v
    total = 0.0
    for v in a.flat:
        total += v * v
    return total


@refused("`for` over `np.nditer`", "TC109")
def for_nditer(x):
    total = 0.0
    for v in np.nditer(x):
        total += v
    return total


@supported("`for` over a dict")
def for_dict(x):
    y = 0.0
    for key in {"a": 1.0, "b": 2.0}:
        y += len(key) * x[0]
    return y


@supported("`for … else`")
def for_else(x):
    for i in range(4):
        if x[i] > 9:
            y = x[i]
            break
    else:
        y = x[0] * x[1]
    return y


@supported("`while`")
def while_statement(x):
    y = x[0]
    while y < 5.0:
        y = y * 2.0 + x[1]
    return y


@supported("`while True` with `break`")
def while_true(x):
    y = x[0]
    while True:
        y = y * (1.0 + x[1])
        if y > 3.0:
            break
    return y


@supported("`while … else`")
def while_else(x):
    y = x[0]
    while y < 2.0:
        y = y * 2.0
    else:
        y = y * x[1]
    return y


@supported("`try` … `except`")
def try_statement(x):
    try:
        y = x[0] * x[1]
    except ValueError:
        y = x[0]
    return y


@supported("`with np.errstate(…)`")
def with_statement(x):
    with np.errstate(divide="ignore"):
        y = np.log(x[0])
    return y


@supported("`try` … `else` … `finally`; what ran before the exception counts")
def try_finally(x):
    y = x.copy()
    try:
        y[0] = y[1] * y[2]
        y[7] = 0.0
    except IndexError:
        y[1] = y[0] * x[0]
    else:
        y[1] = 0.0
    finally:
        y[2] *= y[1]
    return np.sum(y)


@supported("`raise` and `raise … from` caught by the program; bare `raise`")
def raise_caught(x):
    try:
        try:
            y = math.sqrt(-x[0])
        except ValueError as error:
            raise KeyError("root") from error
    except KeyError:
        y = x[0] * x[1]
    return y


@supported("`contextlib.suppress`")
def suppress(x):
    y = x[0]
    with contextlib.suppress(IndexError):
        y = y * x[1]
        y = y * x[9]
    return y


@supported("other context managers, entered in the program only")
def context_manager(x):
    with LOCK, warnings.catch_warnings():
        y = x[0] * x[1]
    return y


class Stopwatch:
    def __enter__(self):
        self.trips = 0
        return self

    def __exit__(self, *_):
        self.trips += 1


@supported("context managers that are objects of the program's own classes")
def own_manager(x):
    with Stopwatch() as watch:
        y = x[0] * x[1]
    return y * watch.trips


@contextlib.contextmanager
def forgiving():
    try:
        yield
    except ValueError:
        pass


@refused("a generator as context manager, if it may swallow exceptions", "TC106")
def swallowing(x):
    with forgiving():
        y = x[0] * x[1]
    return y


@refused("a `finally` that leaves by `return`, `break` or `continue`", "TC105")
def leaving_finally(x):
    try:
        y = x[0] / x[1]
    finally:
        return x[0]  # noqa: B012
    return y


@supported("`match`: values, captures, alternatives, guards")
def match_statement(x):
    match x.ndim:
        case 1 | 2:
            y = x[0] * x[1]
        case n if n > 2:
            y = x[1]
        case _:
            y = np.sum(x)
    return y


@supported("`match`: sequences, mappings, classes, nested")
def match_structures(x):
    y = 0.0
    for thing in ((x[0], x[1]), {"k": x[2], "l": [x[3], 2.0]}, 3.0, None):
        match thing:
            case (a, b):
                y += a * b
            case {"k": a, "l": [b, *rest]}:
                y += a * b * rest[0]
            case float(a):
                y *= a
    return y


@supported("`def`, a nested function")
def nested_function(x):
    def square(v):
        return v * v

    return square(x[0]) + square(x[1])


@supported("`lambda`, several on one line")
def lambda_expression(x):
    first, second = lambda v: v * v, lambda v: v * v * v
    return first(x[0]) + second(x[1])


@refused("`class` inside the function", "TC101")
def class_statement(x):
    class Local:
        scale = 2.0

    return Local.scale * x[0]


@refused("`async def`", "TC104")
async def async_function(x):
    return x[0] * x[1]


@supported("`yield`: a generator that a loop, `sum`, `list`, `next` … consumes")
def generator(x):
    def squares():
        for i in range(4):
            yield x[i] ** 2

    y = 0.0
    for v in squares():
        y += v
    return y


@supported("`yield from`, also recursive over a structure that is known")
def generator_delegates(x):
    def walk(tree):
        if tree is not None:
            left, value, right = tree
            yield from walk(left)
            yield value
            yield from walk(right)

    y = 1.0
    for v in walk(((None, x[0], None), x[1], (None, x[2], None))):
        y = y * v + v
    return y


@refused("`y = yield`, a generator that is sent values", "TC103")
def generator_receives(x):
    def echo():
        y = yield x[0]
        yield y

    return sum(echo())


@refused("two generators side by side that cannot be indexed", "TC103")
def generators_side_by_side(x):
    def positive():
        for v in x:
            if v > 0.0:
                yield v

    return sum(a * b for a, b in zip(positive(), positive()))


# --- expressions ------------------------------------------------------------------------------------


@supported("numbers, strings, `None`, `True`, `...`")
def constants(x):
    mode = "double" if x is not None else None
    return 2e0 * x[..., 0] * (mode == "double")


@supported("f-strings")
def f_string(x):
    message = f"{x[0]:.2f} of {len(x)}"
    return x[0] * len(message)


@supported("arithmetic: `+ - * / // % ** @`, unary `- +`")
def arithmetic(x):
    y = -x[0] + x[1] * x[2] / x[3] - x[0] ** 2 + x[1] ** x[2]
    return y + x @ x + 7.3 % x[3] + 3 * (+x[0]) // 10


@supported("bit operations on integers and masks: `& | ^ ~ << >>`")
def bit_operations(x):
    mask = (x > 0.4) & ~(x > 1.0) | (x < 0.1) ^ (x > 5)
    return np.sum(x[mask] ** 2) * (1 << 2)


@supported("comparisons, also chained")
def comparison(x):
    return x[0] * x[1] if 0.0 < x[0] <= 1.0 != 2 else x[2]


@supported("`in`, `not in`, `is`, `is not` on constants")
def membership(x):
    mode = "a"
    if mode in ("a", "b") and mode is not None:
        return x[0] ** 2
    return x[1]


@supported("`and`, `or`, `not`")
def boolean_operators(x):
    if (x[0] > 1 or x[1] > 0.5) and not x[2] < 0:
        return x[0] * x[2]
    return x[1]


@supported("conditional expression: `a if c else b`")
def conditional_expression(x):
    return x[0] ** 2 if x[0] > x[1] else x[1] ** 3


@supported("walrus: `(a := e)`")
def walrus(x):
    if (y := x[0] * x[1]) > 0.1:
        return y * y
    return y


@supported("subscripts: integers, slices with steps, `...`, `None`")
def subscripts(x):
    return np.sum(x[::2] * x[-1:0:-2]) + np.sum(x[:, None] * x[None, ...])


@supported("subscripts: integer arrays and masks")
def fancy_subscripts(x):
    return np.sum(x[np.array([0, 0, 3])] ** 2) + np.sum(x[x > 0.6] ** 3)


@supported("attributes of arrays: `.T`, `.shape`, `.size`, `.ndim`")
def array_attributes(x):
    return np.sum(x.T * x.shape[0]) * x.size / x.ndim


@supported("methods of arrays: `x.sum()`")
def array_methods(x):
    return x.reshape(2, 2).sum(axis=0).prod()


@supported("attributes of objects, read")
def read_attribute(x):
    return HOLDER.value * x[0] ** 2


@supported(
    "objects that are passed, or whose method is differentiated, written: the caller's stay as they are"
)
def write_receiver(x):
    return scaled_in_place(Holder(2.0), x)


def scaled_in_place(holder, x):
    holder.value = holder.value * x[0]
    return holder.scaled(x[1])


@refused("writing an attribute of an object from outside the program, or of a class", "TC107")
def write_shared(x):
    HOLDER.value = x[0]
    return HOLDER.value * x[1]


@supported("`super()` in each of its forms, `property` with setters, class methods, mixins")
def inherited(x):
    class_of_it = Tripled
    return class_of_it.of(x[0]).scaled(x[1]) + Tripled(x[2]).twice


@supported("`copy.copy`, `copy.deepcopy`, `dataclasses.replace`, `asdict`, `astuple`, `fields`")
def copied(x):
    first = copy.deepcopy([x[0], [x[1]]])
    first[1][0] *= x[2]
    return first[1][0] * first[0] + copy.copy(Holder(x[3])).value


@supported("`getattr`, `setattr`, `hasattr`, `delattr`, `vars` with known names")
def by_name(x):
    holder = Holder(x[0])
    setattr(holder, "other", x[1])
    return getattr(holder, "other") * getattr(holder, "missing", x[2]) + sum(vars(holder).values())


@refused("a class with a `__setattr__` of its own, whose objects are written", "TC108")
def own_setattr(x):
    guarded = Guarded()
    guarded.value = x[0]
    return guarded.value


@supported("methods and properties of objects that are only read")
def read_method(x):
    return HOLDER.scaled(x[0]) * HOLDER.twice


@supported("calls: positional, keyword, default, keyword-only")
def call_arguments(x):
    return power(x[0]) + power(x[1], to=3) + power(base=x[2])


@supported("calls: `*args` and `**kwargs`, both ways")
def call_star(x):
    pair = (x[0], x[1])
    return collect(*pair, **{"scale": x[2]})


@supported("functions passed as arguments")
def call_passed(x):
    return apply(math.sin, x[0]) + apply(lambda v: v * v, x[1])


@supported("closures")
def closure(x):
    def scaled_by(k):
        return lambda v: k * v

    return scaled_by(x[0])(x[1])


@supported("`functools.partial`")
def partial(x):
    return functools.partial(power, to=4)(x[0])


@supported("decorated functions")
def decorated(x):
    return doubled(x[0])


@supported("functions from a tuple or dict by an index or key that is not known")
def call_from_table(x):
    table = {"square": lambda v: v * v, "sine": math.sin}
    names = ("square", "sine")
    s = 0.0
    for i in range(4):
        s += table[names[i % 2]](x[i]) + (math.exp, math.cos, math.sin)[i % 3](x[i])
    return s


@supported("a name that is one of several functions or objects")
def call_either(x):
    f = math.sin if x[0] > 0.5 else lambda v: v * v
    for i in range(4):
        if x[i] > 1.0:
            f = HOLDER.scaled
    return f(x[0]) * x[1]


@supported("functions that are known only when the program runs")
def call_unknown(x):
    s = x[0]
    for i in range(3):
        s = HIDDEN.get(i % 2)(s) * x[i]
    return s


@supported("functions behind `functools.cache` or `singledispatch`; `operator.itemgetter` and the like")
def call_wrapped(x):
    return cached(x[0]) * operator.itemgetter(1)((x[0], x[1])) + operator.add(x[2], 1.0)


@refused("a name that is a function on one path and a number on another, when it is called", "TC114")
def call_perhaps(x):
    f = math.sin if x[0] > 0.5 else 2.0
    return f(x[0])


@supported("recursion")
def recursion(x):
    return factorial_like(x[0], 4)


@supported("globals, read when the function is called")
def read_global(x):
    return RATE * x[0] ** 2


@supported("tuples, also in a loop: `(a, b)`")
def tuples(x):
    state = (x[0], 1.0)
    for _ in range(3):
        state = (state[1] * 0.5, state[0] * x[1] + state[1])
    return state[0] + state[1]


@supported("lists and dicts, built as literals and read")
def literals(x):
    parts = {"a": x[0] * x[1], "b": [x[2], x[3]]}
    return parts["a"] * parts["b"][0] + parts["b"][-1]


@supported("sets: literals, comprehensions, methods, operators, `in`, `sorted`, `min`, `max`, `len`")
def sets(x):
    seen = {1, 2}
    for i in range(len(x)):
        if x[i] > 0:
            seen.add(i)
    return x[0] ** 2 * len(seen | {7}) + sum([x[i] for i in sorted(seen)])


@refused("a loop over a set, if the entries are not known when the function is compiled", "TC117")
def loop_over_a_set(x):
    total = 0.0
    for i in {int(x[0]), 2}:
        total += x[i]
    return total


@supported("list comprehension over an array")
def list_comprehension(x):
    return sum([v * v for v in x])


@supported("list comprehension over a `range` or a literal of known length")
def list_comprehension_known(x):
    return sum([x[i] ** 2 for i in range(3)] + [v for v in (x[0], x[3]) if True])


@supported("generator expression of known length: `sum(e for …)`")
def generator_known(x):
    return sum(x[i] ** 2 for i in range(3))


@supported("dict comprehension")
def dict_comprehension(x):
    squares = {i: x[i] ** 2 for i in range(4)}
    return squares[0] + squares[3]


@supported("generator expression over an array, in `sum`, `max`, `any`, `for` …")
def generator_expression(x):
    return sum(v * v for v in x if v > 0.1) * max(v for v in x)


@supported("builtins: `sorted`, `min`, `max` with keys, `map`, `filter`, `iter`, `next`")
def builtins_over_sequences(x):
    a, b = sorted((x[0], x[1]), key=lambda v: -v)
    it = map(lambda u, v: u * v, x, x[1:])
    return a * a * b + max(x, key=abs) * next(it) + sum(filter(lambda v: v > 0.2, x))


@supported("`itertools`: `accumulate`, `chain`, `combinations`, `count`, `pairwise`, `product` …")
def iterators(x):
    y = sum(a * b for a, b in itertools.combinations(x, 2))
    for i, (a, b) in zip(itertools.count(1), itertools.pairwise(itertools.accumulate(x))):
        y += i * a * b
    return y


@refused("`await`", "TC104")
def await_expression(x):
    async def inner():
        await asyncio.sleep(0)
        return x[0]

    return asyncio.run(inner())


@supported("methods that change a list: `a.append(e)`")
def list_append(x):
    parts = []
    for v in x:
        parts.append(v * v)
    return sum(parts)


@supported("lists of lists, written by index: `a[i][j] = e`")
def list_of_lists(x):
    table = [[0.0] * len(x) for _ in x]
    for i in range(len(x)):
        table[i][i - 1] = x[i] * x[i - 1]
    table[0] = table[1]
    table[0][0] += x[0]
    return table[1][0] * table[2][1]


@supported("dicts with keys of the run: `d[i] = e`, `d.get`, `d.setdefault`, `defaultdict`")
def dict_of_data(x):
    sums = {}
    for i, v in enumerate(x):
        sums[i % 2] = sums.get(i % 2, 0.0) + v * v
    return sums[0] * sums[1]


@supported("objects that the program makes: attributes, methods, properties, operators")
def made_objects(x):
    holders = [Holder(v) for v in x]
    for holder in holders:
        holder.value *= x[0]
    return sum(holder.value * holder.value for holder in holders)


@supported("two names for one list, dict or object")
def two_names(x):
    a, b = [x[0]], [x[1]]
    c = a if x[2] > 0 else b
    c.append(x[3])
    return a[-1] * b[-1] * len(a)


@refused("recursion that changes a list, dict or array of its caller", "TC122")
def recursive_memo(x):
    known = {}

    def power(n):
        if n in known:
            return known[n]
        result = x[0] if n == 0 else power(n - 1) * x[1]
        known[n] = result
        return result

    return power(3)


@supported("gradients of gradients: `grad` called inside")
def nested_grad(x):
    from tangentc import grad

    return grad(lambda v: v**3)(x[0]) * x[1]


# --- what the programs above use ----------------------------------------------------------------------

RATE = 0.5
HIDDEN = types.MappingProxyType(
    {0: math.sin, 1: lambda v: v * v, 2: lambda v: v}
)  # the compiler does not look inside


@functools.cache
def cached(v):
    return v * v


COUNT = 0.0


class Holder:
    def __init__(self, value):
        self.value = value

    def scaled(self, v):
        return self.value * v

    @property
    def twice(self):
        return 2.0 * self.value


class Tripled(Holder):
    @classmethod
    def of(cls, value):
        return cls(value)

    def scaled(self, v):
        return 3.0 * super().scaled(v)

    @property
    def twice(self):
        return super(Tripled, self).twice + self.value  # noqa: UP008


class Guarded:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


HOLDER = Holder(3.0)


def power(base, *, to=2):
    return base**to


def collect(*args, **kwargs):
    return args[0] * args[1] * kwargs["scale"]


def apply(function, value):
    return function(value)


def doubling(function):
    @functools.wraps(function)
    def wrapper(v):
        return 2.0 * function(v)

    return wrapper


@doubling
def doubled(v):
    return v * v


def factorial_like(v, n):
    if n <= 0:
        return v
    return factorial_like(v * v + 0.1, n - 1) * v
