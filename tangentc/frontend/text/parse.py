"""The syntax tree of a live function, parsed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import gast

from tangentc.errors import UnsupportedSyntaxError
from tangentc.frontend.text.check import check
from tangentc.frontend.text.liveness import Liveness, liveness
from tangentc.frontend.text.scopes import Names, names_of
from tangentc.frontend.text.syntax import simplified
from tangentc.source import SourceFile, Span, source_of

__all__ = ["Syntax", "parse", "span_of"]

_KEPT = 512  # functions whose trees are remembered


@dataclass(frozen=True, slots=True)
class Syntax:
    """The definition of a function: its tree, with the positions of the file, and its scope."""

    node: gast.FunctionDef | gast.Lambda
    file: SourceFile
    names: Names
    liveness: Liveness

    @property
    def span(self) -> Span:
        return span_of(self.node, self.file)


_PARSED: dict[tuple[CodeType, str], Syntax] = {}  # equal code may stand in two files


def parse(function: Callable[..., Any]) -> Syntax:
    """The tree of a function; all its unsupported syntax is reported at once.

    Raises:
        UnsupportedSyntaxError: there is no source, or the function contains what cannot be differentiated.
    """
    code: CodeType = function.__code__
    key = code, code.co_filename
    known = _PARSED.get(key)
    if known is not None:
        return known
    source = source_of(function)
    node = gast.ast_to_gast(source.node)
    if isinstance(node, gast.AsyncFunctionDef):
        raise UnsupportedSyntaxError(
            "TC104",
            "an async function cannot be differentiated",
            source.span,
            "await the data before the call and pass it as an argument",
        )
    check(node, source.file)
    node = simplified(node)
    _mangle(node, code)
    syntax = Syntax(node, source.file, names_of(node), liveness(node))
    if len(_PARSED) >= _KEPT:
        _PARSED.clear()
    _PARSED[key] = syntax
    return syntax


def _mangle(node: gast.AST, code: CodeType) -> None:
    """Call private attributes as Python does: `self.__x` in the class C means `self._C__x`."""
    private = [
        part for part in gast.walk(node)
        if isinstance(part, gast.Attribute) and part.attr.startswith("__") and not part.attr.endswith("__")
    ]  # fmt: skip
    if not private:
        return
    names = _names_in(code)
    for part in private:
        mangled = [
            name for name in names if name.startswith("_") and name.endswith(part.attr) and name != part.attr
        ]
        if part.attr not in names and mangled:
            part.attr = mangled[0]


def _names_in(code: CodeType) -> list[str]:
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in _names_in(const)]
    return [*code.co_names, *inner]


def span_of(node: gast.AST, file: SourceFile) -> Span:
    """Where a node stands in the user's file; the whole file where the tree does not say."""
    if file.called_at is not None:
        return file.called_at
    line = getattr(node, "lineno", None) or 1
    column = getattr(node, "col_offset", None) or 0
    end_line = getattr(node, "end_lineno", None) or line
    end_column = getattr(node, "end_col_offset", None)
    return Span(file, line, column, end_line, column + 1 if end_column is None else end_column)
