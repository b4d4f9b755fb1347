"""Symbolic sizes against the sizes of slices, ranges and sums in every small case."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tangentc.kinds.dims import (
    as_size,
    broadcast,
    combined,
    computed_int,
    cut,
    label_of,
    labelled,
    never_one,
    product,
    shift,
    sliced,
    symbols_of,
    total,
)
from tangentc.kinds.types import FLOAT, INT, Array, Const, Dim, Int, Symbol

N = Dim(Symbol("n", never_one=True))
M = Dim(Symbol("m", never_one=True))
P = Dim(Symbol("p"))


def value(size, n, m=0, p=0):
    """What a size or label comes to."""
    sizes = {N.base: n, M.base: m, P.base: p}
    match size:
        case int():
            return size
        case Symbol():
            return sizes[size]
        case Dim(("int", base, offset), 0):
            return value(base, n, m, p) + offset
        case Dim(("plus", base, offset), minus):
            return max(max(value(base, n, m, p) + offset, 0) - minus, 0)
        case Dim(("slice", size, start, stop, step), minus):
            bounds = (None if bound is None else value(bound, n, m, p) for bound in (start, stop, step))
            return max(len(range(*slice(*bounds).indices(value(size, n, m, p)))) - minus, 0)
        case Dim(base, minus):
            return max(value(base, n, m, p) - minus, 0)
    raise AssertionError(size)


BOUNDS = [None, 0, 1, 2, 3, -1, -2, -3]


@pytest.mark.parametrize("step", [None, 1, 2, -1, -2])
def test_slices_with_constant_bounds(step):
    for start, stop in itertools.product(BOUNDS, BOUNDS):
        for size in (N, cut(N, 2), as_size(shift(N, 2)), 3):
            for n in range(8):
                found = value(sliced(size, start, stop, step), n)
                assert found == len(range(value(size, n))[start:stop:step]), (size, start, stop, step, n)


def test_slices_with_symbolic_stops():
    for k, start in itertools.product(range(-1, 6), (None, 0, 1, 2)):
        for stop in (shift(N, -k), cut(N, k) if k >= 0 else N):
            for n in range(12):
                expected = len(range(n)[start : value(stop, n)])
                assert value(sliced(N, start, stop, None), n) == expected, (k, start, stop, n)


def test_the_usual_stencil_slices_agree():
    inner = sliced(N, 1, -1, None)
    assert inner == sliced(N, 2, None, None) == sliced(N, None, -2, None) == sliced(N, 1, shift(N, -1), None)
    assert sliced(N, None, N, None) == N == sliced(N, None, None, -1)
    assert sliced(N, None, 3, None) == sliced(N, None, 3, None) != sliced(M, None, 3, None)


def test_cut_and_shift_are_exact():
    for a, b in itertools.product(range(-4, 5), range(5)):
        label = shift(N, a)
        for n in range(8):
            assert value(label, n) == n + a
            assert value(as_size(label), n) == max(n + a, 0)
            assert value(cut(as_size(label), b), n) == max(max(n + a, 0) - b, 0)
            assert value(shift(label, b), n) == n + a + b
            assert value(shift(as_size(label), -b), n) == max(n + a, 0) - b
    assert shift(shift(N, 3), -3) == N == as_size(shift(as_size(shift(N, 3)), -3))


def test_a_negative_int_makes_an_empty_axis():
    unknown = Int(Dim(("int", P.base, 0)))
    assert value(as_size(label_of(unknown)), 0, p=-3) == 0
    assert as_size(-2) == 0
    assert as_size(label_of(unknown)) == as_size(label_of(unknown))
    assert as_size(shift(label_of(unknown), -1)) == cut(as_size(label_of(unknown)), 1)


@pytest.mark.parametrize("seed", range(20))
def test_broadcasting(seed):
    rng = np.random.default_rng(seed)
    n, m, p = (int(rng.choice([0, 2, 3])) for _ in range(3))
    p = int(rng.choice([0, 1, n]))
    for left, right in itertools.product(
        itertools.product((1, N, M, P, 3), repeat=2), [(), (1,), (N,), (P,), (3,), (P, N)]
    ):
        try:
            shape = np.broadcast_shapes(
                tuple(value(s, n, m, p) for s in left), tuple(value(s, n, m, p) for s in right)
            )
        except ValueError:
            continue
        dims = broadcast(left, right)
        assert len(dims) == len(shape)
        for dim, size in zip(dims, shape, strict=True):
            if dim in (1, N, M, P, 3):
                assert value(dim, n, m, p) == size, (left, right, n, m, p)


def test_only_a_size_that_may_be_one_is_stretched():
    assert broadcast((N,), (M,)) in ((N,), (M,))
    assert broadcast((N,), (P,)) == (N,)
    assert broadcast((P,), (1,)) == (P,)
    assert broadcast((P,), (cut(N, 1),))[0] not in (P, cut(N, 1))
    assert broadcast((P,), (4,)) == (4,)
    assert never_one(N) and never_one(0) and not never_one(1) and not never_one(cut(N, 1))


def test_sums_and_products():
    assert total([N, 2]) == as_size(shift(N, 2))
    assert total([2, 3]) == 5 and total([N]) == N and total([N, M]) == total([N, M]) != total([N, N])
    assert product([N, 1]) == N and product([2, 3]) == 6 and product([]) == 1 and product([N, 0]) == 0
    assert product([N, M]) == product([N, M])


def test_descriptions_do_not_grow_for_ever():
    label = label_of(Int(N))
    for _ in range(100):
        label = computed_int("mul", label, 3).size
    assert len(repr(label)) < 200
    assert combined("sum", N, M) == combined("sum", N, M)


def test_labels():
    assert label_of(Const(3)) == 3 and label_of(Const(True)) == 1 and label_of(FLOAT) is None
    assert label_of(Const("a")) is None
    assert label_of(INT) != label_of(INT)
    assert labelled(FLOAT) is FLOAT and labelled(Int(N)) == Int(N) and labelled(INT) != labelled(INT)
    assert list(symbols_of(Array(None, (N, cut(M, 1), 3, total([N, P]))))) == [N.base, M.base, P.base]
