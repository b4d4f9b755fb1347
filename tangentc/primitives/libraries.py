"""The libraries whose functions are primitives, and the names that emitted code gives them."""

from __future__ import annotations

import sys
from operator import attrgetter
from types import ModuleType
from typing import Any

__all__ = ["library", "resolve"]

_LIBRARIES = {"np": "numpy", "math": "math", "scipy": "scipy"}


def library(root: str) -> ModuleType | None:
    """The module that a name such as "np" means in emitted code; None for other names, and until it is imported."""
    return sys.modules.get(_LIBRARIES.get(root, ""))


def resolve(path: str) -> Any:
    """The object that a dotted name such as "np.linalg.norm" means; None if this version lacks it."""
    root, _, rest = path.partition(".")
    try:
        return attrgetter(rest)(library(root))
    except AttributeError:
        return None
