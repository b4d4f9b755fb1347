"""The functions of `scipy.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.probing import probe
from tangentc.kinds.types import Array, Kind
from tangentc.primitives.declare import library_function
from tangentc.primitives.fourier import declare_transforms
from tangentc.primitives.libraries import resolve

declare_transforms("scipy.fft", "x", " -overwrite_x:False -workers:None * -plan:None")
for _name in ("dct", "idct", "dst", "idst"):
    library_function(
        f"scipy.fft.{_name}", "x", attributes={"type": 2, "n": None, "axis": -1, "norm": None, "orthogonalize": None},
        signature="x type n axis norm -overwrite_x:False -workers:None orthogonalize",
    )  # fmt: skip
for _name in ("dctn", "idctn", "dstn", "idstn"):
    library_function(
        f"scipy.fft.{_name}", "x",
        attributes={"type": 2, "s": None, "axes": None, "norm": None, "orthogonalize": None},
        signature=f"x type s axes norm -overwrite_x:False -workers:None {'* ' if _name == 'dctn' else ''}orthogonalize",
    )  # fmt: skip
for _name in ("hfft2", "ihfft2", "hfftn", "ihfftn"):
    library_function(
        f"scipy.fft.{_name}", "x",
        attributes={"s": None, "axes": None if _name.endswith("n") else (-2, -1), "norm": None},
        signature="x s axes norm -overwrite_x:False -workers:None * -plan:None",
    )  # fmt: skip
for _name in ("fftshift", "ifftshift"):
    library_function(f"scipy.fft.{_name}", "x", attributes={"axes": None})


def _hankel(name: str) -> Any:
    """Of double precision whatever the grid is, which is often computed by code that is not understood."""

    def rule(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        is_double = isinstance(kinds[0], Array) and kinds[0].dtype == np.dtype(float)
        return kinds[0] if is_double else probe(resolve(name), kinds, attrs)

    return rule


for _name, _operand in (("scipy.fft.fht", "a"), ("scipy.fft.ifht", "A")):
    library_function(
        _name, _operand, "dln", "mu", "offset", "bias",
        signature=f"{_operand} dln mu offset? bias?", kind=_hankel(_name),
    )  # fmt: skip
