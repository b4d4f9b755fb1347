"""Array writes that are spelled as calls: outputs, masks, methods of ufuncs, functions and methods that write."""

from __future__ import annotations

import operator

import numpy as np

from tests.programs.program import Program, normal, positive


def out_of_ufunc(x, w):
    """The result lands in an array that exists, and is that array."""
    c = np.empty_like(x)
    d = np.multiply(x, w, out=c)
    c[0] = 2.0 * c[1]
    return d * np.add(c, x, c)


def out_aliases_operand(x):
    """Whole-array updates without temporaries, as careful programs write them."""
    y = x * x
    np.multiply(y, x, out=y)
    np.sin(y, y)
    np.subtract(y, x, out=(y,))
    return y


def out_is_a_view(x):
    """Neighbouring parts of one buffer, read and written."""
    c = x * 1.0
    np.multiply(c[:-1], c[1:], out=c[1:])
    np.add(c[:-2], c[2:], out=c[1:-1])
    return c


def out_broadcast(x):
    """An output that is larger than the result."""
    c = np.zeros((3, len(x)))
    np.exp(x, out=c)
    np.add(c, x, out=c)
    return c


def out_two_results(x):
    """Two outputs, one of them given."""
    whole = np.zeros_like(x)
    fraction, whole = np.modf(3.0 * x, None, whole)
    return fraction**2 + whole * x


def out_in_loop(x, n):
    """Two work arrays, used over and over."""
    a, b = x.copy(), np.empty_like(x)
    for _ in range(n):
        np.multiply(a, a, out=b)
        np.subtract(a, b, out=a)
        np.multiply(b, 0.5, out=b)
        np.add(a, b, out=a)
    return a


def out_of_reduction(x):
    """Sums, means and extremes, written row by row."""
    c = np.zeros((4, len(x)))
    np.sum(x * x, axis=1, out=c[0])
    x.mean(axis=1, out=c[1])
    np.max(x, axis=1, out=c[2])
    np.prod(x, 1, None, c[3])
    return c


def out_of_products(a, b):
    """Matrix products into the same buffer."""
    c = np.empty((a.shape[0], b.shape[1]))
    np.dot(a, b, out=c)
    d = c * c
    np.matmul(a, b * 2.0, out=c)
    np.einsum("ij,jk->ik", a, b, out=d[:, :])
    return c * d


def out_of_others(x):
    """Functions that are no ufuncs."""
    y = np.empty_like(x)
    np.cumsum(x, out=y)
    np.clip(y, -1.0, 1.0, out=y)
    np.take(y, [0, 2, 2], out=y[:3])
    z = np.empty(2 * len(x))
    np.concatenate([x, y * x], out=z)
    p = np.empty((2, len(x)))
    np.stack([x, y], out=p)
    x.clip(0.0, 0.7, out=x)
    return z * np.sum(p[1]) + p[0, 0] * np.sum(x)


def out_float32(x):
    """A single precision result computed in double, and the other way round."""
    c = np.zeros(len(x), dtype=np.float32)
    d = np.zeros(())
    np.multiply(x, x, out=c)
    np.sum(c, out=d)
    return c * d


def masked_division(a, b):
    """Nothing is divided by zero, forwards or backwards."""
    c = np.zeros_like(a)
    np.divide(a, b, out=c, where=b != 0)
    np.sqrt(c, out=c, where=c > 0.5)
    return c


def masked_broadcast(x, w):
    """Operands and masks that are broadcast to the output."""
    c = np.outer(x, x)
    np.multiply(c, w, out=c, where=w > 0)
    np.add(c, 1.0, out=c, where=(x < 0)[:, None])
    np.log(x**2 + 1.0, out=c, where=c < 0)
    return c


def masked_reductions(x):
    """The chosen entries only, with a first value."""
    m = x > 0
    total = np.sum(x, where=m) + np.sum(x**2, axis=0, where=m, initial=2.0)
    return total * np.prod(x, where=m) + x.sum(where=x < 0) * np.mean(x, axis=0, where=x < 5.0)


