"""Derivatives of the functions of `scipy.linalg`.

Sources: M. B. Giles, "Collected matrix derivative results", 2008; N. J. Higham, "Functions of Matrices", 2008.
"""

from __future__ import annotations

from tangentc.rules.scipy.linalg import (  # noqa: F401
    equations,
    factors,
    functions,
    spectra,
    structured,
    systems,
)
