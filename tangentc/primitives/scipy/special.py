"""The functions of `scipy.special`: ufuncs, but for a few."""

from __future__ import annotations

from tangentc.primitives.declare import library_function

_UNARY = ("expit", "logit", "log_expit")

for _name in _UNARY:
    library_function(f"scipy.special.{_name}", "x", elementwise=True)
