import runpy
import subprocess
import sys

import numpy as np
import pytest

import tangentc
from tangentc.emit import emit, load
from tangentc.emit.standalone import standalone
from tests import handmade
from tests.emit.test_emit import CALLS

RUN = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tangentc":
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
"""


@pytest.mark.parametrize("name", CALLS)
def test_text(name, golden):
    golden(f"{name}.standalone.py", standalone(getattr(handmade, name)()))


@pytest.mark.parametrize("name", CALLS)
def test_the_file_gives_what_the_process_gives(name):
    function = getattr(handmade, name)()
    namespace = {"__name__": "alone"}
    exec(compile(standalone(function), "alone.py", "exec"), namespace)
    inside = load(emit(function), function.name)
    for args, kwargs in CALLS[name]:
        np.testing.assert_equal(namespace[function.name](*args, **kwargs), inside(*args, **kwargs))


def test_no_import_of_the_package(tmp_path):
    path = tmp_path / "alone.py"
    path.write_text(
        RUN + standalone(handmade.smooth_adjoint()).replace("from __future__ import annotations", "")
    )
    subprocess.run([sys.executable, "-I", str(path)], check=True)


def test_another_pattern_is_refused():
    namespace = {"__name__": "alone"}
    exec(compile(standalone(handmade.smooth_adjoint()), "alone.py", "exec"), namespace)
    run = namespace["smooth_adjoint"]
    u = np.ones(5)
    run(u, 1.0, 2, u)
    for bad in (u.astype("f"), u[:, None], np.ones(1), [1.0]):
        with pytest.raises(TypeError, match="made for u"):
            run(bad, 1.0, 2, u)
    with pytest.raises(TypeError, match="made for u_bar"):
        run(u, 1.0, 2, np.ones(4))
    with pytest.raises(TypeError, match="made for n"):
        run(u, 1.0, 2.0, u)


def test_captured_numbers_are_defaults():
    text = standalone(handmade.affine(), captured={"shift": 0.5})
    assert "shift=0.5" in text


def powers(x, n):
    if n <= 0:
        return x * x
    return powers(np.sin(x), n - 1) * x


def test_both_halves_of_a_split_form_are_written(tmp_path):
    derived = tangentc.vjp(powers)
    x, seed = np.array([0.3, 0.5, 0.7]), np.array([1.0, 2.0, 3.0])
    value, pullback = derived(x, 2)
    derived.save(tmp_path / "powers.py")
    alone = runpy.run_path(str(tmp_path / "powers.py"))
    result, residuals = alone["powers_forward"](x, 2)
    np.testing.assert_array_equal(result, value)
    with pytest.raises(TypeError, match="made for result_bar"):
        alone["powers_reverse"](residuals, seed[:, None])
    (x_bar,) = alone["powers_reverse"](residuals, seed)
    np.testing.assert_array_equal(x_bar, pullback(seed)[0])


def _with_options(x, act=np.tanh, shape=(2, 3), axis=0, power=2, scale=0.5, *, flag=True, unit=None):
    y = np.sum(act(np.reshape(x, shape)) ** power, axis=axis) * scale
    if flag:
        y = y + 1.0
    if unit is not None:
        y = y * unit
    return np.sum(np.sin(y))


@pytest.fixture
def with_options(tmp_path):
    """The gradient as a file and in the process, made by a call that leaves out every option."""
    gradient = tangentc.grad(_with_options)
    gradient(np.linspace(0.1, 0.9, 6))
    gradient.save(tmp_path / "alone.py")
    namespace = {"__name__": "alone"}
    exec(compile((tmp_path / "alone.py").read_text(), "alone.py", "exec"), namespace)
    return namespace["_with_options_grad"], gradient


def test_a_default_number_is_a_parameter(with_options):
    alone, inside = with_options
    x = np.linspace(0.1, 0.9, 6)
    np.testing.assert_equal(alone(x), inside(x))
    np.testing.assert_equal(alone(x, scale=2.5), inside(x, scale=2.5))


@pytest.mark.parametrize(
    "other",
    [
        {"act": np.sin},
        {"shape": (3, 2)},
        {"axis": 1},
        {"power": 3},
        {"flag": False},
        {"flag": 1},
        {"unit": 2.0},
    ],
    ids=str,
)
def test_another_value_of_what_decided_the_code_is_refused(with_options, other):
    with pytest.raises(TypeError, match=f"made for {next(iter(other))} = "):
        with_options[0](np.ones(6), **other)
