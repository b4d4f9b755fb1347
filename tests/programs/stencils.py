"""Grids that step in time or relax in place."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def jacobi_2d(u, f, n):
    """Jacobi's method with whole-array slices."""
    for _ in range(n):
        new = u.copy()
        new[1:-1, 1:-1] = 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - f[1:-1, 1:-1])
        u = new
    return u


def gauss_seidel(u, f, n):
    """Gauss-Seidel: each entry uses the ones just written."""
    u = u.copy()
    rows, cols = u.shape
    for _ in range(n):
        for i in range(1, rows - 1):
            for j in range(1, cols - 1):
                u[i, j] = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1] - f[i, j])
    return u


def red_black(u, n):
    """Every second point in turn, with strided slices."""
    for _ in range(n):
        u[1:-1:2] = 0.5 * (u[:-2:2] + u[2::2]) * u[1:-1:2]
        u[2:-1:2] = 0.5 * (u[1:-2:2] + u[3::2])
    return u


def heat(u, k, dt, n):
    """Explicit diffusion with a conductivity that depends on place."""
    for _ in range(n):
        flux = k * (u[1:] - u[:-1])
        u[1:-1] += dt * (flux[1:] - flux[:-1])
        u[0] = u[1]
        u[-1] *= 0.5
    return u


def wave(u, v, c, dt, n):
    """Leapfrog for the wave equation."""
    u, v = u.copy(), v.copy()
    for _ in range(n):
        v[1:-1] += dt * c**2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u += dt * v
    return u, v


def burgers(u, nu, dt, n):
    """Upwind Burgers equation: the direction depends on the sign."""
    for _ in range(n):
        new = np.empty_like(u)
        new[0], new[-1] = u[0], u[-1]
        for i in range(1, len(u) - 1):
            if u[i] >= 0:
                slope = u[i] - u[i - 1]
            else:
                slope = u[i + 1] - u[i]
            new[i] = u[i] - dt * u[i] * slope + nu * (u[i + 1] - 2.0 * u[i] + u[i - 1])
        u = new
    return np.sum(u**2)


def cavity(u, v, n):
    """Two fields coupled through shifted slices."""
    for _ in range(n):
        u[1:-1, 1:-1] -= 0.1 * (u[1:-1, 1:-1] * (u[1:-1, 1:-1] - u[:-2, 1:-1]) + v[1:-1, 1:-1] * u[1:-1, 2:])
        v[1:-1, 1:-1] += 0.05 * (u[2:, 1:-1] - v[1:-1, :-2]) ** 2
        u[0, :] = 0.0
        u[-1, :] = 1.0
        v[:, 0] = -v[:, 1]
    return u * v


def reaction_diffusion(a, b, n):
    """Gray-Scott with periodic boundaries by concatenation."""

    def laplacian(z):
        left = np.concatenate([z[-1:], z[:-1]])
        right = np.concatenate([z[1:], z[:1]])
        return left + right - 2.0 * z

    for _ in range(n):
        r = a * b * b
        a = a + 0.1 * laplacian(a) - r + 0.03 * (1.0 - a)
        b = b + 0.05 * laplacian(b) + r - 0.09 * b
    return np.stack([a, b])


PROGRAMS = [
    Program(
        jacobi_2d,
        [
            (normal(4, 5), normal(4, 5, seed=1), 3),
            (normal(3, 3), normal(3, 3), 0),
            (normal(2, 2),) * 2 + (1,),
        ],
    ),
    Program(gauss_seidel, [(normal(4, 4), normal(4, 4, seed=1), 2), (normal(3, 3), normal(3, 3), 0)]),
    Program(red_black, [(normal(7), 2), (normal(5), 1)]),
    Program(
        heat,
        [
            (normal(6), positive(5), 0.1, 4),
            (normal(2), positive(1), 0.1, 1),
            (normal(3), positive(2), 0.1, 0),
        ],
    ),
    Program(wave, [(normal(6), normal(6, seed=1), 0.8, 0.1, 4), (normal(2), normal(2), 1.0, 0.1, 1)]),
    Program(burgers, [(normal(7), 0.05, 0.1, 3), (normal(2), 0.05, 0.1, 2), (normal(4), 0.05, 0.1, 0)]),
    Program(cavity, [(normal(4, 4), normal(4, 4, seed=1), 2), (normal(3, 3), normal(3, 3, seed=1), 1)]),
    Program(
        reaction_diffusion, [(positive(5), positive(5, seed=1), 3), (positive(1), positive(1, seed=1), 1)]
    ),
]
