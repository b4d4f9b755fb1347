"""The functions of `scipy.fft`."""

from __future__ import annotations

from tangentc.primitives.declare import library_function
from tangentc.primitives.fourier import declare_transforms

declare_transforms("scipy.fft", "x", " -overwrite_x:False -workers:None * -plan:None")
for _name in ("dct", "idct", "dst", "idst"):
    library_function(
        f"scipy.fft.{_name}", "x", attributes={"type": 2, "n": None, "axis": -1, "norm": None, "orthogonalize": None},
        signature="x type n axis norm -overwrite_x:False -workers:None orthogonalize",
    )  # fmt: skip
