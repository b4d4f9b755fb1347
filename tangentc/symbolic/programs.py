"""A program as an expression: its trace, run on symbols."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy

from tangentc import pipeline
from tangentc.errors import MissingRuleError, UnsupportedSyntaxError
from tangentc.ir.interpret import Interpreter
from tangentc.ir.nodes import Function, If, Literal, Loop, Op, Store, kind_of
from tangentc.ir.trees import leaves as tree_leaves
from tangentc.kinds.of_values import map_leaves
from tangentc.kinds.records import Field
from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import Alias
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import signature_of
from tangentc.symbolic.table import BY_NUMPY, COMPOSED, ELEMENTARY
from tangentc.symbolic.trees import deep, number, tidy

__all__ = ["expression"]


def expression(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function returns, given symbols: an expression of SymPy, as the program computes it.

    Loops are unrolled, calls entered, arrays taken entry by entry; nothing is simplified.

    Args: those of a call; each may be a symbol, an expression, an array of them (or a container of all these), or a
        value that is known, such as the trips of a loop.  Without any, the required parameters are symbols of their
        names, which stand for numbers.
    Returns: an expression for a number, an array of expressions for an array, in the structure of the result.
    Raises:
        UnsupportedSyntaxError: TC412, a branch or the end of a loop depends on a symbol; or the program cannot be
            compiled.
        MissingRuleError: TC411, SymPy has no such operation.
    """
    if not args and not kwargs:
        args, kwargs = _symbols(function)
    symbolic = [k for k, value in enumerate(args) if _has_symbols(value)]
    named = [name for name, value in kwargs.items() if _has_symbols(value)]
    plain, by_name = map_leaves(_stand_in, (args, kwargs))
    lowered = Promotions().settle(partial(pipeline.trace, function), plain, by_name, [*symbolic, *named])
    _refuse_constants(lowered.function, function, args, kwargs)
    bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    hidden = [p.name for p in lowered.function.parameters if p.kind == "hidden"]
    captured = {name: each.place() for name, each in zip(hidden, lowered.captured, strict=True)}
    given = map_leaves(_as_symbols, (bound.args, {**bound.kwargs, **captured}))
    with deep():
        with sympy.evaluate(False):
            found = _OnSymbols(lowered.function).run(*given[0], **given[1])
        return map_leaves(_result, found)


