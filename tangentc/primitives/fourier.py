"""Discrete Fourier transforms."""

from __future__ import annotations

from tangentc.primitives.declare import library_function

__all__ = ["declare_transforms"]


def declare_transforms(module: str, x: str, options: str = "") -> None:
    """Register the transforms of a module; `x` is what it calls its operand, `options` the rest of its signatures."""
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        library_function(
            f"{module}.{name}", x, attributes={"n": None, "axis": -1, "norm": None},
            signature=f"{x} n axis norm{options}",
        )  # fmt: skip
    for name in ("fft2", "ifft2", "rfft2", "irfft2"):
        library_function(
            f"{module}.{name}", x, attributes={"s": None, "axes": (-2, -1), "norm": None},
            signature=f"{x} s axes norm{options}",
        )  # fmt: skip
    for name in ("fftn", "ifftn", "rfftn", "irfftn"):
        library_function(
            f"{module}.{name}", x, attributes={"s": None, "axes": None, "norm": None},
            signature=f"{x} s axes norm{options}",
        )  # fmt: skip


declare_transforms("np.fft", "a", " -out:None")
for _name in ("fftshift", "ifftshift"):
    library_function(f"np.fft.{_name}", "x", attributes={"axes": None})
for _name in ("fftfreq", "rfftfreq"):
    library_function(f"np.fft.{_name}", "n", "d", signature="n d? -device:None")
