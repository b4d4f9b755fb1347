"""From a call as it is written to operands and attributes: positions, keywords, sequences, shapes."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from tangentc.primitives.core import Primitive
from tangentc.primitives.index import Hole

__all__ = ["NOT_STATIC", "BindError", "Values", "bind"]

T = TypeVar("T")

NOT_STATIC = object()
"""What `Values.static` gives for a value that is not known at compile time."""


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


# Parameters in the order of the library's signature:
#   x      an operand or an attribute of the primitive      x?   an operand that may be left out
#   x!     an attribute that must be given                  *x   any number of operands
#   *      what follows goes by keyword                     x=y  the library's name x for the operand y
#   -x     not supported                                    -x:v not supported, unless it is v
# Without a row: the operands, then the attributes.
_UFUNC = " -out:None * -where:True -casting -order -dtype -subok -signature"
_SIGNATURES: dict[str, str] = {
    "np.sum": "a axis dtype -out:None keepdims -initial -where:True",
    "np.prod": "a axis dtype -out:None keepdims -initial -where:True",
    "np.mean": "a axis dtype -out:None keepdims * -where:True",
    "np.max": "a axis -out:None keepdims -initial -where:True",
    "np.min": "a axis -out:None keepdims -initial -where:True",
    "np.all": "a axis -out:None keepdims * -where:True",
    "np.any": "a axis -out:None keepdims * -where:True",
    "np.var": "a axis dtype -out:None ddof keepdims * -where:True -mean -correction",
    "np.std": "a axis dtype -out:None ddof keepdims * -where:True -mean -correction",
    "np.ptp": "a axis -out:None keepdims",
    "np.median": "a axis -out:None -overwrite_input:False keepdims",
    "np.count_nonzero": "a axis * keepdims",
    "np.nansum": "a axis dtype -out:None keepdims -initial -where:True",
    "np.nanprod": "a axis dtype -out:None keepdims -initial -where:True",
    "np.nanmean": "a axis dtype -out:None keepdims * -where:True",
    "np.nanmax": "a axis -out:None keepdims -initial -where:True",
    "np.nanmin": "a axis -out:None keepdims -initial -where:True",
    "np.cumsum": "a axis dtype -out:None",
    "np.cumprod": "a axis dtype -out:None",
    "np.diff": "a n axis -prepend -append",
    "np.average": "a axis weights? -returned:False * -keepdims:False",
    "np.round": "a decimals -out:None",
    "np.clip": "a a_min? a_max? -out:None * min=a_min max=a_max -where:True -casting -dtype",
    "np.where": "condition x? y?",
    "np.reshape": "a shape order * newshape=shape -copy:None",
    "np.ravel": "a order",
    "np.swapaxes": "a axis1! axis2!",
    "np.moveaxis": "a source! destination!",
    "np.expand_dims": "a axis!",
    "np.squeeze": "a axis",
    "np.broadcast_to": "array shape -subok:False",
    "np.roll": "a shift axis",
    "np.take": "a indices axis -out:None -mode:'raise'",
    "np.copy": "a -order:'K' -subok:False",
    "np.concatenate": "*arrays axis -out:None * -dtype:None -casting",
    "np.stack": "*arrays axis -out:None * -dtype:None -casting",
    "np.vstack": "*arrays * -dtype:None -casting",
    "np.hstack": "*arrays * -dtype:None -casting",
    "np.dstack": "*arrays",
    "np.column_stack": "*arrays",
    "np.zeros": "shape dtype -order:'C' * -device:None -like:None",
    "np.ones": "shape dtype -order:'C' * -device:None -like:None",
    "np.empty": "shape dtype -order:'C' * -device:None -like:None",
    "np.full": "shape fill_value dtype -order:'C' * -device:None -like:None",
    "np.zeros_like": "a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.ones_like": "a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.empty_like": "a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.full_like": "a fill_value dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.eye": "N M? k dtype -order:'C' * -device:None -like:None",
    "np.tri": "N M? k dtype * -like:None",
    "np.identity": "n dtype * -like:None",
    "np.linspace": "start stop num? endpoint -retstep:False dtype axis * -device:None",
    "np.logspace": "start stop num? endpoint base dtype -axis:0",
    "np.arange": "*bounds * dtype -like:None -device:None",
    "np.array": "*leaves dtype * -copy:True -order:'K' -subok:False -ndmin:0 -ndmax -like:None",
    "np.asarray": "*leaves dtype -order:None * -device:None -copy:None -like:None",
    "np.asanyarray": "*leaves dtype -order:None * -device:None -copy:None -like:None",
    "np.ascontiguousarray": "*leaves dtype * -like:None",
    "np.dot": "a b -out:None",
    "np.outer": "a b -out:None",
    "np.matmul": "x1 x2" + _UFUNC,
    "np.tensordot": "a b axes",
    "np.trace": "a offset axis1 axis2 dtype -out:None",
    "np.linalg.cholesky": "a * upper",
    "np.linalg.matrix_power": "a n!",
    "np.argmax": "a axis -out:None * keepdims",
    "np.argmin": "a axis -out:None * keepdims",
    "np.argsort": "a axis kind -order:None * -stable:None",
    "np.searchsorted": "a v side -sorter:None",
    "np.nan_to_num": "x copy nan posinf neginf",
    "copy": "x -order:'C'",
    "flatten": "a -order:'C'",
    "astype": "x dtype! -order:'K' -casting:'unsafe' -subok:True -copy:True",
    "complex": "x? y? * real=x imag=y",
    "float": "x?",
    "int": "x? -base",
    "bool": "x?",
    "str": "x?",
    "round": "x digits? * number=x ndigits=digits",
    "sum": "xs start? *",
    "max": "*xs * -key:None -default",
    "min": "*xs * -key:None -default",
    "math.log": "x base?",
    "math.perm": "x y?",
    "math.prod": "xs * start",
    "math.isclose": "x y * rel_tol abs_tol a=x b=y",
    "raise": "exception cause?",
    "assert": "condition message?",
    "size": "a axis",
}

_JOINED = {"np.concatenate", "np.stack", "np.vstack", "np.hstack", "np.dstack", "np.column_stack"}
_NESTED = {"np.array", "np.asarray", "np.asanyarray", "np.ascontiguousarray"}
_SPREAD_SHAPE = {"np.reshape": "shape", "np.transpose": "axes"}  # as methods: x.reshape(2, 3)


@dataclass(frozen=True)
class _Parameter:
    name: str  # what the caller writes
    target: str  # the operand or attribute; "" if not supported
    optional: bool
    required_attribute: bool
    neutral: Any  # the value at which a parameter that is not supported changes nothing


@dataclass(frozen=True)
class _Signature:
    positional: tuple[_Parameter, ...]
    keywords: dict[str, _Parameter]


@cache
def _signature(primitive: Primitive) -> _Signature:
    row = _SIGNATURES.get(primitive.name)
    if row is None:
        row = " ".join((*primitive.operands, *primitive.attributes))
        if isinstance(primitive.function, _UFUNC_TYPE):
            row = " ".join(primitive.operands) + _UFUNC
    positional, keywords = [], {}
    keyword_only = False
    for token in row.split():
        if token == "*":
            keyword_only = True
            continue
        parameter = _parse(token)
        keywords[parameter.name] = parameter
        if not keyword_only:
            positional.append(parameter)
    return _Signature(tuple(positional), keywords)


def _parse(token: str) -> _Parameter:
    if token.startswith("-"):
        name, _, neutral = token[1:].partition(":")
        return _Parameter(name, "", True, False, literal_eval(neutral) if neutral else NOT_STATIC)
    name, _, target = token.strip("*?!").partition("=")
    return _Parameter(name, target or name, token.endswith("?"), token.endswith("!"), NOT_STATIC)


_UFUNC_TYPE = type(__import__("numpy").sin)


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
        _, given = _match(primitive, (), kwargs, values)
        return list(args), _attributes(primitive, given)
    _, given = _match(primitive, args, kwargs, values)
    return _operands(primitive, given, values), _attributes(primitive, given)


def _match(
    primitive: Primitive, args: Sequence[T], kwargs: Mapping[str, T], values: Values[T]
) -> tuple[_Signature, dict[str, T]]:
    """The arguments by the operand or attribute that they give."""
    signature = _signature(primitive)
    shown = primitive.spelling
    positional = [p for p in signature.positional if not f"*{p.name}" in primitive.operands]
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
            static = values.static(value)
            if static is NOT_STATIC or type(static) is not type(parameter.neutral) or static != parameter.neutral:
                raise BindError(f"the argument {parameter.name!r} of {shown} is not supported")
            continue
        if parameter.target in given:
            raise BindError(f"{shown} got the argument {parameter.name!r} twice")
        given[parameter.target] = value
    for parameter in signature.keywords.values():
        if parameter.required_attribute and parameter.target not in given:
            raise BindError(f"{shown} needs the argument {parameter.name!r}")
    return signature, given


def _operands(primitive: Primitive, given: dict[str, T], values: Values[T]) -> list[T]:
    keywords = _signature(primitive).keywords
    last = max((i for i, name in enumerate(primitive.operands) if name in given), default=-1)
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
        raise BindError(f"{primitive.spelling} needs a list or tuple whose entries are known when it is compiled")
    _, given = _match(primitive, rest, kwargs, values)
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
    _, given = _match(primitive, rest, kwargs, values)
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
