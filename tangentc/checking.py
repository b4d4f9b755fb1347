"""Are the derivatives right?  Differences, and the two modes against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc import numeric
from tangentc.api import directional, jvp, vjp
from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.runtime import door
from tangentc.runtime.selection import default_argnums

__all__ = ["Check", "check_grads", "checks"]

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Check:
    """Two numbers that must agree: `got` is ours."""

    name: str
    expected: float
    got: float
    tolerance: float

    @property
    def error(self) -> float:
        """The difference, relative where the numbers are large."""
        return abs(self.got - self.expected) / max(1.0, abs(self.expected))

    @property
    def passed(self) -> bool:
        return bool(self.error <= self.tolerance)  # False for NaN

    def __str__(self) -> str:
        mark = "ok" if self.passed else "WRONG"
        return f"{self.name:<34} {self.got: .10e}  {self.expected: .10e}  error {self.error:.1e}  {mark}"


def check_grads(
    function: Function,
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = ("fwd", "rev"),
    tolerance: float | None = None,
    eps: float | None = None,
) -> None:
    """Compare derivatives with central differences along random directions, and reverse with forward mode.

    Args:
        args: the arguments at which to check; what is no real or complex number or array is passed on.
        order: 2 also checks the derivative of the derivative.
        modes: "fwd" compares `jvp` with differences, "rev" compares `vjp` with `jvp`.
        tolerance: of the relative error; by default it follows the precision of the arguments.
        eps: the step of the differences; by default that of `numeric.directional`.
    Raises:
        AssertionError: names what differs, with both numbers.
        DifferentiationError: TC309, what is asked for would check nothing.

    A difference cannot tell what happens at a kink: choose arguments away from them.
    """
    wrong = [check for check in checks(function, args, order, modes, tolerance, eps) if not check.passed]
    if wrong:
        raise AssertionError("derivatives differ\n" + "\n".join(map(str, wrong)))


def checks(
    function: Function,
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = ("fwd", "rev"),
    tolerance: float | None = None,
    eps: float | None = None,
) -> Iterator[Check]:
    """The comparisons of `check_grads`, one after the other."""
    _validate(args, order, modes)
    argnums = default_argnums(tuple(args), {})
    args = tuple(float(x) if i in argnums and type(x) is int else x for i, x in enumerate(args))
    random = np.random.default_rng(0)
    by_difference, by_rounding = _precision(args)
    by_difference = tolerance or by_difference
    tangents = tuple(_direction(value, random) for value in args)

    current, name = function, "derivative"
    for degree in range(1, order + 1):
        value, dot = jvp(current, args, tangents)
        weights = map_leaves(lambda leaf: _weight(leaf, random), value)
        got = _product(weights, dot)
        if "fwd" in modes:
            expected = _difference(current, args, tangents, weights, eps)
            yield Check(f"{name}: jvp, differences", expected, got, by_difference)
        if "rev" in modes:
            bars = vjp(current, *args)[1](weights)
            yield Check(
                f"{name}: vjp, jvp", got, _product(bars, tangents), max(by_rounding, tolerance or 0.0)
            )
        if degree == 1:
            current, name = directional(function, tangents), "second derivative"


def _validate(args: Any, order: Any, modes: Any) -> None:
    """Refuse what would check nothing.

    Raises: DifferentiationError: TC309.
    """
    if not isinstance(args, (tuple, list)):
        raise DifferentiationError(
            "TC309",
            f"the arguments are a value of type {type(args).__name__!r}, not a tuple",
            hint="write a tuple, also for one argument: check_grads(f, (x,))",
        )
    if order not in (1, 2):
        raise DifferentiationError("TC309", f"order={order!r}: derivatives of order 1 or 2 are checked")
    if isinstance(modes, str) or not modes or not set(modes) <= {"fwd", "rev"}:
        raise DifferentiationError(
            "TC309", f"modes={modes!r} is no selection of modes", hint='they are "fwd" and "rev", in a tuple'
        )


def _precision(args: tuple[Any, ...]) -> tuple[float, float]:
    """The tolerance of a central difference, and that of rounding alone."""
    dtypes = [np.asarray(leaf).dtype for leaf in leaves(args) if door.differentiable(leaf)]
    unit = max((float(np.finfo(dtype).eps) for dtype in dtypes), default=float(np.finfo(float).eps))
    return 50 * unit ** (2 / 3) + 1e-6, 1e4 * unit


def _direction(tree: Any, random: np.random.Generator) -> Any:
    """A random tangent of the size of the value; None where it has no derivative."""
    if not any(door.differentiable(leaf) for leaf in leaves(tree)):
        return None
    return map_leaves(lambda leaf: _weight(leaf, random), tree)


def _weight(leaf: Any, random: np.random.Generator) -> Any:
    """Random numbers in the form of a value."""
    if not door.differentiable(leaf):
        return None
    drawn: Any = random.standard_normal(np.shape(leaf))
    if np.iscomplexobj(leaf):
        drawn = drawn + 1j * random.standard_normal(np.shape(leaf))
    if isinstance(leaf, np.ndarray):
        return np.asarray(drawn, leaf.dtype)
    return type(leaf)(drawn)


def _product(left: Any, right: Any) -> float:
    """The real part of the sum of products: the pairing in which `vjp` is the transpose of `jvp`."""
    pairs = zip(leaves(left), leaves(right), strict=True)
    return float(sum(np.real(np.sum(a * b)) for a, b in pairs if a is not None and b is not None))


def _difference(function: Function, args: Any, tangents: Any, weights: Any, step: float | None) -> float:
    """The central difference of <weights, function> along the tangents."""

    def weighted(*args: Any) -> float:
        return _product(weights, function(*args))

    return float(numeric.directional(weighted, args, tangents, step=step).value)
