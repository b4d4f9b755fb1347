"""The Jacobian by n tangent passes and by m adjoint passes, each counted."""

from __future__ import annotations

import numpy as np
import pytest

import tangentc
from tangentc import jacobian, jacobian_by_passes
from tests.traces.programs import lecture, plane

X = np.array([0.7, -1.3, 2.2])


def test_columns_and_rows():
    """R^3 -> R^2: three passes forwards, two in reverse, the same matrix."""
    forwards, reverse = jacobian_by_passes(plane, X), jacobian_by_passes(plane, X, mode="adjoint")
    assert (len(forwards), len(reverse)) == (3, 2)
    wanted = jacobian(plane)(X)
    np.testing.assert_allclose(forwards.jacobian, wanted, rtol=1e-15)
    np.testing.assert_allclose(reverse.jacobian, wanted, rtol=1e-15)
    for i, run in enumerate(forwards.passes):
        np.testing.assert_array_equal(run.seed, np.eye(3)[i])
        np.testing.assert_array_equal(run.result, forwards.jacobian[:, i])
    for j, run in enumerate(reverse.passes):
        np.testing.assert_array_equal(run.seed, np.eye(2)[j])
        np.testing.assert_array_equal(run.result, reverse.jacobian[j])


def test_how_often_the_program_runs():
    """A tangent pass runs the program; in reverse it runs once, whatever the number of outputs."""
    runs = []

    @tangentc.primitive
    def noted(x):
        runs.append(x.copy())
        return x * 2.0

    @tangentc.linearise(noted)
    def noted_rule(y, x, *, dx):
        return 2.0 * dx

    def f(x):
        return plane(noted(x))

    for mode in ("tangent", "adjoint"):
        jacobian_by_passes(f, X, mode)  # compiling looks at what the function does
    runs.clear()
    jacobian_by_passes(f, X)
    forwards = len(runs)
    runs.clear()
    jacobian_by_passes(f, X, mode="adjoint")
    assert (forwards, len(runs)) == (3, 1)


@pytest.mark.parametrize("mode", ["tangent", "adjoint"])
def test_arguments_and_outputs_one_after_the_other(mode):
    def f(a, p, n):
        return {"s": a * p["w"], "n": n}, np.sin(a) * p["b"], np.sum(p["w"] ** n)

    w = np.array([[0.3, -0.4]])
    found = jacobian_by_passes(f, (0.5, {"w": w, "b": 2.0}, 2), mode=mode)
    wanted = [
        [0.3, 0.5, 0, 0],
        [-0.4, 0, 0.5, 0],
        [2 * np.cos(0.5), 0, 0, np.sin(0.5)],
        [0, 0.6, -0.8, 0],
    ]
    np.testing.assert_allclose(found.jacobian, wanted, rtol=1e-15, atol=1e-15)
    assert len(found) == 4


@pytest.mark.parametrize("mode", ["tangent", "adjoint"])
@pytest.mark.parametrize(
    ("function", "at", "shape"),
    [
        (lambda x: x * 2.0, np.zeros(0), (0, 0)),
        (lambda x: np.concatenate((x, np.ones(2))), np.zeros(0), (2, 0)),
        (lambda x: x[:0], np.ones(3), (0, 3)),
        (lambda x: 3.0, 2.0, (1, 1)),
        (lambda x: x * 2, np.float32(2), (1, 1)),
        (lambda x: 3, 2.0, (0, 1)),
    ],
)
def test_degenerate_shapes(function, at, shape, mode):
    found = jacobian_by_passes(function, at, mode)
    assert found.jacobian.shape == shape and len(found) == shape[mode == "tangent"]


def test_printed():
    found = jacobian_by_passes(lecture, (2.0, 5.0))
    assert str(found) == (
        "2 tangent passes, each one column of the Jacobian\n"
        "  x_dot = [1, 0] gives y_dot = [5.5]\n"
        "  x_dot = [0, 1] gives y_dot = [1.716]"
    )
    assert str(jacobian_by_passes(lecture, {"x2": 5.0, "x1": 2.0}, "adjoint")) == (
        "1 adjoint pass, each one row of the Jacobian\n  y_bar = [1] gives x_bar = [5.5, 1.716]"
    )


def test_misuse():
    with pytest.raises(tangentc.DifferentiationError, match="TC312"):
        jacobian_by_passes(lambda z: z * z, 1.0 + 2.0j)
    with pytest.raises(tangentc.DifferentiationError, match="TC312"):
        jacobian_by_passes(lambda x: x * 2j, 1.0)
    with pytest.raises(ValueError, match="mode='forward'"):
        jacobian_by_passes(lecture, (2.0, 5.0), mode="forward")
