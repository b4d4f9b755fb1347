"""In-place writes, their operands, and which parameters they reach."""

from __future__ import annotations

import numpy as np
import pytest

from tangentc.ir.build import walk
from tangentc.ir.nodes import Store
from tests.frontend.running import assert_same, check, lowered, run

X = np.array([0.3, -1.2, 0.7, 1.9, -0.4])


def elements(x):
    y = x.copy()
    y[0] = y[1] * 2
    y[-1] += 3
    y[1] -= y[0]
    y[2] *= 4
    y[3] /= 2
    y[4] **= 2
    return y


def slices(x):
    y = x.copy()
    y[1:-1] += 0.1 * (y[2:] - y[:-2])
    y[::2] = 0.5
    y[:] *= 2
    return y


def masks(x):
    y = x.copy()
    y[y < 0] = 0
    y[y > 1] *= 2
    y[x > 0] += x[x > 0]
    return y


def repeated(x):
    y = x.copy()
    y[[0, 0, 1]] += x[:3]
    y[[3, 3]] = x[:2]
    return y


def whole(x):
    y = x.copy()
    z = y
    y += 1
    y *= x
    y -= 2
    return y, z


def numbers(x):
    s = x[0]
    t = s
    s += 1
    s *= 2
    s -= t
    s /= 3
    return s, t


def views(x):
    m = np.zeros((2, 5))
    m[0] = x
    row = m[1]
    row[:] = x * 2
    m.T[2, 0] = 9
    m[0][1] = 7
    return m


def tuple_targets(x):
    y = x.copy()
    y[0], y[1] = y[1], y[0]
    (y[2], t), u = (1.0, 2.0), 3.0
    return y, t + u


def swapped_rows(x):
    m = np.outer(x, x)
    m[[0, 1]] = m[[1, 0]]
    return m


def index_arrays(x):
    m = np.zeros((5, 5))
    i = np.arange(5)
    m[i, i] = x
    m[i[1:], i[:-1]] += 2
    return m[np.triu_indices(5)] if x[0] > 9 else m


def ellipsis(x):
    m = np.zeros((2, 5))
    m[..., 0] = 3
    m[None, 0, ..., 1] = 2
    return m[..., None], m[:, np.newaxis]


def zero_dimensional(x):
    z = np.array(2.0)
    z[()] = x[0]
    z[...] += 1
    return z


def keyword_slices(x):
    s = slice(1, None, 2)
    y = x.copy()
    y[s] = 0
    return y[slice(3)], y


@pytest.mark.parametrize(
    "program",
    [
        elements, slices, masks, repeated, whole, numbers, views, tuple_targets, swapped_rows, index_arrays, ellipsis,
        zero_dimensional, keyword_slices,
    ],
)  # fmt: skip
def test_stores(program):
    check(program, X)


def stores_of(program, *args):
    return [node for node in walk(lowered(program, *args).function.body) if isinstance(node, Store)]


def test_accumulating_stores():
    assert [store.accumulate for store in stores_of(elements, X)] == ["", "+", "-", "", "", ""]
    assert [store.accumulate for store in stores_of(masks, X)] == ["", "", "+"]
    assert [store.accumulate for store in stores_of(repeated, X)] == ["", ""]


def test_value_is_read_before_the_store():
    def program(x):
        def h():
            x[0] = 5.0
            return 1.0

        x[1] = h() + x[0]
        return x

    check(program, X)


# --- written parameters ---------------------------------------------------------------------------------


def direct(a, b):
    a[0] = 1
    return a + b


def through_view(a, b):
    v = b[1:]
    v.T[0] = 2
    return a


def through_branch(a, b):
    c = a if a[0] > 0 else a + 1
    c[0] = 1
    return c + b


def through_loop(a, b):
    u, v = a, np.zeros(5)
    for _ in range(3):
        v[0] = 1
        u, v = v, u
    return u + b


def through_callee(a, b):
    def h(c):
        c += 1

    h(b)
    return a


def through_recursion(a, b, n=3):
    if n == 0:
        return a
    b[n] = 0
    return through_recursion(a, b, n - 1)


def copied(a, b):
    a = a.copy()
    a[0] = b[0]
    return a


def through_tuple(a, b):
    for c in (a, b):
        c[0] = 1
    return a


@pytest.mark.parametrize(
    ("program", "written"),
    [
        (direct, ("a",)), (through_view, ("b",)), (through_branch, ("a",)), (through_loop, ("a",)),
        (through_callee, ("b",)), (copied, ()), (through_tuple, ("a", "b")),
    ],
)  # fmt: skip
def test_written(program, written):
    result = check(program, X, X * 2)
    assert result.written == written


def test_written_in_a_recursive_callee():
    result = lowered(through_recursion, X, X * 2, 3)
    assert result.written == ("b",)
    assert_same(run(result, X, X * 2, 3), X)
