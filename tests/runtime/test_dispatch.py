"""Functions that are known only when the program runs, and what they may do."""

from __future__ import annotations

import functools
import inspect
import operator
import types

import numpy as np
import pytest

import tangentc
from tangentc.errors import TangentcError
from tangentc.runtime.dispatch import dispatch, reverse, tangent

RANDOM = np.random.default_rng(0)
KEPT = np.ones(3)
X = np.array([0.3, -0.7, 1.2])


def square(v):
    return v * v


@functools.cache
def cached(n):
    return np.arange(3.0) * n


def prints(v):
    print("called")
    return v * v


def writes(v):
    v[0] = 2.0
    return v.sum()


def writes_entry(pair):
    pair[0][0] = 1.0
    return pair[0].sum()


TABLE = types.MappingProxyType({
    "square": square, "sine": np.sin, "product": lambda a, b: a * b, "sum": lambda a: np.sum(a * a),
    "same": lambda a: a, "view": lambda a: a[1:], "pair": lambda a: (a, a), "count": lambda a: 3,
    "prints": prints, "draws": lambda a: a * RANDOM.normal(), "writes": writes, "writes_entry": writes_entry,
    "list": lambda a: a[0] * a[1], "named": lambda a, *, k=2.0: a * k, "outer": lambda a: a + RANDOM.normal(),
    "text": lambda a: "text", "choose": lambda a, n: a**n, "of_tuple": lambda pair: pair[0] * pair[1],
    "typed": None, "kept": lambda a: KEPT, "kept_view": lambda a: KEPT[:2],
    "cached": lambda a: cached(1),
    "reshaped": lambda a: np.outer(a, a).reshape(-1)[::2], "picked": lambda a: a[[0, 1]],
    "asserts": lambda a: square(checked(a)), "made": functools.partial(np.multiply, 3.0),
})  # fmt: skip


def checked(a):
    assert np.all(a > -5.0)
    if np.any(a > 9.0):
        raise ValueError("too large")
    return a * 1.0


def calling(word):
    return lambda x, *rest: TABLE.get(word)(x, *rest)


# --- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["reshaped", "picked"])
def test_views_of_what_it_made_are_its_own(word):
    tangentc.check_grads(calling(word), (X,), order=2)


@pytest.mark.parametrize("word", ["square", "sine", "made", "asserts"])
def test_first_and_second_derivative(word):
    f = calling(word)
    tangentc.check_grads(f, (0.4,), order=2)
    tangentc.check_grads(f, (X,), order=2)


def test_mixed_second_derivatives():
    def f(x, y):
        return TABLE.get("product")(x, y) * y + TABLE.get("product")(x * y, y)

    found = tangentc.hessian(f, argnums=(0, 1))(0.4, 0.7)
    np.testing.assert_allclose(found, [[0.0, 2.8], [2.8, 1.6]], atol=1e-12)


def test_passive_arguments_and_dtypes():
    f = calling("choose")
    assert tangentc.grad(f)(0.5, 3) == pytest.approx(0.75)
    x = np.array([0.5, 2.0], dtype=np.float32)
    gradient = tangentc.grad(lambda x: np.sum(TABLE.get("square")(x)))(x)
    assert gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, 2 * x)
    assert type(tangentc.grad(calling("square"))(2.0)) is float
    zero_d = tangentc.grad(calling("square"))(np.array(2.0))
    assert zero_d.shape == () and zero_d == 4.0
    empty = tangentc.grad(lambda x: np.sum(TABLE.get("square")(x)))(np.zeros(0))
    assert empty.shape == (0,)


def test_a_function_that_does_not_depend_on_its_argument():
    f = calling("count")
    try:
        assert tangentc.grad(lambda x: f(x) * x)(2.0) == 3.0
    except TangentcError as error:  # it has no real output to differentiate
        assert error.code.startswith("TC3")


