"""What happens around a call of emitted code, for each mode: arguments in, fresh results out."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tangentc.ir.nodes import Var
from tangentc.kinds.of_values import KindTree, leaves
from tangentc.kinds.types import Float
from tangentc.runtime import door
from tangentc.runtime.cache import Args, Entry, Kwargs, raw
from tangentc.runtime.selection import Argnums, get, name_of, select, signature_of, with_defaults

__all__ = ["entry", "prepared"]

Run = Callable[..., Any]
"""run(args, kwargs, hidden, *extra): one call of a specialisation."""


def prepared(
    function: Callable[..., Any], argnums: Argnums, args: Args, kwargs: Kwargs
) -> tuple[Args, Kwargs]:
    """The arguments of a call as emitted code takes them: ints as floats where they are differentiated.

    Raises:
        DifferentiationError: an argument cannot be differentiated, or is not passed.
    """
    kwargs = with_defaults(argnums, function, args, kwargs)
    entered, named = list(args), dict(kwargs)
    for key in select(argnums, function, args, kwargs):
        value = door.entering(get(key, args, kwargs), name_of(key, function))
        if isinstance(key, int):
            entered[key] = value
        else:
            named[key] = value
    return tuple(entered), named


class _Around:
    """One specialisation with what a call of it needs; the modes differ in `run`."""

    def __init__(
        self,
        built: Any,
        function: Callable[..., Any],
        argnums: Argnums,
        has_aux: bool,
        args: tuple[KindTree, ...],
        kwargs: dict[str, KindTree],
    ) -> None:
        self.built = built
        self.call = built.call
        self.function = function
        self.has_aux = has_aux
        self.is_single = not isinstance(argnums, tuple)
        self.keys = select(argnums, function, args, kwargs)
        self.floats = [key for key in self.keys if isinstance(get(key, args, kwargs), Float)]
        self.defaults = {name: _default(function, name) for name in kwargs}
        self.names = [name_of(key, function) for key in self.keys]
        self.written = frozenset(built.lowered.written)

    def enter(self, args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
        """`prepared`, with everything known that depends on kinds only."""
        if len(kwargs) != len(self.defaults):
            kwargs = {**self.defaults, **kwargs}
        for key in self.floats:
            if isinstance(key, str):
                kwargs = {**kwargs, key: float(kwargs[key])}
            elif type(args[key]) is not float:
                args = (*args[:key], float(args[key]), *args[key + 1 :])
        if self.written:
            door.refuse_sharing(self._named(args, kwargs), self.written, self.names)
        return args, kwargs

    def _named(self, args: Args, kwargs: Kwargs) -> dict[str, Any]:
        return {**{name_of(position, self.function): value for position, value in enumerate(args)}, **kwargs}

    def gradients(self, bars: Any, args: Args, kwargs: Kwargs, taken: list[Any]) -> Any:
        """The cotangents in the form of the arguments; a bare one where argnums is no tuple."""
        if self.is_single:
            return door.gradient(bars, get(self.keys[0], args, kwargs), taken)
        results = []
        for key, bar in zip(self.keys, bars, strict=True):
            results.append(door.gradient(bar, get(key, args, kwargs), taken))
            taken += door.arrays_in(results[-1])
        return tuple(results)


def _default(function: Callable[..., Any], name: str) -> Any:
    signature = signature_of(function)
    parameter = None if signature is None else signature.parameters.get(name)
    return None if parameter is None else parameter.default


def _taken(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> list[Any]:
    """The arrays that belong to somebody else."""
    return [array for tree in (args, kwargs, hidden) for array in door.arrays_in(tree)]


def _grad(around: _Around) -> Run:
    call, enter, gradients = around.call, around.enter, around.gradients

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = enter(args, kwargs)
        bars = call(*args, **kwargs, **hidden)
        return gradients(bars, args, kwargs, _taken(args, kwargs, hidden))

    def run_float(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        if type(args[0]) is not float:
            args = (float(args[0]), *args[1:])
        bar = call(*args, **hidden)
        return bar if type(bar) is float else float(bar)

    is_plain = around.keys == (0,) == tuple(around.floats) and around.is_single
    return run_float if is_plain and not around.defaults and not around.written else run


def _value_and_grad(around: _Around) -> Run:
    call, enter, gradients = around.call, around.enter, around.gradients

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = enter(args, kwargs)
        value, bars = call(*args, **kwargs, **hidden)
        taken = _taken(args, kwargs, hidden)
        value = door.own(value, taken)
        taken += door.arrays_in(value)
        return value, gradients(bars, args, kwargs, taken)

    return run


def _grad_with_aux(around: _Around) -> Run:
    """`grad` of a function that also returns something that is not differentiated."""
    run_swapped = _value_and_grad(around)

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        aux, grads = run_swapped(args, kwargs, hidden)
        return grads, aux

    return run


def _jvp(around: _Around) -> Callable[..., Any]:
    call, enter = around.call, around.enter
    dots = [
        p.name for p in around.built.function.parameters if isinstance(p.tree, Var) and p.tree.role == "dot"
    ]

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any], tangents: tuple[Any, ...]) -> Any:
        args, kwargs = enter(args, kwargs)
        seeds: list[Any] = []
        for key, name, tangent in zip(around.keys, around.names, tangents, strict=True):
            primal = get(key, args, kwargs)
            given = door.tangent_like(tangent, primal, name)
            seeds += [t for t, p in zip(leaves(given), leaves(primal), strict=True) if door.differentiable(p)]
        out, out_dot = call(*args, **kwargs, **hidden, **dict(zip(dots, seeds, strict=True)))
        taken = [*_taken(args, kwargs, hidden), *seeds]
        value = door.own(out, taken)
        taken += door.arrays_in(value)
        return value, door.gradient(out_dot, value, taken)

    return run


def _vjp(around: _Around) -> Run:
    """The pullback keeps its own copies, so it may be called at any time and any number of times."""
    forward, reverse = around.call

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = around.enter(args, kwargs)
        args, kwargs, hidden = door.copied_together((args, kwargs, hidden))
        value, residuals = forward(*args, **kwargs, **hidden)
        value, aux = value if around.has_aux else (value, None)

        def pullback(cotangent: Any) -> Any:
            seed = door.copied_together(door.seed_like(cotangent, value))
            bars = reverse(door.copied_together(residuals), seed)
            return around.gradients(bars, args, kwargs, [])

        result = door.copied_together(value)
        return (result, pullback, door.copied_together(aux)) if around.has_aux else (result, pullback)

    return run


_RUNS: dict[str, Callable[[_Around], Run]] = {
    "grad": _grad,
    "value_and_grad": _value_and_grad,
    "jvp": _jvp,
    "vjp": _vjp,
}


def entry(
    mode: str,
    built: Any,
    function: Callable[..., Any],
    argnums: Argnums,
    has_aux: bool,
    args: tuple[KindTree, ...],
    kwargs: dict[str, KindTree],
) -> Entry:
    """A specialisation, ready to be called."""
    around = _Around(built, function, argnums, has_aux, args, kwargs)
    make = _grad_with_aux if mode == "grad" and has_aux else _RUNS[mode]
    return Entry(built, _hidden(built), make(around))


def _hidden(built: Any) -> Callable[[], dict[str, Any] | None]:
    """Reads the captured data; None when they are of another kind, or when a guard fails."""
    holds = tuple(guard.holds for guard in built.lowered.guards)
    names = [p.name for p in built.function.parameters if p.kind == "hidden"]
    captured = tuple(
        (name, captured.read, _kind_class(captured.read()))
        for name, captured in zip(names, built.lowered.captured, strict=True)
    )
    nothing: dict[str, Any] = {}

    def enter() -> dict[str, Any] | None:
        for guard in holds:
            if not guard():
                return None
        if not captured:
            return nothing
        hidden = {}
        for name, read, expected in captured:
            try:
                value = read()
            except (AttributeError, LookupError, ValueError):  # no longer there
                return None
            if _kind_class(value) != expected:
                return None
            hidden[name] = value
        return hidden

    return enter


def _kind_class(value: Any) -> Hashable:
    """What the kind of captured data depends on: of the sizes only which are 1."""
    if type(value) is np.ndarray:
        return value.dtype, tuple([size == 1 for size in value.shape])
    return raw(value)
