"""Gradients, Jacobians and directional derivatives by differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError, did_you_mean
from tangentc.kinds.of_values import Identity, leaves
from tangentc.numeric.analytic import check_along, check_along_all, refuse_complex
from tangentc.numeric.lines import Point, is_number
from tangentc.numeric.results import arguments_like, blocks, output_like
from tangentc.numeric.rules import METHODS, Column, Step, column
from tangentc.runtime import door
from tangentc.runtime.calls import prepared
from tangentc.runtime.functional import functional, in_their_form, learned_at, with_dicts
from tangentc.runtime.selection import Argnums, check_argnums, name_of, select, signature_of

__all__ = ["Estimate", "directional", "grad", "jacobian"]

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derivative found by differences.

    Attributes:
        value: the derivative, in the form in which `tangentc` gives it.
        evaluations: how often the function was called.
        step: how far each number of the arguments was moved, in their structure; of a directional derivative one
            number.  Of adaptive differences it is the first, longest step.
        error: an estimate of the error of each number in `value`, which a step "balanced" and the methods "adaptive"
            and "complex" give; else None, for nothing was spent on it.  It is no bound.
        method: how it was found.
    """

    value: Any
    evaluations: int
    step: Any
    error: Any
    method: str


def grad(
    function: Function,
    argnums: Argnums = 0,
    method: str = "central",
    step: Step = None,
    *,
    scale: float = 1.0,
    check: bool = True,
) -> Callable[..., Estimate]:
    """The gradient of a function with one output element; the arguments are those of `tangentc.grad`.

    Args:
        function: any function of numbers, arrays, and tuples, lists, dicts and records of them.
        argnums: which arguments, by position or name; a tuple gives a tuple.
        method: for n numbers in the arguments
            "forward", (f(x + h) - f(x)) / h, n + 1 evaluations, half the digits are right;
            "central", (f(x + h) - f(x - h)) / 2h, 2 n evaluations, two thirds of them;
            "complex", Im f(x + ih) / h, n + 3 evaluations, all of them, for analytic functions of real numbers;
            "adaptive", differences of order 8 by `scipy.differentiate`, about 10 to 20 n evaluations, nearly all.
        step: h, by default the step at which truncation and rounding balance for a function that changes over the
            size of its argument, max(|x|, scale), as much as it has value.  "balanced" measures the derivatives on
            which the balance depends, with 2 n (forward) or 4 n (central) evaluations more; one step serves all
            results.  A negative step makes a forward difference a backward one.  Of "adaptive" it is the first step.
        scale: the typical size of an argument, below which it counts as this large.
        check: whether to compare the complex step with one central difference (2 of its evaluations), as a function
            may drop the imaginary part in silence.  That shows what moves the derivative by one part in ten
            thousand (in single precision one in a hundred), at a point without a kink.
    Returns:
        a callable with the arguments of the function, which gives an `Estimate`; a float for a float, else an array
        of the argument's dtype and shape.  Of a complex argument z = x + iy it is df/dx - i df/dy, as `tangentc.grad`
        has it.
    Raises:
        DifferentiationError: TC301, several output elements; TC302 to TC304, such an argument; TC312, a complex output;
            TC401, no such method or step; TC402, the function is not analytic; TC403, it is not finite near the point.
        ImportError: "adaptive" without SciPy 1.15.

    The function sees copies, so its arguments stay as they are; it must compute the same whenever it is called.
    Precision follows the arguments and the results: where either is float32, the steps are those of float32.  What is
    rounded to fewer digits within cannot be seen.
    """
    return _estimator(_gradient, function, argnums, method, step, scale, check)


def jacobian(
    function: Function,
    argnums: Argnums = 0,
    method: str = "central",
    step: Step = None,
    *,
    scale: float = 1.0,
    check: bool = True,
) -> Callable[..., Estimate]:
    """The Jacobian of a function, column by column; the arguments are those of `grad`, here and in `tangentc`.

    Returns: a callable that gives an `Estimate`; for an output of shape (m, …) and an argument of shape (n, …) an
        array (m, …, n, …), a float where both are numbers, blocks for containers, as `tangentc.jacobian` has them.
    Raises: as `grad`; TC312, a complex argument, for which `directional` may be asked.
    """
    return _estimator(_matrix, function, argnums, method, step, scale, check)


def directional(
    function: Function,
    primals: Any,
    tangents: Any,
    method: str = "central",
    step: Step = None,
    *,
    scale: float = 1.0,
    check: bool = True,
) -> Estimate:
    """The derivative along a direction, J x_dot, whatever the number of arguments: the cost of one column.

    Args:
        primals, tangents: tuples as those of `tangentc.jvp`; a tangent None leaves its argument as it is.
        the others: as those of `grad`; the step is in units of the tangents.
    Returns: an `Estimate` whose value has the structure of the output.
    Raises: as `grad`; TC309, tangents that do not fit the primals.
    """
    _validate(method, step, scale)
    primals, tangents = _paired(primals, tangents)
    keys = tuple(i for i, tangent in enumerate(tangents) if tangent is not None)
    args, _ = prepared(function, keys, primals, {})
    seeds = [door.tangent_like(tangents[i], args[i], name_of(i, function)) for i in keys]
    point = Point(function, keys, args, {})
    dots = [d if door.differentiable(x) else None for x, d in zip(point.leaves, leaves(seeds), strict=True)]
    if method == "complex":
        refuse_complex(point)
    line = point.along(dots, scale)
    found = column(method, line, _length(step))
    if method == "complex" and check:
        check_along(point, [found], [1.0], line)
    value = output_like(point, found.value)
    error = None if found.error is None else output_like(point, found.error)
    return Estimate(value, point.evaluations, found.step, error, method)


