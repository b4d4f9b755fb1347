"""Functions that combine the entries along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangentc import numerics
from tangentc.kinds.dims import as_size, label_of, product
from tangentc.kinds.probing import probe
from tangentc.kinds.types import ANY, Array, Kind, fresh
from tangentc.primitives.core import KindRule
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.libraries import resolve


def reduction_kind(function: Callable[..., Any]) -> KindRule:
    """Probed; over all axes the rank does not matter."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        x, *rest = kinds
        if (
            isinstance(x, Array)
            and x.dims is None
            and attrs.get("axis") is None
            and not attrs.get("keepdims")
        ):
            x = Array(x.dtype, (fresh(),))
        return probe(function, (x, *rest), attrs)

    return kind


def reduction(path: str, also: tuple[str, ...] = (), **attributes: Any) -> None:
    library_function(path, "a", also=also, attributes=attributes, kind=reduction_kind(resolve(path)))


for _name in ("sum", "prod", "mean", "nansum", "nanprod", "nanmean"):
    reduction(f"np.{_name}", axis=None, dtype=None, keepdims=False)
reduction("np.max", ("np.amax",), axis=None, keepdims=False)
reduction("np.min", ("np.amin",), axis=None, keepdims=False)
for _name in ("nanmax", "nanmin", "ptp", "all", "any", "count_nonzero"):
    reduction(f"np.{_name}", axis=None, keepdims=False)
for _name in ("var", "std", "nanvar", "nanstd"):
    reduction(f"np.{_name}", axis=None, dtype=None, ddof=0, keepdims=False)


def cumulative_kind(function: Callable[..., Any]) -> KindRule:
    """Without an axis, over all entries in one row."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        x = kinds[0]
        if isinstance(x, Array) and attrs.get("axis") is None:
            x = Array(x.dtype, (fresh() if x.dims is None else product(x.dims),))
        return probe(function, (x,), attrs)

    return kind


for _name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
    library_function(
        f"np.{_name}",
        "a",
        attributes={"axis": None, "dtype": None},
        kind=cumulative_kind(resolve(f"np.{_name}")),
    )
for _name in ("cumulative_sum", "cumulative_prod"):
    library_function(
        f"np.{_name}", "x", attributes={"axis": None, "dtype": None, "include_initial": False},
        signature="x * axis dtype -out:None include_initial",
    )  # fmt: skip

# Methods of ufuncs that are no other function; the frontend writes np.add.reduce as np.sum, and so on.
library_function(
    "np.logaddexp.reduce", "array", attributes={"axis": 0, "keepdims": False},
    signature="array axis -dtype:None -out:None keepdims -initial -where:True",
)  # fmt: skip
for _name in ("maximum", "minimum"):
    library_function(
        f"np.{_name}.accumulate",
        "array",
        attributes={"axis": 0},
        signature="array axis -dtype:None -out:None",
    )
library_function(
    "np.add.reduceat",
    "array",
    "indices",
    attributes={"axis": 0},
    signature="array indices axis -dtype:None -out:None",
)


def spread_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """As many entries along the axis as the third operand says."""
    w, _, size = kinds
    if not isinstance(w, Array) or w.dims is None:
        return ANY
    axis = attrs.get("axis", 0) % len(w.dims)
    label = label_of(size)
    return Array(w.dtype, (*w.dims[:axis], fresh() if label is None else as_size(label), *w.dims[axis + 1 :]))


declare(
    "spread_parts", numerics.spread_parts, "w", "indices", "size",
    attributes={"axis": 0}, kind=spread_kind, callables=(numerics.spread_parts,),
)  # fmt: skip
