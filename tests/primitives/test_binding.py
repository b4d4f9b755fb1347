"""From calls as they are written to operands and attributes."""

from __future__ import annotations

import inspect
import math
import operator

import numpy as np
import pytest

import tangentc.primitives.table  # noqa: F401
from tangentc.primitives.binding import NOT_STATIC, BindError, Values, bind
from tangentc.primitives.core import Primitive, find, named, registered
from tangentc.primitives.index import Hole
from tangentc.primitives.signatures import signature_of

VALUES = Values(
    items=lambda value: value if isinstance(value, (list, tuple)) else None,
    pack=tuple,
    constant=lambda value: value,
    static=lambda value: NOT_STATIC if isinstance(value, (str, np.ndarray)) and value != "K" else value,
)


def bound(function, *args, method=False, **kwargs):
    primitive = function if isinstance(function, Primitive) else find(function)
    return bind(primitive, args, kwargs, VALUES, method=method)


CASES = [
    (bound(np.sin, "x"), (["x"], {})),
    (bound(np.add, "x", "y"), (["x", "y"], {})),
    (bound(np.add, "x", "y", where=True, out=None), (["x", "y"], {})),
    (bound(np.sum, "x"), (["x"], {})),
    (bound(np.sum, "x", 0), (["x"], {"axis": 0})),
    (bound(np.sum, a="x", axis=1, keepdims=True), (["x"], {"axis": 1, "keepdims": True})),
    (bound(np.sum, "x", 0, float, None, True), (["x"], {"axis": 0, "dtype": float, "keepdims": True})),
    (bound(np.max, "x", 1, None, True), (["x"], {"axis": 1, "keepdims": True})),
    (bound(np.std, "x", 0, None, None, 1), (["x"], {"axis": 0, "dtype": None, "ddof": 1})),
    (bound(np.argmax, "x", 0), (["x"], {"axis": 0})),
    (bound(np.clip, "x", 0, 1), (["x", 0, 1], {})),
    (bound(np.clip, "x", a_max=1), (["x", None, 1], {})),
    (bound(np.clip, "x", min=0, max=1), (["x", 0, 1], {})),
    (bound(np.clip, "x", 0), (["x", 0, None], {})),
    (bound(np.reshape, "x", (2, 3)), (["x", (2, 3)], {})),
    (bound(np.reshape, "x", (2, 3), "F"), (["x", (2, 3)], {"order": "F"})),
    (bound(np.reshape, "x", 2, 3, method=True), (["x", (2, 3)], {})),
    (bound(np.reshape, "x", (2, 3), method=True), (["x", (2, 3)], {})),
    (bound(np.reshape, "x", -1, method=True, order="F"), (["x", -1], {"order": "F"})),
    (bound(np.transpose, "x", 1, 0, method=True), (["x"], {"axes": (1, 0)})),
    (bound(np.transpose, "x", (1, 0), method=True), (["x"], {"axes": (1, 0)})),
    (bound(np.transpose, "x", method=True), (["x"], {})),
    (bound(np.transpose, "x", (1, 0)), (["x"], {"axes": (1, 0)})),
    (bound(np.concatenate, ["a", "b"]), (["a", "b"], {})),
    (bound(np.concatenate, ("a", "b"), 1), (["a", "b"], {"axis": 1})),
    (bound(np.stack, arrays=["a"], axis=-1), (["a"], {"axis": -1})),
    (bound(np.vstack, ("a", "b")), (["a", "b"], {})),
    (bound(np.array, "x"), (["x"], {})),
    (bound(np.array, ["x", 1.0], dtype=float), (["x", 1.0], {"dtype": float, "nesting": (Hole(0), Hole(1))})),
    (
        bound(np.array, [["a", "b"], ["c", "d"]]),
        (["a", "b", "c", "d"], {"nesting": ((Hole(0), Hole(1)), (Hole(2), Hole(3)))}),
    ),
    (bound(np.asarray, "x", float), (["x"], {"dtype": float})),
    (bound(np.array, "x", copy=True, order="K"), (["x"], {"order": "K"})),
    (bound(np.zeros, 3), ([3], {})),
    (bound(np.zeros, (2, 3), int), ([(2, 3)], {"dtype": int})),
    (bound(np.full, 3, fill_value=1.0), ([3, 1.0], {})),
    (bound(np.eye, 3, k=1), ([3], {"k": 1})),
    (bound(np.eye, 3, 4), ([3, 4], {})),
    (bound(np.arange, 3), ([3], {})),
    (bound(np.arange, 0, 3, dtype=float), ([0, 3], {"dtype": float})),
    (bound(np.arange, 0, stop=3), ([0, 3], {})),
    (bound(np.arange, 3, step=2), ([0, 3, 2], {})),
    (bound(np.arange, 0, 3, 1, float), ([0, 3, 1], {"dtype": float})),
    (bound(np.linspace, 0, 1), ([0, 1], {})),
    (bound(np.linspace, 0, 1, num=5, endpoint=False), ([0, 1, 5], {"endpoint": False})),
    (bound(np.where, "c", "x", "y"), (["c", "x", "y"], {})),
    (bound(np.where, "c"), (["c"], {})),
    (bound(np.swapaxes, "x", 0, 1), (["x"], {"axis1": 0, "axis2": 1})),
    (bound(np.linalg.norm, "x", 2, 0), (["x"], {"ord": 2, "axis": 0})),
    (bound(np.einsum, "ij,jk", "a", "b"), (["a", "b"], {"subscripts": "ij,jk"})),
    (bound(math.log, "x", 2), (["x", 2], {})),
    (bound(max, "x", "y"), (["x", "y"], {})),
    (bound(round, "x", ndigits=2), (["x", 2], {})),
    (bound(print, "x", end=""), (["x", ""], {"keywords": ("end",)})),
    (bound(named("astype"), "x", float, method=True), (["x"], {"dtype": float})),
    (bound(named("astype"), "x", dtype=int, copy=True, method=True), (["x"], {"dtype": int})),
    (bound(named("copy"), "x", method=True), (["x"], {})),
]


