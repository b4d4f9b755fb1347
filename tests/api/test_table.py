"""Every row of the table of meanings in section 9 of the design."""

import numpy as np
import pytest

import tangentc
from tangentc import DifferentiationError, grad, hvp, jvp, value_and_grad, vjp


def square_sum(x):
    return np.sum(x * x)


def product(x, y):
    return x * y


# --- outputs and arguments ----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (2, 2), (0,)])
def test_vector_output_names_the_alternatives(shape):
    with pytest.raises(DifferentiationError, match="jacobian, vjp or derivative") as caught:
        grad(lambda x: x * 2.0)(np.ones(shape))
    assert caught.value.code == "TC301"
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_one_element_of_any_shape_is_accepted(shape):
    bar = grad(lambda x: x * x)(np.full(shape, 3.0))
    np.testing.assert_array_equal(bar, np.full(shape, 6.0))
    assert bar.shape == shape


def test_vector_output_of_unknown_shape():
    def f(x, n):
        return x[:n]

    assert grad(f)(np.ones(3), 1)[0] == 1.0
    with pytest.raises(DifferentiationError, match="TC301"):
        grad(f)(np.ones(3), 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_dtype_is_the_argument_s(dtype):
    bar = grad(lambda x: np.sum(np.real(x * x)))(np.ones(3, dtype))
    assert bar.dtype == dtype


@pytest.mark.parametrize("value", [2.0, 2, np.float64(2.0), np.float32(2.0)])
def test_a_number_gives_a_number_of_its_type(value):
    bar = grad(lambda x: np.sin(x) * x)(value)
    assert type(bar) is (float if type(value) is int else type(value))


def test_a_float_gives_a_float_whatever_numpy_did():
    assert type(grad(lambda x: np.sum(np.ones(3) * x))(2.0)) is float
    assert type(grad(lambda x: np.array([x])[0])(2.0)) is float


def test_python_int_is_converted():
    assert grad(lambda x: x**-1)(2) == -0.25
    assert grad(product, argnums="y")(3, y=2) == 3.0


@pytest.mark.parametrize("value", [np.arange(3), np.ones(3, bool), np.int64(2), True])
def test_integers_of_numpy_are_refused(value):
    with pytest.raises(DifferentiationError, match="TC302"):
        grad(square_sum)(value)


@pytest.mark.parametrize("value", ["text", None, len, object(), [1, 2], ("a",)])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(DifferentiationError, match="TC304"):
        grad(square_sum)(value)


@pytest.mark.parametrize("make", [np.matrix, np.ma.masked_array])
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_subclasses_are_refused(make):
    with pytest.raises(DifferentiationError, match="TC308"):
        grad(square_sum)(make([[1.0, 2.0]]))
    with pytest.raises(DifferentiationError, match="TC308"):
        grad(lambda x, y: x * np.sum(y))(1.0, make([[1.0, 2.0]]))


def test_an_argument_that_does_not_matter_gives_zeros():
    bars = grad(lambda a, b, c: a * a, argnums=(0, 1, 2))(3.0, np.ones((2, 3), np.float32), 1.0)
    assert bars[0] == 6.0 and bars[2] == 0.0 and type(bars[2]) is float
    assert bars[1].dtype == np.float32 and not bars[1].any() and bars[1].shape == (2, 3)


def test_a_function_that_returns_none():
    def f(x):
        x[0] = 1.0

    with pytest.raises(DifferentiationError, match="return") as caught:
        grad(f)(np.ones(2))
    assert caught.value.code == "TC307"


@pytest.mark.parametrize("dtype", [object, int, bool])
def test_storage_that_holds_no_derivative(dtype):
    def stored(x):
        y = np.zeros(2, dtype)
        y[0] = x
        return y[0] * x

    def made(x):
        return np.array([x, None], dtype=object)[0] * x

    for f in (stored, made) if dtype is object else (stored,):
        with pytest.raises(DifferentiationError, match="TC306"):
            tangentc.grad(f)(0.7)
        with pytest.raises(DifferentiationError, match="TC306"):
            tangentc.jvp(f, (0.7,), (1.0,))


# --- degenerate arrays --------------------------------------------------------------------------

ARRAYS = {
    "zero size": np.ones(0),
    "no axes": np.array(2.0),
    "negative strides": np.arange(4.0)[::-1],
    "Fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "strided": np.arange(8.0)[::2],
}


@pytest.mark.parametrize("x", ARRAYS.values(), ids=ARRAYS)
def test_arrays_of_any_layout(x):
    before = x.copy()
    bar = grad(square_sum)(x)
    np.testing.assert_array_equal(bar, 2 * x)
    np.testing.assert_array_equal(x, before)
    assert bar.shape == x.shape and type(bar) is np.ndarray and bar.flags.writeable


def test_read_only_input():
    def f(x):
        x[0] = x[1] * x[1]
        return np.sum(x)

    x = np.arange(3.0)
    x.flags.writeable = False
    np.testing.assert_array_equal(grad(f)(x), [0.0, 3.0, 1.0])
    assert x[0] == 0.0


# --- argnums ------------------------------------------------------------------------------------


def test_argnums_int_gives_a_bare_value_and_a_tuple_gives_a_tuple():
    assert grad(product, argnums=0)(2.0, 3.0) == 3.0
    assert grad(product, argnums=(0,))(2.0, 3.0) == (3.0,)
    assert grad(product, argnums=(1, 0))(2.0, 3.0) == (2.0, 3.0)
    assert grad(product, argnums=[0, 1])(2.0, 3.0) == (3.0, 2.0)
    assert grad(product, argnums=-1)(2.0, 3.0) == 2.0
    assert grad(product, argnums="y")(2.0, 3.0) == 2.0
    assert grad(product, argnums=("y", 0))(2.0, 3.0) == (2.0, 3.0)


@pytest.mark.parametrize("argnums", [2, -3, "z", (0, 5), 1.5, True, (), None])
def test_wrong_argnums(argnums):
    with pytest.raises(DifferentiationError, match="TC303"):
        grad(product, argnums=argnums)(2.0, 3.0)


def test_argnums_of_an_argument_that_the_call_leaves_out():
    with pytest.raises(DifferentiationError, match="TC303"):
        grad(lambda *xs: xs[0], argnums=1)(1.0)


def test_keywords_defaults_and_star_arguments():
    def f(x, *rest, scale=2.0, **more):
        total = x * scale
        for value in rest:
            total = total + value * value
        return total + more.get("offset", 0.0) * x if more else total

    assert grad(f)(3.0) == 2.0
    assert grad(f, argnums=2)(3.0, 4.0, 5.0) == 10.0
    assert grad(f, argnums="scale")(3.0, scale=5.0) == 3.0
    assert grad(f, argnums="scale")(3.0) == 3.0
    assert grad(f)(3.0, scale=7.0) == 7.0
    assert grad(product, argnums=0)(x=2.0, y=3.0) == 3.0


# --- containers ---------------------------------------------------------------------------------


def test_containers_give_containers():
    def f(p):
        return p["w"] * p["b"][0] + p["b"][1] ** 2

    bar = grad(f)({"w": 2.0, "b": [3.0, 4.0]})
    assert bar == {"w": 3.0, "b": [2.0, 8.0]}


def test_leaves_that_do_not_vary_give_none():
    def f(p):
        return p["x"] * len(p["name"])

    bar = grad(f)({"x": 2.0, "name": "abc", "n": 3, "i": np.arange(2), "none": None})
    assert bar == {"x": 3.0, "name": None, "n": None, "i": None, "none": None}


def test_a_tuple_of_arrays():
    bar = grad(lambda t: np.sum(t[0] * t[1]))((np.ones(2), np.arange(2.0)))
    assert type(bar) is tuple
    np.testing.assert_array_equal(bar[0], [0.0, 1.0])
    np.testing.assert_array_equal(bar[1], [1.0, 1.0])


def test_a_list_of_numbers():
    def f(xs):
        total = 0.0
        for x in xs:
            total += x * x
        return total

    for count in (3, 16, 20):
        assert grad(f)([float(i) for i in range(count)]) == [2.0 * i for i in range(count)]


# --- has_aux ------------------------------------------------------------------------------------


def test_has_aux():
    def f(x):
        return x * x, {"twice": 2 * x, "text": "note"}

    assert grad(f, has_aux=True)(3.0) == (6.0, {"twice": 6.0, "text": "note"})
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"twice": 6.0, "text": "note"}), 6.0)
    value, pullback, aux = vjp(f, 3.0, has_aux=True)
    assert value == 9.0 and aux["twice"] == 6.0 and pullback(2.0) == (12.0,)


