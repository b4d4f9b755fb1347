"""jacfwd, jacrev, jacobian, hessian, derivative, check_grads and users' rules."""

import pickle

import numpy as np
import pytest

import tangentc
from tangentc import check_grads, derivative, grad, hessian, jacfwd, jacobian, jacrev

MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def linear(x):
    return MATRIX @ x


def cubic(x):
    return np.sum(x**3) + x[0] * x[1]


@pytest.mark.parametrize("mode", [jacfwd, jacrev, jacobian])
def test_jacobian(mode):
    np.testing.assert_array_equal(mode(linear)(np.ones(3)), MATRIX)
    assert mode(lambda x: x * x)(3.0) == 6.0
    np.testing.assert_array_equal(mode(lambda x: np.array([x, x * x]))(3.0), [1.0, 6.0])
    np.testing.assert_array_equal(mode(lambda x: x[0] * x[1])(np.array([2.0, 3.0])), [3.0, 2.0])
    assert mode(linear)(np.ones(3)).dtype == float


@pytest.mark.parametrize("mode", [jacfwd, jacrev])
def test_blocks(mode):
    def f(a, b):
        return {"product": a * b, "sums": (np.sum(a), b * b)}

    blocks = mode(f, argnums=(0, 1))(np.arange(2.0), 3.0)
    np.testing.assert_array_equal(blocks["product"][0], 3.0 * np.eye(2))
    np.testing.assert_array_equal(blocks["product"][1], [0.0, 1.0])
    np.testing.assert_array_equal(blocks["sums"][0][0], [1.0, 1.0])
    assert blocks["sums"][1][1] == 6.0
    single = mode(f)(np.arange(2.0), 3.0)
    np.testing.assert_array_equal(single["product"], 3.0 * np.eye(2))


@pytest.mark.parametrize("mode", [jacfwd, jacrev])
def test_no_elements(mode):
    assert mode(lambda x: x * 2.0)(np.ones(0)).shape == (0, 0)


def test_hessian():
    x = np.array([1.0, 2.0, 3.0])
    expected = np.diag(6 * x)
    expected[0, 1] = expected[1, 0] = 1.0
    np.testing.assert_allclose(hessian(cubic)(x), expected)
    blocks = hessian(lambda a, b: a * a * b, argnums=(0, 1))(2.0, 3.0)
    assert blocks == ((6.0, 4.0), (4.0, 0.0))


def test_derivative_is_elementwise():
    x = np.array([0.5, 1.0])
    np.testing.assert_array_equal(derivative(np.sin)(x), np.cos(x))
    np.testing.assert_allclose(derivative(derivative(np.sin))(x), -np.sin(x))
    assert derivative(lambda x, k: k * x * x)(3.0, 2.0) == 12.0
    assert derivative(lambda k, x: k * x * x, argnums=1)(2.0, 3) == 12.0
    assert derivative(lambda k, x: k * x * x, argnums="x")(2.0, x=3.0) == 12.0
    assert derivative(lambda k, x: k * x * x, argnums=(0, -1))(2.0, 3.0) == (9.0, 12.0)
    assert derivative(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 3.0}) == 5.0
    assert derivative(lambda x: x * x)(np.float32(3.0)).dtype == np.float32


def test_derivative_inside_a_program():
    x = np.array([0.5, 1.0])
    np.testing.assert_allclose(
        grad(lambda x: np.sum(derivative(np.sin)(x) * x))(x), np.cos(x) - x * np.sin(x)
    )
    assert grad(lambda x: derivative(lambda k, t: k * t**3, argnums=1)(x, x))(2.0) == 36.0


@pytest.mark.parametrize("make", [jacobian, jacfwd, jacrev, hessian])
def test_matrices_inside_a_program_are_refused(make):
    for program in (make(cubic), lambda x: make(cubic)(x)):
        with pytest.raises(tangentc.UnsupportedSyntaxError, match=f"TC101.*{make.__name__} inside"):
            tangentc.vjp(program, np.ones(3))


def test_matrix_decorators():
    @jacobian(argnums=1)
    def product(x, y):
        return x * y

    assert product(2.0, 3.0) == 2.0


@pytest.mark.parametrize("make", [jacobian, jacfwd, hessian, derivative])
def test_they_can_be_printed_and_pickled(make):
    again = pickle.loads(pickle.dumps(make(cubic)))
    assert repr(again) == f"{make.__name__}(cubic)" and again.__name__ == "cubic"


# --- check_grads --------------------------------------------------------------------------------


