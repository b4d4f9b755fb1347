"""Cameras, surfaces and images."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, uniform


def cross(a, b):
    """The vector product, component by component."""
    c = np.empty(3)
    c[0] = a[1] * b[2] - a[2] * b[1]
    c[1] = a[2] * b[0] - a[0] * b[2]
    c[2] = a[0] * b[1] - a[1] * b[0]
    return c


def rodrigues(axis, point):
    """A rotation vector applied to a point; the limit for small angles is a branch."""
    theta2 = axis @ axis
    if theta2 > 1e-12:
        theta = np.sqrt(theta2)
        c, s = np.cos(theta), np.sin(theta)
        k = axis / theta
        return c * point + s * cross(k, point) + (1.0 - c) * (k @ point) * k
    return point + cross(axis, point)


def bundle_adjustment(cameras, points, seen, pixels, weights):
    """Residuals of all observations: rotation, projection, radial distortion."""
    residuals = np.zeros(2 * len(seen) + len(weights))
    for k in range(len(seen)):
        camera, point = cameras[seen[k, 0]], points[seen[k, 1]]
        p = rodrigues(camera[:3], point) + camera[3:6]
        x, y = p[0] / p[2], p[1] / p[2]
        r2 = x * x + y * y
        distortion = 1.0 + camera[7] * r2 + camera[8] * r2 * r2
        residuals[2 * k] = weights[k] * (camera[6] * distortion * x - pixels[k, 0])
        residuals[2 * k + 1] = weights[k] * (camera[6] * distortion * y - pixels[k, 1])
    for k in range(len(weights)):
        residuals[2 * len(seen) + k] = 1.0 - weights[k] ** 2
    return residuals


def project_cloud(points, angles, focal, centre):
    """Euler angles as products of matrices written entry by entry; all points at once."""
    c, s = np.cos(angles), np.sin(angles)
    rx, rz = np.eye(3), np.eye(3)
    rx[1, 1], rx[1, 2], rx[2, 1], rx[2, 2] = c[0], -s[0], s[0], c[0]
    rz[0, 0], rz[0, 1], rz[1, 0], rz[1, 1] = c[1], -s[1], s[1], c[1]
    moved = points @ (rz @ rx).T
    moved[:, 2] += 5.0
    pixels = np.empty((len(points), 2))
    pixels[:, 0] = focal * moved[:, 0] / moved[:, 2] + centre[0]
    pixels[:, 1] = focal * moved[:, 1] / moved[:, 2] + centre[1]
    return pixels


def sphere_tracing(radius, bump, origin, directions):
    """March along each ray until the surface is near; shade what was hit."""
    image = np.zeros(len(directions))
    for k in range(len(directions)):
        d = directions[k] / np.sqrt(directions[k] @ directions[k])
        t = 0.0
        hit = False
        for _ in range(30):
            p = origin + t * d
            distance = np.sqrt(p @ p) - radius + bump * np.sin(3.0 * p[0])
            if distance < 1e-3:
                hit = True
                break
            t += 0.9 * distance
            if t > 10.0:
                break
        if hit:
            image[k] = (p / radius) @ np.array([0.3, 0.5, -0.8]) + 0.1 * t
    return image


def volume_rendering(density, colour, step):
    """Front to back with early exit once nothing shines through."""
    rays, samples = density.shape
    out = np.zeros((rays, colour.shape[2]))
    for r in range(rays):
        clear = 1.0
        for i in range(samples):
            alpha = 1.0 - np.exp(-density[r, i] * step)
            out[r] += clear * alpha * colour[r, i]
            clear *= 1.0 - alpha
            if clear < 0.05:
                break
    return out


def homography_error(h, source, target):
    """Transfer errors in both coordinates, the last entry fixed."""
    m = np.ones(9)
    m[:8] = h
    m = m.reshape(3, 3)
    total = 0.0
    for (x, y), (u, v) in zip(source, target):
        w = m[2, 0] * x + m[2, 1] * y + m[2, 2]
        total += (u - (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / w) ** 2
        total += (v - (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / w) ** 2
    return total


def warp(image, flow):
    """Backward warping with bilinear weights, places clipped to the image."""
    rows, cols = image.shape
    y = np.clip(np.arange(rows)[:, None] + flow[0], 0.0, rows - 1.001)
    x = np.clip(np.arange(cols) + flow[1], 0.0, cols - 1.001)
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    dy, dx = y - i, x - j
    top = (1.0 - dx) * image[i, j] + dx * image[i, j + 1]
    bottom = (1.0 - dx) * image[i + 1, j] + dx * image[i + 1, j + 1]
    return (1.0 - dy) * top + dy * bottom


def optical_flow(first, second, alpha, n):
    """Horn and Schunck: flow relaxed towards the mean of its neighbours."""
    ix = 0.5 * (first[1:-1, 2:] - first[1:-1, :-2])
    iy = 0.5 * (first[2:, 1:-1] - first[:-2, 1:-1])
    it = second[1:-1, 1:-1] - first[1:-1, 1:-1]
    u, v = np.zeros_like(first), np.zeros_like(first)
    for _ in range(n):
        um = 0.25 * (u[1:-1, 2:] + u[1:-1, :-2] + u[2:, 1:-1] + u[:-2, 1:-1])
        vm = 0.25 * (v[1:-1, 2:] + v[1:-1, :-2] + v[2:, 1:-1] + v[:-2, 1:-1])
        common = (ix * um + iy * vm + it) / (alpha + ix**2 + iy**2)
        u[1:-1, 1:-1] = um - ix * common
        v[1:-1, 1:-1] = vm - iy * common
    return u, v


def soft_triangle(corners, size, sharpness):
    """The coverage of a grid by a triangle, from signed distances to its edges."""
    image = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            inside = 1.0
            for k in range(3):
                a, b = corners[k], corners[(k + 1) % 3]
                edge = (b[0] - a[0]) * (i / size - a[1]) - (b[1] - a[1]) * (j / size - a[0])
                inside *= 1.0 / (1.0 + np.exp(-sharpness * edge))
            image[i, j] = inside
    return image


def closest_points(source, target, shift, n):
    """Registration by shifts: the nearest partner is chosen, the mean offset is applied."""
    for _ in range(n):
        moved = source + shift
        offset = np.zeros(source.shape[1])
        for p in moved:
            d = np.sum((target - p) ** 2, axis=1)
            offset += target[np.argmin(d)] - 0.9 * p
        shift = shift + offset / len(source)
    return shift


def bone_chain(angles, lengths):
    """Forward kinematics: transforms multiplied along a chain, joints kept."""
    joints = np.zeros((len(angles) + 1, 2))
    frame = np.eye(3)
    for k in range(len(angles)):
        c, s = np.cos(angles[k]), np.sin(angles[k])
        local = np.array([[c, -s, lengths[k] * c], [s, c, lengths[k] * s], [0.0, 0.0, 1.0]])
        frame = frame @ local
        joints[k + 1] = frame[:2, 2]
    return joints


def photometric_normals(images, lights):
    """A least-squares normal for every pixel, normal equations by the library."""
    n, h, w = images.shape
    gram = lights.T @ lights
    normals = np.zeros((h, w, 3))
    for i in range(h):
        for j in range(w):
            g = np.linalg.solve(gram, lights.T @ images[:, i, j])
            normals[i, j] = g / np.sqrt(0.01 + g @ g)
    return normals


SEEN = np.array([[0, 0], [1, 1], [0, 1]])
CAMERAS = np.hstack((0.5 * normal(2, 3), 0.2 * normal(2, 2), 4.0 + positive(2, 1), positive(2, 3)))
RAYS = np.array([[0.1, 0.0, 1.0], [0.2, -0.1, 1.0], [1.0, 0.3, 0.2]])
PROGRAMS = [
    Program(
        bundle_adjustment,
        [
            (CAMERAS, normal(2, 3), SEEN, normal(3, 2), positive(3)),
            (CAMERAS[:1], normal(1, 3), SEEN[:0], normal(0, 2), positive(1)),
        ],
    ),
    Program(
        project_cloud, [(normal(3, 3), normal(2), 1.5, normal(2)), (normal(1, 3), normal(2), 1.5, normal(2))]
    ),
    Program(
        sphere_tracing,
        [(1.0, 0.05, np.array([0.0, 0.0, -3.0]), RAYS), (0.8, 0.0, np.array([0.0, 0.1, -0.5]), RAYS[:1])],
        argnums=(0, 1, 2),
    ),
    Program(
        volume_rendering,
        [
            (positive(2, 3), positive(2, 3, 3), 0.9),
            (4.0 * positive(1, 4), normal(1, 4, 1), 0.9),
            (positive(1, 0), normal(1, 0, 2), 0.9),
        ],
    ),
    Program(
        homography_error,
        [(0.2 * normal(8), normal(3, 2), normal(3, 2, seed=1)), (normal(8), normal(0, 2), normal(0, 2))],
    ),
    Program(warp, [(normal(4, 4), 0.8 * normal(2, 4, 4)), (normal(2, 2), 0.4 * normal(2, 2, 2))]),
    Program(
        optical_flow,
        [(normal(4, 4), normal(4, 4, seed=1), 0.8, 2), (normal(3, 3), normal(3, 3, seed=1), 0.8, 0)],
    ),
    Program(soft_triangle, [(uniform(3, 2), 3, 2.0), (uniform(3, 2), 1, 2.0)]),
    Program(
        closest_points,
        [
            (normal(3, 2), normal(4, 2, seed=1), normal(2), 2),
            (normal(1, 1), normal(1, 1, seed=1), normal(1), 1),
        ],
    ),
    Program(bone_chain, [(normal(3), positive(3)), (normal(1), positive(1)), (normal(0), positive(0))]),
    Program(photometric_normals, [(normal(4, 2, 1), normal(4, 3)), (normal(3, 1, 1), normal(3, 3))]),
]