# --- freshness ----------------------------------------------------------------------------------


def test_results_share_memory_with_nothing():
    def f(x, y):
        return np.sum(x + y)

    x = np.ones(3)
    a, b = grad(f, argnums=(0, 1))(x, x)
    assert not np.shares_memory(a, b) and not np.shares_memory(a, x)
    a[0] = 99.0
    assert b[0] == 1.0 and x[0] == 1.0


def test_the_gradient_of_a_dot_product_is_a_copy():
    x, y = np.ones(3), np.arange(3.0)
    bar = grad(lambda x, y: np.sum(x * y))(x, y)
    np.testing.assert_array_equal(bar, y)
    assert not np.shares_memory(bar, y)


def test_a_captured_array_is_not_handed_out():
    c = np.arange(3.0)
    bar = grad(lambda x: np.sum(x * c))(np.ones(3))
    bar[0] = 99.0
    assert c[0] == 0.0


def test_the_value_is_no_argument():
    x = np.ones(3)
    value, pullback = vjp(lambda x: x, x)
    assert not np.shares_memory(value, x)
    seed = np.arange(3.0)
    (bar,) = pullback(seed)
    assert not np.shares_memory(bar, seed)
    np.testing.assert_array_equal(bar, seed)


def test_sharing_written_memory_is_refused():
    def f(a, b):
        a[0] = 2.0 * b[1]
        return np.sum(a * b)

    x = np.ones(4)
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(f)(x, x)
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(f)(x[:3], x[1:])
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(f)(np.broadcast_to(1.0, (2,)), x)
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(f)(np.lib.stride_tricks.sliding_window_view(x, 2), x[:2].copy())
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(lambda t: f(*t))((x, x))
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(lambda *t: f(*t), argnums=1)(x, x)
    with pytest.raises(DifferentiationError, match="TC310"):
        grad(lambda a: f(a, x))(x)
    np.testing.assert_array_equal(grad(f)(x[:2].copy(), x[2:]), [0.0, 1.0])
    np.testing.assert_array_equal(grad(f)(x[::2], x[1::2]), [0.0, 1.0])


