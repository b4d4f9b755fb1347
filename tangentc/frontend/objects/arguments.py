"""What a program is called with: as parameters of its trace, and as what these are inside."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.frontend.objects.adoption import collected
from tangentc.frontend.objects.instances import defaults
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.dynamic import make
from tangentc.frontend.state.heap import Contents
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.requests import Path
from tangentc.frontend.state.values import (
    DictValue,
    ListValue,
    ObjectValue,
    Static,
    TupleValue,
    Value,
)
from tangentc.ir.nodes import Literal, Parameter, Tree, Var
from tangentc.kinds.dims import labelled
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.records import ClassKey, class_of_tree, is_namedtuple
from tangentc.kinds.types import Array, Const, Dim, Kind
from tangentc.kinds.types import Function as FunctionKind

__all__ = ["Arguments", "KindTree"]

KindTree = Any
"""A kind, or a tuple, list or dict of kind trees."""


_TOP = 2  # the length of the path to an argument itself


def _is_data(default: Any) -> bool:
    """Whether a default is an array, or holds some or may be changed."""
    if isinstance(default, tuple):
        return any(isinstance(item, float) or _is_data(item) for item in default)
    return isinstance(default, (np.ndarray, list, dict))


class Arguments:
    """The parameters of the trace, and the arguments that they become inside."""

    def __init__(
        self,
        context: Context,
        program: Callable[..., Any],
        args: tuple[KindTree, ...],
        kwargs: dict[str, KindTree],
    ) -> None:
        self.context = context
        self.parameters: list[Parameter] = []
        self.positional: list[Value] = []
        self.keyword: dict[str, Value] = {}
        try:
            signature = inspect.signature(program, follow_wrapped=False)
        except (TypeError, ValueError):
            signature = inspect.Signature(
                [inspect.Parameter(f"x{i + 1}", inspect.Parameter.POSITIONAL_ONLY) for i in range(len(args))]
            )
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            name = getattr(program, "__name__", type(program).__name__)
            raise DifferentiationError(
                "TC115", f"{name}(): {error}", context.builder.span, f"its signature is {name}{signature}"
            ) from None
        position = 0
        for parameter in signature.parameters.values():
            if parameter.name not in bound.arguments:
                self._omitted(parameter)
                continue
            value = bound.arguments[parameter.name]
            match parameter.kind:
                case parameter.VAR_POSITIONAL:
                    entries = [
                        self._leaf(f"{parameter.name}_{i}", tree, ("args", position + i))
                        for i, tree in enumerate(value)
                    ]
                    self._declare(parameter, tuple(tree for _, tree in entries))
                    self.positional += [inner for inner, _ in entries]
                case parameter.VAR_KEYWORD:
                    named = {name: self._leaf(name, tree, ("kwargs", name)) for name, tree in value.items()}
                    self._declare(parameter, {name: tree for name, (_, tree) in named.items()})
                    self.keyword.update({name: inner for name, (inner, _) in named.items()})
                case _:
                    by_name = parameter.kind is parameter.KEYWORD_ONLY or parameter.name in kwargs
                    path = ("kwargs", parameter.name) if by_name else ("args", position)
                    inner, tree = self._leaf(parameter.name, value, path)
                    self._declare(parameter, tree)
                    if by_name:
                        self.keyword[parameter.name] = inner
                    else:
                        self.positional.append(inner)
                        position += 1

    def _declare(self, parameter: inspect.Parameter, tree: Tree) -> None:
        has_default = parameter.default is not parameter.empty
        default = parameter.default if has_default and not _is_data(parameter.default) else None
        self.parameters.append(Parameter(parameter.name, parameter.kind.name, tree, default, has_default))

    def _omitted(self, parameter: inspect.Parameter) -> None:
        """A parameter that the call leaves out.

        A number stays a parameter of the emitted function, with the same default; arrays, and containers of data, are
        read at each call like captured data; any other default is a constant of this specialisation.
        """
        default, origin, captures = parameter.default, f"default {parameter.name}", self.context.captures
        match parameter.kind:
            case parameter.VAR_POSITIONAL:
                self._declare(parameter, ())
            case parameter.VAR_KEYWORD:
                self._declare(parameter, {})
            case _ if parameter.kind is parameter.POSITIONAL_ONLY or self.context.builder.span is None:
                # cannot be passed by name, or to a function of a library, which knows its defaults itself
                self._declare(parameter, Var(Const(default), parameter.name))
            case _ if type(default) in (int, float, complex) and origin not in captures.constants:
                kind = kind_of_value(default, Pattern())
                inner, tree = self._leaf(parameter.name, kind, ("captured", origin))
                self._declare(parameter, tree)
                self.keyword[parameter.name] = inner
            case _ if _is_data(default):
                self.keyword[parameter.name] = captures.value(default, Place.of(default), origin)
            case _:
                self.keyword[parameter.name], tree = self._leaf(parameter.name, Const(default), ())
                self._declare(parameter, tree)

    def _leaf(self, name: str, tree: KindTree, path: tuple[Any, ...]) -> tuple[Value, Tree]:
        """An argument as the program sees it, and the tree of Vars that it unpacks to."""
        if isinstance(tree, (tuple, list)):
            entries = [self._leaf(f"{name}_{i}", item, (*path, i)) for i, item in enumerate(tree)]
            values = tuple(value for value, _ in entries)
            compound = TupleValue(values) if isinstance(tree, tuple) else self._made(ListValue(values), path)
            return compound, type(tree)(inner for _, inner in entries)
        cls = class_of_tree(tree)
        if cls is not None:
            return self._object(name, cls, tree, path)
        if isinstance(tree, dict):
            named = {key: self._leaf(f"{name}_{key}", item, (*path, key)) for key, item in tree.items()}
            return (
                self._made(DictValue({key: value for key, (value, _) in named.items()}), path),
                {key: inner for key, (_, inner) in named.items()},
            )
        return self._known(tree, Var(labelled(tree), "".join(c if c.isalnum() else "_" for c in name)), path)

    def _object(
        self, name: str, cls: type, tree: dict[Any, KindTree], path: tuple[Any, ...]
    ) -> tuple[Value, Tree]:
        """An instance of a class whose attributes are parts of the argument."""
        parts = {
            key: self._leaf(self._label(name, cls, key, path), item, (*path, key))
            for key, item in tree.items()
            if not isinstance(key, ClassKey)
        }
        attributes = {key: value for key, (value, _) in parts.items()}
        inner = {ClassKey(cls): (), **{key: part for key, (_, part) in parts.items()}}
        if is_namedtuple(cls):
            return TupleValue(tuple(attributes.values()), cls), inner
        given = defaults(self.context, cls, attributes)
        return self._made(ObjectValue(cls, {**given, **attributes}), path), inner

    @staticmethod
    def _label(name: str, cls: type, key: Any, path: tuple[Any, ...]) -> str:
        """What an attribute of an argument is called: an array as the object in a container that stands for it."""
        is_all = key == getattr(cls, "__tangentc_array__", None)
        return name if is_all and len(path) > _TOP else f"{name}_{str(key).lstrip('_')}"

    def _made(self, contents: Contents, path: Path) -> Value:
        """A list, dict or object that the caller passed: what is written to it stays within the call."""
        site = ("parameter", path)
        if site in self.context.heap.sites.at_run_time:
            return make(self.context, contents, frozenset([site]))
        ref = self.context.heap.new([site])
        self.context.environment[ref.key] = contents
        return ref

    def _known(self, kind: Kind, var: Var, path: tuple[Any, ...]) -> tuple[Value, Tree]:
        match kind:
            case Const(value):
                constant = isinstance(
                    value, (bool, int, float, complex, str, bytes, tuple, type(None), type(...))
                )
                if constant:
                    return Literal(value), var
                return self.context.captures.constant_argument(value, var.name), var
            case FunctionKind(value):
                return Static(value), var
        self.context.paths[var] = path
        if path in self.context.heap.sites.copied:
            return collected(self.context, var, path), var
        if isinstance(kind, Array):
            self.context.lasting.update(size.base for size in kind.dims or () if isinstance(size, Dim))
        return var, var
