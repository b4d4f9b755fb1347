"""Expression swell: the lecture's table, and how it goes on."""

import sys

import numpy as np
import pytest

sympy = pytest.importorskip("sympy")

from sympy import parse_expr
from sympy.abc import x

import tangentc
from tangentc import symbolic
from tangentc.errors import DifferentiationError
from tangentc.symbolic.evaluation import compiled

LECTURE = {
    1: ("x", "1", "1"),
    2: ("4*x*(1 - x)", "4*(1 - x) - 4*x", "4 - 8*x"),
    3: (
        "16*x*(1 - x)*(1 - 2*x)**2",
        "16*(1 - x)*(1 - 2*x)**2 - 16*x*(1 - 2*x)**2 - 64*x*(1 - x)*(1 - 2*x)",
        "16*(1 - 10*x + 24*x**2 - 16*x**3)",
    ),
    4: (
        "64*x*(1 - x)*(1 - 2*x)**2*(1 - 8*x + 8*x**2)**2",
        "128*x*(1 - x)*(-8 + 16*x)*(1 - 2*x)**2*(1 - 8*x + 8*x**2) + 64*(1 - x)*(1 - 2*x)**2*(1 - 8*x + 8*x**2)**2"
        " - 64*x*(1 - 2*x)**2*(1 - 8*x + 8*x**2)**2 - 256*x*(1 - x)*(1 - 2*x)*(1 - 8*x + 8*x**2)**2",
        "64*(1 - 42*x + 504*x**2 - 2640*x**3 + 7040*x**4 - 9984*x**5 + 7168*x**6 - 2048*x**7)",
    ),
}
"""The table of the lecture: l_n, its derivative as the rules give it, and simplified."""


def logistic(x, n):
    l = x
    for _ in range(n - 1):
        l = 4 * l * (1 - l)
    return l


@pytest.fixture(scope="module")
def found():
    return symbolic.swell(n=8, timed=False)


@pytest.mark.parametrize("column", [0, 1, 2], ids=["value", "derivative", "simplified"])
@pytest.mark.parametrize("n", LECTURE)
def test_each_cell_of_the_lecture_s_table(found, n, column):
    form = found.forms[n - 1]
    cell = (form.value, form.derivative, form.simplified)[column]
    expected = symbolic.ordered(parse_expr(LECTURE[n][column], evaluate=False))
    assert form.n == n and symbolic.ordered(cell) == expected
    # the two columns say the same
    assert (
        sympy.expand(sympy.diff(parse_expr(LECTURE[n][0]), x) - parse_expr(LECTURE[n][column])) == 0
        or column == 0
    )


def test_expressions_grow_exponentially_and_code_does_not(found):
    size = np.array([row.derivative for row in found.rows], float)
    assert np.all(size[3:] / size[2:-1] > 2.0)
    assert np.all(np.diff([row.value for row in found.rows]) >= 2 ** np.arange(1, 8))
    for mode in ("tangent", "adjoint"):
        steps = np.diff([getattr(row, mode) for row in found.rows][1:])
        assert np.all(steps == steps[0]) and 0 < steps[0] <= 12, "so many operations for each trip"
    assert found.rows[-1].tangent < 60 and found.rows[-1].derivative > 10_000


def test_operations_of_one_trip(found):
    """4 l (1 - l): three operations, and four for the tangent 4 l' (1 - l) - 4 l l'."""
    assert found.rows[1].tangent == 3 + 4


def test_operations_of_arrays():
    def powers(x, n):
        y = np.zeros(4)
        y[1:] += x
        for _ in range(n):
            y[1:] *= x
        return np.sum(y)

    first, second = (row.tangent for row in symbolic.swell(powers, n=2, timed=False).rows)
    assert second - first == 3 * 4  # three entries: y x, and y' x + y x'


def test_all_ways_give_one_derivative():
    for n in (1, 2, 5, 9):
        slope = symbolic.derivative(symbolic.expression(logistic, x, n), x)
        expected = tangentc.grad(logistic)(0.3, n)
        assert compiled(slope, x)(0.3) == pytest.approx(expected, rel=1e-11)
        exact = symbolic.simplified(slope).subs(x, sympy.Rational(3, 10))  # with floats its terms cancel
        assert float(exact) == pytest.approx(expected, rel=1e-11)


def test_sizes_far_beyond_what_can_be_written():
    slope = symbolic.derivative(symbolic.expression(logistic, x, 60), x)
    assert symbolic.nodes(slope) > 10**18


def test_times_are_measured():
    rows = symbolic.swell(n=7).rows
    assert all(value is not None and value > 0.0 for row in rows for value in row.seconds.values())
    last = rows[-1].seconds
    assert last["derivative"] > 3.0 * last["tangent"]


def test_the_table(found):
    text = str(found)
    assert "n = 3\n  logistic    16*x*(1 - x)*(1 - 2*x)**2\n" in text
    assert max(map(len, text.splitlines())) <= 112
    lines = text.splitlines()
    assert lines[-1].split() == ["8", *(str(v) for v in _sizes(found.rows[-1]))]
    assert "seconds" not in text, "none were measured"
    assert lines[-8].split()[:3] == ["1", "1", "1"]


def _sizes(row):
    return row.value, row.derivative, row.simplified, row.tangent, row.adjoint


def test_another_program():
    def continued(z, count):
        y = z
        for _ in range(count):
            y = 1.0 / (z + np.sin(y))
        return y

    found = symbolic.swell(continued, n=4, timed=False)
    assert found.name == "continued"
    assert found.rows[0].simplified is not None and found.rows[2].simplified is None, "it would take minutes"
    slope = found.forms[2].derivative
    assert compiled(slope, sympy.Symbol("z"))(0.7) == pytest.approx(
        tangentc.grad(continued)(0.7, 3), rel=1e-12
    )


def test_expressions_that_nobody_reads_are_not_printed():
    def product(x, n):
        y = x
        for _ in range(n):
            y = y * np.sin(y) + 0.3 * x
        return y

    found = symbolic.swell(product, n=4, timed=False)
    large = [symbolic.nodes(form.derivative) for form in found.forms if symbolic.nodes(form.derivative) > 150]
    assert len(large) in (1, 2)
    assert all(f"  derivative  an expression of {size} nodes\n" in str(found) for size in large)
    assert "product     0.3*x + x*sin(x)" in str(found) or "product     x*sin(x) + 0.3*x" in str(found)


def test_the_picture(tmp_path):
    found = symbolic.swell(n=5)
    sizes, times = found.figure().axes
    assert sizes.get_yscale() == times.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in sizes.lines][0] == [row.derivative for row in found.rows]
    assert len(sizes.lines) == len(times.lines) == 4
    found.save(tmp_path / "swell.png")
    assert (tmp_path / "swell.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_without_matplotlib(found, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"tangentc\[plots\]"):
        found.figure()


@pytest.mark.parametrize(
    ("function", "n", "code"),
    [(lambda x: x, 3, "TC303"), (logistic, 0, "TC309"), (lambda x, n: np.ones(2) * x, 3, "TC301")],
)
def test_refusals(function, n, code):
    with pytest.raises(DifferentiationError) as caught:
        symbolic.swell(function, n)
    assert caught.value.code == code
