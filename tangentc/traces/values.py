"""Numbers and arrays as the tables show them: with three decimals, large arrays by their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.traces.formulas import SHOWN

__all__ = ["exact", "is_array", "shown"]


def is_array(value: Any) -> bool:
    """Whether a value is an array with axes."""
    return isinstance(value, np.ndarray) and value.ndim > 0


def shown(value: Any) -> str:
    """A value with three decimals, as the lecture prints it."""
    if is_array(value):
        if value.size > SHOWN:
            return f"array of shape {value.shape}"
        text = np.array2string(value, formatter={"float_kind": shown, "complex_kind": shown}, separator=", ")
        return " ".join(text.split())
    if isinstance(value, (complex, np.complexfloating)):
        return f"{shown(value.real)}{'-' if value.imag < 0 else '+'}{shown(abs(value.imag))}j"
    number = float(value)
    if number == 0:
        return "0"
    if 1e-3 <= abs(number) < 1e7:
        return f"{number:.3f}".rstrip("0").rstrip(".")
    return f"{number:.4g}"


def exact(value: Any) -> str:
    """A number of the program with all its digits."""
    if is_array(value) or isinstance(value, (complex, np.complexfloating)):
        return shown(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(getattr(value, "item", lambda: value)())
