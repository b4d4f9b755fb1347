"""Each law of the verifier, broken once."""

from dataclasses import replace

import pytest

from tangentc.errors import InternalError
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Block, Hole, If, Literal, Op, Parameter, Slice, Store, Var
from tangentc.ir.verify import verify
from tangentc.kinds.types import FLOAT, INT
from tangentc.primitives.core import named
from tests import handmade

TRACES = [
    "lecture_adjoint",
    "smooth_adjoint",
    "newton",
    "fibonacci",
    "halve_until",
    "rebound",
    "affine",
    "messages",
]


@pytest.mark.parametrize("name", TRACES)
def test_sound_traces_pass(name):
    verify(getattr(handmade, name)())


def sample():
    b = Builder()
    x = Var(FLOAT, "x")
    y = b.op("add", x, 1.0, kind=FLOAT, name="y")
    return handmade.function("f", [handmade.plain(x)], b, (y,))


def with_node(node, times=1):
    f = sample()
    return replace(f, body=replace(f.body, nodes=(*f.body.nodes, *[node] * times)))


X = Var(FLOAT, "x")
CASES = {
    "is bound once": lambda: (f := sample(), replace(f, body=replace(f.body, nodes=f.body.nodes * 2)))[1],
    "is bound where it is used": lambda: with_node(Op((), named("print"), (X,))),
    "the parameters hold": lambda: replace(sample(), parameters=()),
    "the result's atoms": lambda: replace(sample(), result=(Literal(1.0),)),
    "make a signature": lambda: (
        f := sample(),
        replace(f, parameters=(*f.parameters, Parameter("x", handmade.PLAIN, Literal(1)))),
    )[1],
    "the block yields": lambda: with_node(
        If((Var(FLOAT),), Literal(True), Block((), (), ()), Block((), (), (Literal(1.0),)))
    ),
    "one hole": lambda: with_node(Op((Var(INT),), named("getitem"), (Literal(1),), (("index", (Hole(0),)),))),
    "numbered": lambda: with_node(
        Op((Var(INT),), named("getitem"), (Literal(1), Literal(1)), (("index", (Slice(Hole(1)),)),))
    ),
    "has a variable as its target": lambda: with_node(Store(Literal(1), (0,), (), Literal(1))),
    "accumulates": lambda: (
        f := sample(),
        replace(f, body=replace(f.body, nodes=(Store(f.body.params[0], (0,), (), Literal(1), "*"),))),
    )[1],
    "stands in one place": lambda: with_node(Op((), named("print"), (Literal(1),)), times=2),
    "add takes": lambda: with_node(Op((Var(INT),), named("add"), (Literal(1),) * 3)),
}


@pytest.mark.parametrize("law", CASES)
def test_violations_are_named(law):
    with pytest.raises(InternalError, match=law):
        verify(CASES[law]())


def test_loops_end():
    f = handmade.newton()
    (node,) = f.body.nodes
    with pytest.raises(InternalError, match="can end"):
        verify(replace(f, body=replace(f.body, nodes=(replace(node, test=None),))))
    with pytest.raises(InternalError, match="parameters"):
        verify(replace(f, body=replace(f.body, nodes=(replace(node, range=handmade.up_to(3), test=None),))))
