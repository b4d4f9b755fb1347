"""What emitted code may call of matrix functions: SciPy only, each function whole in itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

__all__ = ["expm_slope"]


def expm_slope(a: Any, e: Any) -> Any:
    """The derivative of expm at a along e: a corner of the exponential of a block matrix.

    Source: N. J. Higham, "Functions of Matrices", 2008, section 3.2.
    """
    n = len(a)
    block = np.concatenate((np.concatenate((a, e), axis=1), np.concatenate((np.zeros_like(a), a), axis=1)))
    return linalg.expm(block)[:n, n:]
