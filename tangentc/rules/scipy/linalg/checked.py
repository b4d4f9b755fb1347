"""Rules of functions that may look for infinities and NaNs first: `check_finite` does not matter to a derivative."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from tangentc.rules import registry

__all__ = ["linearise"]

Rule = TypeVar("Rule", bound=Callable[..., Any])


def linearise(*functions: Any) -> Callable[[Rule], Rule]:
    """As `registry.linearise`, of functions with an attribute `check_finite` that the rule need not name."""

    def decorate(function: Rule) -> Rule:
        def rule(*operands: Any, check_finite: bool, **named: Any) -> Any:
            return function(*operands, **named)

        signature = inspect.signature(function)
        given = inspect.Parameter("check_finite", inspect.Parameter.KEYWORD_ONLY)
        rule.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*signature.parameters.values(), given]
        )
        registry.linearise(*functions)(rule)
        return function

    return decorate
