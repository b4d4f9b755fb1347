"""A linear layer Y = X W: the emitted adjoint is the two products dL/dX = dL/dY W^T and dL/dW = X^T dL/dY.

The derivation is that of J. Johnson's notes, http://cs231n.stanford.edu/handouts/linear-backprop.pdf.
"""

from __future__ import annotations

import tracemalloc
from functools import partial

import numpy as np
import pytest

from tangentc import grad, jacobian, pipeline, vjp
from tangentc.frontend.state.requests import Request
from tangentc.runtime.promotions import Promotions

BATCH, SIZE = 64, 512  # the lecture's


def linear(X, W):
    return X @ W


def linear_with_bias(X, W, b):
    return X @ W + b


def linear_as_in_torch(X, W, b):
    return X @ W.T + b


def relu_network(X, W1, b1, W2, b2):
    H = np.maximum(X @ W1 + b1, 0.0)
    return H @ W2 + b2


def arrays(rng, *shapes, dtype=float):
    return tuple(rng.normal(size=shape).astype(dtype) for shape in shapes)


SHAPES = {
    linear: ((3, 4), (4, 5)),
    linear_with_bias: ((3, 4), (4, 5), (5,)),
    linear_as_in_torch: ((3, 4), (5, 4), (5,)),
    relu_network: ((3, 4), (4, 5), (5,), (5, 2), (2,)),
}


def text(program, args, mode):
    argnums = tuple(range(len(args)))
    make = partial(pipeline.build, program, request=Request(mode, program, argnums))
    return pipeline.text(Promotions().settle(make, args, {}, argnums))


@pytest.mark.parametrize("program", SHAPES, ids=lambda program: program.__name__)
def test_text(program, golden, rng):
    golden(f"{program.__name__}.adjoint.py", text(program, arrays(rng, *SHAPES[program]), "adjoint"))


def test_the_adjoint_is_two_products(rng):
    """The whole reverse sweep, in both forms, word for word."""
    args = arrays(rng, *SHAPES[linear])
    for mode in ("adjoint", "vjp"):
        code = [line.split("#")[0].strip() for line in text(linear, args, mode).splitlines()]
        start = next(i for i, line in enumerate(code) if line.startswith("W_bar"))
        assert code[start : start + 3] == [
            "W_bar = X.T @ y_bar",
            "X_bar = y_bar @ W.T",
            "return y, (X_bar, W_bar)" if mode == "adjoint" else "return X_bar, W_bar",
        ]


@pytest.mark.parametrize("program", SHAPES, ids=lambda program: program.__name__)
def test_pullbacks_are_products_with_the_jacobian(program, rng):
    args = arrays(rng, *SHAPES[program])
    y, pullback = vjp(program, *args)
    (seed,) = arrays(rng, y.shape)
    for place, bar in enumerate(pullback(seed)):
        matrix = jacobian(program, place)(*args)
        np.testing.assert_allclose(bar, np.tensordot(seed, matrix, y.ndim), rtol=1e-12, atol=1e-12)


# --- the lecture's check ------------------------------------------------------------------------


def loss(dX, W, dY, images, first, last, labels):
    """The lecture's network; dX and dY are 0, and their gradients those of the second layer's input and output."""
    X = np.maximum(images @ first, 0.0) + dX
    Y = X @ W + dY
    logits = np.maximum(Y, 0.0) @ last
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels]
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - chosen)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_differences_are_exactly_zero(rng, dtype):
    images, first, W, last = arrays(
        rng, (BATCH, 28 * 28), (28 * 28, SIZE), (SIZE, SIZE), (SIZE, 10), dtype=dtype
    )
    first, W, last = first / dtype(28), W / dtype(16), last / dtype(16)
    labels = rng.integers(10, size=BATCH)
    zero = np.zeros((BATCH, SIZE), dtype)
    X_bar, W_bar, Y_bar = grad(loss, (0, 1, 2))(zero, W, zero, images, first, last, labels)
    X = np.maximum(images @ first, 0.0)
    assert (X_bar.shape, W_bar.shape, Y_bar.shape) == ((BATCH, SIZE), (SIZE, SIZE), (BATCH, SIZE))
    assert X_bar.dtype == W_bar.dtype == dtype
    assert np.sum(np.abs(Y_bar)) > 0.1 and np.sum(np.abs(W_bar)) > 0.1
    assert np.sum(np.abs(X_bar - Y_bar @ W.T)) == 0.0
    assert np.sum(np.abs(W_bar - X.T @ Y_bar)) == 0.0


def test_the_weights_laid_out_as_in_torch(rng):
    """The same check for Y = X W^T + b, as `torch.nn.Linear` has it."""
    X, W, b, Y_bar = arrays(rng, (BATCH, SIZE), (SIZE, SIZE), (SIZE,), (BATCH, SIZE), dtype=np.float32)
    _, pullback = vjp(linear_as_in_torch, X, W, b)
    X_bar, W_bar, b_bar = pullback(Y_bar)
    assert np.sum(np.abs(X_bar - Y_bar @ W)) == 0.0
    assert np.sum(np.abs(W_bar.T - X.T @ Y_bar)) == 0.0
    assert np.sum(np.abs(b_bar - np.sum(Y_bar, axis=0))) == 0.0


def test_no_jacobian_is_formed(rng):
    """dY/dX alone would have (64 * 512)^2 entries, 8 GiB."""
    X, W, Y_bar = arrays(rng, (BATCH, SIZE), (SIZE, SIZE), (BATCH, SIZE))
    pullback = vjp(linear, X, W)[1]
    pullback(Y_bar)
    tracemalloc.start()
    pullback(Y_bar)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * (2 * X.nbytes + 2 * W.nbytes)
