"""The error against the step: the slopes that theory has, and the picture."""

import sys

import numpy as np
import pytest

from tangentc import numeric
from tangentc.errors import DifferentiationError


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def energy(x, k):
    y = np.tanh(k * x)
    for i in range(3):
        y[1:] += 0.3 * y[:-1] * x[1:]
    return {"energy": np.sum(y * y), "y": y}


CASES = {
    "the lecture's": (lecture, (2.0, 5.0), {}),
    "sine": (lambda x: np.sin(x), (1.0,), {}),
    "exponential": (lambda x: np.exp(x) / x, (0.5,), {}),
    "near the end of the function": (lambda x: np.sqrt(x), (0.01,), {}),
    "arrays": (energy, (np.array([0.3, -0.7, 1.1]), 0.8), {"argnums": (0, 1)}),
    "a direction": (
        energy,
        (np.array([0.3, -0.7, 1.1]), 0.8),
        {"tangents": np.array([1.0, -2.0, 0.5])},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_slopes(case):
    function, args, options = CASES[case]
    forward, central, imaginary = numeric.study(function, args, **options).curves
    for curve, slope in ((forward, 1.0), (central, 2.0), (imaginary, 2.0)):
        assert curve.truncation[0] == pytest.approx(slope, abs=0.05)
    for curve in (forward, central):
        assert curve.rounding[0] == pytest.approx(-1.0, abs=0.15)
        assert 0.03 < curve.best / curve.balance < 30.0
    assert imaginary.rounding is None and np.nanmin(imaginary.errors) < 1e-15
    assert np.all(imaginary.errors[-20:] < 1e-14), "an imaginary step may be as short as one likes"
    assert np.nanmin(central.errors) < 0.1 * np.nanmin(forward.errors)


def test_the_default_step_is_nearly_the_best():
    for function, args in ((lecture, (2.0, 5.0)), (lambda x: np.sin(x), (1.0,))):
        for curve in numeric.study(function, args).curves[:2]:
            assert 0.1 < curve.rule / curve.balance < 10.0


def test_single_precision():
    args = (np.array([0.3, 0.7, -1.2], np.float32),)
    forward, _, imaginary = numeric.study(lambda x: np.tanh(x), args).curves
    assert forward.truncation[0] == pytest.approx(1.0, abs=0.1) and forward.rounding[0] == pytest.approx(
        -1.0, abs=0.2
    )
    assert 1e-5 < forward.best < 1e-2 and np.nanmin(imaginary.errors) < 1e-6


def test_a_straight_line_has_no_truncation():
    for curve in numeric.study(lambda x: 3.0 * x, (1.3,)).curves:
        assert curve.truncation is None and curve.balance is None
    parabola = numeric.study(lambda x: x * x, (1.3,)).curves
    assert parabola[0].truncation[0] == pytest.approx(1.0, abs=0.01) and parabola[1].truncation is None


def test_a_reference_that_is_given():
    opaque = lambda x: np.round(x * 0.0) + np.sin(x)
    study = numeric.study(opaque, (1.0,), reference=np.cos(1.0))
    assert study.curves[0].truncation[0] == pytest.approx(1.0, abs=0.05)
    wrong = numeric.study(opaque, (1.0,), reference=2.0 * np.cos(1.0), methods=("central",)).curves[0]
    assert np.nanmin(wrong.errors) > 0.4, "a wrong reference shows"


def test_what_the_complex_step_cannot_do_is_said():
    study = numeric.study(lambda x: abs(x) * 2.0, (2.0,))
    imaginary = study.curves[2]
    assert np.all(np.isnan(imaginary.errors)) and "imaginary" in imaginary.remark
    assert imaginary.remark in study.text()
    study.figure()


def test_steps_beyond_the_function_are_left_out():
    study = numeric.study(lambda x: np.log(x), (0.05,), methods=("central",))
    errors = study.curves[0].errors
    assert np.isnan(errors[0]) and np.isfinite(errors[8])
    assert study.curves[0].truncation[0] == pytest.approx(2.0, abs=0.1)


def test_the_table():
    study = numeric.study(lecture, (2.0, 5.0), steps=10.0 ** -np.arange(1.0, 17.0))
    lines = str(study).splitlines()
    assert lines[0] == "lecture, derivative along x1: error against the step h"
    assert lines[1].split() == ["h", "forward", "central", "complex"]
    assert [line.split()[0] for line in lines[2:18]] == [f"1e-{k:02d}" for k in range(1, 17)]
    cells = np.array([[float(cell) for cell in line.split()[1:]] for line in lines[2:18]])
    np.testing.assert_allclose(cells[0], [2.2e-3, 7.6e-5, 7.6e-5], rtol=0.05)
    # one digit for forward, two for central, with each power of ten
    np.testing.assert_allclose(cells[1:5, 0] / cells[:4, 0], 0.1, rtol=0.1)
    np.testing.assert_allclose(cells[1:4, 1] / cells[:3, 1], 0.01, rtol=0.1)


def test_the_picture(tmp_path):
    study = numeric.study(lecture, (2.0, 5.0))
    figure = study.figure()
    (axes,) = figure.axes
    assert axes.get_xscale() == axes.get_yscale() == "log"
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels[0].startswith("forward: truncation slope 1.00, rounding slope")
    drawn = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert len(drawn) == 5  # two for forward and central, one for the complex step
    x, y = drawn[0].get_data()
    assert np.diff(np.log10(y)) / np.diff(np.log10(x)) == pytest.approx(1.0, abs=0.05)
    for name in ("steps.png", "steps.svg"):
        study.save(tmp_path / name)
    assert (tmp_path / "steps.png").read_bytes().startswith(b"\x89PNG")
    assert study._repr_png_().startswith(b"\x89PNG")


def test_the_picture_without_matplotlib(monkeypatch):
    study = numeric.study(lecture, (2.0, 5.0))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"tangentc\[plots\]"):
        study.figure()


@pytest.mark.parametrize(
    "options",
    [
        {"methods": ("adaptive",)},
        {"methods": ()},
        {"methods": "central"},
        {"steps": [0.0, 1.0]},
        {"steps": []},
    ],
)
def test_refusals(options):
    with pytest.raises(DifferentiationError) as caught:
        numeric.study(lecture, (2.0, 5.0), **options)
    assert caught.value.code == "TC401"
