"""Calls: inlined functions, closures, methods, partials, decorators, recursion, and what stays a call."""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import operator
from typing import NamedTuple

import numpy as np
import pytest

import tangentc
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.nodes import kind_of
from tangentc.kinds.types import ANY, rank_of
from tests.frontend.running import assert_same, check, lowered, run

X = np.array([0.3, -1.2, 0.7, 1.9, -0.4])
RATE = 0.3
OFFSETS = {"a": 1.0, "b": (2.0, 3.0)}
TABLE = [1.0, 2.0]
WEIGHTS = np.arange(5.0)
LOG = logging.getLogger("quiet")


def helper(a, b=2.0, *rest, c=1.0, **others):
    t = a * b
    for r in rest:
        t = t + r
    if others:
        t = t - others["d"]
    return t + c


def defaults(x):
    return helper(x) + helper(x, 3) + helper(x, c=4)


def stars(x):
    args = (x, 2.0, 5.0)
    return helper(*args, 7.0, **{"c": 2.0, "d": x})


def nested_functions(x):
    k = 2.0

    def inner(a):
        return a * k

    first = inner(x)
    k = 3.0
    return first + inner(x)


def closure_with_default(x):
    def power(a, n=2):
        return a**n

    return power(x) + power(x, n=3)


def nonlocal_write(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v

    for i in range(3):
        add(x[i])
    return total


def lambdas(x):
    f, g = lambda a: a * 2, lambda a: a + 1
    return f(g(x)) + (lambda a, b=3: a * b)(x)


def functions_as_arguments(x):
    def twice(f, v):
        return f(f(v))

    return twice(np.sin, x) + twice(lambda v: v * v, x)


def partials(x):
    f = functools.partial(helper, x, c=3.0)
    return f(2.0) + f(b=4.0, d=1.0)


def higher_order(x):
    def scale(k):
        return lambda v: v * k

    return scale(3.0)(x) + scale(2)(x)


def globals_read(x):
    return x * RATE + OFFSETS["a"] + OFFSETS["b"][1] + TABLE[-1] + WEIGHTS


def loop_over_global(x):
    s = 0.0
    for key, value in OFFSETS.items():
        if key == "a":
            s = s + value
    for w in WEIGHTS:
        s += w
    return s + x


def operators(x):
    return operator.mul(x, 2) + operator.neg(x)


def maths(x):
    return math.sin(x[0]) + math.pi * x[1] + np.pi + math.sqrt(2)


def comprehensions(x):
    values = [x[i] * k for i in range(3) if i != 1 for k in (1.0, 2.0)]
    return sum(values) + sum(v * v for v in values), {k: v for k, v in zip("ab", values)}


def builtins_used(x):
    n = len(x)
    s = max(x[0], x[1]) + min(x[0], 0.5) + abs(x[2]) + float(x[3]) + int(2.7) + round(2.5)
    q, r = divmod(n, 2)
    ok = isinstance(x, np.ndarray) and not isinstance(n, float)
    return s * q + r if ok and all([True, n > 2]) and any((False, n > 1)) else s


def logged(x):
    LOG.info("x = %s", x)
    logging.debug("twice")
    text = f"{x[0]:.2f} and {x!r} {len(x)}"
    print(text, end="")
    return x * 2


def walrus_in_comprehension(x):
    values = [(t := x[i]) * t for i in range(2)]
    return values[0] + t


def array_methods(x):
    y = x.reshape(1, -1)
    return y.sum(axis=0) + x.mean() + x.T * x.ndim + x.size + x.copy().max() + y.shape[1] + x.astype(float)


def tuples(x):
    a, (b, *c) = x[0], (x[1], x[2], x[3])
    pair = (a, b) + tuple(c)
    first, *_ = pair
    return first * len(pair), [*pair], {"k": pair[1:], **{"m": a}}


def shape_unpacked(x):
    m = np.outer(x, x)
    n, k = m.shape
    return m.reshape((n * k,)), np.zeros(n) + x, np.ones(m.shape)


def types(x):
    out = []
    return x * 2 if type(x) is np.ndarray and len(out) == 0 and x is not None else None


def module_alias(x):
    import numpy
    from numpy import cos

    return numpy.sin(x) * cos(x)


@pytest.mark.parametrize(
    "program",
    [
        defaults, stars, nested_functions, closure_with_default, nonlocal_write, lambdas, functions_as_arguments,
        partials, higher_order, globals_read, loop_over_global, operators, maths, comprehensions, builtins_used,
        logged, walrus_in_comprehension, array_methods, tuples, shape_unpacked, types, module_alias,
    ],
)  # fmt: skip
def test_calls(program):
    check(program, X)


# --- what the program is ------------------------------------------------------------------------------


class Layer:
    bias = 0.5

    def __init__(self, k):
        self.k = k
        self.weights = np.arange(5.0)
        self.name = "layer"

    def __call__(self, x):
        return self.forward(x) * self.scale

    @property
    def scale(self):
        return self.k * 2

    @staticmethod
    def shift(x):
        return x + 1

    @classmethod
    def biased(cls, x):
        return x + cls.bias

    def forward(self, x, n=2):
        if self.name == "layer":
            x = x * self.weights
        return self.biased(self.shift(x)) * self.k**n


class Deep(Layer):
    def forward(self, x, n=2):
        return super().forward(x, n) + 1


LAYER = Layer(0.5)


def uses_object(x):
    return LAYER(x) + LAYER.k


def test_objects():
    check(uses_object, X)
    check(LAYER, X)
    check(LAYER.forward, X, n=3)
    check(Deep(2.0), X)
    result = lowered(LAYER.forward, X)
    LAYER.k = 0.7
    assert_same(run(result, X), LAYER.forward(X))
    LAYER.k = 0.5


def test_decorated():
    def twice(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return 2 * function(*args, **kwargs)

        return wrapper

    @twice
    def program(x, k=3):
        return x * k

    check(program, X)
    check(program, X, k=2)


def test_partial_of_lambda():
    check(functools.partial(lambda x, y, *, k: x * y + k, 2.0, k=3.0), X)


def test_star_parameters():
    def program(x, *args, k=1.0, **kwargs):
        return x + args[0] * k + kwargs["z"], len(args), sorted(kwargs)

    check(program, X, 2.0, 3.0, z=5.0, k=2.0)


def test_container_parameters():
    def program(p, q):
        return p["w"] * q[0] + q[1][1], {**p, "w": 0.0}

    result = check(program, {"w": X, "n": 3}, (2.0, [X, 4.0]))
    names = [var.name for var in result.function.body.params]
    assert names == ["p_w", "p_n", "q_0", "q_1_0", "q_1_1"]


def test_promotion():
    def program(x, axis, mode="sum", keep=False):
        if mode == "sum":
            return np.sum(x, axis=axis, keepdims=keep)
        return x

    check(program, np.ones((2, 3)), 1)
    check(program, np.ones((2, 3)), axis=0, mode="sum", keep=True)
    check(program, X, 0, "none")


def test_promotion_of_captured_data():
    axis = 1

    def program(x):
        return np.sum(x, axis=axis)

    result = check(program, np.ones((2, 3)))
    assert not result.captured
    assert all(guard.holds() for guard in result.guards)
    axis = 0
    assert not all(guard.holds() for guard in result.guards)


def test_captured_data_are_read_at_call_time():
    k = 2.0

    def program(x):
        return x * k

    result = lowered(program, X)
    assert [captured.origin for captured in result.captured] == ["closure k"]
    k = 5.0
    assert_same(run(result, X), X * 5.0)


def test_a_long_captured_list_is_data():
    table = [float(k) for k in range(40)]

    def program(x):
        s = 0.0
        for k, value in enumerate(table):
            s += value * x[k % 5]
        return s + table[3]

    result = check(program, X)
    assert len(result.captured) == 1


def test_a_guard_of_what_is_gone_fails():
    class Settings:
        mode = "a"

    settings = Settings()

    def program(x):
        return x if settings.mode == "a" else -x

    result = check(program, X)
    del Settings.mode
    assert not all(guard.holds() for guard in result.guards)


def test_iterators_are_used_up():
    def program(x):
        pairs = zip(x, x)
        s = 0.0
        for a, b in pairs:
            s += a * b
        for a, b in pairs:
            s += a
        return s

    with pytest.raises(UnsupportedSyntaxError) as raised:
        lowered(program, X)
    assert raised.value.code == "TC114"


def test_a_condition_that_changes_a_captured_name():
    def program(x):
        k = 0

        def advance():
            nonlocal k
            k += 1
            return k < 4

        while advance():
            x = x * k
        return x, k

    check(program, X)


def test_guards_notice_another_function():
    def f(x):
        return x * 2

    def program(x):
        return f(x)

    result = lowered(program, X)
    assert all(guard.holds() for guard in result.guards)
    f = np.sin  # noqa: F811
    assert not all(guard.holds() for guard in result.guards)


def test_guards_of_methods_hold():
    rng = np.random.default_rng(3)

    def program(x):
        return x + rng.normal() * 0

    result = lowered(program, X)
    assert all(guard.holds() for guard in result.guards)


@pytest.mark.parametrize(
    "draw, dtype, rank",
    [
        (lambda rng, n: rng.integers(0, n, size=(n, 2)), "int64", 2),
        (lambda rng, n: rng.poisson(1.5, n), "int64", 1),
        (lambda rng, n: rng.permutation(n), "int64", 1),
        (lambda rng, n: rng.permutation(np.zeros((4, n))), "float64", 2),
        (lambda rng, n: rng.normal(0.0, 1.0, n), "float64", 1),
        (lambda rng, n: rng.integers(0, 3), None, None),  # a NumPy integer or a Python int
        (lambda rng, n: rng.integers(0, 3, n, np.uint8), None, None),
    ],
)
def test_kinds_of_what_is_drawn(draw, dtype, rank):
    def program(n):
        return draw(np.random.default_rng(1), n)

    kind = kind_of(lowered(program, 2).function.result)
    assert rank_of(kind) == rank
    assert kind == ANY if dtype is None else kind.dtype == np.dtype(dtype)


class Pair(NamedTuple):
    a: float
    b: float = 2.0


def test_namedtuple():
    def program(x):
        p = Pair(x)
        return p.a * p.b + p[1] + sum(p)

    check(program, 3.0)


# --- recursion ----------------------------------------------------------------------------------------


def power(x, n):
    if n == 0:
        return x * 0 + 1
    return x * power(x, n - 1)


def fibonacci(n, x):
    return x if n < 2 else fibonacci(n - 1, x) + fibonacci(n - 2, x * 0.5)


def is_even(n, x):
    if n == 0:
        return x
    return is_odd(n - 1, x * 2)


def is_odd(n, x):
    if n == 0:
        return -x
    return is_even(n - 1, x + RATE)


def halves(x):
    n = len(x)
    if n <= 1:
        return x[0]
    return halves(x[: n // 2]) * 2 + halves(x[n // 2 :])


def inner_recursion(x, n):
    k = x * 2

    def down(m):
        if m == 0:
            return x
        return down(m - 1) * 0.5 + k

    return down(n)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_recursion(n):
    for program, args in (
        (power, (1.5, n)),
        (fibonacci, (n, 1.5)),
        (is_even, (n, 2.0)),
        (inner_recursion, (X, n)),
    ):
        result = lowered(program, *args)
        assert result.function.callees
        assert_same(run(result, *args), program(*args))


def test_recursion_on_slices():
    check(halves, X)


# --- errors -------------------------------------------------------------------------------------------


def writes_global(x):
    WEIGHTS[0] = 1.0
    return x


def rebinds_global(x):
    global RATE
    RATE = 3.0
    return x


def writes_attribute(x):
    LAYER.k = x
    return x


def generator(x):
    yield x


def yields_in_try(x):
    def values():
        try:
            yield x
        except ValueError:
            yield x * 2

    for value in values():
        x = x + np.sqrt(value)
    return x


def finally_leaves(x):
    try:
        return x
    finally:
        return x * 2  # noqa: B012


def undefined(x):
    return x + missing  # noqa: F821


def number_or_array(x):
    s = 0.0
    t = s
    for i in range(len(x)):
        s += x * i
        t = s
    return s, t


def wrong_arguments(x):
    return helper()


def infinite(x):
    return infinite(x)


def deletes(x):
    del x[0]
    return x


def two_at_once(x):
    class Inner:
        pass

    async def wait():
        return x

    return Inner, wait


@contextlib.contextmanager
def forgiving():
    with contextlib.suppress(ValueError):
        yield


def swallows(x):
    with forgiving():
        x = x * 2.0
    return x


def put(x):
    x.resize((2, 2))
    return x


def looks_up_names(x):
    return eval("x * 2.0")


class Scale:
    def __init__(self, k):
        self.k = k


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (writes_global, "TC107"), (rebinds_global, "TC107"), (writes_attribute, "TC107"),
        (generator, "TC103"), (finally_leaves, "TC105"), (yields_in_try, "TC105"), (swallows, "TC106"),
        (undefined, "TC102"),
        (number_or_array, "TC113"),
        (wrong_arguments, "TC115"), (infinite, "TC109"), (deletes, "TC108"), (put, "TC108"),
        (looks_up_names, "TC101"),
    ],
)  # fmt: skip
def test_errors(program, code):
    with pytest.raises(UnsupportedSyntaxError) as raised:
        lowered(program, X.copy())
    assert raised.value.code == code
    assert raised.value.span is not None
    assert raised.value.span.file.name == __file__


def test_all_syntax_errors_at_once():
    with pytest.raises(UnsupportedSyntaxError) as raised:
        lowered(two_at_once, X)
    assert [raised.value.code, *(error.code for error in raised.value.others)] == ["TC101", "TC104"]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (lambda x: np.sinn(x), "numpy has no attribute 'sinn'.*did you mean 'sin'"),
        (lambda x: np.linalg.slove(x, x), "numpy.linalg has no attribute 'slove'.*did you mean 'solve'"),
        (lambda x: x.summ(), "'ndarray' object has no attribute 'summ'.*did you mean 'sum'"),
        (lambda x: x.weight, "'ndarray' object has no attribute 'weight'"),
        (lambda x: x.strides, "the attribute 'strides' of 'ndarray' objects is not supported"),
        (lambda x: x.sum().b, "'float64' object has no attribute 'b'"),
        (lambda x: halper(x), "the name 'halper' is not defined.*did you mean 'helper'"),  # noqa: F821
        (lambda x: LOG.inof("x"), "LOG has no attribute 'inof'.*did you mean 'info'"),
    ],
)
def test_a_name_that_does_not_exist(program, message):
    with pytest.raises(UnsupportedSyntaxError, match=f"(?s){message}"):
        lowered(program, X)


class Shifted:
    def __init__(self, by):
        self.by = by

    def __mul__(self, other):
        return self.by * other + 1.0

    def __rmul__(self, other):
        return 3.0 * self.by * other

    def __radd__(self, other):
        return NotImplemented


SHIFTED = Shifted(2.0)


def test_operators_of_objects_are_methods():
    check(lambda x: (SHIFTED * x) * (SHIFTED * 2.0), 0.7)
    check(lambda x: x * SHIFTED, 0.7)
    assert tangentc.grad(lambda x: SHIFTED * x + x * SHIFTED)(0.7) == 8.0
    for program, argument in (
        (lambda x: x * SHIFTED, X),
        (lambda x: x + SHIFTED, 0.7),
        (lambda x: x - SHIFTED, 0.7),
    ):
        with pytest.raises(UnsupportedSyntaxError, match="on an object of type 'Shifted'"):
            lowered(program, argument)
