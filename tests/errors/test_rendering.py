"""The caret excerpt of an error, as text."""

import pickle

import pytest

from tangentc.errors import (
    DifferentiationError,
    InternalError,
    TangentcError,
    UnsupportedSyntaxError,
    together,
)
from tangentc.source import SourceFile, Span

LONG = " + ".join(f"x{i}" for i in range(60))
FILE = SourceFile(
    "model.py",
    "def f(x):\n"
    "    if x:\n"
    "        await load(x)\n"
    "\ty = é(x) + 漢字(x) * 2\n"
    "    z = (a +\n"
    "         b,\n"
    "\n"
    "         c)\n"
    f"    w = {LONG}\n",
)
PLACES = {
    "one_line": Span(FILE, 3, 8, 3, 21),
    "tab_and_wide_letters": Span(FILE, 4, 14, 4, 23),
    "two_lines": Span(FILE, 5, 8, 6, 10),
    "four_lines": Span(FILE, 5, 8, 8, 11),
    "many_lines": Span(FILE, 1, 0, 8, 11),
    "middle_of_a_long_line": Span(FILE, 9, 120, 9, 123),
    "long_line": Span(FILE, 9, 8, 9, 400),
    "end_of_a_line": Span(FILE, 2, 9, 2, 9),
    "outside_the_text": Span(FILE, 40, 0, 40, 3),
}


@pytest.mark.parametrize("place", PLACES)
def test_excerpt(place, golden):
    error = UnsupportedSyntaxError(
        "TC104",
        "an async function cannot be differentiated",
        PLACES[place],
        "load the data before the call and pass it as an argument",
    )
    golden(f"excerpt_{place}.txt", str(error) + "\n")


def test_without_place_and_hint():
    assert str(TangentcError("TC301", "no")) == "error[TC301]: no"


def test_an_internal_error_says_what_to_do():
    assert "please report" in str(InternalError("TC900", "broken"))


def test_misuse_is_a_type_error():
    assert issubclass(DifferentiationError, TypeError)


def test_all_errors_of_a_function_at_once(golden):
    first = UnsupportedSyntaxError("TC101", "the first", PLACES["one_line"], "do this")
    second = UnsupportedSyntaxError("TC102", "the second", PLACES["two_lines"])
    error = together([second, first])
    assert error is first
    golden("two_errors.txt", str(error) + "\n")


def test_pickling():
    error = pickle.loads(pickle.dumps(DifferentiationError("TC301", "no", PLACES["one_line"], "help")))
    assert (error.code, error.span, error.hint) == ("TC301", PLACES["one_line"], "help")
