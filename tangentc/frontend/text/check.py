"""All unsupported syntax of one function, reported at once."""

from __future__ import annotations

from collections.abc import Iterator

import gast

from tangentc.errors import TangentcError, UnsupportedSyntaxError, together
from tangentc.source import SourceFile, Span

__all__ = ["check"]

_REFUSED: dict[type[gast.AST], tuple[str, str, str]] = {
    gast.AsyncFunctionDef: ("TC104", "an async function cannot be differentiated", "call a plain function instead"),
    gast.AsyncFor: ("TC104", "`async for` cannot be differentiated", "collect the data before the call"),
    gast.AsyncWith: ("TC104", "`async with` cannot be differentiated", "enter the context before the call"),
    gast.Await: ("TC104", "`await` cannot be differentiated", "load the data before the call"),
    gast.ClassDef: ("TC101", "a class defined inside a differentiated function is not supported", "define it outside"),
}  # fmt: skip

for _name, _text in {
    "TryStar": "`try` with `except*` cannot be differentiated",
    "TypeAlias": "a type alias inside a differentiated function is not supported",
}.items():
    if hasattr(gast, _name):  # depends on the version of Python
        _REFUSED[getattr(gast, _name)] = (
            "TC101",
            _text,
            "use `if` and `elif`, or move it out of the function",
        )


def check(function: gast.AST, file: SourceFile) -> None:
    """Refuse a function whose syntax has no derivative.

    Raises:
        UnsupportedSyntaxError: for the first place; `others` hold the rest.
    """
    errors = list(_problems(function, file))
    if errors:
        raise together(errors)


def _problems(node: gast.AST, file: SourceFile) -> Iterator[TangentcError]:
    refused = _REFUSED.get(type(node))
    if refused is not None:
        code, message, hint = refused
        yield UnsupportedSyntaxError(code, message, _head(node, file), hint)
        return
    for child in gast.iter_child_nodes(node):
        yield from _problems(child, file)


def _head(node: gast.AST, file: SourceFile) -> Span:
    """The node, or the first line of one that spans several."""
    if node.end_lineno == node.lineno:
        return Span(file, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    return Span(file, node.lineno, node.col_offset, node.lineno, len(file.line(node.lineno).encode()))