def test_a_passive_call_is_left_as_it_is():
    assert tangentc.grad(lambda x, n: TABLE.get("square")(n) * x)(2.0, 3) == 9
    assert tangentc.grad(lambda x, n: x if TABLE.get("text")(n) == "text" else x * x)(2.0, 3) == 1.0


def test_pullback_twice_and_after_a_change():
    x = X.copy()
    _, pullback = tangentc.vjp(lambda x: TABLE.get("square")(x), x)
    first = pullback(np.ones(3))[0]
    x[0] = 9.0
    np.testing.assert_array_equal(pullback(np.ones(3))[0], first)
    np.testing.assert_array_equal(first, 2 * X)


def test_arguments_that_are_written_later():
    def f(x):
        y = x.copy()
        s = TABLE.get("sum")(y)
        y[0] = 3.0
        y[1:] = TABLE.get("square")(y[:2])
        return s + np.sum(y * x)

    tangentc.check_grads(f, (X,), order=2)


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["same", "view", "pair", "writes", "text", "prints", "draws", "outer", "kept", "kept_view", "cached"],
)
def test_what_it_may_not_do(word):
    with pytest.raises(TangentcError) as caught:
        tangentc.grad(lambda x: np.sum(TABLE.get(word)(x)))(X.copy())
    assert caught.value.code == "TC313"


def test_arguments_stay_as_they_are():
    x = X.copy()
    with pytest.raises(TangentcError, match="writes an argument"):
        dispatch(writes, x)
    with pytest.raises(TangentcError, match="writes an argument"):
        dispatch(writes_entry, (x, 2.0))
    np.testing.assert_array_equal(x, X)
    assert x.flags.writeable


def test_lists_and_names_of_arguments_are_refused():
    with pytest.raises(TangentcError) as caught:
        tangentc.grad(lambda x: TABLE.get("list")([x, x]))(2.0)
    assert caught.value.code in ("TC109", "TC126")
    with pytest.raises(TangentcError, match="by name"):
        tangentc.grad(lambda x: TABLE.get("named")(x, k=3.0))(2.0)
    with pytest.raises(TangentcError, match="TC201"):
        tangentc.grad(lambda x: TABLE.get("of_tuple")((x, 2.0)))(2.0)


def test_a_function_that_holds_a_differentiated_value_is_refused():
    def bound(x):
        f = getter(x)
        return f(x)

    def getter(x):
        return HOLD(x)

    with pytest.raises(TangentcError) as caught:
        tangentc.grad(bound)(2.0)
    assert caught.value.code in ("TC109", "TC202")


HOLD = operator.attrgetter("__mul__")


def test_none_is_called():
    with pytest.raises(TypeError, match="not callable"):
        tangentc.grad(lambda x: TABLE.get("typed")(x))(2.0)


# --- the text -------------------------------------------------------------------------------------


def test_it_reads_well():
    def program(x, y):
        f = TABLE.get("product")
        return f(x, y)

    gradient = tangentc.grad(program, argnums=(0, 1))
    gradient(2.0, 3.0)
    assert "x_bar, y_bar = dispatch(reverse(f), x, y, " in gradient.source


def test_derived_functions_are_the_same_objects():
    assert reverse(square) is reverse(square) and tangent(square, (0,)) is tangent(square, (0,))
    assert reverse(X.sum) is not reverse(X.mean)
    assert tangent(square)(3.0, 1.0) == reverse(square)(3.0, 1.0) == 6.0


def test_a_file_imports_tangentc(tmp_path):
    gradient = tangentc.grad(found)
    assert gradient(2.0) == 12.0
    gradient.save(tmp_path / "saved.py")
    text = (tmp_path / "saved.py").read_text()
    assert "from tangentc.runtime.dispatch import dispatch" in text
    namespace = {}
    exec(compile(text, "saved.py", "exec"), namespace)
    assert namespace["found_grad"](2.0) == 12.0


def found(x):
    return inspect.unwrap(square)(x) * x