def masked_extremes(x, lowest):
    """Extremes of some entries, and of a number."""
    a = np.max(x, where=x < 0.5, initial=-9.0) * np.min(x, axis=1, initial=0.2)
    b = np.max(x, axis=0, initial=lowest) + np.max(x[:, :0], initial=lowest)
    return np.sum(a) * b


def masked_truth(x):
    """Questions about some entries."""
    if np.any(x > 1.0, where=x < 1.5) and np.all(x > 0, where=x > 1.0):
        return x * 2.0
    return x * x


def scatter_add(x, i, v):
    """Repeated indices, each of which counts."""
    y = x.copy()
    np.add.at(y, i, v * v)
    np.subtract.at(y, i[::-1], y[i])
    return y * y


def scatter_rows(x, i, j):
    """Rows, pairs of indices, slices, and an index of one's own."""
    y = np.zeros((4, 3))
    np.add.at(y, i, x[: len(i)])
    np.add.at(y, (i, j), x[0, 0] * 2.0)
    np.subtract.at(y, slice(1, 3), x[:2])
    np.multiply.at(y, 2, x[1])
    np.negative.at(y, slice(0, 2))
    return y * y


def histogram_of_distances(x, bins):
    """A weighted histogram in a loop: the assembly of a finite element program."""
    h = np.zeros(bins)
    for k in range(len(x)):
        near = np.arange(len(x)) % bins
        np.add.at(h, near, np.cos(x - x[k]))
        h *= 0.9
    return h


def reduce_methods(x):
    """Reductions along the first axis, as ufuncs do by default."""
    a = np.add.reduce(x * x) + np.multiply.reduce(x, axis=0)
    b = np.maximum.reduce(x, axis=None) * np.minimum.reduce(x, keepdims=True)
    c = np.zeros(x.shape[0])
    np.add.reduce(x, 1, out=c)
    return np.sum(a * b) * c + np.add.reduce(x, axis=(0, 1), initial=1.0)


def accumulate_and_outer(x, y):
    """Running sums and tables of all pairs."""
    t = np.subtract.outer(x, y)
    s = np.add.accumulate(t * t) + np.add.accumulate(t, axis=1)
    return s * np.multiply.outer(x, y) + np.sum(np.multiply.outer(t, x)) + np.add.outer(x[0], y)


def copyto(x, w):
    """Whole arrays, parts and chosen entries."""
    y = np.zeros((3, len(x)))
    np.copyto(y, x)
    np.copyto(y[1], x * w)
    np.copyto(y, w * w, where=y > 0.3)
    np.copyto(dst=y[2], src=0.5, where=x < 0)
    return y


def putmask_and_place(x, v):
    """Values under a mask: number by number, or repeated."""
    a, b, c, d = x * 1.0, x * 2.0, x * 3.0, x * 4.0
    np.putmask(a, x > 0, a**2)
    np.putmask(b, x > 0, v[:2])
    np.place(c, x > 0, v)
    np.putmask(d, x < 0, 0.0)
    np.place(d, d > 1.0, v[0])
    return np.stack([a, b, c, d])


def put(x, v):
    """Entries by their position in the reading order."""
    y = x * x
    np.put(y, [0, 2, -1], v)
    y.put([1, 3], y[0, 0] * v[:1])
    np.put(y, 4, v[1])
    return y


def put_along_axis(x, v):
    """The largest entry of each row replaced."""
    y = x * 1.0
    k = np.expand_dims(np.argmax(x, axis=1), axis=1)
    np.put_along_axis(y, k, v[:, None], axis=1)
    np.put_along_axis(y, np.array([[1, 0, 1]]), 0.5 * v[0], axis=0)
    return y


