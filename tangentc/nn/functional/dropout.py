"""Entries that are left out at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.custom import nondifferentiable, primitive
from tangentc.eager.creation import source
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import Array, Const, Kind

__all__ = ["dropout"]


def dropout(input: Any, p: float = 0.5, training: bool = True) -> Any:
    """In training each entry is 0 with probability p, and divided by 1 - p otherwise; else the input itself.

    The random numbers are those that `manual_seed` starts.

    Raises: ValueError: p is no probability.
    Source: Srivastava et al., "Dropout", JMLR 2014.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    return input * dropout_mask(input.shape, input.dtype, p)


def _mask_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    dtype = np.dtype(kinds[1].value) if isinstance(kinds[1], Const) else None
    return Array(dtype, dims_of_shape(kinds[0]))


@nondifferentiable
@primitive(pure=False, kind=_mask_kind)
def dropout_mask(shape: Any, dtype: Any, p: Any) -> Any:
    """0 with probability p, else 1 / (1 - p)."""
    kept = source().random(shape, np.float32) >= p
    return kept * np.dtype(dtype).type(1 / (1 - p) if p < 1 else 0)
