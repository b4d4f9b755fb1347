"""The distances of `scipy.spatial`."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
import scipy.spatial.distance  # noqa: F401  # also where the user imported scipy.spatial alone

from tangentc.kinds.probing import probe
from tangentc.kinds.types import ANY, Array, Kind, fresh
from tangentc.primitives.declare import library_function
from tangentc.primitives.libraries import resolve

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def cdist_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A row for each row of the first, a column for each row of the second."""
    rows, columns = (kind.dims[0] if isinstance(kind, Array) and kind.dims else fresh() for kind in kinds[:2])
    return Array(np.dtype(float), (rows, columns))


def pdist_kind(kinds: Kinds, _: Attributes) -> Kind:
    """One entry for each pair of rows."""
    n = kinds[0].dims[0] if isinstance(kinds[0], Array) and kinds[0].dims else None
    return Array(np.dtype(float), (n * (n - 1) // 2 if isinstance(n, int) else fresh(),))


def squareform_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A symmetric matrix from the entries above its diagonal, or the other way round."""
    x = kinds[0]
    if not isinstance(x, Array) or x.dims is None or len(x.dims) not in (1, 2):
        return ANY
    n = x.dims[0]
    if len(x.dims) == 2:
        return Array(x.dtype, (n * (n - 1) // 2 if isinstance(n, int) else fresh(),))
    size = (1 + isqrt(1 + 8 * n)) // 2 if isinstance(n, int) else fresh()
    return Array(x.dtype, (size, size))


def _distance_kind(name: str) -> Any:
    function = resolve(f"scipy.spatial.distance.{name}")

    def kind(kinds: Kinds, attrs: Attributes) -> Kind:
        """A number; of which type, SciPy decides by that of the vectors."""
        sizes = [kind.dims[0] for kind in kinds if isinstance(kind, Array) and kind.dims]
        sizes += [
            kind.dims[1] for kind in kinds if isinstance(kind, Array) and kind.dims and len(kind.dims) == 2
        ]
        return probe(function, kinds, attrs, [(sizes[0], size) for size in sizes[1:]]) if sizes else ANY

    return kind


_PATH = "scipy.spatial.distance"
library_function(
    f"{_PATH}.cdist", "XA", "XB", "p=", "w=", "V=", "VI=", attributes={"metric": "euclidean"}, kind=cdist_kind,
    signature="XA XB metric * -out:None p? w? V? VI?",
)  # fmt: skip
library_function(
    f"{_PATH}.pdist", "X", "p=", "w=", "V=", "VI=", attributes={"metric": "euclidean"}, kind=pdist_kind,
    signature="X metric * -out:None p? w? V? VI?",
)  # fmt: skip
library_function(f"{_PATH}.squareform", "X", attributes={"force": "no", "checks": True}, kind=squareform_kind)
for _name in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "canberra", "braycurtis"):
    library_function(f"{_PATH}.{_name}", "u", "v", "w", signature="u v w?", kind=_distance_kind(_name))
library_function(
    f"{_PATH}.correlation", "u", "v", "w=", attributes={"centered": True}, signature="u v w? centered",
    kind=_distance_kind("correlation"),
)  # fmt: skip
library_function(
    f"{_PATH}.minkowski", "u", "v", "p=", "w=", signature="u v p? w?", kind=_distance_kind("minkowski")
)
library_function(f"{_PATH}.seuclidean", "u", "v", "V", kind=_distance_kind("seuclidean"))
library_function(f"{_PATH}.mahalanobis", "u", "v", "VI", kind=_distance_kind("mahalanobis"))
