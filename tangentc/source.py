"""Where text comes from: spans, source files, and the source of a live function."""

from __future__ import annotations
import __future__

import ast
import linecache
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from tangentc.errors import UnsupportedSyntaxError

__all__ = ["Definition", "FunctionSource", "SourceFile", "Span", "source_of"]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text and the name that it was compiled under."""

    name: str
    text: str = field(repr=False)
    called_at: Span | None = field(default=None, repr=False)
    """For text of the compiler's own library: the user's call, which messages point at instead."""

    @property
    def lines(self) -> list[str]:
        """The lines as Python's tokenizer counts them: a form feed or a U+2028 ends none."""
        return self.text.split("\n")

    @property
    def display(self) -> str:
        """The name in messages: relative where the file lies below the working directory."""
        if not Path(self.name).is_absolute():
            return self.name
        try:
            relative = os.path.relpath(self.name)
        except ValueError:  # another drive
            return self.name
        return self.name if relative.startswith(os.pardir) else relative

    def line(self, number: int) -> str:
        lines = self.lines
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the user's text: 1-based lines, 0-based columns in bytes of UTF-8, the end exclusive."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def text(self) -> str:
        """The text itself, lines joined by newlines."""
        lines = self.file.lines[self.line - 1 : self.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1].encode()[: self.end_column].decode(errors="ignore")
        lines[0] = lines[0].encode()[self.column :].decode(errors="ignore")
        return "\n".join(lines)

    def __str__(self) -> str:
        return f"{self.file.display}:{self.line}"


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """The text that a function was compiled from.

    `node` is the definition inside the parsed file: its positions are those of the file.
    """

    file: SourceFile
    node: Definition

    @property
    def span(self) -> Span:
        node = self.node
        assert node.end_lineno is not None and node.end_col_offset is not None  # parsed, not built
        return Span(self.file, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    @property
    def text(self) -> str:
        """The definition alone, without its decorators; its first line starts at `column`."""
        return self.span.text

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def column(self) -> int:
        return self.node.col_offset


def source_of(function: Callable[..., Any]) -> FunctionSource:
    """The source of a function, found by its code object.

    `__wrapped__` is not followed: a decorated function is what its decorator made of it.  The text is
    what `linecache` holds for the file of the code object, so notebook cells, doctests and text
    that was registered there are found like files.  Functions that start on one line are told
    apart by their compiled code.

    Raises:
        UnsupportedSyntaxError: TC110, there is no text (a builtin, text typed where Python keeps none);
            TC111, the text has changed since the function was made from it.
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        name = getattr(function, "__name__", type(function).__name__)
        raise UnsupportedSyntaxError(
            "TC110",
            f"{name!r} is not written in Python",
            hint="wrap it in a function and give that one a rule: see tangentc.primitive",
        )
    namespace = getattr(function, "__globals__", None)
    for text in _texts(code.co_filename, namespace):
        file = SourceFile(code.co_filename, text)
        node = _find(file, code)
        if node is not None:
            return FunctionSource(file, node)
    anonymous = (
        code.co_filename == "<string>"
    )  # of any text given to exec; Python 3.13 keeps that of `-c` there
    if anonymous or not linecache.getlines(code.co_filename, namespace):
        raise UnsupportedSyntaxError(
            "TC110",
            f"the source of {code.co_name!r}, compiled under the name {code.co_filename!r}, cannot be found",
            hint="define the function in a file or a notebook cell, or register its text with linecache",
        )
    raise UnsupportedSyntaxError(
        "TC111",
        f"{SourceFile(code.co_filename, '').display} has changed since {code.co_name!r} was made from it",
        hint="import the module again",
    )


_STARTED = time.time()
_FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_TAG = 1_000_000  # above every line number of a real file


def _texts(filename: str, namespace: dict[str, Any] | None) -> Iterator[str]:
    """The text that `linecache` remembers, then the one that is there now."""
    yield _joined(linecache.getlines(filename, namespace))
    linecache.checkcache(filename)
    yield _joined(linecache.getlines(filename, namespace))


def _joined(lines: list[str]) -> str:
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")


def _find(file: SourceFile, code: CodeType) -> Definition | None:
    """The definition that compiles to `code`."""
    here = [
        entry
        for entry in _definitions(file, code.co_flags & _FUTURE)
        if _starts(entry.node) == code.co_firstlineno and entry.code.co_name == code.co_name
    ]
    same = [entry for entry in here if _key(entry.code) == _key(code)]
    if not same and len(here) == 1 and any(_key(plain) == _key(code) for plain in _as_written(file, code)):
        return here[
            0
        ].node  # Python 3.10 makes one object of equal lambdas on a line, and numbers tell them apart
    if not same and _is_old(file.name):
        # An import hook (pytest's assertions, a type checker) rewrote the body while importing the file.
        same = [entry for entry in here if _signature(entry.code) == _signature(code)]
        return same[0].node if len(same) == 1 else None
    if len(same) > 1:  # equal bodies mean the same; the columns say which one it is
        same = [entry for entry in same if _columns(entry.code) == _columns(code)] or same
    return same[0].node if same else None


@dataclass(frozen=True, slots=True)
class _Definition:
    node: Definition
    code: CodeType


@lru_cache(maxsize=256)
def _definitions(file: SourceFile, flags: int) -> tuple[_Definition, ...]:
    """Every function of a text with its compiled code.

    While the tree is compiled, each definition carries its own number as its line: the first line of a
    code object then says which definition it belongs to.
    """
    try:
        tree = ast.parse(file.text)
        nodes = _function_nodes(tree)
        places = [
            (first, first.lineno, first.end_lineno, first.end_col_offset) for first in map(_first, nodes)
        ]
        for number, (first, _, _, end) in enumerate(places, start=_TAG):
            first.lineno = first.end_lineno = number
            if end is not None:  # of a lambda over several lines it may be the smaller
                first.end_col_offset = max(end, first.col_offset)
        module = compile(tree, file.name, "exec", flags=flags, dont_inherit=True)
        for first, start, end_line, end in places:
            first.lineno, first.end_lineno, first.end_col_offset = start, end_line, end
    except (SyntaxError, ValueError, RecursionError):
        return ()
    codes = {code.co_firstlineno: code for code in _nested(module)}
    return tuple(
        _Definition(node, codes[number]) for number, node in enumerate(nodes, start=_TAG) if number in codes
    )


def _as_written(file: SourceFile, code: CodeType) -> list[CodeType]:
    """The code objects that the text gives for functions of this name at this line."""
    try:
        module = compile(file.text, file.name, "exec", flags=code.co_flags & _FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [
        found for found in _nested(module)
        if (found.co_firstlineno, found.co_name) == (code.co_firstlineno, code.co_name)
    ]  # fmt: skip


def _function_nodes(tree: ast.AST) -> list[Definition]:
    return [node for node in ast.walk(tree) if isinstance(node, Definition)]


def _first(node: Definition) -> ast.stmt | ast.expr:
    """The node whose line the code object calls its first."""
    if isinstance(node, ast.Lambda) or not node.decorator_list:
        return node
    return node.decorator_list[0]


def _starts(node: Definition) -> int:
    return _first(node).lineno


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


def _key(code: CodeType) -> tuple[object, ...]:
    """What a code object computes, without where it was written."""
    return (
        *_signature(code),
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        tuple(_constant_key(value) for value in code.co_consts),
    )


def _signature(code: CodeType) -> tuple[object, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    flags = code.co_flags & 0x0C  # *args, **kwargs
    return code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, flags, code.co_varnames[:count]


def _constant_key(value: object) -> object:
    """Constants compared with their type: 1, 1.0 and True differ, and so do 0.0 and -0.0."""
    if isinstance(value, CodeType):
        return _key(value)
    if isinstance(value, tuple):
        return tuple(_constant_key(item) for item in value)
    if isinstance(value, frozenset):
        return frozenset(_constant_key(item) for item in value)
    return type(value), repr(value)


def _columns(code: CodeType) -> object:
    positions = getattr(code, "co_positions", None)  # Python 3.11
    return None if positions is None else [position[2:] for position in positions()]


def _is_old(filename: str) -> bool:
    """Whether a file was written before this process began: it is the text that was imported."""
    try:
        return Path(filename).stat().st_mtime < _STARTED
    except OSError:
        return False
