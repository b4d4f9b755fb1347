"""Dynamic programming over sequences and graphs, hard and soft; integer code beside it."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def smith_waterman(scores, gap):
    """The best local alignment: four candidates, the largest of all kept."""
    n, m = scores.shape
    h = np.zeros((n + 1, m + 1))
    best = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            h[i, j] = max(0.0, h[i - 1, j - 1] + scores[i - 1, j - 1], h[i - 1, j] - gap, h[i, j - 1] - gap)
            if h[i, j] > best:
                best = h[i, j]
    return best


def affine_gaps(scores, opening, extension):
    """Gotoh's three tables with soft maxima."""
    n, m = scores.shape

    def soft(a, b, c):
        top = max(a, b, c)
        return top + np.log(np.exp(a - top) + np.exp(b - top) + np.exp(c - top))

    match, right, down = (np.full((n + 1, m + 1), -50.0) for _ in range(3))
    match[0, 0] = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            if i > 0 and j > 0:
                before = soft(match[i - 1, j - 1], right[i - 1, j - 1], down[i - 1, j - 1])
                match[i, j] = before + scores[i - 1, j - 1]
            if j > 0:
                right[i, j] = soft(match[i, j - 1] - opening, right[i, j - 1] - extension, -60.0)
            if i > 0:
                down[i, j] = soft(match[i - 1, j] - opening, down[i - 1, j] - extension, -60.0)
    return soft(match[n, m], right[n, m], down[n, m])


def soft_edit_distance(substitution, insertion, deletion, temperature):
    """Edit distance with a soft minimum, two rows that are used in turn."""
    n, m = substitution.shape
    previous = insertion * np.arange(m + 1.0)
    for i in range(n):
        current = np.empty(m + 1)
        current[0] = (i + 1) * deletion
        for j in range(m):
            options = np.array(
                [previous[j] + substitution[i, j], previous[j + 1] + deletion, current[j] + insertion]
            )
            low = options.min()
            current[j + 1] = low - temperature * np.log(np.sum(np.exp(-(options - low) / temperature)))
        previous = current
    return previous[-1]


def nussinov(pairing, softness):
    """Folding of a sequence: the partition function over nested pairs."""
    n = len(pairing)
    z = np.ones((n + 1, n + 1))
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length
            z[i, j] = z[i + 1, j]
            for k in range(i + 1, j):
                z[i, j] += np.exp(pairing[i, k] / softness) * z[i + 1, k] * z[k + 1, j]
    return softness * np.log(z[0, n])


def floyd_warshall(d):
    """All shortest paths in place, with np.minimum on rows."""
    d = d.copy()
    for k in range(len(d)):
        for i in range(len(d)):
            d[i, :] = np.minimum(d[i, :], d[i, k] + d[k, :])
    return d


def bellman_ford(edges, lengths, size, source):
    """Relaxation over a list of edges until nothing changes."""
    distance = np.full(size, 1e3)
    distance[source] = 0.0
    for _ in range(size):
        changed = False
        for e in range(len(edges)):
            a, b = edges[e, 0], edges[e, 1]
            if distance[a] + lengths[e] < distance[b]:
                distance[b] = distance[a] + lengths[e]
                changed = True
        if not changed:
            break
    return distance


def connectionist_loss(log_probs, labels):
    """The sum over all alignments with blanks, in logarithms."""
    steps = len(log_probs)
    extended = np.zeros(2 * len(labels) + 1, dtype=int)
    extended[1::2] = labels
    size = len(extended)
    alpha = np.full(size, -1e3)
    alpha[0] = log_probs[0, 0]
    if size > 1:
        alpha[1] = log_probs[0, extended[1]]
    for t in range(1, steps):
        new = np.empty(size)
        for s in range(size):
            total = alpha[s]
            if s > 0:
                total = np.logaddexp(total, alpha[s - 1])
            if s > 1 and extended[s] != 0 and extended[s] != extended[s - 2]:
                total = np.logaddexp(total, alpha[s - 2])
            new[s] = total + log_probs[t, extended[s]]
        alpha = new
    return -(np.logaddexp(alpha[-1], alpha[-2]) if size > 1 else alpha[-1])


