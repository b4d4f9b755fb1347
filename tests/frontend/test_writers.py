"""Array writes that are refused: because NumPy refuses them, or because their derivative is not known."""

from __future__ import annotations

import numpy as np
import pytest

from tangentc import TangentcError, grad

X = np.array([0.5, 1.5, -0.7])
SHARED = np.zeros(3)


def undefined_entries(x):
    return np.sum(np.log(x, where=x > 0))


def mask_of_numbers(x):
    return np.sum(np.add(x, 1.0, out=np.zeros(3), where=np.array([1, 0, 1])))


def extreme_of_nothing(x):
    return np.max(x, where=x > 0)


def masked_variance(x):
    return np.var(x, where=x > 0)


def out_of_whole_numbers(x):
    k = np.zeros(3, int)
    np.multiply(x, 2.0, out=k)
    return np.sum(k * x)


def whole_numbers_times_float(x):
    k = np.arange(3)
    k *= 0.5
    return np.sum(k * x)


def part_of_whole_numbers(x):
    k = np.arange(3)
    k[1:] += 0.5
    return np.sum(k * x)


def chosen_whole_numbers(x):
    k = np.arange(3)
    k[[0, 1]] /= 2
    return np.sum(k * x)


def complex_into_float(x):
    y = x * 1.0
    y += 1j
    return np.sum(y)


def copied_into_whole_numbers(x):
    k = np.arange(3)
    np.copyto(k, x)
    return np.sum(k * x)


def imaginary_part_of_floats(x):
    y = x * 1.0
    y.imag = 0.0
    return np.sum(y)


def out_is_a_list(x):
    return np.sum(np.add(x, 1.0, out=[0.0, 0.0, 0.0]))


def out_is_shared(x):
    np.add(x, 1.0, out=SHARED)
    return np.sum(SHARED * x)


def out_of_another_rank(x):
    c = np.zeros(3)
    np.sum(x, out=c)
    return np.sum(c * x)


def too_many_outputs(x):
    np.add(x, 1.0, out=(x, x))
    return np.sum(x)


def shape_written(x):
    y = x * 1.0
    y.shape = (3, 1)
    return np.sum(y)


def transpose_written(x):
    y = np.outer(x, x)
    y.T *= 2.0
    return np.sum(y)


def resized(x):
    y = x * 1.0
    y.resize(5)
    return np.sum(y)


def product_scattered(x):
    y = x * 1.0
    np.multiply.at(y, [0, 0], x[:2])
    return np.sum(y)


def clipped_positions(x):
    y = x * 1.0
    np.put(y, [5], 1.0, mode="clip")
    return np.sum(y)


def iterated_by_nditer(x):
    total = 0.0
    for v in np.nditer(x):
        total += v
    return total


def segments(x):
    return np.sum(np.multiply.reduceat(x, [0, 1]))


def running_hypotenuse(x):
    return np.sum(np.hypot.accumulate(x))


def broadcast_written(x):
    y = np.broadcast_to(x * 1.0, (2, 3))
    y[0] = 1.0
    return np.sum(y)


def alias_of_what_may_be_a_number(x):
    total = 0.0
    for i in range(3):
        total = total + x * i
    alias = total
    total[0] = 3.0
    return np.sum(alias)


def changed_by_callee(x):
    def touch(v):
        v += 1.0
        return v

    total = 0.0
    for i in range(3):
        total = total + x * i
    return np.sum(touch(total) * total)


def two_names(x):
    total = again = 0.0
    for i in range(3):
        total = again = total + x * i
    total += 1.0
    return np.sum(total * again)


def closure_sees(x):
    total = 0.0
    for i in range(3):
        total = total + x * i
    kept = (lambda: total)()
    total += 1.0
    return np.sum(total * kept)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (undefined_entries, "TC115"), (mask_of_numbers, "TC115"), (extreme_of_nothing, "TC115"),
        (masked_variance, "TC115"), (out_of_whole_numbers, "TC128"), (whole_numbers_times_float, "TC128"),
        (part_of_whole_numbers, "TC128"), (chosen_whole_numbers, "TC128"), (complex_into_float, "TC128"),
        (copied_into_whole_numbers, "TC128"), (imaginary_part_of_floats, "TC128"), (out_is_a_list, "TC108"),
        (out_is_shared, "TC107"), (out_of_another_rank, "TC115"), (too_many_outputs, "TC115"),
        (shape_written, "TC108"), (transpose_written, "TC108"), (resized, "TC108"),
        (product_scattered, "TC108"), (clipped_positions, "TC115"), (iterated_by_nditer, "TC109"),
        (segments, "TC202"), (running_hypotenuse, "TC202"), (broadcast_written, "TC123"),
        (alias_of_what_may_be_a_number, "TC121"), (changed_by_callee, "TC121"), (two_names, "TC113"),
        (closure_sees, "TC113"),
    ],
)  # fmt: skip
def test_refused(program, code):
    with pytest.raises(TangentcError) as raised:
        grad(program)(X.copy())
    assert raised.value.code == code
    assert raised.value.span is not None and raised.value.span.file.name == __file__


def test_an_entry_of_whole_numbers_is_cut():
    """`k[1] *= 1.5` is an assignment of an entry, which NumPy cuts without a word."""

    def f(x):
        k = np.arange(3)
        k[1] *= 1.5
        k[2] += 2.7
        return np.sum(k * x)

    assert np.array_equal(grad(f)(X), [0.0, 1.0, 4.0])


def test_the_program_may_ask_for_the_cut():
    def f(x):
        k = np.zeros(3, int)
        np.multiply(np.array([1.5, 2.5, 3.5]), 1.0, out=k, casting="unsafe")
        return np.sum(k * x)

    assert np.array_equal(grad(f)(X), [1.0, 2.0, 3.0])


def test_arguments_of_the_caller_stay():
    def f(x, order):
        np.add.at(x, [0, 0], x[1])
        np.random.default_rng(0).shuffle(x)
        np.putmask(order, order > 1, 0)
        x.sort()
        return np.sum(x * np.arange(3)) + order[2] * x[0]

    x, order = X.copy(), np.array([2, 1, 2])
    grad(f)(x, order)
    assert np.array_equal(x, X) and np.array_equal(order, [2, 1, 2])
