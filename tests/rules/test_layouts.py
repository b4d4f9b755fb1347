"""Every differentiable function of NumPy on operands that are empty, 0-d, or lie in memory in an unusual way.

One table has an example of each function; the variants are made of it.  What NumPy accepts must have a derivative.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.rules.table  # noqa: F401
from tangentc.errors import MissingRuleError
from tangentc.primitives.core import Primitive, registered
from tangentc.primitives.polynomials import BASES
from tangentc.rules.registry import rule_of
from tangentc.testing import check_rule
from tests.rules.rows import apart, complexes, normal, positive, spd

Example = tuple[tuple[Any, ...], dict[str, Any]]


def inside(*shape: int) -> Any:
    """Between 0.2 and 0.8, all different."""
    count = int(np.prod(shape))
    return (0.2 + 0.6 * np.random.default_rng(8).permutation(count) / count).reshape(shape)


def table() -> dict[str, Example]:
    """A call of each function: its operands and attributes."""
    found: dict[str, Example] = {}

    def every(names: str, *operands: Any, **attrs: Any) -> None:
        found.update({f"np.{name}": (operands, attrs) for name in names.split()})

    every(
        "sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arctanh exp expm1 exp2 log log2 log10 log1p sqrt "
        "cbrt square reciprocal absolute fabs deg2rad radians rad2deg degrees conjugate sinc i0 sign real imag angle "
        "nan_to_num negative positive modf sum prod mean nansum nanprod nanmean max min nanmax nanmin ptp var std "
        "nanvar nanstd cumsum cumprod nancumsum nancumprod ravel transpose matrix_transpose squeeze flip fliplr flipud "
        "diagonal diag tril triu atleast_1d atleast_2d atleast_3d copy sort median nanmedian average unwrap diff "
        "ediff1d trapezoid rot90 diagflat asarray asanyarray ascontiguousarray array asarray_chkfinite require trace "
        "linalg.norm linalg.svdvals linalg.pinv linalg.cond cov corrcoef full_like",
        inside(2, 3),
    )  # fmt: skip
    found["np.full_like"] = ((np.zeros((2, 3)), 0.7), {})
    every("arccosh", 1.0 + positive(2, 3))
    every("frexp", positive(2, 3))
    every("logaddexp.reduce maximum.accumulate minimum.accumulate", apart(2, 3))
    every("add.reduceat", normal(4, 2), np.array([0, 2, 1]))
    every("float64 longdouble complex128", 0.3)
    every("float32 float16 complex64", 0.3, derivatives=0)  # too coarse for differences
    every(
        "add subtract multiply divide remainder power arctan2 hypot logaddexp logaddexp2 float_power maximum minimum "
        "fmax fmin copysign fmod divmod", apart(2, 3), positive(3),
    )  # fmt: skip
    every("power float_power remainder fmod divmod", positive(2, 3), 0.3 + 0.4 * positive(3))
    every("nextafter heaviside", apart(2, 3), apart(3, seed=9))
    every("ldexp", apart(2, 3), np.array([1, 2, -1]))
    every("where", np.array([True, False, True]), apart(2, 3), apart(3, seed=9))
    every("clip", apart(2, 3), -0.5 + 0.0 * normal(3), 0.55)
    every(
        "fft.fft fft.ifft fft.fftn fft.ifftn fft.fft2 fft.ifft2 fft.irfft fft.irfftn fft.irfft2 fft.hfft",
        complexes(2, 4),
    )
    every("fft.rfft fft.rfftn fft.rfft2 fft.ihfft fft.fftshift fft.ifftshift", normal(2, 4))
    every("dot matmul inner", normal(2, 3), normal(3))
    every("vdot outer vecdot kron", normal(3), normal(3, seed=9))
    every("cross", normal(2, 3), normal(3))
    every("matvec", normal(2, 3), normal(3))
    every("vecmat", normal(2), normal(2, 3))
    every("tensordot", normal(2, 3), normal(3, 2), axes=1)
    every("einsum", normal(2, 3), normal(3), subscripts="ij,j->i")
    every("linalg.inv linalg.det linalg.slogdet linalg.eigh linalg.eigvalsh linalg.cholesky", spd(3, 3))
    every("linalg.eig linalg.eigvals", np.array([[2.0, 0.3], [0.1, 1.0]]))
    every("linalg.multi_dot", normal(2, 3), normal(3, 2), normal(2))
    every("linalg.solve linalg.tensorsolve", spd(3, 3), normal(3))
    every("linalg.matrix_power", spd(3, 3), n=3)
    every("linalg.matrix_norm", normal(2, 3))
    every("linalg.tensorinv", normal(4, 2, 2), ind=1)
    every("linalg.svd", normal(3, 2), full_matrices=False)
    every("linalg.qr", normal(3, 2))
    every("linalg.lstsq", normal(4, 2), normal(4))
    every("gradient", normal(4))
    every("interp", np.array([0.3, 1.2]), np.array([0.0, 1.0, 2.5]), normal(3))
    every("convolve correlate polymul polyadd polysub", normal(4), normal(2))
    every("vander polyder polyint poly", apart(3))
    every("polyval", normal(3), normal(2))
    every("roots", complexes(4))
    every("polyfit", apart(5), normal(5), deg=1)
    every("full", (2, 3), 0.7)
    every("arange", 0.3, 2.9, 0.7)
    every("linspace logspace geomspace", positive(2), positive(2, seed=9), 4)
    every("pad", normal(2, 3), 1)
    every("rollaxis", normal(2, 3), axis=1)
    every("resize", normal(2, 3), (2, 2))
    every("delete", normal(2, 3), 1, axis=1)
    every("insert", normal(2, 3), 1, normal(2), axis=1)
    every("lib.stride_tricks.sliding_window_view", normal(4), 2)
    every("cumulative_sum cumulative_prod", normal(2, 3), axis=0)
    every("reshape", normal(2, 3), (-1,))
    every("swapaxes", normal(2, 3), axis1=0, axis2=1)
    every("moveaxis", normal(2, 3), source=0, destination=1)
    every("expand_dims", normal(2, 3), axis=0)
    every("broadcast_to", normal(1, 3), (2, 3))
    every("roll", normal(2, 3), 1)
    every("repeat tile", normal(2, 3), 2)
    every("take", normal(2, 3), np.array([1, 0]), axis=0)
    every("take_along_axis", normal(2, 3), np.array([[1, 1, 0]]), axis=0)
    every("append", normal(2, 3), normal(2))
    every("concatenate stack vstack hstack dstack column_stack", normal(2, 3), normal(2, 3, seed=9))
    every("partition", apart(2, 3), 1)
    every("sort_complex", complexes(3))
    every("choose", np.array([1, 0, 1]), normal(3), normal(3, seed=9))
    every("quantile nanquantile", apart(2, 3), 0.43)
    every("percentile nanpercentile", apart(2, 3), 43.0)
    every("bincount", np.array([0, 2, 2]), normal(3))
    every("histogram", np.array([0.3, 1.2, 0.4]), np.array([0.0, 1.0, 2.0]), normal(3))
    for module, prefix in BASES.items():
        every(f"polynomial.{module}.{prefix}val", normal(2), normal(3))
        every(f"polynomial.{module}.{prefix}vander", normal(2), 2)
        every(f"polynomial.{module}.{prefix}der polynomial.{module}.{prefix}int", normal(3, 2))
    return found


EXAMPLES = table()


def differentiable() -> Iterator[Primitive]:
    for primitive in registered():
        rule = rule_of(primitive)
        if rule is not None and rule.function is not None and primitive.name.startswith("np."):
            yield primitive


def test_every_function_has_an_example() -> None:
    assert {primitive.name for primitive in differentiable()} == {
        name for name in EXAMPLES if name in {p.name for p in registered()}
    }


def every_second(x: Any) -> Any:
    """The same values from the end of a larger array, two entries apart along each axis."""
    large = np.full([2 * size + 1 for size in x.shape], 9.0, x.dtype)
    view = large[(slice(None, 0, -2),) * x.ndim]
    view[...] = x
    return view


def variants(primitive: Primitive, operands: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    rule = rule_of(primitive)
    assert rule is not None
    names = [rule.operands[min(k, len(rule.operands) - 1)] for k in range(len(operands))]
    moving = [
        k for k, value in enumerate(operands)
        if f"d{names[k]}" in rule.tangents and isinstance(value, np.ndarray) and value.dtype.kind in "fc"
    ]  # fmt: skip

    def changed(change: Any, places: Any) -> tuple[Any, ...]:
        return tuple(change(value) if k in places else value for k, value in enumerate(operands))

    yield "strided", changed(every_second, moving)
    if not moving:
        return
    if any(np.ndim(operands[k]) > 1 for k in moving):
        yield "Fortran", changed(np.asfortranarray, moving)
        yield "empty last", changed(lambda x: x[..., :0], moving)
    yield "empty", changed(lambda x: x[:0], moving)
    for k in moving if len(moving) > 1 else ():
        yield f"empty {k}", changed(lambda x: x[:0], (k,))
    yield "0-d", changed(lambda x: np.array(x.flat[0]), moving)
    yield "scalar", changed(lambda x: x.flat[0], moving)


def rows() -> Iterator[Any]:
    for primitive in differentiable():
        operands, attrs = EXAMPLES[primitive.name]
        for kind, changed in variants(primitive, operands):
            yield pytest.param(primitive, changed, attrs, id=f"{primitive.name} {kind}")


# Where the kind of what is made of nothing is another one.
FAILING = {
    "np.poly empty",  # the number 1.0 rather than an array
    "np.roots empty",  # no roots, of real numbers
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("primitive", "operands", "attrs"), list(rows()))
def test_variant(primitive: Primitive, operands: Any, attrs: Any, request: Any) -> None:
    name = request.node.callspec.id
    kind = name.partition(" ")[2]
    options = {"derivatives": 1, **attrs}
    try:
        result = primitive.function(*operands, **attrs_of(primitive, attrs))
    except Exception:
        assert kind not in ("strided", "Fortran"), "the example itself must work"
        return
    if not is_finite(result):  # the mean of nothing
        assert kind not in ("strided", "Fortran")
        return
    if name in FAILING:
        with pytest.raises(AssertionError, match="inferred"):
            check_rule(primitive, *operands, single=False, unknown=False, **options)
        return
    try:
        check_rule(primitive, *operands, single=False, unknown=False, **options)
    except MissingRuleError:
        assert kind in ("0-d", "scalar"), "a clear error for numbers is fine"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shape", [(0,), (0, 3)])
@pytest.mark.parametrize("function", [np.mean, np.var, np.std, np.median, np.nanmean, np.nanvar])
def test_statistics_of_nothing(function: Any, shape: tuple[int, ...]) -> None:
    """NaN, as NumPy has it, and a cotangent without entries."""
    value, pullback = tangentc.vjp(lambda x: function(x, axis=0), np.zeros(shape))
    assert np.all(np.isnan(value))
    assert pullback(np.ones_like(value))[0].shape == shape


@pytest.mark.filterwarnings("ignore")
def test_variance_without_degrees_of_freedom() -> None:
    assert np.isnan(tangentc.grad(lambda x: np.var(x, ddof=1))(np.ones(1)))[0]


def test_roots_of_nothing() -> None:
    roots, pullback = tangentc.vjp(lambda p: 2.0 * np.roots(p), np.zeros(0, complex))
    assert roots.shape == pullback(roots)[0].shape == (0,)


def attrs_of(primitive: Primitive, attrs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attrs.items() if name in primitive.attributes}


def is_finite(result: Any) -> bool:
    parts = result if isinstance(result, (tuple, list)) else (result,)
    return len(parts) > 0 and all(np.all(np.isfinite(part)) for part in parts)