def diagonals(x, v):
    """Diagonals of square and of long matrices."""
    a = np.outer(x, x)
    np.fill_diagonal(a, v)
    b = np.outer(v, x)[:, :2] * 1.0
    np.fill_diagonal(b, x[0])
    np.fill_diagonal(b[1:], v[:1])
    return np.sum(a) * b


def fill_and_sort(x):
    """Methods that write their array."""
    y = x * x
    y[0].fill(x[1, 1])
    y.sort()
    z = x * 1.0
    z.sort(axis=0)
    z[:, 0].sort()
    return y * z


def median_filter(x):
    """A window sorted again in each trip."""
    y = x.copy()
    window = np.empty(3)
    for i in range(1, len(x) - 1):
        window[...] = y[i - 1 : i + 2]
        window.sort()
        y[i] = 0.5 * (window[1] + y[i])
    return y


def flat_iterator(x):
    """Entries in reading order, of arrays that are no rows of memory."""
    y = (x * x).T
    y.flat[1] = x[0, 0]
    y.flat[-1] *= 3.0
    y.flat[2:4] = y.flat[0:2]
    y.flat[[0, 5]] += x[1, 1]
    total = 0.0
    for value in y.flat:
        total += value**2
    for k in range(y.size):
        y.flat[k] += 0.1 * total * k
    return y


def flat_assignment(x, v):
    """All entries at once, from values that repeat."""
    y = x.T * 1.0
    y.flat = v
    z = x * x
    z.flat = 2.0 * v[0]
    return y * z.T


def complex_parts(z, x):
    """Real and imaginary parts written."""
    y = z * (z + 2j)
    y.real = x
    y.real[0] = y.imag[1]
    w = z * 1j
    w.imag = x
    return np.abs(y * w)


def operator_functions(x, w):
    """The functions that spell the statements."""
    y = x * 1.0
    operator.setitem(y, 0, x[1] * x[2])
    y = operator.iadd(y, w)
    alias = operator.imul(y, x)
    alias[1] = 2.0
    s = operator.isub(x[0], 3.0)
    return y * operator.itruediv(s, 2.0)


def shuffled(x, seed):
    """An order drawn by a generator."""
    rng = np.random.default_rng(seed)
    y = x * x
    rng.shuffle(y)
    rng.shuffle(y[1:])
    return y * x + rng.normal()


def nan_to_num_in_place(x):
    """What is not finite replaced where it stands."""
    y = x * x
    y[1] = np.inf
    np.nan_to_num(y, copy=False, posinf=3.0)
    return y * x


def out_truth_and_counts(x):
    """Outputs that hold truth values and counts, in single and double precision."""
    m = np.zeros(4, bool)
    k = np.zeros(4, int)
    np.greater(x, 0, out=m)
    np.logical_not(m, out=m)
    np.logical_or(m, x > 1, m)
    np.add(k, 3, out=k)
    y = x * 1.0
    y[m] = x[m] ** 2
    y *= k
    np.add.at(k, [0, 0], 1)
    y[0] *= k[0]
    return y


def out_of_methods(x):
    """Outputs of methods, by position and by name."""
    c, r, z = np.zeros((3, 3)), np.zeros(3), np.zeros(())
    np.clip(x, -0.5, 0.5, c)
    np.matmul(c, x, c)
    np.dot(x, x[0], r)
    np.outer(r, x[1], c)
    x.cumsum(1, out=c[:, :])
    x.dot(c, c)
    np.take(x, [0, 0, 1], 1, c)
    c *= x
    np.trace(x, out=z)
    x.std(axis=0, out=c[0])
    x.max(0, r)
    c[2] = r * z
    return c * c


def out_of_one_path(x, first):
    """An output that one of two arrays is."""
    a, b = x * 1.0, x * 2.0
    t = a if first else b
    np.multiply(t, x, out=t)
    np.add.at(t, (0, [1, 1]), x[0, 0])
    t.sort(axis=0)
    t[t > 1] = x[1, 1]
    np.fill_diagonal(t, 1.0)
    return a * b


