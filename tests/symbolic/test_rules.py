"""The derivative rules, as the lecture writes them, and the forms of expressions."""

import math

import numpy as np
import pytest

sympy = pytest.importorskip("sympy")

from sympy import parse_expr
from sympy.abc import u, x

from tangentc import numeric, symbolic
from tangentc.errors import MissingRuleError
from tangentc.symbolic.evaluation import compiled


def written(text):
    """An expression as it is written."""
    return symbolic.ordered(parse_expr(text, evaluate=False))


COMMON = {
    "c": "0",
    "x": "1",
    "c*x": "c",
    "x**n": "n*x**(n - 1)",
    "x**7": "7*x**6",
    "exp(x)": "exp(x)",
    "log(x)": "1/x",
    "sin(x)": "cos(x)",
    "cos(x)": "-sin(x)",
    "tan(x)": "sec(x)**2",
    # sum, product and chain rule
    "sin(x) + x**2": "cos(x) + 2*x",
    "sin(x) - x**2": "cos(x) - 2*x",
    "sin(x)*exp(x)": "cos(x)*exp(x) + sin(x)*exp(x)",
    "x*sin(x)*exp(x)": "sin(x)*exp(x) + x*cos(x)*exp(x) + x*sin(x)*exp(x)",
    "sin(x**2)": "cos(x**2)*2*x",
    "exp(sin(3*x))": "exp(sin(3*x))*cos(3*x)*3",
    "log(cos(x))": "1/cos(x)*(-1)*sin(x)",
    "(x + 1)**3": "3*(x + 1)**2",
    "c**x": "c**x*log(c)",
    "x**x": "x*x**(x - 1) + x**x*log(x)",
    "tanh(x)": "1 - tanh(x)**2",
    "abs(x)": "sign(x)",
    "1/x": "-1*x**(-2)",
    "sqrt(x)": "Rational(1, 2)*x**Rational(-1, 2)",
}


@pytest.mark.parametrize("text", COMMON)
def test_the_lecture_s_rules(text):
    found = symbolic.derivative(parse_expr(text, evaluate=False), x)
    assert symbolic.ordered(found) == written(COMMON[text]), found


@pytest.mark.parametrize(
    "text",
    [
        "x**2*sin(x) + exp(x)/(1 + x**2)",
        "log(1 + exp(x))*tan(x)**3",
        "(x + 1/x)**(x/2)",
        "atan(x)*asin(x/3)*sqrt(x + 2)",
        "erf(x)*gamma(x + 1)",
        "Piecewise((x**2, x > 1), (sin(x), True))*x",
        "Max(x, x**2, 1/3)*Min(x, sin(x))",
        "atan2(x**2, x + 1)",
        "sinh(x)/cosh(2*x) - asinh(x)*acosh(x + 2)*atanh(x/2)",
        "loggamma(x + 2)*floor(3*x)*Abs(x - 1)",
    ],
)
def test_derivatives_are_right(text):
    expr = parse_expr(text)
    found = symbolic.derivative(expr, x)
    for value in (0.37, 0.81):
        h = 1e-6
        expected = (expr.subs(x, value + h).evalf(30) - expr.subs(x, value - h).evalf(30)) / (2 * h)
        assert abs(found.subs(x, value).evalf() - expected) < 1e-8 * (1 + abs(expected))


def test_a_tie_of_two_is_shared():
    assert symbolic.derivative(sympy.Max(x, 2 * x, evaluate=False), x).subs(x, 0).doit() == sympy.Rational(
        3, 2
    )


def test_arrays_are_differentiated_entry_by_entry():
    found = symbolic.derivative(np.array([[u * x, x**2]]), x)
    assert found.shape == (1, 2) and list(found[0]) == [u, written("2*x")]


def test_what_has_no_rule():
    with pytest.raises(MissingRuleError) as caught:
        symbolic.derivative(x * sympy.Mod(x, 3), x)
    assert caught.value.code == "TC411"
    mystery = sympy.Function("mystery")
    assert symbolic.derivative(x * mystery(x), x).doit() == mystery(x) + x * mystery(x).diff(x)


