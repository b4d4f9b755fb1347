"""Calls of functions of arrays: their structure apart from the arrays and numbers in it, and programs that make them
again.

`np.concatenate([t, u], axis=1)` has the structure `([·, ·], axis=·)`: tensors, arrays and numbers are its leaves, all
else belongs to the structure and is compiled in.  For each function and structure there is one program, an ordinary
Python function of the leaves; it is what the compiler differentiates.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tangentc.emit.loading import register
from tangentc.kinds.of_values import Identity

__all__ = ["Made", "Name", "Structure", "made", "program_of", "structure_of"]

Structure = Hashable
Name = str | Callable[..., str]

_SPELLED = (type(None), bool, str, type(Ellipsis))


class _Leaf:
    """Where an array or a number stands."""


LEAF = _Leaf()


def structure_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], integers_vary: bool
) -> tuple[Structure, list[Any]]:
    """The structure of a call, and its leaves from left to right: arrays, tensors and numbers.

    Integers are leaves only where `integers_vary`; floats that are not finite choose a norm or a bound rather
    than computing, and belong to the structure.
    """
    leaves: list[Any] = []

    def visit(value: Any) -> Structure:
        cls = type(value)
        if cls is int:
            if not integers_vary:
                return (int, value)  # 1 and True are one key, (int, 1) and True are two
            leaves.append(value)
            return LEAF
        if cls is tuple or cls is list:
            return (cls, *[visit(item) for item in value])
        if cls is slice:
            return (slice, visit(value.start), visit(value.stop), visit(value.step))
        if isinstance(value, _SPELLED):
            return value
        if isinstance(value, (np.ndarray, np.generic, complex)) or hasattr(cls, "_array"):
            leaves.append(value)
            return LEAF
        if isinstance(value, float):
            if not math.isfinite(value):
                return (float, value if value == value else math.nan)  # one nan is as good as another
            leaves.append(value)
            return LEAF
        if isinstance(value, int):
            return visit(int(value))
        if isinstance(value, tuple):
            return (cls if hasattr(cls, "_fields") else tuple, *[visit(item) for item in value])
        if cls is dict:
            return (dict, *[(key, visit(item)) for key, item in value.items()])
        return value if isinstance(value, (type, np.dtype)) else Identity(value)

    positional = tuple([visit(arg) for arg in args])
    return (positional, tuple([(name, visit(value)) for name, value in kwargs.items()])), leaves


_PROGRAMS: dict[Any, Callable[..., Any]] = {}
_LIMIT = 4096


def program_of(function: Callable[..., Any], structure: Any) -> Callable[..., Any]:
    """The function of the leaves that makes a call of this structure, always the same one."""
    key = (id(function), structure)  # the program keeps the function alive
    program = _PROGRAMS.get(key)
    if program is None:
        if len(_PROGRAMS) >= _LIMIT:
            _PROGRAMS.clear()
        program = _PROGRAMS[key] = _written(function, structure)
    return program


def _written(function: Callable[..., Any], structure: Any) -> Callable[..., Any]:
    positional, named = structure
    writer = _Writer()
    words = [writer.word(part) for part in positional]
    words += [f"{name}={writer.word(part)}" for name, part in named]
    name = _identifier(getattr(function, "__name__", "call"))
    parameters = ", ".join(f"x{i}" for i in range(writer.count))
    text = f"def {name}({parameters}):\n    return function({', '.join(words)})\n"
    return made(text, name, {"function": function, "np": np, **writer.constants})


def made(text: str, name: str, constants: dict[str, Any]) -> Callable[..., Any]:
    """The function that a text defines; the text can be found, as that of emitted code can."""
    namespace = {"__name__": "tangentc.eager.calls", **constants}
    exec(compile(text, register(text, name), "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function


class _Writer:
    """Writes structures as text, with the leaves numbered from left to right."""

    def __init__(self) -> None:
        self.count = 0
        self.constants: dict[str, Any] = {}

    def word(self, part: Any) -> str:
        if part is LEAF:
            self.count += 1
            return f"x{self.count - 1}"
        if isinstance(part, _SPELLED):
            return "..." if part is Ellipsis else repr(part)
        if isinstance(part, tuple):
            return self._number(part[1]) if part[0] in (int, float) else self._container(*part)
        return self._constant(part)

    def _number(self, number: Any) -> str:
        """Axes, sizes, and the infinite orders of norms."""
        return (
            repr(number)
            if isinstance(number, int)
            else "np.nan"
            if number != number
            else f"{'-' * (number < 0)}np.inf"
        )

    def _constant(self, part: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = part.value if isinstance(part, Identity) else part
        return name

    def _container(self, cls: type, *parts: Any) -> str:
        if cls is dict:
            return "{" + ", ".join(f"{key!r}: {self.word(part)}" for key, part in parts) + "}"
        words = [self.word(part) for part in parts]
        if hasattr(cls, "_fields"):
            return f"{self._constant(cls)}({', '.join(words)})"
        if cls is slice:
            return f"slice({', '.join(words)})"
        return f"[{', '.join(words)}]" if cls is list else f"({''.join(word + ', ' for word in words)})"


def _identifier(name: str) -> str:
    return name if name.isidentifier() and not keyword.iskeyword(name) else "call"


class Made:
    """A call, by which its result was made."""

    __slots__ = ("args", "function", "integers_vary", "kwargs", "name")

    def __init__(
        self,
        function: Callable[..., Any],
        name: Name,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        integers_vary: bool,
    ) -> None:
        self.function = function
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.integers_vary = integers_vary

    def title(self) -> str:
        return self.name if isinstance(self.name, str) else self.name(*self.args, **self.kwargs)

    def program(self) -> tuple[Callable[..., Any], list[Any]]:
        """The call as a function of the arrays and numbers in it, and these."""
        structure, operands = structure_of(self.args, self.kwargs, self.integers_vary)
        return program_of(self.function, structure), operands