@pytest.mark.parametrize(("found", "expected"), CASES)
def test_bind(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bound(np.add, "x", "y", out="z"), "the argument 'out' of np.add is not supported"),
        (lambda: bound(np.add, "x", "y", where="m"), "the argument 'where' of np.add is not supported"),
        (lambda: bound(np.sum, "x", initial=1.0), "the argument 'initial' of np.sum is not supported"),
        (lambda: bound(np.sin, "x", dtype=float), "the argument 'dtype' of np.sin is not supported"),
        (lambda: bound(np.sum, "x", 0, axis=1), "np.sum got the argument 'axis' twice"),
        (lambda: bound(np.sum, "x", axes=1), "np.sum has no argument 'axes'"),
        (lambda: bound(np.add, "x"), "np.add needs the argument 'x2'"),
        (lambda: bound(np.expand_dims, "x"), "np.expand_dims needs the argument 'axis'"),
        (lambda: bound(np.tril, "x", 1, 2), "np.tril takes at most 2 positional arguments, not 3"),
        (lambda: bound(np.concatenate, "x"), "entries are known"),
        (lambda: bound(np.concatenate), "needs the arrays"),
        (lambda: bound(np.array), "needs the values"),
        (lambda: bound(np.arange), "np.arange takes"),
        (lambda: bound(np.array, "x", copy=False), "'copy'"),
        (lambda: bound(np.nan_to_num, "x", copy=False), "'copy'"),
        (lambda: bound(np.einsum, "i", "x", out="y"), "'out'"),
        (lambda: bound(np.reshape, "x", method=True), "needs the argument 'shape'"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(BindError, match=message):
        call()


@pytest.mark.parametrize(
    "primitive",
    [
        p
        for p in registered()
        if p.name.startswith("np.") and p.operands and not p.operands[0].startswith("*")
    ],
    ids=lambda p: p.name,
)
def test_parameters_stand_in_the_order_of_the_library(primitive):
    """Each parameter of NumPy's signature is bound or refused by its own name, never taken for another."""
    function = operator.attrgetter(primitive.name.partition(".")[2])(np)
    if isinstance(function, (np.ufunc, type)):
        return
    try:
        theirs = list(inspect.signature(function).parameters.values())
    except ValueError:
        return  # a builtin without signature
    if any(p.kind is p.VAR_POSITIONAL for p in theirs):
        return
    positional = [p.name for p in theirs if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    ours = [p.name for p in signature_of(primitive).positional]
    assert ours == positional[: len(ours)]
