"""Joins: upper bounds, commutative up to fresh names, and no more general than needed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tangentc.kinds.join import EACH, is_subkind, item_of, join, joined_items, same_kind, widened
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    Any,
    Array,
    Const,
    Dict,
    Dim,
    Int,
    List,
    Object,
    Scalar,
    Symbol,
    Tape,
    Tuple,
)  # fmt: skip

F8, F4 = np.dtype("f8"), np.dtype("f4")
N, M = Dim(Symbol("n", never_one=True)), Dim(Symbol("m", never_one=True))
KINDS = [
    Const(1), Const(1.0), Const(True), Const(0.0), Const(-0.0), Const(None), Const("a"), Const((1, 2)),
        BOOL, INT, FLOAT,
    COMPLEX, ANY, Int(N), Int(3), Scalar(F8), Scalar(F4), Array(F8, (N,)), Array(F8, (M,)), Array(F4, (N,)),
    Array(F8, (N, M)), Array(None, (N,)), Array(F8, None), Tuple((FLOAT, INT)), Tuple((FLOAT,)),
        List(FLOAT),
    List(FLOAT, 3), List(Array(F8, (N,))), Dict((("a", FLOAT),)), Dict((("b", FLOAT),)), Object(str),
        Object(int),
    Object(bool), Tape(FLOAT), Const(np.float64(1.0)),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), list(itertools.product(KINDS, KINDS)))
def test_a_join_covers_both(a, b):
    found = join(a, b)
    assert is_subkind(a, found) and is_subkind(b, found)
    assert type(join(b, a)) is type(found)
    if same_kind(a, b):
        assert same_kind(found, a)


JOINS = [
    (Const(1), Const(1), Const(1)),
    (Const(1.0), FLOAT, FLOAT),
    (Const(1), Const(1.0), ANY),
    (Const(0.0), Const(-0.0), FLOAT),
    (Const(1), Const(True), ANY),
    (FLOAT, Scalar(F8), Scalar(F8)),
    (FLOAT, Scalar(F4), ANY),
    (FLOAT, Array(F8, ()), ANY),
    (Array(F8, (N,)), Array(F4, (N,)), Array(None, (N,))),
    (Array(F8, (N,)), Array(F8, (N, M)), Array(F8, None)),
    (Array(F8, (N,)), Array(None, (N,)), Array(None, (N,))),  # np.dtype(float) == None
    (Int(N), Int(N), Int(N)),
    (Int(3), Const(3), Int(3)),
    (Const(None), FLOAT, ANY),
    (List(FLOAT, 3), List(FLOAT, 4), List(FLOAT)),
    (Tuple((FLOAT,)), Const((1.0,)), Tuple((FLOAT,))),
    (Object(bool), Object(int), Object(int)),
    (Object(str), Object(int), ANY),
]


@pytest.mark.parametrize(("a", "b", "expected"), JOINS)
def test_joins(a, b, expected):
    assert same_kind(join(a, b), expected)


def test_sizes_that_differ_give_a_new_one():
    (size,) = join(Array(F8, (N,)), Array(F8, (M,))).dims
    assert size not in (N, M) and isinstance(size.base, Symbol) and not size.base.never_one
    assert join(Array(F8, (N, 3)), Array(F8, (M, 3))).dims[1] == 3
    assert join(Int(N), Int(M)).size not in (N, M)
    assert join(Array(F8, (N,)), Array(F8, (M,))) != join(Array(F8, (N,)), Array(F8, (M,)))


def test_entries_of_a_list_may_differ_in_size():
    item = joined_items([Array(F8, (N, 3)), Array(F8, (M, 3))])
    assert item == Array(F8, (EACH, 3))
    first, second = item_of(item), item_of(item)
    assert first.dims[0] != second.dims[0] and first.dims[1] == 3
    assert joined_items([]) == ANY and joined_items([FLOAT]) == FLOAT
    assert item_of(joined_items([Int(N), Int(M)])) != item_of(joined_items([Int(N), Int(M)]))
    assert join(List(Array(F8, (N,))), List(Array(F8, (M,)))) == List(Array(F8, (EACH,)))


def test_widened():
    assert widened(Const(2)) == Int(2) and widened(Const(True)) == BOOL and widened(Const(1j)) == COMPLEX
    assert widened(Const((1.0, 2))) == Tuple((FLOAT, Int(2)))
    assert widened(Const(np.float32(1))) == Scalar(F4) and widened(Const("a")) == Const("a")


def test_subkinds():
    assert is_subkind(Array(F8, (N,)), Array(F8, None)) and not is_subkind(Array(F8, None), Array(F8, (N,)))
    assert is_subkind(Array(F8, (N,)), Array(None, (N,))) and Array(F8, (N,)) != Array(None, (N,))
    assert not is_subkind(Array(None, (N,)), Array(F8, (N,)))
    assert is_subkind(Int(N), join(Int(N), Int(M))) and not is_subkind(Int(N), Int(M))
    assert not is_subkind(Array(F8, (M,)), Array(F8, (N,))) and not is_subkind(FLOAT, INT)
    assert is_subkind(Const(1.0), FLOAT) and is_subkind(FLOAT, Any())
