"""Programs as expressions: their values, and their derivatives against those of the compiler."""

import importlib
import math
import sys
from dataclasses import dataclass

import numpy as np
import pytest

sympy = pytest.importorskip("sympy")

import tangentc
from tangentc import symbolic
from tangentc.errors import MissingRuleError, TangentcError, UnsupportedSyntaxError
from tangentc.primitives.core import named, registered
from tangentc.symbolic.table import BY_NUMPY, COMPOSED, ELEMENTARY
from tangentc.testing import tangents

RATE = 0.25
WEIGHTS = np.array([0.5, -1.0, 2.0])


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def loops(x, n):
    total, k = 0.0, 0
    while k < n:
        for j in range(k):
            if j % 2:
                continue
            total = total + np.cos(x * j) / (1.0 + k)
        k += 1
    return total * x


def writes(x, w):
    y = np.zeros(3)
    y[:2] = np.tanh(w @ x)
    y[2] += np.sum(x**2) / 2
    tail = y[1:]
    tail *= np.maximum(tail, 0.25)
    x[0] = 3.0 * x[1]
    if x.shape[0] > 2:
        y = np.concatenate([y, x[::-1]])
    return -np.exp(-y).mean() + x[0] * np.sqrt(y[1] + 4.0)


def helpers(x):
    def square(z):
        return z * z

    class Model:
        def __init__(self, scale):
            self.scale = scale

        def __call__(self, z):
            return self.scale * square(z)

    return Model(RATE)(x) + sum(square(x) * k for k in [1.0, 2.0])


helpers.__test__ = False


def captured(x):
    return WEIGHTS @ np.sin(x) * RATE


def containers(x):
    parts = [x[k] ** k for k in range(3)]
    parts.append(parts[1] * parts[2])
    state = {"sum": parts[0] + parts[-1]}
    state["sum"] = state["sum"] * np.max(x)
    return state["sum"] + np.linalg.norm(x) * np.std(x) - np.min(x[:2]) * np.var(x)


def choices(x):
    y = np.where(x > 0.2, x * x, np.abs(x) - 1.0)
    return np.sum(np.clip(y, -0.9, 0.9) * np.cumsum(x)) + np.einsum("i,j->", x, y)


def shapes(x):
    m = np.outer(x, x).reshape(3, 3).T
    m = np.stack([m, 2.0 * m])[:, 1:, ::-1]
    return (
        np.trace(m[1])
        + np.prod(m[0, 0])
        + np.sum(np.diff(x)) * np.tril(np.kron(x[:2], x).reshape(2, 3)).sum()
    )


VECTOR = np.array([0.37, -0.62, 1.13])
CASES = {
    "lecture": (lecture, (2.0, 5.0), ()),
    "loops": (loops, (0.7, 5), (1,)),
    "writes": (writes, (VECTOR, np.arange(6.0).reshape(2, 3) / 5.0), (1,)),
    "writes, weights too": (writes, (VECTOR, np.arange(6.0).reshape(2, 3) / 5.0), ()),
    "captured": (captured, (VECTOR,), ()),
    "containers": (containers, (VECTOR,), ()),
    "choices": (choices, (VECTOR,), ()),
    "shapes": (shapes, (VECTOR,), ()),
    "lambda": (lambda x, k=3: x**k / k, (0.7,), ()),
    "math": (lambda x: math.exp(x) * math.hypot(x, 2.0) + math.log(x, 3.0), (0.7,), ()),
}


def symbols_for(value, name):
    if isinstance(value, np.ndarray):
        found = np.empty(value.shape, object)
        for index in np.ndindex(value.shape):
            found[index] = sympy.Symbol(name + "_".join(map(str, index)))
        return found
    return sympy.Symbol(name)


