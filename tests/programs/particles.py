"""Particles, spins and oscillators: pairwise sums, in loops and at once."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def pairwise_gravity(x, mass, softening):
    """All forces from an array of differences."""
    d = x[None, :, :] - x[:, None, :]
    r2 = np.sum(d * d, axis=-1) + softening**2
    weight = mass[None, :] / (r2 * np.sqrt(r2))
    return np.sum(weight[:, :, None] * d, axis=1)


def third_law(x, mass, softening):
    """Each pair once; both partners are written."""
    n = x.shape[0]
    force = np.zeros_like(x)
    for i in range(n - 1):
        for j in range(i + 1, n):
            d = x[j] - x[i]
            r2 = d[0] * d[0] + d[1] * d[1] + softening
            pull = mass[i] * mass[j] * d / r2**1.5
            force[i] += pull
            force[j] -= pull
    return force


def leapfrog_cloud(pos, vel, mass, dt, steps):
    """Kick, drift, kick with coordinates in columns; energies kept along the way."""
    n = len(mass)

    def acceleration(p):
        x, y = p[:, 0:1], p[:, 1:2]
        dx, dy = x.T - x, y.T - y
        inv = (dx**2 + dy**2 + 0.05) ** (-1.5)
        return np.hstack(((dx * inv) @ mass, (dy * inv) @ mass))

    acc = acceleration(pos)
    kinetic = np.zeros(steps + 1)
    kinetic[0] = 0.5 * np.sum(mass * vel**2)
    for i in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = acceleration(pos)
        vel += 0.5 * dt * acc
        kinetic[i + 1] = 0.5 * np.sum(mass * vel**2)
    return pos, kinetic / n


def lennard_jones(x, cutoff, box):
    """Energy with a cut-off and the nearest image."""
    energy = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            d = x[i] - x[j]
            d = d - box * np.round(d / box)
            r2 = np.dot(d, d)
            if r2 > cutoff * cutoff:
                continue
            s6 = 1.0 / r2**3
            energy += 4.0 * (s6 * s6 - s6)
    return energy


def velocity_verlet(x, v, pairs, dt, steps, cutoff):
    """Molecular dynamics: forces from a list of neighbours."""

    def forces(x):
        f = np.zeros_like(x)
        for i, j in pairs:
            d = x[i] - x[j]
            r2 = d @ d
            if r2 < cutoff**2:
                s = 1.0 / r2
                push = 24.0 * s**4 * (2.0 * s**3 - 1.0) * d
                f[i] += push
                f[j] -= push
        return f

    f = forces(x)
    for _ in range(steps):
        x += dt * v + 0.5 * dt**2 * f
        new = forces(x)
        v += 0.5 * dt * (f + new)
        f = new
    return x, v


def morse_masked(x, depth, width):
    """All pairs at once, with a mask instead of a condition."""
    d = x[:, None] - x[None, :]
    r = np.sqrt(np.sum(d**2, axis=2) + np.eye(len(x)))
    e = depth * (1.0 - np.exp(-width * (r - 1.0))) ** 2
    near = (r < 2.5) & ~np.eye(len(x), dtype=bool)
    return 0.5 * np.sum(np.where(near, e, 0.0), axis=1)


def ising_energy(spins, coupling, field):
    """Nearest neighbours on a torus, relaxed spins."""
    rows, cols = spins.shape
    energy = 0.0
    for i in range(rows):
        for j in range(cols):
            around = spins[(i + 1) % rows, j] + spins[i, (j + 1) % cols]
            energy -= spins[i, j] * (coupling[i, j] * around + field)
    return energy


def mean_field(spins, coupling, field, sweeps):
    """Mean-field magnetisations, one spin after the other in place."""
    for _ in range(sweeps):
        for i in range(len(spins)):
            total = field[i]
            for j in range(len(spins)):
                if j != i:
                    total += coupling[i, j] * spins[j]
            spins[i] = np.tanh(total)
    return spins


def kuramoto(theta, omega, coupling, dt, n):
    """Coupled phases and how well they agree."""
    for _ in range(n):
        difference = theta[None, :] - theta[:, None]
        theta = theta + dt * (omega + coupling / len(theta) * np.sum(np.sin(difference), axis=1))
    return np.hypot(np.mean(np.cos(theta)), np.mean(np.sin(theta)))


def bead_spring_chain(x, k, n):
    """Overdamped beads on springs with an angle term; ends are special."""
    for _ in range(n):
        bond = x[1:] - x[:-1]
        length = np.sqrt(np.sum(bond**2, axis=1, keepdims=True))
        tension = k * (length - 1.0) * bond / length
        force = np.zeros_like(x)
        force[:-1] += tension
        force[1:] -= tension
        if len(x) > 2:
            force[1:-1] += 0.3 * (x[2:] - 2.0 * x[1:-1] + x[:-2])
        x = x + 0.1 * force
    return x


def smoothed_density(x, h):
    """Smoothed-particle density with a compact kernel, pair by pair."""
    n = len(x)
    rho = np.zeros(n)
    for i in range(n):
        for j in range(n):
            q = np.sqrt((x[i, 0] - x[j, 0]) ** 2 + (x[i, 1] - x[j, 1]) ** 2 + 1e-4) / h
            if q < 1.0:
                rho[i] += 1.0 - 1.5 * q * q + 0.75 * q**3
            elif q < 2.0:
                rho[i] += 0.25 * (2.0 - q) ** 3
    return rho / h**2


def particle_mesh(x, charge, cells):
    """Charges shared between the two nearest cells, a field by running sums, and the force at the particles."""
    rho = np.zeros(cells + 1)
    place = x.astype(int)
    for p in range(len(x)):
        w = x[p] - place[p]
        rho[place[p]] += charge[p] * (1.0 - w)
        rho[place[p] + 1] += charge[p] * w
    field = np.cumsum(rho) - 0.5 * rho
    w = x - place
    return charge * ((1.0 - w) * field[place] + w * field[place + 1])


X32, X33 = normal(3, 2), normal(3, 3)
PAIRS = np.array([[1, 0], [2, 0], [2, 1]])
PROGRAMS = [
    Program(pairwise_gravity, [(X33, positive(3), 0.3), (normal(1, 2), positive(1), 0.3)]),
    Program(third_law, [(X32, positive(3), 0.3), (normal(1, 2), positive(1), 0.3)]),
    Program(
        leapfrog_cloud,
        [
            (X32, normal(3, 2, seed=1), positive(3, 1), 0.1, 2),
            (normal(1, 2), normal(1, 2, seed=1), positive(1, 1), 0.1, 0),
        ],
    ),
    Program(
        lennard_jones,
        [(1.2 * X33, 1.9, 6.0), (normal(1, 3), 1.9, 6.0), (normal(0, 3), 1.9, 6.0)],
        argnums=(0,),
    ),
    Program(
        velocity_verlet,
        [
            (2.0 * np.eye(3) + 0.1 * X33, X33, PAIRS, 0.02, 2, 3.1),
            (normal(1, 2), normal(1, 2, seed=1), PAIRS[:0], 0.1, 1, 2.0),
        ],
        argnums=(0, 1),
    ),
    Program(morse_masked, [(X33, 0.8, 1.1), (normal(1, 2), 0.8, 1.1)]),
    Program(
        ising_energy,
        [(np.tanh(normal(3, 2)), normal(3, 2, seed=1), 0.3), (normal(1, 1), normal(1, 1, seed=1), 0.3)],
    ),
    Program(
        mean_field,
        [
            (normal(3), normal(3, 3), normal(3, seed=1), 2),
            (normal(1), normal(1, 1), normal(1, seed=1), 1),
            (normal(2), normal(2, 2), normal(2, seed=1), 0),
        ],
    ),
    Program(
        kuramoto, [(normal(4), normal(4, seed=1), 0.8, 0.1, 3), (normal(1), normal(1, seed=1), 0.8, 0.1, 1)]
    ),
    Program(bead_spring_chain, [(normal(4, 2), 0.9, 2), (normal(2, 3), 0.9, 1)]),
    Program(smoothed_density, [(X32, 0.9), (normal(1, 2), 0.9)], argnums=(0, 1)),
    Program(particle_mesh, [(4.0 * positive(5) - 2.0, normal(5), 8), (np.array([0.4]), normal(1), 2)]),
]