def _refuse_constants(trace: Function, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """A symbol that the compiler had to know, as it decides what is computed, has no value to give."""
    bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    for parameter in trace.parameters:
        for path, leaf in tree_leaves(parameter.tree):
            if parameter.name not in bound.arguments or not isinstance(leaf, Literal):
                continue
            value: Any = bound.arguments[parameter.name]
            for key in path:
                value = getattr(value, key) if isinstance(key, Field) else value[key]
            if _is_symbolic(value):
                raise UnsupportedSyntaxError(
                    "TC412",
                    f"what the program does depends on {parameter.name!r}, a symbol",
                    trace.span,
                    "give that argument a value",
                )


def _symbols(function: Callable[..., Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    signature = signature_of(function)
    required = [
        p for p in ([] if signature is None else signature.parameters.values()) if p.default is p.empty
    ]
    args = tuple(
        sympy.Symbol(p.name) for p in required if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )
    return args, {p.name: sympy.Symbol(p.name) for p in required if p.kind is p.KEYWORD_ONLY}


# --- values --------------------------------------------------------------------------------------


def _is_symbolic(value: Any) -> bool:
    """Whether one value is an expression, or an array of them."""
    return isinstance(value, sympy.Basic) or (isinstance(value, np.ndarray) and value.dtype == object)


def _has_symbols(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_symbols, value.values()))
    if isinstance(value, (tuple, list)):
        return any(map(_has_symbols, value))
    return _is_symbolic(value)


def _stand_in(value: Any) -> Any:
    """A value of the kind that an expression stands for."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.ones(value.shape)
    return 1.0 if isinstance(value, sympy.Basic) else value


def _as_symbols(value: Any) -> Any:
    """Arrays of floats as arrays of numbers of SymPy: what is stored into them may be an expression."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fcO":
        return _objects(value)
    return value


def _objects(array: Any) -> Any:
    found = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        found[index] = number(array[index])
    return found


def _result(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == object:
        found = np.empty(value.shape, object)
        for index in np.ndindex(value.shape):
            found[index] = tidy(number(value[index]))
        return found
    if isinstance(value, (bool, int, float, complex, np.number, sympy.Basic)):
        return tidy(number(value))
    return value


# --- operations ----------------------------------------------------------------------------------


class _OnSymbols(Interpreter):
    """Runs a trace on expressions."""

    def op(self, op: Op, values: tuple[Any, ...]) -> Any:
        if not any(map(_has_symbols, values)):
            return _as_symbols(super().op(op, values))
        try:
            return self._applied(op, tuple(_number(value) for value in values))
        except (TypeError, AttributeError, NotImplementedError) as error:
            raise MissingRuleError(
                "TC411", f"{_spelled(op)} has no symbolic form here: {error}", op.span
            ) from error

    def _applied(self, op: Op, values: tuple[Any, ...]) -> Any:
        name, attrs = op.primitive.name, {**op.primitive.attributes, **dict(op.attrs)}
        if name in ELEMENTARY and not (attrs and any(attrs.values())):
            return _entry_by_entry(ELEMENTARY[name], values)
        if name in COMPOSED:
            return COMPOSED[name](*values, **attrs)
        if name == "getitem" and any(map(_has_symbols, values[1:])):
            raise TypeError("an index depends on a symbol")
        if name in BY_NUMPY:
            if attrs.get("dtype") is not None:
                _refuse_whole_numbers(attrs["dtype"])
                attrs["dtype"] = object
            return op.primitive.function(*values, **attrs)
        if name == "assert":
            return None
        if name == "astype" and np.dtype(attrs["dtype"]).kind in "fcO":
            return values[0].copy() if isinstance(values[0], np.ndarray) else values[0]
        if name in ("np.real", "conjugate", "np.conjugate") and _is_real(op):
            return values[0]
        known = _known(values)
        if known is not None and op.alias is Alias.FRESH and op.primitive.pure and not op.primitive.writes:
            return _as_symbols(op.primitive.function(*known, **attrs))
        raise MissingRuleError(
            "TC411",
            f"{_spelled(op)} has no symbolic form",
            op.span,
            "tangentc.grad differentiates it as it is",
        )

    def store(self, store: Store, array: Any, place: Any, value: Any) -> None:
        try:
            if _has_symbols(place):
                raise TypeError("an index depends on a symbol")
            super().store(store, array, place, _number(value))
        except TypeError as error:
            raise MissingRuleError(
                "TC411", f"this value cannot be stored as an expression: {error}", store.span
            ) from error

    def truth(self, value: Any, node: If | Loop) -> bool:
        if isinstance(value, sympy.Basic) and value.free_symbols:
            what = "a branch depends" if isinstance(node, If) else "the end of a loop depends"
            raise UnsupportedSyntaxError(
                "TC412",
                f"{what} on a symbol: {value}",
                node.span,
                "an expression has no branches: use np.where or np.maximum, or give the argument a value",
            )
        return bool(value.doit() if isinstance(value, sympy.Basic) else value)

    def indices(self, bounds: tuple[Any, ...], loop: Loop) -> range:
        if any(isinstance(bound, sympy.Basic) for bound in bounds):
            raise UnsupportedSyntaxError(
                "TC412",
                "the number of trips of a loop depends on a symbol",
                loop.span,
                "give that argument a value",
            )
        return super().indices(bounds, loop)


def _known(values: tuple[Any, ...]) -> Any:
    """Values without symbols, as NumPy has them; None if there is a symbol among them."""
    try:
        return map_leaves(_without_symbols, values)
    except TypeError:  # a symbol is no float
        return None


def _without_symbols(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([float(entry) for entry in value.ravel()]).reshape(value.shape)
    return float(value) if isinstance(value, sympy.Expr) else value


def _refuse_whole_numbers(dtype: Any) -> None:
    if np.dtype(dtype).kind not in "fcO":
        raise TypeError(f"a conversion to {np.dtype(dtype)} cuts it")


def _number(value: Any) -> Any:
    """Numbers that meet expressions, as numbers of SymPy; whole ones may be indices and stay."""
    return number(value) if isinstance(value, (float, complex, np.floating, np.complexfloating)) else value


def _entry_by_entry(apply: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    if not any(isinstance(value, np.ndarray) for value in values):
        return apply(*map(_sympified, values))
    return np.frompyfunc(lambda *entries: apply(*map(_sympified, entries)), len(values), 1)(*values)


def _sympified(value: Any) -> Any:
    return None if value is None else number(value)


def _is_real(op: Op) -> bool:
    dtype = dtype_of(kind_of(op.operands[0]))
    return dtype is not None and dtype.kind == "f"


def _spelled(op: Op) -> str:
    name = op.primitive.name
    return {"call": "this call", "getitem": "this subscript"}.get(name) or op.primitive.spelling or name
