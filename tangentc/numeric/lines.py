"""A function along lines through a point: what every difference looks at, and how often it was looked at."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.runtime.door import copied_together, differentiable
from tangentc.runtime.selection import Key, get

__all__ = ["Line", "Point", "Vector", "is_number", "not_analytic", "vanishing"]

Vector = np.ndarray[Any, np.dtype[Any]]


class Point:
    """A function at some arguments; the differentiated ones (`keys`) can be moved.

    Each call of the function gets arguments of its own, so what it writes to them is lost, and what it returns is
    copied, so that it may return the same memory again.

    Attributes:
        inputs: the differentiated arguments, a list.
        evaluations: how often the function was called.
        output: what it returned first, for its structure.
        unit: the rounding unit of the least precise number that goes in or comes out.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        keys: tuple[Key, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.function, self.keys, self.args, self.kwargs = function, keys, args, kwargs
        self.inputs = [get(key, args, kwargs) for key in keys]
        self.leaves = leaves(self.inputs)
        self.evaluations = 0
        self.output: Any = None
        self.unit = max((_unit(leaf) for leaf in self.leaves), default=0.0) or _unit(0.0)
        self._origin: Vector | None = None

    def evaluate(self, moved: list[Any]) -> Vector:
        """The numbers that the function returns, one after the other, given the leaves of the differentiated arguments.

        Raises: DifferentiationError: TC309, not as many as the first time.
        """
        remaining = iter(moved)
        inputs = map_leaves(lambda _: next(remaining), self.inputs)
        by_key = dict(zip(self.keys, inputs, strict=True))
        args = tuple(by_key.get(i, value) for i, value in enumerate(self.args))
        kwargs = {name: by_key.get(name, value) for name, value in self.kwargs.items()}
        args, kwargs = copied_together((args, kwargs))
        self.evaluations += 1
        returned = self.function(*args, **kwargs)
        if self.evaluations == 1:
            self.output = copied_together(returned)
        numbers = [leaf for leaf in leaves(returned) if is_number(leaf)]
        if list(map(np.shape, numbers)) != [np.shape(leaf) for leaf in self._numbers()]:
            raise DifferentiationError(
                "TC309",
                "what the function returns has another structure or other shapes at points near each other",
                hint="differences compare number with number: return arrays of the same shape everywhere",
            )
        self.unit = max([self.unit, *map(_unit, numbers)])
        return _joined(numbers)

    def _numbers(self) -> list[Any]:
        return [leaf for leaf in leaves(self.output) if is_number(leaf)]

    def origin(self) -> Vector:
        """The value at the point itself, computed once."""
        if self._origin is None:
            self._origin = self.evaluate(self.leaves)
        return self._origin

    def shown(self) -> Any:
        """What the function returns, for its structure."""
        if not self.evaluations:
            self.origin()
        return self.output

    def coordinates(self, scale: float) -> Iterator[Line]:
        """The lines along the axes: one for each real number of the arguments, two for each complex number."""
        for position, leaf in enumerate(self.leaves):
            if not differentiable(leaf):
                continue
            for index in np.ndindex(np.shape(leaf)):
                for unit in (1.0, 1j) if np.iscomplexobj(leaf) else (1.0,):
                    yield _coordinate(self, position, index, unit, scale)

    def along(self, tangents: list[Any], scale: float) -> Line:
        """The line along a direction, given by its leaves."""
        pairs = [
            (np.ravel(x), np.ravel(dot))
            for x, dot in zip(self.leaves, tangents, strict=True)
            if dot is not None
        ]
        longest = _largest(dot for _, dot in pairs)
        counts = [np.abs(dot) > self.unit * longest for _, dot in pairs]
        sizes = [
            np.maximum(np.abs(x[c]), scale) / np.abs(dot[c])
            for (x, dot), c in zip(pairs, counts, strict=True)
        ]
        size = min((float(np.min(each, initial=np.inf)) for each in sizes), default=np.inf)
        reach = _largest(x for x, _ in pairs) / longest if longest else 0.0

        def moved(t: Any) -> list[Any]:
            return [
                leaf if dot is None else _moved(leaf, np.multiply(t, dot), np.not_equal(dot, 0))
                for leaf, dot in zip(self.leaves, tangents, strict=True)
            ]

        def exact(h: float) -> float:
            for (x, dot), c in zip(pairs, counts, strict=True):
                stands = (x + (h * dot).astype(x.dtype) == x) & c
                if bool(np.any(stands)):
                    raise vanishing(h, x[np.argmax(stands)])
            return h

        return Line(self, moved, exact, size if np.isfinite(size) else scale, reach)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """t -> f(x + t d).

    Attributes:
        moved: the leaves of x + t d, for a real or an imaginary t.
        exact: the step nearest to a given one by which x can be moved both ways without rounding.
        size: the distance along the line that is to the arguments as their own size, or as the typical size.
        reach: the distance along the line to where the arguments would be zero: how much their rounding counts.
    """

    point: Point
    moved: Callable[[Any], list[Any]]
    exact: Callable[[float], float]
    size: float
    reach: float

    def at(self, t: float) -> Vector:
        return self.point.evaluate(self.moved(t))

    def imaginary(self, h: float) -> Vector:
        """f(x + i h d).

        Raises: DifferentiationError: TC402, where it shows that the function is not one of complex numbers.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                return self.point.evaluate(self.moved(1j * h))
        except (TypeError, np.exceptions.ComplexWarning) as error:
            if isinstance(error, DifferentiationError):
                raise
            raise not_analytic(f"the function does not take complex numbers: {error}") from error


def _coordinate(point: Point, position: int, index: tuple[int, ...], unit: complex, scale: float) -> Line:
    """The line along one number of the arguments: `unit` is 1, or i along an imaginary part."""
    leaf = point.leaves[position]
    entry = np.asarray(leaf)[index]
    x = entry.imag if unit == 1j else entry.real
    mask = np.zeros(np.shape(leaf), bool)
    mask[index] = True

    def moved(t: Any) -> list[Any]:
        parts = list(point.leaves)
        if np.iscomplexobj(
            t
        ):  # every argument becomes complex, so that a real result has lost its imaginary part
            parts = [_complexified(part) for part in parts]
        parts[position] = _moved(leaf, np.where(mask, t * unit, 0.0), mask)
        return parts

    def exact(h: float) -> float:
        sign = -1.0 if x < 0 else 1.0  # away from zero, where numbers lie less densely
        step = abs(float(x + x.dtype.type(sign * h)) - float(x))
        if step == 0.0:
            raise vanishing(h, x)
        return step if h > 0 else -step

    return Line(point, moved, exact, max(abs(float(x)), scale), abs(float(x)))


def _largest(arrays: Iterable[Any]) -> float:
    return max((float(np.max(np.abs(array), initial=0.0)) for array in arrays), default=0.0)


def vanishing(h: float, x: Any) -> DifferentiationError:
    return DifferentiationError(
        "TC401", f"a step of {h:.1e} vanishes beside an argument of {x:.6g}", hint="take a larger step"
    )


def not_analytic(what: str) -> DifferentiationError:
    return DifferentiationError(
        "TC402",
        what,
        hint="the complex step needs a function that is analytic and written with NumPy's functions, without abs, "
        "real or conj of what varies; use method='central'",
    )


def _moved(leaf: Any, by: Any, mask: Any) -> Any:
    """leaf + by where the mask holds, of its own type; of its precision and complex where `by` is imaginary."""
    if np.iscomplexobj(by) and not np.iscomplexobj(leaf):
        leaf = _complexified(leaf)
    if isinstance(leaf, np.ndarray):
        found = leaf.copy()
        np.add(found, by.astype(found.dtype), out=found, where=mask)
        return found
    return type(leaf)(leaf + type(leaf)(by))


def _complexified(leaf: Any) -> Any:
    """A real number or array as a complex one of NumPy, which compares by real parts first: branches stay the same."""
    if not differentiable(leaf):
        return leaf
    array = np.asarray(leaf)
    return array.astype(np.result_type(array, np.complex64))[... if isinstance(leaf, np.ndarray) else ()]


def is_number(leaf: Any) -> bool:
    """Whether a leaf is a number or an array of numbers."""
    return isinstance(leaf, (bool, int, float, complex, np.generic, np.ndarray)) and (
        np.asarray(leaf).dtype.kind in "biufc"
    )


def _unit(leaf: Any) -> float:
    """The rounding unit of a number or an array; 0 where nothing is rounded."""
    return float(np.finfo(np.asarray(leaf).dtype).eps) if differentiable(leaf) else 0.0


def _joined(numbers: list[Any]) -> Vector:
    """Numbers and arrays as one vector, in double precision or better."""
    parts = [np.ravel(number) for number in numbers]
    dtype = np.result_type(np.float64, *[part.dtype for part in parts])
    return np.concatenate([np.zeros(0), *parts]).astype(dtype)
