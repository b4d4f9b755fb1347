"""Operations in place: the memory changes, and the tensor gets a new history.

The change itself is recorded as the operation that makes a new array.  Of a view, the base is then the base with
that part
replaced, which is a program that stores into a copy; the compiler knows its adjoint as that of any other store.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.eager.calls import Name, made
from tangentc.eager.modes import MODE
from tangentc.eager.operations import apply
from tangentc.eager.tensor import Tensor, ViewStep

__all__ = ["change"]


def change(
    tensor: Tensor, function: Callable[..., Any], name: Name, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Tensor:
    """Replace what the tensor holds by `function(tensor, *args, **kwargs)`, in the same memory.

    Raises: RuntimeError: the tensor is a leaf that requires a gradient, or a view of one, or of inference mode; or
        the result
        does not fit into it.
    """
    _allowed(tensor, args)
    if not MODE.records or not (tensor.requires_grad or _any_requires_grad(args, kwargs)):
        value = function(_plain(tensor), *map(_plain, args), **{k: _plain(v) for k, v in kwargs.items()})
        _write(tensor, value)
        return tensor
    before = Tensor._made(tensor._array.copy(), tensor.grad_fn, tensor._index)  # what is saved is not written
    if tensor.grad_fn is None:
        before._requires_grad = False
    after = apply(function, name, (before, *args), kwargs, integers_vary=True)
    _fits(tensor, after._array)
    if after._array.dtype != tensor._array.dtype:
        after = apply(np.astype, "ToCopyBackward0", (after, tensor._array.dtype), {})
    if tensor._base is not None:
        _rebase(tensor, after)
    _write(tensor, after._array)
    if tensor._base is None:
        tensor._grad_fn, tensor._index = after._grad_fn, after._index
    else:
        tensor._grad_fn = after._grad_fn  # found again from the base, when it is next asked for
    return tensor


vars(change)["__tangentc_lowering__"] = "change"


def _any_requires_grad(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return any(isinstance(value, Tensor) and value.requires_grad for value in (*args, *kwargs.values()))


def _allowed(tensor: Tensor, args: tuple[Any, ...]) -> None:
    if tensor._is_inference and not MODE.is_inference:
        raise RuntimeError(
            "a tensor made in inference mode cannot be changed in place outside it; make a clone of it"
        )
    if not MODE.records:
        return
    base = tensor._base
    if base is None:
        if tensor._requires_grad and tensor.grad_fn is None:
            raise RuntimeError("a leaf that requires a gradient is changed in place; do it within no_grad()")
        return
    if base._requires_grad and base.grad_fn is None:
        raise RuntimeError(
            "a view of a leaf that requires a gradient is changed in place; do it within no_grad()"
        )
    if (
        tensor._view is not None
        and not tensor._view.is_recorded
        and (base.requires_grad or _any_requires_grad(args, {}))
    ):
        raise RuntimeError(
            "a view that was made within no_grad() is changed in place outside it, where its base requires a gradient; "
            "make the view outside, too"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value._array
    return tuple(_plain(item) for item in value) if type(value) is tuple else value


def _fits(tensor: Tensor, value: Any) -> None:
    mine = tensor._array
    if np.shape(value) != mine.shape:
        raise RuntimeError(
            f"the result has shape {np.shape(value)}, and the tensor that it is to be written to {tuple(mine.shape)}"
        )
    dtype = np.result_type(value)
    if not np.can_cast(dtype, mine.dtype, "same_kind"):
        raise RuntimeError(f"a result of {dtype} cannot be written to a tensor of {mine.dtype}")


def _write(tensor: Tensor, value: Any) -> None:
    if value is not tensor._array:
        _fits(tensor, value)
        np.copyto(tensor._array, value, casting="same_kind")
    tensor._version.value += 1


def _rebase(view: Tensor, part: Tensor) -> None:
    """Give the base of a view the history of itself with that part replaced."""
    base = view._base
    assert base is not None
    steps: list[ViewStep] = []
    step = view
    while step is not base:
        assert step._view is not None
        steps.insert(0, step._view.step)
        step = step._view.parent
    before = Tensor._made(base._array, base.grad_fn, base._index)
    others = [leaf for each in steps for leaf in each.others]
    program = _replacing(tuple(each.key for each in steps))
    whole = apply(program, "CopySlices", (before, part, *others), {}, integers_vary=True)
    base._grad_fn, base._index = whole._grad_fn, whole._index


@functools.lru_cache(maxsize=1024)
def _replacing(keys: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that puts an array into the place of a view of a copy of another: of the base, the part, and what
    the steps to the view take beside their parents."""
    constants: dict[str, Any] = {"np": np}
    others: list[str] = []
    views: list[Callable[[str], str]] = []
    for number, (program, place, count, position, _) in enumerate(keys):
        constants[f"view{number}"] = program
        mine = [f"a{len(others) + i}" for i in range(count - 1)]
        others += mine
        views.append(functools.partial(_viewed, f"view{number}", tuple(mine), place, position))
    has_reshapes = any(is_reshape for *_, is_reshape in keys)
    lines = _level_by_level(keys, views) if has_reshapes else _through_the_chain(views)
    text = f"def copy_slices({', '.join(['base', 'part', *others])}):\n" + "".join(
        f"    {line}\n" for line in lines
    )
    return made(text, "copy_slices", constants)


def _viewed(program: str, others: tuple[str, ...], place: int, position: int | None, parent: str) -> str:
    """The text of a view of a parent."""
    operands = [*others[:place], parent, *others[place:]]
    return f"{program}({', '.join(operands)}){'' if position is None else f'[{position}]'}"


def _through_the_chain(views: list[Callable[[str], str]]) -> list[str]:
    """Write through views of views of one copy."""
    lines, parent = ["whole = base.copy()"], "whole"
    for number, view in enumerate(views):
        lines.append(f"v{number} = {view(parent)}")
        parent = f"v{number}"
    return [*lines, f"{parent}[...] = part", "return whole"]


def _level_by_level(keys: tuple[Any, ...], views: list[Callable[[str], str]]) -> list[str]:
    """Replace the part in its parent, that in its own, and so on.  A reshape, which may be a view or a copy as far as
    the compiler can see, is undone instead of written through."""
    lines, parents = [], ["base"]
    for number, view in enumerate(views[:-1]):
        lines.append(f"p{number} = {view(parents[-1])}")
        parents.append(f"p{number}")
    part = "part"
    for number in reversed(range(len(views))):
        is_reshape = keys[number][-1]
        if is_reshape:
            lines.append(f"q{number} = np.reshape({part}, {parents[number]}.shape)")
        else:
            lines += [
                f"q{number} = {parents[number]}.copy()",
                f"v{number} = {views[number](f'q{number}')}",
                f"v{number}[...] = {part}",
            ]
        part = f"q{number}"
    return [*lines, f"return {part}"]
