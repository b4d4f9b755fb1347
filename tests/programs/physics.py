"""Columns, fields, spectra and quantum states."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, uniform


def escape_count(re, im, limit):
    """Mandelbrot's iteration with a smooth count of steps until escape."""
    x = y = 0.0
    for n in range(limit):
        if x * x + y * y > 16.0:
            return n + 1.0 - np.log2(0.5 * np.log(x * x + y * y))
        x, y = x * x - y * y + re, 2.0 * x * y + im
    return 0.1 * (x * x + y * y)


def escape_image(re, im, scale, n):
    """The same on a grid at once: what has escaped stays as it is."""
    zr, zi = np.zeros_like(re), np.zeros_like(im)
    for _ in range(n):
        inside = zr * zr + zi * zi < 4.0
        new_r = np.where(inside, zr * zr - zi * zi + scale * re, zr)
        zi = np.where(inside, 2.0 * zr * zi + scale * im, zi)
        zr = new_r
    return np.log(1.0 + zr * zr + zi * zi)


def contour_integral(poles, residues, radius, n):
    """A rational function along a circle in the complex plane; moments of the result."""
    total, moment = 0.0 + 0.0j, 0.0 + 0.0j
    for k in range(n):
        z = radius * np.exp(2.0j * np.pi * k / n)
        value = np.sum(residues / (z - poles))
        total += value * z / n
        moment += value * z * z / n
    return np.array([total.real, total.imag, moment.real, moment.imag])


def transfer_matrices(index, thickness, wavenumber):
    """Reflectance of a stack of layers: complex two-by-two products."""
    m = np.eye(2, dtype=complex)
    for k in range(len(index)):
        phase = wavenumber * index[k] * thickness[k]
        layer = np.zeros((2, 2), dtype=complex)
        layer[0, 0] = layer[1, 1] = np.cos(phase)
        layer[0, 1] = 1j * np.sin(phase) / index[k]
        layer[1, 0] = 1j * np.sin(phase) * index[k]
        m = m @ layer
    b, c = m[0, 0] + 1.5 * m[0, 1], m[1, 0] + 1.5 * m[1, 1]
    r = (b - c) / (b + c)
    return np.real(r * np.conj(r))


def warm_rain(qv, qc, qr, temperature, dt, n):
    """Column microphysics: saturation adjustment, conversion, collection, evaporation by nested masks."""
    for _ in range(n):
        saturation = 0.6 * np.exp(0.3 * (temperature - 1.0))
        excess = (qv - saturation) / (1.0 + 0.3 * saturation)
        condensed = np.where(excess > 0.0, excess, np.where(qc > -excess, excess, -qc))
        qv -= condensed
        qc += condensed
        temperature += 0.4 * condensed
        conversion = np.where(qc > 0.3, 0.2 * (qc - 0.3), 0.0)
        collection = 0.5 * qc * np.maximum(qr, 1e-3) ** 0.875
        moved = np.minimum(dt * (conversion + collection), qc)
        qc -= moved
        qr += moved
        dry = qv < saturation
        evaporated = np.where(
            dry & (qr > 0.0), dt * 0.3 * (saturation - qv) * np.sqrt(np.abs(qr) + 1e-3), 0.0
        )
        qr -= evaporated
        qv += evaporated
        fall = np.clip(qr, 0.0, 2.0) ** 1.1
        qr[:-1] += dt * (fall[1:] - fall[:-1])
        qr[-1] -= dt * fall[-1]
    return qv, qc, qr


def two_stream(optical_depth, albedo, surface):
    """Radiation in layers: reflection added upwards, fluxes followed downwards."""
    n = len(optical_depth)
    reflect, transmit = np.zeros(n), np.zeros(n)
    for k in range(n):
        g = np.sqrt(1.0 - albedo[k]) + 0.1
        e = np.exp(-g * optical_depth[k])
        reflect[k] = 0.5 * albedo[k] * (1.0 - e * e)
        transmit[k] = e * (1.0 - 0.3 * albedo[k])
    below = np.zeros(n + 1)
    below[n] = surface
    for k in range(n - 1, -1, -1):
        below[k] = reflect[k] + transmit[k] ** 2 * below[k + 1] / (1.0 - reflect[k] * below[k + 1])
    down = 1.0
    absorbed = np.zeros(n)
    for k in range(n):
        inner = transmit[k] * down / (1.0 - reflect[k] * below[k + 1])
        absorbed[k] = down * (1.0 - below[k]) - inner * (1.0 - below[k + 1])
        down = inner
    return absorbed


