"""What users call.  Names and meanings are those of JAX, on plain NumPy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import Identity, map_leaves
from tangentc.runtime import dispatch, door
from tangentc.runtime.calls import prepared
from tangentc.runtime.derived import Derived
from tangentc.runtime.selection import Argnums, default_argnums, get, select
from tangentc.runtime.transformed import Transformed, floats_for, remembered

__all__ = ["derivative", "grad", "hvp", "jvp", "stop_gradient", "value_and_grad", "vjp"]

Function = Callable[..., Any]


def grad(
    function: Function | None = None,
    argnums: Argnums = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Any:
    """The gradient of a function with one output element, in reverse mode.

    Args:
        function: the program; left out, `grad` is a decorator: `@grad`, `@grad(argnums=1)`.
        argnums: which argument, by position or name; a tuple gives a tuple of gradients.  On a method
            `self` is not counted.
        has_aux: the function returns (output, aux), and the result is (gradient, aux).
        holomorphic: allow a complex output; the result is the complex derivative where there is one.
    Returns: a callable with the arguments of the function; each gradient has the type, dtype and
        shape of its argument, zeros where the argument does not matter.
    Raises:
        DifferentiationError: TC301, several output elements; TC302, an integer argument.
    """
    return _decorated("grad", function, argnums, has_aux, holomorphic)


def value_and_grad(
    function: Function | None = None,
    argnums: Argnums = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Any:
    """As `grad`, with the value: (output, gradient), or ((output, aux), gradient) with `has_aux`."""
    return _decorated("value_and_grad", function, argnums, has_aux, holomorphic)


def _decorated(mode: str, function: Function | None, *options: Any) -> Any:
    return decorated(functools.partial(Transformed, mode), function, *options)


def decorated(make: Callable[..., Any], function: Function | None, *options: Any) -> Any:
    """make(function, *options); without a function, the decorator that does it."""
    if function is None:
        return lambda program: make(program, *options)
    return make(function, *options)


def jvp(function: Function, primals: Any = None, tangents: Any = None) -> Any:
    """Forward mode: the value of f and its derivative along `tangents`, J x_dot.

    Args:
        primals: the arguments of f, a tuple.
        tangents: for each argument a tangent of its shape; None where it is not differentiated.
    Returns: (y, y_dot).  Without primals and tangents, a callable that takes them.
    Raises:
        DifferentiationError: TC309, tangents that do not fit the primals.
    """
    if primals is None and tangents is None:
        return _Along("jvp", function, _all_required(function))
    derivative, arguments, seeds = _tangent(function, primals, tangents)
    return derivative.along(arguments, {}, seeds)


def _tangent(
    function: Function, primals: Any, tangents: Any
) -> tuple[Transformed, tuple[Any, ...], tuple[Any, ...]]:
    """The derivative along the given tangents, and what it is called with."""
    primals, tangents = _paired(primals, tangents)
    argnums = _given(tangents)
    return transformed("jvp", function, argnums), primals, tuple(tangents[i] for i in argnums)


def _given(tangents: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of the arguments that have a tangent."""
    argnums = tuple(i for i, tangent in enumerate(tangents) if tangent is not None)
    if not argnums:
        raise DifferentiationError(
            "TC309", "no tangent is given", hint="give a tangent for at least one argument"
        )
    return argnums


class _Waiting(Transformed):
    """`jvp(f)` or `vjp(f)`: which arguments are differentiated shows at the call."""

    _called: Transformed | None = None

    def _for(self, function: Function, argnums: Argnums) -> Any:
        return type(self)(self.mode, function, _all_required(function), self.has_aux)

    def _built(self) -> tuple[Any, str]:
        return super()._built() if self._called is None else self._called._built()


class _Along(_Waiting):
    """`jvp(f)`: takes primals and tangents."""

    def __call__(self, primals: Any, tangents: Any) -> Any:
        self._called, arguments, seeds = _tangent(self.__wrapped__, primals, tangents)
        return self._called.along(arguments, {}, seeds)


class _Pulled(_Waiting):
    """`vjp(f)`: takes primals, and keyword arguments, which are not differentiated."""

    def __call__(self, *primals: Any, **kwargs: Any) -> Any:
        self._called = _pullback(self.__wrapped__, primals, self.has_aux)
        return _pulled(self._called, primals, kwargs)


def _all_required(function: Function) -> tuple[int, ...]:
    """The positions of the parameters that a call must pass."""
    return tuple(range(len(floats_for(function)[0]))) or (0,)


