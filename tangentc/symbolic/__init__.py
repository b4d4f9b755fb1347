"""Symbolic differentiation: a program as an expression of SymPy, and its derivative by the rules of the textbook.

    from tangentc import symbolic
    from sympy.abc import x

    def logistic(x, n):
        l = x
        for _ in range(n - 1):
            l = 4 * l * (1 - l)
        return l

    l_3 = symbolic.expression(logistic, x, 3)       # 16*x*(1 - x)*(1 - 4*x*(1 - x))
    symbolic.derivative(l_3, x)                     # what the rules give: nothing is simplified
    symbolic.simplified(symbolic.derivative(l_3, x))  # 16*(1 - 10*x + 24*x**2 - 16*x**3)

`swell` measures how expressions grow where the code of a derivative does not.  The whole part needs SymPy.
"""

try:
    import sympy as _sympy  # noqa: F401
except ImportError as _error:
    raise ImportError("symbolic differentiation needs SymPy: pip install 'tangentc[symbolic]'") from _error

from tangentc.symbolic.forms import factored, nodes, operations, ordered, simplified
from tangentc.symbolic.programs import expression
from tangentc.symbolic.rules import derivative
from tangentc.symbolic.swelling import Swell, swell

__all__ = [
    "Swell",
    "derivative",
    "expression",
    "factored",
    "nodes",
    "operations",
    "ordered",
    "simplified",
    "swell",
]