def out_complex(x):
    """Complex results and their moduli."""
    z, w = np.zeros(x.shape, complex), np.zeros(x.shape)
    np.exp(1j * x, out=z)
    np.multiply(z, x, out=z, where=x > 0)
    np.add.at(z, (slice(None), [0, 0]), x[:, :2])
    np.abs(z, out=w)
    z.real[1] *= 2.0
    np.copyto(z[0], x[0])
    return np.abs(z * z) + w


def masks_in_loop(x, n):
    """A mask array that is computed again in each trip."""
    y, m = x * 1.0, np.zeros(x.shape, bool)
    for i in range(n):
        np.greater(y, 0.1 * i, out=m)
        np.multiply(y, y, out=y, where=m)
        np.subtract(y, 0.3, out=y, where=~m)
        np.divide(1.0, y, out=y, where=y > 2)
    return y * y


def scatter_rewound(x, i, v):
    """What a scatter overwrites is read before and after it."""
    y = x * x
    s = y[0] * y[1] * y[2]
    np.add.at(y, i, v * y[i])
    t = np.sin(y) * s
    np.subtract.at(y, i, t[i])
    y *= t
    np.add.at(y, (i,), y[i] * v)
    return y * t


def scatter_in_loop(x, i, n):
    """Weights and counts scattered in each trip, and read in the next."""
    y, k = x * 1.0, np.zeros(4, int)
    for j in range(n):
        w = y * y
        np.add.at(y, i, 0.1 * w[i] * k[0])
        np.add.at(k, i, 1)
        y *= np.cos(y) + k
        np.subtract.at(y, (i[::-1],), y[j] * 0.1)
        if y[0] > 0:
            np.add.at(y, i, y[1])
    return y * k


def scatter_into_argument(x, i, j, v):
    """The arrays of the caller stay as they are."""
    np.add.at(x, (i, j), v)
    np.add.at(x, x > 0.5, 2.0 * v[0])
    np.add.at(x.T[0], [0, 0], x[1, 0] * v[:2])
    return x * x


def empty_arrays(x):
    """Nothing to write."""
    y = x * 1.0
    y[:0] = x[:0]
    y[x > 1e9] = 1.0
    np.add.at(y, np.array([], int), 1.0)
    np.multiply(y, x, out=y)
    y.sort()
    np.copyto(y, 2.0, where=x > 1e9)
    return y * y


def written_in_single_precision(x):
    """Every sum and product in the precision of what it is stored into."""
    m = x > 0
    y = x * 2
    np.add(y, np.ones(4), out=y)
    np.add.at(y, [0, 0], np.ones(2))
    return np.mean(x, where=m) * np.sum(x, initial=1.0, where=m) * np.max(x, initial=0.1, where=m) * y


def positions(x):
    """Loops over all places of an array."""
    y = np.zeros_like(x)
    for i, j in np.ndindex(*x.shape):
        y[i, j] = x[i, j] ** 2 + x[i - 1, j]
    for place in np.ndindex(x.shape):
        y[place] *= x[place]
    total = 0.0
    for (i, _), value in np.ndenumerate(y):
        if value > 1:
            continue
        total += value * (i + 1)
    return y * total


def flat_values(x):
    """The iterator handed on."""
    y = x.T * 1.0
    total = np.sum(y.flat) * y.flat[3]
    y[0, 1] = total
    return np.array(y.flat) * total


