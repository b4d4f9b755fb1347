"""Devices: there is one, the CPU.  Scripts that ask for others find that there are none.

`cuda`, `backends.mps` and `accelerator` answer `is_available()` as PyTorch does on a machine without them.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

__all__ = ["accelerator", "backends", "cuda", "device"]


class device(str):
    """Where an array is: `device("cpu")`.

    Raises: RuntimeError: it is another device than the CPU.
    """

    __slots__ = ()

    type = "cpu"

    def __new__(cls, type: Any = "cpu", index: Any = None) -> device:
        if str(type).partition(":")[0] != "cpu":
            raise RuntimeError(
                f"there is no device {str(type)!r}: arrays of NumPy are in the memory of the CPU"
            )
        return super().__new__(cls, "cpu")

    def __repr__(self) -> str:
        return "device(type='cpu')"


CPU = device()


def _never() -> bool:
    return False


def _none() -> int:
    return 0


def _nothing(*args: Any) -> None:
    """Do nothing: there is nothing to wait for, and no seed to set."""


cuda = SimpleNamespace(
    is_available=_never, device_count=_none, synchronize=_nothing, manual_seed=_nothing, manual_seed_all=_nothing,
    empty_cache=_nothing,
)  # fmt: skip
backends = SimpleNamespace(mps=SimpleNamespace(is_available=_never, is_built=_never))
accelerator = SimpleNamespace(is_available=_never, current_accelerator=_nothing, device_count=_none)
