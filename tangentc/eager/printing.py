"""Tensors as text, in PyTorch's form.

Source: the rules of `torch.set_printoptions`: four digits, 80 columns, more than 1,000 elements are shortened to
three at each end; scientific notation where values are very small, very large, or far apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tangentc.eager.dtypes import default_dtype

if TYPE_CHECKING:
    from tangentc.eager.tensor import Tensor

__all__ = ["set_printoptions", "text_of"]


@dataclass(slots=True)
class _Options:
    precision: int = 4
    threshold: int = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


OPTIONS = _Options()


def set_printoptions(
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors are printed; what is None stays, but for `sci_mode`, where it lets the values decide."""
    for name, value in (
        ("precision", precision), ("threshold", threshold), ("edgeitems", edgeitems), ("linewidth", linewidth)
    ):  # fmt: skip
        if value is not None:
            setattr(OPTIONS, name, value)
    OPTIONS.sci_mode = sci_mode


def text_of(tensor: Tensor) -> str:
    """`tensor([1., 2.], requires_grad=True)`."""
    prefix = "tensor("
    array = tensor._array
    body: str = _body(array, len(prefix))
    suffixes = []
    if array.size == 0 and array.ndim != 1:
        suffixes.append(f"size={tuple(array.shape)}")
    unnamed = (
        default_dtype(),
        np.result_type(default_dtype(), np.complex64),
        np.dtype(np.int64),
        np.dtype(bool),
    )
    if array.dtype not in unnamed or (not array.size and array.dtype != default_dtype()):
        suffixes.append(f"dtype=torch.{array.dtype}")
    node = tensor.grad_fn
    if node is not None:
        suffixes.append(f"grad_fn=<{node.name()}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return _with_suffixes(prefix + body, suffixes, len(prefix))


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    """The suffixes stand in the last line as far as they fit."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > OPTIONS.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


def _body(array: Any, indent: int) -> str:
    if array.size == 0:
        return "[]"
    is_short = array.size > OPTIONS.threshold
    word = _formatter(_ends(array) if is_short else array)
    return _rows(array, indent, is_short, word)


def _ends(array: Any) -> Any:
    """The elements that are shown of a long array."""
    edge = OPTIONS.edgeitems
    for axis in range(array.ndim):
        if array.shape[axis] > 2 * edge:
            array = np.take(array, [*range(edge), *range(-edge, 0)], axis=axis)
    return array


def _rows(array: Any, indent: int, is_short: bool, word: _Word) -> str:
    if array.ndim == 0:
        return word(array.item())
    edge = OPTIONS.edgeitems
    is_cut = is_short and array.shape[0] > 2 * edge
    shown = [*array[:edge], None, *array[-edge:]] if is_cut else list(array)
    if array.ndim == 1:
        words = [" ..." if each is None else word(each) for each in shown]
        per_line = max(1, (OPTIONS.linewidth - indent) // (word.column + 2))
        lines = [words[i : i + per_line] for i in range(0, len(words), per_line)]
        separator = ",\n" + " " * (indent + 1)
        return "[" + separator.join(", ".join(line) for line in lines) + "]"
    parts = [" ..." if each is None else _rows(each, indent + 1, is_short, word) for each in shown]
    if is_cut:
        parts[edge] = "..."
    separator = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return f"[{separator.join(parts)}]"


class _Word:
    """Writes elements, padded to one width; `column` is the width by which lines are filled."""

    def __init__(self, plain: Callable[[Any], str], width: int, column: int | None = None) -> None:
        self.plain = plain
        self.width = width
        self.column = width if column is None else column

    def __call__(self, value: Any) -> str:
        return f"{self.plain(value):>{self.width}}"


def _formatter(array: Any) -> _Word:
    """How each element is written, so that all have one width."""
    if array.dtype.kind == "c":
        real, imag = _formatter(array.real), _formatter(array.imag)
        size = _formatter(np.abs(array.imag))
        return _Word(
            lambda z: f"{real(z.real)}{'-' if np.signbit(z.imag) else '+'}{size(abs(z.imag)).lstrip()}j",
            0,
            real.width + imag.width + 1,
        )
    if array.dtype.kind == "b":
        return _Word(lambda each: str(bool(each)), max(len(str(bool(each))) for each in array.flat))
    if array.dtype.kind in "iu":
        return _Word(lambda each: str(int(each)), max(len(str(int(each))) for each in array.flat))
    return _float_formatter(array.astype(np.float64))


def _float_formatter(array: Any) -> _Word:
    digits = OPTIONS.precision
    magnitudes = np.abs(array[np.isfinite(array) & (array != 0)])
    if magnitudes.size == 0:
        pattern = "{:.0f}."
        return _aligned(array, lambda each: pattern.format(each) if math.isfinite(each) else str(each))
    low, high = float(magnitudes.min()), float(magnitudes.max())
    is_whole = bool(np.all(magnitudes == np.ceil(magnitudes)))
    if is_whole:
        is_scientific = high / low > 1000.0 or high > 1e8
    else:
        is_scientific = high / low > 1000.0 or high > 1e8 or low < 1e-4
    if OPTIONS.sci_mode is not None:
        is_scientific = OPTIONS.sci_mode
    if is_scientific:
        pattern = f"{{:.{digits}e}}"
    else:
        pattern = "{:.0f}" if is_whole else f"{{:.{digits}f}}"
    dot = "." if is_whole and not is_scientific else ""
    return _aligned(array, lambda each: pattern.format(each) + (dot if math.isfinite(each) else ""))


def _aligned(array: Any, word: Callable[[float], str]) -> _Word:
    """Numbers that are finite and not 0 set the width."""
    counted = array[np.isfinite(array) & (array != 0)]
    return _Word(
        lambda each: word(float(each)), max((len(word(float(each))) for each in counted.flat), default=1)
    )
