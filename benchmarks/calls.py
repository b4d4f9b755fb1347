"""One call of every differentiable library function, at any size: what `benchmarks.rules` measures.

Functions that work entry by entry are called with arrays of numbers between 0.2 and 0.8, unless they stand in a
table here; every other function has an entry of its own.  The first word of an entry is the function's name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import scipy

import tangentc.rules.table  # noqa: F401
from tangentc.primitives.core import Primitive, find, registered
from tangentc.primitives.libraries import resolve
from tangentc.rules.registry import Rule, rule_of

__all__ = ["CALLS", "Call", "calls", "differentiable"]

for _part in (
    "fft",
    "integrate",
    "linalg",
    "ndimage",
    "signal",
    "sparse.linalg",
    "spatial",
    "special",
    "stats",
):
    import_module(f"scipy.{_part}")

Maker = Callable[[int, np.random.Generator], Any]
"""An operand of about that many entries."""


@dataclass(frozen=True)
class Call:
    """A function of its operands, each made at the size that is measured; derivatives are taken in those of floats."""

    function: Callable[..., Any]
    operands: tuple[Maker, ...]

    def at(self, size: int) -> tuple[Any, ...]:
        return tuple(
            make(size, np.random.default_rng([size, place])) for place, make in enumerate(self.operands)
        )


# --- operands ---------------------------------------------------------------------------------------


def between(low: float, high: float) -> Maker:
    return lambda n, draw: draw.uniform(low, high, n)


def value(x: Any) -> Maker:
    return lambda n, draw: x


def whole(high: int, low: int = 0) -> Maker:
    """Integers below `high`."""
    return lambda n, draw: draw.integers(low, high, n)


line, number = between(0.2, 0.8), value(0.7)


def side(n: int) -> int:
    return math.isqrt(n)


def plane(n: int, draw: np.random.Generator) -> Any:
    return draw.uniform(0.2, 0.8, (side(n), side(n)))


def cube(n: int, draw: np.random.Generator) -> Any:
    edge = round(n ** (1 / 3))
    return draw.uniform(0.2, 0.8, (edge, edge, edge))


def edge(n: int, draw: np.random.Generator) -> Any:
    """As long as a side of the plane."""
    return draw.uniform(0.2, 0.8, side(n))


def columns(count: int) -> Maker:
    return lambda n, draw: draw.uniform(0.2, 0.8, (n // count, count))


def near_one(n: int, draw: np.random.Generator) -> Any:
    """A plane of factors whose products neither overflow nor vanish."""
    return draw.uniform(0.97, 1.03, (side(n), side(n)))


def holed(n: int, draw: np.random.Generator) -> Any:
    """A plane with some NaN."""
    x = draw.uniform(0.97, 1.03, (side(n), side(n)))
    return np.where(draw.uniform(size=x.shape) < 0.01, np.nan, x)


def regular(n: int, draw: np.random.Generator) -> Any:
    return plane(n, draw) / side(n) + np.eye(side(n))


def definite(n: int, draw: np.random.Generator) -> Any:
    a = regular(n, draw)
    return a + a.T


def triangular(n: int, draw: np.random.Generator) -> Any:
    return np.tril(regular(n, draw))


def contracting(n: int, draw: np.random.Generator) -> Any:
    return plane(n, draw) / (2 * side(n))


def bands(n: int, draw: np.random.Generator) -> Any:
    """Of a tridiagonal matrix."""
    return draw.uniform(0.2, 0.8, (3, n)) + np.array([[0.0], [2.0], [0.0]])


def half_bands(n: int, draw: np.random.Generator) -> Any:
    """Of a tridiagonal matrix that is positive definite."""
    return draw.uniform(0.2, 0.8, (2, n)) + np.array([[0.0], [2.0]])


def leading(n: int, draw: np.random.Generator) -> Any:
    """A first column whose diagonal dominates."""
    return edge(n, draw) + side(n) * np.eye(side(n))[0]


def waves(n: int, draw: np.random.Generator) -> Any:
    return line(n, draw) + 1j * line(n, draw)


def complex_plane(n: int, draw: np.random.Generator) -> Any:
    return plane(n, draw) + 1j * plane(n, draw)


def grid(n: int, draw: np.random.Generator) -> Any:
    """From 0 to 1."""
    return np.linspace(0.0, 1.0, n // 10)


def row(n: int, draw: np.random.Generator) -> Any:
    return line(n, draw)[None]


def orders(n: int, draw: np.random.Generator) -> Any:
    return np.argsort(plane(n, draw), axis=1)


def few(*shape: int) -> Maker:
    return lambda n, draw: draw.uniform(0.2, 0.8, shape)


def dyadic(n: int, draw: np.random.Generator) -> Any:
    """2^k + 1 of them."""
    return draw.uniform(0.2, 0.8, 2 ** int(math.log2(n)) + 1)


def triangle_number(n: int, draw: np.random.Generator) -> Any:
    """The distances between pairs of points."""
    return draw.uniform(0.2, 0.8, side(n) * (side(n) - 1) // 2)


def shares(n: int, draw: np.random.Generator) -> Any:
    """Columns that add up to 1."""
    x = draw.uniform(0.2, 0.8, (4, n // 4))
    return x / np.sum(x, axis=0)


# --- the table --------------------------------------------------------------------------------------

CALLS: dict[str, Call] = {}


def entry(name: str, *operands: Maker, by: Callable[..., Any] | None = None) -> None:
    """A call of the function itself, or `by` a function that calls it; none where this version lacks it."""
    function = resolve(name.split()[0])
    if function is not None:
        CALLS[name] = Call(by or function, operands)


def entries(names: str, *operands: Maker) -> None:
    for name in names.split():
        entry(name, *operands)


def _of_pair(join: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, y: join((x, y))


# Entry by entry, where the usual numbers will not do.
entry("np.arccosh", between(1.2, 3.0))
entry("np.clip", line, by=lambda x: np.clip(x, 0.3, 0.7))
entry("np.where", line, line, by=lambda x, y: np.where(x > 0.5, x, y))
entry("np.ldexp", line, whole(4))
entries("np.conjugate np.real np.imag np.angle", waves)
entries("np.modf np.frexp np.float64 np.float32 np.float16 np.longdouble np.complex128 np.complex64", line)
entries("np.divmod", line, line)

# Creation.
entry("np.full", number, by=lambda x: np.full((300, 300), x))
entry("np.full_like", line, number)
entry("np.arange", number, by=lambda x: np.arange(x, x + 90_000.0))
for _name in ("linspace", "logspace"):
    entry(f"np.{_name}", number, value(3.2), by=partial(getattr(np, _name), num=100_000))
entry("np.array", line, line, by=lambda x, y: np.array([x, y]))
entries("np.asarray np.asanyarray np.ascontiguousarray np.copy", line)

# Sums and the like.
entries(
    "np.sum np.mean np.max np.min np.ptp np.var np.std np.median np.cumsum np.cumulative_sum np.average np.diff "
    "np.ediff1d np.trapezoid np.gradient", line,
)  # fmt: skip
for _name in ("sum", "mean", "max", "var", "std", "median", "cumsum", "diff", "sort", "linalg.norm"):
    entry(f"np.{_name} axis=0", plane, by=partial(resolve(f"np.{_name}"), axis=0))
    entry(f"np.{_name} axis=1", plane, by=partial(resolve(f"np.{_name}"), axis=1))
for _name in ("prod", "cumprod", "cumulative_prod"):
    if hasattr(np, _name):
        entry(f"np.{_name}", near_one, by=partial(getattr(np, _name), axis=1))
for _name in ("sum", "prod", "mean", "max", "min", "var", "std", "median", "cumsum", "cumprod"):
    entry(f"np.nan{_name}", holed, by=partial(getattr(np, f"nan{_name}"), axis=1))
entry("np.quantile", line, by=lambda x: np.quantile(x, 0.3))
entry("np.percentile", line, by=lambda x: np.percentile(x, [25.0, 50.0, 75.0]))
entry("np.quantile axis=1", plane, by=lambda x: np.quantile(x, 0.3, axis=1))
entry("np.nanquantile", holed, by=lambda x: np.nanquantile(x, 0.3, axis=1))
entry("np.nanpercentile", holed, by=lambda x: np.nanpercentile(x, 30.0, axis=1))
entry("np.cov", plane)
entry("np.corrcoef", plane)
entry("np.bincount", whole(1000), line, by=lambda k, w: np.bincount(k, w, minlength=1000))

# Along an axis.
entry("np.interp", line, grid, grid)
entry("np.unwrap", between(-9.0, 9.0))
entries("np.convolve np.correlate", line, few(30))
entry("np.convolve mode=same", line, few(30), by=lambda a, v: np.convolve(a, v, mode="same"))
entry("np.vander", edge)
entry("np.polyval", few(8), line)
entry("np.polyder", line)

# Order and choice.
entry("np.sort", line)
entry("np.partition", line, by=lambda x: np.partition(x, x.size // 2))
entry("np.partition axis=1", plane, by=lambda x: np.partition(x, 2, axis=1))
entry("np.sort_complex", waves)
entry("np.take_along_axis", plane, orders, by=lambda x, order: np.take_along_axis(x, order, axis=1))
entry("np.take", line, whole(16), by=lambda x, k: np.take(x, k))
entry("np.choose", whole(2), line, line, by=lambda k, x, y: np.choose(k, (x, y)))

# Rearrangements.
entry("np.reshape", plane, by=lambda x: np.reshape(x, -1))
entries(
    "np.ravel np.transpose np.matrix_transpose np.flip np.fliplr np.flipud np.rot90 np.diagonal np.diag np.tril "
    "np.triu np.trace", plane,
)  # fmt: skip
entry("np.swapaxes", plane, by=lambda x: np.swapaxes(x, 0, 1))
entry("np.moveaxis", cube, by=lambda x: np.moveaxis(x, 0, 2))
entry("np.rollaxis", cube, by=lambda x: np.rollaxis(x, 2))
entry("np.expand_dims", line, by=lambda x: np.expand_dims(x, 0))
entry("np.squeeze", row)
entry("np.broadcast_to", edge, by=lambda x: np.broadcast_to(x, (x.size, x.size)))
entries("np.atleast_1d np.atleast_2d np.atleast_3d", line)
entries("np.diag make", edge)
entry("np.diagflat", edge)
entry("np.roll", line, by=lambda x: np.roll(x, 7))
entry("np.roll axis=1", plane, by=lambda x: np.roll(x, 7, axis=1))
entry("np.repeat", line, by=lambda x: np.repeat(x, 3))
entry("np.repeat axis=0", plane, by=lambda x: np.repeat(x, 3, axis=0))
entry("np.repeat axis=1", plane, by=lambda x: np.repeat(x, 3, axis=1))
entry("np.tile", line, by=lambda x: np.tile(x, 3))
entry("np.tile plane", plane, by=lambda x: np.tile(x, (2, 3)))
entry("np.resize", line, by=lambda x: np.resize(x, (2, x.size)))
for _mode in ("constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "mean"):
    entry(f"np.pad mode={_mode}", plane, by=partial(np.pad, pad_width=2, mode=_mode))
entry("np.delete", line, by=lambda x: np.delete(x, 3))
entry("np.delete slice", plane, by=lambda x: np.delete(x, slice(2, 5), axis=0))
entry("np.delete places", line, by=lambda x: np.delete(x, [2, 5, 7]))
entry("np.insert", line, number, by=lambda x, v: np.insert(x, 3, v))
entry("np.append", line, line)
for _name in ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack"):
    entry(f"np.{_name}", plane, plane, by=_of_pair(getattr(np, _name)))
entry(
    "np.lib.stride_tricks.sliding_window_view", line,
    by=lambda x: np.lib.stride_tricks.sliding_window_view(x, 8),
)  # fmt: skip

# Products.
entries("np.dot np.matmul np.inner np.vdot", plane, plane)
entries("np.dot vector np.matmul vector", plane, edge)
entries("np.outer", edge, edge)
entry("np.kron", few(8, 8), columns(64))
entry("np.cross", columns(3), columns(3))
entries("np.vecdot", plane, plane)
entry("np.matvec", plane, edge)
entry("np.vecmat", edge, plane)
entry("np.tensordot", plane, plane, by=lambda x, y: np.tensordot(x, y, axes=1))
entry("np.einsum", plane, edge, by=lambda x, y: np.einsum("ij,j->i", x, y))
entry("np.einsum matrices", plane, plane, by=lambda x, y: np.einsum("ij,jk->ik", x, y))

# Linear algebra.
entries(
    "np.linalg.inv np.linalg.det np.linalg.slogdet np.linalg.svdvals np.linalg.pinv np.linalg.cond np.linalg.qr "
    "np.linalg.norm np.linalg.matrix_norm", regular,
)  # fmt: skip
entry("np.linalg.svd", plane, by=lambda a: np.linalg.svd(a, full_matrices=False))
entries("np.linalg.cholesky np.linalg.eigh np.linalg.eigvalsh", definite)
entry("np.linalg.norm ord=1", line, by=lambda x: np.linalg.norm(x, ord=1))
entry("np.linalg.norm ord=3", line, by=lambda x: np.linalg.norm(x, ord=3))
entry("np.linalg.norm ord=2 matrix", plane, by=lambda x: np.linalg.norm(x, ord=2))
entry("np.linalg.norm ord=nuc", plane, by=lambda x: np.linalg.norm(x, ord="nuc"))
entry("np.linalg.solve", regular, edge)
entry("np.linalg.solve matrix", regular, plane)
entry(
    "np.linalg.lstsq",
    columns(50),
    lambda n, draw: line(n // 50, draw),
    by=lambda a, b: np.linalg.lstsq(a, b)[0],
)
entry("np.linalg.matrix_power", plane, by=lambda a: np.linalg.matrix_power(a, 3))
entry("np.linalg.tensorsolve", regular, edge)
entry("np.linalg.tensorinv", regular, by=lambda a: np.linalg.tensorinv(a, ind=1))
entries("scipy.linalg.inv scipy.linalg.det scipy.linalg.expm scipy.linalg.sqrtm", regular)
entry("scipy.linalg.cholesky", definite)
entry("scipy.linalg.solve", regular, edge)
entry(
    "scipy.linalg.solve_triangular", triangular, edge, by=partial(scipy.linalg.solve_triangular, lower=True)
)
entry("scipy.linalg.solve_sylvester", regular, regular, plane)
entry("scipy.linalg.solve_continuous_lyapunov", regular, plane)
entry("scipy.linalg.toeplitz", edge, edge)

# Transforms.
for _library in ("np.fft.", "scipy.fft."):
    for _names, _operand in (
        ("fft ifft irfft hfft", waves),
        ("rfft ihfft", line),
        ("fft2 ifft2 irfft2 fftn ifftn irfftn", complex_plane),
        ("rfft2 rfftn", plane),
    ):
        entries(" ".join(_library + name for name in _names.split()), _operand)
entries("scipy.fft.dct scipy.fft.idct scipy.fft.dst scipy.fft.idst np.fft.fftshift np.fft.ifftshift", line)

# More of SciPy's linear algebra, and of its transforms.
entries("np.linalg.eig np.linalg.eigvals scipy.linalg.eig scipy.linalg.eigvals", regular)
entry("np.linalg.multi_dot", plane, plane, plane, by=lambda a, b, c: np.linalg.multi_dot([a, b, c]))
entries(
    "scipy.fft.dctn scipy.fft.idctn scipy.fft.dstn scipy.fft.idstn scipy.fft.ihfft2 scipy.fft.ihfftn", plane
)
entries("scipy.fft.hfft2 scipy.fft.hfftn", complex_plane)
entries("scipy.fft.fftshift scipy.fft.ifftshift", line)
entry("scipy.fft.fht", line, by=lambda a: scipy.fft.fht(a, 0.01, 0.5))
entry("scipy.fft.ifht", line, by=lambda a: scipy.fft.ifht(a, 0.01, 0.5))
entry("scipy.linalg.cho_solve", triangular, edge, by=lambda c, b: scipy.linalg.cho_solve((c, True), b))
entry(
    "scipy.linalg.lu_solve",
    regular,
    edge,
    by=lambda a, b: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b),
)
entry("scipy.linalg.solve_banded", bands, line, by=lambda ab, b: scipy.linalg.solve_banded((1, 1), ab, b))
entry("scipy.linalg.solveh_banded", half_bands, line)
entry(
    "scipy.linalg.cho_solve_banded",
    half_bands,
    line,
    by=lambda c, b: scipy.linalg.cho_solve_banded((c, False), b),
)
entries("scipy.linalg.cholesky_banded scipy.linalg.eigvals_banded scipy.linalg.eig_banded", half_bands)
entries("scipy.linalg.pinvh", definite)
entries("scipy.linalg.rq", regular)
entry("scipy.linalg.diagsvd", edge, by=lambda s: scipy.linalg.diagsvd(s, s.size, s.size))
entry("scipy.linalg.qr_multiply", columns(50), lambda n, draw: line(n // 50, draw))
entry("scipy.linalg.subspace_angles", columns(50), columns(50))
entry("scipy.linalg.solve_toeplitz", leading, edge)
entry("scipy.linalg.matmul_toeplitz", edge, edge)
entries("scipy.linalg.solve_circulant", leading, edge)
entry("scipy.linalg.solve_discrete_lyapunov", contracting, plane)
entries(
    "scipy.linalg.solve_continuous_are scipy.linalg.solve_discrete_are",
    contracting,
    plane,
    definite,
    definite,
)
entries(
    "scipy.linalg.lu_factor scipy.linalg.lu scipy.linalg.svdvals scipy.linalg.pinv scipy.linalg.norm", regular
)
entries("scipy.linalg.eigh scipy.linalg.eigvalsh scipy.linalg.cho_factor", definite)
entry("scipy.linalg.qr", regular)
entry("scipy.linalg.svd", plane, by=lambda a: scipy.linalg.svd(a, full_matrices=False))
entries(
    "scipy.linalg.eigh_tridiagonal scipy.linalg.eigvalsh_tridiagonal", edge, lambda n, draw: edge(n, draw)[1:]
)
entry(
    "scipy.linalg.lstsq", columns(50), lambda n, draw: line(n // 50, draw),
    by=lambda a, b: scipy.linalg.lstsq(a, b)[0],
)  # fmt: skip
entries(
    "scipy.linalg.polar scipy.linalg.cosm scipy.linalg.sinm scipy.linalg.tanm scipy.linalg.coshm scipy.linalg.sinhm "
    "scipy.linalg.tanhm scipy.linalg.logm scipy.linalg.signm", regular,
)  # fmt: skip
entry("scipy.linalg.orthogonal_procrustes", regular, plane)
entry(
    "scipy.linalg.fractional_matrix_power", regular, by=lambda a: scipy.linalg.fractional_matrix_power(a, 0.5)
)
entry("scipy.linalg.expm_frechet", regular, plane)
entries("scipy.linalg.hankel", edge, edge)
entries("scipy.linalg.circulant scipy.linalg.companion", edge)
entry("scipy.linalg.convolution_matrix", edge, by=lambda a: scipy.linalg.convolution_matrix(a, 50))
entries("scipy.linalg.khatri_rao", few(20, 50), few(20, 50))
entries("scipy.linalg.block_diag", plane, plane)

# Polynomials and methods of ufuncs.
entry("np.geomspace", number, value(3.2), by=partial(np.geomspace, num=100_000))
entries(
    "np.asarray_chkfinite np.require np.maximum.accumulate np.minimum.accumulate np.logaddexp.reduce", line
)
entry("np.add.reduceat", line, by=lambda x: np.add.reduceat(x, np.arange(0, x.size, 10)))
entry("np.histogram", line, line, by=lambda x, w: np.histogram(x, 20, weights=w)[0])
entries("np.poly np.roots", few(20))
entries("np.polyadd np.polysub", line, line)
entry("np.polymul", line, few(30))
entry("np.polyint", line)
entry("np.polyfit", line, line, by=lambda x, y: np.polyfit(x, y, 3))
for _name, _short in (
    ("polynomial", "poly"), ("chebyshev", "cheb"), ("legendre", "leg"), ("hermite", "herm"), ("hermite_e", "herme"),
    ("laguerre", "lag"),
):  # fmt: skip
    _path = f"np.polynomial.{_name}.{_short}"
    entry(f"{_path}val", line, few(8))
    entry(f"{_path}vander", line, by=partial(resolve(f"{_path}vander"), deg=8))
    entries(f"{_path}der {_path}int", few(100))

# Iterations for sparse systems.
entries(
    "scipy.sparse.linalg.cg scipy.sparse.linalg.bicg scipy.sparse.linalg.bicgstab scipy.sparse.linalg.cgs "
    "scipy.sparse.linalg.gmres scipy.sparse.linalg.lgmres scipy.sparse.linalg.tfqmr scipy.sparse.linalg.minres",
    definite,
    edge,
)  # fmt: skip
entry("scipy.sparse.linalg.expm_multiply", regular, edge)

# Filters.
entries("scipy.ndimage.convolve scipy.ndimage.correlate", plane, few(3, 3))
entries("scipy.ndimage.convolve1d scipy.ndimage.correlate1d", plane, few(5))
entries(
    "scipy.ndimage.gaussian_filter scipy.ndimage.gaussian_filter1d scipy.ndimage.gaussian_laplace",
    plane,
    value(2),
)
entries("scipy.ndimage.uniform_filter scipy.ndimage.uniform_filter1d", plane, value(5))
entries("scipy.ndimage.laplace scipy.ndimage.sobel scipy.ndimage.prewitt", plane)
entries(
    "scipy.signal.convolve scipy.signal.correlate scipy.signal.fftconvolve scipy.signal.oaconvolve",
    line,
    few(50),
)
entries("scipy.signal.convolve2d scipy.signal.correlate2d", plane, few(3, 3))
entry("scipy.signal.lfilter", few(4), lambda n, draw: np.array([1.0, 0.3, -0.2]), line)
_SECTIONS = np.array([[0.2, 0.3, 0.1, 1.0, 0.4, 0.1], [0.3, 0.1, 0.2, 1.0, -0.3, 0.2]])
entry("scipy.signal.sosfilt", line, by=lambda x: scipy.signal.sosfilt(_SECTIONS, x))
entry("scipy.signal.detrend", line)
entry("scipy.signal.savgol_filter", line, by=lambda x: scipy.signal.savgol_filter(x, 7, 2))

# Integrals of samples.
entries("scipy.integrate.trapezoid scipy.integrate.cumulative_trapezoid scipy.integrate.simpson", line)
_special = scipy.special
_beyond = between(1.2, 2.0)
entry("scipy.special.pro_rad1", _beyond, by=lambda x: _special.pro_rad1(0, 1, 1.0, x)[0])
entry("scipy.special.pro_rad2", _beyond, by=lambda x: _special.pro_rad2(0, 1, 1.0, x)[0])
entry("scipy.special.pro_rad1_cv", _beyond, by=lambda x: _special.pro_rad1_cv(0, 1, 1.0, 2.5, x)[0])
entry("scipy.special.pro_rad2_cv", _beyond, by=lambda x: _special.pro_rad2_cv(0, 1, 1.0, 2.5, x)[0])
entry("scipy.special.riccati_jn", number, by=lambda x: _special.riccati_jn(3, x)[0])
entry("scipy.special.riccati_yn", number, by=lambda x: _special.riccati_yn(3, x)[0])
entry("scipy.special.lmbda", number, by=lambda x: _special.lmbda(2, x)[0])
entry("scipy.special.pbdn_seq", number, by=lambda x: _special.pbdn_seq(2, x)[0])
entry("scipy.special.pbdv_seq", number, by=lambda x: _special.pbdv_seq(1.5, x)[0])
entry("scipy.special.pbvv_seq", number, by=lambda x: _special.pbvv_seq(1.5, x)[0])
entry("scipy.special.pro_cv_seq", number, by=lambda c: _special.pro_cv_seq(0, 2, c))
entry("scipy.special.obl_cv_seq", number, by=lambda c: _special.obl_cv_seq(0, 2, c))
entry("scipy.integrate.romb", dyadic)
entry(
    "scipy.integrate.quad",
    few(3),
    by=lambda a: scipy.integrate.quad(lambda t: np.exp(-t) * (a @ a), a[0], 2.0)[0],
)
entries("scipy.optimize.rosen scipy.optimize.rosen_der", line)
entry(
    "scipy.integrate.quad_vec",
    line,
    by=lambda a: scipy.integrate.quad_vec(lambda t: np.exp(-a * t), 0.0, 2.0)[0],
)

# Distances.
entry("scipy.spatial.distance.cdist", columns(100), columns(100))
entry("scipy.spatial.distance.pdist", columns(100))
entry("scipy.spatial.distance.squareform", triangle_number)
entries(
    " ".join(
        f"scipy.spatial.distance.{name}"
        for name in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "canberra", "braycurtis",
                     "correlation")
    ),
    line, line,
)  # fmt: skip
entry(
    "scipy.spatial.distance.minkowski", line, line, by=lambda u, v: scipy.spatial.distance.minkowski(u, v, 3)
)
entry("scipy.spatial.distance.seuclidean", line, line, line)
entry("scipy.spatial.distance.mahalanobis", edge, edge, definite)

# Special functions.
for _name, _operand in (
    ("ndtri_exp", between(-3.0, -0.5)), ("log1p", line), ("perm", between(3.0, 4.0)), ("comb", between(3.0, 4.0)),
):  # fmt: skip
    entry(f"scipy.special.{_name}", _operand, *((line,) if _name in ("perm", "comb") else ()))
entry("scipy.special.multigammaln", between(2.0, 3.0), by=lambda a: scipy.special.multigammaln(a, 3))
entry("scipy.special.zeta", line, by=lambda q: scipy.special.zeta(3, q))
for _name in ("bdtr", "bdtrc", "bdtri"):
    entry(f"scipy.special.{_name}", line, by=partial(resolve(f"scipy.special.{_name}"), 2, 4))
for _name in ("softmax", "log_softmax", "logsumexp"):
    entry(f"scipy.special.{_name}", plane, by=partial(resolve(f"scipy.special.{_name}"), axis=1))
entry("scipy.special.logsumexp all", line)
entry("scipy.special.logsumexp weights", line, line, by=lambda a, b: scipy.special.logsumexp(a, b=b))

# Distributions, with their shapes; the variable is between 0.2 and 0.8, in the support of all of them.
_SHAPES: dict[str, tuple[float, ...]] = {
    "gamma": (2.5,), "erlang": (2,), "chi2": (2.5,), "chi": (2.5,), "beta": (2.5, 1.7), "betaprime": (2.5, 1.7),
    "t": (2.5,), "f": (2.5, 3.7), "lognorm": (0.8,), "pareto": (2.5,), "lomax": (2.5,), "weibull_min": (1.7,),
    "weibull_max": (1.7,), "invweibull": (1.7,), "invgamma": (2.5,), "invgauss": (0.8,), "truncnorm": (-1.0, 1.5),
    "skewnorm": (1.3,), "vonmises": (1.3,), "genextreme": (0.2,), "genpareto": (0.3,), "triang": (0.3,),
    "loguniform": (0.1, 2.5), "reciprocal": (0.1, 2.5), "powerlaw": (1.7,), "nakagami": (1.7,), "gompertz": (0.8,),
    "fisk": (1.7,), "loggamma": (1.7,), "gennorm": (2.3,),
    "poisson": (2.5,), "binom": (5, 0.4), "bernoulli": (0.4,), "geom": (0.4,), "nbinom": (2.5, 0.4), "logser": (0.4,),
    "betabinom": (5, 1.7, 2.5), "planck": (0.6,), "dlaplace": (0.7,),
}  # fmt: skip
_SUPPORT: dict[str, Maker] = {
    "pareto": between(1.2, 3.0), "weibull_max": between(-2.0, -0.2), "bernoulli": whole(2),
    **dict.fromkeys(
        ("poisson", "binom", "geom", "nbinom", "logser", "betabinom", "planck", "dlaplace"), whole(4, 1)
    ),
}  # fmt: skip
entries(
    "scipy.stats.multivariate_normal.logpdf scipy.stats.multivariate_normal.pdf",
    columns(8),
    few(8),
    lambda n, draw: definite(64, draw),
)
entries("scipy.stats.dirichlet.logpdf scipy.stats.dirichlet.pdf", shares, few(4))
entries(
    " ".join(
        f"scipy.stats.{name}"
        for name in (
            "gmean",
            "hmean",
            "zscore",
            "skew",
            "kurtosis",
            "sem",
            "variation",
            "tmean",
            "tvar",
            "tstd",
        )
    ),
    plane,
)
entry("scipy.stats.pmean", plane, by=lambda x: scipy.stats.pmean(x, 3))
entry("scipy.stats.moment", plane, by=lambda x: scipy.stats.moment(x, 3))
entry("scipy.stats.entropy", plane, plane)


# --- all of them ------------------------------------------------------------------------------------


def differentiable() -> Iterator[tuple[Primitive, Rule]]:
    """The functions of NumPy and SciPy that have a differential."""
    find(None)  # looks in vain, and then at what has been imported since
    for primitive in registered():
        rule = rule_of(primitive)
        if rule is not None and rule.function is not None and primitive.name.startswith(("np.", "scipy.")):
            yield primitive, rule


def calls() -> Iterator[tuple[str, Call | None]]:
    """The calls of each of them by name, or None for one that has none."""
    listed: dict[str, list[str]] = {}
    for name in CALLS:
        listed.setdefault(name.split()[0], []).append(name)
    for primitive, rule in differentiable():
        if primitive.name in listed:
            yield from ((name, CALLS[name]) for name in listed[primitive.name])
        else:
            yield primitive.name, _usual(primitive, rule)


def _usual(primitive: Primitive, rule: Rule) -> Call | None:
    function = resolve(primitive.name)
    library, _, distribution = primitive.name.rpartition(".")[0].rpartition(".")
    if library == "scipy.stats":
        return _of_distribution(distribution, primitive)
    if not primitive.elementwise and not primitive.name.startswith("scipy.special."):
        return None
    names = rule.operands[: len(primitive.operands)]
    passive = [f"d{name}" not in rule.tangents for name in names]
    orders = passive.index(False)  # integers such as the order of a polynomial come first, as constants
    bound = partial(function, *(2,) * orders) if orders else function
    return Call(bound, tuple(value(2) if still else line for still in passive[orders:]))


def _of_distribution(name: str, primitive: Primitive) -> Call:
    """Of a density also the shapes vary, of a continuous one the location and the scale."""
    function, shapes = resolve(primitive.name), _SHAPES.get(name, ())
    variable = line if primitive.operands[0] == "q" else _SUPPORT.get(name, line)
    place = (value(0.05), value(1.1)) if "scale" in primitive.operands else ()
    if primitive.name.endswith(("pdf", "pmf")):
        return Call(function, (variable, *map(value, shapes), *place))
    if not place:
        return Call(lambda k, *rest: function(k, *shapes[:-1], *rest), (variable, value(shapes[-1])))
    return Call(lambda x, *rest: function(x, *shapes, *rest), (variable, *place))
