"""From a call as it is written to operands and attributes: positions, keywords, sequences, shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tangentc.primitives.core import Primitive
from tangentc.primitives.index import Hole
from tangentc.primitives.signatures import NOT_STATIC, Parameter, signature_of

__all__ = ["NOT_STATIC", "BindError", "Values", "bind"]

T = TypeVar("T")


class BindError(Exception):
    """The arguments do not fit, or one is not supported."""


@dataclass(frozen=True)
class Values(Generic[T]):
    """What binding needs to know of the caller's values.

    Args:
        items: the elements of a list or tuple known at compile time; None for any other value.
        pack: a tuple of values as one value.
        constant: a Python object as a value.
        static: the Python object behind a value, or `NOT_STATIC`.
    """

    items: Callable[[T], Sequence[T] | None]
    pack: Callable[[Sequence[T]], T]
    constant: Callable[[Any], T]
    static: Callable[[T], Any]


_JOINED = {
    "np.concatenate",
    "np.stack",
    "np.vstack",
    "np.hstack",
    "np.dstack",
    "np.column_stack",
    "np.linalg.multi_dot",
}
_NESTED = {"np.array", "np.asarray", "np.asanyarray", "np.ascontiguousarray"}
_SPREAD_SHAPE = {"np.reshape": "shape", "np.transpose": "axes"}  # as methods: x.reshape(2, 3)


def bind(
    primitive: Primitive,
    args: Sequence[T],
    kwargs: Mapping[str, T],
    values: Values[T],
    *,
    method: bool = False,
) -> tuple[list[T], dict[str, T]]:
    """The operands, in order, and the attributes of a call of what `primitive` stands for.

    `method` marks a call `x.reshape(2, 3)`, with x as first argument.  Optional operands that are not
    given are left out at the end, and None between others.

    Raises:
        BindError: an argument is missing, unknown, given twice or not supported.
    """
    name = primitive.name
    if name == "np.einsum":
        return _bind_einsum(args, kwargs)
    if method and name in _SPREAD_SHAPE:
        args, kwargs = _gather(primitive, args, kwargs, values)
    if name in _JOINED:
        return _bind_joined(primitive, args, kwargs, values)
    if name in _NESTED:
        return _bind_nested(primitive, args, kwargs, values)
    if "keywords" in primitive.attributes:  # print(x, end="")
        keywords = {"keywords": values.constant(tuple(kwargs))} if kwargs else {}
        return [*args, *kwargs.values()], keywords
    if name == "np.arange":
        args, kwargs = _run_bounds(args, kwargs, values)
    if primitive.operands and primitive.operands[0].startswith("*"):
        given = _match(primitive, (), kwargs, values)
        return list(args), _attributes(primitive, given)
    given = _match(primitive, args, kwargs, values)
    return _operands(primitive, given, values), _attributes(primitive, given)


def _match(
    primitive: Primitive, args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> dict[str, T]:
    """The arguments by the operand or attribute that they give."""
    signature = signature_of(primitive)
    shown = primitive.spelling
    positional = [p for p in signature.positional if f"*{p.name}" not in primitive.operands]
    if len(args) > len(positional):
        raise BindError(f"{shown} takes at most {len(positional)} positional arguments, not {len(args)}")
    pairs = list(zip(positional, args, strict=False))
    for keyword, value in kwargs.items():
        parameter = signature.keywords.get(keyword)
        if parameter is None:
            raise BindError(f"{shown} has no argument {keyword!r}")
        pairs.append((parameter, value))
    given: dict[str, T] = {}
    for parameter, value in pairs:
        if not parameter.target:
            if not _is_neutral(values.static(value), parameter):
                raise BindError(f"the argument {parameter.name!r} of {shown} is not supported")
            continue
        if parameter.target in given:
            raise BindError(f"{shown} got the argument {parameter.name!r} twice")
        given[parameter.target] = value
    for parameter in signature.keywords.values():
        if parameter.required_attribute and parameter.target not in given:
            raise BindError(f"{shown} needs the argument {parameter.name!r}")
    return given


def _is_neutral(static: Any, parameter: Parameter) -> bool:
    neutral = parameter.neutral
    return neutral is not NOT_STATIC and type(static) is type(neutral) and bool(static == neutral)


def _operands(primitive: Primitive, given: dict[str, T], values: Values[T]) -> list[T]:
    keywords = signature_of(primitive).keywords
    last = max((i for i, name in enumerate(primitive.operands) if name in given), default=-1)
    if primitive.name == "np.clip":  # NumPy before 2.1 wants both bounds
        last = len(primitive.operands)
    operands = []
    for position, name in enumerate(primitive.operands):
        if name in given:
            operands.append(given[name])
        elif not keywords[name].optional:
            raise BindError(f"{primitive.spelling} needs the argument {name!r}")
        elif position < last:
            operands.append(values.constant(None))
    return operands


def _attributes(primitive: Primitive, given: dict[str, T]) -> dict[str, T]:
    return {name: value for name, value in given.items() if name in primitive.attributes}


def _gather(
    primitive: Primitive, args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> tuple[Sequence[T], Mapping[str, T]]:
    """`x.reshape(2, 3)` as `x.reshape((2, 3))`."""
    x, *rest = args
    if len(rest) > 1:
        rest = [values.pack(rest)]
    elif not rest and not kwargs and primitive.name == "np.reshape":
        raise BindError("reshape needs the argument 'shape'")
    return [x, *rest], kwargs


def _run_bounds(
    args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> tuple[Sequence[T], Mapping[str, T]]:
    """`np.arange(0, stop=n)` as `np.arange(0, n)`; a fourth argument is the dtype."""
    given = dict(zip(("start", "stop", "step", "dtype"), args, strict=False))
    if len(args) == 1 and "stop" not in kwargs:
        given = {"stop": args[0]}
    given.update(kwargs)
    if "stop" not in given or len(args) > 4:
        raise BindError("np.arange takes a stop, or start, stop and step")
    bounds = [given.pop("stop")]
    if "start" in given or "step" in given:
        bounds = [given.pop("start", values.constant(0)), *bounds]
    if "step" in given:
        bounds.append(given.pop("step"))
    return bounds, given


def _bind_joined(
    primitive: Primitive, args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> tuple[list[T], dict[str, T]]:
    keyword = next((name for name in ("arrays", "tup") if name in kwargs), None)
    if args:
        arrays, *rest = args
    elif keyword is not None:
        arrays, rest = kwargs[keyword], []
        kwargs = {name: value for name, value in kwargs.items() if name != keyword}
    else:
        raise BindError(f"{primitive.spelling} needs the arrays to join")
    items = values.items(arrays)
    if items is None:
        raise BindError(
            f"{primitive.spelling} needs a list or tuple whose entries are known when it is compiled"
        )
    given = _match(primitive, rest, kwargs, values)
    return list(items), _attributes(primitive, given)


def _bind_nested(
    primitive: Primitive, args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> tuple[list[T], dict[str, T]]:
    keyword = next((name for name in ("object", "a") if name in kwargs), None)
    if args:
        value, *rest = args
    elif keyword is not None:
        value, rest = kwargs[keyword], []
        kwargs = {name: value for name, value in kwargs.items() if name != keyword}
    else:
        raise BindError(f"{primitive.spelling} needs the values of the array")
    given = _match(primitive, rest, kwargs, values)
    attributes = _attributes(primitive, given)
    leaves: list[T] = []

    def nest(inner: T) -> Any:
        items = values.items(inner)
        if items is not None:
            return tuple(nest(item) for item in items)
        leaves.append(inner)
        return Hole(len(leaves) - 1)

    nesting = nest(value)
    if nesting != Hole(0):
        attributes["nesting"] = values.constant(nesting)
    return leaves, attributes


def _bind_einsum(args: Sequence[T], kwargs: Mapping[str, T]) -> tuple[list[T], dict[str, T]]:
    unsupported = [name for name in kwargs if name != "optimize"]
    if unsupported:
        raise BindError(f"the argument {unsupported[0]!r} of np.einsum is not supported")
    if not args:
        raise BindError("np.einsum needs the subscripts")
    return list(args[1:]), {"subscripts": args[0]}
