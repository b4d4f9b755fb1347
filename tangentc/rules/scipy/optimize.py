"""Derivatives of the functions of `scipy.optimize` that take no function of the program."""

from __future__ import annotations

from typing import Any

import numpy as np

import tangentc.primitives.scipy.optimize  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules.defined import defined
from tangentc.rules.registry import nondifferentiable


@defined(named("scipy.optimize.rosen"))
def rosen(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2, axis=0)


@defined(named("scipy.optimize.rosen_der"))
def rosen_der(x: Any) -> Any:
    rise, none = x[1:] - x[:-1] ** 2, 0.0 * x[:1]
    first = -400.0 * x[:-1] * rise - 2.0 * (1.0 - x[:-1])
    return np.concatenate((first, none)) + np.concatenate((none, 200.0 * rise))


nondifferentiable(named("scipy.optimize.linear_sum_assignment"))  # which entries, not how large
