"""Formulas in text, Unicode, LaTeX and HTML; numbers in the place of names; tables that are too long."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tangentc import trace
from tangentc.traces.formulas import Symbol
from tangentc.traces.notation import HTML, LATEX, TEXT, UNICODE
from tangentc.traces.values import exact, shown
from tests.traces.programs import recurrence

A = np.array([[2.0, 1.0], [0.5, 3.0]])
B = np.array([1.0, -2.0])

CASES = [
    # program, arguments, text, numbers, Unicode, LaTeX
    (lambda x, y: x - y, (1.0, -2.0), "v_-1 - v_0", "1 + 2", "v₋₁ − v₀", "v_{-1} - v_0"),
    (lambda x, y: x * y, (-1.0, -2.0), "v_-1 * v_0", "-1 * (-2)", "v₋₁ × v₀", r"v_{-1} \times v_0"),
    (lambda x, y: x / y, (1.0, 4.0), "v_-1 / v_0", "1 / 4", "v₋₁ / v₀", "v_{-1} / v_0"),
    (lambda x: x**2, (-3.0,), "v_0 ** 2", "(-3) ** 2", "v₀²", "v_0^{2}"),
    (lambda x: x**-2, (3.0,), "v_0 ** -2", "3 ** -2", "v₀⁻²", "v_0^{-2}"),
    (lambda x, y: x**y, (3.0, 0.5), "v_-1 ** v_0", "3 ** 0.5", "v₋₁^v₀", "v_{-1}^{v_0}"),
    (lambda x: -x, (3.0,), "-v_0", "", "−v₀", "-v_0"),
    (lambda x: np.sqrt(x), (2.0,), "sqrt(v_0)", "sqrt(2)", "√v₀", r"\sqrt{v_0}"),
    (lambda x: abs(x), (-2.0,), "abs(v_0)", "abs(-2)", "|v₀|", r"\lvert v_0 \rvert"),
    (lambda x: math.exp(x), (2.0,), "exp(v_0)", "exp(2)", "exp(v₀)", r"\exp(v_0)"),
    (lambda x: np.log1p(x), (2.0,), "log1p(v_0)", "log1p(2)", "log1p(v₀)", r"\operatorname{log1p}(v_0)"),
    (lambda x: 1e-10 * x, (2.0,), "1e-10 * v_0", "1e-10 * 2", "1e−10 × v₀", r"1 \times 10^{-10} \times v_0"),
    (lambda x: x * 1j, (2.0,), "v_0 * 1j", "2 * 1j", "v₀ × 1j", r"v_0 \times \texttt{1j}"),
    (lambda a, b: a @ b, (A, B), "v_-1 @ v_0", "[[2, 1], [0.5, 3]] @ [1, -2]", "v₋₁ v₀", r"v_{-1}\, v_0"),
    (lambda a: a.T, (A,), "v_0.T", "", "v₀ᵀ", r"v_0^\top"),
    (lambda a: a[1, ::-1], (A,), "v_0[1, ::-1]", "", "v₀[1, ::−1]", "v_0[1, ::-1]"),
    (lambda b: np.sum(b, axis=0), (B,), "sum(v_0, axis=0)", "sum([1, -2], axis=0)", "sum(v₀, axis=0)",
     r"\operatorname{sum}(v_0, \text{axis=}0)"),
    (lambda a: np.sum(a * A.repeat(4)), (np.ones(16),), "v_0 * constant", "", "v₀ × constant",
     r"v_0 \times \text{constant}"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "at", "text", "numbers", "unicode", "latex"), CASES)
def test_formulas(program, at, text, numbers, unicode, latex):
    table = trace(program, at, mode="primal").primal
    row = next(row for row in table.rows if row.name == "v_1")
    assert (row.formula, row.numbers) == (text, numbers)
    assert UNICODE.write(row.expression) == unicode
    assert LATEX.write(row.expression) == latex


def test_html_is_escaped():
    def f(x):
        return np.where(x > 1, x, 0.0) * (x < 3)

    rows = trace(f, (np.array([1.0, 2.0]),), mode="tangent").tangent.rows
    assert all("<i>v" in HTML.write(row.expression) or "<i>x" in HTML.write(row.expression) for row in rows)
    text = trace(lambda x: abs(x), (2.0,), mode="adjoint").html()
    assert "(<i>v</i><sub>0</sub> &gt; 0)" in text and "<sub>0</sub> > 0" not in text
    assert trace(lambda x: abs(x), (2.0,), mode="adjoint").adjoint.latex().count(r"v_0 > 0") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.69314718, "0.693"), (10.0, "10"), (-0.0, "0"), (1e-7, "1e-07"), (123456789.0, "1.235e+08"), (3, "3"),
        (math.inf, "inf"), (math.nan, "nan"), (1 - 2j, "1-2j"), (np.float32(0.1), "0.1"), (np.zeros((2, 0)), "[]"),
        (np.arange(7.0), "array of shape (7,)"), (np.array(2.5), "2.5"), (np.array([1.0, 0.25]), "[1, 0.25]"),
    ],
)  # fmt: skip
def test_values(value, text):
    assert shown(value) == text


def test_constants_of_programs_keep_their_digits():
    assert [exact(x) for x in (2.0, 0.1, 0.123456789, 1e-10, 3, np.float64(1 / 3))] == [
        "2", "0.1", "0.123456789", "1e-10", "3", "0.3333333333333333",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "latex", "unicode"),
    [
        ("x1", "x_1", "x₁"), ("x_12", "x_{12}", "x₁₂"), ("theta", r"\theta", "θ"), ("theta2", r"\theta_2", "θ₂"),
        ("my_rate", r"\mathit{my\_rate}", "my_rate"), ("W", "W", "W"),
    ],
)  # fmt: skip
def test_names_of_arguments(name, latex, unicode):
    assert LATEX.symbol(Symbol(name)) == latex
    assert UNICODE.symbol(Symbol(name)) == unicode


def test_marks():
    tangent, adjoint = Symbol("theta2", mark="dot"), Symbol("v", -1, "bar")
    assert (LATEX.symbol(tangent), LATEX.symbol(adjoint)) == (r"\dot{\theta}_2", r"\bar{v}_{-1}")
    assert (UNICODE.symbol(tangent), UNICODE.symbol(adjoint)) == ("θ\u0307₂", "v\u0304₋₁")
    assert (HTML.symbol(tangent), TEXT.symbol(adjoint)) == ("<i>θ\u0307</i><sub>2</sub>", "v_-1_bar")


def test_long_tables_and_long_formulas():
    table = trace(recurrence, (np.array([1.0, 2.0, 3.0]), 3), mode="primal").primal
    lines = table.text(5).splitlines()
    assert len(lines) == 7 and lines[4] == "  … 20 more" and lines[-1].endswith("= 7230")
    for text in (table.markdown(5), table.html(5), table.latex(5)):
        assert "… 20 more" in text
    assert len(table.text(None).splitlines()) == 26
    wide = trace(lambda x, y: np.arctan2(x, y), (1.0, 2.0), mode="tangent").tangent.text()
    assert max(map(len, wide.splitlines()[1:3])) < 60  # the rows above are not pushed aside


def test_latex_of_matrices():
    text = trace(lambda a: a @ a, (A,), mode="primal").latex()
    assert r"\begin{bmatrix} 2 & 1 \\ 0.5 & 3 \end{bmatrix}" in text


def test_representations():
    found = trace(lambda x: x * x, 2.0)
    assert repr(found).startswith("<Trace of <lambda>, 2 quantities: Forward Primal Trace, ")
    assert repr(found.primal) == "<Forward Primal Trace, 3 rows>"
    assert repr(found.primal.rows[1]) == "v_1 = v_0 * v_0 = 2 * 2 = 4"
    assert found._repr_html_() == found.html() and found.primal._repr_latex_() == found.primal.latex()
    assert TEXT.write(found.primal.rows[0].expression) == "x"
