"""The door: values on their way into emitted code and out of it.

Emitted code is made for the kinds of its arguments and trusts them.  Here Python ints become floats
where they are differentiated, arguments that share memory are found, and results are made fresh:
writable, and sharing no memory with each other, with the arguments or with the seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import leaves, map_leaves
from tangentc.kinds.records import fields_of, is_object, is_record, with_fields

__all__ = [
    "arrays_in",
    "copied_together",
    "differentiable",
    "entering",
    "gradient",
    "own",
    "refuse_same",
    "refuse_sharing",
    "seed_like",
    "tangent_like",
    "zero",
]

Arr = np.ndarray[Any, np.dtype[Any]]

_WORK: Any = 10_000  # steps spent on proving that two interleaved arrays are disjoint


# --- in ----------------------------------------------------------------------------------------


def entering(value: Any, name: str) -> Any:
    """A value in a differentiated position, a Python int as a float.

    Raises:
        DifferentiationError: TC302 for integers and bools of NumPy, TC304 for what is no number.
    """
    cls = type(value)
    if cls is float or cls is complex:
        return value
    if cls is int:
        return float(value)
    if cls in (tuple, list, dict) or is_record(cls):
        if any(differentiable(leaf) for leaf in leaves(value)):
            return value
        raise DifferentiationError(
            "TC304",
            f"{name!r} holds nothing that can be differentiated: no float, complex or array of them",
            hint="use floats: [1.0, 2.0], np.array([1.0, 2.0])",
        )
    if differentiable(value):
        return value
    if isinstance(value, (bool, np.generic, np.ndarray)):
        dtype = np.asarray(value).dtype
        is_array = isinstance(value, np.ndarray)
        what = f"an array of {dtype}" if is_array else f"a value of type {cls.__name__}"
        raise DifferentiationError(
            "TC302",
            f"{name!r} is {what}, and a function has no derivative with respect to it",
            hint=f"convert it first: {name}.astype(float)"
            if isinstance(value, np.ndarray)
            else "pass a float",
        )
    hint = "choose another argument with argnums"
    if cls.__module__ != "builtins":
        hint += f", or make {cls.__name__!r} a dataclass or a registered class: @tangentc.register"
    raise DifferentiationError(
        "TC304", f"{name!r} is of type {cls.__name__!r} and cannot be differentiated", hint=hint
    )


def _is_tree(cls: type) -> bool:
    """Whether values of a type consist of parts."""
    return cls in (tuple, list, dict) or is_object(cls)


def differentiable(value: Any) -> bool:
    """Whether one value is a real or complex number or array."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.dtype.kind in "fc"
    return type(value) in (float, complex)


def zero(value: Any) -> Any:
    """The zero of a number's or an array's type and shape; None for what has no derivative."""
    if not differentiable(value):
        return None
    return np.zeros(value.shape, value.dtype) if isinstance(value, np.ndarray) else type(value)(0)


def refuse_sharing(values: Iterable[tuple[str, Any]], written: Collection[str]) -> None:
    """Refuse a call in which the program writes memory that it sees under two names.

    Emitted code copies each written parameter by itself, so the two would no longer be one memory; and the
    derivative with respect to one of them has no meaning.

    Args: values: parameters and captured data with their names, of which `written` are written.
    Raises: DifferentiationError: TC310.
    """
    arrays = [(name, array) for name, value in values for array in arrays_in(value)]
    for position, (name, array) in enumerate(arrays):
        if name not in written:
            continue
        low, high = byte_bounds(array)
        others = [
            other for k, (other, value) in enumerate(arrays) if k != position and _overlap(array, value)
        ]
        if high - low < array.nbytes:  # a broadcast or strided view that shows an element twice
            others.append(name)
        if others:
            what = f"{name!r} and {others[0]!r} share" if others[0] != name else f"elements of {name!r} share"
            raise DifferentiationError(
                "TC310",
                f"{what} memory, and the program writes to {name!r}",
                hint=f"pass a copy: {name}.copy()",
            )


