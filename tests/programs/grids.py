"""Partial differential equations on grids: relaxation, time steps, flow, transport."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, uniform


def jacobi_1d(a, b, n):
    """Two arrays that smooth each other."""
    for _ in range(n):
        b[1:-1] = (a[:-2] + a[1:-1] + a[2:]) / 3.0
        a[1:-1] = (b[:-2] + b[1:-1] + b[2:]) / 3.0
    return a


def jacobi_five_points(a, b, n):
    """The five-point mean, in loops over two arrays in turn."""
    for _ in range(n):
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        a[1:-1, 1:-1] = b[1:-1, 1:-1]
    return a


def seidel_nine_points(a, n):
    """Gauss-Seidel over nine points; a row at once where the order allows it, then along the row."""
    for _ in range(n):
        for i in range(1, a.shape[0] - 1):
            a[i, 1:-1] += a[i - 1, :-2] + a[i - 1, 1:-1] + a[i - 1, 2:]
            a[i, 1:-1] += a[i, 2:] + a[i + 1, :-2] + a[i + 1, 1:-1] + a[i + 1, 2:]
            for j in range(1, a.shape[1] - 1):
                a[i, j] += a[i, j - 1]
                a[i, j] /= 9.0
    return a


def over_relaxation(u, f, omega, tol, limit):
    """SOR until the largest change is small, or the limit is reached."""
    change, trips = 2.0 * tol, 0
    while change > tol and trips < limit:
        change = 0.0
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                old = u[i, j]
                mean = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
                u[i, j] = (1.0 - omega) * old + omega * mean
                change = max(change, abs(u[i, j] - old))
        trips += 1
    return u


def red_black_plane(u, f, n):
    """Two colours of a chessboard, each updated at once in strided pieces."""

    def sweep(i, j):
        u[i:-1:2, j:-1:2] = 0.25 * (
            u[i - 1 : -2 : 2, j:-1:2]
            + u[i + 1 :: 2, j:-1:2][: u[i:-1:2].shape[0]]
            + u[i:-1:2, j - 1 : -2 : 2]
            + u[i:-1:2, j + 1 :: 2][:, : u[:, j:-1:2].shape[1]]
            - f[i:-1:2, j:-1:2]
        )

    for _ in range(n):
        sweep(1, 1)
        sweep(2, 2)
        sweep(1, 2)
        sweep(2, 1)
    return u


def alternating_directions(u, a, b, n):
    """Implicit in one direction, explicit in the other, then the reverse; sweeps on columns and rows."""
    size = u.shape[0]
    v, p, q = np.zeros_like(u), np.zeros_like(u), np.zeros_like(u)
    for _ in range(n):
        v[0, 1:-1] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = v[0, 1:-1]
        for j in range(1, size - 1):
            p[1:-1, j] = a / (2.0 * a + 1.0 - a * p[1:-1, j - 1])
            rhs = b * u[j, :-2] + (1.0 - 2.0 * b) * u[j, 1:-1] + b * u[j, 2:]
            q[1:-1, j] = (rhs + a * q[1:-1, j - 1]) / (2.0 * a + 1.0 - a * p[1:-1, j - 1])
        v[-1, 1:-1] = 1.0
        for j in range(size - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]
        u[:] = 0.5 * (u + v.T)
    return u


def heat_cube(a, b, n):
    """Seven points in three dimensions, two steps a trip."""

    def laplacian(x):
        centre = 2.0 * x[1:-1, 1:-1, 1:-1]
        return (
            0.125 * (x[2:, 1:-1, 1:-1] - centre + x[:-2, 1:-1, 1:-1])
            + 0.125 * (x[1:-1, 2:, 1:-1] - centre + x[1:-1, :-2, 1:-1])
            + 0.125 * (x[1:-1, 1:-1, 2:] - centre + x[1:-1, 1:-1, :-2])
        )

    for _ in range(n):
        b[1:-1, 1:-1, 1:-1] = laplacian(a) + a[1:-1, 1:-1, 1:-1]
        a[1:-1, 1:-1, 1:-1] = laplacian(b) + b[1:-1, 1:-1, 1:-1]
    return a


def fdtd(ex, ey, hz, source):
    """Maxwell's equations on a staggered grid, driven from one edge."""
    for t in range(len(source)):
        ey[0, :] = source[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return hz


def wave_with_source(u, c, place, pulse):
    """Second order in time with three buffers that rotate, and a source at one point."""
    old, now = np.zeros_like(u), u
    for t in range(len(pulse)):
        new = np.zeros_like(u)
        lap = now[2:, 1:-1] + now[:-2, 1:-1] + now[1:-1, 2:] + now[1:-1, :-2] - 4.0 * now[1:-1, 1:-1]
        new[1:-1, 1:-1] = 2.0 * now[1:-1, 1:-1] - old[1:-1, 1:-1] + c[1:-1, 1:-1] ** 2 * lap
        new[place] += pulse[t]
        old, now = now, new
    return now


def shallow_water(h, u, v, g, dt, n):
    """Lax-Friedrichs steps of height and momentum on a periodic grid."""

    def mean(q):
        return 0.25 * (np.roll(q, 1, 0) + np.roll(q, -1, 0) + np.roll(q, 1, 1) + np.roll(q, -1, 1))

    def slope(q, axis):
        return 0.5 * (np.roll(q, -1, axis) - np.roll(q, 1, axis))

    for _ in range(n):
        hu, hv = h * u, h * v
        pressure = 0.5 * g * h * h
        new = mean(h) - dt * (slope(hu, 0) + slope(hv, 1))
        hu_new = mean(hu) - dt * (slope(hu * u + pressure, 0) + slope(hu * v, 1))
        hv_new = mean(hv) - dt * (slope(hu * v, 0) + slope(hv * v + pressure, 1))
        h[:] = new
        u[:] = hu_new / h
        v[:] = hv_new / h
    return h, u


def burgers_plane(u, v, nu, dt, n):
    """Backward differences in space, both components from the old state."""
    for _ in range(n):
        un, vn = u.copy(), v.copy()
        core = un[1:-1, 1:-1]
        for w, wn in ((u, un), (v, vn)):
            c = wn[1:-1, 1:-1]
            w[1:-1, 1:-1] = (
                c
                - dt * core * (c - wn[1:-1, :-2])
                - dt * vn[1:-1, 1:-1] * (c - wn[:-2, 1:-1])
                + nu * (wn[1:-1, 2:] + wn[1:-1, :-2] + wn[2:, 1:-1] + wn[:-2, 1:-1] - 4.0 * c)
            )
        u[0, :], u[-1, :], v[:, 0], v[:, -1] = 1.0, 1.0, 1.0, 1.0
    return u, v


def upwind(c, speed, dt, n):
    """Advection by a speed that changes its sign along the line."""
    for _ in range(n):
        ahead = np.maximum(speed, 0.0)
        back = np.minimum(speed, 0.0)
        flux = ahead * c[:-1] + back * c[1:]
        c[1:-1] -= dt * (flux[1:] - flux[:-1])
        c[0] = c[1]
        c[-1] = c[-2]
    return c


def lax_wendroff(u, courant, n):
    """Second order on a ring, with the wrap written out."""
    size = len(u)
    new = np.zeros(size)
    for _ in range(n):
        for i in range(size):
            left, right = u[(i - 1) % size], u[(i + 1) % size]
            new[i] = u[i] - 0.5 * courant * (right - left) + 0.5 * courant**2 * (right - 2.0 * u[i] + left)
        u[:] = new
    return u


def flux_limited(q, courant, n):
    """Transport with van Leer's limiter."""
    for _ in range(n):
        jump = q[1:] - q[:-1]
        product = jump[1:] * jump[:-1]
        safe = np.where(product > 0.0, jump[1:] + jump[:-1], 1.0)
        slope = np.where(product > 0.0, 2.0 * product / safe, 0.0)
        face = q[1:-1] + 0.5 * (1.0 - courant) * slope
        q[2:-1] -= courant * (face[1:] - face[:-1])
    return q


def cavity_flow(u, v, p, rho, nu, dt, steps, inner):
    """Lid-driven cavity: a pressure-Poisson iteration in every time step."""
    b = np.zeros_like(p)
    for _ in range(steps):
        du, dv = u[1:-1, 2:] - u[1:-1, :-2], v[2:, 1:-1] - v[:-2, 1:-1]
        cross = (u[2:, 1:-1] - u[:-2, 1:-1]) * (v[1:-1, 2:] - v[1:-1, :-2])
        b[1:-1, 1:-1] = rho * (0.5 * (du + dv) / dt - 0.25 * du**2 - 0.5 * cross - 0.25 * dv**2)
        for _ in range(inner):
            pn = p.copy()
            p[1:-1, 1:-1] = 0.25 * (
                pn[1:-1, 2:] + pn[1:-1, :-2] + pn[2:, 1:-1] + pn[:-2, 1:-1] - b[1:-1, 1:-1]
            )
            p[:, -1] = p[:, -2]
            p[0, :] = p[1, :]
            p[:, 0] = p[:, 1]
            p[-1, :] = 0.0
        un, vn = u.copy(), v.copy()
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt * (un[1:-1, 1:-1] - un[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt * (un[1:-1, 1:-1] - un[:-2, 1:-1])
            - 0.5 * dt / rho * (p[1:-1, 2:] - p[1:-1, :-2])
            + nu * dt * (un[1:-1, 2:] + un[1:-1, :-2] + un[2:, 1:-1] + un[:-2, 1:-1] - 4.0 * un[1:-1, 1:-1])
        )
        v[1:-1, 1:-1] = vn[1:-1, 1:-1] - 0.5 * dt / rho * (p[2:, 1:-1] - p[:-2, 1:-1]) * un[1:-1, 1:-1]
        u[0, :] = u[:, 0] = u[:, -1] = 0.0
        u[-1, :] = 1.0
        v[0, :] = v[-1, :] = v[:, 0] = v[:, -1] = 0.0
    return u, v


def channel_flow(u, p, force, nu, tol):
    """Periodic in one direction, until the mean flow settles; the ends are written out."""
    change, steps = 1.0, 0
    while change > tol and steps < 3:
        un = u.copy()
        pn = p.copy()
        for j in range(u.shape[1]):
            west, east = j - 1, (j + 1) % u.shape[1]
            p[1:-1, j] = 0.25 * (pn[1:-1, east] + pn[1:-1, west] + pn[2:, j] + pn[:-2, j]) - 0.1 * un[1:-1, j]
            u[1:-1, j] = (
                un[1:-1, j]
                - 0.1 * un[1:-1, j] * (un[1:-1, j] - un[1:-1, west])
                - 0.1 * (p[1:-1, j] - pn[1:-1, west])
                + nu * (un[1:-1, east] - 2.0 * un[1:-1, j] + un[1:-1, west])
                + force
            )
        p[0, :], p[-1, :] = p[1, :], p[-2, :]
        u[0, :] = u[-1, :] = 0.0
        change = abs(np.sum(u) - np.sum(un)) / abs(np.sum(u))
        steps += 1
    return u


def horizontal_diffusion(field, coefficient):
    """A limited flux of the Laplacian, as weather models smooth their fields."""
    lap = 4.0 * field[1:-1, 1:-1] - (field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2])
    res = lap[1:, 1:-1] - lap[:-1, 1:-1]
    flux_x = np.where(res * (field[2:-1, 2:-2] - field[1:-2, 2:-2]) > 0.0, 0.0, res)
    res = lap[1:-1, 1:] - lap[1:-1, :-1]
    flux_y = np.where(res * (field[2:-2, 2:-1] - field[2:-2, 1:-2]) > 0.0, 0.0, res)
    out = field.copy()
    out[2:-2, 2:-2] -= coefficient[2:-2, 2:-2] * (flux_x[1:] - flux_x[:-1] + flux_y[:, 1:] - flux_y[:, :-1])
    return out


def vertical_advection(stage, wcon, pos, tend, dt):
    """An implicit column solver: coefficients and elimination upwards, substitution downwards."""
    columns, levels = stage.shape
    ccol, dcol = np.zeros((columns, levels)), np.zeros((columns, levels))
    data = np.zeros(columns)
    for k in range(levels):
        above = 0.25 * (wcon[1:, k + 1] + wcon[:-1, k + 1]) if k < levels - 1 else 0.0 * data
        below = -0.25 * (wcon[1:, k] + wcon[:-1, k]) if k > 0 else 0.0 * data
        correction = 0.0 * data
        if k < levels - 1:
            correction = correction - above * 0.2 * (stage[:, k + 1] - stage[:, k])
        if k > 0:
            correction = correction - below * 0.2 * (stage[:, k - 1] - stage[:, k])
        b = 1.0 / dt - 0.8 * above - 0.8 * below
        ccol[:, k] = 0.8 * above
        dcol[:, k] = pos[:, k] / dt + tend[:, k] + correction
        if k > 0:
            divided = 1.0 / (b - ccol[:, k - 1] * 0.8 * below)
            dcol[:, k] = (dcol[:, k] - dcol[:, k - 1] * 0.8 * below) * divided
        else:
            divided = 1.0 / b
            dcol[:, k] *= divided
        ccol[:, k] *= divided
    result = np.zeros_like(stage)
    for k in range(levels - 1, -1, -1):
        data = dcol[:, k] - (ccol[:, k] * data if k < levels - 1 else 0.0)
        result[:, k] = (data - pos[:, k]) / dt
    return result


def v_cycle(u, f, cycles):
    """Multigrid with two grids: relax, restrict, solve, interpolate, relax."""
    n = len(u)
    for _ in range(cycles):
        for i in range(1, n - 1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1] + f[i])
        residual = np.zeros_like(u)
        residual[1:-1] = f[1:-1] + u[:-2] - 2.0 * u[1:-1] + u[2:]
        coarse = np.zeros(n // 2 + 1)
        coarse_f = residual[::2].copy()
        coarse_f[1:-1] = 0.25 * (residual[1:-2:2] + 2.0 * residual[2:-1:2] + residual[3::2])
        for _ in range(3):
            for i in range(1, len(coarse) - 1):
                coarse[i] = 0.5 * (coarse[i - 1] + coarse[i + 1] + 4.0 * coarse_f[i])
        u[::2] += coarse
        u[1::2] += 0.5 * (coarse[:-1] + coarse[1:])
        for i in range(n - 2, 0, -1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1] + f[i])
    return u