def vertical_mixing(temperature, salinity, heat, dt):
    """An ocean column: density, convective adjustment by pairs, implicit diffusion."""
    n = len(temperature)
    temperature[0] += dt * heat
    for _ in range(2):
        for k in range(n - 1):
            upper = 0.8 * salinity[k] - 0.2 * temperature[k] - 0.01 * temperature[k] ** 2
            lower = 0.8 * salinity[k + 1] - 0.2 * temperature[k + 1] - 0.01 * temperature[k + 1] ** 2
            if upper > lower:
                for q in (temperature, salinity):
                    mean = 0.5 * (q[k] + q[k + 1])
                    q[k : k + 2] = mean
    c = np.zeros(n)
    for k in range(n):
        above = dt if k > 0 else 0.0
        under = dt if k < n - 1 else 0.0
        m = 1.0 + above + under - (above * c[k - 1] if k > 0 else 0.0)
        c[k] = under / m
        temperature[k] = (temperature[k] + (above * temperature[k - 1] if k > 0 else 0.0)) / m
    for k in range(n - 2, -1, -1):
        temperature[k] += c[k] * temperature[k + 1]
    return temperature, salinity


def azimuthal_integration(image, centre, bins):
    """Intensities by distance from a centre, shared between two bins, pixel by pixel."""
    total, weight = np.zeros(bins + 2), np.zeros(bins + 2)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            r = np.sqrt((i - centre[0]) ** 2 + (j - centre[1]) ** 2 + 1e-3)
            if r >= bins:
                continue
            low = int(r)
            total[low] += (low + 1 - r) * image[i, j]
            total[low + 1] += (r - low) * image[i, j]
            weight[low] += low + 1 - r
            weight[low + 1] += r - low
    return np.where(weight > 0.0, total / np.where(weight > 0.0, weight, 1.0), 0.0)


def quantum_circuit(angles, size):
    """Rotations and controlled phases on real and imaginary parts of a state vector."""
    states = 1 << size
    re, im = np.zeros(states), np.zeros(states)
    re[0] = 1.0
    for layer in range(angles.shape[0]):
        for q in range(size):
            c, s = np.cos(0.5 * angles[layer, q]), np.sin(0.5 * angles[layer, q])
            step = 1 << q
            for i in range(states):
                if i & step:
                    continue
                a, b = re[i], re[i | step]
                re[i], re[i | step] = c * a - s * b, s * a + c * b
                a, b = im[i], im[i | step]
                im[i], im[i | step] = c * a - s * b, s * a + c * b
        for i in range(states):
            if i & 1:
                c, s = np.cos(angles[layer, 0]), np.sin(angles[layer, 0])
                re[i], im[i] = c * re[i] - s * im[i], s * re[i] + c * im[i]
    return re**2 + im**2


def reaction_network(y, rates, reactants, products, dt, n):
    """Mass action over a list of reactions given by integer arrays."""
    for _ in range(n):
        change = np.zeros_like(y)
        for r in range(len(rates)):
            flow = rates[r]
            for s in reactants[r]:
                if s >= 0:
                    flow = flow * y[s]
            for s in reactants[r]:
                if s >= 0:
                    change[s] -= flow
            for s in products[r]:
                if s >= 0:
                    change[s] += flow
        y = y + dt * change
    return y


def snow_soil(layers, forcing, conductivity, dt):
    """Heat in a column under changing weather; water freezes and melts at a threshold."""
    t = layers.copy()
    water = 0.5
    for air in forcing:
        flux = conductivity * (t[1:] - t[:-1])
        t[:-1] += dt * flux
        t[1:] -= dt * flux
        t[0] += dt * 0.8 * (air - t[0])
        if t[0] > 0.0 and water < 1.0:
            melted = min(0.3 * t[0], 1.0 - water)
            water += melted
            t[0] -= melted
        elif t[0] < 0.0 and water > 0.0:
            frozen = min(-0.2 * t[0], water)
            water -= frozen
            t[0] += frozen
    return t, water