def inside_scores(rules, leaves):
    """The inside algorithm of a small grammar: spans, splits, and all pairs of symbols."""
    n, k = leaves.shape
    chart = np.zeros((n, n + 1, k))
    for i in range(n):
        chart[i, i + 1] = np.exp(leaves[i])
    for width in range(2, n + 1):
        for i in range(n - width + 1):
            for split in range(i + 1, i + width):
                pair = np.outer(chart[i, split], chart[split, i + width])
                for a in range(k):
                    chart[i, i + width, a] += np.sum(rules[a] * pair)
    return np.log(chart[0, n, 0])


def knapsack(values, sizes, capacity):
    """The best selection, one row overwritten from its end."""
    best = np.zeros(capacity + 1)
    for i in range(len(values)):
        for c in range(capacity, sizes[i] - 1, -1):
            best[c] = max(best[c], best[c - sizes[i]] + values[i])
    return best


def matrix_chain_order(sizes):
    """The cheapest order of products for sizes that are real numbers."""
    n = len(sizes) - 1
    cost = np.zeros((n, n))
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j] = np.inf
            for k in range(i, j):
                c = cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                if c < cost[i, j]:
                    cost[i, j] = c
    return cost[0, n - 1]


def checksummed(x, data):
    """A cyclic checksum of passive bytes chooses the coefficients of an active sum."""
    total = 0.0
    crc = 0xFFFF
    for k in range(len(data)):
        crc ^= int(data[k]) << 8
        for _ in range(8):
            if crc & 0x8000:
                crc = (crc << 1) ^ 0x1021
            else:
                crc <<= 1
            crc &= 0xFFFF
        total += x[crc % len(x)] ** 2 * ((crc >> 4) % 7)
    return total * (1.0 + crc % 3)


def permuted_products(x, seed):
    """A linear congruence shuffles indices; running products follow the order."""
    order = np.arange(len(x))
    state = seed
    for i in range(len(x) - 1, 0, -1):
        state = (1103515245 * state + 12345) % 2147483648
        j = state % (i + 1)
        order[i], order[j] = order[j], order[i]
    y = x[order]
    for i in range(1, len(y)):
        y[i] *= y[i - 1]
    return y


EDGES = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])
PROGRAMS = [
    Program(smith_waterman, [(normal(3, 4), 0.4), (np.array([[0.7]]), 0.4), (normal(0, 2), 0.4)]),
    Program(affine_gaps, [(normal(3, 2), 1.2, 0.4), (normal(1, 1), 1.2, 0.4)]),
    Program(
        soft_edit_distance,
        [(positive(3, 2), 0.8, 0.9, 0.5), (positive(1, 1), 0.8, 0.9, 0.5), (positive(0, 2), 0.8, 0.9, 0.5)],
    ),
    Program(nussinov, [(normal(4, 4), 0.8), (normal(1, 1), 0.8)]),
    Program(floyd_warshall, [(positive(4, 4),), (positive(1, 1),)]),
    Program(bellman_ford, [(EDGES, positive(4), 4, 0), (EDGES[:0], positive(0), 2, 1)]),
    Program(
        connectionist_loss,
        [
            (normal(4, 3), np.array([1, 2])),
            (normal(3, 2), np.array([1, 1])),
            (normal(1, 2), np.zeros(0, dtype=int)),
        ],
    ),
    Program(inside_scores, [(positive(2, 2, 2), normal(3, 2)), (positive(1, 1, 1), normal(1, 1))]),
    Program(knapsack, [(positive(3), np.array([2, 1, 2]), 4), (positive(1), np.array([3]), 2)]),
    Program(matrix_chain_order, [(positive(5),), (positive(2),)]),
    Program(
        checksummed,
        [(normal(4), np.frombuffer(b"derivative", dtype=np.uint8)), (normal(1), np.zeros(0, dtype=np.uint8))],
        argnums=(0,),
    ),
    Program(permuted_products, [(normal(5), 7), (normal(1), 7)]),
]
