"""`match`: numbers compare when the program runs, structure is known before."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from tests.programs.program import Program, normal

Pair = namedtuple("Pair", "first second")


@dataclass(frozen=True)
class Layer:
    """An object with a `__match_args__` that Python makes."""

    scale: float
    shift: float


@dataclass(frozen=True)
class Bias(Layer):
    """A subclass matches its base."""


LAYERS = (Layer(2.0, 0.5), Bias(1.0, -0.3), None, Layer(0.7, 0.0))


def numbers(x, n):
    """Values, alternatives, a guard and the wildcard, decided at run time."""
    match n:
        case 0:
            return x
        case 1 | 2:
            return x * x
        case k if k > 5:
            return x**3 * k
        case _:
            return -x


def floats(x):
    """A differentiated number is compared and captured."""
    match x:
        case 0.0:
            y = x * 5.0
        case v if v < 0.0:
            y = v * v
        case v:
            y = np.sin(v)
    return y * x


def tuples(x, y, n):
    """A run-time value inside a structure; a failed case binds nothing."""
    a = 2.0
    match (x, y, n):
        case (a, _, 0):
            pass
        case (b, c, 1) if b > c:
            a = b * c
        case (b, c, 1):
            a = b + c * c
        case (_, *rest):
            a = rest[0] * rest[1]
    return a * x


def structures(x):
    """Each kind of pattern, nested."""
    total = 0.0
    things = (
        Pair(x, 1.5), (x, x * x, x), {"k": x, "l": 4.0, "m": Pair(x, 0.0)}, [1, 2, (x, x)], "abc", None, 3,
        Pair(0, x), True, (),
    )  # fmt: skip
    for thing in things:
        match thing:
            case True | None as found:
                total *= 1.0 if found is None else 0.5
            case Pair(first=0, second=b):
                total += b * 7.0
            case Pair(a, b):
                total += a * b
            case [1, *_, (a, b)]:
                total += a * b * 3.0
            case [a, b, *rest] if len(rest) == 1:
                total += a * b + rest[0]
            case {"k": a, "m": Pair(b, _), **rest}:
                total += a * b * rest["l"]
            case "abc" | "abd":
                total *= 2.0 * x
            case int(k) if k > 2:
                total *= k
            case []:
                total += x
    return total


def classes(x):
    """Classes of objects, with positions and keywords."""
    y = x.copy()
    for layer in LAYERS:
        match layer:
            case Bias(shift=b):
                y += b * y
            case Layer(a, b) if b > 0.0:
                y = np.tanh(a * y + b)
            case Layer(scale=a):
                y *= a * y
            case None:
                y = y[::-1]
    return y


def in_a_loop(x, n):
    """break, continue and return from cases, with run-time values."""
    total = 0.0
    for i in range(n):
        match (i, i % 3):
            case (0, _):
                total += x
            case (k, 0):
                total += x * k
                continue
            case (7, _):
                break
            case (k, 1) if total * x > 4.0:
                return total * k
            case _:
                total *= x
        total += 0.1 * x
    return total


def rebinds_the_subject(x):
    """A capture with the name of the subject."""
    match x:
        case x if x > 1.0:
            x = x * x
        case float(x) | int(x):
            x = x * 3.0
    return x * x


def commands(x, program):
    """A small interpreter whose program is known."""
    stack = x
    for command in program:
        match command.split():
            case ["add", value]:
                stack = stack + float(value)
            case ["mul", value]:
                stack = stack * float(value)
            case ["sin"]:
                stack = np.sin(stack)
            case ["square" | "sqr"]:
                stack = stack * stack
    return stack


def deleted(x, n):
    """del of names, in loops too; the name may be bound again."""
    t = x * x
    y = t * 2.0
    del t
    t = y * y
    for i in range(n):
        u = t * i
        y += u
        del u
    del t, (n)
    return y


PROGRAMS = [
    Program(numbers, [(1.3, 0), (1.3, 2), (1.3, 4), (1.3, 7)]),
    Program(floats, [(0.7,), (-0.7,)]),
    Program(tuples, [(0.3, 0.8, 0), (0.8, 0.3, 1), (0.3, 0.8, 1), (0.3, 0.8, 2)], argnums=(0, 1)),
    Program(structures, [(0.7,)]),
    Program(classes, [(normal(3),)]),
    Program(in_a_loop, [(0.7, 9), (1.6, 9), (1.6, 0)]),
    Program(rebinds_the_subject, [(0.5,), (1.5,)]),
    Program(commands, [(0.7, ("add 1.5", "square", "mul 0.5", "sin", "sqr"))]),
    Program(deleted, [(0.7, 3), (0.7, 0)]),
]
