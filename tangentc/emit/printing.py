"""Text from syntax trees: astor prints expressions, this module everything around them."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tangentc.errors import InternalError
from tangentc.source import Span

__all__ = ["Note", "Notes", "Text", "expression", "print_function", "shortened"]

WIDTH = 100
INDENT = "    "


@dataclass(slots=True)
class Note:
    """What is printed around a statement, and the user's text that it comes from."""

    titles: list[str] = field(default_factory=list)
    comment: str = ""
    span: Span | None = None


Notes = dict[ast.stmt, Note]


@dataclass(slots=True)
class _Line:
    text: str
    span: Span | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Printed lines, each with the user's text that it comes from."""

    lines: tuple[str, ...]
    spans: tuple[Span | None, ...]


def print_function(tree: ast.FunctionDef, notes: Notes) -> Text:
    """The text of a function.

    Raises: InternalError: TC903, the text does not mean what the tree means.
    """
    with _quiet():
        lines = _aligned(list(_function(tree, notes)))
    text = "\n".join(line.text for line in lines)
    _check(text, tree)
    return Text(tuple(line.text for line in lines), tuple(line.span for line in lines))


def _check(text: str, tree: ast.FunctionDef) -> None:
    """Parse the text back and compare."""
    try:
        (again,) = ast.parse(text).body
    except SyntaxError as error:
        raise InternalError("TC903", f"the emitted text of {tree.name!r} is no Python: {error}") from error
    if not _same(again, tree):
        raise InternalError("TC903", f"the emitted text of {tree.name!r} means something else than its tree")


def _same(one: Any, other: Any) -> bool:
    """Whether two syntax trees mean the same: all but positions; 1, 1.0 and True differ, and so do 0.0 and -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(_same(getattr(one, name, None), getattr(other, name, None)) for name in one._fields)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)


# --- expressions ----------------------------------------------------------------------------------


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, astor may name the classes of nodes that Python 3.12 deprecates."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"ast\.\w+ is deprecated", DeprecationWarning)
        yield


def _with_astor() -> Any:
    """The module astor, or None where Python has outgrown it."""
    if sys.version_info >= (3, 14):
        return None
    with _quiet():
        import astor
    return astor


_ASTOR = _with_astor()
_TARGET = ast.Name("_", ast.Store())


def expression(tree: ast.expr) -> str:
    """An expression on one line, without parentheses around it."""
    with _quiet():
        return _expression(tree)


def _expression(tree: ast.expr) -> str:
    if isinstance(tree, ast.Name):
        return tree.id
    if _ASTOR is None or _is_ugly(tree):
        return ast.unparse(tree)
    text: str = _ASTOR.to_source(
        ast.Assign([_TARGET], tree),
        pretty_string=lambda text, *_, **__: _quoted(text),
        pretty_source="".join,
    )
    return text.strip().removeprefix("_ = ")


def _is_ugly(node: ast.AST) -> bool:
    """Whether a tree holds what astor writes oddly: f-strings with three quotes, numbers as keys in parentheses."""
    if isinstance(node, (ast.JoinedStr, ast.Lambda)):
        return True
    if isinstance(node, ast.Dict):
        if any(isinstance(key, ast.Constant) and not isinstance(key.value, str) for key in node.keys):
            return True
    for name in node._fields:
        part = getattr(node, name, None)
        for child in part if isinstance(part, list) else (part,):
            if isinstance(child, ast.AST) and _is_ugly(child):
                return True
    return False


def _quoted(text: str) -> str:
    """A string in double quotes, unless it holds some."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain


# --- statements -----------------------------------------------------------------------------------


def _function(tree: ast.FunctionDef, notes: Notes) -> Iterator[_Line]:
    note = notes.get(tree, Note())
    for text in _signature(tree):
        yield _Line(text, note.span)
    yield from _body(tree.body, notes, INDENT)


def _signature(tree: ast.FunctionDef) -> list[str]:
    line = f"def {tree.name}({_arguments(tree.args)}):"
    if len(line) <= WIDTH:
        return [line]
    return _wrapped(f"def {tree.name}(", _parts(tree.args), "):", "")


