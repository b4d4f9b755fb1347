"""tangentc: a source-to-source compiler for derivatives of NumPy programs.

For example, with f(x1, x2) = ln(x1) + x1 x2 - sin(x2):

    def f(x1, x2):
        return np.log(x1) + x1 * x2 - np.sin(x2)

    tangentc.grad(f)(2.0, 5.0)      # 5.5
    tangentc.grad(f).show()         # the code that computes it
"""

from tangentc.api import derivative, grad, hvp, jvp, stop_gradient, value_and_grad, vjp
from tangentc.checking import check_grads
from tangentc.custom import linearise, nondifferentiable, primitive, transpose
from tangentc.errors import (
    DifferentiationError,
    InternalError,
    MissingRuleError,
    TangentcError,
    UnsupportedSyntaxError,
)
from tangentc.jacobians import hessian, jacfwd, jacobian, jacrev
from tangentc.kinds.records import register
from tangentc.passes import jacobian_by_passes
from tangentc.testing import check_rule
from tangentc.traces import trace

__all__ = [
    "DifferentiationError",
    "InternalError",
    "MissingRuleError",
    "TangentcError",
    "UnsupportedSyntaxError",
    "check_grads",
    "check_rule",
    "derivative",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacobian_by_passes",
    "jacrev",
    "jvp",
    "linearise",
    "nondifferentiable",
    "primitive",
    "register",
    "stop_gradient",
    "trace",
    "transpose",
    "value_and_grad",
    "vjp",
]


def __getattr__(name: str) -> object:
    if name == "compile":  # modules are loaded by those who use them
        from tangentc.nn.compiled import compile

        return compile
    raise AttributeError(f"module 'tangentc' has no attribute {name!r}")


__version__ = "0.1.0"