@pytest.mark.parametrize("case", CASES)
def test_values_and_derivatives(case):
    function, args, known = CASES[case]
    given = [value if k in known else symbols_for(value, "abc"[k]) for k, value in enumerate(args)]
    expr = symbolic.expression(function, *given)
    point = {}
    for symbol, value in zip(given, args):
        if not isinstance(value, int) and symbol is not value:
            point.update(zip(np.ravel(symbol), np.ravel(value)))
    copies = [value.copy() if isinstance(value, np.ndarray) else value for value in args]
    assert float(expr.subs(point).doit()) == pytest.approx(float(function(*copies)), rel=1e-13)
    argnums = tuple(k for k in range(len(args)) if k not in known)
    expected = tangentc.grad(function, argnums)(*args)
    for position, bar in zip(argnums, expected):
        for symbol, slope in list(zip(np.ravel(given[position]), np.ravel(bar)))[:4]:
            found = symbolic.derivative(expr, symbol)
            assert float(found.subs(point).doit()) == pytest.approx(slope, rel=1e-12, abs=1e-13)


def test_the_lecture_s_function():
    x1, x2 = sympy.symbols("x1 x2")
    expr = symbolic.expression(lecture)
    assert symbolic.ordered(expr) == symbolic.ordered(sympy.log(x1) + x1 * x2 - sympy.sin(x2))
    assert symbolic.ordered(symbolic.derivative(expr, x1)) == symbolic.ordered(1 / x1 + x2)
    assert symbolic.ordered(symbolic.derivative(expr, x2)) == symbolic.ordered(x1 - sympy.cos(x2))


def test_results_keep_their_structure():
    def many(x):
        return {"twice": 2.0 * x, "pair": (x[0] * x[1], 3.0), "name": "many"}

    a, b = sympy.symbols("a b")
    found = symbolic.expression(many, np.array([a, b]))
    assert list(found["twice"]) == [2 * a, 2 * b] and found["name"] == "many"
    assert found["pair"] == (a * b, sympy.Integer(3))


@dataclass
class Pair:
    left: object
    right: object


def test_records_and_containers_of_symbols():
    a, b = sympy.symbols("a b")
    assert symbolic.expression(lambda p: p.left * np.sin(p.right), Pair(a, b)) == a * sympy.sin(b)
    assert symbolic.expression(lambda p, k: p["u"] ** k, {"u": a}, 3) == a**3


def test_arguments_stay():
    x, w = symbols_for(VECTOR, "x"), np.arange(6.0).reshape(2, 3)
    before = x.copy()
    symbolic.expression(writes, x, w)
    assert np.array_equal(x, before) and np.array_equal(w, np.arange(6.0).reshape(2, 3))
    same = symbolic.expression(lambda a, b: np.sum(a * b), x, x)
    assert sympy.expand(same.doit() - sum(s**2 for s in x)) == 0


def test_numbers_are_exact_where_they_can_be():
    x = sympy.Symbol("x")
    found = symbolic.expression(lambda x: 0.5 * x + 2.0 * x**0.25 - 0.1, x)
    assert found.atoms(sympy.Float) == {sympy.Float(-0.1)}
    assert {sympy.Rational(1, 2), sympy.Rational(1, 4)} <= found.atoms(sympy.Rational)


def test_nothing_is_simplified():
    assert str(symbolic.expression(lambda x: x + x)) == "x + x"
    assert str(symbolic.expression(lambda x: x * x / x)) == "x*x/x"
    assert symbolic.nodes(symbolic.expression(lambda x: 2.0 * (x + 1.0))) == 5


# --- the table ----------------------------------------------------------------------------------

POINTS = {"arccosh": (1.7,), "acosh": (1.7,), "sinc": (0.3,), "heaviside": (0.4, 0.5)}
TRUTHS = {"and_", "or_", "invert", "not_", "np.logical_and", "np.logical_or", "np.logical_not"}
KNOWN = {p.name for p in registered()}
ROWS = sorted(name for name in ELEMENTARY if name in KNOWN and name not in {*TRUTHS, "np.where", "np.clip"})


