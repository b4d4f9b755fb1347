"""Traces of programs of every kind, against the compiled derivatives."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import tangentc
from tangentc import grad, stop_gradient, trace
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.runtime import door
from tests.programs.corpus import PROGRAMS
from tests.traces.programs import lecture, recurrence

# --- programs that other tests have -------------------------------------------------------------

TITLES = (
    "without_axes", "zero_rank", "bubble_sort", "complex_impedance", "lu_logdet", "jacobi", "gmm", "kalman", "newton",
    "find", "rk4", "mlp", "fact", "dtw",
)  # fmt: skip
CHOSEN = [program for program in PROGRAMS if program.title in TITLES] + PROGRAMS[7::41]


def first_seed(value):
    """1 for each element of the first output, 0 for the others."""
    seen = []

    def seed(leaf):
        zero = door.zero(leaf)
        if zero is None or seen:
            return zero
        seen.append(leaf)
        return zero + type(leaf)(1) if not isinstance(leaf, np.ndarray) else np.ones_like(leaf)

    return map_leaves(seed, value)


@pytest.mark.parametrize("program", CHOSEN, ids=lambda program: program.title)
def test_adjoints_are_those_of_the_compiled_pullback(program):
    args = tuple(program.inputs[0])
    found = trace(program.function, copy.deepcopy(args))
    value, pullback = tangentc.vjp(program.function, *copy.deepcopy(args))
    bars = pullback(first_seed(value))
    wanted = [
        bar
        for argument, part in zip(args, bars, strict=True)
        for primal, bar in zip(
            leaves(argument), leaves(part) if part is not None else leaves(argument), strict=False
        )
        if door.differentiable(primal) and part is not None
    ]
    outputs = [leaf for leaf in leaves(value) if door.differentiable(leaf)]
    np.testing.assert_allclose(found.outputs[0][1].value, outputs[0], rtol=1e-6)
    numbers = [entry.number for entry in found.executed.inputs]
    assert len(wanted) == len(numbers)
    for number, bar in zip(numbers, wanted, strict=True):
        np.testing.assert_allclose(found.adjoints[number], bar, rtol=program.rtol or 1e-7, atol=1e-8)
    # the tangent along the first argument and the adjoint meet in one number
    first = found.executed.inputs[0].argument
    across = sum(np.sum(found.adjoints[e.number]) for e in found.executed.inputs if e.argument == first)
    output = found.outputs[0][1].number
    if not any(np.iscomplexobj(leaf) for leaf in (*leaves(args), *outputs)):
        along = 0.0 if output is None else np.sum(found.tangents[output])
        assert along == pytest.approx(across, rel=1e-5, abs=1e-7)


# --- memory -------------------------------------------------------------------------------------


def agrees(function, x, **options):
    """The adjoint of the one argument is the gradient, the tangent its sum."""
    found = trace(function, (x,), **options)
    bar = grad(function)(x)
    np.testing.assert_allclose(found.adjoints[0], bar, rtol=1e-12)
    np.testing.assert_allclose(found.tangent.rows[-1].value, np.sum(bar), rtol=1e-12)
    return found


def test_stores_views_and_loops(golden):
    found = trace(recurrence, (np.array([1.0, 2.0, 3.0]), 3))
    np.testing.assert_allclose(found.adjoints[0], grad(recurrence)(np.array([1.0, 2.0, 3.0]), 3))
    golden("recurrence.txt", found.text() + "\n")


def test_a_store_through_a_view_says_where_in_the_memory_it_writes():
    def f(x):
        y = x * 2.0
        c = y[1:].reshape(3, 2).T[0]
        c[1] = 7.0 * x[0]
        y[::2][1:] *= x[1]
        return np.sum(y**3)

    found = agrees(f, np.arange(1.0, 8.0) / 3)
    formulas = [row.formula for row in found.primal.rows]
    assert "v_1 with [3] = v_7" in formulas
    assert any(" with [2:7:2] = " in formula for formula in formulas)


def test_a_view_of_a_view_passes_its_adjoint_to_the_nearer():
    def f(x):
        a = (x * 1.5)[1:]
        b = a[::-1]
        return np.sum(b * np.arange(1.0, 4.0))

    found = agrees(f, np.array([0.3, 0.4, 0.5, 0.6]))
    rows = {row.name: row.formula for row in found.adjoint.rows}
    assert rows["v_2_bar"] == "0 with [::-1] = v_3_bar" and rows["v_1_bar"] == "0 with [1:] = v_2_bar"


def test_repeated_places():
    def f(x):
        y = np.zeros(3)
        y[[0, 0, 1]] = x
        y[[0, 0, 1]] += x**2
        np.add.at(y, [0, 0, 2], x)
        return np.sum(y * x[[2, 2, 0]] * np.arange(1.0, 4.0))

    agrees(f, np.array([0.7, -0.4, 1.3]))


def test_constants_stay_constants():
    def f(x):
        fixed = stop_gradient(x)
        y = fixed * x
        x[0] = 3.0
        return np.sum(y * x) + stop_gradient(y[1])

    agrees(f, np.array([0.7, -0.4]))


def test_lists_that_grow():
    def f(x):
        parts = []
        for i in range(len(x)):
            parts.append(x[i] * x[i - 1])
        parts.insert(1, x[0] ** 3)
        last = parts.pop()
        parts[0] = parts[0] * last
        return np.sum(np.array(parts) * np.arange(1.0, 4.0)) + last

    agrees(f, np.array([0.7, -0.4, 1.3]))


def test_operations_with_several_results():
    def f(x):
        values, vectors = np.linalg.eigh(np.outer(x, x) + np.diag([1.0, 2.0, 4.0]))
        return values @ np.array([1.0, -2.0, 0.5]) + np.sum(vectors[:, 0] ** 4)

    found = trace(f, (np.array([0.7, -0.4, 1.3]),))
    np.testing.assert_allclose(found.adjoints[0], grad(f)(np.array([0.7, -0.4, 1.3])), rtol=1e-12)
    assert [row.formula for row in found.primal.rows if "eigh" in row.formula] == [
        "eigh(v_2)[0]",
        "eigh(v_2)[1]",
    ]


def test_one_array_under_two_names():
    def f(a, b):
        a[0] = b[1] * 2.0
        return np.sum(a * b)

    x = np.array([1.0, 2.0])
    with pytest.raises(tangentc.DifferentiationError, match="TC310"):
        trace(f, (x, x))
    assert trace(lambda a, b: np.sum(a * b), (x, x)).adjoints[0] == pytest.approx(x)
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_arguments_stay_as_they_are():
    x = np.array([0.7, -0.4, 1.3])
    trace(recurrence, (x, 3))
    np.testing.assert_array_equal(x, [0.7, -0.4, 1.3])


def test_what_a_table_cannot_show():
    def f(z, x):
        y = z * 2j
        y.real[0] = x[0]
        return np.sum(np.abs(y))

    with pytest.raises(tangentc.UnsupportedSyntaxError, match="TC118"):
        trace(f, (np.array([1.0 + 2.0j]), np.array([3.0])))


# --- arguments and outputs ----------------------------------------------------------------------


def several(x):
    return x[0] * 2.0, {"a": np.sin(x), "b": (x * x, 3)}


X = np.array([0.3, 0.8])
UNIT = {
    None: [2.0, 0.0],
    0: [2.0, 0.0],
    (1, "a"): np.cos(X),
    (1, "a", 1): [0.0, np.cos(0.8)],
    (1, "a", -1): [0.0, np.cos(0.8)],
    (1, "b", 0): 2 * X,
    (1, "b", 0, 0): [0.6, 0.0],
}


@pytest.mark.parametrize("output", UNIT, ids=str)
def test_one_output_is_chosen(output):
    found = trace(several, X, mode="adjoint", output=output)
    np.testing.assert_allclose(found.adjoint.rows[-1].value, UNIT[output])


@pytest.mark.parametrize("output", [5, "q", (1, "b", 1), (1, "a", 7), (1, "a", "z"), (0, 0)], ids=str)
def test_there_is_no_such_output(output):
    with pytest.raises(tangentc.DifferentiationError, match=r"TC301.*no output"):
        trace(several, X, output=output)


MISUSES = {
    "no number": (lambda: trace(lambda x: 3, 2.0), "TC301"),
    "too few arguments": (lambda: trace(lecture, (2.0,)), "TC303.*missing a required argument: 'x2'"),
    "another name": (lambda: trace(lecture, {"x1": 2.0, "x3": 5.0}), "TC303"),
    "no such argument": (lambda: trace(lecture, (2.0, 5.0), wrt="x3"), "TC303"),
    "integers": (lambda: trace(np.sum, (np.array([1, 2]),)), "TC302"),
    "mode": (lambda: trace(lecture, (2.0, 5.0), mode="reverse"), "mode='reverse' is none of 'all', 'primal'"),
    "no table": (lambda: trace(lecture, (2.0, 5.0), mode="primal").adjoint, "no Reverse Adjoint Trace"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    call, message = MISUSES[case]
    with pytest.raises((tangentc.DifferentiationError, ValueError, AttributeError), match=message):
        call()


def test_an_argument_with_the_name_of_the_output():
    names = [row.name for row in trace(lambda x, y: x * y, (2.0, 3.0)).primal.rows]
    assert names == ["v_-1", "v_0", "v_1", "z"]


@pytest.mark.parametrize(
    "x",
    [np.float32(1.5), np.array(1.5), np.zeros(0), np.ones((2, 0)), 1.5 + 2.0j, np.array([[1.5]], np.float32)],
)
def test_kinds_of_numbers(x):
    found = trace(lambda z: np.sum(z * z * 3.0), (x,))
    assert np.asarray(found.adjoints[0]).dtype == np.asarray(x).dtype and np.shape(
        found.adjoints[0]
    ) == np.shape(x)
    np.testing.assert_allclose(found.adjoints[0], 6 * x, rtol=1e-6)
    str(found), found.html(), found.latex(), found.markdown(), found.graph().svg("plain")


class Spring:
    def __init__(self):
        self.k = 3.0

    def energy(self, x):
        return 0.5 * self.k * x * x


def test_methods_containers_and_captured_data():
    weights = np.array([1.0, 2.0])
    assert trace(Spring().energy, 2.0).adjoints[0] == 6.0
    found = trace(lambda p, x: p["w"] * x + np.sum(weights) * p["b"], ({"w": 2.0, "b": 1.0}, 4.0))
    assert {row.name: row.value for row in found.adjoint.rows[-3:]} == {
        "p_w_bar": 4.0,
        "p_b_bar": 3.0,
        "x_bar": 2.0,
    }


def test_a_derivative_has_a_trace():
    assert trace(grad(lambda x: x**3), 2.0).tangent.rows[-1].value == 12.0
