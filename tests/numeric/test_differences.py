"""Differences against the derivatives that the compiler makes, what they cost, and what they refuse."""

import math
import sys
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

import tangentc
from tangentc import numeric
from tangentc.errors import DifferentiationError

METHODS = ["forward", "central", "complex", "adaptive"]
ACCURACY = {"forward": 3e-7, "central": 1e-9, "complex": 1e-14, "adaptive": 2e-11}


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def network(x, w):
    hidden = np.tanh(w @ x)
    return {"hidden": hidden, "loss": np.sum(hidden * x[:2]) / 3.0, "name": "network", "count": 3}


def norm(x):
    return np.sqrt(np.sum(x * x * np.cos(x)) + 4.0)


@dataclass
class Pair:
    left: float
    right: np.ndarray


def of_pair(pair, factor):
    return factor["a"] * np.sum(pair.right**2) * pair.left + factor["b"]


def error(found, expected):
    found, expected = tangentc.checking.leaves(found), tangentc.checking.leaves(expected)
    return max(
        float(np.max(np.abs(np.subtract(a, b)), initial=0.0))
        for a, b in zip(found, expected, strict=True)
        if a is not None or b is not None
    )


# --- the lecture --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_lecture_s_gradient(method):
    found = numeric.grad(lecture, (0, 1), method)(2.0, 5.0)
    assert error(found.value, (5.5, 2.0 - math.cos(5.0))) < 10 * ACCURACY[method]
    assert all(type(value) is float for value in found.value) and found.method == method


def test_the_lecture_s_quotient():
    h = 2.0**-10  # 2 + h and 5 + h are exact
    found = numeric.grad(lecture, (0, 1), "forward", h)(2.0, 5.0)
    expected = [
        (lecture(2.0 + h, 5.0) - lecture(2.0, 5.0)) / h,
        (lecture(2.0, 5.0 + h) - lecture(2.0, 5.0)) / h,
    ]
    assert list(found.value) == expected and found.step == (h, h)


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize(
    ("options", "cost"),
    [
        ({"method": "forward"}, lambda n: n + 1),
        ({"method": "central"}, lambda n: 2 * n or 1),  # 1: of what shape is nothing?
        ({"method": "complex"}, lambda n: n + 1 + 2 * (n > 0)),
        ({"method": "complex", "check": False}, lambda n: n + 1),
        ({"method": "forward", "step": "balanced"}, lambda n: 3 * n + 1),
        ({"method": "central", "step": "balanced"}, lambda n: 6 * n or 1),
    ],
)
def test_evaluations_are_counted(options, cost, size, rng):
    calls = 0

    def counted(x):
        nonlocal calls
        calls += 1
        return np.sum(np.sin(x) * x) + 2.0

    found = numeric.grad(counted, **options)(rng.normal(size=size))
    assert found.evaluations == calls == cost(size)


def test_a_direction_costs_one_column(rng):
    x, w = rng.normal(size=3), rng.normal(size=(2, 3))
    dots = rng.normal(size=3), rng.normal(size=(2, 3))
    for method, cost in (("forward", 2), ("central", 2), ("complex", 4)):
        assert numeric.directional(network, (x, w), dots, method).evaluations == cost


# --- against the compiler -----------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_jacobians(method, rng):
    x, w = rng.normal(size=3), rng.normal(size=(2, 3))
    found = numeric.jacobian(network, (0, 1), method)(x, w)
    expected = tangentc.jacobian(network, (0, 1))(x, w)
    assert error(found.value, expected) < ACCURACY[method]
    assert found.value["name"] == found.value["count"] == (None, None)
    assert [b.shape for b in found.value["hidden"]] == [(2, 3), (2, 2, 3)]


@pytest.mark.parametrize("method", METHODS)
def test_directions(method, rng):
    x, w = rng.normal(size=3), rng.normal(size=(2, 3))
    dots = rng.normal(size=3), rng.normal(size=(2, 3))
    found = numeric.directional(network, (x, w), dots, method)
    assert error(found.value, tangentc.jvp(network, (x, w), dots)[1]) < 10 * ACCURACY[method]
    along_w = numeric.directional(network, (x, w), (None, dots[1]), method)
    assert error(along_w.value, tangentc.jvp(network, (x, w), (None, dots[1]))[1]) < 10 * ACCURACY[method]


