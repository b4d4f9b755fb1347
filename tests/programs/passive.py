"""Statements that touch no differentiated value: carried over, without an effect on the derivative."""

from __future__ import annotations

import logging

import numpy as np

from tests.programs.program import Program, normal, positive

LOG = logging.getLogger(__name__)


def chatty(x, verbose):
    """print, logging, f-strings and assert."""
    assert len(x) >= 0, f"bad length {len(x)}"
    total = 0.0
    for i, v in enumerate(x):
        if verbose:
            print(f"{i}: {len(x) - i} to go")
        LOG.debug("entry %d", i)
        total += v * v
    return total


def checked(x):
    """raise on a path that is not taken."""
    if np.any(x <= 0):
        raise ValueError(f"positive entries expected, got {x.shape[0]} others")
    return np.log(x) * x


def counted(x, names):
    """Strings and integers computed on the side."""
    label = "-".join(names).upper()
    best, where = x[0], 0
    for i in range(1, len(x)):
        if x[i] > best:
            best, where = x[i], i
    weight = 2.0 if label.startswith("A") else 3.0
    return best * weight + x[where] ** 2 + int(np.argmax(x)) + np.sign(x[0])


def typed(x: np.ndarray, scale: float = 2.0) -> float:
    """Annotations, a docstring, pass and a constant expression."""
    y: np.ndarray = x * scale
    ...
    if scale > 1e9:
        pass
    z = np.sum(y)
    return z * z


def drawn(x, seed):
    """Random numbers drawn inside: the reverse sweep must not draw again."""
    generator = np.random.default_rng(seed)
    noise = generator.normal(size=len(x))
    y = x * noise
    return np.sum(y * y) * noise[0]


PROGRAMS = [
    Program(chatty, [(normal(3), True), (normal(2), False)], argnums=(0,)),
    Program(checked, [(positive(3),), (positive(1),)]),
    Program(counted, [(normal(5), ("a", "b")), (normal(1), ("z",))]),
    Program(typed, [(normal(3), 0.7), (normal(2),)]),
    Program(drawn, [(normal(3), 7), (normal(1), 7)], argnums=(0,)),
]