def test_sharing_read_memory_is_fine():
    x = np.arange(3.0)
    np.testing.assert_array_equal(grad(lambda a, b: np.sum(a * b))(x, x), x)


# --- jvp, vjp, hvp -------------------------------------------------------------------------------


def test_jvp():
    y, y_dot = jvp(product, (2.0, 3.0), (1.0, 10.0))
    assert (y, y_dot) == (6.0, 23.0) and type(y_dot) is float
    y, y_dot = jvp(lambda x, n: x**n, (np.ones(2), 3), (np.full(2, 2.0), None))
    np.testing.assert_array_equal(y_dot, [6.0, 6.0])


def test_jvp_of_containers():
    y, y_dot = jvp(lambda p: {"s": p[0] * p[1]}, ((2.0, 3.0),), ((1.0, 1.0),))
    assert y == {"s": 6.0} and y_dot == {"s": 5.0}


@pytest.mark.parametrize(
    ("primals", "tangents"),
    [
        ((np.ones(3),), (np.ones(2),)),
        ((1.0,), (np.ones(2),)),
        ((1.0,), (1.0, 2.0)),
        (1.0, 1.0),
        ((1.0,), (None,)),
        ((1.0,), (1j,)),
        (([1.0, 2.0],), ([1.0],)),
    ],
)
def test_tangents_that_do_not_fit(primals, tangents):
    with pytest.raises(DifferentiationError, match="TC309"):
        jvp(lambda x: x, primals, tangents)


