"""Recursive filters, smoothers and alignments."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, spd


def recursive_image_filter(image, alpha):
    """Four recursive passes: forwards and backwards along rows, then along columns."""
    k = (1.0 - np.exp(-alpha)) ** 2 / (1.0 + 2.0 * alpha * np.exp(-alpha) - np.exp(-2.0 * alpha))
    e = np.exp(-alpha)
    a1, a2, a3, a4 = k, k * e * (alpha - 1.0), k * e * (alpha + 1.0), -k * e * e
    b1, b2 = 2.0 * e, -e * e

    def both_ways(x):
        rows, cols = x.shape
        y, z = np.zeros_like(x), np.zeros_like(x)
        for i in range(rows):
            before = y1 = y2 = 0.0
            for j in range(cols):
                y[i, j] = a1 * x[i, j] + a2 * before + b1 * y1 + b2 * y2
                before, y1, y2 = x[i, j], y[i, j], y1
            x1 = x2 = y1 = y2 = 0.0
            for j in range(cols - 1, -1, -1):
                z[i, j] = a3 * x1 + a4 * x2 + b1 * y1 + b2 * y2
                x1, x2, y1, y2 = x[i, j], x1, z[i, j], y1
        return y + z

    return both_ways(both_ways(image).T).T


def biquad_cascade(x, sections):
    """Sections of second order in transposed form, each over the output of the one before."""
    y = x.copy()
    for b0, b1, b2, a1, a2 in sections:
        z1 = z2 = 0.0
        for n in range(len(y)):
            new = b0 * y[n] + z1
            z1 = b1 * y[n] + z2 - a1 * new
            z2 = b2 * y[n] - a2 * new
            y[n] = new
    return y


def local_level(y, q, r):
    """A scalar Kalman filter with every mean and variance kept."""
    n = len(y)
    mean, var = np.zeros(n + 1), np.zeros(n + 1)
    var[0] = 1.0
    loglik = 0.0
    for t in range(n):
        p = var[t] + q
        s = p + r
        gain = p / s
        e = y[t] - mean[t]
        mean[t + 1] = mean[t] + gain * e
        var[t + 1] = (1.0 - gain) * p
        loglik -= 0.5 * (np.log(2.0 * np.pi * s) + e * e / s)
    return mean, loglik


def rts_smoother(y, f, q, h, r):
    """Kalman's filter forwards, Rauch-Tung-Striebel's smoother backwards, both in arrays."""
    n, d = len(y), len(f)
    m, p = np.zeros((n, d)), np.zeros((n, d, d))
    mp, pp = np.zeros((n, d)), np.zeros((n, d, d))
    mean, cov = np.zeros(d), np.eye(d)
    for t in range(n):
        mp[t] = f @ mean
        pp[t] = f @ cov @ f.T + q
        gain = pp[t] @ h / (h @ pp[t] @ h + r)
        mean = mp[t] + gain * (y[t] - h @ mp[t])
        cov = pp[t] - np.outer(gain, h @ pp[t])
        m[t], p[t] = mean, cov
    for t in range(n - 2, -1, -1):
        g = np.linalg.solve(pp[t + 1], f @ p[t]).T
        m[t] += g @ (m[t + 1] - mp[t + 1])
        p[t] += g @ (p[t + 1] - pp[t + 1]) @ g.T
    return m


def recursive_least_squares(a, b, prior):
    """Gain and covariance updated for each row."""
    x = np.zeros(a.shape[1])
    p = prior.copy()
    for k in range(len(b)):
        pa = p @ a[k]
        gain = pa / (1.0 + a[k] @ pa)
        x += gain * (b[k] - a[k] @ x)
        p -= np.outer(gain, pa)
    return x, p


def forward_backward(start, transition, emission):
    """Posterior probabilities of a hidden Markov model, in logarithms."""
    n, k = emission.shape

    def logsumexp(v):
        top = np.max(v)
        return top + np.log(np.sum(np.exp(v - top)))

    alpha, beta = np.zeros((n, k)), np.zeros((n, k))
    alpha[0] = start + emission[0]
    for t in range(1, n):
        for j in range(k):
            alpha[t, j] = logsumexp(alpha[t - 1] + transition[:, j]) + emission[t, j]
    for t in range(n - 2, -1, -1):
        for i in range(k):
            beta[t, i] = logsumexp(transition[i] + emission[t + 1] + beta[t + 1])
    return np.exp(alpha + beta - logsumexp(alpha[-1]))


def soft_viterbi(start, transition, emission, gamma):
    """The best path with a soft maximum instead of the hard one."""
    score = start + emission[0]
    for t in range(1, len(emission)):
        options = (score[:, None] + transition) / gamma
        top = options.max(axis=0)
        score = gamma * (top + np.log(np.exp(options - top).sum(axis=0))) + emission[t]
    top = np.max(score)
    return top + gamma * np.log(np.sum(np.exp((score - top) / gamma)))


def hard_viterbi(start, transition, emission):
    """The score of the best path, with the choices kept as integers."""
    n, k = emission.shape
    delta = np.zeros((n, k))
    choice = np.zeros((n, k), dtype=int)
    delta[0] = start + emission[0]
    for t in range(1, n):
        for j in range(k):
            options = delta[t - 1] + transition[:, j]
            choice[t, j] = np.argmax(options)
            delta[t, j] = options[choice[t, j]] + emission[t, j]
    last = np.argmax(delta[-1])
    total = delta[-1, last]
    for t in range(n - 1, 0, -1):
        last = choice[t, last]
        total += 0.1 * emission[t - 1, last] ** 2
    return total


def soft_time_warping(x, y, gamma):
    """Dynamic time warping with a soft minimum."""
    n, m = len(x), len(y)
    r = np.full((n + 1, m + 1), 1e4)
    r[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a, b, c = -r[i - 1, j - 1] / gamma, -r[i - 1, j] / gamma, -r[i, j - 1] / gamma
            top = max(a, b, c)
            soft = -gamma * (np.log(np.exp(a - top) + np.exp(b - top) + np.exp(c - top)) + top)
            r[i, j] = (x[i - 1] - y[j - 1]) ** 2 + soft
    return r[n, m]


def banded_time_warping(x, y, band):
    """Hard minima inside a band, two rows that change places."""
    m = len(y)
    previous = np.full(m + 1, 1e6)
    previous[0] = 0.0
    for i in range(len(x)):
        current = np.full(m + 1, 1e6)
        for j in range(max(0, i - band), min(m, i + band + 1)):
            cost = abs(x[i] - y[j]) ** 1.5
            current[j + 1] = cost + min(previous[j], previous[j + 1], current[j])
        previous, current = current, previous
    return previous[m]


def holt_winters(y, alpha, beta, gamma, period):
    """Level, trend and seasons; the squared errors of one step ahead."""
    level, trend = y[0], 0.0
    season = np.zeros(period)
    total = 0.0
    for t in range(1, len(y)):
        s = season[t % period]
        error = y[t] - (level + trend + s)
        total += error**2
        old = level
        level = alpha * (y[t] - s) + (1.0 - alpha) * (level + trend)
        trend = beta * (level - old) + (1.0 - beta) * trend
        season[t % period] = gamma * (y[t] - level) + (1.0 - gamma) * s
    return total


def bilateral(image, spread, tolerance, radius):
    """Weights from the distance and from the difference in value, with windows cut at the edges."""
    rows, cols = image.shape
    out = np.empty_like(image)
    for i in range(rows):
        for j in range(cols):
            weight = total = 0.0
            for a in range(max(0, i - radius), min(rows, i + radius + 1)):
                for b in range(max(0, j - radius), min(cols, j + radius + 1)):
                    w = np.exp(
                        -((a - i) ** 2 + (b - j) ** 2) / spread - (image[a, b] - image[i, j]) ** 2 / tolerance
                    )
                    weight += w
                    total += w * image[a, b]
            out[i, j] = total / weight
    return out


def least_mean_squares(x, d, taps, rate):
    """An adaptive filter: the weights move with every sample."""
    w = np.zeros(taps)
    errors = np.zeros(len(d))
    for n in range(taps, len(d)):
        window = x[n - taps : n][::-1]
        errors[n] = d[n] - w @ window
        w += rate * errors[n] * window / (0.1 + window @ window)
    return errors


def envelope(x, attack, release):
    """A peak follower with another speed upwards than downwards, and the gain that it makes."""
    level = 0.0
    out = np.zeros(x.shape)
    for n, sample in enumerate(x):
        size = abs(sample)
        rate = attack if size > level else release
        level = rate * level + (1.0 - rate) * size
        out[n] = sample / (0.3 + level)
    return out


def total_variation(y, weight, n):
    """Denoising by steps along the gradient of a smoothed total variation."""
    x = y.copy()
    for _ in range(n):
        d = x[1:] - x[:-1]
        pull = weight * d / np.sqrt(d * d + 0.01)
        g = x - y
        g[:-1] -= pull
        g[1:] += pull
        x -= 0.1 * g
    return x


def karplus_strong(buffer, decay, n):
    """A plucked string: a ring buffer that is read and written at moving places."""
    out = np.zeros(n)
    size = len(buffer)
    for i in range(n):
        here, there = i % size, (i + 1) % size
        out[i] = buffer[here]
        buffer[here] = decay * 0.5 * (buffer[here] + buffer[there])
    return out


SECTIONS = 0.4 * normal(2, 5)
PROGRAMS = [
    Program(recursive_image_filter, [(normal(3, 3), 0.5), (normal(1, 1), 0.5)]),
    Program(biquad_cascade, [(normal(5), SECTIONS), (normal(1), SECTIONS[:1]), (normal(2), SECTIONS[:0])]),
    Program(local_level, [(normal(5), 0.3, 0.8), (normal(0), 0.3, 0.8)]),
    Program(
        rts_smoother,
        [
            (normal(3), normal(2, 2), spd(2), normal(2), 0.5),
            (normal(1), normal(1, 1), spd(1), normal(1), 0.5),
        ],
    ),
    Program(recursive_least_squares, [(normal(3, 2), normal(3), spd(2)), (normal(0, 1), normal(0), spd(1))]),
    Program(
        forward_backward, [(normal(2), normal(2, 2), normal(3, 2)), (normal(1), normal(1, 1), normal(1, 1))]
    ),
    Program(
        soft_viterbi,
        [(normal(3), normal(3, 3), normal(4, 3), 0.5), (normal(1), normal(1, 1), normal(1, 1), 0.5)],
    ),
    Program(hard_viterbi, [(normal(3), normal(3, 3), normal(4, 3)), (normal(2), normal(2, 2), normal(1, 2))]),
    Program(
        soft_time_warping,
        [
            (normal(3), normal(4, seed=1), 0.5),
            (normal(1), normal(1, seed=1), 0.5),
            (normal(0), normal(0), 0.5),
        ],
    ),
    Program(banded_time_warping, [(normal(4), normal(4, seed=1), 1), (normal(1), normal(1, seed=1), 0)]),
    Program(holt_winters, [(normal(6), 0.5, 0.3, 0.2, 2), (normal(1), 0.5, 0.3, 0.2, 3)]),
    Program(bilateral, [(normal(3, 3), 2.0, 0.8, 1), (normal(1, 2), 2.0, 0.8, 0)]),
    Program(
        least_mean_squares, [(normal(5), normal(5, seed=1), 2, 0.4), (normal(2), normal(2, seed=1), 2, 0.4)]
    ),
    Program(envelope, [(normal(6), 0.3, 0.8), (normal(1), 0.3, 0.8), (normal(0), 0.3, 0.8)]),
    Program(total_variation, [(normal(5), 0.7, 3), (normal(1), 0.7, 1), (normal(3), 0.7, 0)]),
    Program(karplus_strong, [(normal(3), 0.9, 7), (normal(1), 0.9, 2), (normal(2), 0.9, 0)]),
]
