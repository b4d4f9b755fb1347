"""Derivatives of SciPy's functions; each file is imported once the part of SciPy that it is about has been."""