def self_consistent_field(core, repulsion, mixing, n):
    """A density and a mean field in turn, the lowest state by power steps."""
    size = len(core)
    density = np.eye(size) / size
    energy = 0.0
    for _ in range(n):
        fock = core.copy()
        for i in range(size):
            for j in range(size):
                fock[i, j] += 0.2 * np.sum(density * repulsion[i, j])
        v = np.ones(size)
        for _ in range(3):
            v = 4.0 * v - fock @ v
            v /= np.sqrt(v @ v)
        density = mixing * np.outer(v, v) + (1.0 - mixing) * density
        energy = 0.5 * np.sum(density * (core + fock))
    return energy


def structure_factor(positions, charges, vectors):
    """Reciprocal-space energy by sums of cosines and sines over wave vectors."""
    energy = 0.0
    for k in vectors:
        phase = positions @ k
        k2 = np.dot(k, k)
        if k2 == 0:
            continue
        energy += (
            np.exp(-0.25 * k2)
            / k2
            * (np.sum(charges * np.cos(phase)) ** 2 + np.sum(charges * np.sin(phase)) ** 2)
        )
    return energy


def coupled_map_lattice(x, r, coupling, n):
    """A lattice of logistic maps with neighbours by np.roll, clipped to stay inside."""
    for _ in range(n):
        f = r * x * (1.0 - x)
        x = np.clip((1.0 - coupling) * f + 0.5 * coupling * (np.roll(f, 1) + np.roll(f, -1)), 0.0, 0.97)
    return x


REACTANTS, PRODUCTS = np.array([[0, 1], [2, -1]]), np.array([[2, -1], [0, 0]])
VECTORS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
PROGRAMS = [
    Program(escape_count, [(0.5, 0.6, 20), (-0.2, 0.1, 4), (0.3, 0.2, 0)]),
    Program(
        escape_image, [(normal(2, 3), normal(2, 3, seed=1), 0.9, 4), (normal(1), normal(1, seed=1), 0.9, 0)]
    ),
    Program(
        contour_integral, [(np.array([0.3, -0.5]), normal(2), 1.1, 6), (np.array([2.0]), normal(1), 1.0, 1)]
    ),
    Program(
        transfer_matrices,
        [
            (1.0 + positive(2), positive(2), 1.3),
            (positive(1), positive(1), 1.3),
            (positive(0), positive(0), 1.3),
        ],
    ),
    Program(
        warm_rain,
        [
            (positive(4), 0.5 * positive(4, seed=1), 0.4 * positive(4, seed=2), positive(4, seed=3), 0.1, 2),
            (positive(1), positive(1, seed=1), positive(1, seed=2), positive(1, seed=3), 0.1, 1),
        ],
    ),
    Program(
        two_stream,
        [
            (positive(3), 0.4 * positive(3), 0.3),
            (positive(1), 0.4 * positive(1), 0.3),
            (positive(0), positive(0), 0.3),
        ],
    ),
    Program(vertical_mixing, [(normal(4), normal(4, seed=1), 0.6, 0.2), (normal(1), normal(1), 0.6, 0.2)]),
    Program(
        azimuthal_integration,
        [(normal(3, 3), np.array([1.2, 0.7]), 2), (normal(1, 1), np.array([0.3, 0.4]), 1)],
    ),
    Program(quantum_circuit, [(normal(2, 2), 2), (normal(1, 1), 1), (normal(0, 1), 1)]),
    Program(
        reaction_network,
        [
            (positive(3), positive(2), REACTANTS, PRODUCTS, 0.1, 2),
            (positive(3), positive(2), REACTANTS, PRODUCTS, 0.1, 0),
        ],
    ),
    Program(
        snow_soil,
        [(normal(3), np.array([2.0, -3.0, 1.0]), 0.6, 0.2), (normal(1), np.array([-1.0]), 0.6, 0.2)],
    ),
    Program(
        self_consistent_field,
        [(normal(2, 2), normal(2, 2, 2, 2), 0.6, 2), (normal(1, 1), normal(1, 1, 1, 1), 0.6, 0)],
    ),
    Program(
        structure_factor,
        [(normal(3, 2), normal(3), VECTORS), (normal(1, 2), normal(1), VECTORS[:1])],
        argnums=(0, 1),
    ),
    Program(
        coupled_map_lattice,
        [(uniform(4, low=0.1, high=0.9), 3.6, 0.3, 3), (uniform(1, low=0.1, high=0.9), 3.6, 0.3, 1)],
    ),
]
