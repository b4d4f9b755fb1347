"""Calls: helpers, functions as arguments, methods of objects that are only read, partial, decorators."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from tests.programs.program import Program, normal, positive


def _axpy(a, x, y):
    """y += a x, in place."""
    y += a * x


def _logsumexp(v):
    top = np.max(v)
    return top + np.log(np.sum(np.exp(v - top)))


def in_place_helper(x, y):
    """A helper that writes its argument, called with views."""
    z = y.copy()
    _axpy(2.0, x, z)
    _axpy(z[0], x[1:], z[1:])
    _axpy(1.0, z, z)
    return z


def helper_makes_active(b):
    """An array without derivative becomes active inside a helper."""
    c = np.ones(5)

    def add_into(target, values):
        target[:3] += values
        return target[0] * 2.0

    scale = add_into(c, b)
    return c * scale


def written_after_call(x, n):
    """The caller overwrites what the helper has read."""

    def product(a, b):
        return a * b

    c = x.copy()
    total = 0.0
    for i in range(n):
        t = product(c, x)
        c[-1] = t[0] * 0.5
        total += np.sum(t)
    return total


def aliased_arguments(x):
    """The same array as both arguments."""

    def mix(a, b):
        a[0] = 2.0 * a[0] * b[1]
        b[1] = a[0] + b[0]
        return a * b

    y = x * 1.0
    return mix(y, y) + y


def simpson(f, a, b, n):
    """Integral of a function that is given as an argument."""
    h = (b - a) / n
    total = f(a) + f(b)
    for i in range(1, n):
        total += (4.0 if i % 2 else 2.0) * f(a + i * h)
    return total * h / 3.0


def integral_of_lambda(a, b, k):
    return simpson(lambda t: np.exp(-k * t) * np.sin(t), a, b, 6)


def apply_n(step, x, n):
    """A function applied n times."""
    for _ in range(n):
        x = step(x)
    return x


def defaults_and_keywords(x, y=2.0, *rest, scale=0.5, **options):
    """Every kind of parameter."""
    total = x * y
    for r in rest:
        total += r * x
    return total * scale + options.get("offset", 1.0) * x if options else total * scale


def calls_with_keywords(x):
    """The same helper, called in many ways."""
    return (
        defaults_and_keywords(x)
        + defaults_and_keywords(x, scale=x)
        + defaults_and_keywords(x, x, 3.0, x * x)
        + defaults_and_keywords(*(x, 1.5), **{"scale": 2.0})
    )


@dataclass(frozen=True)
class Spring:
    """A spring with a linear and a cubic term."""

    stiffness: float
    cubic: float = 0.1

    @property
    def softness(self):
        return 1.0 / self.stiffness

    def force(self, x):
        return -self.stiffness * x - self.cubic * x**3

    def energy(self, x):
        return 0.5 * self.stiffness * x**2 + 0.25 * self.cubic * x**4 + self.softness * x

    def __call__(self, x):
        return self.force(x) * x

    @staticmethod
    def unit():
        return 1.0

    @classmethod
    def soft(cls):
        return cls(0.1)


class Chain:
    """Springs in a row, with array data and a method that calls methods."""

    def __init__(self, rest, spring):
        self.rest = np.asarray(rest)
        self.spring = spring

    def energy(self, x):
        total = 0.0
        for i in range(1, len(x)):
            total += self.spring.energy(x[i] - x[i - 1] - self.rest[i - 1])
        return total


SPRING = Spring(2.0)
CHAIN = Chain([1.0, 0.5, 0.8, 1.1], SPRING)


def oscillator(spring, x, v, n):
    """Methods of an object that is passed in."""
    for _ in range(n):
        v = v + 0.1 * spring.force(x) + 0.01 * spring(x) * spring.unit()
        x = x + 0.1 * v
    return spring.energy(x) + 0.5 * v**2


def _twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2.0 * function(*args) + args[0]

    return wrapper


@_twice
def decorated(x, y):
    """A decorator that changes the value."""
    return x * np.sin(y)


def _blend(alpha, x, y, *, power=1):
    return alpha * x**power + (1.0 - alpha) * y**power


cubic_blend = functools.partial(_blend, 0.3, power=3)


def uses_partial(x, y):
    """partial inside a program."""
    bound = functools.partial(_blend, y=y)
    return bound(0.2, x) * cubic_blend(x, y) + bound(x, 0.5, power=2)


def softmax_loss(x, k):
    """A helper called twice on other shapes and kinds."""
    log_norm = _logsumexp(x)
    pair = _logsumexp(np.array([log_norm, x[k]]))
    return pair - x[k] * log_norm


def float_then_array(x):
    """The same function on a float, then on an array; `+=` rebinds, then writes."""

    def grow(v, by):
        w = v
        w += by
        return w * v

    a = grow(x[0], x[1])
    y = x * 1.0
    b = grow(y, x)
    return a * b + y


def returns_many(x, y):
    """A helper that returns a tuple, unpacked, indexed and starred."""

    def moments(v):
        return np.sum(v), np.sum(v * v), v[0]

    a, b, c = moments(x)
    pair = moments(y)
    first, *others = moments(x * y)
    return a * pair[1] + b * pair[-1] + c * others[0] + first * others[1]


def helper_with_exits(x):
    """A helper with a return inside its loop, called in a loop."""

    def clipped_sum(v, limit):
        s = 0.0
        for e in v:
            s += e * e
            if s > limit:
                return limit + 0.1 * e
        return s

    total = 0.0
    for i in range(len(x)):
        total += clipped_sum(x[: i + 1], 1.5) * x[i]
    return total


LAMBDAS = (lambda x, y: x * y + np.sin(x), lambda x, y: x / y - np.cos(y))  # two on one line

PROGRAMS = [
    Program(in_place_helper, [(normal(4), normal(4, seed=1)), (normal(1), normal(1, seed=1))]),
    Program(helper_makes_active, [(normal(3),)]),
    Program(written_after_call, [(normal(4), 3), (normal(1), 2), (normal(2), 0)]),
    Program(aliased_arguments, [(normal(3),), (normal(2),)]),
    Program(integral_of_lambda, [(0.1, 1.4, 0.6)]),
    Program(simpson, [(np.exp, 0.2, 1.1, 4), (lambda t: t * t, 0.5, 0.7, 2)], argnums=(1, 2)),
    Program(
        apply_n,
        [(np.tanh, 0.8, 3), (SPRING.force, 0.3, 2), (lambda v: v * v + 0.1, normal(3), 2)],
        argnums=(1,),
    ),
    Program(calls_with_keywords, [(0.7,), (normal(2),)]),
    Program(oscillator, [(SPRING, 0.4, -0.2, 4), (Spring.soft(), 0.4, 0.1, 0)], argnums=(1, 2), order=1),
    Program(CHAIN.energy, [(normal(5),), (normal(1),)], name="bound_method"),
    Program(SPRING, [(0.4,), (normal(2),)], name="callable_object"),
    Program(decorated, [(0.4, 1.2), (normal(2), normal(2, seed=1))]),
    Program(cubic_blend, [(0.4, 1.2), (normal(2), normal(2, seed=1))], name="partial"),
    Program(uses_partial, [(0.4, 1.2), (positive(2), positive(2, seed=1))]),
    Program(softmax_loss, [(normal(4), 2), (normal(1), 0)]),
    Program(float_then_array, [(normal(3),), (normal(2),)]),
    Program(returns_many, [(normal(3), normal(3, seed=1)), (normal(1), normal(1, seed=1))]),
    Program(helper_with_exits, [(normal(5),), (normal(0),), (positive(4),)]),
    Program(LAMBDAS[0], [(0.4, 1.2)], name="first_lambda_of_a_line"),
    Program(LAMBDAS[1], [(0.4, 1.2)], name="second_lambda_of_a_line"),
]
