"""Branches, loops and early exits: the trace runs like the program."""

from __future__ import annotations

import numpy as np
import pytest

from tangentc.ir.show import show
from tests.frontend.running import assert_same, check, lowered, run

X = np.array([0.3, -1.2, 0.7, 1.9, -0.4])


def branches(x, n):
    if n > 2:
        y = x * 2
    elif n > 1:
        y = x + 1
        x = x * 3
    else:
        y = x
    return x * y


def one_sided(x, n):
    y = x
    if n > 2:
        y = np.sin(x)
    return y + x


def early_return(x, n):
    if n == 0:
        return x
    if n == 1:
        return x * x
    z = x + 1
    if n == 2:
        return z
    return z * z


def nested_return(x, n):
    if n > 0:
        if n > 2:
            return x * 2
        x = x + n
    else:
        x = x - 1
    return x * 3


def returns_nothing(x, n):
    if n > 2:
        return x
    return None


def falls_off(x, n):
    if n > 2:
        return x * 1.0


def raises(x, n):
    if n > 9:
        raise ValueError(f"n = {n}")
    y = x * 2
    if n > 1:
        y = y + x
    elif n > 8:
        raise KeyError("never")
    return y


def asserts(x, n):
    assert n >= 0, "negative"
    assert n < 100, f"too large: {n}"
    return x * n


def chained(x, n):
    if 0 < n < 3:
        return x
    return x * 2 if n == 0 or n > 3 else -x


def boolean_values(x, n):
    a = n and 3
    b = n or 5
    c = not n
    return a, b, c, x if (n > 1 and x[0] > 0) else x * 2


def walrus(x, n):
    if (m := n * 2) > 3:
        return x * m
    return x + m


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "program",
    [
        branches, one_sided, early_return, nested_return, returns_nothing, falls_off, raises, asserts, chained,
        boolean_values, walrus,
    ],
)  # fmt: skip
def test_branches(program, n):
    check(program, X, n)


@pytest.mark.parametrize("value", [0.5, 1.5, 3.0])
def test_branch_on_float(value):
    def program(x):
        if x > 2:
            return x * x
        elif x > 1:
            return np.sin(x)
        return 1.0

    result = lowered(program, value)
    for other in (0.5, 1.5, 3.0):
        assert_same(run(result, other), program(other))


# --- loops ------------------------------------------------------------------------------------------


def accumulate(x, n):
    s = 0.0
    for i in range(n):
        s += x[i] * x[i - 1]
    return s


def accumulate_int(x, n):
    s = 0
    for i in range(n):
        s += x[i]
    return s


def count(x, n):
    k = 0
    for i in range(1, n + 1, 2):
        k = k + i
    return k, x


def index_after(x, n):
    i = 7
    for i in range(n):
        x = x * 1.5
    return x, i


def first_bound_inside(x, n):
    for i in range(n + 1):
        t = x * i
        y = t + x
    return y


def rebinding(x, n):
    a, b = x, x * 2
    for _ in range(n):
        a, b = b, a
    return a - b


def breaks(x, n):
    s = 0.0
    for i in range(n):
        if x[i] < -1:
            break
        s += x[i]
    return s, i if n else -1


def break_after_update(x, n):
    y = x.copy()
    for i in range(n):
        y[i] = y[i] * 2
        if y[i] > 1:
            break
    return y


def continues(x, n):
    y = x.copy()
    for i in range(n):
        if y[i] < 0.2:
            continue
        y[i] *= y[i - 1]
        if y[i] > 0.4:
            y[i - 1] = 0
            continue
        y[0] += y[i] ** 2
    return y


def nested_continue(x, n):
    s = 0.0
    for i in range(n):
        if x[i] > 0:
            if i > 1:
                continue
            s += 1.0
        s += x[i]
    return s


def returns_inside(x, n):
    for i in range(n):
        if x[i] > 0.5:
            return x * i
    return x + 1


def returns_from_nested(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i + 1):
            s += x[j]
            if s > 0.9:
                return s * 10, j
            if x[j] < -1:
                break
        else:
            s += 100.0
        s += 0.25
    return s, -1


def loop_else(x, n):
    for i in range(n):
        if x[i] > 0.6:
            y = x * 2
            break
    else:
        y = x * 3
    return y


def loop_else_return(x, n):
    for i in range(n):
        if x[i] > 1.5:
            return x
        if x[i] > 0.6:
            break
    else:
        return x * 3
    return x * 5


def while_loop(x, n):
    i = 0
    s = x[0]
    while i < n and s < 3:
        s = s + x[i] * x[i]
        i += 1
    return s, i


def while_else(x, n):
    i = 0
    while i < n:
        i += 1
        if x[i] > 1.5:
            break
    else:
        i = i + 100
    return x * i


def while_true(x, n):
    i = 0
    while True:
        x = x * 0.5
        i += 1
        if i > n:
            break
        if np.sum(x) < 1e-1:
            return x * 3
    return x


def while_walrus(x, n):
    s = 0.0
    while (n := n - 1) > 0:
        s += x[n]
    return s, n


def while_false(x, n):
    while False:
        x = x * 2
    return x


def triangular(x, n):
    y = x.copy()
    for i in range(n):
        for j in range(i):
            y[i] -= 0.1 * y[j]
        y[i] /= 2.0
    return y


def swap_buffers(x, n):
    a = x.copy()
    b = np.zeros(5)
    for _ in range(n):
        b[1:-1] = (a[2:] + a[:-2]) / 2
        a, b = b, a
    return a


