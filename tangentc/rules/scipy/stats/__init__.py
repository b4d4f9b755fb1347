"""Derivatives of the functions of `scipy.stats`."""

from __future__ import annotations

import scipy.special  # noqa: F401

import tangentc.primitives.scipy.stats
import tangentc.rules.scipy.special  # noqa: F401
from tangentc.rules.scipy.stats import continuous, discrete, multivariate, summaries  # noqa: F401
