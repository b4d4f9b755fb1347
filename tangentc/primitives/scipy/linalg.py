"""The functions of `scipy.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from tangentc.kinds.types import ANY, Array, Kind, dtype_of, rank_of
from tangentc.numerics_matrices import expm_slope
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.linalg import contracting, solve_pairs, square_pairs

_BOTH = " -overwrite_a:False -overwrite_b:False -check_finite:True"


def solution_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """As many entries as the right-hand side, in the precision of both."""
    a, b = kinds
    types = [dtype_of(kind) for kind in kinds]
    if rank_of(a) != 2 or not isinstance(b, Array) or b.dims is None or None in types:
        return ANY
    dtype = np.result_type(*types)
    return Array(dtype if dtype.kind in "fc" else np.dtype(float), b.dims)


def _square(name: str, operand: str, signature: str, **attributes: Any) -> None:
    path = f"scipy.linalg.{name}"
    library_function(
        path, operand, attributes=attributes, signature=f"{operand} {signature}".strip(),
        kind=contracting(getattr(linalg, name), square_pairs),
    )  # fmt: skip


_square("inv", "a", "-overwrite_a:False -check_finite:True -assume_a:None -lower:False")
_square("det", "a", "-overwrite_a:False -check_finite:True")
_square("expm", "A", "")
_square("sqrtm", "A", "-disp:None -blocksize:None")
_square("cholesky", "a", "lower -overwrite_a:False -check_finite:True", lower=False)
declare(
    "expm_slope", expm_slope, "a", "e", kind=contracting(expm_slope, solve_pairs), callables=(expm_slope,)
)
library_function(
    "scipy.linalg.solve", "a", "b", kind=contracting(linalg.solve, solve_pairs),
    signature="a b -lower:False" + _BOTH + " -assume_a:None -transposed:False",
)  # fmt: skip
library_function(
    "scipy.linalg.solve_triangular", "a", "b", kind=solution_kind,
    attributes={"trans": 0, "lower": False, "unit_diagonal": False},
    signature="a b trans lower unit_diagonal -overwrite_b:False -check_finite:True",
)  # fmt: skip
library_function("scipy.linalg.solve_sylvester", "a", "b", "q")
library_function("scipy.linalg.solve_continuous_lyapunov", "a", "q")
library_function("scipy.linalg.toeplitz", "c", "r", signature="c r?")
