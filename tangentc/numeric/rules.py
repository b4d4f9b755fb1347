"""Difference quotients along a line, and how long their steps should be.

With the rounding unit u, a step h makes an error of two parts: truncation, a power of h, and rounding, u |f| / h.
Their sum is least where they balance, and there f and its derivatives give

    forward   truncation h |f''| / 2       h = 2 (u |f| / |f''|)^(1/2)
    central   truncation h^2 |f'''| / 6    h = (3 u |f| / |f'''|)^(1/3)

(Nocedal and Wright, "Numerical Optimization", 2006, section 8.1; Press et al., "Numerical Recipes", 2007, section
5.7).  Where nothing is known of the derivatives, f is taken to change as much over the size s of its argument as it
has value there, which leaves h = u^(1/2) s and h = u^(1/3) s; s is |x|, but not less than the typical size of an
argument (Dennis and Schnabel, "Numerical Methods for Unconstrained Optimization", 1983, section 5.4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.numeric.lines import Line, Vector, not_analytic

__all__ = ["METHODS", "Column", "Step", "column", "default_step"]

Step = float | str | None
"""A length, "balanced", or None for the rule of thumb."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The derivatives of all results along one line; `error` estimates that of each, where it is known."""

    value: Vector
    step: float
    error: Vector | None = None


def column(method: str, line: Line, step: Step) -> Column:
    """The derivatives along a line."""
    unit = line.point.unit
    found = METHODS[method](line, step)
    if line.point.unit > unit:  # results turn out to be less precise than arguments: they decide
        found = METHODS[method](line, step)
    return found


def default_step(method: str, line: Line) -> float:
    """The step of balance for a function that changes over the size of its argument as much as it has value."""
    return float(line.point.unit ** _POWERS[method]) * line.size


_POWERS = {"forward": 1 / 2, "central": 1 / 3, "complex": 4 / 3}


def _forward(line: Line, step: Step) -> Column:
    """(f(x + h d) - f(x)) / h."""
    h, error = _settled("forward", line, step)
    return Column(_quotient(line.at(h), line.point.origin(), h), h, error)


def _central(line: Line, step: Step) -> Column:
    """(f(x + h d) - f(x - h d)) / 2h."""
    h, error = _settled("central", line, step)
    return Column(_quotient(line.at(h), line.at(-h), 2 * h), h, error)


def _quotient(high: Vector, low: Vector, width: float) -> Vector:
    with np.errstate(all="ignore"):
        found: Vector = (high - low) / width
        return found


def _settled(method: str, line: Line, step: Step) -> tuple[float, Vector | None]:
    """The step, and the error to expect of it where it has been measured."""
    if step == "balanced":
        return _balanced(method, line)
    return line.exact(default_step(method, line) if step is None else float(step)), None


def _complex(line: Line, step: Step) -> Column:
    """Im f(x + i h d) / h: nothing is subtracted, so h may be as short as one likes (Squire and Trapp 1998)."""
    h = float(step) if isinstance(step, float) else default_step("complex", line)
    value = line.imaginary(h)
    if not np.iscomplexobj(value):
        raise not_analytic(
            "given complex numbers, the function returns real ones: it loses their imaginary part, or is constant"
        )
    return Column(value.imag / h, h, line.point.unit * np.abs(value.imag / h))


# --- measured balance ----------------------------------------------------------------------------

