"""The same mathematics twice: with new arrays throughout, and with writes into arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.programs.program import normal, positive, spd

__all__ = ["PAIRS", "Pair"]


@dataclass(frozen=True)
class Pair:
    """Two programs that compute the same up to rounding, with arguments to try both on."""

    out_of_place: Callable[..., Any]
    in_place: Callable[..., Any]
    inputs: Sequence[tuple[Any, ...]]


def heat(u, k, n):
    for _ in range(n):
        inner = u[1:-1] + k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = np.concatenate((u[:1], inner, u[-1:]))
    return u


def heat_in_place(u, k, n):
    for _ in range(n):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u


def waves(u, v, c, n):
    for _ in range(n):
        v = v + c * (np.roll(u, 1) + np.roll(u, -1) - 2.0 * u)
        u = u + v
    return u, v


def waves_in_place(u, v, c, n):
    for _ in range(n):
        v[1:-1] += c * (u[:-2] + u[2:] - 2.0 * u[1:-1])
        v[0] += c * (u[-1] + u[1] - 2.0 * u[0])
        v[-1] += c * (u[-2] + u[0] - 2.0 * u[-1])
        u += v
    return u, v


def smoothed(u, n):
    for _ in range(n):
        rows = [0.2 * (u[i - 1] + u[i + 1] + 3.0 * u[i]) if 0 < i < 2 else u[i] for i in range(3)]
        u = np.stack(rows)
    return u


def smoothed_in_place(u, n):
    old = np.empty_like(u)
    for _ in range(n):
        old[:] = u
        u[1] = 0.2 * (old[0] + old[2] + 3.0 * old[1])
    return u


def elimination(a):
    n = a.shape[0]
    for k in range(n - 1):
        below = (np.arange(n) > k)[:, None] * (a[:, k : k + 1] / a[k, k])
        a = a - below * a[k]
    return np.prod(np.diag(a))


def elimination_in_place(a):
    n = a.shape[0]
    for k in range(n - 1):
        for i in range(k + 1, n):
            a[i] -= a[i, k] / a[k, k] * a[k]
    det = 1.0
    for k in range(n):
        det *= a[k, k]
    return det


def solution(a, b):
    return np.linalg.solve(a, b)


def solution_in_place(a, b):
    n = len(b)
    for k in range(n):
        b[k] /= a[k, k]
        a[k, k + 1 :] /= a[k, k]
        for i in range(k + 1, n):
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
            b[i] -= a[i, k] * b[k]
    for k in range(n - 1, -1, -1):
        b[:k] -= a[:k, k] * b[k]
    return b


def factor(a):
    return np.linalg.cholesky(0.5 * (a + a.T))


def factor_in_place(a):
    a = 0.5 * (a + a.T)
    n = len(a)
    for k in range(n):
        a[k, k] = np.sqrt(a[k, k])
        a[k + 1 :, k] /= a[k, k]
        for j in range(k + 1, n):
            a[j:, j] -= a[j:, k] * a[j, k]
        a[k, k + 1 :] = 0.0
    return a


def orthonormal(a):
    first = a[:, 0] / np.sqrt(a[:, 0] @ a[:, 0])
    second = a[:, 1] - (first @ a[:, 1]) * first
    return np.stack((first, second / np.sqrt(second @ second)), axis=1)


def orthonormal_in_place(a):
    for j in range(2):
        for k in range(j):
            a[:, j] -= (a[:, k] @ a[:, j]) * a[:, k]
        a[:, j] /= np.sqrt(a[:, j] @ a[:, j])
    return a


def product(a, b):
    return a @ b


def product_in_place(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


def running_sums(x):
    return np.cumsum(x) * x


def running_sums_in_place(x):
    y = x.copy()
    for i in range(1, len(x)):
        y[i] += y[i - 1]
    y *= x
    return y


def filtered(x, a):
    y, out = 0.0, np.zeros(0)
    for k in range(len(x)):
        y = a * y + (1.0 - a) * x[k]
        out = np.append(out, y)
    return out


def filtered_in_place(x, a):
    x[0] *= 1.0 - a
    for k in range(1, len(x)):
        x[k] = a * x[k - 1] + (1.0 - a) * x[k]
    return x


def convolved(x, h):
    total = np.zeros(len(x) + len(h) - 1)
    for k in range(len(h)):
        total = total + np.concatenate((np.zeros(k), h[k] * x, np.zeros(len(h) - 1 - k)))
    return total


def convolved_in_place(x, h):
    y = np.zeros(len(x) + len(h) - 1)
    for i in range(len(x)):
        y[i : i + len(h)] += x[i] * h
    return y


def attended(q, k, v):
    s = q @ k.T
    w = np.exp(s - np.max(s, axis=1, keepdims=True))
    return (w / np.sum(w, axis=1, keepdims=True)) @ v


def attended_in_place(q, k, v):
    out = np.zeros((len(q), v.shape[1]))
    s = np.empty((len(q), len(k)))
    for i in range(len(q)):
        s[i] = k @ q[i]
        s[i] -= np.max(s[i])
        s[i] = np.exp(s[i])
        s[i] /= np.sum(s[i])
        for j in range(len(k)):
            out[i] += s[i, j] * v[j]
    return out


def normalised(x, gain):
    centred = x - x.mean(axis=0)
    return gain * centred / np.sqrt((centred**2).mean(axis=0) + 1e-3)


def normalised_in_place(x, gain):
    for j in range(x.shape[1]):
        x[:, j] -= np.sum(x[:, j]) / len(x)
        x[:, j] *= gain[j] / np.sqrt(np.sum(x[:, j] ** 2) / len(x) + 1e-3)
    return x


def recurrent(x, w, h):
    total = 0.0
    for row in x:
        h = np.tanh(w @ h + row)
        total = total + np.sum(h**2)
    return total


def recurrent_in_place(x, w, h):
    states = np.zeros((len(x) + 1, len(h)))
    states[0] = h
    for t in range(len(x)):
        states[t + 1] += w @ states[t]
        states[t + 1] += x[t]
        states[t + 1] = np.tanh(states[t + 1])
    return np.sum(states[1:] ** 2)


def rectified(x, slope):
    return np.where(x > 0.0, x, slope * x)


def rectified_in_place(x, slope):
    x[x < 0.0] *= slope
    return x


def gathered(table, index):
    one_hot = (index[:, None] == np.arange(len(table))) * 1.0
    return np.tanh(one_hot @ table).sum(axis=0)


def gathered_in_place(table, index):
    rows = np.zeros((len(index), table.shape[1]))
    for k in range(len(index)):
        rows[k] = np.tanh(table[index[k]])
    return rows.sum(axis=0)


def descended(w, a, b, n):
    m = 0.0 * w
    for _ in range(n):
        m = 0.9 * m + (a @ w - b)
        w = w - 0.1 * m
    return w


def descended_in_place(w, a, b, n):
    m = np.zeros_like(w)
    for _ in range(n):
        m *= 0.9
        m += a @ w
        m -= b
        w -= 0.1 * m
    return w


def option(spot, strike, up, p, n):
    value = np.maximum(strike - spot * up ** (2.0 * np.arange(n + 1) - n), 0.0)
    for k in range(n, 0, -1):
        exercise = strike - spot * up ** (2.0 * np.arange(k) - k + 1)
        value = np.maximum(p * value[1:] + (0.98 - p) * value[:-1], exercise)
    return value[0]


def option_in_place(spot, strike, up, p, n):
    value = np.maximum(strike - spot * up ** (2.0 * np.arange(n + 1) - n), 0.0)
    for k in range(n, 0, -1):
        for i in range(k):
            value[i] = max(p * value[i + 1] + (0.98 - p) * value[i], strike - spot * up ** (2.0 * i - k + 1))
    return value[0]


def forces(x):
    d = x[:, None, :] - x[None, :, :]
    r2 = np.sum(d**2, axis=2) + 0.3
    return np.sum(d / r2[:, :, None] ** 1.5, axis=1)


def forces_in_place(x):
    f = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            pull = d / (d @ d + 0.3) ** 1.5
            f[i] += pull
            f[j] -= pull
    return f


def shortest(d):
    for k in range(len(d)):
        d = np.minimum(d, d[:, k : k + 1] + d[k : k + 1])
    return d


def shortest_in_place(d):
    n = len(d)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i, k] + d[k, j] < d[i, j]:
                    d[i, j] = d[i, k] + d[k, j]
    return d


def exchanged(x, y, n):
    for _ in range(n):
        x, y = y, x * y
    return x - y


def exchanged_in_place(x, y, n):
    spare = np.empty_like(x)
    for _ in range(n):
        spare[:] = x * y
        x[:] = y
        y[:] = spare
    x -= y
    return x


PAIRS = [
    Pair(heat, heat_in_place, [(normal(5), 0.2, 3), (normal(2), 0.2, 1), (normal(4), 0.2, 0)]),
    Pair(
        waves,
        waves_in_place,
        [(normal(4), normal(4, seed=1), 0.3, 3), (normal(2), normal(2, seed=1), 0.3, 1)],
    ),
    Pair(smoothed, smoothed_in_place, [(normal(3, 2), 2), (normal(3), 0)]),
    Pair(elimination, elimination_in_place, [(spd(4),), (spd(1),)]),
    Pair(solution, solution_in_place, [(spd(4), normal(4)), (spd(1), normal(1))]),
    Pair(factor, factor_in_place, [(spd(4),), (spd(1),)]),
    Pair(orthonormal, orthonormal_in_place, [(normal(4, 2),), (normal(2, 2),)]),
    Pair(product, product_in_place, [(normal(2, 3), normal(3, 2)), (normal(1, 0), normal(0, 2))]),
    Pair(running_sums, running_sums_in_place, [(normal(5),), (normal(1),), (normal(0),)]),
    Pair(filtered, filtered_in_place, [(normal(4), 0.4), (normal(1), 0.4)]),
    Pair(convolved, convolved_in_place, [(normal(4), normal(3)), (normal(1), normal(1))]),
    Pair(
        attended,
        attended_in_place,
        [(normal(2, 3), normal(4, 3), normal(4, 2)), (normal(1, 1), normal(1, 1), normal(1, 1))],
    ),
    Pair(normalised, normalised_in_place, [(normal(4, 2), normal(2)), (normal(1, 1), normal(1))]),
    Pair(
        recurrent,
        recurrent_in_place,
        [(normal(3, 2), normal(2, 2), normal(2)), (normal(0, 1), normal(1, 1), normal(1))],
    ),
    Pair(rectified, rectified_in_place, [(normal(6), 0.2), (normal(2, 3), 0.2), (normal(0), 0.2)]),
    Pair(
        gathered, gathered_in_place, [(normal(3, 2), np.array([0, 2, 0, 1])), (normal(1, 1), np.array([0]))]
    ),
    Pair(
        descended, descended_in_place, [(normal(3), spd(3), normal(3), 3), (normal(1), spd(1), normal(1), 0)]
    ),
    Pair(option, option_in_place, [(1.0, 1.1, 1.16, 0.5, 4), (1.0, 1.1, 1.16, 0.5, 0)]),
    Pair(forces, forces_in_place, [(normal(3, 2),), (normal(1, 3),)]),
    Pair(shortest, shortest_in_place, [(positive(4, 4),), (positive(1, 1),)]),
    Pair(
        exchanged, exchanged_in_place, [(normal(3), normal(3, seed=1), 3), (normal(1), normal(1, seed=1), 0)]
    ),
]
