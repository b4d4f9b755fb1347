"""Neural networks, forward."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def mlp(params, x, y):
    """Mean squared error of a network given as a list of layers."""
    h = x
    for w, b in params[:-1]:
        h = np.maximum(h @ w + b, 0.0)
    w, b = params[-1]
    return np.mean((h @ w + b - y) ** 2)


def rnn(x, wx, wh, h):
    """A recurrent step over time."""
    outputs = np.zeros((x.shape[0], h.shape[0]))
    for t in range(x.shape[0]):
        h = np.tanh(wx @ x[t] + wh @ h)
        outputs[t] = h
    return outputs


def lstm(x, w, h, c):
    """An LSTM cell with one matrix for its gates."""

    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    n = h.shape[0]
    for row in x:
        gates = w @ np.concatenate((row, h))
        i, f = sigmoid(gates[:n]), sigmoid(gates[n : 2 * n])
        o, g = sigmoid(gates[2 * n : 3 * n]), np.tanh(gates[3 * n :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return h, c


def attention(q, k, v, causal):
    """Softmax attention with an optional mask."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    if causal:
        scores = np.where(np.tril(np.ones(scores.shape)) > 0, scores, -1e9)
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights /= np.sum(weights, axis=-1, keepdims=True)
    return weights @ v


def multi_head(x, heads):
    """Heads in a loop over a dict of projections."""
    total = np.zeros_like(x)
    for projection in heads:
        total += (
            attention(x @ projection["q"], x @ projection["k"], x @ projection["v"], True) @ projection["o"]
        )
    return total


def layer_norm(x, gain, bias):
    """Normalisation along the last axis."""
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-5) * gain + bias


def convolution(image, kernel):
    """A two-dimensional convolution by windows."""
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return np.maximum(out, 0.0)


def cross_entropy(logits, labels):
    """Softmax cross entropy with labels as an integer index."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


def single_precision(w, x):
    """float32 throughout."""
    h = np.tanh(x @ w)
    return np.sum(h * h) * np.float32(0.5)


F32 = [normal(3, 2).astype(np.float32), normal(4, 3).astype(np.float32)]
PROGRAMS = [
    Program(
        mlp,
        [
            ([(normal(3, 4), normal(4)), (normal(4, 2), normal(2))], normal(5, 3), normal(5, 2)),
            ([(normal(3, 1), normal(1))], normal(2, 3), normal(2, 1)),
        ],
    ),
    Program(
        rnn,
        [
            (normal(3, 2), normal(4, 2), normal(4, 4), normal(4)),
            (normal(0, 2), normal(1, 2), normal(1, 1), normal(1)),
        ],
    ),
    Program(lstm, [(normal(2, 3), normal(8, 5) * 0.5, normal(2), normal(2, seed=1))]),
    Program(
        attention,
        [
            (normal(3, 2), normal(3, 2, seed=1), normal(3, 4), True),
            (normal(2, 3), normal(4, 3, seed=1), normal(4, 1), False),
        ],
    ),
    Program(
        multi_head,
        [
            (
                normal(3, 4),
                [{key: normal(4, 4, seed=s + 4 * h) * 0.5 for s, key in enumerate("qkvo")} for h in (0, 1)],
            )
        ],
    ),
    Program(layer_norm, [(normal(3, 4), normal(4), normal(4, seed=1)), (normal(3), 1.2, 0.1)]),
    Program(
        convolution,
        [(normal(4, 5), normal(2, 3)), (normal(2, 2), normal(2, 2)), (normal(1, 3), normal(1, 1))],
    ),
    Program(cross_entropy, [(normal(4, 3), np.array([0, 2, 1, 1])), (normal(1, 2), np.array([0]))]),
    Program(single_precision, [(F32[0], F32[1])], rtol=1e-4, order=1),
]
