"""Whole matrices of derivatives, column by column or row by row."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tangentc.api import decorated, grad, transformed
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.runtime import door
from tangentc.runtime.calls import prepared
from tangentc.runtime.derived import Derived
from tangentc.runtime.selection import Argnums, Key, get, select

__all__ = ["hessian", "jacfwd", "jacobian", "jacrev", "units"]

Function = Callable[..., Any]
Blocks = dict[tuple[int, int], Any]
"""Block (o, a): the derivatives of output leaf o by argument leaf a, of shape o.shape + a.shape."""


def jacfwd(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The Jacobian in forward mode, one `jvp` for each element of the arguments: for tall Jacobians.

    Args: as those of `grad`; it may be a decorator.
    Returns: a callable; for an output of shape (m, …) and an argument of shape (n, …) an array
        (m, …, n, …), a float where both are numbers.  A container of outputs holds, in the place of each
        output, what belongs to it, itself in the structure of the arguments.
    """
    return decorated(functools.partial(_Jacobian, "jacfwd"), function, argnums)


def jacrev(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The Jacobian in reverse mode, one pullback for each element of the output: for wide Jacobians."""
    return decorated(functools.partial(_Jacobian, "jacrev"), function, argnums)


def jacobian(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The Jacobian of a function; as `jacrev`."""
    return decorated(functools.partial(_Jacobian, "jacobian"), function, argnums)


def hessian(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The Hessian of a function with one output element, one product for each element of the arguments.

    Returns: a callable; for an argument of shape (n, …) an array (n, …, n, …), for several arguments
        blocks of them.
    """
    return decorated(functools.partial(_Jacobian, "hessian"), function, argnums)


class _Jacobian(Derived):
    """A function whose values are Jacobians."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        meant = self.through_class(args)
        if meant is not None:
            return meant(*args[1:], **kwargs)
        function = self.__wrapped__
        args, kwargs = prepared(function, self.argnums, args, kwargs)
        keys = select(self.argnums, function, args, kwargs)
        return _FILLS[self.mode](function, keys, args, kwargs, not isinstance(self.argnums, tuple))


def _rows(function: Function, keys: tuple[Key, ...], args: Any, kwargs: Any, single: bool) -> Any:
    inputs = [get(key, args, kwargs) for key in keys]
    value, pullback = transformed("vjp", function, keys)(*args, **kwargs)
    blocks = _blocks(value, inputs)
    is_real = [np.asarray(leaf).dtype.kind == "f" for leaf in leaves(inputs)]
    for output, index, seed in units(value):
        bars = leaves(pullback(seed))
        turned: list[Any] = [None] * len(bars)
        if any(is_real) and np.iscomplexobj(leaves(value)[output]):
            turned = leaves(pullback(map_leaves(_turned, seed)))
        for argument, (bar, other) in enumerate(zip(bars, turned, strict=True)):
            if bar is not None:
                # the cotangent of a real argument is a real part: that of i dy is minus the imaginary part of dy
                bar = bar - 1j * other if other is not None and is_real[argument] else bar
                blocks[output, argument][index] = bar
    return _assembled(blocks, value, inputs, single)


def _turned(leaf: Any) -> Any:
    """A quarter turn of what is complex."""
    return 1j * leaf if np.iscomplexobj(leaf) else leaf


def _columns(function: Function, keys: tuple[Key, ...], args: Any, kwargs: Any, single: bool) -> Any:
    inputs = [get(key, args, kwargs) for key in keys]
    tangent = transformed("jvp", function, keys)
    zeros = map_leaves(door.zero, tuple(inputs))
    value, _ = tangent.along(args, kwargs, zeros)  # also where the arguments have no elements
    blocks = _blocks(value, inputs)
    for argument, index, seed in units(inputs):
        _, dots = tangent.along(args, kwargs, tuple(seed))
        for output, dot in enumerate(leaves(dots)):
            if dot is not None:
                blocks[output, argument][(...,) + index] = dot  # noqa: RUF005 - Python 3.10
    return _assembled(blocks, value, inputs, single)


def _hessian(function: Function, keys: tuple[Key, ...], args: Any, kwargs: Any, single: bool) -> Any:
    gradient = grad(function, keys[0] if single else keys)
    return _columns(gradient, keys, args, kwargs, single)


_FILLS = {"jacfwd": _columns, "jacrev": _rows, "jacobian": _rows, "hessian": _hessian}


def units(tree: Any) -> Iterator[tuple[int, tuple[int, ...], Any]]:
    """The unit vectors of a tree: the number of a leaf, an index into it, the vector."""
    for number, leaf in enumerate(leaves(tree)):
        if not door.differentiable(leaf):
            continue
        for index in np.ndindex(np.shape(leaf)):
            numbers = itertools.count()

            def unit(other: Any, number: int = number, index: Any = index, numbers: Any = numbers) -> Any:
                part = door.zero(other)
                if next(numbers) != number:
                    return part
                if not isinstance(part, np.ndarray):
                    return part + 1
                part[index] = 1
                return part

            yield number, index, map_leaves(unit, tree)


def _blocks(value: Any, inputs: list[Any]) -> Blocks:
    return {
        (o, a): np.zeros((*np.shape(output), *np.shape(argument)), np.result_type(output, argument))
        if door.differentiable(output) and door.differentiable(argument)
        else None
        for o, output in enumerate(leaves(value))
        for a, argument in enumerate(leaves(inputs))
    }


def _assembled(blocks: Blocks, value: Any, inputs: list[Any], single: bool) -> Any:
    """The structure of the output, in the place of each leaf the structure of the arguments."""
    outputs = itertools.count()

    def of_output(output: Any) -> Any:
        number, arguments = next(outputs), itertools.count()

        def of_argument(argument: Any) -> Any:
            block = blocks[number, next(arguments)]
            is_number = not isinstance(output, np.ndarray) and not isinstance(argument, np.ndarray)
            return block.item() if block is not None and is_number else block

        tree = map_leaves(of_argument, inputs)
        return tree[0] if single else tuple(tree)

    return map_leaves(of_output, value)


for _function in (jacfwd, jacrev, jacobian, hessian):
    vars(_function)["__tangentc__"] = _function.__name__  # how the compiler knows them inside a program