@pytest.mark.parametrize("name", ROWS)
def test_each_row_of_the_table(name):
    """The value and the derivative along a random direction are those of the operation."""
    primitive = named(name)
    short = name.rpartition(".")[2]
    count = 2 if primitive.operands[-1].startswith("*") else len(primitive.operands)
    count = 1 if name == "math.log" else count
    point = POINTS.get(short, (0.37, 0.81)[:count])
    symbols = sympy.symbols("a b")[: len(point)]
    expr = ELEMENTARY[name](*symbols)
    at = dict(zip(symbols, point))
    value = primitive.function(*point)
    if isinstance(value, (bool, np.bool_)):
        assert bool(expr.subs(at)) == value
        return
    assert float(expr.subs(at)) == pytest.approx(float(value), rel=1e-13)
    dots = (0.7, -1.3)[: len(point)]
    expected = tangents(primitive, point, dots)
    found = sum(symbolic.derivative(expr, s).subs(at).doit() * dot for s, dot in zip(symbols, dots))
    assert float(found) == pytest.approx(float(np.asarray(expected)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.where((x > 0.2) & ~(x > 0.5), x * x, 3.0 * x),
        lambda x: np.where((x > 0.5) | (x < 0.2), x * x, 3.0 * x),
        lambda x: np.where(np.logical_not(np.logical_or(x > 0.5, x < 0.2)), x * x, 3.0 * x),
        lambda x: np.where(np.logical_and(x != 0.3, x <= 0.3), x * x, 3.0 * x),
        lambda x: np.where(x == 0.3, x * x, 3.0 * x),
        lambda x: np.clip(x * x, 0.1, 0.2) * np.clip(x, None, 0.25) + np.clip(x, 0.4, None),
    ],
)
def test_conditions(function):
    x = sympy.Symbol("x")
    expr = symbolic.expression(function)
    for value in (0.1, 0.3, 0.45, 0.6):
        assert float(expr.subs(x, value).doit()) == pytest.approx(
            float(function(np.float64(value))), rel=1e-14
        )
        slope = symbolic.derivative(expr, x).subs(x, value).doit()
        assert float(slope) == pytest.approx(float(tangentc.grad(function)(np.float64(value))), rel=1e-14)


def test_the_names_of_the_other_tables_are_primitives():
    assert BY_NUMPY | set(COMPOSED) <= {p.name for p in registered()} | {"np.linalg.norm"}
    assert len(ROWS) > 80


# --- refusals -----------------------------------------------------------------------------------


def while_converging(x):
    while x * x > 0.1:
        x = 0.5 * x
    return x


def branch(x):
    y = x * x
    if y > 1.0:
        return y
    return 2.0 * y


def trips(x):
    total = 0.0
    for k in range(int(x)):
        total = total + x
    return total


def inverse(x):
    return np.sum(np.linalg.inv(x))


def ordering(x):
    return np.sort(x)[0]


def equal(x):
    return 1.0 if x == 2.0 else 3.0 * x


def stores(dtype, index):
    def run(x):
        y = np.zeros(3, dtype)
        y[index(x)] = x[0]
        return np.sum(y)

    return run