@pytest.mark.parametrize("method", METHODS)
def test_trees(method, rng):
    pair, factor = Pair(2.0, rng.normal(size=3)), {"a": 0.7, "b": 1.5, "label": "x", "k": 3}
    found = numeric.grad(of_pair, (0, 1), method)(pair, factor).value
    expected = tangentc.grad(of_pair, (0, 1))(pair, factor)
    assert isinstance(found[0], Pair) and found[1]["label"] is None and found[1]["k"] is None
    assert error(found, expected) < 10 * ACCURACY[method]


ARRAYS = {
    "0-d": lambda rng: np.array(rng.normal()),
    "1 element": lambda rng: rng.normal(size=(1, 1)),
    "empty": lambda rng: rng.normal(size=(0, 3)),
    "Fortran": lambda rng: np.asfortranarray(rng.normal(size=(2, 3))),
    "backwards": lambda rng: rng.normal(size=(4, 3))[::-2, ::-1],
    "broadcast": lambda rng: np.broadcast_to(rng.normal(size=3), (2, 3)),
    "read-only": lambda rng: np.frombuffer(rng.normal(size=3).tobytes()),
    "number of NumPy": lambda rng: rng.normal(size=1)[0],
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ARRAYS)
def test_layouts(kind, method, rng):
    x = ARRAYS[kind](rng)
    found, expected = numeric.grad(norm, 0, method)(x).value, tangentc.grad(norm)(x)
    assert type(found) is type(expected) and found.shape == expected.shape and found.dtype == expected.dtype
    assert error(found, expected) < ACCURACY[method]


@pytest.mark.parametrize(
    ("method", "accuracy"), [("forward", 3e-3), ("central", 2e-4), ("complex", 1e-6), ("adaptive", 2e-5)]
)
def test_single_precision(method, accuracy, rng):
    x = rng.normal(size=5).astype(np.float32)
    found = numeric.grad(norm, 0, method)(x)
    assert found.value.dtype == np.float32
    assert error(found.value, tangentc.grad(norm)(x.astype(float))) < accuracy
    if method in ("forward", "central"):
        power = {"forward": 1 / 2, "central": 1 / 3}[method]
        np.testing.assert_allclose(
            found.step, np.finfo(np.float32).eps ** power * np.maximum(np.abs(x), 1.0), rtol=1e-2
        )


def test_results_in_single_precision_decide_too(rng):
    def narrow(x):
        return norm(x).astype(np.float32)

    x = rng.normal(size=4)
    found = numeric.grad(narrow)(x)
    assert found.value.dtype == float and error(found.value, tangentc.grad(norm)(x)) < 2e-4
    assert found.evaluations == 10  # the first column shows it and is done again


def test_complex_arguments():
    def modulus(z):
        return np.abs(z) ** 2 + np.real(z * z)

    for z in (1.0 + 2.0j, np.array([1.0 + 2.0j, -0.3 + 0.1j])):
        total = lambda z: np.sum(modulus(z))
        found = numeric.grad(total)(z)
        assert error(found.value, tangentc.grad(total)(z)) < 1e-9
        assert found.evaluations == 4 * np.size(z)
        tangent = 0.3 - 0.7j if np.isscalar(z) else np.array([0.3 - 0.7j, 1.0j])
        along = numeric.directional(lambda z: z * z, (z,), (tangent,))
        assert error(along.value, 2.0 * z * tangent) < 1e-9


def test_complex_results(rng):
    def spectrum(x):
        return np.fft.fft(x * x)

    x = rng.normal(size=3)
    for method in ("forward", "central", "adaptive"):
        found = numeric.jacobian(spectrum, 0, method)(x)
        assert error(found.value, tangentc.jacfwd(spectrum)(x)) < ACCURACY[method]
        assert found.error is None or not np.iscomplexobj(found.error)


