"""Summaries of samples, by their definitions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from tangentc.kinds.types import Const
from tangentc.rules.defined import defined
from tangentc.rules.ops import count


@defined(stats.gmean)
def gmean(a: Any, *, axis: Any, keepdims: bool) -> Any:
    return np.exp(np.mean(np.log(a), axis=axis, keepdims=keepdims))


@defined(stats.hmean)
def hmean(a: Any, *, axis: Any, keepdims: bool) -> Any:
    return 1.0 / np.mean(1.0 / a, axis=axis, keepdims=keepdims)


@defined(stats.pmean)
def pmean(a: Any, *, p: float, axis: Any, keepdims: bool) -> Any:
    if p == 0:
        return gmean(a, axis=axis, keepdims=keepdims)
    return np.mean(a**p, axis=axis, keepdims=keepdims) ** (1.0 / p)


def _deviations(a: Any, axis: Any) -> Any:
    return a - np.mean(a, axis=axis, keepdims=True)


@defined(stats.zscore)
def zscore(a: Any, *, axis: Any, ddof: int) -> Any:
    return _deviations(a, axis) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


@defined(stats.moment)
def moment(a: Any, *, order: int, axis: Any, keepdims: bool) -> Any:
    return np.mean(_deviations(a, axis) ** order, axis=axis, keepdims=keepdims)


@defined(stats.skew)
def skew(a: Any, *, axis: Any, keepdims: bool) -> Any:
    spread = np.var(a, axis=axis, keepdims=keepdims)
    return np.mean(_deviations(a, axis) ** 3, axis=axis, keepdims=keepdims) / spread**1.5


@defined(stats.kurtosis)
def kurtosis(a: Any, *, axis: Any, fisher: bool, keepdims: bool) -> Any:
    """The excess over that of the normal distribution is as far from a constant."""
    spread = np.var(a, axis=axis, keepdims=keepdims)
    return np.mean(_deviations(a, axis) ** 4, axis=axis, keepdims=keepdims) / (spread * spread)


@defined(stats.sem)
def sem(a: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / np.sqrt(1.0 * count(a, axis))


@defined(stats.variation)
def variation(a: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / np.mean(a, axis=axis, keepdims=keepdims)


@defined(stats.tmean)
def tmean(a: Any, *, axis: Any, keepdims: bool) -> Any:
    return np.mean(a, axis=axis, keepdims=keepdims)


@defined(stats.tvar)
def tvar(a: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
    return np.var(a, axis=axis, ddof=ddof, keepdims=keepdims)


@defined(stats.tstd)
def tstd(a: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims)


@defined(stats.entropy)
def entropy(pk: Any, qk: Any = None, *, base: float | None, axis: Any, keepdims: bool) -> Any:
    """Of the weights as shares of their sum; with qk, the divergence from it."""
    shares = pk / np.sum(pk, axis=axis, keepdims=True)
    if qk is None or qk.kind == Const(None):
        parts = special.entr(shares)
    else:
        parts = special.rel_entr(shares, qk / np.sum(qk, axis=axis, keepdims=True))
    total = np.sum(parts, axis=axis, keepdims=keepdims)
    return total if base is None else total / math.log(base)
