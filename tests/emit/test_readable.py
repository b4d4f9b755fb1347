"""What users read: the adjoint and the tangent of real programs, word for word."""

from functools import partial

import pytest

from tangentc import check_grads, pipeline
from tangentc.frontend.state.requests import Request
from tangentc.runtime.promotions import Promotions
from tests.emit.readable import READABLE


@pytest.mark.parametrize("mode", ["adjoint", "jvp"])
@pytest.mark.parametrize("program", READABLE, ids=lambda program: program.__name__)
def test_text(program, mode, golden):
    args, argnums = READABLE[program]
    make = partial(pipeline.build, program, request=Request(mode, program, argnums))
    built = Promotions().settle(make, args, {}, argnums)
    suffix = "adjoint" if mode == "adjoint" else "tangent"
    golden(f"{program.__name__}.{suffix}.py", pipeline.text(built))


@pytest.mark.parametrize("program", READABLE, ids=lambda program: program.__name__)
def test_derivative(program):
    check_grads(program, READABLE[program][0])