def _arguments(args: ast.arguments) -> str:
    return ", ".join(_parts(args))


def _parts(args: ast.arguments) -> list[str]:
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    parts = [_argument(arg, default) for arg, default in zip(positional, defaults, strict=True)]
    if args.posonlyargs:
        parts.insert(len(args.posonlyargs), "/")
    if args.vararg is not None:
        parts.append(f"*{args.vararg.arg}")
    elif args.kwonlyargs:
        parts.append("*")
    parts += [_argument(a, default) for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return parts if args.kwarg is None else [*parts, f"**{args.kwarg.arg}"]


def _argument(arg: ast.arg, default: ast.expr | None) -> str:
    return arg.arg if default is None else f"{arg.arg}={_item(default)}"


def _wrapped(head: str, parts: list[str], tail: str, indent: str) -> list[str]:
    """Comma-separated parts over several lines."""
    lines, current = [indent + head], indent + INDENT
    for part in parts:
        if len(current) + len(part) + 1 > WIDTH and current.strip():
            lines.append(current.rstrip())
            current = indent + INDENT
        current += f"{part}, "
    return [*lines, current.rstrip(), indent + tail]


def _body(statements: list[ast.stmt], notes: Notes, indent: str) -> Iterator[_Line]:
    for statement in statements:
        note = notes.get(statement, Note())
        for title in note.titles:
            yield _Line(f"{indent}# {title}")
        yield from _statement(statement, note, notes, indent)


def _statement(statement: ast.stmt, note: Note, notes: Notes, indent: str) -> Iterator[_Line]:
    match statement:
        case ast.For(target, source, body):
            yield _Line(f"{indent}for {_expression(target)} in {_expression(source)}:", note.span)
            yield from _body(body, notes, indent + INDENT)
        case ast.While(test, body):
            yield _Line(f"{indent}while {_expression(test)}:", note.span)
            yield from _body(body, notes, indent + INDENT)
        case ast.If():
            yield from _if(statement, note, notes, indent, "if")
        case ast.With([item], body):
            given = "" if item.optional_vars is None else f" as {_expression(item.optional_vars)}"
            yield _Line(f"{indent}with {_expression(item.context_expr)}{given}:", note.span)
            yield from _body(body, notes, indent + INDENT)
        case ast.Try(body, handlers):
            yield _Line(f"{indent}try:", note.span)
            yield from _body(body, notes, indent + INDENT)
            for handler in handlers:
                caught = "" if handler.name is None else f" as {handler.name}"
                yield _Line(f"{indent}except {_item(handler.type or ast.Constant(None))}{caught}:", note.span)
                yield from _body(handler.body, notes, indent + INDENT)
        case _:
            texts = _simple(statement, indent)
            yield from (_Line(text, note.span) for text in texts[:-1])
            told = shortened(texts[-1].partition("= ")[2]) == note.comment  # the line says it itself
            yield _Line(texts[-1], note.span, "" if told else note.comment)


def _if(statement: ast.If, note: Note, notes: Notes, indent: str, word: str) -> Iterator[_Line]:
    yield _Line(f"{indent}{word} {_expression(statement.test)}:", note.span)
    yield from _body(statement.body, notes, indent + INDENT)
    match statement.orelse:
        case []:
            return
        case [ast.If() as other] if not notes.get(other, Note()).titles:
            yield from _if(other, notes.get(other, Note()), notes, indent, "elif")
        case orelse:
            yield _Line(f"{indent}else:", note.span)
            yield from _body(orelse, notes, indent + INDENT)


_AUGMENTED = {
    ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=", ast.FloorDiv: "//=", ast.Mod: "%=",
    ast.Pow: "**=", ast.MatMult: "@=", ast.BitAnd: "&=", ast.BitOr: "|=", ast.BitXor: "^=",
    ast.LShift: "<<=", ast.RShift: ">>=",
}  # fmt: skip


def _simple(statement: ast.stmt, indent: str) -> list[str]:
    match statement:
        case ast.Expr(ast.Constant(str() as text)):
            return _docstring(text, indent)
        case ast.Expr(value):
            return [indent + _expression(value)]
        case ast.Assign([target], value):
            return [f"{indent}{_expression(target)} = {_expression(value)}"]
        case ast.AugAssign(target, operator, value):
            return [f"{indent}{_expression(target)} {_AUGMENTED[type(operator)]} {_expression(value)}"]
        case ast.Delete([target]):
            return [f"{indent}del {_expression(target)}"]
        case ast.Return(value):
            return _return(value, indent)
        case ast.Raise(exception, cause):
            text = "raise" if exception is None else f"raise {_expression(exception)}"
            return [indent + text + ("" if cause is None else f" from {_expression(cause)}")]
        case ast.Assert(test, message):
            text = f"assert {_expression(test)}"
            return [indent + text + ("" if message is None else f", {_expression(message)}")]
        case ast.Delete([target]):
            return [f"{indent}del {_expression(target)}"]
        case ast.Break():
            return [f"{indent}break"]
        case ast.Pass():
            return [f"{indent}pass"]
    raise InternalError("TC903", f"the emitter has no form for {type(statement).__name__}")


def _item(value: ast.expr) -> str:
    """What stands between commas: a tuple there keeps its parentheses."""
    text = _expression(value)
    return f"({text})" if isinstance(value, ast.Tuple) and value.elts else text


def _return(value: ast.expr | None, indent: str) -> list[str]:
    if value is None:
        return [f"{indent}return"]
    text = _expression(value)
    if isinstance(value, ast.Tuple) and len(value.elts) == 1:
        text = f"({text})"
    line = f"{indent}return {text}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(value, ast.Dict):
        return _entries("return {", value, "}", indent)
    if isinstance(value, ast.Tuple) and any(isinstance(item, ast.Dict) for item in value.elts):
        lines = [f"{indent}return ("]
        for item in value.elts:
            within = indent + INDENT
            if isinstance(item, ast.Dict):
                lines += _entries("{", item, "},", within)
            else:
                lines.append(f"{within}{_item(item)},")
        return [*lines, f"{indent})"]
    if isinstance(value, ast.Tuple) and len(value.elts) > 1:
        return _wrapped("return (", [_item(item) for item in value.elts], ")", indent)
    return [line]


def _entries(head: str, value: ast.Dict, tail: str, indent: str) -> list[str]:
    """A dict with an entry a line."""
    pairs = zip(value.keys, value.values, strict=True)
    entries = [f"{indent}{INDENT}{_expression(k)}: {_item(v)}," for k, v in pairs if k is not None]
    return [indent + head, *entries, indent + tail]


def _docstring(text: str, indent: str) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if safe.endswith('"'):
        safe = safe[:-1] + '\\"'
    return [
        line.rstrip() if position else line
        for position, line in enumerate(f'{indent}"""{safe}"""'.split("\n"))
    ]


# --- trailing comments ----------------------------------------------------------------------------


def _aligned(lines: list[_Line]) -> list[_Line]:
    """Comments in one column for each run of lines of the same depth."""
    done: list[_Line] = []
    run: list[_Line] = []
    for line in [*lines, _Line("")]:
        if run and _depth(run[0].text) != _depth(line.text):
            done += _with_comments(run)
            run = []
        run.append(line)
    return done


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip())


def _with_comments(run: list[_Line]) -> list[_Line]:
    widths = [len(line.text) for line in run if line.comment and len(line.text) <= 60]
    column = max(widths, default=0) + 2
    return [
        _Line(f"{line.text:<{column - 2}}  # {line.comment}", line.span) if line.comment else line
        for line in run
    ]


def shortened(text: str) -> str:
    """A piece of the user's text as a comment: one line, without the modules' names."""
    words = " ".join(text.split())
    for prefix in ("numpy.", "np.", "math."):
        words = words.replace(prefix, "")
    return words if len(words) <= 50 else f"{words[:47]}..."
