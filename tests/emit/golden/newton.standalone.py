from __future__ import annotations

from typing import Any


def newton(a):
    a = float_argument("a", a)
    x = 1.0
    while abs(x * x - a) > 1e-09:
        x = 0.5 * (x + a / x)
    return x


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)
