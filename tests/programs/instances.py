"""Objects that the program makes: attributes written, operators, lists of objects, trees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from tests.programs.program import Program, normal, positive


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __getitem__(self, axis):
        return self.x if axis == 0 else self.y

    def __abs__(self):
        return math.sqrt(self.dot(self))

    def dot(self, other):
        return self.x * other.x + self.y * other.y


@dataclass
class Particle:
    position: Vector
    mass: float = 2.0


def moved_particle(a, b, n):
    """An object in an attribute of an object, replaced in a loop."""
    p = Particle(Vector(a, b))
    for _ in range(n):
        p.position = p.position * 0.5 + Vector(b, a)
        p.mass = p.mass * a
    return p.position.dot(p.position) * p.mass


def made_on_a_branch(a, b):
    """An object made on either path, changed afterwards."""
    if a > b:
        s = Vector(a, b)
    else:
        s = Vector(b * b, a)
    s.x += 1.0
    return s.dot(s)


def orbit(x, n):
    """Operators, also in place on an object with two names."""
    p, v = Vector(x[0], x[1]), Vector(x[2], x[3])
    q = p
    for _ in range(n):
        a = -p * (1.0 / (abs(p) ** 3 + 1))
        v = v + 0.1 * a
        p = p + 0.1 * v
    q += v
    return p[0] * q.y + abs(q) * q[1]


class Body:
    def __init__(self, position, mass):
        self.position = position
        self.mass = mass
        self.force = 0.0

    def kick(self, dt):
        self.position = self.position + dt * self.force / self.mass


def many_bodies(x, steps):
    """A list of objects of unknown length that act on each other."""
    bodies = []
    for v in x:
        bodies.append(Body(v, 1.0 + v * v))
    for _ in range(steps):
        for a in bodies:
            a.force = 0.0
            for b in bodies:
                if a is not b:
                    a.force += b.mass * (b.position - a.position)
        for a in bodies:
            a.kick(0.1)
    total = 0.0
    for b in bodies:
        total += b.position * b.position * b.mass
    return total


class Stack:
    def __init__(self):
        self.items = []

    def push(self, value):
        self.items.append(value)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    @property
    def top(self):
        return self.items[-1]


def stack_object(x):
    """A list inside an object, changed by its methods."""
    s = Stack()
    for v in x:
        s.push(v)
        if len(s) >= 2:
            s.push(s.pop() * s.pop() + s.top if len(s) > 2 else s.pop() * 2.0)
    return s.top * len(s)


class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


def tree_total(node):
    if node is None:
        return 0.0
    return node.value * node.value + tree_total(node.left) * tree_total(node.right) + tree_total(node.left)


def tree(x):
    """Recursion on a tree that the program made and changed."""
    t = Node(x[0], Node(x[1]), Node(x[2], Node(x[3])))
    t.left.value *= 2.0
    return tree_total(t)


class Network:
    def __init__(self, sizes, w):
        self.layers = []
        start = 0
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.layers.append((w[start : start + a * b].reshape(b, a), w[start + a * b : start + a * b + b]))
            start += a * b + b
        self.last = None

    def __call__(self, x):
        for weights, bias in self.layers:
            x = np.tanh(weights @ x + bias)
        self.last = x
        return x


def network_object(w, x):
    """A model made inside, with a cache that each call overwrites."""
    net = Network([2, 3, 1], w)
    y = net(x) + net(x * 0.5)
    return y + net.last


@dataclass
class Momentum:
    rate: float
    memory: list = field(default_factory=list)

    def step(self, parameters, gradients):
        if not self.memory:
            self.memory = [0.0 * p for p in parameters]
        for i in range(len(parameters)):
            self.memory[i] = 0.9 * self.memory[i] + gradients[i]
            parameters[i] = parameters[i] - self.rate * self.memory[i]


def optimiser_object(x, steps):
    """An optimiser with a state that starts at its first step."""
    parameters = [x[0], x[1] * x[1]]
    optimiser = Momentum(0.1)
    for _ in range(steps):
        optimiser.step(parameters, [2 * parameters[0] * parameters[1], parameters[0] * x[2]])
    return parameters[0] * parameters[1] + (optimiser.memory[0] if steps else x[3])


class Sphere:
    def __init__(self, centre, radius):
        self.centre = centre
        self.radius = radius

    def distance(self, point):
        return np.sqrt(np.sum((point - self.centre) ** 2)) - self.radius


class Plane:
    def __init__(self, height):
        self.height = height

    def distance(self, point):
        return point[2] - self.height


class Scene:
    def __init__(self, shapes):
        self.shapes = shapes

    def distance(self, point):
        nearest = self.shapes[0].distance(point)
        for shape in self.shapes[1:]:
            nearest = np.minimum(nearest, shape.distance(point))
        return nearest


def ray_march(centre, radius, direction, steps):
    """Sphere tracing over a scene of objects of different classes."""
    scene = Scene([Sphere(centre, radius), Plane(-1.0)])
    unit = direction / np.sqrt(np.sum(direction * direction))
    travelled = 0.0
    for _ in range(steps):
        step = scene.distance(travelled * unit)
        travelled += step
        if step < 1e-6:
            break
    return travelled


class Account:
    opened = 0

    def __init__(self, balance):
        self.balance = balance
        self.log = [balance]

    def apply(self, rate):
        self.balance *= 1.0 + rate
        self.log.append(self.balance)


class Capped(Account):
    def apply(self, rate):
        super().apply(rate)
        if self.balance > 3.0:
            self.balance = 3.0 + 0.1 * (self.balance - 3.0)


def accounts(start, rates):
    """Inheritance, super, and a log of what happened."""
    plain, capped = Account(start), Capped(start)
    for rate in rates:
        plain.apply(rate)
        capped.apply(rate)
    return plain.balance * capped.balance + sum(plain.log) + capped.log[-1]


@dataclass
class State:
    mean: np.ndarray
    cov: np.ndarray
    loglik: float = 0.0


def kalman_object(y, q, r):
    """A Kalman filter whose state is a dataclass that each step changes."""
    state = State(np.zeros(2), np.eye(2))
    f, h = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([1.0, 0.0])
    for value in y:
        state.mean = f @ state.mean
        state.cov = f @ state.cov @ f.T + q * np.eye(2)
        s = h @ state.cov @ h + r
        gain = state.cov @ h / s
        error = value - h @ state.mean
        state.mean = state.mean + gain * error
        state.cov = state.cov - np.outer(gain, h @ state.cov)
        state.loglik -= 0.5 * (np.log(s) + error * error / s)
    return state.loglik + state.mean[1]


class Matrix:
    """A matrix in pure Python."""

    def __init__(self, rows):
        self.rows = rows

    def __matmul__(self, other):
        n, m, k = len(self.rows), len(other.rows[0]), len(other.rows)
        return Matrix(
            [[sum(self.rows[i][t] * other.rows[t][j] for t in range(k)) for j in range(m)] for i in range(n)]
        )

    def trace(self):
        return sum(self.rows[i][i] for i in range(len(self.rows)))


def python_matrices(a, b, c, n):
    """Powers of a matrix of Python numbers."""
    m = Matrix([[a, b], [b, c]])
    power = Matrix([[1.0, 0.0], [0.0, 1.0]])
    for _ in range(n):
        power = power @ m
    return power.trace()


class Counter:
    def __init__(self):
        self.total = 0.0
        self.calls = 0

    def add(self, value):
        self.total += value
        self.calls += 1
        return self


def chained_methods(x):
    """Methods that return their object."""
    c = Counter().add(x[0]).add(x[1] * x[0])
    d = c
    d.add(x[2])
    return c.total * d.total / c.calls


class Cell:
    def __init__(self, value, after=None):
        self.value = value
        self.after = after


def linked_list(x):
    """A linked list of unknown length, walked and changed."""
    head = None
    for v in x:
        head = Cell(v, head)
    cell = head
    while cell is not None:
        if cell.after is not None:
            cell.value = cell.value * cell.after.value
        cell = cell.after
    total, cell = 0.0, head
    while cell is not None:
        total += cell.value * cell.value
        cell = cell.after
    return total


X = normal(4, seed=3)

PROGRAMS = [
    Program(moved_particle, [(1.3, 0.7, 3), (1.3, 0.7, 0)]),
    Program(made_on_a_branch, [(1.3, 0.7), (0.3, 0.7)]),
    Program(orbit, [(X, 0), (X, 3)]),
    Program(many_bodies, [(X, 2), (X[:1], 1), (X, 0)]),
    Program(stack_object, [(X,), (positive(2),)]),
    Program(tree, [(X,), (positive(4),)]),
    Program(network_object, [(normal(13), X[:2]), (normal(13, seed=1), positive(2))]),
    Program(optimiser_object, [(X, 0), (X, 3)]),
    Program(
        ray_march,
        [(np.array([0.1, 0.2, 3.0]), 0.8, np.array([0.02, 0.05, 1.0]), 8), (np.ones(3), 0.1, np.ones(3), 0)],
        rtol=1e-5,
        order=1,  # where the march stops depends on the size of the step
    ),
    Program(accounts, [(1.5, positive(4)), (1.5, positive(0))]),
    Program(kalman_object, [(normal(5), 0.3, 0.7), (normal(0), 0.3, 0.7)]),
    Program(python_matrices, [(0.7, 0.3, 1.1, 3), (0.7, 0.3, 1.1, 0)]),
    Program(chained_methods, [(X[:3],), (positive(3),)]),
    Program(linked_list, [(X,), (X[:1],), (X[:0],)]),
]