PROGRAMS = [
    Program(out_of_ufunc, [(normal(4), normal(4, seed=1)), (normal(3, 2), 2.0)]),
    Program(out_aliases_operand, [(normal(4),), (normal(2, 3),)]),
    Program(out_is_a_view, [(normal(6),), (normal(3),)]),
    Program(out_broadcast, [(normal(4),), (normal(1),)]),
    Program(out_two_results, [(normal(5) + 0.03,)]),
    Program(out_in_loop, [(0.5 * normal(4), 3), (normal(2), 0)]),
    Program(out_of_reduction, [(normal(3, 4),), (positive(2, 1),)]),
    Program(out_of_products, [(normal(2, 3), normal(3, 4, seed=1))]),
    Program(out_of_others, [(normal(4),)]),
    Program(out_float32, [(normal(3),)], rtol=1e-3, order=1),
    Program(masked_division, [(positive(5), np.array([1.0, 0.0, 2.0, 0.0, -1.0]))], argnums=(0,)),
    Program(masked_broadcast, [(normal(3), normal(3, seed=2))]),
    Program(masked_reductions, [(normal(3, 4),), (positive(2, 2),), (-positive(2, 2),)]),
    Program(masked_extremes, [(normal(3, 4), -0.3), (normal(2, 2), 5.0)]),
    Program(masked_truth, [(positive(4),), (np.array([1.2, -3.0]),)]),
    Program(
        scatter_add,
        [(normal(4), np.array([0, 2, 0, 3]), normal(4, seed=1)), (normal(2), np.array([], int), normal(0))],
    ),
    Program(scatter_rows, [(normal(3, 3), np.array([0, 1, 1]), np.array([2, 0, 0]))]),
    Program(histogram_of_distances, [(normal(5), 3), (normal(1), 2)]),
    Program(reduce_methods, [(normal(3, 4),)]),
    Program(accumulate_and_outer, [(normal(3), normal(2, seed=1))]),
    Program(copyto, [(normal(4), normal(4, seed=1)), (normal(3), 0.7)]),
    Program(putmask_and_place, [(normal(6), normal(6, seed=1)), (-positive(3), normal(3))]),
    Program(put, [(normal(2, 4), normal(2, seed=1)), (normal(5, 2).T, normal(3))]),
    Program(put_along_axis, [(normal(2, 3), normal(2, seed=1))]),
    Program(diagonals, [(normal(3), normal(3, seed=1)), (normal(3), normal(4))]),
    Program(fill_and_sort, [(normal(3, 4),), (normal(2, 2),)]),
    Program(median_filter, [(normal(7),)]),
    Program(flat_iterator, [(normal(2, 3),), (normal(3, 2).T,)]),
    Program(flat_assignment, [(normal(2, 3), normal(4, seed=1))]),
    Program(complex_parts, [(normal(3), normal(3, seed=2))]),
    Program(operator_functions, [(normal(4), normal(4, seed=1))]),
    Program(shuffled, [(normal(5), 3), (normal(4, 2), 0)]),
    Program(nan_to_num_in_place, [(normal(3),)]),
    Program(out_truth_and_counts, [(normal(4),)]),
    Program(out_of_methods, [(normal(3, 3),)]),
    Program(out_of_one_path, [(normal(3, 4), True), (normal(3, 4), False)]),
    Program(out_complex, [(normal(3, 4),)]),
    Program(masks_in_loop, [(normal(3, 4), 3), (normal(2, 2), 0)]),
    Program(
        scatter_rewound,
        [(normal(4), np.array([0, 0, 2]), normal(3, seed=4)), (normal(4), np.array([1, 1]), normal(2, seed=4))],
    ),
    Program(scatter_in_loop, [(normal(4), np.array([0, 0, 2]), 3), (normal(4), np.array([1, 1]), 0)]),
    Program(scatter_into_argument, [(normal(3, 2), np.array([0, 2, 0]), np.array([1, 1, 1]), normal(3, seed=1))]),
    Program(empty_arrays, [(normal(4),), (normal(0),)]),
    Program(written_in_single_precision, [(normal(4).astype(np.float32),)], rtol=1e-2, order=1),
    Program(positions, [(normal(3, 4),), (normal(0, 2),), (normal(2, 1),)]),
    Program(flat_values, [(normal(2, 3),)]),
]  # fmt: skip