def test_check_grads_accepts_what_is_right():
    check_grads(cubic, (np.array([0.3, 0.5, 0.7]),))
    check_grads(lambda x, n: x**n, (0.7, 3))
    check_grads(lambda p: (p["a"] * p["b"], np.sin(p["a"])), ({"a": 0.3, "b": np.ones(2)},))
    check_grads(lambda x: np.sum(x * x), (np.ones(3, np.float32),), order=1)
    check_grads(lambda z: z * z, (0.3 + 0.4j,), order=1)


@pytest.mark.parametrize(
    ("args", "options"),
    [(3.0, {}), ((3.0,), {"order": 0}), ((3.0,), {"modes": ["forward"]}), ((3.0,), {"modes": ()})],
)
def test_check_grads_refuses_to_check_nothing(args, options):
    with pytest.raises(TypeError, match="TC309"):
        check_grads(lambda x: x * x, args, **options)


def test_check_grads_finds_a_wrong_rule():
    @tangentc.primitive
    def wrong_square(x):
        return x * x

    @tangentc.linearise(wrong_square)
    def rule(y, x, *, dx):
        return 3.0 * x * dx

    with pytest.raises(AssertionError, match="WRONG"):
        check_grads(lambda x: wrong_square(x), (0.7,), order=1)


# --- users' rules -------------------------------------------------------------------------------


@tangentc.primitive
def scaled_sum(x, y, *, weight=1.0):
    return weight * np.sum(x * y)


@tangentc.linearise(scaled_sum)
def scaled_sum_rule(z, x, y, *, weight=1.0, dx, dy):
    return weight * np.sum(y * dx + x * dy)


def test_a_user_s_rule():
    x, y = np.arange(3.0), np.ones(3)
    a, b = grad(lambda x, y: scaled_sum(x, y, weight=2.0), argnums=(0, 1))(x, y)
    np.testing.assert_array_equal(a, 2.0 * y)
    np.testing.assert_array_equal(b, 2.0 * x)
    check_grads(lambda x, y: scaled_sum(x, y), (x, y))


@tangentc.nondifferentiable
def rounded(x):
    return np.round(x)


def test_nondifferentiable():
    assert grad(lambda x: rounded(x) * x)(1.6) == 2.0


def test_stop_gradient():
    assert grad(lambda x: tangentc.stop_gradient(x) * x)(3.0) == 3.0
    assert tangentc.stop_gradient(3.0) == 3.0


def test_stop_gradient_of_written_memory():
    """The constant shares no memory with what it was made of, so that no cotangent meets the other's."""

    def made(x):
        u = x * 1.0
        u[0] = 2.0 * u[1]
        return np.sum(tangentc.stop_gradient(u) * u)

    def given(x):
        fixed = tangentc.stop_gradient(x)
        y = fixed * x
        x[0] = 3.0
        fixed[1] = x[1] ** 2
        return np.sum(y * x * fixed)

    x = np.array([0.7, -0.4])
    np.testing.assert_allclose(grad(made)(x), [0.0, -2.0])
    # 0.7 * 3 * 0.7 at 0; at 1 the first factor of (-0.4) * x^2 * x^2 is constant
    np.testing.assert_allclose(grad(given)(x), [0.7 * 3 * 0.7, -0.4 * 4 * (-0.4) ** 3])
    for function in (made, given):
        along = tangentc.jvp(function, (x,), (np.array([0.3, 0.9]),))[1]
        np.testing.assert_allclose(along, grad(function)(x) @ [0.3, 0.9])
        assert function(x.copy()) == tangentc.value_and_grad(function)(x)[0]


def test_a_primitive_with_free_keywords_is_refused():
    with pytest.raises(tangentc.DifferentiationError, match="TC311"):
        tangentc.primitive(lambda x, **options: x)


@pytest.mark.parametrize("single", [False, True])
def test_complex_outputs_of_real_arguments(rng, single):
    """The imaginary part of a derivative is no cotangent of a real argument, and part of the Jacobian all the same."""

    def waves(x, scale):
        return {"spectrum": np.fft.fft(x * x) * scale, "real": np.sum(x) * scale, "phase": np.exp(1j * scale)}

    x, scale = rng.normal(size=3), np.float64(0.7)
    if single:
        x, scale = x.astype(np.float32), np.float32(scale)
    by_column = tangentc.jacfwd(waves, (0, 1))(x, scale)
    for make in (tangentc.jacrev, tangentc.jacobian):
        by_row = make(waves, (0, 1))(x, scale)
        for name, blocks in by_column.items():
            for found, expected in zip(by_row[name], blocks):
                np.testing.assert_allclose(
                    found, expected, rtol=1e-5 if single else 1e-12, atol=1e-6 if single else 1e-14
                )
                assert np.asarray(found).dtype == np.asarray(expected).dtype
    assert np.iscomplexobj(by_column["phase"][1]) and np.abs(np.imag(by_row["phase"][1])) > 0.1