def test_names_defaults_and_methods(rng):
    def scaled(x, *, factor=3.0, power=2):
        return np.sum(factor * x**power)

    class Model:
        weight = 3.0

        def loss(self, x):
            return self.weight * x * x

    x = rng.normal(size=2)
    assert error(numeric.grad(scaled, "x")(x=x).value, 6.0 * x) < 1e-9
    assert abs(numeric.grad(scaled, "factor")(x).value - np.sum(x * x)) < 1e-9
    assert abs(numeric.grad(Model().loss)(2.0).value - 12.0) < 1e-9
    assert abs(numeric.grad(partial(lecture, 2.0))(5.0).value - (2.0 - math.cos(5.0))) < 1e-9
    assert abs(numeric.grad(math.sin)(2).value - math.cos(2)) < 1e-10
    assert numeric.grad(lecture).__name__ == "lecture"


def test_a_derivative_is_a_function_too(rng):
    x = rng.normal(size=3)
    found = numeric.jacobian(tangentc.grad(norm))(x)
    assert error(found.value, tangentc.hessian(norm)(x)) < 1e-9


def test_the_parameters_of_a_module():
    from tangentc import eager, nn

    eager.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    x = eager.tensor(np.linspace(-1.0, 1.0, 6).reshape(2, 3))
    loss = lambda model, x: (model(x) ** 2).mean()
    before = {name: parameter.numpy().copy() for name, parameter in model.state_dict().items()}
    found = numeric.grad(loss)(model, x)
    assert found.evaluations == 2 * (12 + 4 + 4 + 1)
    loss(model, x).backward()
    for name, parameter in model.named_parameters():
        np.testing.assert_allclose(np.asarray(found.value[name].numpy()), parameter.grad.numpy(), atol=1e-9)
        assert np.array_equal(parameter.detach().numpy(), before[name]), "the module stays as it was"


# --- memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_arguments_stay_and_results_may_be_one_buffer(method, rng):
    buffer = np.zeros(3, complex if method == "complex" else float)

    def wild(x, y):
        buffer[:] = x**2 * y
        x[:] = 7.0
        y[:] = 8.0
        return buffer.real if method == "complex" and not np.iscomplexobj(x) else buffer

    x, y = rng.normal(size=3), rng.normal(size=3)
    before = x.copy(), y.copy()
    found = numeric.jacobian(wild, (0, 1), method, check=method != "complex")(x, y)
    assert np.array_equal(x, before[0]) and np.array_equal(y, before[1])
    assert error(found.value, (np.diag(2 * x * y), np.diag(x * x))) < ACCURACY[method]


def test_the_same_array_twice(rng):
    x = rng.normal(size=3)
    product = lambda a, b: np.sum(a * a * b)
    assert error(numeric.grad(product)(x, x).value, 2 * x * x) < 1e-9
    assert error(numeric.grad(product, (0, 1))(x, x).value, (2 * x * x, x * x)) < 1e-9
    assert error(numeric.grad(lambda pair: product(*pair))([x, x]).value, [2 * x * x, x * x]) < 1e-9


# --- steps --------------------------------------------------------------------------------------


def test_steps_follow_the_size_of_each_number():
    x = np.array([1e-3, -2.0, 3e8])
    unit = np.finfo(float).eps
    found = numeric.grad(lambda x: np.sum(np.log(np.abs(x) + 1.0)))(x)
    np.testing.assert_allclose(found.step, unit ** (1 / 3) * np.array([1.0, 2.0, 3e8]), rtol=1e-6)
    finer = numeric.grad(lambda x: np.sum(np.log(np.abs(x))), scale=1e-3)(x)
    np.testing.assert_allclose(finer.value, 1.0 / x, rtol=1e-9)


@pytest.mark.parametrize("method", ["forward", "central"])
@pytest.mark.parametrize(
    ("function", "slope", "x"),
    [
        (np.sin, np.cos, 1.0),
        (np.exp, np.exp, 12.0),
        (np.log, lambda x: 1.0 / x, 1e-4),
        (lambda x: np.sin(300.0 * x), lambda x: 300.0 * np.cos(300.0 * x), 0.7),
        (lambda x: 3.0 * x, lambda x: 3.0, 0.7),
        (lambda x: 1e-8 * x**3 + 1e8, lambda x: 3e-8 * x**2, 2.0),
        (math.sqrt, lambda x: 0.5 / math.sqrt(x), 1e-3),  # raises beyond 0
    ],
)
def test_a_balanced_step_knows_its_error(method, function, slope, x):
    found = numeric.grad(function, 0, method, "balanced")(x)
    true_error = abs(found.value - slope(x))
    assert true_error <= 4.0 * found.error
    assert found.error <= 1e-5 * (abs(slope(x)) + abs(function(x)))