@pytest.mark.parametrize("seed", [np.ones(2), 1.0, np.ones((3, 1)), (1.0,)])
def test_cotangents_that_do_not_fit(seed):
    _, pullback = vjp(lambda x: x * x, np.ones(3))
    with pytest.raises(DifferentiationError, match="TC309"):
        pullback(seed)


def test_a_pullback_may_be_called_any_number_of_times():
    def f(x):
        y = x.copy()
        for i in range(1, 3):
            y[i] = y[i] * y[i - 1]
        return y

    x = np.array([1.0, 2.0, 3.0])
    value, pullback = vjp(f, x)
    first = pullback(np.ones(3))
    first[0][:] = 99.0
    value[:] = 99.0
    second = pullback(np.ones(3))
    np.testing.assert_array_equal(second[0], [9.0, 4.0, 2.0])
    third = pullback(np.array([0.0, 0.0, 2.0]))
    np.testing.assert_array_equal(third[0], [12.0, 6.0, 4.0])


def test_a_pullback_does_not_see_later_changes():
    x, c = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    _, pullback = vjp(lambda x: x * x * c, x)
    x -= 0.5
    c[:] = 0.0
    np.testing.assert_array_equal(pullback(np.ones(2))[0], [6.0, 16.0])


def test_vjp_of_integers_and_text():
    value, pullback = vjp(lambda x, n, kind: x**n if kind == "power" else x, 2.0, 3, "power")
    assert value == 8.0 and pullback(1.0) == (12.0, None, None)
    assert vjp(lambda x: x * x, 3)[1](1.0) == (6.0,)


def test_vjp_of_several_outputs():
    _, pullback = vjp(lambda x: (x * x, {"a": 3 * x}), 2.0)
    assert pullback((1.0, {"a": 10.0})) == (34.0,)


def test_hvp():
    def f(x):
        return np.sum(x**3)

    x, v = np.array([1.0, 2.0]), np.array([1.0, 10.0])
    np.testing.assert_array_equal(hvp(f, x, v), 6 * x * v)
    np.testing.assert_array_equal(hvp(f, (x,), (v,))[0], 6 * x * v)
    products = hvp(product, (2.0, 3.0), (1.0, 10.0))
    assert products == (10.0, 1.0) and all(type(p) is float for p in products)


def test_second_order_by_composition():
    assert grad(grad(lambda x: x**3))(2.0) == 12.0
    assert grad(grad(grad(lambda x: x**4)))(2.0) == 48.0


def test_derivatives_inside_the_program():
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0) == 1.0
    assert grad(lambda x: jvp(lambda y: x * y * y, (2.0,), (1.0,))[1])(1.0) == 4.0
    assert grad(lambda x: x * vjp(lambda y: y * y, x)[1](1.0)[0])(3.0) == 12.0
    assert grad(lambda x: tangentc.derivative(np.sin)(x) * 1.0)(1.0) == pytest.approx(-np.sin(1.0))


# --- complex ------------------------------------------------------------------------------------


def test_vjp_is_the_transpose_of_jvp_for_complex_values():
    def f(z, w):
        return z * w + np.conj(z)

    rng = np.random.default_rng(1)
    z, w, dz, dw, seed = (rng.normal(size=2) + 1j * rng.normal(size=2) for _ in range(5))
    _, dot = jvp(f, (z, w), (dz, dw))
    bars = vjp(f, z, w)[1](seed)
    left = np.sum(seed * dot).real
    right = (np.sum(bars[0] * dz) + np.sum(bars[1] * dw)).real
    assert left == pytest.approx(right)


def test_grad_of_a_complex_output_needs_holomorphic():
    with pytest.raises(DifferentiationError, match="holomorphic"):
        grad(lambda z: z * z)(1.0 + 2.0j)
    assert grad(lambda z: z * z, holomorphic=True)(1.0 + 2.0j) == 2.0 + 4.0j
