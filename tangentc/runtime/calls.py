"""What happens around a call of emitted code, for each mode: arguments in, fresh results out."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.frontend.state.places import entrance
from tangentc.frontend.state.requests import Path
from tangentc.ir.build import walk
from tangentc.ir.nodes import Op, Var, kind_of
from tangentc.ir.trees import atoms_of
from tangentc.kinds.of_values import KindTree, leaves
from tangentc.kinds.types import Array, Float, Scalar, dtype_of
from tangentc.runtime import door
from tangentc.runtime.cache import Args, Entry, Kwargs, raw
from tangentc.runtime.promotions import value_at
from tangentc.runtime.selection import Argnums, get, name_of, select, signature_of, with_defaults

__all__ = ["entry", "prepared", "refuse_complex_output"]

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
        mode: str,
        built: Any,
        function: Callable[..., Any],
        argnums: Argnums,
        has_aux: bool,
        args: tuple[KindTree, ...],
        kwargs: dict[str, KindTree],
    ) -> None:
        self.built = built
        self.call = _single_checked(built.call, built.function) if mode in _SINGLE else built.call
        self.function = function
        self.mode = mode
        self.has_aux = has_aux
        self.is_single = not isinstance(argnums, tuple)
        self.keys = select(argnums, function, args, kwargs)
        self.floats = [key for key in self.keys if isinstance(get(key, args, kwargs), Float)]
        self.defaults = {name: _default(function, name) for name in kwargs}
        self.names = [name_of(key, function) for key in self.keys]
        self.parameters = [name_of(position, function).partition("[")[0] for position in range(len(args))]
        self.written = frozenset(built.lowered.written)
        self.arrays = [i for i, kind in enumerate(args) if isinstance(kind, Array)]
        self.is_flat = not kwargs and not any(isinstance(kind, (tuple, list, dict)) for kind in args)
        self.changed, self.adopted = built.lowered.changed, built.lowered.adopted
        changes = self.written or self.changed or self.adopted
        as_built = not kwargs and not changes and self.call is built.call
        self.is_plain = as_built and len(self.floats) == len(self.keys)
        self.is_flat_and_ready = as_built and self.is_flat and not self.floats
        only_gradients = mode in _SINGLE and not has_aux
        self.is_owned = only_gradients and self.is_flat_and_ready and self._are_results_owned()

    def _are_results_owned(self) -> bool:
        """Whether the kinds show that emitted code returns what the caller gets: each cotangent a new array of its
        argument's kind, and the value a number."""
        function = self.built.function
        result = function.result
        if self.mode == "value_and_grad":
            value, result = result
            if not (isinstance(value, Var) and isinstance(value.kind, Scalar)):
                return False
        bars = (result,) if self.is_single else result
        params: list[Any] = []
        for parameter in function.parameters:
            if parameter.kind != "hidden":
                params += parameter.tree if parameter.kind == "VAR_POSITIONAL" else (parameter.tree,)
        return all(
            isinstance(key, int)
            and isinstance(bar, Var)
            and isinstance(bar.kind, Array)
            and bar.kind.dims  # NumPy gives a number where no axes are left
            and bar.kind == kind_of(params[key])
            for key, bar in zip(self.keys, bars, strict=True)
        )

    def enter(self, args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> tuple[Args, Kwargs]:
        """`prepared`, with everything known that depends on kinds only."""
        if len(kwargs) != len(self.defaults):
            kwargs = {**self.defaults, **kwargs}
        for key in self.floats:
            if isinstance(key, str):
                kwargs = {**kwargs, key: float(kwargs[key])}
            elif type(args[key]) is not float:
                args = (*args[:key], float(args[key]), *args[key + 1 :])
        if self.written:
            named = zip(self.parameters, args, strict=True)
            door.refuse_sharing((*named, *kwargs.items(), *hidden.items()), self.written)
        if self.changed or self.adopted:
            changed = [(self._label(path), value_at(path, args, kwargs), 1) for path in self.changed]
            changed += [(live.origin, live.place(), 0) for live in self.adopted]
            door.refuse_same((args, kwargs), changed)
        return args, kwargs

    def _label(self, path: Path) -> str:
        """What messages call a part of an argument."""
        first = self.parameters[path[1]] if path[0] == "args" else path[1]
        return first + "".join(f".{key}" if isinstance(key, str) else f"[{key}]" for key in path[2:])

    def taken(self, args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> list[Any]:
        """The arrays that belong to somebody else."""
        if self.is_flat:
            found = [args[position] for position in self.arrays]
            if hidden:
                found += [array for value in hidden.values() for array in door.arrays_in(value)]
            return found
        return [array for tree in (args, kwargs, hidden) for array in door.arrays_in(tree)]

    def gradients(self, bars: Any, args: Args, kwargs: Kwargs, taken: list[Any]) -> Any:
        """The cotangents in the form of the arguments; a bare one where argnums is no tuple."""
        if self.is_single:
            return door.gradient(bars, get(self.keys[0], args, kwargs), taken)
        results = []
        for key, bar in zip(self.keys, bars, strict=True):
            results.append(door.gradient(bar, get(key, args, kwargs), taken))
            taken += door.arrays_in(results[-1])
        return tuple(results)


_SINGLE = ("grad", "value_and_grad")


def _single_checked(call: Callable[..., Any], function: Any) -> Callable[..., Any]:
    """An output of several elements that shows only when the code runs is the error of the compiler."""
    if not any(
        isinstance(node, Op) and node.primitive.name == "check_single" for node in walk(function.body)
    ):
        return call

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except TypeError as error:
            frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
            if frames[-1] != "check_single":
                raise
            hint = "sum the output, or use jacobian, vjp or derivative"
            raise DifferentiationError("TC301", str(error), function.span, hint) from None

    return run


def _default(function: Callable[..., Any], name: str) -> Any:
    signature = signature_of(function)
    parameter = None if signature is None else signature.parameters.get(name)
    return None if parameter is None else parameter.default


def _grad(around: _Around) -> Run:
    call, enter, gradients = around.call, around.enter, around.gradients

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = enter(args, kwargs, hidden)
        bars = call(*args, **kwargs, **hidden)
        return gradients(bars, args, kwargs, around.taken(args, kwargs, hidden))

    if around.is_plain:
        return _grad_of_floats(around)
    return _flat(around, with_value=False) if around.is_flat_and_ready else run


def _grad_of_floats(around: _Around) -> Run:
    """The gradient where every differentiated argument is a Python float: nothing is looked at twice."""
    function, explain, is_single = around.built.call.__wrapped__, around.built.call.explain, around.is_single
    keys = [key for key in around.keys if isinstance(key, int)]

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        for key in keys:
            if type(args[key]) is not float:
                args = (*args[:key], float(args[key]), *args[key + 1 :])
        try:
            bars = function(*args, **hidden) if hidden else function(*args)
        except Exception as error:
            explain(error)
            raise
        if is_single:
            return bars if type(bars) is float else float(bars)
        return tuple([bar if type(bar) is float else float(bar) for bar in bars])

    return run


def _value_and_grad(around: _Around) -> Run:
    call, enter, gradients = around.call, around.enter, around.gradients

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = enter(args, kwargs, hidden)
        value, bars = call(*args, **kwargs, **hidden)
        taken = around.taken(args, kwargs, hidden)
        value = door.own(value, taken)
        taken += door.arrays_in(value)
        return value, gradients(bars, args, kwargs, taken)

    return _flat(around, with_value=True) if around.is_flat_and_ready else run


def _flat(around: _Around, *, with_value: bool) -> Run:
    """The gradient where no argument is a container, and none is converted or written."""
    function, explain = around.built.call.__wrapped__, around.built.call.explain
    arrays, is_single = around.arrays, around.is_single
    keys = [key for key in around.keys if isinstance(key, int)]
    own, gradient, arrays_in = door.own, door.gradient, door.arrays_in
    if around.is_owned:

        def run_owned(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
            try:
                return function(*args, **hidden) if hidden else function(*args)
            except Exception as error:
                explain(error)
                raise

        return run_owned

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        try:
            out = function(*args, **hidden)
        except Exception as error:
            explain(error)
            raise
        taken = [args[position] for position in arrays]
        for data in hidden.values():
            taken += arrays_in(data)
        value, bars = out if with_value else (None, out)
        if with_value:
            value = own(value, taken)
            taken += arrays_in(value)
        results = []
        for key, bar in zip(keys, (bars,) if is_single else bars, strict=True):
            result = gradient(bar, args[key], taken)
            taken.append(result)
            results.append(result)
        grads = results[0] if is_single else tuple(results)
        return (value, grads) if with_value else grads

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
        args, kwargs = enter(args, kwargs, hidden)
        seeds: list[Any] = []
        for key, name, tangent in zip(around.keys, around.names, tangents, strict=True):
            primal = get(key, args, kwargs)
            given = door.tangent_like(tangent, primal, name)
            seeds += [t for t, p in zip(leaves(given), leaves(primal), strict=True) if door.differentiable(p)]
        out, out_dot = call(*args, **kwargs, **hidden, **dict(zip(dots, seeds, strict=True)))
        taken = [*around.taken(args, kwargs, hidden), *seeds]
        value = door.own(out, taken)
        taken += door.arrays_in(value)
        return value, door.gradient(out_dot, value, taken)

    return run


def _vjp(around: _Around) -> Run:
    """The pullback keeps its own copies, so it may be called at any time and any number of times."""
    forward, reverse = around.built.call

    def run(args: Args, kwargs: Kwargs, hidden: dict[str, Any]) -> Any:
        args, kwargs = around.enter(args, kwargs, hidden)
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
    around = _Around(mode, built, function, argnums, has_aux, args, kwargs)
    make = _grad_with_aux if mode == "grad" and has_aux else _RUNS[mode]
    return Entry(built, _enter(built), make(around))


def refuse_complex_output(built: Any, has_aux: bool) -> None:
    """A complex output has no gradient in general.

    Raises: DifferentiationError: TC312.
    """
    function = built.lowered.function
    output = function.result[0] if has_aux else function.result
    dtypes = [dtype_of(kind_of(atom)) for atom in atoms_of(output)]
    if any(dtype is not None and dtype.kind == "c" for dtype in dtypes):
        raise DifferentiationError(
            "TC312",
            f"{function.name} returns a complex number, and a gradient needs a real one",
            function.span,
            "return its real part or modulus, or give holomorphic=True where it is complex differentiable",
        )


def _enter(built: Any) -> Callable[[], dict[str, Any] | None]:
    """Reads the captured data; None when they are of another kind, or when a guard does not hold."""
    names = [p.name for p in built.function.parameters if p.kind == "hidden"]
    places = {name: each.place for name, each in zip(names, built.lowered.captured, strict=True)}
    checks = {name: _same_kind(place()) for name, place in places.items()}
    return entrance(built.lowered.guards, places, checks)


def _same_kind(value: Any) -> Callable[[Any], bool]:
    """Whether another value is of the kind of this one."""
    expected = _kind_class(value)
    return lambda now: _kind_class(now) == expected


def _kind_class(value: Any) -> Hashable:
    """What the kind of captured data depends on: of the sizes only which are 1."""
    if type(value) is np.ndarray:
        return value.dtype, tuple([size == 1 for size in value.shape])
    return raw(value)
