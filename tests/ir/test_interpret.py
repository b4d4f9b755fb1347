import numpy as np
import pytest

from tangentc.ir.interpret import interpret
from tests import handmade


def test_straight_line():
    y, (x1_bar, x2_bar) = interpret(handmade.lecture_adjoint(), 2.0, 5.0)
    assert y == pytest.approx(11.652, abs=1e-3)
    assert (x1_bar, x2_bar) == (pytest.approx(5.5), pytest.approx(1.716, abs=1e-3))


def test_stores_and_tapes():
    u = np.linspace(1.0, 2.0, 6)
    kept = u.copy()
    result, (u_bar, k_bar) = interpret(handmade.smooth_adjoint(), u, 0.1, 3, np.ones(6))
    want = kept.copy()
    for _ in range(3):
        want[1:-1] += 0.1 * want[1:-1] * (want[2:] - want[:-2])
    assert np.array_equal(result, want) and np.array_equal(u, kept)


def test_loops():
    assert interpret(handmade.newton(), 2.0) == pytest.approx(2**0.5)
    assert [interpret(handmade.fibonacci(), n) for n in range(7)] == [0, 1, 1, 2, 3, 5, 8]
    assert interpret(handmade.halve_until(), 8.0, 3.0, 10) == (2.0, 2)
    assert interpret(handmade.halve_until(), 8.0, 3.0, 1) == (4.0, 1)


def test_structured_arguments():
    out = interpret(handmade.affine(), np.ones(2), {"w": 3.0, "b": 1.0, "rest": (0,)}, 7.0, shift=1.0)
    assert out["w"] == [3.0] and out["y"].tolist() == [7.0, 7.0]


def test_effects(capsys):
    assert interpret(handmade.messages(), 3.0) == 3.0
    assert capsys.readouterr().out == "x = 3.00! "
    with pytest.raises(ValueError, match="large"):
        interpret(handmade.messages(), 11.0)
    with pytest.raises(AssertionError, match="positive"):
        interpret(handmade.messages(), -1.0)