# --- what the three share ------------------------------------------------------------------------


def _estimator(
    assemble: Callable[..., Estimate],
    function: Function,
    argnums: Argnums,
    method: str,
    step: Step,
    scale: float,
    check: bool,
) -> Callable[..., Estimate]:
    _validate(method, step, scale)
    argnums = check_argnums(argnums, function)

    def estimate(*args: Any, **kwargs: Any) -> Estimate:
        program, owners = function, learned_at(function, argnums, args, kwargs)
        if owners:  # of a module the parameters are moved
            program = functional(Identity(function), owners)
            args, kwargs = with_dicts(owners, args, kwargs)
        args, kwargs = prepared(program, argnums, args, kwargs)
        keys = select(argnums, program, args, kwargs)
        point = Point(program, keys, args, kwargs)
        if method == "complex":
            refuse_complex(point)
        run = partial(_columns, point, method, _length(step), scale, check)
        found = assemble(point, run, not isinstance(argnums, tuple), method)
        return replace(found, value=in_their_form(owners, keys, found.value)) if owners else found

    estimate.__name__ = estimate.__qualname__ = getattr(function, "__name__", "estimate")
    estimate.__doc__ = getattr(function, "__doc__", None)
    vars(estimate)["__signature__"] = signature_of(function)
    return estimate


def _columns(point: Point, method: str, step: Step, scale: float, check: bool) -> list[Column]:
    lines = list(point.coordinates(scale))
    found = [column(method, line, step) for line in lines]
    if not found:
        point.origin()
    elif method == "complex" and check:
        check_along_all(point, found, lines, scale)
    return found


def _validate(method: Any, step: Any, scale: Any) -> None:
    """Refuse what means no difference.

    Raises: DifferentiationError: TC401.
    """
    if method not in METHODS:
        hint = did_you_mean(str(method), METHODS) or f"the methods are {', '.join(METHODS)}"
        raise DifferentiationError("TC401", f"there is no method of differences {method!r}", hint=hint)
    measured = ("forward", "central")
    is_length = isinstance(step, (int, float, np.floating)) and not isinstance(step, bool)
    if isinstance(step, str) and step == "balanced" and method in measured:
        pass
    elif not (step is None or (is_length and np.isfinite(step) and step != 0)):
        raise DifferentiationError(
            "TC401",
            f"step={step!r} is no step of {method} differences",
            hint="give a number" + (' or "balanced"' if method in measured else ""),
        )
    elif is_length and step < 0 and method != "forward":
        raise DifferentiationError("TC401", f"step={step!r}: a step of {method} differences is positive")
    if not (np.isfinite(scale) and scale > 0):
        raise DifferentiationError("TC401", f"scale={scale!r} is no size of an argument: it is positive")


def _length(step: Step) -> Step:
    return step if step is None or isinstance(step, str) else float(step)


def _paired(primals: Any, tangents: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    is_pair = all(isinstance(given, (tuple, list)) for given in (primals, tangents))
    if not is_pair or len(primals) != len(tangents) or all(tangent is None for tangent in tangents):
        raise DifferentiationError(
            "TC309",
            "primals and tangents are no tuples of one length with a tangent for at least one argument",
            hint="write tuples, also for one argument: directional(f, (x,), (x_dot,))",
        )
    return tuple(primals), tuple(tangents)


# --- results -------------------------------------------------------------------------------------


def _gradient(point: Point, run: Callable[[], list[Column]], is_single: bool, method: str) -> Estimate:
    found = run()
    output = point.shown()
    numbers = leaves(output)
    if len(numbers) != 1 or np.size(numbers[0]) != 1 or not is_number(numbers[0]):
        raise DifferentiationError(
            "TC301",
            "the function does not return one number, and a gradient needs one",
            hint="return one number, or use numeric.jacobian or numeric.directional",
        )
    if np.iscomplexobj(numbers[0]):
        raise DifferentiationError(
            "TC312", "the function returns a complex number, and a gradient needs a real one"
        )
    values = iter([c.value[0] for c in found])
    value = arguments_like(point, values, is_single, lambda pair: pair[0] - 1j * pair[1])
    error = None
    if all(c.error is not None for c in found):
        errors = iter([c.error[0] for c in found if c.error is not None])
        error = arguments_like(point, errors, is_single, lambda pair: float(np.hypot(*pair)))
    return Estimate(value, point.evaluations, _steps(point, found, is_single), error, method)


def _steps(point: Point, found: list[Column], is_single: bool) -> Any:
    return arguments_like(point, iter([c.step for c in found]), is_single, max)


def _matrix(point: Point, run: Callable[[], list[Column]], is_single: bool, method: str) -> Estimate:
    if any(np.iscomplexobj(leaf) for leaf in point.leaves):
        raise DifferentiationError(
            "TC312",
            "an argument is complex, and a function of complex numbers has a Jacobian only where it is analytic",
            hint="use numeric.directional, along 1 or along i",
        )
    found = run()
    output = point.shown()
    value = blocks(point, output, [c.value for c in found], is_single)
    error = None
    if all(c.error is not None for c in found):
        error = blocks(point, output, [c.error for c in found if c.error is not None], is_single)
    return Estimate(value, point.evaluations, _steps(point, found, is_single), error, method)
