"""A derivative as a file of its own: it imports NumPy, the standard library and what the program calls."""

from __future__ import annotations

import ast
import builtins
import inspect
import logging
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tangentc.emit import entry_checks
from tangentc.emit.emitter import Form, emit_together
from tangentc.emit.expressions import Expressions, Names, attribute, call, name, subscript
from tangentc.errors import DifferentiationError
from tangentc.ir.nodes import Function, Literal, Parameter
from tangentc.ir.trees import leaves
from tangentc.kinds.records import Field
from tangentc.kinds.types import Array, Bool, Complex, Const, Dim, Float, Int, Kind, Scalar
from tangentc.kinds.types import Function as FunctionKind

__all__ = ["standalone"]

_CONSTANTS = (str, bool, int, float, complex, tuple, types.EllipsisType)
_PLAIN = (bool, int, float, complex, np.generic)


def standalone(
    *functions: Function,
    captured: Mapping[str, Any] | None = None,
    form: Form = "folded",
    comments: bool = True,
) -> str:
    """The text of a file that computes what the trace computes, bit for bit.

    Args:
        functions: one, or the two halves of a split form; the reverse sweep trusts its residuals.
        captured: values of hidden parameters by name: numbers become defaults, others stay required.
    Raises: DifferentiationError: TC320, the program uses an object that no file can name.
    """
    functions = tuple(_with_defaults(function, captured or {}) for function in functions)
    trusted = ("", *["residuals"] * (len(functions) - 1))
    entries = [_Checks(*each).statements for each in zip(functions, trusted, strict=True)]
    emitted = emit_together(functions, form=form, comments=comments, entries=entries)
    needed = _Needed()
    for label, value in emitted.names.items():
        needed.add(label, value, functions[0])
    return needed.text(emitted.text)


def _with_defaults(function: Function, captured: Mapping[str, Any]) -> Function:
    """Captured numbers as defaults."""
    parameters = tuple(
        replace(p, default=captured[p.name], has_default=True)
        if p.kind == "hidden" and isinstance(captured.get(p.name), _PLAIN)
        else p
        for p in function.parameters
    )
    return replace(function, parameters=parameters)


# --- checks at entry --------------------------------------------------------------------------------


class _Checks:
    """The statements that a file's function begins with; the parameter `trusted` is not checked."""

    def __init__(self, function: Function, trusted: str = "") -> None:
        self.function = function
        self.trusted = trusted
        self.letters: dict[Any, str] = {}
        taken = {parameter.name for parameter in function.parameters}
        self.sizes = next(word for word in ("sizes", "axis_sizes", "_sizes") if word not in taken)

    def statements(self, names: Names) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for parameter in self.function.parameters:
            if parameter.name == self.trusted:
                continue
            for path, leaf in leaves(parameter.tree):
                value: ast.expr = name(parameter.name)
                for key in path:
                    is_attribute = isinstance(key, Field)
                    value = attribute(value, key) if is_attribute else subscript(value, ast.Constant(key))
                made += self.check(parameter, path, leaf, value, names)
        checked = any(
            isinstance(node, ast.Name) and node.id == self.sizes for s in made for node in ast.walk(s)
        )
        sizes = ast.Assign([ast.Name(self.sizes, ast.Store())], ast.Dict([], []))
        return [sizes, *made] if checked else made

    def check(
        self, parameter: Parameter, path: tuple[Any, ...], leaf: Any, value: ast.expr, names: Names
    ) -> list[ast.stmt]:
        """The check of one leaf of an argument; what the trace was specialised on must be the same."""
        label = parameter.name + "".join(
            f".{key}" if isinstance(key, Field) else f"[{key!r}]" for key in path
        )
        if isinstance(leaf, Literal):
            return self.constant(label, leaf.value, value, names)
        if isinstance(leaf.kind, (Const, FunctionKind)):
            return self.constant(label, leaf.kind.value, value, names)
        if isinstance(leaf.kind, Float) and not path:
            converted = call(_helper(names, entry_checks.float_argument), ast.Constant(label), value)
            return [ast.Assign([ast.Name(parameter.name, ast.Store())], converted)]
        is_seed = self.trusted != "" or parameter.kind == "seed" or type(parameter.default) is float
        is_free = is_seed and isinstance(leaf.kind, Scalar)  # y_bar=1.0
        wanted = None if is_free else self.described(leaf.kind)
        if wanted is None:
            return []
        check = _helper(names, entry_checks.check_argument)
        return [ast.Expr(call(check, name(self.sizes), ast.Constant(label), value, *wanted))]

    def constant(self, label: str, wanted: Any, value: ast.expr, names: Names) -> list[ast.stmt]:
        if not (wanted is None or callable(wanted) or isinstance(wanted, _CONSTANTS)):
            return []
        written = Expressions(lambda _: "", names).constant(wanted)
        check = _helper(names, entry_checks.check_constant)
        return [ast.Expr(call(check, ast.Constant(label), value, written))]

    def described(self, kind: Kind) -> list[ast.expr] | None:
        """What `check_argument` is told about a kind; None where there is nothing to check."""
        match kind:
            case Float() | Int() | Bool() | Complex():
                return [ast.Constant(type(kind).__name__.lower())]
            case Scalar(dtype):
                return [ast.Constant(f"np.{dtype.name}")]
            case Array(dtype, dims) if dtype is not None and dims is not None:
                sizes: list[ast.expr] = [ast.Constant(self.axis(size)) for size in dims]
                return [ast.Constant(dtype.name), ast.Tuple(sizes, ast.Load())]
        return None

    def axis(self, size: int | Dim) -> int | str:
        if isinstance(size, int):
            return size
        if size not in self.letters:
            stem, number = str(size.base) if str(size.base).isidentifier() else "n", 1
            found = stem
            while found in self.letters.values():
                number += 1
                found = f"{stem}{number}"
            self.letters[size] = found
        return self.letters[size]


