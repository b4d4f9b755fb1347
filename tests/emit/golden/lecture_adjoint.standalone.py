from __future__ import annotations

from typing import Any

import numpy as np


def f_adjoint(x1, x2, y_bar=1.0):
    """Adjoint of f (lecture.py:3), with respect to x1, x2. Nothing recorded."""
    x1 = float_argument("x1", x1)
    x2 = float_argument("x2", x2)
    y_bar = float_argument("y_bar", y_bar)
    # forward sweep
    y = np.log(x1) + x1 * x2 - np.sin(x2)
    # reverse sweep
    x2_bar = -np.cos(x2) * y_bar
    x1_bar = x2 * y_bar
    x2_bar += x1 * y_bar
    x1_bar += y_bar / x1
    return y, (x1_bar, x2_bar)


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)
