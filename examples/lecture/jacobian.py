"""The lecture's Jacobian of f: R^n -> R^m: n passes of the tangent, one for each column, or m of the adjoint."""

import numpy as np

from tangentc import jacobian_by_passes


def f(x1, x2, x3):
    return x1 * np.sin(x2), x1 * x2 * x3


if __name__ == "__main__":
    at = (2.0, 5.0, 3.0)
    for mode in ("tangent", "adjoint"):
        passes = jacobian_by_passes(f, at, mode=mode)
        print(passes)
        print(passes.jacobian.round(3), end="\n\n")
