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
library_function("scipy.fft.fht", "a", "dln", "mu", "offset", "bias", signature="a dln mu offset? bias?")
library_function("scipy.fft.ifht", "A", "dln", "mu", "offset", "bias", signature="A dln mu offset? bias?")
