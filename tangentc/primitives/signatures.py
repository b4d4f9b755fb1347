"""The signatures of the library functions, as far as they are supported."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tangentc.primitives.core import Primitive

__all__ = ["NOT_STATIC", "Parameter", "Signature", "signature_of"]

NOT_STATIC = object()
"""Stands for a value that is not known at compile time; as `Parameter.neutral`, for no value."""

# Parameters in the order of the library's signature:
#   x      an operand or an attribute of the primitive      x?   an operand that may be left out
#   x!     an attribute that must be given                  *x   any number of operands
#   *      what follows goes by keyword                     x=y  the library's name x for the operand y
#   -x     not supported                                    -x:v not supported, unless it is v
# Without a row: the operands, then the attributes.
_UFUNC = " -out:None * -where:True -casting -order -dtype -subok -signature"
_ROWS: dict[str, str] = {
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
    "np.count_nonzero": "a axis * keepdims",
    "np.nanvar": "a axis dtype -out:None ddof keepdims * -where:True -mean -correction",
    "np.nanstd": "a axis dtype -out:None ddof keepdims * -where:True -mean -correction",
    "np.nancumsum": "a axis dtype -out:None",
    "np.nancumprod": "a axis dtype -out:None",
    "np.nansum": "a axis dtype -out:None keepdims -initial -where:True",
    "np.nanprod": "a axis dtype -out:None keepdims -initial -where:True",
    "np.nanmean": "a axis dtype -out:None keepdims * -where:True",
    "np.nanmax": "a axis -out:None keepdims -initial -where:True",
    "np.nanmin": "a axis -out:None keepdims -initial -where:True",
    "np.cumsum": "a axis dtype -out:None",
    "np.cumprod": "a axis dtype -out:None",
    "np.round": "a decimals -out:None",
    "np.fix": "x -out:None",
    "np.isposinf": "x -out:None",
    "np.isneginf": "x -out:None",
    "np.shares_memory": "a b -max_work:None",
    "np.may_share_memory": "a b -max_work:None",
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
    "np.dstack": "*arrays",
    "np.column_stack": "*arrays",
    "np.zeros": "shape dtype -order:'C' * -device:None -like:None",
    "np.ones": "shape dtype -order:'C' * -device:None -like:None",
    "np.empty": "shape dtype -order:'C' * -device:None -like:None",
    "np.full": "shape fill_value dtype -order:'C' * -device:None -like:None",
    "np.zeros_like": "a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.ones_like": "a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.empty_like": "prototype=a dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.full_like": "a fill_value dtype -order:'K' -subok:True -shape:None * -device:None",
    "np.eye": "N M? k dtype -order:'C' * -device:None -like:None",
    "np.tri": "N M? k dtype * -like:None",
    "np.identity": "n dtype * -like:None",
    "np.linspace": "start stop num? endpoint -retstep:False dtype axis * -device:None",
    "np.logspace": "start stop num? endpoint base dtype -axis:0",
    "np.arange": "*bounds * dtype -like:None -device:None",
    "np.array": "*leaves dtype * -copy:True order -subok:False ndmin -ndmax -like:None",
    "np.asarray": "*leaves dtype order * -device:None -copy:None -like:None",
    "np.asanyarray": "*leaves dtype order * -device:None -copy:None -like:None",
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
    "np.searchsorted": "a v side -sorter:None",
    "np.nan_to_num": "x -copy:True nan posinf neginf",
    "copy": "x order",
    "flatten": "a order",
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


@dataclass(frozen=True)
class Parameter:
    """One parameter of a library function."""

    name: str  # what the caller writes
    target: str  # the operand or attribute; "" if not supported
    optional: bool
    required_attribute: bool
    neutral: Any  # the value at which a parameter that is not supported changes nothing


@dataclass(frozen=True)
class Signature:
    """The parameters that may be given by position, and all by name."""

    positional: tuple[Parameter, ...]
    keywords: dict[str, Parameter]


@cache
def signature_of(primitive: Primitive) -> Signature:
    """How a call of what the primitive stands for is written."""
    row = primitive.signature or _ROWS.get(primitive.name)
    if row is None:
        row = " ".join((*primitive.operands, *primitive.attributes))
        if isinstance(primitive.function, np.ufunc):
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
    return Signature(tuple(positional), keywords)


def _parse(token: str) -> Parameter:
    if token.startswith("-"):
        name, _, neutral = token[1:].partition(":")
        return Parameter(name, "", True, False, literal_eval(neutral) if neutral else NOT_STATIC)
    name, _, target = token.strip("*?!").partition("=")
    return Parameter(name, target or name, token.endswith("?"), token.endswith("!"), NOT_STATIC)