def _paired(primals: Any, tangents: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise DifferentiationError(
                "TC309",
                f"the {name} are a value of type {type(given).__name__!r}, not a tuple",
                hint="write a tuple, also for one argument: jvp(f, (x,), (x_dot,))",
            )
    if len(primals) != len(tangents):
        raise DifferentiationError("TC309", f"there are {len(primals)} primals and {len(tangents)} tangents")
    return tuple(primals), tuple(tangents)


def vjp(function: Function, *primals: Any, has_aux: bool = False) -> Any:
    """Reverse mode: the value of f and its pullback y_bar -> J^T y_bar.

    The pullback may be called any number of times; it returns a tuple with a cotangent for each
    argument, None for those that are no real or complex numbers.  Later changes to the arguments do not
    matter to it.

    Returns: (y, pullback), or (y, pullback, aux) with `has_aux`.  Without primals, a callable that
        takes them.
    """
    if not primals:
        return _Pulled("vjp", function, _all_required(function), has_aux)
    return _pulled(_pullback(function, primals, has_aux), primals, {})


def _pullback(function: Function, primals: tuple[Any, ...], has_aux: bool) -> Transformed:
    return transformed("vjp", function, default_argnums(primals, {}), has_aux)


def _pulled(derivative: Transformed, primals: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `vjp` gives back: the pullback has an entry for each primal."""
    value, pullback, *aux = derivative(*primals, **kwargs)
    argnums: Any = derivative.argnums

    def pull(cotangent: Any) -> tuple[Any, ...]:
        bars = dict(zip(argnums, pullback(cotangent), strict=True))
        return tuple(bars.get(i) for i in range(len(primals)))

    return (value, pull, *aux)


def hvp(function: Function, primals: Any, tangents: Any) -> Any:
    """The product of the Hessian of a function with one output element and a direction: H x_dot.

    Args: primals, tangents: tuples as in `jvp`; for a function of one argument bare values will do.
    Returns: a tuple with an entry for each argument, or a bare value where bare values were given.
    """
    is_bare = not isinstance(primals, (tuple, list))
    if is_bare:
        primals, tangents = (primals,), (tangents,)
    primals, tangents = _paired(primals, tangents)
    argnums = _given(tangents)
    gradient = transformed("grad", function, argnums)
    _, products = jvp(gradient, primals, tangents)
    by_position = {i: door.gradient(p, primals[i]) for i, p in zip(argnums, products, strict=True)}
    results = tuple(by_position.get(i) for i in range(len(primals)))
    return results[0] if is_bare else results


def transformed(mode: str, function: Function, argnums: Argnums, has_aux: bool = False) -> Transformed:
    """The transformed function, which remembers what it compiled from one call to the next."""
    return remembered(mode, Identity(function), argnums, has_aux)


def directional(function: Function, tangents: tuple[Any, ...]) -> Function:
    """The derivative along fixed tangents, as a function of the primals."""

    def along(*primals: Any) -> Any:
        return jvp(function, primals, tangents)[1]

    return along


def derivative(function: Function | None = None, argnums: Argnums = 0) -> Any:
    """The derivative of an elementwise function: y_i = f(x_i) gives f'(x_i), in the shape of x.

    For a function that mixes elements this is the derivative along all ones, the row sums of its Jacobian.

    Args: as those of `grad`; a tuple of argnums gives a tuple of derivatives.
    """
    return decorated(functools.partial(_Elementwise, "derivative"), function, argnums)


class _Elementwise(Derived):
    """`derivative(f)`: the tangent along all ones."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        meant = self.through_class(args)
        if meant is not None:
            return meant(*args[1:], **kwargs)
        function = self.__wrapped__
        args, kwargs = prepared(function, self.argnums, args, kwargs)
        found = []
        for key in select(self.argnums, function, args, kwargs):
            ones = map_leaves(_one, get(key, args, kwargs))
            found.append(transformed("jvp", function, (key,)).along(args, kwargs, (ones,))[1])
        return tuple(found) if isinstance(self.argnums, tuple) else found[0]


def _one(leaf: Any) -> Any:
    """The one of a number's or an array's type and shape; None for what has no derivative."""
    zero = door.zero(leaf)
    return zero if zero is None else zero + zero.dtype.type(1) if isinstance(zero, np.ndarray) else zero + 1


def stop_gradient(x: Any) -> Any:
    """x as a constant: no derivative flows through it.

    Returns: x, of arrays a copy: what is written to x later does not change the constant.
    """
    return map_leaves(numerics.stop_gradient, x)


dispatch.jvp, dispatch.vjp = jvp, vjp

for _function in (grad, value_and_grad, jvp, vjp, hvp, derivative, stop_gradient):
    vars(_function)["__tangentc__"] = _function.__name__  # how the compiler knows them inside a program
