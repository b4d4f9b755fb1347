"""The Jacobian as the lecture computes it: n tangent passes, one for each input, or m adjoint passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tangentc.api import transformed
from tangentc.errors import DifferentiationError
from tangentc.jacobians import units
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.runtime import door
from tangentc.runtime.calls import prepared
from tangentc.runtime.selection import default_argnums, get
from tangentc.traces.tracing import arguments_of
from tangentc.traces.values import shown

__all__ = ["Pass", "Passes", "jacobian_by_passes"]


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """One run of the tangent or of the adjoint.

    seed: the unit vector e_i that it starts from.  result: the column i, or the row i, that it ends with.
    """

    seed: np.ndarray[Any, Any]
    result: np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """A Jacobian of shape (m, n), and the passes that computed it; printing it lists them."""

    mode: Literal["tangent", "adjoint"]
    jacobian: np.ndarray[Any, Any]
    passes: tuple[Pass, ...]

    def __len__(self) -> int:
        """How many passes it took."""
        return len(self.passes)

    def __str__(self) -> str:
        count, mark, (from_, to) = len(self), *_WORDS[self.mode]
        noun = "column" if self.mode == "tangent" else "row"
        lines = [f"{count} {self.mode} pass{'es' * (count != 1)}, each one {noun} of the Jacobian"]
        for run in self.passes:
            lines.append(f"  {from_}_{mark} = {shown(run.seed)} gives {to}_{mark} = {shown(run.result)}")
        return "\n".join(lines)


_WORDS = {"tangent": ("dot", ("x", "y")), "adjoint": ("bar", ("y", "x"))}


def jacobian_by_passes(
    function: Callable[..., Any], at: Any, mode: Literal["tangent", "adjoint"] = "tangent"
) -> Passes:
    """The Jacobian of f: R^n -> R^m at a point, with the passes that it takes: n forwards, or m in reverse.

    The real arguments, one after the other, are the vector x; the outputs are the vector y.  A tangent pass starts
    from x_dot = e_i and ends with the column i of the Jacobian, an adjoint pass starts from y_bar = e_j and ends with
    the row j; in reverse the program itself runs once.  `jacobian` and its relatives give the same numbers in the
    shapes of arguments and outputs.

        jacobian_by_passes(f, (1.0, 2.0, 3.0), mode="adjoint").jacobian

    Args:
        function, at: as those of `trace`.
        mode: "tangent" or "adjoint".
    Raises:
        DifferentiationError: TC312, arguments or outputs are complex.
    """
    if mode not in ("tangent", "adjoint"):
        raise ValueError(f"mode={mode!r} is neither 'tangent' nor 'adjoint'")
    args, kwargs = arguments_of(function, at)
    keys = default_argnums(args, kwargs)
    args, kwargs = prepared(function, keys, args, kwargs)
    inputs = tuple(get(key, args, kwargs) for key in keys)
    _refuse_complex(inputs, "an argument")
    run = _tangent_passes if mode == "tangent" else _adjoint_passes
    value, passes = run(
        transformed("jvp" if mode == "tangent" else "vjp", function, keys), args, kwargs, inputs
    )
    shape = (_vector(value, value).size, _vector(inputs, inputs).size)
    rows = np.array([each.result for each in passes], float).reshape(
        shape[::-1] if mode == "tangent" else shape
    )
    return Passes(mode, rows.T.copy() if mode == "tangent" else rows, tuple(passes))


def _tangent_passes(derivative: Any, args: Any, kwargs: Any, inputs: Any) -> tuple[Any, list[Pass]]:
    passes = []
    for seed in _seeds(inputs):
        value, dots = derivative.along(args, kwargs, seed)
        _refuse_complex(value, "the output")
        passes.append(Pass(_vector(seed, inputs), _vector(dots, value)))
    if not passes:  # no inputs: how many outputs there are is known all the same
        value, _ = derivative.along(args, kwargs, map_leaves(door.zero, inputs))
    return value, passes


def _adjoint_passes(derivative: Any, args: Any, kwargs: Any, inputs: Any) -> tuple[Any, list[Pass]]:
    value, pullback = derivative(*args, **kwargs)
    _refuse_complex(value, "the output")
    return value, [Pass(_vector(seed, value), _vector(pullback(seed), inputs)) for seed in _seeds(value)]


def _seeds(tree: Any) -> Iterator[Any]:
    """The unit vectors of a tree."""
    return (seed for _, _, seed in units(tree))


def _vector(tree: Any, like: Any) -> np.ndarray[Any, Any]:
    """The entries of a tree, one after the other, where `like` holds real numbers; 0 where an entry is left out."""
    parts = [
        np.ravel(np.asarray(door.zero(primal) if leaf is None else leaf, float))
        for leaf, primal in zip(leaves(tree), leaves(like), strict=True)
        if door.differentiable(primal)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _refuse_complex(tree: Any, what: str) -> None:
    if any(np.iscomplexobj(leaf) for leaf in leaves(tree) if door.differentiable(leaf)):
        raise DifferentiationError(
            "TC312",
            f"{what} is complex, and these passes are of functions of real numbers",
            hint="`jacfwd` and `jacrev` take complex functions",
        )
