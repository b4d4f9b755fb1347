"""Net3 in its three modes: the product of its matrices, and what a recorded pass holds in memory."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.modes import MODES, Forward, memory, weights_of


@pytest.mark.parametrize("mode", MODES)
def test_forward(mode):
    arrays = weights_of((24, 40, 8))
    expected, *weights = arrays
    for number, weight in enumerate(weights):
        expected = (np.maximum(expected, 0.0) if number else expected) @ weight
    forward = Forward("tangentc", arrays)
    result = forward(mode)
    np.testing.assert_allclose(result.detach().numpy(), expected, rtol=1e-4, atol=1e-6)
    assert result.requires_grad == (mode == "default")
    assert np.shares_memory(forward.net.layer0.weight.detach().numpy(), arrays[1])


def test_memory():
    """A recorded pass keeps the values of the hidden layers: two arrays of 8 MB more than one that is not recorded."""
    sizes = (64, 1024, 2048)
    recorded, plain = memory("tangentc", "default", sizes), memory("tangentc", "no-grad", sizes)
    assert plain > 8e6
    assert 12e6 < recorded - plain < 28e6
