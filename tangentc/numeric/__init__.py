"""Numerical differentiation: derivatives from values of a function alone.

    from tangentc import numeric

    def f(x1, x2):
        return np.log(x1) + x1 * x2 - np.sin(x2)

    found = numeric.grad(f, argnums=(0, 1))(2.0, 5.0)
    found.value          # (5.5, 1.716…), as tangentc.grad(f, argnums=(0, 1))(2.0, 5.0) up to the error of differences
    found.evaluations    # 4: a central difference calls f twice for each number of its arguments

`grad`, `jacobian` and `directional` take the arguments of their namesakes in `tangentc` (and in JAX; `directional`
those of `jvp`) and any function of numbers and arrays: its source is not looked at.  `study` shows what the size of
the step does to the error.
"""

from tangentc.numeric.differences import Estimate, directional, grad, jacobian
from tangentc.numeric.steps import StepStudy, study

__all__ = ["Estimate", "StepStudy", "directional", "grad", "jacobian", "study"]
