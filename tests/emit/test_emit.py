import copy

import numpy as np
import pytest

from tangentc.emit import emit, load
from tangentc.ir.interpret import interpret
from tests import handmade

X = np.linspace(1.0, 2.0, 6)
CALLS = {
    "lecture_adjoint": [((2.0, 5.0), {})],
    "smooth_adjoint": [((X, 0.1, 3, np.ones(6)), {}), ((X, 0.1, 0, np.ones(6)), {})],
    "newton": [((2.0,), {})],
    "fibonacci": [((n,), {}) for n in range(7)],
    "halve_until": [((8.0, 3.0, 10), {}), ((8.0, 3.0, 1), {}), ((8.0, 30.0, 1), {})],
    "rebound": [((0.7,), {})],
    "affine": [((np.ones(2), {"w": 3.0, "b": 1.0, "rest": (0.0,)}, 7.0), {"shift": 1.0, "rate": 3.0})],
    "messages": [((3.0,), {})],
}


@pytest.mark.parametrize("form", ["folded", "ssa"])
@pytest.mark.parametrize("name", CALLS)
def test_emitted_equals_interpreted(name, form):
    function = getattr(handmade, name)()
    emitted = emit(function, form=form)
    run = load(emitted, function.name)
    for args, kwargs in CALLS[name]:
        want = interpret(function, *copy.deepcopy(args), **copy.deepcopy(kwargs))
        got = run(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        np.testing.assert_equal(got, want)


@pytest.mark.parametrize("form", ["folded", "ssa"])
@pytest.mark.parametrize("name", CALLS)
def test_text(name, form, golden):
    golden(f"{name}.{form}.py", emit(getattr(handmade, name)(), form=form).text)
