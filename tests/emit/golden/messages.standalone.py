from __future__ import annotations

from typing import Any


def messages(x):
    x = float_argument("x", x)
    print(f'x = {x:.2f}!', end=' ')
    assert x > 0.0, "positive"
    if x > 10.0:
        v1 = ValueError("large")
        raise v1
    return x


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)