def test_a_balanced_step_is_better_where_a_function_is_rough():
    rough, slope = lambda x: np.sin(300.0 * x), 300.0 * np.cos(210.0)
    plain, balanced = (numeric.grad(rough, step=step)(0.7).value for step in (None, "balanced"))
    assert abs(balanced - slope) < 0.1 * abs(plain - slope)


def test_a_backward_difference():
    kink = lambda x: abs(x - 1.0)
    assert numeric.grad(kink, method="forward", step=0.25)(1.0).value == 1.0
    assert numeric.grad(kink, method="forward", step=-0.25)(1.0).value == -1.0


def test_steps_are_taken_without_rounding():
    for x in (1.0 + 1e-9, -3.3, 1e-5, 2.0**52 - 0.5):
        h = numeric.grad(lambda x: x, step=1e-6 * max(1.0, abs(x)))(x).step
        assert x + h - x == h and x - (x - h) == h


# --- adaptive -----------------------------------------------------------------------------------


def test_adaptive_near_the_end_of_a_function():
    found = numeric.grad(np.log, method="adaptive")(1e-4)
    assert abs(found.value - 1e4) < 1e-6 and found.error < 1e-5 and found.step < 1e-4
    assert abs(numeric.grad(math.sqrt, method="adaptive")(1e-3).value - 0.5 / math.sqrt(1e-3)) < 1e-10


def test_adaptive_evaluates_each_point_once():
    seen = []

    def many(x):
        seen.append(float(x))
        return np.array([np.sin(x), np.cos(3 * x), x**3])

    found = numeric.jacobian(many, 0, "adaptive")(0.6)
    assert len(seen) == len(set(seen)) == found.evaluations < 30
    np.testing.assert_allclose(found.value, [np.cos(0.6), -3 * np.sin(1.8), 3 * 0.36], atol=1e-12)


def test_adaptive_of_a_constant():
    found = numeric.grad(lambda x: 0.0 * x + 3.0, method="adaptive")(2.0)
    assert abs(found.value) < 1e-12


def test_adaptive_without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.differentiate", None)
    with pytest.raises(ImportError, match=r"tangentc\[numeric\]"):
        numeric.grad(np.sin, method="adaptive")(1.0)


# --- the complex step ---------------------------------------------------------------------------

LOST = {
    "abs of a number": (lambda x: np.abs(x) * x, 2.0),
    "abs in an array": (lambda x: np.sum(np.abs(x) * x), np.array([0.3, -0.7, 1.1])),
    "one entry of many": (lambda x: np.sum(x * x) + np.abs(x[2]), np.array([0.3, -0.7, 1.1])),
    "real": (lambda x: np.real(x) * 3.0, 2.0),
    "real, then complex again": (lambda x: np.sum(x.real * x), np.array([0.3, -0.7, 1.1])),
    "conjugate": (lambda x: np.sum(np.conj(x) * x), np.array([0.3, -0.7, 1.1])),
    "norm": (lambda x: np.linalg.norm(x) + 0.1 * x[0], np.array([0.3, -0.7, 1.1])),
    "astype": (lambda x: np.sum(x.astype(float) ** 2), np.array([0.3, -0.7, 1.1])),
    "float": (lambda x: float(x) * x, 2.0),
    "a store into a real array": (lambda x: _stored(x), np.array([0.3, -0.7, 1.1])),
    "math": (lambda x: math.sin(x), 2.0),
    "a ufunc of real numbers": (lambda x: np.arctan2(x, 2.0), 2.0),
    "a complex result": (lambda x: x * (1.0 + 2.0j), 2.0),
    "a constant": (lambda x: 3.0, 2.0),
}


def _stored(x):
    y = np.zeros(3)
    y[:] = x
    return np.sum(y * y)


@pytest.mark.parametrize("case", LOST)
def test_lost_imaginary_parts_are_refused(case):
    function, x = LOST[case]
    for make in (numeric.grad, numeric.jacobian):
        with pytest.raises(DifferentiationError) as caught:
            make(function, method="complex")(x)
        assert caught.value.code == "TC402"
    with pytest.raises(DifferentiationError) as caught:
        numeric.directional(function, (x,), (x,), "complex")
    assert caught.value.code == "TC402"