_TRIES = 12  # of shorter and shorter steps, where a function ends near the point


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Estimates of |f|, |f'| and the derivative |f''| or |f'''| that truncation depends on, for each result."""

    value: Vector
    slope: Vector
    higher: Vector


def _balanced(method: str, line: Line) -> tuple[float, Vector | None]:
    """The step of balance by derivatives that are measured, and the error that it leaves.

    A value is taken to be as uncertain as if it and the argument had been rounded: u (|f| + |x f'|).
    """
    order, power, measure = (1, 1 / 4, _second) if method == "forward" else (2, 1 / 5, _third)
    start = line.point.unit**power * line.size
    for _ in range(_TRIES):
        probe = line.exact(start)
        found = measure(line, probe)
        if np.all(np.isfinite(found.higher)):
            break
        start /= 8.0
    else:
        raise DifferentiationError(
            "TC403",
            "the function is not finite near this point, so no step can be balanced",
            hint="choose the step: step=1e-6",
        )
    noise = line.point.unit * (found.value + line.reach * found.slope)
    total = float(np.sum(noise))
    if total == 0.0:
        return line.exact(default_step(method, line)), np.zeros_like(noise)
    # what cannot be told from noise counts as such, or a straight line would have a step without end
    higher = max(float(np.sum(found.higher)), 4.0 * total / probe ** (order + 1))
    h = line.exact(2.0 * (total / higher) ** (1 / 2) if order == 1 else (3.0 * total / higher) ** (1 / 3))
    if order == 1:
        return h, found.higher * h / 2.0 + 2.0 * noise / h
    return h, found.higher * h**2 / 6.0 + noise / h


def _second(line: Line, h: float) -> _Measured:
    here = line.point.origin()
    up, down = _probed(line, h), _probed(line, -h)
    with np.errstate(all="ignore"):
        second = np.abs(up - 2.0 * here + down) / h**2
        return _Measured(np.abs(here), np.abs(up - down) / (2.0 * h), second)


def _third(line: Line, h: float) -> _Measured:
    far, up, down, back = (_probed(line, k * h) for k in (2.0, 1.0, -1.0, -2.0))
    with np.errstate(all="ignore"):
        third = np.abs(far - 2.0 * up + 2.0 * down - back) / (2.0 * h**3)
        return _Measured(np.maximum(np.abs(up), np.abs(down)), np.abs(up - down) / (2.0 * h), third)


def _probed(line: Line, t: float) -> Vector:
    """The value so far from the point that the function may have none there."""
    try:
        with np.errstate(all="ignore"):
            return line.at(t)
    except (ArithmeticError, ValueError):  # as the functions of `math` say it
        return np.full(line.point.origin().shape, np.nan)


# --- adaptive ------------------------------------------------------------------------------------


def _adaptive(line: Line, step: Step) -> Column:
    """Differences of order 8 with steps that are halved until the estimated error is small: `scipy.differentiate`.

    Each point on the line is evaluated once for all results.
    """
    start = float(step) if isinstance(step, float) else 2.0 ** round(np.log2(line.size / 8.0))
    seen: dict[float, Vector] = {}

    def value(t: float) -> Vector:
        if t not in seen:
            found = line.point.origin() if t == 0.0 else _probed(line, t)
            seen[t] = found.view(float) if np.iscomplexobj(found) else found
        return seen[t]

    results = value(0.0).size
    is_complex = np.iscomplexobj(line.point.origin())
    for _ in range(_TRIES):
        found = _differentiated(value, results, line, start)
        if found is not None:
            df, error = (part.view(complex) if is_complex else part for part in found)
            return Column(df, start, np.hypot(error.real, error.imag) if is_complex else error)
        start /= 8.0
    raise DifferentiationError(
        "TC403",
        "adaptive differences find no finite derivative: the function is not finite near this point",
        hint="choose a shorter first step: step=1e-6",
    )


def _differentiated(
    value: Callable[[float], Vector], results: int, line: Line, start: float
) -> tuple[Vector, Vector] | None:
    """The derivatives of all results and estimates of their errors; None where the function ends on the way."""
    try:
        from scipy.differentiate import derivative
    except ImportError as error:
        raise ImportError(
            "adaptive differences need SciPy 1.15 or newer: pip install 'tangentc[numeric]'"
        ) from error

    def chosen(t: Any, which: Any) -> Any:
        t, which = np.broadcast_arrays(t, which)
        pairs = zip(t.ravel(), which.ravel(), strict=True)
        return np.array([value(float(at))[k] for at, k in pairs]).reshape(t.shape)

    # a little above what rounding lets through, or steps would be halved into the noise
    unit, largest = line.point.unit, float(np.max(np.abs(value(0.0)), initial=0.0))
    tolerances = {"rtol": 100.0 * unit, "atol": 10.0 * unit * largest / start}
    which = np.arange(results)
    with np.errstate(all="ignore"):
        found = derivative(
            chosen, np.zeros(results), args=(which,), initial_step=start, tolerances=tolerances
        )
    if bool(np.any(found.status == -3)):
        return None
    return np.ascontiguousarray(found.df), np.ascontiguousarray(found.error)


METHODS: dict[str, Callable[[Line, Step], Column]] = {
    "forward": _forward,
    "central": _central,
    "complex": _complex,
    "adaptive": _adaptive,
}
