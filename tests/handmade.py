"""Traces built by hand: what the frontend and the transforms would make of small programs."""

from __future__ import annotations

import numpy as np

import tangentc.primitives.table  # noqa: F401
from tangentc.ir.build import Builder
from tangentc.ir.nodes import (
    Block,
    Function,
    If,
    Literal,
    Loop,
    Parameter,
    Range,
    Slice,
    Var,
)
from tangentc.ir.trees import atoms_of
from tangentc.kinds.types import BOOL, FLOAT, INT, Array, Dict, Tape, Tuple, fresh

F8 = np.dtype(float)
PLAIN = "POSITIONAL_OR_KEYWORD"


def vector(hint="n"):
    return Array(F8, (fresh(hint),))


def plain(var, name=None, **more):
    return Parameter(name or var.name, PLAIN, var, **more)


def function(name, parameters, builder, result, doc="", callees=None):
    params = tuple(a for p in parameters for a in atoms_of(p.tree) if isinstance(a, Var))
    body = Block(params, tuple(builder.nodes), atoms_of(result))
    return Function(name, tuple(parameters), body, result, None, doc, callees or {})


def loop(builder, inits, names, body, bounds=None, test=None, stop=False, index="i", kinds=None):
    """Append a loop; `body(b, *params)` returns what it yields."""
    kinds = kinds or [FLOAT] * len(inits)
    names = [n if isinstance(n, tuple) else (n, 0) for n in names]

    def carried():
        return [Var(k, n, s) for k, (n, s) in zip(kinds, names)]

    params = carried()
    if bounds is not None:
        params = [Var(INT, index), *params]
    with builder.nested() as nodes:
        yields = body(builder, *params)
        block = Block(tuple(params), tuple(nodes), tuple(yields))
    tested = None
    if test is not None:
        inputs = carried()
        with builder.nested() as nodes:
            condition = test(builder, *inputs)
            tested = Block(tuple(inputs), tuple(nodes), (condition,))
    results = carried()
    inits = tuple(i if isinstance(i, (Var, Literal)) else Literal(i) for i in inits)
    builder.append(Loop(tuple(results), bounds, tested, inits, block, stop, builder.span))
    return results


def branch(builder, condition, then, orelse, names=(), kinds=None):
    """Append an If; `then(b)` and `orelse(b)` return what they yield."""
    kinds = kinds or [FLOAT] * len(names)
    blocks = []
    for build in (then, orelse):
        with builder.nested() as nodes:
            yields = build(builder)
            blocks.append(Block((), tuple(nodes), tuple(yields)))
    results = tuple(Var(k, n) for k, n in zip(kinds, names))
    builder.append(If(results, condition, *blocks, builder.span))
    return results


def up_to(stop, start=0, step=1, trips=None, reverse=False):
    def atom(value):
        return value if isinstance(value, (Var, Literal)) else Literal(value)

    return Range(atom(start), atom(stop), atom(step), None if trips is None else atom(trips), reverse)


WHOLE = (Ellipsis,)
INNER = (Slice(1, -1),)
RIGHT = (Slice(2),)
LEFT = (Slice(None, -2),)


def lecture_adjoint():
    """f(x1, x2) = log(x1) + x1 x2 - sin(x2)"""
    b = Builder()
    x1, x2, seed = Var(FLOAT, "x1"), Var(FLOAT, "x2"), Var(FLOAT, "y_bar")
    b.section("forward sweep")
    v1 = b.op("np.log", x1, kind=FLOAT)
    v2 = b.op("mul", x1, x2, kind=FLOAT)
    v3 = b.op("add", v1, v2, kind=FLOAT)
    v4 = b.op("np.sin", x2, kind=FLOAT)
    y = b.op("sub", v3, v4, kind=FLOAT, name="y")
    b.section("reverse sweep")
    cosine = b.op("np.cos", x2, kind=FLOAT)
    minus = b.op("neg", cosine, kind=FLOAT)
    x2_bar = b.op("mul", minus, seed, kind=FLOAT, of=x2, role="bar")
    x1_bar = b.op("mul", x2, seed, kind=FLOAT, of=x1, role="bar")
    part = b.op("mul", x1, seed, kind=FLOAT)
    x2_bar = b.op("add", x2_bar, part, kind=FLOAT, of=x2, role="bar")
    part = b.op("truediv", seed, x1, kind=FLOAT)
    x1_bar = b.op("add", x1_bar, part, kind=FLOAT, of=x1, role="bar")
    parameters = [plain(x1), plain(x2), plain(seed, default=1.0, has_default=True)]
    doc = "Adjoint of f (lecture.py:3), with respect to x1, x2. Nothing recorded."
    return function("f_adjoint", parameters, b, (y, (x1_bar, x2_bar)), doc)


