"""First values: bounds, deviations, and what cannot be initialised."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc import nn
from tangentc.nn import init


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def values(tensor: Any) -> Any:
    return tensor.detach().numpy()


@pytest.mark.parametrize(
    ("fill", "bound"),
    [
        (lambda t: init.uniform_(t, -0.3, 0.3), 0.3),
        (lambda t: init.xavier_uniform_(t, gain=2.0), 2.0 * math.sqrt(6 / (300 + 200))),
        (lambda t: init.kaiming_uniform_(t, nonlinearity="relu"), math.sqrt(6 / 300)),
        (lambda t: init.kaiming_uniform_(t, a=math.sqrt(5)), 1 / math.sqrt(300)),
        (lambda t: init.kaiming_uniform_(t, mode="fan_out", nonlinearity="tanh"), 5 / 3 * math.sqrt(3 / 200)),
    ],
)
def test_uniform_numbers_fill_their_interval(fill: Any, bound: float) -> None:
    weight = nn.Parameter(torch.empty(200, 300))
    assert fill(weight) is weight and weight.is_leaf
    found = values(weight)
    assert np.abs(found).max() <= bound * (1 + 1e-6) and np.abs(found).max() > 0.999 * bound
    assert abs(found.mean()) < 0.02 * bound and found.std() == pytest.approx(bound / math.sqrt(3), rel=0.02)


@pytest.mark.parametrize(
    ("fill", "deviation"),
    [
        (lambda t: init.normal_(t, 0.0, 0.3), 0.3),
        (lambda t: init.xavier_normal_(t), math.sqrt(2 / (300 + 200))),
        (lambda t: init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"), math.sqrt(2 / 200)),
        (lambda t: init.kaiming_normal_(t, a=1.0), math.sqrt(1 / 300)),
    ],
)
def test_normal_numbers_have_their_deviation(fill: Any, deviation: float) -> None:
    found = values(fill(torch.empty(200, 300)))
    assert abs(found.mean()) < 0.02 * deviation and found.std() == pytest.approx(deviation, rel=0.02)


def test_truncated_normal_numbers() -> None:
    found = values(init.trunc_normal_(torch.empty(100_000), 1.0, 2.0, 0.0, 2.0))
    assert found.min() >= 0.0 and found.max() <= 2.0
    assert found.mean() == pytest.approx(1.0, abs=0.01)
    # The variance of a normal number that is held within half a deviation on each side.
    density, share = math.exp(-0.125) / math.sqrt(2 * math.pi), math.erf(0.5 / math.sqrt(2))
    assert found.std() == pytest.approx(2.0 * math.sqrt(1 - density / share), rel=0.01)
    with pytest.raises(ValueError, match="choose another interval"):
        init.trunc_normal_(torch.empty(2), 0.0, 1.0, 9.0, 10.0)


def test_constants_and_matrices() -> None:
    assert values(init.constant_(torch.empty(2), 3.5)).tolist() == [3.5, 3.5]
    assert (
        values(init.ones_(torch.empty(2))).tolist() == [1, 1] and not values(init.zeros_(torch.ones(2))).any()
    )
    assert np.array_equal(values(init.eye_(torch.empty(2, 3))), np.eye(2, 3))
    for shape in ((5, 3), (3, 5), (4, 2, 3)):
        q = values(init.orthogonal_(torch.empty(*shape, dtype=torch.float64), gain=2.0)).reshape(shape[0], -1)
        q = q if q.shape[0] <= q.shape[1] else q.T
        np.testing.assert_allclose(q @ q.T, 4 * np.eye(len(q)), atol=1e-12)


def test_gains_and_fans() -> None:
    assert init.calculate_gain("relu") == math.sqrt(2) and init.calculate_gain("tanh") == 5 / 3
    assert (
        init.calculate_gain("leaky_relu") == math.sqrt(2 / (1 + 1e-4)) and init.calculate_gain("sigmoid") == 1
    )
    assert (
        init.calculate_gain("leaky_relu", 0.2) == math.sqrt(2 / 1.04) and init.calculate_gain("selu") == 0.75
    )
    assert init._calculate_fan_in_and_fan_out(torch.empty(6, 4, 3, 5)) == (60, 90)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: init.calculate_gain("step"), "Unsupported nonlinearity step"),
        (lambda: init.eye_(torch.empty(2)), "Only tensors with 2 dimensions"),
        (lambda: init.orthogonal_(torch.empty(2)), "2 or more dimensions"),
        (lambda: init.xavier_uniform_(torch.empty(2)), "fewer than 2 dimensions"),
        (lambda: init.kaiming_normal_(torch.empty(2, 2), mode="fan"), "Mode fan not supported"),
    ],
)
def test_misuse_is_refused(act: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        act()


def test_layers_begin_as_in_pytorch() -> None:
    """Weight and bias uniform with the bound 1 / sqrt(fan_in); normal vectors; norms as the identity."""
    for layer, fan in (
        (nn.Linear(50, 400), 50),
        (nn.Conv2d(8, 200, (3, 2), groups=2), 24),
        (nn.Conv1d(6, 300, 5), 30),
    ):
        for parameter in (layer.weight, layer.bias):
            largest = np.abs(values(parameter)).max()
            assert 0.95 / math.sqrt(fan) < largest <= (1 + 1e-6) / math.sqrt(fan)
    embedding = nn.Embedding(300, 50, padding_idx=-1)
    assert values(embedding.weight)[:-1].std() == pytest.approx(1, rel=0.02)
    assert embedding.padding_idx == 299 and not values(embedding.weight)[-1].any()
    for norm in (nn.LayerNorm(3), nn.BatchNorm1d(3)):
        assert values(norm.weight).all() and not values(norm.bias).any()


def test_seed_and_generator_decide() -> None:
    def drawn(**options: Any) -> Any:
        return values(init.normal_(torch.empty(3), **options)).tolist()

    first = drawn()
    assert drawn() != first
    torch.manual_seed(0)
    assert drawn() == first
    assert drawn(generator=torch.Generator().manual_seed(0)) == first
    assert nn.Linear(0, 2).bias.tolist() == [0.0, 0.0]
