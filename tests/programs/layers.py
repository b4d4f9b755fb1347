"""Layers and training steps written out: gates, normalisation, embeddings, attention in blocks."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def gru(x, w, u, b, h):
    """Gated recurrent units, the gates in slices of one buffer, the states in one array."""
    steps, d = x.shape[0], h.shape[0]
    states = np.empty((steps, d))
    gates = np.empty(3 * d)
    for t in range(steps):
        gates[: 2 * d] = x[t] @ w[:, : 2 * d] + h @ u[:, : 2 * d] + b[: 2 * d]
        gates[: 2 * d] = 1.0 / (1.0 + np.exp(-gates[: 2 * d]))
        update, reset = gates[:d], gates[d : 2 * d]
        gates[2 * d :] = np.tanh(x[t] @ w[:, 2 * d :] + (reset * h) @ u[:, 2 * d :] + b[2 * d :])
        h = (1.0 - update) * h + update * gates[2 * d :]
        states[t] = h
    return states


def lstm_in_place(x, w, c):
    """Cell and output written into their own arrays in every step, with a forget bias."""
    d = len(c)
    h = np.zeros(d)
    total = 0.0
    for t in range(len(x)):
        z = w @ np.concatenate([x[t], h, np.ones(1)])
        z[: 3 * d] = 1.0 / (1.0 + np.exp(-z[: 3 * d]))
        c *= z[d : 2 * d]
        c += z[:d] * np.tanh(z[3 * d :])
        h[:] = z[2 * d : 3 * d] * np.tanh(c)
        total += h.sum()
    return total, c


def batch_norm_step(x, gamma, beta, target, rate, momentum, steps):
    """Training steps with the gradient by hand; parameters and running moments in place."""
    running = np.zeros_like(gamma)
    n = len(x)
    for _ in range(steps):
        mean = x.mean(axis=0)
        centred = x - mean
        inv = 1.0 / np.sqrt((centred**2).mean(axis=0) + 1e-3)
        normed = centred * inv
        error = (gamma * normed + beta - target) / n
        running *= momentum
        running += (1.0 - momentum) * mean
        grad = gamma * error
        x = x - rate * inv * (grad - grad.mean(axis=0) - normed * (grad * normed).mean(axis=0))
        gamma -= rate * np.sum(error * normed, axis=0)
        beta -= rate * error.sum(axis=0)
    return gamma, beta, running


def embedding_bag(table, words, weights):
    """Rows looked up, the same row more than once, and averaged with weights."""
    rows = table[words]
    rows *= weights[:, None]
    return np.sum(rows, axis=0) / (1.0 + np.sum(weights)), table[words[0]] @ table[words[-1]]


def skip_gram(table, context, pairs, negatives):
    """Negative sampling over pairs of indices that repeat."""
    loss = 0.0
    for centre, other in pairs:
        v = table[centre]
        loss += np.log1p(np.exp(-v @ context[other]))
        for k in negatives:
            if k == other:
                continue
            loss += np.log1p(np.exp(v @ context[k]))
    return loss


def online_softmax_attention(q, k, v, block):
    """Attention block by block: maximum, normaliser and output corrected on the way."""
    n, d = q.shape
    out = np.zeros((n, v.shape[1]))
    for i in range(n):
        top, norm = -np.inf, 0.0
        acc = np.zeros(v.shape[1])
        for start in range(0, k.shape[0], block):
            s = k[start : start + block] @ q[i] / np.sqrt(d)
            new_top = max(top, np.max(s))
            scale = np.exp(top - new_top)
            p = np.exp(s - new_top)
            norm = norm * scale + p.sum()
            acc = acc * scale + p @ v[start : start + block]
            top = new_top
        out[i] = acc / norm
    return out


def causal_heads(x, wq, wk, wv, wo):
    """Several heads as an axis, a causal mask written into the scores."""
    n, heads = x.shape[0], wq.shape[0]
    out = np.zeros_like(x)
    future = np.triu(np.ones((n, n), dtype=bool), 1)
    for h in range(heads):
        q, k, v = x @ wq[h], x @ wk[h], x @ wv[h]
        scores = q @ k.T / np.sqrt(q.shape[1])
        scores[future] = -1e9
        scores -= scores.max(axis=1, keepdims=True)
        scores = np.exp(scores)
        scores /= scores.sum(axis=1, keepdims=True)
        out += scores @ v @ wo[h]
    return out


def group_norm(x, gamma, beta, groups):
    """Moments over groups of channels through views of a copy."""
    y = x.copy()
    size = x.shape[1] // groups
    for b in range(x.shape[0]):
        for g in range(groups):
            part = y[b, g * size : (g + 1) * size]
            part -= part.mean()
            part /= np.sqrt(np.mean(part**2) + 1e-3)
    return y * gamma + beta


def residual_tower(x, weights, biases, scale):
    """Layers as an array of matrices; GELU by its tangent form."""
    for w, b in zip(weights, biases):
        z = x @ w + b
        x = x + scale * 0.5 * z * (1.0 + np.tanh(0.7978845608 * (z + 0.044715 * z**3)))
    return x


def focal_loss(logits, labels, gamma):
    """Softmax by rows in place, then a loss that forgets what is easy."""
    p = logits.copy()
    for i in range(len(p)):
        p[i] -= p[i].max()
        p[i] = np.exp(p[i])
        p[i] /= p[i].sum()
    picked = p[np.arange(len(labels)), labels]
    return -np.sum((1.0 - picked) ** gamma * np.log(picked))


def contrastive(a, b, temperature):
    """Two views of a batch against each other, symmetric."""
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.sqrt(np.sum(b * b, axis=1, keepdims=True))
    s = a @ b.T / temperature
    rows = s - s.max(axis=1, keepdims=True)
    cols = s - s.max(axis=0)
    loss = np.log(np.exp(rows).sum(axis=1)) - np.diag(rows)
    return np.mean(loss + np.log(np.exp(cols).sum(axis=0)) - np.diagonal(cols))


def message_passing(nodes, edges, weights, rounds):
    """A graph network: messages gathered along edges and added up at their ends."""
    for _ in range(rounds):
        incoming = np.zeros_like(nodes)
        for source, target in edges:
            incoming[target] += np.tanh(nodes[source] @ weights)
        nodes = 0.5 * nodes + incoming / (1.0 + np.abs(incoming))
    return nodes


def backpropagation(x, y, w1, w2, rate, n):
    """Training with the gradients of two layers by hand, weights in place."""
    for _ in range(n):
        for i in range(len(x)):
            h = np.tanh(w1 @ x[i])
            e = w2 @ h - y[i]
            back = (w2 * e) * (1.0 - h * h)
            w2 -= rate * e * h
            w1 -= rate * np.outer(back, x[i])
    return w1 @ w1.T + np.outer(w2, w2)


def state_space_scan(x, a, b, c, delta):
    """A diagonal state-space layer with input-dependent steps."""
    steps, channels = x.shape
    state = np.zeros((channels, a.shape[1]))
    out = np.zeros_like(x)
    for t in range(steps):
        dt = np.log1p(np.exp(delta * x[t]))[:, None]
        state = np.exp(dt * a) * state + dt * b[t] * x[t][:, None]
        out[t] = state @ c[t]
    return out


def dropout_masks(x, w, keep, seed):
    """Masks drawn by a seeded generator, one for each layer."""
    rng = np.random.default_rng(seed)
    for layer in range(w.shape[0]):
        mask = rng.uniform(size=x.shape) < keep
        x = np.where(mask, np.maximum(x @ w[layer], 0.0) / keep, 0.0) + 0.1 * x
    return x


PROGRAMS = [
    Program(
        gru,
        [
            (normal(3, 2), normal(2, 6), normal(2, 6, seed=1), normal(6), normal(2)),
            (normal(0, 1), normal(1, 3), normal(1, 3, seed=1), normal(3), normal(1)),
        ],
    ),
    Program(
        lstm_in_place, [(normal(2, 2), normal(8, 5), normal(2)), (normal(1, 1), normal(4, 3), normal(1))]
    ),
    Program(
        batch_norm_step,
        [
            (normal(4, 2), positive(2), normal(2), normal(4, 2, seed=1), 0.3, 0.9, 2),
            (normal(1, 1), positive(1), normal(1), normal(1, 1, seed=1), 0.3, 0.9, 1),
        ],
    ),
    Program(
        embedding_bag,
        [(normal(4, 3), np.array([2, 0, 2, 3]), normal(4)), (normal(1, 1), np.array([0]), normal(1))],
    ),
    Program(
        skip_gram,
        [
            (normal(3, 2), normal(3, 2, seed=1), np.array([[0, 1], [1, 0], [0, 2]]), np.array([1, 2])),
            (normal(1, 2), normal(1, 2, seed=1), np.zeros((0, 2), dtype=int), np.array([0])),
        ],
    ),
    Program(
        online_softmax_attention,
        [
            (normal(2, 3), normal(5, 3, seed=1), normal(5, 2), 2),
            (normal(1, 1), normal(1, 1, seed=1), normal(1, 1, seed=2), 4),
        ],
    ),
    Program(
        causal_heads,
        [
            (
                normal(3, 2),
                normal(2, 2, 2),
                normal(2, 2, 2, seed=1),
                normal(2, 2, 2, seed=2),
                normal(2, 2, 2, seed=3),
            ),
            (
                normal(1, 1),
                normal(1, 1, 1),
                normal(1, 1, 1, seed=1),
                normal(1, 1, 1, seed=2),
                normal(1, 1, 1, seed=3),
            ),
        ],
    ),
    Program(
        group_norm,
        [(normal(2, 4, 2), positive(2), normal(2), 2), (normal(1, 1, 1), positive(1), normal(1), 1)],
    ),
    Program(
        residual_tower,
        [
            (normal(2, 3), normal(2, 3, 3), normal(2, 3, seed=1), 0.5),
            (normal(1, 1), normal(0, 1, 1), normal(0, 1), 0.5),
        ],
    ),
    Program(focal_loss, [(normal(3, 3), np.array([0, 2, 1]), 2.0), (normal(1, 2), np.array([1]), 1.5)]),
    Program(
        contrastive, [(normal(3, 2), normal(3, 2, seed=1), 0.5), (normal(1, 2), normal(1, 2, seed=1), 0.5)]
    ),
    Program(
        message_passing,
        [
            (normal(3, 2), np.array([[0, 1], [1, 2], [0, 2], [2, 2]]), normal(2, 2), 2),
            (normal(1, 1), np.zeros((0, 2), dtype=int), normal(1, 1), 1),
        ],
    ),
    Program(
        backpropagation,
        [
            (normal(2, 2), normal(2), normal(3, 2), normal(3), 0.1, 2),
            (normal(1, 1), normal(1), normal(1, 1, seed=1), normal(1, seed=1), 0.1, 1),
        ],
    ),
    Program(
        state_space_scan,
        [
            (normal(3, 2), -positive(2, 2), normal(3, 2, seed=1), normal(3, 2, seed=2), 0.5),
            (normal(0, 1), -positive(1, 1), normal(0, 1), normal(0, 1), 0.5),
        ],
    ),
    Program(
        dropout_masks,
        [(normal(2, 3), normal(2, 3, 3), 0.7, 5), (normal(1, 1), normal(0, 1, 1), 0.7, 5)],
        argnums=(0, 1),
    ),
]