def smooth_adjoint():
    """for i in range(n): u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])"""
    b = Builder()
    kind = vector()
    n, k, u0, ubar0 = Var(INT, "n"), Var(FLOAT, "k"), Var(kind, "u"), Var(kind, "u_bar")
    b.section("forward sweep: record u[1:-1], overwritten and read in reverse")
    u = b.op("copy", u0, kind=kind, name="u")
    tape = b.op("tape_new", kind=Tape(kind), of=u, role="tape")

    def forward(b, i):
        v1 = b.getitem(u, RIGHT, kind=vector())
        v2 = b.getitem(u, LEFT, kind=vector())
        v3 = b.op("sub", v1, v2, kind=vector())
        v4 = b.getitem(u, INNER, kind=vector())
        v5 = b.op("mul", k, v4, kind=vector())
        v6 = b.op("mul", v5, v3, kind=vector())
        v7 = b.getitem(u, INNER, kind=vector())
        v8 = b.op("copy", v7, kind=vector())
        b.effect("tape_push", tape, v8)
        b.store(u, INNER, (), v6, "+")
        return ()

    loop(b, (), (), forward, up_to(n))
    result = b.op("copy", u, kind=kind, name="result")
    b.section("reverse sweep")
    u_bar = b.op("copy", ubar0, kind=kind, of=u, role="bar")

    def reverse(b, i, k_bar):
        old = b.op("tape_pop", tape, kind=vector())
        b.store(u, INNER, (), old)
        v1 = b.getitem(u, RIGHT, kind=vector())
        v2 = b.getitem(u, LEFT, kind=vector())
        d = b.op("sub", v1, v2, kind=vector())
        inner = b.getitem(u, INNER, kind=vector())
        p = b.op("mul", k, inner, kind=vector())
        w = b.getitem(u_bar, INNER, kind=vector())
        p_bar = b.op("mul", d, w, kind=vector(), of=p, role="bar")
        w = b.getitem(u_bar, INNER, kind=vector())
        d_bar = b.op("mul", p, w, kind=vector(), of=d, role="bar")
        inner = b.getitem(u, INNER, kind=vector())
        product = b.op("mul", inner, p_bar, kind=vector())
        total = b.op("np.sum", product, kind=FLOAT)
        k_bar = b.op("add", k_bar, total, kind=FLOAT, of=k, role="bar")
        part = b.op("mul", k, p_bar, kind=vector())
        b.store(u_bar, INNER, (), part, "+")
        b.store(u_bar, RIGHT, (), d_bar, "+")
        b.store(u_bar, LEFT, (), d_bar, "-")
        return (k_bar,)

    (k_bar,) = loop(b, (0.0,), ("k_bar",), reverse, up_to(n, reverse=True))
    parameters = [plain(u0), plain(k), plain(n), plain(ubar0)]
    return function("smooth_adjoint", parameters, b, (result, (u_bar, k_bar)), "Adjoint of smooth.")


def newton():
    """while abs(x*x - a) > 1e-9: x = 0.5 * (x + a / x)"""
    b = Builder()
    a = Var(FLOAT, "a")

    def test(b, x):
        square = b.op("mul", x, x, kind=FLOAT)
        gap = b.op("sub", square, a, kind=FLOAT)
        size = b.op("abs", gap, kind=FLOAT)
        return b.op("gt", size, 1e-9, kind=BOOL)

    def body(b, x):
        ratio = b.op("truediv", a, x, kind=FLOAT)
        total = b.op("add", x, ratio, kind=FLOAT)
        return (b.op("mul", 0.5, total, kind=FLOAT, name="x"),)

    (x,) = loop(b, (1.0,), ("x",), body, test=test)
    return function("newton", [plain(a)], b, x)