def read_before_bound(x, n):
    for i in range(n):
        if i == 0:
            t = x
        else:
            t = t * x
    return t if n > 0 else x


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "program",
    [
        accumulate, accumulate_int, count, index_after, first_bound_inside, rebinding, breaks, break_after_update,
        continues, nested_continue, returns_inside, returns_from_nested, loop_else, loop_else_return, while_loop,
        while_else, while_true, while_walrus, while_false, triangular, swap_buffers, read_before_bound,
    ],
)  # fmt: skip
def test_loops(program, n):
    result = lowered(program, X, 3)
    assert_same(run(result, X, n), program(X.copy(), n))


# --- sequences ----------------------------------------------------------------------------------------


def rows(m):
    s = 0.0
    for row in m:
        s = s + np.sum(row * row)
    return s


def row_writes(m):
    m = m.copy()
    for row in m:
        row[0] = row[1] * 2
    return m


def zipped(m):
    s = 0.0
    for row, x in zip(m, m[:, 0]):
        s = s + row[1] * x
    return s


def enumerated(m):
    s = 0.0
    for k, row in enumerate(m, 2):
        s = s + k * row[0]
    return s


def backwards(m):
    s = 1.0
    for row in reversed(m):
        s = s * 0.5 + row[0]
    for i in reversed(range(3)):
        s = s * 0.5 + m[i, 1]
    for i in range(3, 0, -1):
        s = s * 0.5 + m[i, 1]
    return s


def enumerated_zip(m):
    s = 0.0
    for k, (a, b) in enumerate(zip(m, reversed(m))):
        s = s + k * a[0] * b[1]
    return s


def zipped_with_range(m):
    s = 0.0
    for i, row in zip(range(1, 9, 2), m):
        s = s + i * row[0]
    return s


@pytest.mark.parametrize(
    "program", [rows, row_writes, zipped, enumerated, backwards, enumerated_zip, zipped_with_range]
)
def test_sequences(program):
    check(program, np.arange(12.0).reshape(4, 3))


def test_unrolled():
    def program(ws, bs, x):
        for i, (w, b) in enumerate(zip(ws, bs)):
            x = w @ x + b
            if i == 0:
                continue
            x = np.tanh(x)
        return x

    rng = np.random.default_rng(0)
    ws = [rng.normal(size=(4, 3)), rng.normal(size=(2, 4))]
    check(program, ws, [rng.normal(size=4), rng.normal(size=2)], rng.normal(size=3))


def test_unrolled_break_and_return():
    def program(xs, n):
        s = 0.0
        for x in xs:
            if x > n:
                break
            if x < -n:
                return s
            s = s + x
        else:
            s = s * 2
        return s + 1

    result = lowered(program, (1.0, 2.0, -3.0), 5)
    for n in (0, 1, 2, 3, 5):
        assert_same(run(result, (1.0, 2.0, -3.0), n), program((1.0, 2.0, -3.0), n))


def test_layers_by_index():
    def program(layers, x):
        for k in range(len(layers)):
            w, b = layers[k]
            x = w @ x + b
        return x

    rng = np.random.default_rng(0)
    layers = [(rng.normal(size=(4, 3)), rng.normal(size=4)), (rng.normal(size=(2, 4)), rng.normal(size=2))]
    check(program, layers, rng.normal(size=3))


def test_shape_changes_in_a_loop():
    def program(x, n):
        a = x
        for i in range(n):
            a = np.concatenate((a, x[i : i + 1]))
        return a, a[1:] + a[:-1]

    result = check(program, X, 3)
    assert_same(run(result, X, 0), program(X, 0))


def test_dead_names_are_not_carried():
    def program(x, n):
        for i in range(n):
            t = x * i
            x = x + t
        return x

    (loop,) = [node for node in lowered(program, X, 3).function.body.nodes if type(node).__name__ == "Loop"]
    assert [var.name for var in loop.results] == ["x"]


def test_a_number_that_becomes_an_array():
    def program(x, n):
        s = 0.0
        for i in range(n):
            if i > 1:
                s += x * i
            else:
                s += 2.0
        s /= 2
        return s

    result = check(program, X, 4)
    for n in (0, 1, 2, 3):
        assert_same(run(result, X, n), program(X, n))


def test_a_number_that_becomes_an_array_in_constant_trips():
    def program(x):
        s = 0
        for i in range(3):
            s += x * i
        return s, np.sum(s)

    result = check(program, X)
    kinds = [var.kind for var in result.function.body.yields]
    assert kinds[0] == result.function.body.params[0].kind


def test_none_before_the_first_trip():
    def program(x, n):
        best = None
        for i in range(n):
            if best is None or x[i] > best:
                best = x[i]
        return best

    result = check(program, X, 4)
    for n in (0, 1, 2):
        assert_same(run(result, X, n), program(X, n))


def test_text_of_a_trace():
    def program(x, n):
        y = x * 2.0
        for i in range(n):
            t = y[i] * x[i]
            y[i] += t
        return y

    text = show(lowered(program, X, 3).function)
    assert text.replace(" int(i, 0)", "").replace(" int(i1, 0)", "").rstrip().splitlines() == [
        "program(x: float64[n], n: int):",
        "    y: float64[n] = mul(x, 2.0)",
        "    for i: int in range(0, n, 1):",
        "        %1: np.float64 = y[i]",
        "        %2: np.float64 = x[i]",
        "        t: np.float64 = mul(%1, %2)",
        "        y[i] += t",
        "        yield",
        "    return y",
    ]