def refuse_same(arguments: Any, changed: Iterable[tuple[str, Any, int]]) -> None:
    """Refuse a call in which the program changes a list, dict or object that it sees under two names.

    Args: changed: what is changed, with a name, and how often it may be found among the arguments.
    Raises: DifferentiationError: TC310.
    """
    times = Counter(map(id, containers_in(arguments)))
    for name, value, own in changed:
        if times[id(value)] > own:
            raise DifferentiationError(
                "TC310",
                f"the {type(value).__name__} {name!r} is passed twice, and the program changes it",
                hint="pass a copy: copy.deepcopy",
            )


def containers_in(tree: Any) -> list[Any]:
    """The lists, dicts and objects in a tree, itself included."""
    if type(tree) is dict:
        parts = list(tree.values())
    elif isinstance(tree, (tuple, list)):
        parts = list(tree)
    elif is_record(type(tree)):
        parts = list(fields_of(tree).values())
    else:
        return []
    own = [] if isinstance(tree, tuple) else [tree]
    return own + [found for part in parts for found in containers_in(part)]


def _overlap(a: Arr, b: Arr) -> bool:
    if not np.may_share_memory(a, b):
        return False
    try:
        return bool(np.shares_memory(a, b, max_work=_WORK))
    except np.exceptions.TooHardError:
        return True


def arrays_in(tree: Any) -> list[Arr]:
    """The arrays among the leaves of a tree."""
    if isinstance(tree, np.ndarray):
        return [tree]
    if isinstance(tree, (tuple, list, dict)) or is_object(type(tree)):
        return [leaf for leaf in leaves(tree, is_object=is_object) if isinstance(leaf, np.ndarray)]
    return []


