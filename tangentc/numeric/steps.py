"""What the size of the step does to the error of a difference.

A long step makes the truncation error, a power of h, a short one the rounding error, a power of 1/h: on logarithmic
axes two straight lines, of slope 1 (forward) or 2 (central) and of slope -1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import Identity, leaves, map_leaves
from tangentc.numeric.lines import Line, Point, Vector
from tangentc.numeric.pictures import Picture, drawn
from tangentc.numeric.rules import column, default_step
from tangentc.runtime import door
from tangentc.runtime.calls import prepared
from tangentc.runtime.selection import Argnums, check_argnums, get, name_of, select
from tangentc.runtime.transformed import remembered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Curve", "StepStudy", "study"]

STEPS: Vector = np.logspace(-1, -16, 61)
"""Four steps for each power of ten, from 1e-1 to 1e-16."""
METHODS = ("forward", "central", "complex")
_PER_POWER = 4


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The errors of one method.

    Attributes:
        errors: for each step the largest error of the derivative, relative to its largest number (absolute where that
            is zero); NaN where the function has no finite value.
        truncation, rounding: the fitted lines log10(error) = slope log10(h) + intercept, as (slope, intercept); None
            where fewer than `_FEWEST` errors tell of that part.
        best: the step with the least error.
        rule: the step that `numeric.grad` takes without being told.
        evaluations: of the function, for one derivative.
        remark: why there are no errors, if there are none.
    """

    method: str
    errors: Vector
    truncation: tuple[float, float] | None
    rounding: tuple[float, float] | None
    best: float
    rule: float
    evaluations: int
    remark: str = ""

    @property
    def balance(self) -> float | None:
        """The step at which the two fitted lines cross, if there are two."""
        if self.truncation is None or self.rounding is None:
            return None
        (slope, height), (fall, depth) = self.truncation, self.rounding
        return float(10.0 ** ((depth - height) / (slope - fall)))


@dataclass(frozen=True, slots=True, eq=False)
class StepStudy(Picture):
    """The error of a directional derivative against the step; a curve for each method.

    Attributes:
        title: the function and the direction.
        steps: h, from long to short.
        reference: the derivative that the errors are measured from.
    """

    title: str
    steps: Vector
    reference: Any
    curves: tuple[Curve, ...]

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """A table: a row for each power of ten (or each step that was given), then what the lines say."""
        heads = "".join(f"{curve.method:>12}" for curve in self.curves)
        rows = [self.title, f"  {'h':<8}{heads}"]
        every = _PER_POWER if np.array_equal(self.steps, STEPS) else 1
        for k in range(0, self.steps.size, every):
            cells = "".join(f"{_number(curve.errors[k]):>12}" for curve in self.curves)
            rows.append(f"  {self.steps[k]:<8.0e}{cells}")
        rows += ["", f"  {'':<24}{heads}"]
        for label, pick in _SUMMARY:
            rows.append(f"  {label:<24}" + "".join(f"{pick(curve):>12}" for curve in self.curves))
        rows += [f"  {curve.method}: {curve.remark}" for curve in self.curves if curve.remark]
        return "\n".join(rows)

    def figure(self) -> Figure:
        return drawn(self)


def _number(value: float | None) -> str:
    return "-" if value is None or not np.isfinite(value) else f"{value:.1e}"


def _slope(line: tuple[float, float] | None) -> str:
    return "-" if line is None else f"{line[0]:.2f}"


_SUMMARY: tuple[tuple[str, Callable[[Curve], str]], ...] = (
    ("slope of truncation", lambda curve: _slope(curve.truncation)),
    ("slope of rounding", lambda curve: _slope(curve.rounding)),
    ("best h", lambda curve: _number(curve.best)),
    ("error there", lambda curve: _number(_least(curve.errors))),
    ("h where the lines cross", lambda curve: _number(curve.balance)),
    ("h by default", lambda curve: _number(curve.rule)),
    ("evaluations of f", lambda curve: str(curve.evaluations)),
)


def _least(errors: Vector) -> float:
    return float(np.nanmin(errors)) if np.any(np.isfinite(errors)) else np.nan


