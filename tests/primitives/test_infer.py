"""Inferred kinds against what comes back: dtype, rank, sizes; equal sizes are equal in every run."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import tangentc.primitives.table  # noqa: F401
from tangentc.kinds.dims import shift
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    Array,
    Const,
    Int,
    List,
    Scalar,
    Tuple,
)
from tangentc.primitives.core import Primitive, named, registered
from tangentc.primitives.index import Hole, Slice
from tangentc.primitives.infer import infer
from tests.kinds.worlds import B1, C16, F4, F8, I8, K, M, N, P, Q, World, array

SHAPES = ["", "n", "nm", "n1", "1m", "m", "nmk", "p", "pq", "np", "3", "n3"]
NUMBERS = [FLOAT, Const(2), Const(0.5), Scalar(F8), Scalar(F4), INT, BOOL, Const(True)]

UNARY = [p for p in registered() if p.elementwise and len(p.operands) == 1 and p.pure]
BINARY = [p for p in registered() if p.elementwise and len(p.operands) == 2 and p.pure]
REDUCTIONS = [
    p for p in registered()
    if p.operands == ("a",) and p.attributes.keys() >= {"axis", "keepdims"} and p.name.startswith("np.")
]  # fmt: skip

a = array
i = Int(N)


def rows():
    for p in UNARY:
        for shape in SHAPES:
            for dtype in (F8, F4, C16, I8, B1):
                yield p.name, (a(shape, dtype),), {}
        for kind in (*NUMBERS, COMPLEX):
            yield p.name, (kind,), {}
    for p in BINARY:
        for left in SHAPES:
            for right in SHAPES:
                yield p.name, (a(left), a(right)), {}
        for left in ("", "n", "nm"):
            for number in (*NUMBERS, a("", F4), a("m", I8), a("m", C16), a("n", B1)):
                yield p.name, (a(left), number), {}
                yield p.name, (number, a(left, F4)), {}
        for left in NUMBERS:
            for right in NUMBERS:
                yield p.name, (left, right), {}
    for p in REDUCTIONS:
        for shape in SHAPES:
            for dtype in (F8, F4, I8, B1):
                for axis in (None, 0, -1, (0, 1), (0,)):
                    for keepdims in (False, True):
                        yield p.name, (a(shape, dtype),), {"axis": axis, "keepdims": keepdims}
    for index in INDICES:
        for shape in ("n", "nm", "nmk", "pq", "5", "", "nn"):
            yield "getitem", (a(shape), *index[1:]), {"index": index[0]}
    yield from OTHERS


IDX = (array("k", I8), array("kp", I8), array("n", B1), array("nm", B1), array("", I8))
H0, H1, H2 = Hole(0), Hole(1), Hole(2)
INDICES = [
    ((0,),), ((0, 1),), ((-1,),), ((Ellipsis,),), ((),), ((Ellipsis, 0),), ((0, Ellipsis),), ((None,),),
    ((None, Slice(), None),), ((Slice(1, -1),),), ((Slice(2),),), ((Slice(None, -2),),), ((Slice(None,
        2),),),
    ((Slice(-2),),), ((Slice(None, None, -1),),), ((Slice(None, None, 2),),), ((Slice(1, None, 3),),),
    ((Slice(), Slice(1)),), ((Slice(), 0),), ((Slice(1, -1), Slice(1, -1)),), ((Ellipsis, Slice(1)),),
    ((Ellipsis, None),), ((Slice(3, 1),),), ((Slice(-3, -1),),), ((Slice(5, -4),),),
    ((H0,), Int(N)), ((H0,), INT), ((H0,), Scalar(I8)), ((H0,), Const(0)), ((H0, H1), Const(0), INT),
    ((Slice(None, H0),), Int(N)), ((Slice(None, H0),), Int(M)), ((Slice(H0),), Int(M)),
    ((Slice(None, H0),), Int(shift(N, -1))), ((Slice(1, H0),), Int(shift(N, -1))),
    ((Slice(2, H0),), Int(shift(N, -2))), ((Slice(None, H0),), Int(shift(N, -3))),
    ((Slice(H0, H1),), Int(M), Int(shift(M, 2))), ((Slice(None, None, H0),), Const(2)),
    ((Slice(None, H0),), Const(None)), ((Slice(H0),), Const(-2)), ((Slice(None, H0),), Scalar(I8)),
    *(((H0,), kind) for kind in IDX), *(((Slice(), H0), kind) for kind in IDX), *(((0, H0), kind)
        for kind in IDX),
    *(((H0, 0), kind) for kind in IDX), *(((None, H0), kind) for kind in IDX),
    *(((H0, Slice(1)), kind) for kind in IDX), *(((Ellipsis, H0), kind) for kind in IDX),
    ((H0, H1), array("k", I8), array("k", I8)), ((H0, H1), array("k", I8), array("kp", I8)),
    ((H0, Slice(), H1), array("k", I8), array("k", I8)), ((0, Slice(), H0), array("k", I8)),
    ((Slice(), 0, H0), array("k", I8)), ((H0, None, H1), array("k", I8), array("k", I8)),
    ((H0,), Const([0, 0, 1])), ((H0,), List(Int(), 2)), ((H0,), Tuple((array("k", I8), array("k", I8)))),
]  # fmt: skip

OTHERS = [
    ("np.reshape", (a("nm"), Const(-1)), {}),
    ("np.reshape", (a("nm"), Tuple((Int(M), Int(N)))), {}),
    ("np.reshape", (a("nm"), Tuple((Int(M), Const(-1)))), {}),
    ("np.reshape", (a("nm"), Tuple((Const(1), Const(-1)))), {}),
    ("np.reshape", (a("nm3"), Tuple((Int(N), Const(-1)))), {}),
    ("np.reshape", (a("n"), Tuple((Const(-1), Const(1)))), {}),
    ("np.reshape", (a("6"), Const((2, 3))), {}),
    ("np.reshape", (a("6"), Const((2, -1))), {}),
    ("np.reshape", (FLOAT, Const((1, 1))), {}),
    ("np.reshape", (a("n"), Int(N)), {}),
    ("np.reshape", (a("n"), Int(shift(N, -1))), {}),
    *((name, (a(shape),), {}) for name in ("np.ravel", "flatten", "np.cumsum", "np.cumprod", "np.squeeze",
        "np.copy", "copy", "T", "mT", "np.transpose", "np.flip", "np.atleast_1d", "np.atleast_2d",
            "np.atleast_3d",
        "np.argsort", "np.nonzero", "np.flatnonzero", "np.argwhere", "np.where", "shape_of", "ndim", "size",
        "dtype", "len", "np.diag", "np.tril", "np.triu", "np.diff", "np.trace", "np.zeros_like",
            "np.ones_like",
        "np.empty_like", "np.linalg.norm", "np.linalg.inv", "np.linalg.det", "np.linalg.cholesky",
        "np.linalg.slogdet", "np.modf", "np.frexp", "np.diagonal", "np.fliplr", "np.flipud", "np.array",
        "np.asarray", "product_of_others", "stop_gradient", "np.matrix_transpose", "array_item",
            "np.average")
        for shape in (*SHAPES, "nn")),
    *((name, (a(shape),), {"axis": axis}) for name in ("np.cumsum", "np.cumprod", "np.squeeze",
        "np.expand_dims",
        "np.flip", "np.diff", "np.argsort", "product_of_others", "size", "dim", "np.linalg.norm",
            "np.average")
        for shape in (*SHAPES, "n1m1") for axis in (0, -1, 1)),
    *(("np.transpose", (a("nmk"),), {"axes": axes}) for axes in ((1, 0, 2), (2, 0, 1), None)),
    *((name, (a("nmk"),), {"axis1": 0, "axis2": 2}) for name in ("np.swapaxes", "np.diagonal", "np.trace")),
    ("np.moveaxis", (a("nmk"),), {"source": 0, "destination": -1}),
    *(("np.diagonal", (a(shape),), {"offset": k}) for shape in ("nn", "nm", "n3", "44") for k in (-1, 0,
        1, 2, 9)),
    *((name, (a(shape),), {"k": k}) for name in ("np.diag", "np.tril", "np.triu") for shape in ("n", "nn",
        "nm", "5")
        for k in (-1, 1, 3)),
    *(("np.diff", (a("nm"),), {"n": k}) for k in (1, 2, 3, 30)),
    *((name, (a("nm", F4),), {"dtype": F8}) for name in ("np.sum", "np.mean", "np.cumsum",
        "np.zeros_like", "astype")),
    ("astype", (Scalar(F8),), {"dtype": F4}),
    *((name, (kind,), {}) for name in ("np.zeros", "np.ones", "np.empty") for kind in (
        Const(3), Const((2, 3)), Const(()), Int(N), INT, Tuple((Int(N), Const(2))), Tuple((Int(N), Int(M))),
        Int(shift(N, -1)), Int(shift(N, 2)), Tuple(()), Scalar(I8), Const([2, 2]))),
    ("np.zeros", (Int(N),), {"dtype": np.float32}),
    ("np.zeros", (Const(3),), {"dtype": "int"}),
    *(("np.full", (Int(N), fill), {}) for fill in (Const(2), FLOAT, Scalar(F4), Const(True), a(""), a("n",
        F4), COMPLEX)),
    ("np.full_like", (a("nm", F4), FLOAT), {}),
    *(("np.eye", kinds, {}) for kinds in ((Int(N),), (Int(N), Int(M)), (Const(3),), (Int(shift(N, 1)),))),
    ("np.eye", (Int(N),), {"k": 1, "dtype": bool}),
    ("np.identity", (Int(N),), {}),
    ("np.tri", (Int(N),), {}),
    *(("np.arange", kinds, {}) for kinds in (
        (Const(4),), (Int(N),), (Const(1), Int(N)), (Const(-1), Int(N)), (Const(0), Int(N), Const(2)),
            (INT,), (FLOAT,),
        (Const(0.0), Const(1.0), Const(0.25)), (Int(N), Const(3)), (Const(5), Int(N)), (Const(1),
            Int(shift(N, 1))),
        (Const(0), Int(N), Const(1)), (Const(20), Int(N)), (Int(N), Int(M)), (Const(2.0),), (Scalar(F4),),
        (Const(0.0), FLOAT, Const(0.3)), (Int(N), Const(0), Const(-1)))),
    ("np.arange", (Int(N),), {"dtype": float}),
    *(("np.linspace", kinds, {}) for kinds in (
        (Const(0.0), Const(1.0)), (FLOAT, FLOAT, Int(N)), (FLOAT, Const(1), Const(7)), (a("m"), a("m"),
            Int(N)),
        (FLOAT, Scalar(F4), Int(shift(N, 1))))),
    ("np.linspace", (FLOAT, FLOAT, Int(N)), {"endpoint": False}),
    ("np.logspace", (FLOAT, FLOAT, Int(N)), {}),
    *((name, kinds, {"axis": axis}) for name in ("np.concatenate", "np.stack") for axis in (0, 1, -1)
        for kinds in (
        (a("n"), a("n")), (a("n"), a("m")), (a("nm"), a("nm")), (a("nm"), a("km")), (a("nm"), a("np")),
            (a("nm"),),
        (a("n"), a("n", F4), a("3")), (a("n", I8), a("1", F4)))),
    ("np.concatenate", (a("nm"), a("k")), {"axis": None}),
    *((name, kinds, {}) for name in ("np.vstack", "np.hstack", "np.column_stack", "np.dstack")
        for kinds in (
        (a("n"), a("n")), (a("nm"), a("nm")), (a("nm"), a("km")), (a("n"), a("m")))),
    ("np.append", (a("n"), FLOAT), {}),
    ("np.append", (a("nm"), a("k")), {}),
    ("np.append", (a("nm"), a("km")), {"axis": 0}),
    ("np.split", (a("nm"), Const(2)), {}),
    ("np.split", (a("6"), Const(3)), {}),
    ("np.split", (a("n"), Const((1, 3))), {}),
    ("np.array_split", (a("n"), Const(3)), {}),
    ("np.repeat", (a("n"), Const(2)), {}),
    ("np.repeat", (a("nm"), Const(3)), {"axis": 1}),
    ("np.repeat", (a("n"), a("n", I8)), {}),
    ("np.tile", (a("n"), Const(2)), {}),
    ("np.tile", (a("n"), Const((2, 1))), {}),
    ("np.tile", (a("n"), Tuple((Int(M), Const(1)))), {}),
    ("np.roll", (a("nm"), Const(1)), {"axis": 0}),
    ("np.roll", (a("n"), Int(M)), {}),
    ("np.take", (a("nm"), a("k", I8)), {"axis": 0}),
    ("np.take", (a("nm"), Const(0)), {"axis": 1}),
    ("np.take", (a("nm"), Const(0)), {}),
    *(("np.broadcast_to", (x, shape), {}) for x in (a("n"), FLOAT, a("1"), Scalar(F4)) for shape in (
        Tuple((Int(M), Int(N))), Const((4, 3)), Int(N))),
    *(("unbroadcast", (x, shape), {}) for x in (a("nm"), a("n"), a("m")) for shape in (
        Tuple((Int(N), Int(M))), Tuple((Const(1), Int(M))), Const(()), Tuple((Int(M),)))),
    ("unbroadcast", (FLOAT, Const(())), {}),
    *((name, kinds, {}) for name in ("matmul", "np.matmul", "np.dot", "np.inner", "np.vdot", "np.outer",
        "np.kron")
        for kinds in ((a("n"), a("n")), (a("nm"), a("m")), (a("n"), a("nm")), (a("nm"), a("mk")),
            (a("knm"), a("mn")),
        (a("knm"), a("kmn")), (a("nm", F4), a("m")), (a("nm"), a("pq")), (a("np"), a("q")), (a("nm"),
            a("km")),
        (a("3n"), a("n3")), (a("n1"), a("1m")), (a("n1"), a("pm")), (a("nm"), a("m", C16)))),
    ("np.dot", (a("n"), FLOAT), {}),
    ("np.dot", (FLOAT, FLOAT), {}),
    ("np.cross", (a("n3"), a("n3")), {}),
    ("np.cross", (a("3"), a("3")), {}),
    ("np.tensordot", (a("nmk"), a("mkp")), {}),
    ("np.tensordot", (a("nm"), a("km")), {"axes": ((1,), (1,))}),
    ("np.tensordot", (a("nm"), a("mn")), {"axes": 1}),
    *(("np.einsum", kinds, {"subscripts": s}) for s, kinds in (
        ("ij,jk->ik", (a("nm"), a("mk"))), ("ii", (a("nn"),)), ("ij->ji", (a("nm"),)), ("i,i", (a("n"),
            a("n"))),
        ("ij,j", (a("nm"), a("p"))), ("bij,bjk->bik", (a("knm"), a("kmp"))), ("i,j", (a("n"), a("m"))),
        ("...i->...", (a("nmk"),)))),
    *(("np.linalg.solve", kinds, {}) for kinds in ((a("nn"), a("n")), (a("nn"), a("nm")), (a("nn"),
        a("pm")), (a("pq"), a("m")),
        (a("knn"), a("knm")), (a("nn", F4), a("n", F4)))),
    *(("np.linalg.norm", (a("nm"),), {"axis": axis, "keepdims": keep}) for axis in (None, 0, 1, (0,
        1)) for keep in (True, False)),
    ("np.linalg.norm", (a("nm"),), {"ord": "fro"}),
    ("np.linalg.norm", (a("nm"),), {"ord": 1, "axis": 1}),
    ("np.linalg.matrix_power", (a("nn"),), {"n": 3}),
    ("cofactors", (a("nn"),), {}),
    *(("np.where", kinds, {}) for kinds in ((a("n", B1), a("n"), FLOAT), (a("nm", B1), a("m"), a("n1")),
        (BOOL, FLOAT, FLOAT),
        (a("n", B1), Const(1), Const(0)), (a("n", B1), a("n", F4), Const(0.0)), (Scalar(B1), a("n"),
            a("n")))),
    *(("np.clip", kinds, {}) for kinds in ((a("n"), FLOAT, FLOAT), (a("n"), Const(None), a("n")), (FLOAT,
        Const(0.0), Const(1.0)),
        (a("n1"), a("m"), Const(None)), (a("n", F4), Const(0), Const(1)))),
    ("np.searchsorted", (a("n"), FLOAT), {}),
    ("np.searchsorted", (a("n"), a("m")), {}),
    ("np.digitize", (a("n"), a("m")), {}),
    ("np.allclose", (a("n"), a("n")), {}),
    ("np.array_equal", (a("n"), a("m")), {}),
    ("np.shares_memory", (a("n"), a("m")), {}),
    *(("np.array", kinds, {"nesting": nesting}) for nesting, kinds in (
        ((H0, H1), (FLOAT, FLOAT)), ((H0, H1), (a("n"), a("n"))), (((H0, H1), (H2, H0)), (FLOAT, Const(1),
            Scalar(F4))),
        ((H0,), (a("nm"),)), ((H0, H1), (Const(1), Const(2))), ((H0, H1), (a(""), FLOAT)), ((), ()), ((H0,
            H1), (a("p"), a("3"))),
        (H0, (List(FLOAT, 3),)), (H0, (FLOAT,)))),
    ("np.array", (a("n", I8),), {"dtype": float}),
    ("np.asarray", (FLOAT,), {"dtype": np.float32}),
    *(("item", kinds, {}) for kinds in ((Tuple((FLOAT, i)), Const(1)), (Tuple((FLOAT, FLOAT)), Const(-1)),
        (Const((1, 2.0)), Const(1)),
        (List(FLOAT, 3), Const(0)), (Tuple((a("n"), a("n"))), Int(1)), (Tuple((a("n"), a("m"))),
            Const(0)))),
    *((name, (FLOAT,), {}) for name in ("float", "int", "bool", "complex", "str", "repr", "abs", "round",
        "np.shape")
        if name != "np.shape"),
    ("round", (FLOAT, Const(2)), {}),
    ("round", (Scalar(F8), Const(2)), {}),
    ("int", (Int(N),), {}),
    ("float", (Scalar(F4),), {}),
    *((name, (Int(N), Int(M)), {}) for name in ("max", "min", "divmod", "add", "sub", "mul", "lt", "eq")),
    *((name, (Int(N), Const(1)), {}) for name in ("add", "sub", "mul", "mod", "floordiv", "pow", "max",
        "truediv")),
    ("max", (FLOAT, Const(0.0)), {}),
    ("max", (a("3"),), {}),
    ("sum", (List(FLOAT, 3),), {}),
    ("add", (Tuple((FLOAT,)), Tuple((i,))), {}),
    ("mul", (Tuple((FLOAT,)), Const(3)), {}),
    ("add", (List(FLOAT), List(FLOAT)), {}),
    ("add", (Const("a"), Const("b")), {}),
    ("eq", (Const("a"), Const("b")), {}),
    ("tuple", (FLOAT, a("n")), {}),
    ("list", (a("n"), a("m")), {}),
    ("list", (FLOAT, Const(1.0)), {}),
    ("dict", (FLOAT, a("m")), {"keys": ("a", "b")}),
    ("len", (Tuple((FLOAT, FLOAT)),), {}),
    ("len", (List(FLOAT, 3),), {}),
    ("is_", (FLOAT, Const(None)), {}),
    ("contains", (Const(1), Const((1, 2))), {}),
    ("not_", (FLOAT,), {}),
    ("conjugate", (COMPLEX,), {}),
    ("np.angle", (a("n", C16),), {}),
    *((f"math.{name}", (FLOAT,), {}) for name in ("sin", "floor", "isnan", "frexp", "modf", "sqrt",
        "acos", "log", "gamma")),
    *((f"math.{name}", (FLOAT, FLOAT), {}) for name in ("atan2", "pow", "hypot", "log", "fmod",
        "copysign")),
    ("math.prod", (List(FLOAT, 3),), {}),
    ("math.sin", (a("1"),), {}),
    ("math.gcd", (Const(4), Const(6)), {}),
    ("math.comb", (Const(4), Const(2)), {}),
]  # fmt: skip

LESS_KNOWN = {
    "pow", "np.squeeze",  # 2**n may be a float; an axis that may be 1 may go
    # single precision for some shapes, double for others; scalars or arrays without axes
    "scipy.special.comb", "scipy.special.perm", "scipy.special.factorial",
}  # fmt: skip
ROWS = list(rows())
FAMILIES = sorted({name for name, _, _ in ROWS})


@pytest.mark.parametrize("name", FAMILIES)
def test_result_is_of_the_inferred_kind(name):
    primitive = named(name)
    cases = [(kinds, attrs) for row, kinds, attrs in ROWS if row == name]
    ran = 0
    for seed in range(4 if primitive.elementwise else 8):
        world = World(seed)
        for kinds, attrs in cases:
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    values = [world.value(kind) for kind in kinds]
                    result = primitive.function(*values, **attrs)
            except (
                ValueError,
                TypeError,
                IndexError,
                ZeroDivisionError,
                np.linalg.LinAlgError,
                OverflowError,
                RuntimeError,
            ):
                continue  # the sizes or dtypes do not fit: the user's program fails as well
            if name == "pow" and type(result) is complex and COMPLEX not in kinds:
                continue  # a fractional power of a negative number: Python leaves the real numbers
            ran += 1
            found = infer(primitive, kinds, attrs)
            if name not in LESS_KNOWN:
                assert all(kind != ANY and getattr(kind, "dims", ()) is not None for kind in found)
            try:
                for value, kind in zip(result if primitive.results > 1 else (result,), found, strict=True):
                    world.check(value, kind)
            except AssertionError as error:
                shown = {dim: size for dim, size in world.sizes.items() if dim in (N, M, K, P, Q)}
                raise AssertionError(f"{name}{kinds} {attrs} -> {found}, with {shown}: {error}") from None
    assert ran


def test_unknown_operands_give_what_is_certain():
    unknown = [
        ("np.sin", (ANY,), ANY), ("add", (ANY, FLOAT), ANY), ("float", (ANY,), FLOAT), ("not_", (ANY,),
            BOOL),
        ("np.zeros", (ANY,), Array(F8, None)), ("np.asarray", (ANY,), Array(None, None)),
        ("np.zeros_like", (ANY,), Array(None, None)), ("copy", (ANY,), ANY), ("math.sin", (ANY,), FLOAT),
        ("np.sum", (Array(F8, None),), Scalar(F8)), ("T", (Array(F8, None),), Array(F8, None)),
        ("np.sin", (Array(F8, None),), ANY), ("np.sin", (Array(None, (N,)),), Array(None, (N,))),
        ("np.sum", (Array(None, (N,)),), ANY), ("add", (Array(F8, None), a("n")), Array(F8, None)),
        ("call", (ANY,), ANY), ("shape_of", (ANY,), ANY), ("getitem", (ANY,), ANY), ("matmul", (ANY,
            a("n")), ANY),
        ("np.zeros", (Const("a"),), Array(F8, None)), ("np.dot", (a("n"), Const("a")), ANY),
    ]  # fmt: skip
    for name, kinds, expected in unknown:
        assert infer(named(name), kinds, {}) == (expected,), name


def test_operands_that_do_not_fit_are_left_to_the_run():
    assert infer(named("np.zeros"), (Const(3),), {"dtype": "bogus"}) == (ANY,)
    assert infer(named("np.squeeze"), (a("n1"),), {"axis": "x"}) == (ANY,)
    assert infer(named("np.concatenate"), (), {}) == (Array(None, None),)


def test_constants_that_are_equal_but_differ_are_told_apart():
    """1 == 1.0 == True, and 0 indexes where False masks."""
    assert infer(named("np.full"), (Const(2), Const(1)), {}) == (Array(I8, (2,)),)
    assert infer(named("np.full"), (Const(2), Const(1.0)), {}) == (Array(F8, (2,)),)
    assert infer(named("np.full"), (Const(2), Const(True)), {}) == (Array(B1, (2,)),)
    assert infer(named("add"), (Const(1), INT), {}) != infer(named("add"), (Const(1.0), INT), {})
    assert infer(named("getitem"), (a("n"),), {"index": (0,)}) == (Scalar(F8),)
    assert infer(named("getitem"), (a("n"),), {"index": (False,)}) == (ANY,)


def test_sizes_that_nothing_is_known_of_are_new_in_every_answer():
    primitive, kinds = named("getitem"), (a("n"), a("n", B1))
    first, second, third = (infer(primitive, kinds, {"index": (H0,)})[0].dims[0] for _ in range(3))
    assert len({first, second, third, N}) == 4
    positions = infer(named("np.nonzero"), (a("nm"),), {})[0].items
    assert (
        positions[0].dims == positions[1].dims != infer(named("np.nonzero"), (a("nm"),), {})[0].items[0].dims
    )
    assert infer(named("add"), (INT, Const(1)), {}) != infer(named("add"), (INT, Const(1)), {})


def test_the_cache_is_bounded():
    from tangentc.primitives import infer as module

    for size in range(module._MOST + 10):
        infer(named("np.zeros"), (Const(size),), {})
    assert len(module._cache) <= module._MOST


def test_impure_primitives_are_never_called():
    ran = []
    primitive = Primitive("test.impure", lambda x: ran.append(x), ("x",), pure=False)
    assert infer(primitive, (FLOAT,), {}) == (ANY,) and not ran
