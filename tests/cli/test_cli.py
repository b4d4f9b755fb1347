"""The command line, as its user sees it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tangentc
from tangentc.cli import main

PROGRAM = """
import numpy as np


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def recurrence(x, n):
    y = x.copy()
    total = 0.0
    for i in range(1, n):
        y[i] += y[i - 1] * x[i]
        total = total + y[i] * y[i]
    tail = y[1:]
    tail[0] = total
    return np.sum(tail * tail[::-1])


def loss(w, data):
    return np.mean((data @ w) ** 2)


def bad(x):
    class Local:
        pass

    return x


def kink(x):
    return abs(x)


def stops(x):
    return [x, x][int(x)]


def several(x):
    return x[0] * 2.0, {"a": np.sin(x)}


def scaled(x, x_1, *, scale=2.0):
    return x * x_1 * scale


class Model:
    @staticmethod
    def loss(x):
        return x * x
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """`run("show", "lecture.py:f")` -> status, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "lecture", raising=False)
    (tmp_path / "lecture.py").write_text(PROGRAM)

    def command(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return command


# --- trace --------------------------------------------------------------------------------------


def test_the_lecture_s_tables(run, golden):
    status, out, _ = run("trace", "lecture.py:f", "--at", "2,5")
    assert status == 0
    golden("trace_lecture.txt", out)


def values(table):
    return {line.split(" = ")[0].strip(): line.split(" = ")[-1] for line in table.splitlines()[1:]}


def test_the_lecture_s_values(run):
    tables = run("trace", "lecture.py:f", "--at", "2,5")[1].split("\n\n")
    primal, tangent, adjoint = map(values, tables)
    assert primal["y"] == "11.652" and primal["v_-1"] == "2" and primal["v_0"] == "5"
    assert tangent["y_dot"] == "5.5"
    assert adjoint["x1_bar"] == "5.5" and adjoint["x2_bar"] == "1.716"


def test_trace_with_respect_to_the_second_argument(run):
    for at in ("2,5", "2.0,5.0", "2.0,5"):
        out = run("trace", "lecture.py:f", "--at", at, "--mode", "tangent", "--wrt", "x2")[1]
        assert values(out)["y_dot"] == "1.716"


def test_trace_of_loops_stores_and_views(run, golden):
    status, out, _ = run("trace", "lecture.py:recurrence", "--at", "[1.0, 2.0, 3.0], 3")
    assert status == 0
    golden("trace_recurrence.txt", out)


def test_the_traces_agree_with_the_derivative(run):
    import lecture

    from tangentc import grad

    x = np.array([0.3, 0.7, 0.2, 0.5])
    out = run(
        "trace", "lecture.py:recurrence", "--at", f"{x.tolist()}, 4", "--mode", "adjoint", "--limit", "999"
    )[1]
    bar = np.array([float(v) for v in values(out)["x_bar"].strip("[]").split(",")])
    np.testing.assert_allclose(bar, grad(lecture.recurrence)(x, 4), atol=1e-3)


def test_what_a_call_leaves_out_is_no_input(run):
    out = run("trace", "lecture.py:scaled", "--at", "2.,3.")[1]
    assert "scale_bar" not in out
    adjoint = values(run("trace", "lecture.py:scaled", "--at", "2.,3.,scale=5.", "--mode", "adjoint")[1])
    assert adjoint["scale_bar"] == "6"


@pytest.mark.parametrize(
    ("wrt", "expected"), [("x", "6"), ("x_1", "4"), ("1", "4"), ("scale", "6"), ("x, x_1", "10")]
)
def test_the_direction_of_a_tangent(run, wrt, expected):
    out = run("trace", "lecture.py:scaled", "--at", "2.,3.", "--mode", "tangent", "--wrt", wrt)[1]
    assert values(out)["y_dot"] == expected


def test_trace_is_limited(run):
    out = run(
        "trace", "lecture.py:recurrence", "--at", "[1.0, 2.0, 3.0], 3", "--mode", "primal", "--limit", "5"
    )[1]
    assert "… 20 more" in out and len(out.splitlines()) == 7


def test_the_limit_is_of_three_rows_at_least(run, capsys):
    with pytest.raises(SystemExit):
        run("trace", "lecture.py:f", "--at", "2,5", "--limit", "2")
    assert "'2' is no number of rows: 3 or more" in capsys.readouterr().err


START = {
    "markdown": "**Forward Primal Trace**\n\n|",
    "latex": "\\[ \\textbf{Forward Primal Trace} \\]\n\\begin{align*}\n",
    "html": '<table class="tangentc-trace">\n',
}


@pytest.mark.parametrize("form", START)
def test_forms_of_tables(run, form):
    status, out, _ = run("trace", "lecture.py:f", "--at", "2,5", "--mode", "primal", "--format", form)
    assert status == 0 and out.startswith(START[form]) and out.endswith("\n") and not out.endswith("\n\n")


@pytest.mark.parametrize(
    ("form", "first"), [("text", "Reverse Adjoint Trace\n"), ("html", "<!doctype html>\n"), ("latex", "\\[ ")]
)
def test_tables_in_a_file(run, tmp_path, form, first):
    words = ("trace", "lecture.py:f", "--at", "2,5", "--mode", "adjoint", "--format", form, "-o", "tables")
    assert run(*words) == (0, "tables\n", "")
    text = (tmp_path / "tables").read_text(encoding="utf-8")
    assert text.startswith(first) and "1.716" in text and text.endswith("\n")


@pytest.mark.parametrize(
    ("key", "bar"), [("0", "[2, 0]"), ("1,a,1", "[0, -0.416]"), ("1,a,-1", "[0, -0.416]")]
)
def test_the_output_that_has_the_adjoints(run, key, bar):
    out = run("trace", "lecture.py:several", "--at", "[1.0, 2.0]", "--mode", "adjoint", "--result", key)[1]
    assert values(out)["x_bar"] == bar


def test_the_graph_is_drawn(run, tmp_path):
    assert run("trace", "lecture.py:f", "--at", "2,5", "--graph", "g.svg") == (0, "g.svg\n", "")
    assert (tmp_path / "g.svg").read_text(encoding="utf-8").count("<svg") == 1
    assert run("trace", "lecture.py:f", "--at", "2,5", "--graph", "g.dot")[0] == 0
    assert (tmp_path / "g.dot").read_text(encoding="utf-8").startswith('digraph "f" {')


# --- show ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["adjoint", "tangent", "grad", "value_and_grad", "vjp", "primal"])
def test_show(run, golden, mode):
    status, out, _ = run("show", "lecture.py:f", "--mode", mode)
    assert status == 0 and "\x1b" not in out
    golden(f"show_{mode}.txt", out)


@pytest.mark.parametrize("form", ["ssa", "trace"])
def test_show_forms(run, golden, form):
    golden(f"show_{form}.txt", run("show", "lecture.py:f", "--form", form)[1])


def test_show_at_values(run):
    out = run("show", "lecture.py:loss", "--at", "[1.0,2.0], [[1.0,2.0]]", "--wrt", "w")[1]
    assert out.startswith("def loss_adjoint(w, data")


# --- check and compile --------------------------------------------------------------------------


def test_check(run):
    status, out, _ = run("check", "lecture.py:f", "--at", "2,5", "--order", "2")
    assert status == 0 and out.endswith("4 checks, all right\n")


def test_check_fails(run):
    status, out, _ = run("check", "lecture.py:kink", "--at", "1e-7")
    assert status == 1 and "WRONG" in out


def test_check_at_a_file(run, tmp_path):
    np.savez(tmp_path / "data.npz", w=np.array([1.0, 2.0]), data=np.ones((3, 2)))
    status, out, _ = run("check", "lecture.py:loss", "--at", "data.npz")
    assert status == 0


def test_compile(run, tmp_path):
    status, out, _ = run("compile", "lecture.py:f", "-o", "f_alone.py")
    assert status == 0 and out == "f_alone.py\n"
    program = "import sys; sys.modules['tangentc'] = None; import f_alone; print(f_alone.f_adjoint(2.0, 5.0))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "5.5" in done.stdout


# --- errors -------------------------------------------------------------------------------------


def test_an_error_of_the_program(run, golden):
    status, out, err = run("show", "lecture.py:bad")
    assert status == 1 and out == ""
    golden("error_syntax.txt", err)


MISUSE = {
    "no_colon": ("show", "lecture.py"),
    "no_file": ("show", "nothing.py:f"),
    "no_function": ("show", "lecture.py:g"),
    "no_such_argument": ("show", "lecture.py:f", "--wrt", "z"),
    "values": ("trace", "lecture.py:f", "--at", "2,,"),
    "too_few_values": ("trace", "lecture.py:f", "--at", "2"),
    "no_result": ("trace", "lecture.py:f", "--at", "2,5", "--result", "1"),
    "graph_ending": ("trace", "lecture.py:f", "--at", "2,5", "--graph", "g.bmp"),
    "graph_place": ("trace", "lecture.py:f", "--at", "2,5", "--graph", "missing/g.svg"),
    "tables_place": ("trace", "lecture.py:f", "--at", "2,5", "-o", "missing/t.txt"),
    "program_stops": ("trace", "lecture.py:stops", "--at", "7.0"),
    "no_npz": ("check", "lecture.py:f", "--at", "nothing.npz"),
    "no_code": ("explain", "TC999"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_misuse_is_one_message_without_traceback(run, case):
    status, out, err = run(*MISUSE[case])
    assert status == 1 and "Traceback" not in err and err.startswith("error"), err


def test_a_file_that_does_not_parse(run, tmp_path):
    (tmp_path / "broken.py").write_text("def f(:\n")
    status, _, err = run("show", "broken.py:f")
    assert status == 1 and "cannot be imported" in err


def test_explain(run, golden):
    golden("explain.txt", run("explain", "tc301")[1])


def test_help_has_examples(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "tangentc trace lecture.py:f --at 2,5" in capsys.readouterr().out


def test_python_m():
    done = subprocess.run(
        [sys.executable, "-m", "tangentc", "explain", "TC301"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "TC301" in done.stdout


def test_negative_values_are_no_options(run):
    assert run("check", "lecture.py:scaled", "--at", "-1.5,3.")[0] == 0
    assert run("show", "lecture.py:f", "--wrt", "-1")[0] == 0


def test_a_module_by_its_name(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "some_package").mkdir()
    (tmp_path / "some_package" / "inner.py").write_text(
        "from . import other\n\n\ndef f(x):\n    return other.g(x)\n"
    )
    (tmp_path / "some_package" / "other.py").write_text("def g(x):\n    return x * x\n")
    status, out, _ = run("show", "some_package.inner:f", "--mode", "grad")
    assert status == 0 and "2.0 * x" in out
    assert run("show", "some_package.missing:f") == (
        1, "", "error: there is no file and no module 'some_package.missing'\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(x:\n    return x\n", "SyntaxError: '(' was never closed\n  --> broken.py:1:6\n"),
        ("import sys\n\nsys.exit(3)\n", "SystemExit: 3\n  --> broken.py:3:1\n  3 | sys.exit(3)\n"),
        ("k = 1\nk / 0\n", "ZeroDivisionError: division by zero\n  --> broken.py:2:1\n"),
    ],
)
def test_a_file_that_cannot_be_imported(run, tmp_path, text, message):
    (tmp_path / "broken.py").write_text(text)
    status, out, err = run("show", "broken.py:f")
    assert (
        (status, out) == (1, "") and f"error: broken.py cannot be imported: {message}" in err and "^" in err
    )


def test_a_file_that_cannot_be_written(run):
    status, _, err = run("compile", "lecture.py:f", "-o", "missing/f.py")
    assert (status, err) == (1, "error: missing/f.py cannot be written: No such file or directory\n")


def test_compile_both_halves(run, tmp_path):
    assert run("compile", "lecture.py:f", "--mode", "vjp")[:2] == (0, "f_vjp.py\n")
    text = (tmp_path / "f_vjp.py").read_text()
    assert "def f_forward(" in text and "def f_reverse(" in text


@pytest.mark.parametrize("command", [["check", "lecture.py:f", "--at", "2,5"], ["show", "lecture.py:f"]])
def test_a_reader_that_has_seen_enough(run, tmp_path, command):
    process = subprocess.Popen(
        [sys.executable, "-m", "tangentc", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(tangentc.__file__).parents[1])},
    )
    process.stdout.close()
    with process.stderr:
        assert (process.stderr.read(), process.wait()) == (b"", 0)