def crank_nicolson(u, k, n):
    """Half explicit, half implicit, with the tridiagonal solve in the loop."""
    size = len(u)
    for _ in range(n):
        d = u.copy()
        d[1:-1] += 0.5 * k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        c = np.zeros(size)
        for i in range(1, size - 1):
            m = 1.0 + k + 0.5 * k * c[i - 1]
            c[i] = -0.5 * k / m
            d[i] = (d[i] + 0.5 * k * d[i - 1]) / m
        for i in range(size - 2, 0, -1):
            d[i] -= c[i] * d[i + 1]
        u[:] = d
    return u


def level_set(phi, speed, dt, n):
    """Godunov's Hamiltonian for a front that moves along its normal."""
    for _ in range(n):
        left, right = phi[1:-1, 1:-1] - phi[:-2, 1:-1], phi[2:, 1:-1] - phi[1:-1, 1:-1]
        down, up = phi[1:-1, 1:-1] - phi[1:-1, :-2], phi[1:-1, 2:] - phi[1:-1, 1:-1]
        squares = (
            np.maximum(left, 0.0) ** 2
            + np.minimum(right, 0.0) ** 2
            + np.maximum(down, 0.0) ** 2
            + np.minimum(up, 0.0) ** 2
        )
        phi[1:-1, 1:-1] -= dt * speed * np.sqrt(squares + 1e-3)
    return phi


