import linecache
import traceback

import pytest

from tangentc.emit import emit, load
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Var
from tangentc.kinds.types import FLOAT
from tangentc.source import SourceFile, Span
from tests import handmade

FILE = SourceFile("model.py", "def f(x):\n    y = 1.0 / x\n    return y\n")


def reciprocal():
    b = Builder()
    x = Var(FLOAT, "x")
    with b.at(Span(FILE, 2, 8, 2, 15)):
        y = b.op("truediv", 1.0, x, kind=FLOAT, name="y")
    return handmade.function("f", [handmade.plain(x)], b, y)


def test_tracebacks_show_the_emitted_line():
    with pytest.raises(ZeroDivisionError) as caught:
        load(emit(reciprocal()), "f")(0.0)
    assert "y = 1.0 / x" in "".join(traceback.format_tb(caught.value.__traceback__))


def test_exceptions_name_the_user_s_line_once():
    run = load(emit(reciprocal()), "f")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as caught:
            run(0.0)
        assert caught.value.__notes__ == ["in your program, model.py:2: 1.0 / x"]


def test_the_name_of_the_text_is_the_same_in_every_process():
    first, second = (load(emit(reciprocal()), "f").__wrapped__.__code__.co_filename for _ in range(2))
    assert first == second
    assert linecache.getline(first, 1) == "def f(x):\n"


def test_spans_of_lines():
    emitted = emit(reciprocal())
    assert emitted.text.splitlines()[1].strip() == "y = 1.0 / x"
    assert emitted.spans[2].text == "1.0 / x"
