"""What builtins, `itertools` and the methods of containers mean, in Python, where lengths and keys are not known.

The compiler inlines these functions in place of the user's calls; none is ever run as it is.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tangentc.frontend.state.context import Context
    from tangentc.frontend.state.values import Value

__all__ = ["belongs_to_tensors", "is_of_library", "library_call", "stands_in"]


def is_of_library(function: types.FunctionType) -> bool:
    """Whether a function is one of these."""
    return (function.__module__ or "").startswith(f"{__name__}.")


def belongs_to_tensors(function: types.FunctionType) -> bool:
    """Whether a function is one of the layer of tensors and modules, which is written for programs to be inlined."""
    return str(function.__globals__.get("__name__", "")).startswith(_TENSORS)


_TENSORS = ("tangentc.eager", "tangentc.nn", "tangentc.runtime.functional")
_STANDING_IN = (f"{__name__}.interpolation", f"{__name__}.sparse")


def stands_in(cls: type) -> bool:
    """Whether a class of this library stands for one of SciPy, whose objects the program would have."""
    return cls.__module__ in _STANDING_IN


def library_call(
    context: Context, function: Any, *args: Value, site: Any = None, keywords: dict[str, Value] | None = None
) -> Value:
    """Inline a function of this library: what it makes counts as made at `site`, else by the user's call."""
    from tangentc.frontend.functions.inlining import inline_library

    return inline_library(context, function, args, site or context.here, keywords or {})