def porous_medium(h, k, recharge, n):
    """Picard's iteration for an unconfined aquifer: the conductance depends on the head."""
    for _ in range(n):
        face = k * 0.5 * (h[1:] + h[:-1])
        new = h.copy()
        for i in range(1, len(h) - 1):
            new[i] = (face[i - 1] * h[i - 1] + face[i] * h[i + 1] + recharge) / (face[i - 1] + face[i])
        h = new
    return h


def allen_cahn(u, eps, dt, n):
    """Phase separation; the edges are repeated in a frame around the field."""
    p = np.empty((u.shape[0] + 2, u.shape[1] + 2))
    for _ in range(n):
        p[1:-1, 1:-1] = u
        p[0], p[-1] = p[1], p[-2]
        p[:, 0], p[:, -1] = p[:, 1], p[:, -2]
        lap = p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - 4.0 * u
        u = u + dt * (eps**2 * lap + u - u**3)
    return u


def finite_volume_euler(rho, mom, ene, dt, n):
    """One-dimensional gas dynamics with Rusanov fluxes."""
    for _ in range(n):
        vel = mom / rho
        p = 0.4 * (ene - 0.5 * mom * vel)
        speed = np.abs(vel) + np.sqrt(1.4 * p / rho)
        top = np.maximum(speed[1:], speed[:-1])

        def flux(q, f):
            return 0.5 * (f[1:] + f[:-1]) - 0.5 * top * (q[1:] - q[:-1])

        f_rho, f_mom, f_ene = flux(rho, mom), flux(mom, mom * vel + p), flux(ene, (ene + p) * vel)
        rho[1:-1] -= dt * (f_rho[1:] - f_rho[:-1])
        mom[1:-1] -= dt * (f_mom[1:] - f_mom[:-1])
        ene[1:-1] -= dt * (f_ene[1:] - f_ene[:-1])
    return rho, mom, ene