VECTOR_OF_ONES = np.ones(3)
REFUSED = {
    "truth of a number": (lambda x: 1.0 if not x else x, MissingRuleError, "TC411", None),
    "number as a condition": (lambda x: np.where(x, 1.0, 2.0), MissingRuleError, "TC411", None),
    "logical of numbers": (lambda x: np.where(np.logical_not(x), 1.0, 2.0), MissingRuleError, "TC411", None),
    "membership": (lambda x: 1.0 if x in [1.0, 2.0] else x, MissingRuleError, "TC411", None),
    "remainder": (lambda x: x % 2.0, MissingRuleError, "TC411", None),
    "rounding": (lambda x: round(x) + x, MissingRuleError, "TC411", None),
    "whole numbers": (lambda x: np.sum(np.asarray(x, dtype=int)), MissingRuleError, "TC411", VECTOR_OF_ONES),
    "a sum of whole numbers": (lambda x: np.sum(x, dtype=int), MissingRuleError, "TC411", VECTOR_OF_ONES),
    "any": (lambda x: x[0] if np.any(x > 0.0) else x[1], MissingRuleError, "TC411", VECTOR_OF_ONES),
    "mask": (lambda x: np.sum(x[x > 0.0]), MissingRuleError, "TC411", VECTOR_OF_ONES),
    "store by a mask": (stores(float, lambda x: x > 0.0), MissingRuleError, "TC411", VECTOR_OF_ONES),
    "store into whole numbers": (stores(int, lambda x: 0), MissingRuleError, "TC411", VECTOR_OF_ONES),
    "position": (lambda x: x[np.argmax(x)], MissingRuleError, "TC411", VECTOR_OF_ONES),
    "constant": (lambda x: tangentc.stop_gradient(x) * x, MissingRuleError, "TC411", None),
    "a part of a complex number": (lambda x: np.real(x * (1.0 + 2.0j)), MissingRuleError, "TC411", None),
    "branch": (branch, UnsupportedSyntaxError, "TC412", None),
    "while": (while_converging, UnsupportedSyntaxError, "TC412", None),
    "equality": (equal, UnsupportedSyntaxError, "TC412", None),
    "trips": (trips, TangentcError, "TC411", None),
    "inverse": (inverse, MissingRuleError, "TC411", np.ones((2, 2))),
    "ordering": (ordering, MissingRuleError, "TC411", np.ones(3)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_point_at_the_line(case):
    function, error, code, value = REFUSED[case]
    args = () if value is None else (symbols_for(value, "x"),)
    with pytest.raises(error) as caught:
        symbolic.expression(function, *args)
    assert caught.value.code == code, str(caught.value)
    assert "test_programs.py" in str(caught.value) and "^" in str(caught.value)


def test_a_symbol_that_decides_what_is_computed():
    x, k = symbols_for(VECTOR, "x"), sympy.Symbol("k")
    for function in (lambda x, k: np.sum(x, axis=k), lambda x, k: sum(x[0] for _ in range(k))):
        with pytest.raises(UnsupportedSyntaxError):
            symbolic.expression(function, x, k)
    assert symbolic.expression(lambda x, k: sum(x[0] for _ in range(k)), x, 2) == symbolic.expression(
        lambda x: x[0] + x[0], x
    )


def test_what_has_no_symbols_is_computed():
    a, b = sympy.symbols("a b")
    found = symbolic.expression(
        lambda x: np.linalg.inv(np.diag([2.0, 4.0])) @ np.sort(WEIGHTS[:2]) * x[1], np.array([a, b])
    )
    assert list(found) == [-b / 2, b / 8]


def test_recursion_and_derivatives_within():
    def product(x, n):
        return x if n == 0 else x * product(x, n - 1)

    x = sympy.Symbol("x")
    assert str(symbolic.expression(product, x, 3)) == "x*x*x*x"
    slope = symbolic.expression(lambda x: tangentc.grad(lambda y: np.sin(y) * y)(x), x)
    assert sympy.simplify(slope.doit() - sympy.diff(x * sympy.sin(x))) == 0


def test_a_branch_on_a_known_value_is_taken():
    x = sympy.Symbol("x")
    assert symbolic.expression(branch, 2.0) == 4
    assert symbolic.expression(lambda x, sign: x if sign > 0 else -x, x, -1) == -x
    assert symbolic.expression(lambda x: x if 0.0 * x + 1.0 > 0.5 else -x, 1.0) == 1


def test_a_loop_that_is_too_long():
    def long(x, n):
        for _ in range(n):
            x = np.sin(x)
        return x

    x = sympy.Symbol("x")
    assert symbolic.nodes(symbolic.derivative(symbolic.expression(long, x, 300), x)) > 300
    with pytest.raises(TangentcError) as caught:
        symbolic.expression(long, x, 5_000)
    assert caught.value.code == "TC413"


def test_without_sympy(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("tangentc.symbolic")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(ImportError, match=r"tangentc\[symbolic\]"):
        importlib.import_module("tangentc.symbolic")