# --- forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x - x**2", "x*(1 - x)"),
        ("4*x**2 - 4*x + 1", "(1 - 2*x)**2"),
        ("-x**3 + 8", "(2 - x)*(4 + 2*x + x**2)"),
        ("x*u - u*v", None),
        ("3*x + 0*x", "3*x"),
        ("0.1 + 0.3*x - 0.4*x**2", "0.1 + 0.3*x - 0.4*x**2"),
    ],
)
def test_factored(text, expected):
    found = symbolic.factored(parse_expr(text))
    assert sympy.expand(found.doit() - parse_expr(text)) == 0
    if expected is not None:
        assert symbolic.ordered(found) == written(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4*(1 - x) - 4*x", "4 - 8*x"),
        (
            "16*(1 - x)*(1 - 2*x)**2 - 16*x*(1 - 2*x)**2 - 64*x*(1 - x)*(1 - 2*x)",
            "16*(1 - 10*x + 24*x**2 - 16*x**3)",
        ),
        ("x + u - x - u", "0"),
        ("sin(x)**2 + cos(x)**2 + x", "1 + x"),
        ("0.2*x + 0.4 - 0.1*x", "0.4 + 0.1*x"),
    ],
)
def test_simplified(text, expected):
    assert symbolic.ordered(symbolic.simplified(parse_expr(text, evaluate=False))) == written(expected)


def test_ordered_hides_the_order_and_nothing_else():
    assert written("x*(1 - x)*2") == written("2*(-x + 1)*x")
    for left, right in (
        ("4 - 8*x", "4*(1 - 2*x)"),
        ("x*x", "x**2"),
        ("x + x", "2*x"),
        ("4*x*(1-x)", "4*x*(x-1)"),
    ):
        assert written(left) != written(right)


@pytest.mark.parametrize(
    ("text", "nodes", "operations"),
    [("x", 1, 0), ("4*x*(1 - x)", 8, 4), ("x**2 + sin(x)", 6, 3), ("x*x*x", 4, 2), ("2*x*u*v", 5, 3)],
)
def test_sizes(text, nodes, operations):
    expr = symbolic.ordered(parse_expr(text, evaluate=False))
    assert (symbolic.nodes(expr), symbolic.operations(expr)) == (nodes, operations)


@pytest.mark.parametrize(
    "text",
    [
        "x**3 - 2*x*(1 - x)/7",
        "sqrt(1 + x)*exp(-x)*sin(2*x)",
        "Abs(x - 1)*Max(x, 1/4)",
        "x**-2 - x**(x/2)",
        "(2*x)**3 - (x**2)**3 + x**(2*x)",
        "x**(1/3) + (1/2)**x + 0.7**x - (1 + x)**-0.5",
        "-(3*x)**-2*(x - 0.25)**2",
        "2**(x**2) + (x**x)**x",
        "Piecewise((x**2, x > 1), (3*x, True))**2",
        "(x/3)**2/(2/x)**3",
        "erf(x)*tanh(x)**2*exp(-Abs(x - 1))",
        "Max(x**2, x/2, 1/4)*Min(x, 1)*sign(x - 1)",
    ],
)
def test_compiled_expressions(text):
    expr = symbolic.ordered(parse_expr(text, evaluate=False))
    for value in (0.3, 1.7):
        expected = float(parse_expr(text).subs(x, value))
        assert compiled(expr, x)(value) == pytest.approx(expected, rel=1e-13)
        slope = numeric.grad(compiled(expr, x), method="adaptive")(value).value
        assert compiled(symbolic.derivative(expr, x), x)(value) == pytest.approx(slope, rel=1e-9, abs=1e-11)


def test_what_cannot_be_compiled():
    assert compiled(symbolic.derivative(sympy.gamma(x), x), x) is None  # math has no polygamma
    deep = x
    for _ in range(300):
        deep = sympy.sin(deep, evaluate=False)
    assert compiled(deep, x) is None


def test_compiled_functions_of_math():
    assert compiled(symbolic.ordered(sympy.exp(x)), x)(1.0) == math.e