def copied_together(tree: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy of tuples, lists, dicts, records and arrays in which whatever shared memory still does.

    The array that owns the memory is copied once; views of it become views of the copy.  `memo` maps
    the identity of what was copied to the pair of it and its copy.
    """
    memo = {} if memo is None else memo
    if id(tree) in memo:
        return memo[id(tree)][1]
    copy: Any
    if isinstance(tree, np.ndarray):
        copy = _copied_array(tree, memo)
    elif type(tree) is list:
        copy = []
        memo[id(tree)] = (tree, copy)  # first: what is made at run time may lead back to itself
        for item in tree:  # no comprehension: residuals of a recursion nest as deep as it did
            copy.append(copied_together(item, memo))
    elif type(tree) is tuple:
        items = []
        for item in tree:
            items.append(copied_together(item, memo))
        copy = tuple(items)
    elif type(tree) is dict:
        copy = {}
        memo[id(tree)] = (tree, copy)
        for key in tree:
            copy[key] = copied_together(tree[key], memo)
    elif is_object(type(tree)):
        parts = {name: copied_together(item, memo) for name, item in fields_of(tree).items()}
        copy = with_fields(tree, parts)
    else:
        return tree
    memo[id(tree)] = (tree, copy)
    return copy


def _copied_array(array: Arr, memo: dict[int, Any]) -> Any:
    owner = _owner(array)
    if owner is array or array.dtype.hasobject:
        return array.copy(order="K")
    if id(owner) not in memo:
        memo[id(owner)] = (owner, owner.copy(order="K"))
    copy = memo[id(owner)][1]
    if copy.strides != owner.strides:
        return array.copy(order="K")
    offset = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    flat = copy.ravel(order="K")  # a view: the copy is dense
    return np.ndarray(array.shape, array.dtype, buffer=flat.data, offset=offset, strides=array.strides)


def _owner(array: Arr) -> Arr:
    """The array whose memory this one looks at, itself where nothing else is known."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner


# --- out ---------------------------------------------------------------------------------------


def own(value: Any, taken: Sequence[Any]) -> Any:
    """A result that the caller may write to: arrays that are views or are among `taken` are copied."""
    if type(value) is float:
        return value
    if isinstance(value, np.ndarray):
        if value.base is not None or not value.flags.writeable:
            return value.copy(order="K")
        for other in taken:
            if value is other:
                return value.copy(order="K")
        return value
    if _is_tree(type(value)):
        taken = list(taken)

        def leaf(item: Any) -> Any:
            item = own(item, taken)
            taken.append(item)
            return item

        return map_leaves(leaf, value, is_object=is_object)
    return value


def gradient(bar: Any, argument: Any, taken: Sequence[Any] = ()) -> Any:
    """A cotangent in the form of its argument: its type, dtype and shape; None where it has none."""
    cls = type(argument)
    if cls is float:
        return bar if type(bar) is float else float(bar)
    if cls is np.ndarray:
        if argument.dtype.kind not in "fc":
            return None
        if type(bar) is np.ndarray and bar.dtype == argument.dtype and bar.shape == argument.shape:
            return own(bar, taken)
        return np.array(np.broadcast_to(bar, argument.shape), dtype=argument.dtype)
    if _is_tree(cls):
        return _gradients(bar, argument, taken)
    if cls is complex:
        return complex(bar)
    if isinstance(argument, np.generic) and argument.dtype.kind in "fc":
        return argument.dtype.type(bar)
    return None


def _gradients(bar: Any, argument: Any, taken: Sequence[Any]) -> Any:
    taken = list(taken)
    is_zero = type(bar) is not type(argument)  # a symbolic zero stands for the whole container

    def leaf(value: Any, part: Any = 0.0) -> Any:
        result = gradient(part, value, taken)
        taken.append(result)
        return result

    bars = () if is_zero else (bar,)
    return map_leaves(leaf, argument, *bars, is_object=is_object)


# --- seeds -------------------------------------------------------------------------------------


def seed_like(seed: Any, output: Any) -> Any:
    """A cotangent given by the caller, in the form of the output that it belongs to.

    Raises:
        DifferentiationError: TC309, its structure or shape is not that of the output.
    """
    return _like(seed, output, "the cotangent", "the output")


def tangent_like(tangent: Any, primal: Any, name: str) -> Any:
    """A tangent given by the caller, in the form of the argument that it belongs to."""
    return _like(tangent, primal, f"the tangent of {name!r}", f"{name!r}")


def _like(given: Any, model: Any, what: str, of: str) -> Any:
    if type(model) in (tuple, list, dict):
        if type(given) not in (tuple, list, dict) or _structure(given) != _structure(model):
            raise _mismatch(what, of, "another structure")
        if type(model) is dict:
            return {key: _like(given[key], value, what, of) for key, value in model.items()}
        return type(model)(_like(g, m, what, of) for g, m in zip(given, model, strict=True))
    if is_object(type(model)):
        if type(given) is not type(model):
            raise _mismatch(what, of, f"the type {type(given).__name__!r}, not {type(model).__name__!r}")
        parts = fields_of(given)
        return with_fields(
            model, {name: _like(parts.get(name), value, what, of) for name, value in fields_of(model).items()}
        )
    if given is None and type(model) is int:
        return 0.0  # on another path it may be a float
    if not differentiable(model) and (given is None or type(model) is not int):
        return given
    if np.shape(given) != np.shape(model):
        raise _mismatch(what, of, f"shape {np.shape(given)}, not {np.shape(model)}")
    if type(model) in (float, int) and not np.iscomplexobj(given):
        return float(given)
    if isinstance(model, (np.ndarray, np.generic)):
        if np.iscomplexobj(given) and model.dtype.kind != "c":
            raise _mismatch(what, of, f"dtype {np.asarray(given).dtype}, not {model.dtype}")
        array = np.asarray(given, dtype=model.dtype)
        return array if isinstance(model, np.ndarray) else array[()]
    if type(model) is complex:
        return complex(given)
    raise _mismatch(what, of, "complex values where real ones are needed")


def _structure(tree: Any) -> Any:
    if type(tree) is dict:
        return tuple(tree)
    return len(tree)


def _mismatch(what: str, of: str, problem: str) -> DifferentiationError:
    return DifferentiationError(
        "TC309", f"{what} has {problem}", hint=f"give it the structure and shape of {of}"
    )
