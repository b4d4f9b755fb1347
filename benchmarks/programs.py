"""The measured programs, each with the gradient that an expert would write by hand.

A hand-written gradient keeps the loops of its program, records only what it must, works in place where it
owns the memory, and computes nothing that the gradient does not need.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Case:
    """A program, its gradient by hand with respect to `argnums`, and arguments to measure both with."""

    name: str
    program: Callable[..., Any]
    by_hand: Callable[..., Any]
    arguments: tuple[Any, ...]
    argnums: int | tuple[int, ...] = 0


# --- a scalar loop ---------------------------------------------------------------------------------


def scalar_loop(x):
    y = 0.5
    for _ in range(100):
        y = x * math.sin(y) + 0.1 * y
    return y


def scalar_loop_by_hand(x):
    y = 0.5
    tape = []
    for _ in range(100):
        tape.append(y)
        y = x * math.sin(y) + 0.1 * y
    x_bar = 0.0
    y_bar = 1.0
    for _ in range(100):
        y = tape.pop()
        x_bar += math.sin(y) * y_bar
        y_bar *= x * math.cos(y) + 0.1
    return x_bar


# --- a small dense layer ---------------------------------------------------------------------------


def small_layer(W, x):
    return np.sum(np.tanh(W @ x) ** 2)


def small_layer_by_hand(W, x):
    y = np.tanh(W @ x)
    v_bar = 2.0 * y * (1.0 - y * y)
    return v_bar[:, None] * x, v_bar @ W


# --- elements by index -----------------------------------------------------------------------------


def neighbours(x):
    total = 0.0
    for i in range(1, len(x)):
        total += x[i] * x[i - 1]
    return total


def neighbours_by_hand(x):
    x_bar = np.zeros(x.shape)
    for i in range(1, len(x)):
        x_bar[i] += x[i - 1]
        x_bar[i - 1] += x[i]
    return x_bar


# --- a chain of elementwise functions --------------------------------------------------------------


def elementwise_chain(x):
    return np.sum(np.tanh(np.sqrt(1.0 + np.exp(np.sin(x)))))


def elementwise_chain_by_hand(x):
    e = np.exp(np.sin(x))
    r = np.sqrt(1.0 + e)
    t = np.tanh(r)
    x_bar = t * t
    np.subtract(1.0, x_bar, out=x_bar)
    x_bar *= e
    r *= 2.0
    x_bar /= r
    x_bar *= np.cos(x)
    return x_bar


# --- a stencil that overwrites slices of its field -------------------------------------------------


def stencil(u, k):
    u = u.copy()
    for _ in range(50):
        u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u * u)


def stencil_by_hand(u, k):
    u = u.copy()
    tape = []
    for _ in range(50):
        inner = u[1:-1].copy()
        tape.append(inner)
        u[1:-1] += k * inner * (u[2:] - u[:-2])
    u_bar = 2.0 * u
    k_bar = 0.0
    for _ in range(50):
        inner = tape.pop()
        u[1:-1] = inner
        v = u[2:] - u[:-2]
        w_bar = v * u_bar[1:-1]
        v_bar = k * inner
        v_bar *= u_bar[1:-1]
        k_bar += inner @ w_bar
        w_bar *= k
        u_bar[1:-1] += w_bar
        u_bar[2:] += v_bar
        u_bar[:-2] -= v_bar
    return u_bar, k_bar


_RNG = np.random.default_rng(7)

CASES = (
    Case("scalar loop of 100 steps", scalar_loop, scalar_loop_by_hand, (1.2,)),
    Case(
        "sum(tanh(W x)^2), n = 10",
        small_layer,
        small_layer_by_hand,
        (_RNG.standard_normal((10, 10)), _RNG.standard_normal(10)),
        argnums=(0, 1),
    ),
    Case("x[i] x[i-1] over 1,000 elements", neighbours, neighbours_by_hand, (_RNG.standard_normal(1_000),)),
    Case(
        "elementwise chain on 1e6 elements",
        elementwise_chain,
        elementwise_chain_by_hand,
        (_RNG.standard_normal(1_000_000),),
    ),
    Case(
        "stencil, slices in place, 50 steps",
        stencil,
        stencil_by_hand,
        (np.sin(np.linspace(0.0, 6.0, 1_000)), 0.1),
        argnums=(0, 1),
    ),
)