def test_branches_and_maxima_compare_real_parts(rng):
    def branches(x):
        y = np.maximum(x, 0.25) * np.where(x < 0.5, x, x * x)
        return np.sum(y) if x[0] > 0.0 else -np.sum(y)

    for x in (np.array([0.3, -0.7, 1.1]), np.array([-0.3, 0.7, 1.1])):
        assert error(numeric.grad(branches, 0, "complex")(x).value, tangentc.grad(branches)(x)) < 1e-14
    piece = lambda x: x * x if x > 1.0 else 3.0 * x
    assert numeric.grad(piece, 0, "complex")(0.5).value == 3.0
    assert numeric.grad(piece, 0, "complex")(2.0).value == 4.0


# --- refusals -----------------------------------------------------------------------------------


def _quiet_log(x):
    with np.errstate(all="ignore"):
        return np.log(x)


REFUSED = {
    "no such method": ("TC401", lambda: numeric.grad(np.sin, method="centre")),
    "step of zero": ("TC401", lambda: numeric.grad(np.sin, step=0.0)),
    "step that is no number": ("TC401", lambda: numeric.grad(np.sin, step=np.nan)),
    "backward central": ("TC401", lambda: numeric.grad(np.sin, step=-1e-3)),
    "balanced complex": ("TC401", lambda: numeric.grad(np.sin, method="complex", step="balanced")),
    "scale of zero": ("TC401", lambda: numeric.grad(np.sin, scale=0.0)),
    "step too short": ("TC401", lambda: numeric.grad(np.sin, step=1e-17)(1.0)),
    "direction of two sizes": (
        "TC401",
        lambda: numeric.directional(np.sum, (np.array([1e20, 1.0]),), (np.ones(2),)),
    ),
    "several results": ("TC301", lambda: numeric.grad(np.sin)(np.ones(2))),
    "no result": ("TC301", lambda: numeric.grad(lambda x: None)(1.0)),
    "complex result": ("TC312", lambda: numeric.grad(lambda z: z * z)(1.0 + 1.0j)),
    "complex Jacobian": ("TC312", lambda: numeric.jacobian(lambda z: z * z)(1.0 + 1.0j)),
    "integers": ("TC302", lambda: numeric.grad(np.sum)(np.arange(3))),
    "text": ("TC304", lambda: numeric.grad(lambda x: x)("text")),
    "no such argument": ("TC303", lambda: numeric.grad(lecture, 2)),
    "tangent of another shape": (
        "TC309",
        lambda: numeric.directional(np.sin, (np.ones(2),), (np.ones(3),)),
    ),
    "no tangent": ("TC309", lambda: numeric.directional(lecture, (1.0, 2.0), (None, None))),
    "bare values": ("TC309", lambda: numeric.directional(np.sin, 1.0, 1.0)),
    "shapes that change": ("TC309", lambda: numeric.jacobian(lambda x: x[x > 1.0])(np.array([1.0, 2.0]))),
    "not finite": ("TC403", lambda: numeric.grad(np.sqrt, step="balanced")(0.0)),
    "not finite, adaptive": ("TC403", lambda: numeric.grad(_quiet_log, method="adaptive")(0.0)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    code, run = REFUSED[case]
    with pytest.raises(DifferentiationError) as caught:
        run()
    assert caught.value.code == code, str(caught.value)


def test_an_exception_of_the_function_is_the_user_s():
    def stops(x):
        raise KeyError("mine")

    for method in METHODS:
        with pytest.raises(KeyError, match="mine"):
            numeric.grad(stops, method=method)(1.0)


# --- check_grads --------------------------------------------------------------------------------


def test_check_grads_takes_these_differences():
    def root(x):
        return np.sum(x * np.sqrt(x))

    x = np.array([1e8, 3e8])
    tangentc.check_grads(root, (x,))
    with pytest.raises(AssertionError, match="derivatives differ"):
        tangentc.check_grads(root, (x,), eps=1e-5)  # too short a step beside 1e8

    def capped(x):
        return np.minimum(x, 1.0) * 3.0

    with pytest.raises(AssertionError, match="jvp, differences"):
        tangentc.check_grads(capped, (1.0 + 1e-7,), order=1)  # a kink within the step