def semi_lagrangian(q, velocity, dt, n):
    """Values carried back along the flow, interpolated linearly between floored places."""
    size = len(q)
    for _ in range(n):
        new = np.empty_like(q)
        for i in range(size):
            x = min(max(i - dt * velocity[i], 0.0), size - 1.001)
            left = int(x)
            w = x - left
            new[i] = (1.0 - w) * q[left] + w * q[left + 1]
        q = new
    return q


P4 = positive(4, 4)
PROGRAMS = [
    Program(
        jacobi_1d,
        [
            (normal(6), normal(6, seed=1), 2),
            (normal(2), normal(2, seed=1), 1),
            (normal(4), normal(4, seed=1), 0),
        ],
    ),
    Program(
        jacobi_five_points, [(normal(4, 4), normal(4, 4, seed=1), 2), (normal(2, 2), normal(2, 2, seed=1), 1)]
    ),
    Program(seidel_nine_points, [(normal(4, 4), 2), (normal(3, 3), 1), (normal(2, 3), 1)]),
    Program(
        over_relaxation,
        [
            (normal(4, 4), normal(4, 4, seed=1), 1.4, 1e-8, 3),
            (normal(3, 3), normal(3, 3, seed=1), 1.2, 1e3, 9),
            (normal(3, 3), normal(3, 3, seed=1), 1.2, 1.0, 0),
        ],
        argnums=(0, 1, 2),
    ),
    Program(
        red_black_plane, [(normal(6, 5), normal(6, 5, seed=1), 2), (normal(3, 3), normal(3, 3, seed=1), 1)]
    ),
    Program(alternating_directions, [(normal(4, 4), 0.7, 0.3, 2), (normal(3, 3), 0.7, 0.3, 1)]),
    Program(
        heat_cube,
        [(normal(4, 3, 4), normal(4, 3, 4, seed=1), 2), (normal(2, 2, 2), normal(2, 2, 2, seed=1), 1)],
    ),
    Program(
        fdtd,
        [
            (normal(3, 3), normal(3, 3, seed=1), normal(3, 3, seed=2), normal(3)),
            (normal(2, 1), normal(2, 1, seed=1), normal(2, 1, seed=2), normal(1)),
        ],
    ),
    Program(
        wave_with_source,
        [(normal(4, 4), P4, (1, 2), normal(3)), (normal(3, 3), positive(3, 3), (1, 1), normal(0))],
    ),
    Program(
        shallow_water,
        [
            (P4, 0.3 * normal(4, 4), 0.3 * normal(4, 4, seed=1), 1.0, 0.1, 2),
            (positive(1, 2), normal(1, 2), normal(1, 2, seed=1), 1.0, 0.1, 1),
        ],
    ),
    Program(
        burgers_plane,
        [
            (normal(4, 4), normal(4, 4, seed=1), 0.05, 0.1, 2),
            (normal(2, 2), normal(2, 2, seed=1), 0.05, 0.1, 1),
        ],
    ),
    Program(
        upwind,
        [(normal(6), normal(5), 0.2, 3), (normal(2), normal(1), 0.2, 1), (normal(3), normal(2), 0.2, 0)],
    ),
    Program(lax_wendroff, [(normal(5), 0.6, 3), (normal(1), 0.6, 2)]),
    Program(flux_limited, [(normal(7), 0.4, 3), (normal(3), 0.4, 1)]),
    Program(
        cavity_flow,
        [
            (normal(4, 4), normal(4, 4, seed=1), normal(4, 4, seed=2), 1.1, 0.1, 0.1, 2, 2),
            (normal(3, 3), normal(3, 3, seed=1), normal(3, 3, seed=2), 1.1, 0.1, 0.1, 1, 0),
        ],
    ),
    Program(
        channel_flow,
        [
            (0.5 * P4, positive(4, 4, seed=1), 0.8, 0.1, 1e-6),
            (0.5 * positive(3, 2), positive(3, 2, seed=1), 0.8, 0.1, 1e3),
        ],
        argnums=(0, 1, 2, 3),
    ),
    Program(horizontal_diffusion, [(normal(6, 5), positive(6, 5)), (normal(5, 7), positive(5, 7))]),
    Program(
        vertical_advection,
        [
            (normal(2, 4), normal(3, 4), normal(2, 4, seed=1), normal(2, 4, seed=2), 0.3),
            (normal(1, 1), normal(2, 1), normal(1, 1, seed=1), normal(1, 1, seed=2), 0.3),
        ],
    ),
    Program(
        v_cycle,
        [
            (normal(9), normal(9, seed=1), 2),
            (normal(5), normal(5, seed=1), 1),
            (normal(5), normal(5, seed=1), 0),
        ],
    ),
    Program(crank_nicolson, [(normal(6), 0.7, 2), (normal(2), 0.7, 1)]),
    Program(level_set, [(normal(4, 5), positive(2, 3), 0.1, 2), (normal(3, 3), 0.6, 0.1, 1)]),
    Program(porous_medium, [(positive(5), positive(4), 0.3, 3), (positive(2), positive(1), 0.3, 1)]),
    Program(allen_cahn, [(normal(3, 4), 0.8, 0.1, 2), (normal(1, 1), 0.8, 0.1, 1)]),
    Program(
        finite_volume_euler,
        [
            (positive(5), 0.3 * normal(5), 4.0 + positive(5), 0.1, 2),
            (positive(2), normal(2), 5.0 + positive(2), 0.1, 1),
        ],
    ),
    Program(semi_lagrangian, [(normal(6), normal(6, seed=1), 0.7, 2), (normal(2), uniform(2), 0.3, 1)]),
]
