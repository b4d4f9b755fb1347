"""Lower a program, run its trace in the interpreter, and compare with Python."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import tangentc.primitives.table  # noqa: F401
from tangentc.frontend.lower import Lowered, lower
from tangentc.ir.interpret import interpret
from tangentc.ir.verify import verify
from tangentc.pipeline import derive
from tangentc.runtime.promotions import Promotions


def lowered(program: Callable[..., Any], *args: Any, **kwargs: Any) -> Lowered:
    """The trace for these arguments; parameters are promoted to constants as the door would."""
    result = Promotions().settle(partial(_lower, program), args, kwargs, ())
    verify(result.function)
    return result


def _lower(program: Callable[..., Any], args: Any, kwargs: Any) -> Lowered:
    return lower(program, args, kwargs, derive)


def run(result: Lowered, *args: Any, **kwargs: Any) -> Any:
    """What the trace returns; the captured data are read now."""
    assert all(guard.holds() for guard in result.guards)
    names = [p.name for p in result.function.parameters if p.kind == "hidden"]
    hidden = {name: captured.place() for name, captured in zip(names, result.captured, strict=True)}
    args, kwargs = copy.deepcopy((args, kwargs))
    return interpret(result.function, *args, **kwargs, **hidden)


def assert_same(got: Any, want: Any) -> None:
    """Equal to the last bit, of the same types."""
    if isinstance(want, (tuple, list)):
        assert len(got) == len(want)
        for a, b in zip(got, want, strict=True):
            assert_same(a, b)
    elif isinstance(want, dict):
        assert list(got) == list(want)
        for key in want:
            assert_same(got[key], want[key])
    else:
        assert type(got) is type(want), f"{type(got)} instead of {type(want)}"
        if isinstance(want, (np.ndarray, np.generic)):
            assert got.dtype == want.dtype
        np.testing.assert_array_equal(got, want)


def check(program: Callable[..., Any], *args: Any, **kwargs: Any) -> Lowered:
    """The trace computes what Python computes."""
    result = lowered(program, *args, **kwargs)
    want = program(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    assert_same(run(result, *args, **kwargs), want)
    return result
