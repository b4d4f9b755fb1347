"""`tangentc steps` and `tangentc swell`, as their users see them."""

import re
import sys

import pytest

from tangentc.cli import main

PROGRAM = """
import numpy as np


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def scaled(x, *, factor=2.0):
    return np.sum(np.abs(x) * factor)


def newton(x, n):
    y = x
    for _ in range(n):
        y = 0.5 * (y + 2.0 / y)
    return y


def stops(x, n):
    raise KeyError(n)


def branch(x, n):
    return x if x > 1.0 else 2.0 * x
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """`run("steps", "lecture.py:f")` -> status, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "lecture", raising=False)
    (tmp_path / "lecture.py").write_text(PROGRAM)

    def command(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command


# --- steps --------------------------------------------------------------------------------------


def test_steps(run, golden, tmp_path):
    status, out, _ = run("steps", "lecture.py:f", "--at", "2,5", "-o", "steps.png")
    assert status == 0 and out.splitlines()[-1] == "steps.png"
    assert (tmp_path / "steps.png").read_bytes().startswith(b"\x89PNG")
    rounding = re.compile(
        r"^(  1e-(?:0[4-9]|1\d)) .*|^(  (?:slope of r|best|error|h where).*?)  .*", re.MULTILINE
    )
    golden("steps.txt", rounding.sub(lambda m: f"{m[1] or m[2]} (rounding)", out))


def test_slopes_by_the_command(run):
    out = run("steps", "lecture.py:f", "--at", "2,x2=5", "--wrt", "x2", "--methods", "forward,central")[1]
    slopes = re.findall(r"slope of (\w+) +(-?[\d.]+) +(-?[\d.]+)", out)
    (_, forward, central), (_, falling, also) = slopes
    assert float(forward) == pytest.approx(1.0, abs=0.02) and float(central) == pytest.approx(2.0, abs=0.02)
    assert float(falling) == pytest.approx(-1.0, abs=0.15) and float(also) == pytest.approx(-1.0, abs=0.15)
    assert "complex" not in out


def test_steps_of_keyword_arguments_and_of_what_is_not_analytic(run):
    status, out, _ = run("steps", "lecture.py:scaled", "--at", "[1.0, -2.0], factor=3.0")
    assert status == 0 and "complex: given complex numbers, the function returns real ones" in out
    assert (
        "derivative along factor"
        in run("steps", "lecture.py:scaled", "--at", "1.5,factor=3.", "--wrt", "factor")[1]
    )


# --- swell --------------------------------------------------------------------------------------

SECONDS = re.compile(r"\d\.\de[-+]\d\d")


def test_swell(run, golden, tmp_path):
    status, out, _ = run("swell", "-n", "5", "-o", "swell.svg")
    assert status == 0
    assert "<svg" in (tmp_path / "swell.svg").read_text()
    golden("swell.txt", SECONDS.sub("*******", out))


def test_swell_of_a_program(run):
    status, out, _ = run("swell", "lecture.py:newton", "-n", "3", "--at", "1.5")
    assert status == 0 and "n = 1\n  newton      (x + 2/x)/2\n  derivative  (1 - 2/x**2)/2\n" in out
    assert max(map(len, out.splitlines())) <= 112
    assert out.splitlines()[-1].split()[4:6] == ["21", "24"]  # seven and eight operations for each trip


# --- errors -------------------------------------------------------------------------------------

MISUSE = {
    "no_such_format": ("steps", "lecture.py:f", "--at", "2,5", "-o", "steps.xyz"),
    "no_such_folder": ("steps", "lecture.py:f", "--at", "2,5", "-o", "none/steps.png"),
    "an_argument_that_does_not_vary": ("steps", "lecture.py:newton", "--at", "2.,3", "--wrt", "n"),
    "too_few_values": ("steps", "lecture.py:f", "--at", "2"),
    "one_argument": ("swell", "lecture.py:scaled", "-n", "2"),
    "a_branch": ("swell", "lecture.py:branch", "-n", "2"),
    "no_program": ("swell", "nothing.py:f", "-n", "2"),
    "no_swell_file": ("swell", "-n", "1", "-o", "none/swell.png"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_misuse_is_one_message_without_traceback(run, case):
    status, _, err = run(*MISUSE[case])
    assert status == 1 and "Traceback" not in err and err.startswith("error"), err


@pytest.mark.parametrize(
    "words",
    [
        ("steps", "lecture.py:f"),
        ("steps", "lecture.py:f", "--at", "2,5", "--methods", "centre"),
        ("swell", "-n", "0"),
        ("swell", "-n", "many"),
    ],
)
def test_wrong_options(run, words):
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("words", "library", "extra"),
    [
        (("steps", "lecture.py:f", "--at", "2,5", "-o", "steps.png"), "matplotlib.figure", "plots"),
        (("swell", "-n", "1", "-o", "swell.png"), "matplotlib.figure", "plots"),
        (("swell", "-n", "1"), "sympy", "symbolic"),
    ],
)
def test_a_missing_library_is_named(run, monkeypatch, words, library, extra):
    if library == "sympy":
        for name in [name for name in sys.modules if name.startswith("tangentc.symbolic")]:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    status, _, err = run(*words)
    assert status == 1 and f"pip install 'tangentc[{extra}]'" in err and "Traceback" not in err


@pytest.mark.parametrize("command", ["steps", "swell"])
def test_help_has_examples(capsys, command):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0 and f"tangentc {command} " in capsys.readouterr().out
