"""Numbers in a row as derivatives: in the structure of the arguments, of the output, or of both."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.kinds.of_values import map_leaves
from tangentc.numeric.lines import Point, Vector, is_number
from tangentc.runtime import door

__all__ = ["arguments_like", "blocks", "like", "output_like"]


def arguments_like(point: Point, values: Any, is_single: bool, join: Callable[..., Any]) -> Any:
    """Numbers in the structure of the differentiated arguments; `join` makes one of the two of a complex number."""

    def filled(leaf: Any) -> Any:
        if not door.differentiable(leaf):
            return None
        per_entry = 2 if np.iscomplexobj(leaf) else 1
        drawn = [list(itertools.islice(values, per_entry)) for _ in range(np.size(leaf))]
        entries = np.array([join(pair) if per_entry == 2 else pair[0] for pair in drawn])
        return like(leaf, entries.reshape(np.shape(leaf)))

    tree = map_leaves(filled, point.inputs)
    return tree[0] if is_single else tuple(tree)


def like(leaf: Any, value: Vector) -> Any:
    """A number or an array of the type and precision of another; complex where the values are, and only there."""
    is_complex = np.iscomplexobj(value)
    if isinstance(leaf, (np.generic, np.ndarray)):
        found = value.astype(
            _precision(leaf.dtype if leaf.dtype.kind in "fc" else np.dtype(float), is_complex)
        )
        return found if isinstance(leaf, np.ndarray) else found[()]
    return complex(value[()]) if is_complex else float(value[()])


def _precision(dtype: np.dtype[Any], is_complex: bool) -> np.dtype[Any]:
    """The real or the complex dtype of the precision of another."""
    real = np.zeros(0, dtype).real.dtype
    return np.result_type(real, np.complex64) if is_complex else real


def output_like(point: Point, numbers: Vector) -> Any:
    """A vector of numbers in the structure of the output; None where it holds none."""
    offset = 0

    def part(leaf: Any) -> Any:
        nonlocal offset
        if not is_number(leaf):
            return None
        piece = numbers[offset : offset + np.size(leaf)].reshape(np.shape(leaf))
        offset += np.size(leaf)
        if not door.differentiable(leaf):
            return None
        return like(leaf, piece if np.iscomplexobj(leaf) else piece.real)

    return map_leaves(part, point.shown())


def blocks(point: Point, output: Any, columns: list[Vector], is_single: bool) -> Any:
    """The structure of the output, in the place of each of its leaves the structure of the arguments."""
    rows = point.origin().size if not columns else columns[0].size
    matrix = np.stack(columns, axis=1) if columns else np.zeros((rows, 0))
    row = 0

    def of_output(leaf: Any) -> Any:
        nonlocal row
        rows = slice(row, row + (np.size(leaf) if is_number(leaf) else 0))
        row, column = rows.stop, 0

        def of_argument(argument: Any) -> Any:
            nonlocal column
            if not door.differentiable(argument):
                return None
            block = matrix[rows, column : column + np.size(argument)]
            column += np.size(argument)
            if not door.differentiable(leaf):
                return None
            return _block(block if np.iscomplexobj(leaf) else block.real, leaf, argument)

        tree = map_leaves(of_argument, point.inputs)
        return tree[0] if is_single else tuple(tree)

    return map_leaves(of_output, output)


def _block(block: Vector, leaf: Any, argument: Any) -> Any:
    found = block.reshape(np.shape(leaf) + np.shape(argument))
    if not isinstance(leaf, np.ndarray) and not isinstance(argument, np.ndarray):
        return found.item()
    return found.astype(_precision(np.result_type(leaf, argument), np.iscomplexobj(found)))
