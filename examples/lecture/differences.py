"""The lecture's "Numerical Differentiation": a difference with one step, its cost, and the choice of the step.

The picture is examples/output/steps.png.
"""

from pathlib import Path

import numpy as np

import tangentc
from tangentc import numeric

OUTPUT = Path(__file__).resolve().parents[1] / "output"


def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def difference(f, x, i, h):
    """(f(x + h e_i) - f(x)) / h, as the lecture defines it."""
    e_i = np.eye(len(x))[i]
    return (f(*(x + h * e_i)) - f(*x)) / h


if __name__ == "__main__":
    x = np.array([2.0, 5.0])
    print("df/dx1 by the lecture's difference, h = 1e-6:", difference(f, x, 0, 1e-6))
    print("df/dx1 by tangentc.grad:                     ", tangentc.grad(f)(2.0, 5.0))

    print("\nthe cost of a gradient of n numbers:")
    for n in (2, 10, 100):
        norm = numeric.grad(lambda v: np.sum(v * v), method="forward")(np.ones(n))
        print(f"  n = {n:3}: {norm.evaluations} evaluations of f")

    print("\nthe choice of the step:")
    study = numeric.study(f, (2.0, 5.0), argnums=(0, 1))
    print(study)
    OUTPUT.mkdir(exist_ok=True)
    study.save(OUTPUT / "steps.png")
