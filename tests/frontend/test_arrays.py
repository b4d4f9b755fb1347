"""frontend/arrays/: programs of NumPy's functions that move, pick, order and map entries."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.errors import TangentcError

X = np.random.default_rng(0).normal(size=(3, 4))
V = np.random.default_rng(1).normal(size=5)

square_above = np.vectorize(lambda t: t * t if t > 0 else 3.0 * t)


def parts(x: Any, v: Any) -> Any:
    a, b = np.split(x, 2, axis=1)
    c, d, e = np.array_split(v, 3)
    first, *_ = np.vsplit(x, 3)
    f, _ = np.hsplit(x, [3])
    a[0] = b[1] * d[0]  # the parts are views
    e *= 2.0
    return np.concatenate([x, v[:, None] * c[0], first * 2.0, f * f], axis=None)


def deep_parts(x: Any, v: Any) -> Any:
    p, q = np.dsplit(x[:, None, :], 2)
    r, s = np.array_split(v[:3], [1])
    return p * q * r + np.sum(s)


def filled(x: Any, v: Any) -> Any:
    a = x.copy()
    np.fill_diagonal(a, v[:3])
    a.partition(1, axis=0)
    return a * a


def ordered(x: Any, v: Any) -> Any:
    a = v.copy()
    a.partition(2)
    b = x.copy()
    b.sort(axis=0)
    return a[2] * b + np.median(np.array([1.0, 2.0]))


def uniques(x: Any, v: Any) -> Any:
    values, index, inverse, counts = np.unique(
        np.concatenate((v, v)), return_index=True, return_inverse=True, return_counts=True
    )
    return values * counts * index + np.sum(v[inverse % 5]) + np.unique_counts(v).values


def outer_lines(x: Any, v: Any) -> Any:
    return np.apply_along_axis(lambda row, k: k * np.outer(row, row), 0, x, v[0])


def pieces(x: Any, v: Any) -> Any:
    low = np.piecewise(v, [v > 0.0, v < -0.5], [lambda t, a: a * t**2, lambda t, a: 3.0 * t], x[0, 0])
    high = np.piecewise(v, [v > 100.0], [lambda t: t / np.max(t), np.sin])
    return low * high + np.piecewise(v[0], [v[0] < 9.0], [np.exp, 1.0])


def open_grid(x: Any, v: Any) -> Any:
    rows, columns = np.meshgrid(x[0], x[:, 0], indexing="xy", copy=False)
    i, j, k = np.meshgrid(v, x[0], x[1], indexing="ij", sparse=True)
    return rows * columns * np.sum(i * j * k)


def numbers(x: Any, v: Any) -> Any:
    return np.array(v.tolist()) * x.tolist()[1][2] * x.item(0, 1) * x.item(5) * x.item((1, 1)) * v[0].item()


PROGRAMS = {
    "block": lambda x, v: np.block([[x, x[:, :1]], [v[:1], v[1:]]]),
    "block of numbers": lambda x, v: np.block([v, 1.0, v[0]]),
    "r_ and c_": lambda x, v: np.r_[v, 1.0, 0:3, v[0], 0:1:3j] * np.sum(np.c_[v, v**2, 0:5]),
    "r_ of matrices": lambda x, v: np.r_[x, 2.0 * x],
    "parts": parts,
    "deep parts": deep_parts,
    "unstack": lambda x, v: np.stack([np.moveaxis(x, 1, 0)[k] for k in range(2)]) * v[0],
    "trim_zeros": lambda x, v: np.trim_zeros(np.concatenate(([0.0], v, [0.0, 0.0])), "b"),
    "trim_zeros of nothing": lambda x, v: np.concatenate((np.trim_zeros(0.0 * v), v)),
    "delete a slice": lambda x, v: np.delete(x, slice(1, None, 2), axis=1) * np.delete(v, [0, -1, 1, 2]),
    "insert at a slice": lambda x, v: np.insert(v, slice(0, 2), x[0, :2]),
    "pad with a computed number": lambda x, v: np.pad(x, 1, constant_values=v[0]),
    "pad by computed widths": lambda x, v: np.pad(v, (len(x), 1)) * np.sum(np.pad(x, ((0, len(v)), (1, 0)))),
    "append": lambda x, v: np.append(v, [v[0], 2.0]) * np.sum(np.append(x, x, axis=0)),
    "broadcast_arrays": lambda x, v: np.multiply(*np.broadcast_arrays(v, x[:, :1])),
    "atleast": lambda x, v: np.add(*np.atleast_2d(v[0], x)),
    "meshgrid": open_grid,
    "asarray": lambda x, v: np.asarray(x, order="F", copy=True) + np.array(v[0], ndmin=2, copy=True),
    "asfortranarray": lambda x, v: np.asfortranarray(x) * v[0],
    "take": lambda x, v: np.take(x, [0, 7], axis=1, mode="wrap") * np.take(v, -9, mode="clip"),
    "take_along_axis": lambda x, v: np.take_along_axis(x, np.argsort(x, axis=1), axis=1) ** 2,
    "choose": lambda x, v: np.choose([0, 1, 0, 1], [x[0], x[1]]) * np.array([1, 0]).choose([v[:2], v[2:4]])[0],
    "select": lambda x, v: np.select([x > 0.5, x < -0.5], [x**2, 3.0 * x], default=v[0]),
    "piecewise": pieces,
    "compress": lambda x, v: np.compress([True, False, True], x, axis=0) * v.compress([0, 1])[0],
    "extract": lambda x, v: np.extract(x > 0.0, x) ** 2,
    "fill_diagonal": filled,
    "flat": lambda x, v: x.flat[2:5] * x.flat[[0, 3, 0]] * sum(e * e for e in x.flat),
    "index arrays": lambda x, v: x[np.tril_indices_from(x)] * np.sum(x[:, :3][np.diag_indices_from(x[:, :3])]),
    "positions in lists": lambda x, v: x[np.unravel_index([1, 5], (3, 4))] * x[np.unravel_index(7, (3, 4))],
    "sorted in place": ordered,
    "sort": lambda x, v: np.sort(x, axis=None) * np.sum(np.sort(v)[::2]),
    "order of keys": lambda x, v: v[np.lexsort((v, np.array([0, 1, 0, 1, 0])))] * v[np.argpartition(v, 2)[2]],
    "unique": uniques,
    "unique rows": lambda x, v: np.unique(x, axis=0) * np.unique(np.array([3, 1, 3]))[0],
    "sets": lambda x, v: np.concatenate(
        (np.union1d(v, x[0]), np.setdiff1d(v, v[:2]), np.setxor1d(np.append(x[0], v[0]), v))
    ),
    "sets of integers": lambda x, v: v[np.setdiff1d(np.arange(5), [1])] * np.isin([0, 1, 2, 3], [1, 3]),
    "apply_along_axis": lambda x, v: np.apply_along_axis(np.cumsum, 0, x) * np.apply_along_axis(np.sum, 0, x),
    "matrices along an axis": outer_lines,
    "apply_over_axes": lambda x, v: np.apply_over_axes(np.sum, x[None] ** 2, [0, 2]) * v,
    "vectorize": lambda x, v: np.vectorize(lambda a, b: a * b if a > b else b)(x, x[0]) * square_above(v[0]),
    "vectorize with a type": lambda x, v: np.vectorize(lambda t: 0 if t > 0 else t, otypes=[float])(x),
    "vectorize a global": lambda x, v: square_above(x),
    "fromfunction": lambda x, v: np.fromfunction(lambda i, j: np.sin(i * v[1]) + j * v[0], (3, 4)),
    "numbers": numbers,
    "view": lambda x, v: x.view() * x.view(np.float64) * x.nbytes * v[0].itemsize,
}  # fmt: skip


def difference(program: Any, x: Any, v: Any, direction: tuple[Any, Any]) -> Any:
    step = 1e-6
    ahead = program(x + step * direction[0], v + step * direction[1])
    behind = program(x - step * direction[0], v - step * direction[1])
    return (ahead - behind) / (2.0 * step)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, rng: Any) -> None:
    program = PROGRAMS[name]
    expected = program(X.copy(), V.copy())
    weights = rng.normal(size=expected.shape)
    value, pull = tangentc.vjp(program, X.copy(), V.copy())
    assert value.dtype == expected.dtype
    assert np.array_equal(value, expected)
    bars = pull(weights)
    direction = (rng.normal(size=X.shape), rng.normal(size=V.shape))
    slope = difference(program, X, V, direction)
    along = sum(np.sum(bar * dot) for bar, dot in zip(bars, direction, strict=True))
    assert np.allclose(np.sum(weights * slope), along, rtol=1e-6, atol=1e-7)
    _, tangent = tangentc.jvp(program, (X.copy(), V.copy()), direction)
    assert np.allclose(tangent, slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    "program",
    [
        lambda v: np.sum(np.pad(v, 2, mode="reflect") ** 3),
        lambda v: np.sum(np.insert(v, [1, 3], v[:2] ** 2) ** 2),
        lambda v: np.sum(np.sort(v**2) * np.arange(5.0)),
        lambda v: np.sum(square_above(v) ** 2),
        lambda v: np.sum(np.partition(v, 2)[:2] ** 3),
    ],
)
def test_second_derivative(program: Any, rng: Any) -> None:
    dot, step = rng.normal(size=5), 1e-6
    gradient = tangentc.grad(program)
    slope = (gradient(V + step * dot) - gradient(V - step * dot)) / (2.0 * step)
    assert np.allclose(tangentc.hessian(program)(V.copy()) @ dot, slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (lambda v: np.sum(np.pad(v, 1, mode=lambda *_: None)), "writes the padding"),
        (lambda v: np.sum(np.pad(v, 1, constant_values=(v[0], v[1]))), "constant_values"),
        (lambda v: np.sum(np.frompyfunc(lambda t: t, 1, 1)(v)), "objects"),
        (lambda v: np.sum(np.vectorize(lambda t: t, signature="(n)->(n)")(v)), "signature"),
        (lambda v: np.sum(np.vectorize(lambda t: 0 if t > 0.3 else t)(v)), "different types"),
        (lambda v: np.sum(np.apply_along_axis(lambda r: r[0] if r[0] > 0.3 else 1, 0, v)), "different types"),
        (lambda v: np.sum(np.intersect1d(v, v)), "intersect1d"),
        (lambda v: np.sum(np.unique_values(v)), "order of np.unique_values"),
        (lambda v: np.sum(v.view(np.int64)), "bits"),
        (lambda v: np.sum(v) * v.strides[0], "memory"),
        (lambda v: np.sum(np.block(((v, v), (v, v)))), "not tuples"),
        (lambda v: np.sum(np.array_split(v, np.arange(len(v)))[0]), "how many parts"),
        (lambda v: np.sum(np.select([v], [v])), "truth values"),
        (lambda v: np.sum(np.asarray(v, copy=False)), "copy"),
        (lambda v: np.sum(np.array(v, copy=False)), "copy"),
    ],
)
def test_what_has_no_derivative_is_refused(program: Any, message: str) -> None:
    with pytest.raises(TangentcError, match=message):
        tangentc.grad(program)(V.copy())


def test_a_split_that_does_not_come_out_even_fails_as_numpy_does() -> None:
    with pytest.raises(ValueError, match="equal division"):
        tangentc.grad(lambda v: np.sum(np.split(v, 2)[0]))(V.copy())


@pytest.mark.parametrize(
    "program",
    [
        lambda v: np.iscomplexobj(v) + 2 * np.isrealobj(v) + 4 * np.isscalar(v[0]) + 8 * np.iterable(v),
        lambda v: (
            np.finfo(v.dtype).eps + np.finfo(float).tiny + np.iinfo(np.int16).max + np.dtype("f4").itemsize
        ),
        lambda v: float(np.result_type(v, np.float32) == np.float64) + np.can_cast(v.dtype, np.float32),
        lambda v: float(np.promote_types(np.float32, v.dtype) == np.common_type(v)),
        lambda v: np.array_equal(v, v) + np.may_share_memory(v, v),
        lambda v: np.array_equiv(v, v) + np.sum(np.isreal(v)) + np.sum(np.iscomplex(v)) + np.ndim(v),
        lambda v: np.ravel_multi_index((1, 2), (3, 4)) + np.searchsorted(v, 0.3, sorter=np.argsort(v)),
        lambda v: (
            np.sum(np.indices((2, 3), sparse=True)[1]) + np.unique_inverse([3, 1, 3]).inverse_indices[0]
        ),
    ],
)
def test_facts_are_constants(program: Any) -> None:
    value, bar = tangentc.value_and_grad(lambda v: np.sum(v) * program(v))(V.copy())
    assert value == np.sum(V) * program(V)
    assert np.allclose(bar, program(V))


def test_dtypes_are_numpys() -> None:
    v = V.astype(np.float32)
    for program in (
        lambda v: np.r_[v, 1.0, 2],
        lambda v: np.r_[v, np.float64(1.0)],
        lambda v: np.select([v > 0], [v], 0),
        lambda v: np.insert(v, 1, 2.0),
        lambda v: np.vectorize(lambda t: t * 2, otypes=[np.float64])(v),
        lambda v: np.concatenate((v, v), dtype=np.float64),
        lambda v: np.block([v, 1.0]),
    ):
        value, pull = tangentc.vjp(program, v.copy())
        assert value.dtype == program(v).dtype
        assert pull(np.ones_like(value))[0].dtype == np.float32


def test_results_may_be_written() -> None:
    def program(v: Any) -> Any:
        padded = np.pad(v, 1)
        padded[0] = v[1] ** 2
        grid, _ = np.meshgrid(v, v)
        grid[1] *= 2.0
        turned = np.rot90(grid)
        turned[0, 0] = 7.0  # a view
        return np.sum(padded**2) + np.sum(grid**2 * np.arange(25.0).reshape(5, 5))

    expected = [difference(lambda v, _: program(v), V, 0.0, (np.eye(5)[k], 0.0)) for k in range(5)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.allclose(tangentc.grad(program)(V.copy()), expected, rtol=1e-5)