def study(
    function: Callable[..., Any],
    args: Sequence[Any],
    argnums: Argnums = 0,
    tangents: Any = None,
    methods: Sequence[str] = METHODS,
    steps: Any = None,
    reference: Any = None,
    kwargs: dict[str, Any] | None = None,
) -> StepStudy:
    """The errors of differences for steps from 1e-1 to 1e-16, along one direction.

    Args:
        args: the arguments at which to differentiate.
        argnums: the arguments that move.
        tangents: the direction, for each of them a value of its structure; ones by default.
        methods: some of "forward", "central" and "complex".
        steps: other steps, an array; they are taken as they are, too short ones too.
        reference: the true derivative along the direction; by default that of `tangentc.jvp`.
        kwargs: keyword arguments of the function.
    Returns: a `StepStudy`, which prints itself as a table and draws itself.
    Raises:
        TangentcError: the function has no derivative, as `jvp` says it, and no reference is given.
        DifferentiationError: TC401, no such method, or steps that are none.

    A method that the function does not allow (complex numbers) has no errors and says why in `remark`.
    """
    steps = _checked(methods, steps)
    argnums = check_argnums(argnums, function)
    several = argnums if isinstance(argnums, tuple) else (argnums,)
    args, kwargs = prepared(function, several, tuple(args), kwargs or {})
    keys = select(several, function, args, kwargs)
    inputs = [get(key, args, kwargs) for key in keys]
    names = [name_of(key, function) for key in keys]
    if tangents is None:
        tangents = [map_leaves(_one, value) for value in inputs]
    elif not isinstance(argnums, tuple):
        tangents = (tangents,)
    dots = [door.tangent_like(t, x, name) for t, x, name in zip(tangents, inputs, names, strict=True)]
    if reference is None:
        reference = remembered("jvp", Identity(function), keys).along(args, kwargs, tuple(dots))[1]
    truth = _flat(reference)
    curves = []
    for method in methods:
        point = Point(function, keys, args, kwargs)
        seeds = [
            d if door.differentiable(x) else None for x, d in zip(point.leaves, leaves(dots), strict=True)
        ]
        curves.append(_curve(method, point.along(seeds, 1.0), steps, truth))
    title = (
        f"{getattr(function, '__name__', 'f')}, derivative along {', '.join(names)}: error against the step h"
    )
    return StepStudy(title, steps, reference, tuple(curves))


def _checked(methods: Any, steps: Any) -> Vector:
    """The steps, as an array.

    Raises: DifferentiationError: TC401.
    """
    wrong = [method for method in methods if method not in _QUOTIENTS]
    if wrong or isinstance(methods, str) or not methods:
        raise DifferentiationError(
            "TC401",
            f"methods={methods!r} is no selection of methods of differences",
            hint=f"they are {', '.join(METHODS)}, in a tuple",
        )
    found: Vector = STEPS if steps is None else np.asarray(steps, float)
    if found.ndim != 1 or not found.size or not np.all(np.isfinite(found) & (found > 0)):
        raise DifferentiationError("TC401", "the steps are no array of positive numbers")
    return found


def _one(leaf: Any) -> Any:
    if not door.differentiable(leaf):
        return None
    return np.ones_like(leaf) if isinstance(leaf, np.ndarray) else type(leaf)(1)


def _flat(tree: Any) -> Vector:
    parts = [np.ravel(leaf) for leaf in leaves(tree) if door.differentiable(leaf)]
    return np.concatenate([np.zeros(0), *parts])


# The steps are taken as the lecture writes them: what x + h loses by rounding is part of the picture.
_QUOTIENTS: dict[str, tuple[Callable[[Line, float], Vector], int]] = {
    "forward": (lambda line, h: (line.at(h) - line.point.origin()) / h, 2),
    "central": (lambda line, h: (line.at(h) - line.at(-h)) / (2.0 * h), 2),
    "complex": (lambda line, h: column("complex", line, h).value, 1),
}


def _curve(method: str, line: Line, steps: Vector, truth: Vector) -> Curve:
    quotient, evaluations = _QUOTIENTS[method]
    scale = float(np.max(np.abs(truth), initial=0.0)) or 1.0
    errors, remark = np.full(steps.size, np.nan), ""
    with np.errstate(all="ignore"):
        for k, h in enumerate(steps):
            try:
                found = quotient(line, float(h))
            except (ArithmeticError, ValueError):  # beyond the end of the function
                continue
            except DifferentiationError as error:
                errors[:], remark = np.nan, error.message
                break
            errors[k] = np.max(np.abs(found - truth), initial=0.0) / scale
    errors[~np.isfinite(errors)] = np.nan
    truncation, rounding = _lines(steps, errors, line)
    best = float(steps[np.nanargmin(errors)]) if np.any(np.isfinite(errors)) else np.nan
    return Curve(method, errors, truncation, rounding, best, default_step(method, line), evaluations, remark)


# --- the two lines -------------------------------------------------------------------------------

_FEWEST = 5  # points that a line is fitted to


def _lines(
    steps: Vector, errors: Vector, line: Line
) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """The lines of truncation and of rounding.

    Truncation is what lies beyond the longest step whose error is among the small ones; rounding lies below the
    shortest such step, as far as the step still moves the argument and the difference is not all noise.
    """
    unit = line.point.unit
    known = np.isfinite(errors)
    if not np.any(known):
        return None, None
    floor = np.quantile(errors[known & (errors > 0.0)], 0.05) if np.any(errors[known] > 0.0) else 0.0
    small = known & (errors <= max(10.0 * floor, 4.0 * unit))
    if not np.any(small):
        return None, None
    long, short = float(np.max(steps[small])), float(np.min(steps[small]))
    has_truncation = known & (steps > long) & (errors > 0.0)
    has_rounding = known & (steps < short) & (errors < 0.3) & (steps > 4.0 * unit * line.size)
    return _fitted(steps, errors, has_truncation), _fitted(steps, errors, has_rounding)


def _fitted(steps: Vector, errors: Vector, where: Vector) -> tuple[float, float] | None:
    """The line through the logarithms by Theil and Sen: medians, which errors that happen to be small do not move."""
    x, y = np.log10(steps[where]), np.log10(errors[where])
    if x.size < _FEWEST:
        return None
    i, j = np.triu_indices(x.size, 1)
    slope = float(np.median((y[j] - y[i]) / (x[j] - x[i])))
    return slope, float(np.median(y - slope * x))