def _helper(names: Names, function: Any) -> ast.expr:
    return name(names.refer(function.__name__, function))


# --- what the file needs ----------------------------------------------------------------------------


def _public(module: str, own: str) -> str:
    """Where a library offers what a module of its own defines: `scipy.optimize` for `scipy.optimize._minpack_py`."""
    found, parts = getattr(sys.modules[module], own), module.split(".")
    if not any(part.startswith("_") for part in parts):
        return module
    places = (".".join(parts[:count]) for count in range(1, len(parts)))
    return next((place for place in places if getattr(sys.modules[place], own, None) is found), module)


class _Needed:
    """Imports, and definitions of this package that are copied, in the order in which they are met."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.copied: dict[tuple[str, str], str] = {}

    def add(self, label: str, value: Any, function: Function) -> None:
        """What makes `label` mean `value` in the file."""
        if isinstance(value, types.ModuleType):
            self.imports.add(_import(value.__name__, label))
            return
        owner = getattr(value, "__self__", None)
        if isinstance(owner, logging.Logger):
            self.imports.add("import logging")
            self.copied["", label] = f"{label} = logging.getLogger({owner.name!r}).{value.__name__}"
            return
        module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if module == "tangentc.runtime.dispatch":  # it compiles while it runs
            self.imports.add(f"from {module} import {own}" + ("" if own == label else f" as {label}"))
            return
        if isinstance(module, str) and module.split(".")[0] == "tangentc":
            self.copy(sys.modules[module], own)
            if label != own:
                self.copied["", label] = f"{label} = {own}"
            return
        home = sys.modules.get(module or "")
        found = getattr(home, own, None)
        is_there = found is value or getattr(found, "__wrapped__", None) is value  # a primitive of the user's
        if module in (None, "__main__", "builtins") or not is_there:
            raise DifferentiationError(
                "TC320",
                f"{function.name} uses {label}, an object that a file cannot import",
                function.span,
                hint="define it at the top of a module, or pass it as an argument",
            )
        assert isinstance(module, str)
        self.imports.add(
            f"from {_public(module, own)} import {own}" + ("" if own == label else f" as {label}")
        )

    def copy(self, module: types.ModuleType, definition: str) -> None:
        """A definition of this package with everything that it refers to."""
        source = inspect.getsource(module)
        tree = ast.parse(source)
        statement = _definitions(tree).get(definition)
        if statement is None or (module.__name__, definition) in self.copied:
            return
        self.copied[module.__name__, definition] = ""  # taken: definitions may refer to each other
        imported = _imports(tree)
        for word in _words(statement):
            if word in imported:
                origin, line = imported[word]
                if origin.split(".")[0] == "tangentc":
                    self.copy(sys.modules[origin], word)
                else:
                    self.imports.add(line)
            elif word in _definitions(tree) and not hasattr(builtins, word):
                self.copy(module, word)
        text = ast.get_source_segment(source, statement) or ""
        del self.copied[module.__name__, definition]
        self.copied[module.__name__, definition] = text

    def text(self, body: str) -> str:
        standard = sorted(line for line in self.imports if _is_standard(line))
        others = sorted(self.imports - set(standard))
        blocks = ["from __future__ import annotations", "\n".join(standard), "\n".join(others)]
        head = "\n\n".join(block for block in blocks if block)
        values = [text for text in self.copied.values() if not text.startswith(("def ", "class "))]
        helpers = [text for text in self.copied.values() if text.startswith(("def ", "class "))]
        short = ["\n".join(values)] if values else []
        return "\n\n\n".join([*("\n\n".join([head, *short]),), body.rstrip("\n"), *helpers]) + "\n"


def _import(module: str, label: str) -> str:
    return f"import {module}" if module == label else f"import {module} as {label}"


def _is_standard(line: str) -> bool:
    return line.split()[1].split(".")[0] in sys.stdlib_module_names


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """The top-level definitions of a module by name."""
    found: dict[str, ast.stmt] = {}
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=label) | ast.ClassDef(name=label):
                found[label] = statement
            case ast.Assign([ast.Name(label)]) | ast.AnnAssign(ast.Name(label)):
                found[label] = statement
    return found


def _imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """What a module imports: the module that each name comes from, and the line that imports it."""
    found: dict[str, tuple[str, str]] = {}
    for statement in tree.body:
        match statement:
            case ast.Import(names):
                for alias in names:
                    label = alias.asname or alias.name
                    found[label] = (alias.name, _import(alias.name, label))
            case ast.ImportFrom(str() as module, names):
                for alias in names:
                    label = alias.asname or alias.name
                    suffix = "" if label == alias.name else f" as {label}"
                    found[label] = (module, f"from {module} import {alias.name}{suffix}")
    return found


def _words(statement: ast.stmt) -> Iterator[str]:
    """The names that a definition refers to, in order."""
    seen: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            yield node.id
