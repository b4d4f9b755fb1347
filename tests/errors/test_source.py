"""Finding the text of a function by its code object."""

import functools
import linecache
import sys
import types
from pathlib import Path

import pytest

from tangentc.errors import UnsupportedSyntaxError
from tangentc.source import SourceFile, Span, source_of


def decorated(function):
    @functools.wraps(function)
    def wrapper(x):
        return function(x) + 1

    return wrapper


@decorated
def wrapped(x):
    return x


PAIR = (lambda x: x * 2), (lambda x: x * 3)
TWINS = [(lambda x: x * 2), (lambda x: x * 2)]  # the same code, at two columns
DEFAULTS = (lambda x, k=1.0: x * k), (lambda x, k=1: x * k), (lambda x: x * 1.0), (lambda x: x * 1)

# fmt: off
ENDS_TO_THE_LEFT = [1, lambda x: (
    x * 5
)]
# fmt: on


def outer(k):
    def inner(x):
        return x * k

    return inner, lambda x: k + x


class Thing:
    def method(self, x):
        return self.__private(x)

    def __private(self, x):
        return x

    def private(self):
        return self.__private


CASES = [
    (lambda: PAIR[0], "lambda x: x * 2"),
    (lambda: PAIR[1], "lambda x: x * 3"),
    (lambda: DEFAULTS[2], "lambda x: x * 1.0"),
    (lambda: DEFAULTS[3], "lambda x: x * 1"),
    (lambda: ENDS_TO_THE_LEFT[1], "lambda x: (\n    x * 5\n)"),
    (lambda: outer(2)[0], "def inner(x):\n        return x * k"),
    (lambda: outer(2)[1], "lambda x: k + x"),
    (lambda: Thing.method, "def method(self, x):\n        return self.__private(x)"),
    (lambda: Thing().method, "def method(self, x):\n        return self.__private(x)"),
    (lambda: Thing().private(), "def __private(self, x):\n        return x"),
]


@pytest.mark.parametrize(("function", "text"), CASES, ids=[text.splitlines()[0] for _, text in CASES])
def test_text(function, text):
    assert source_of(function()).text == text


def test_wrapped_is_not_followed():
    assert source_of(wrapped).text.startswith("def wrapper(x):")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="code objects have no columns")
def test_equal_lambdas_on_one_line_are_told_apart():
    columns = [source_of(function).column for function in TWINS]
    assert len(set(columns)) == 2


def test_positions_are_those_of_the_file():
    source = source_of(outer(1)[0])
    assert source.file.line(source.line).strip() == "def inner(x):"
    assert source.span.text == source.text
    assert Path(source.file.name).samefile(__file__)


def registered(name, text):
    """A function of a text that only linecache knows, as in a notebook."""
    namespace = {}
    exec(compile(text, name, "exec"), namespace)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    return namespace["f"]


def test_registered_text():
    assert source_of(registered("<cell 1>", "k = 2\n\ndef f(x):\n    return k * x\n")).line == 3


def test_future_flags_of_the_compilation():
    text = "def f(x: float) -> float:\n    return x\n"
    namespace = {}
    exec(compile("from __future__ import annotations\n" + text, "<cell 2>", "exec"), namespace)
    lines = ["from __future__ import annotations\n", *text.splitlines(keepends=True)]
    linecache.cache["<cell 2>"] = (0, None, lines, "<cell 2>")
    assert source_of(namespace["f"]).line == 2


def test_line_endings():
    assert (
        source_of(registered("<cell 3>", "def f(x):\r\n    return x\r\n")).text == "def f(x):\n    return x"
    )


def test_form_feed_ends_no_line():
    assert source_of(registered("<cell 4>", "x = 'a\x0cb'\ndef f(x): return x\n")).line == 2


@pytest.mark.parametrize("function", [len, abs, functools.partial(len)], ids=["len", "abs", "partial"])
def test_builtins_have_no_source(function):
    with pytest.raises(UnsupportedSyntaxError, match="TC110"):
        source_of(function)


def test_executed_text_has_no_source():
    namespace = {}
    exec("def f(x): return x", namespace)
    with pytest.raises(UnsupportedSyntaxError, match="TC110"):
        source_of(namespace["f"])


def test_changed_text():
    function = registered("<cell 5>", "def f(x): return x * x\n")
    linecache.cache["<cell 5>"] = (0, None, ["def f(x): return x * x * x\n"], "<cell 5>")
    with pytest.raises(UnsupportedSyntaxError, match="TC111"):
        source_of(function)


def test_changed_file(tmp_path):
    path = tmp_path / "edited.py"
    path.write_text("def f(x): return x * x\n")
    namespace = {}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    path.write_text("def f(x): return x + x\n")
    with pytest.raises(UnsupportedSyntaxError, match="TC111"):
        source_of(namespace["f"])


def test_a_function_without_code():
    with pytest.raises(UnsupportedSyntaxError, match="SimpleNamespace"):
        source_of(types.SimpleNamespace())


def test_display_is_relative_below_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert SourceFile(str(tmp_path / "a" / "b.py"), "").display == str(Path("a") / "b.py")
    assert SourceFile(str(tmp_path.parent / "b.py"), "").display == str(tmp_path.parent / "b.py")
    assert str(Span(SourceFile("<cell>", "x"), 1, 0, 1, 1)) == "<cell>:1"


def test_span_text_counts_bytes():
    file = SourceFile("f.py", "é = x + 1\n")
    assert Span(file, 1, 5, 1, 6).text == "x"


def test_equal_lambdas_on_one_line():
    """Python 3.10 makes one object of them; the function around them is found all the same."""

    def around(x):
        return sum(map(lambda v: v > -0.5, x)) * sum(filter(lambda v: v > -0.5, x))

    assert source_of(around).node.name == "around"
