"""Transforms, convolutions, pooling and resizing by loops."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def butterflies(re, im):
    """Radix two in place: bit reversal, then butterflies on real and imaginary parts."""
    n = len(re)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    size = 2
    while size <= n:
        half = size // 2
        for start in range(0, n, size):
            for k in range(half):
                c, s = np.cos(2.0 * np.pi * k / size), -np.sin(2.0 * np.pi * k / size)
                a, b = start + k, start + k + half
                tr = c * re[b] - s * im[b]
                ti = c * im[b] + s * re[b]
                re[b], im[b] = re[a] - tr, im[a] - ti
                re[a], im[a] = re[a] + tr, im[a] + ti
        size *= 2
    return re, im


def stockham(x):
    """The self-sorting transform with two complex buffers in turn; its power."""
    n = len(x)
    y = x + 0j
    z = np.zeros(n, dtype=complex)
    half, stride = n // 2, 1
    while half >= 1:
        for p in range(half):
            w = np.exp(-1j * np.pi * p / half)
            for q in range(stride):
                a, b = y[q + stride * p], y[q + stride * (p + half)]
                z[q + 2 * stride * p] = a + b
                z[q + stride * (2 * p + 1)] = (a - b) * w
        y, z = z, y
        half //= 2
        stride *= 2
    return np.abs(y) ** 2


def cosine_transform(x):
    """The second cosine transform, coefficient by coefficient."""
    n = len(x)
    out = np.zeros(n)
    for k in range(n):
        for i in range(n):
            out[k] += x[i] * np.cos(np.pi * k * (2 * i + 1) / (2.0 * n))
        out[k] *= np.sqrt((1.0 if k == 0 else 2.0) / n)
    return out


def walsh_hadamard(x):
    """Sums and differences in place at doubling distances."""
    h = 1
    while h < len(x):
        for i in range(0, len(x), 2 * h):
            for j in range(i, i + h):
                x[j], x[j + h] = x[j] + x[j + h], x[j] - x[j + h]
        h *= 2
    return x


def lifting_wavelet(x, predict, update, levels):
    """Predict and update steps on even and odd places, level after level on a shorter view."""
    y = x.copy()
    n = len(y)
    for _ in range(levels):
        even, odd = y[0:n:2].copy(), y[1:n:2].copy()
        odd -= predict * (even + np.roll(even, -1))
        even += update * (odd + np.roll(odd, 1))
        y[: n // 2] = even
        y[n // 2 : n] = odd
        n //= 2
    return y


def goertzel(x, frequency):
    """The power at one frequency that is not on the grid."""
    w = 2.0 * np.cos(frequency)
    s1 = s2 = 0.0
    for sample in x:
        s1, s2 = sample + w * s1 - s2, s1
    return s1 * s1 + s2 * s2 - w * s1 * s2


def strided_convolution(x, w, b, stride):
    """Channels, kernels and strides in six loops."""
    channels, width = x.shape
    kernels, _, taps = w.shape
    out = np.zeros((kernels, (width - taps) // stride + 1))
    for o in range(kernels):
        for t in range(out.shape[1]):
            total = b[o]
            for c in range(channels):
                for k in range(taps):
                    total += w[o, c, k] * x[c, t * stride + k]
            out[o, t] = total if total > 0 else 0.1 * total
    return out


def convolution_layer(x, w, b):
    """Batch, height and width in loops, the window and the channels at once."""
    k = w.shape[0]
    n, h, v = x.shape[0], x.shape[1] - k + 1, x.shape[2] - k + 1
    out = np.empty((n, h, v, w.shape[3]))
    for i in range(h):
        for j in range(v):
            out[:, i, j, :] = np.sum(
                x[:, i : i + k, j : j + k, :, np.newaxis] * w[np.newaxis], axis=(1, 2, 3)
            )
    return np.maximum(out + b, 0.0)


def max_pool(x):
    """The largest of two by two, by comparisons."""
    out = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            best = x[2 * i, 2 * j]
            for a in range(2):
                for b in range(2):
                    if x[2 * i + a, 2 * j + b] > best:
                        best = x[2 * i + a, 2 * j + b]
            out[i, j] = best
    return out


def average_pool(x, size):
    """Windows that overlap, counted at the edges."""
    out, count = np.zeros_like(x), np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i : i + size, j : j + size] += x[i, j]
            count[i : i + size, j : j + size] += 1.0
    out /= count
    return out


def bilinear_resize(image, rows, cols):
    """Each new pixel from four old ones."""
    h, w = image.shape
    out = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            y, x = i * (h - 1) / max(rows - 1, 1), j * (w - 1) / max(cols - 1, 1)
            top, left = min(int(y), h - 2), min(int(x), w - 2)
            dy, dx = y - top, x - left
            out[i, j] = (1.0 - dy) * (1.0 - dx) * image[top, left] + (1.0 - dy) * dx * image[top, left + 1]
            out[i, j] += dy * (1.0 - dx) * image[top + 1, left] + dy * dx * image[top + 1, left + 1]
    return out


def hankel_sums(x, order):
    """A trajectory matrix by loops, its lag covariance, and the smoothed diagonal means."""
    m = len(x) - order + 1
    t = np.zeros((order, m))
    for i in range(order):
        t[i] = x[i : i + m]
    projected = t @ t.T @ t / m
    out, hits = np.zeros(len(x)), np.zeros(len(x))
    for i in range(order):
        for j in range(m):
            out[i + j] += projected[i, j]
            hits[i + j] += 1.0
    return out / hits


def radon(image, angles):
    """Sums along rotated lines with linear weights between two bins."""
    n = image.shape[0]
    out = np.zeros((len(angles), 2 * n))
    for k in range(len(angles)):
        c, s = np.cos(angles[k]), np.sin(angles[k])
        for i in range(n):
            for j in range(n):
                r = (i - 0.5 * n) * c + (j - 0.5 * n) * s + n
                low = int(np.floor(r))
                out[k, low] += (low + 1 - r) * image[i, j]
                out[k, low + 1] += (r - low) * image[i, j]
    return out


PROGRAMS = [
    Program(
        butterflies,
        [(normal(4), normal(4, seed=1)), (normal(8), normal(8, seed=1)), (normal(1), normal(1, seed=1))],
    ),
    Program(stockham, [(normal(4),), (normal(1),)]),
    Program(cosine_transform, [(normal(4),), (normal(1),)]),
    Program(walsh_hadamard, [(normal(4),), (normal(1),)]),
    Program(
        lifting_wavelet, [(normal(8), 0.5, 0.25, 2), (normal(2), 0.5, 0.25, 1), (normal(2), 0.5, 0.25, 0)]
    ),
    Program(goertzel, [(normal(5), 0.7), (normal(0), 0.7)]),
    Program(
        strided_convolution,
        [(normal(2, 5), normal(2, 2, 3), normal(2), 2), (normal(1, 1), normal(1, 1, 1), normal(1), 1)],
    ),
    Program(
        convolution_layer,
        [
            (normal(2, 3, 3, 2), normal(2, 2, 2, 2), normal(2)),
            (normal(1, 1, 1, 1), normal(1, 1, 1, 1, seed=1), normal(1)),
        ],
    ),
    Program(max_pool, [(normal(4, 3),), (normal(2, 2),), (normal(1, 1),)]),
    Program(average_pool, [(normal(3, 3), 2), (normal(1, 1), 3)]),
    Program(bilinear_resize, [(normal(3, 3), 4, 5), (normal(2, 2), 1, 1)]),
    Program(hankel_sums, [(normal(5), 3), (normal(1), 1)]),
    Program(radon, [(normal(3, 3), np.array([0.3, 1.1])), (normal(1, 1), np.array([0.4]))]),
]
