"""Derivatives of the functions of `scipy.special`, by families.

Orders and other parameters in which no derivative is known have none here: using one is an error that names it.
"""

from __future__ import annotations

import tangentc.primitives.scipy.special  # noqa: F401
from tangentc.rules.scipy.special import (  # noqa: F401
    bessel,
    distributions,
    elliptic,
    errors,
    gammas,
    hypergeometric,
    legendre,
    logarithms,
    polynomials,
    waves,
)