def fibonacci():
    """for _ in range(n): a, b = b, a + b"""
    b = Builder()
    n = Var(INT, "n")

    def body(b, i, x, y):
        return y, b.op("add", x, y, kind=INT, name="b")

    x, _ = loop(b, (0, 1), ("a", "b"), body, up_to(n), kinds=[INT, INT])
    return function("fibonacci", [plain(n)], b, x)


def halve_until():
    """for i in range(n): if x < t: break; x = x / 2    returns x and the trips"""
    b = Builder()
    x, t, n = Var(FLOAT, "x"), Var(FLOAT, "t"), Var(INT, "n")

    def body(b, i, x, trips):
        small = b.op("lt", x, t, kind=BOOL)

        def go_on(b):
            half = b.op("truediv", x, 2.0, kind=FLOAT, name="x")
            return Literal(False), half, b.op("add", trips, 1, kind=INT, name="trips")

        return branch(
            b, small, lambda b: (Literal(True), x, trips), go_on, ("", "x", "trips"), [BOOL, FLOAT, INT]
        )

    x1, trips = loop(b, (x, 0), ("x", "trips"), body, up_to(n), stop=True, kinds=[FLOAT, INT])
    return function("halve_until", [plain(x), plain(t), plain(n)], b, (x1, trips))


def rebound():
    """y = x * x; z = y; y = sin(y); return y * z  (an old version outlives the name)"""
    b = Builder()
    x = Var(FLOAT, "x")
    y = b.op("mul", x, x, kind=FLOAT, name="y")
    y1 = b.op("np.sin", y, kind=FLOAT, name="y")
    y2 = b.op("mul", y1, y, kind=FLOAT, name="y")
    b.section("reverse sweep")
    part = b.op("np.cos", y, kind=FLOAT)
    return function("rebound", [plain(x)], b, b.op("mul", part, y2, kind=FLOAT))


def affine():
    """params["w"] * x + params["b"], both returned in a dict"""
    b = Builder()
    kind = vector()
    x, w, c, unused = Var(kind, "x"), Var(FLOAT, "w"), Var(FLOAT, "b"), Var(FLOAT)
    scaled = b.op("mul", w, x, kind=kind)
    y = b.op("add", scaled, c, kind=kind, name="y")
    params = Parameter("params", PLAIN, {"w": w, "b": c, "rest": (unused,)})
    star = Parameter("args", "VAR_POSITIONAL", (Var(FLOAT),))
    rate = Var(FLOAT, "rate")
    only = Parameter("rate", "KEYWORD_ONLY", rate, 2.0, True)
    hidden = Var(FLOAT, "shift")
    shift = Parameter("shift", "hidden", hidden, origin="global shift")
    y = b.op("mul", y, rate, kind=kind, name="y")
    y = b.op("sub", y, hidden, kind=kind, name="y")
    return function("affine", [plain(x), params, star, only, shift], b, {"y": y, "w": [w]})


def messages():
    """print(f"{x:.2f}"); assert x > 0, "positive"; if x > 10: raise ValueError("large")"""
    b = Builder()
    x = Var(FLOAT, "x")
    text = b.op("format", x, parts=("x = ", ("", (".2f",)), "!"))
    b.effect("print", text, " ", keywords=("end",))
    fine = b.op("gt", x, 0.0, kind=BOOL)
    b.effect("assert", fine, "positive")
    large = b.op("gt", x, 10.0, kind=BOOL)

    def complain(b):
        error = b.op("call", ValueError, "large")
        b.effect("raise", error)
        return ()

    branch(b, large, complain, lambda b: ())
    return function("messages", [plain(x)], b, x)


__all__ = ["Dict", "Tuple"]
