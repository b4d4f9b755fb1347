"""Whether the complex step may be believed: the function must be analytic, which only its values can show."""

from __future__ import annotations

import numpy as np

from tangentc.numeric.lines import Line, Point, not_analytic
from tangentc.numeric.results import like
from tangentc.numeric.rules import Column, column
from tangentc.runtime import door

__all__ = ["check_along", "check_along_all", "refuse_complex"]


def refuse_complex(point: Point) -> None:
    """The complex step is for real functions of real numbers; what the function returns shows at the point itself."""
    if any(np.iscomplexobj(leaf) for leaf in point.leaves):
        raise not_analytic("the complex step is for functions of real numbers, and an argument is complex")
    if np.iscomplexobj(point.origin()):
        raise not_analytic(
            "the complex step is for functions that give real numbers, and a result is complex"
        )


def check_along_all(point: Point, found: list[Column], lines: list[Line], scale: float) -> None:
    """Compare the complex step with a difference along a direction in which every argument moves by its size."""
    signs = np.random.default_rng(0).choice([-1.0, 1.0], len(lines))
    amounts = [float(sign * line.size) for sign, line in zip(signs, lines, strict=True)]
    remaining = iter(amounts)
    dots = [
        like(leaf, np.array([next(remaining) for _ in range(np.size(leaf))]).reshape(np.shape(leaf)))
        if door.differentiable(leaf)
        else None
        for leaf in point.leaves
    ]
    check_along(point, found, amounts, point.along(dots, scale))


def check_along(point: Point, found: list[Column], amounts: list[float], line: Line) -> None:
    """Refuse a complex step that a central difference along `line`, the sum of columns by amounts, contradicts.

    Raises: DifferentiationError: TC402.
    """
    difference = column("central", line, None)
    with np.errstate(all="ignore"):
        parts = np.array([amount * c.value for amount, c in zip(amounts, found, strict=True)])
        noise = point.unit * np.abs(point.origin()) / difference.step
        allowed = max(1e-4, 30.0 * point.unit**0.5) * np.sum(np.abs(parts), axis=0) + 100.0 * noise
        wrong = np.abs(np.sum(parts, axis=0) - difference.value) > allowed
    if np.any(wrong):
        place = int(np.argmax(wrong))
        raise not_analytic(
            f"the complex step gives {np.sum(parts, axis=0)[place]:.6g} along a direction in which a difference gives "
            f"{difference.value[place]:.6g}: the function loses an imaginary part, or has a kink near this point"
        )
