from __future__ import annotations

from typing import Any

import numpy as np


def rebound(x):
    x = float_argument("x", x)
    y = x * x
    y_start = y
    y = np.sin(y)
    y *= y_start
    # reverse sweep
    return np.cos(y_start) * y


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)
