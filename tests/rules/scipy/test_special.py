"""Rows for rules/scipy/special/."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents, tangents
from tests.rules.rows import case, complexes, normal, positive, unit

_ANYWHERE = (
    "expit log_expit softplus erf erfc erfcx erfi dawsn ndtr log_ndtr exprel expm1 exp2 exp10 cosm1 "
    "j0 j1 i0 i1 i0e i1e ber bei berp beip sindg cosdg tandg wrightomega itstruve0 itmodstruve0"
)
_POSITIVE = (
    "gamma gammaln loggamma rgamma psi y0 y1 k0 k1 k0e k1e exp1 expi spence entr log1p cbrt ker kei kerp keip cotdg "
    "it2struve0"
)
_COMPLEX = (
    "erf erfc erfcx erfi dawsn wofz ndtr log_ndtr gamma loggamma rgamma exp1 expi spence expm1 log1p lambertw "
    "wrightomega"
)
_SEVERAL = "airy airye fresnel sici shichi itj0y0 iti0k0 kelvin itairy"
_ONCE = frozenset({"gamma", "loggamma", "rgamma"})  # of complex numbers, psi has no derivative


def _row(name: str, *operands: Any, **options: Any) -> Any:
    function = getattr(special, name, None)
    if function is None:
        return pytest.param(None, (), {}, id=name, marks=pytest.mark.skip("this version of SciPy lacks it"))
    return case(function, *operands, **options)


def _mended(name: str, *operands: Any, **options: Any) -> Any:
    """A row of a function that gives wrong results, or none, in SciPy before 1.15."""
    return _row(name if hasattr(special, "legendre_p") else "", *operands, **options)


_X, _P, _U = normal(3), positive(3), 0.5 + 0.4 * unit(3)
_N = np.array([0, 1, 2, 5])[:, None]

CASES = [
    *(_row(name, normal(2, 3)) for name in _ANYWHERE.split()),
    *(_row(name, _P) for name in _POSITIVE.split()),
    *(_row(name, complexes(3), derivatives=1 if name in _ONCE else 2) for name in _COMPLEX.split()),
    *(_row(name, _P) for name in _SEVERAL.split()),
    *(_row(name, 0.7) for name in ("erf", "gammaln", "log_ndtr", "i0e", "airy", "expit", "logit", "lambertw")),
    _row("erf", normal(4)[::-2], id="negative stride"),
    _row("erf", normal(0, 2), id="empty"),
    _row("erf", normal(), id="0-d"),
    _row("airy", -_P), _row("airy", complexes(2)),
    _row("fresnel", complexes(2)), _row("sici", complexes(2)), _row("shichi", complexes(2)), _row("sici", -_P),
    *(_row(name, -_P * 0.9) for name in ("gamma", "gammaln", "rgamma", "psi", "erfcx", "shichi", "expi", "i0e", "i1e")),
    *(_row(name, _U) for name in ("logit", "ndtri", "ellipk", "ellipkm1", "ellipe")),
    *(_row(name, unit(3)) for name in ("erfinv", "ellipk", "ellipe")),
    _row("erfcinv", 1.0 + unit(3)), _row("ndtri_exp", -_P), _row("log1p", unit(3)),
    _row("lambertw", _P), _row("lambertw", -0.1 - 0.2 * _U, k=-1), _row("lambertw", complexes(2), k=2),
    # gamma and beta
    *(_row("polygamma", n, _P) for n in (0, 1, 3)), _row("polygamma", 1, -_P * 0.9),
    _row("polygamma", np.array([[1], [2]]), _P),
    _row("multigammaln", 2.0 + _P, d=3), _row("multigammaln", 4.2, d=1),
    _row("poch", _P, positive(2, 1)), _row("binom", 3.3 + _P, _P),
    _row("binom", np.array([2.0, 3.5]), np.array([5.0, -2.0]), derivatives=1, step=1e-6),
    _row("beta", _P, positive(2, 1)),
    _row("betaln", _P, positive(2, 1)), _row("factorial", _P, single=False), _row("zeta", 3, _P),
    _row("zeta", 1.2 + _P, positive(2, 1)), _row("zeta", 1.7), _row("zetac", np.array([0.3, 1.2, 5.0])),
    _row("zeta", np.array([[2], [4]]), _P),
    _row("factorial", np.array([-0.5, 0.7]), single=False),
    _row("comb", 3.3 + _P, 2.0, single=False),
    _row("comb", np.array([1.5, 4.3]), 2.5, single=False), _row("perm", 3.3 + _P, _P, single=False),
    _row("gammainc", 2, _P), _row("gammaincc", np.array([[2], [3]]), _P), _row("gammaincinv", 2, _U),
    _row("gammainccinv", 3, _U),
    _row("betainc", 2, 3, _U), _row("betaincc", 2, 3, _U), _row("betaincinv", 2, 3, _U),
    _row("betainccinv", 2, 3, _U),
    # Bessel
    *(_row(name, v, _P) for name in ("jv", "yv", "iv", "kv", "ive", "kve", "jve", "yve") for v in (0, 2)),
    *(_row(name, np.array([[1], [2]]), complexes(3)) for name in ("jv", "yv", "iv", "kv", "kve")),
    *(_row(name, 1, x) for name in ("hankel1", "hankel2", "hankel1e", "hankel2e") for x in (_P, complexes(2))),
    *(_row(name, n, _P) for name in ("yn", "kn") for n in (0, 1)),
    *(_row(name, 2, _P, n=n) for name in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp") for n in (0, 2)),
    *(
        _row(f"spherical_{name}", n, _P, derivative=derivative)
        for name in ("jn", "yn", "in", "kn") for n, derivative in ((0, False), (2, False), (0, True), (2, True))
    ),
    _row("spherical_jn", np.array([[0], [1]]), complexes(2)), _row("jv", 1, np.array([0.0, -0.7])),
    _row("spherical_jn", np.array([[0], [1]]), positive(2), derivative=True),
    *(_row(name, v, _P) for name in ("struve", "modstruve") for v in (0, 1)),
    _row("it2i0k0", _P), _row("it2j0y0", 2.0 * _P), _row("besselpoly", _P, 0.5, np.array([[0.0], [2.0]])),
    *(_row("lmbda", v, 0.7) for v in (0, 2, 1.4)), *(_row(f"riccati_{name}", 3, 0.7) for name in ("jn", "yn")),
    _mended("riccati_jn", 2, 0.0), *(_mended(f"modfresnel{sign}", _P) for sign in "pm"),
    # elliptic
    *(_row(name, np.array([0.3, 2.0, -4.0]), 0.4 * unit(2, 1), derivatives=1) for name in ("ellipkinc", "ellipeinc")),
    *(_row(name, 0.3, 0.2, derivatives=1) for name in ("ellipkinc", "ellipeinc")),
    _row("ellipj", normal(3), 0.5 * _U, derivatives=1, rtol=1e-6), _row("ellipj", 4.0 * normal(3), 0),
    _row("agm", _P, positive(2, 1)), _row("agm", 1.7, 0.3),
    _row("elliprf", _P, positive(2, 1), 1.3), _row("elliprf", 2.0 + complexes(2), 1.0, 2.0, derivatives=1),
    _row("elliprg", _P, positive(2, 1), 0.3), _row("elliprd", _P, positive(2, 1), 1.3), _row("elliprd", _P, 0.4, _P),
    _row("elliprc", _P, positive(2, 1)), _row("elliprc", _P, -positive(2, 1)), _row("elliprc", 0.3, 0.5),
    _row("elliprj", 0.3, positive(2, 1), 0.4, _P),
    # hypergeometric
    _row("hyp0f1", 2, _X), _row("hyp0f1", 2, complexes(2)),
    _row("hyp1f1", 1, 3, _X), _mended("hyp1f1", 2, 3, complexes(2)),
    _row("hyp2f1", 1, 2, 4, unit(3)), _row("hyp2f1", 1, 2, 4, complexes(2) * 0.2), _row("hyperu", 1, 3, _P),
    _row("wright_bessel", 1, 2, _P), _row("pbdv", 2, _X), _row("pbvv", 1, _P, single=False), _row("pbwa", 1, _X),
    *(_row(name, v, 0.7) for name in ("pbdv_seq", "pbvv_seq") for v in (0, 2.5)), _row("pbdn_seq", 3, 0.7),
    _row("log_wright_bessel", 1, 2, _P),
    # waves; in single precision some of SciPy's own never return
    *(_row(f"mathieu_{name}m", np.array([[1], [2]]), 1.3, 20.0 * _P, single=False) for name in ("ce", "se")),
    *(_row(f"mathieu_mod{name}", 2, 1.3, _P, single=False) for name in ("cem1", "cem2", "sem1", "sem2")),
    *(_row(f"mathieu_{name}", np.array([[1], [2]]), q, derivatives=1, single=False)
      for name in "ab" for q in (_P, -_P)),
    *(_row(f"{kind}_cv", np.array([[1], [2]]), 3, _P, derivatives=1, single=False) for kind in ("pro", "obl")),
    *(_mended(f"{kind}_cv_seq", 1, 4, 1.3, derivatives=1, single=False) for kind in ("pro", "obl")),
    *(
        _mended(f"{kind}_{name}", 1, 3, 1.4, x, single=False)
        for kind in ("pro", "obl") for name, x in (("ang1", 0.8 * unit(3)), ("rad1", 1.0 + _P), ("rad2", 1.0 + _P))
    ),
    *(
        _mended(f"{kind}_{name}_cv", 1, 3, 1.4, float(getattr(special, f"{kind}_cv")(1, 3, 1.4)), x, single=False)
        for kind in ("pro", "obl") for name, x in (("ang1", 0.8 * unit(3)), ("rad1", 1.0 + _P))
    ),
    # Legendre functions
    *(
        _row(name, *operands, diff_n=n) for n in (0, 1, 2)
        for name, *operands in (
            ("legendre_p", _N, unit(3)), ("legendre_p_all", 3, unit(3)),
            ("sph_legendre_p", np.array([[1], [3]]), np.array([[1], [-2]]), _P), ("sph_legendre_p_all", 3, 2, _P),
            ("sph_legendre_p", 3, np.array([1, 2, 3]), np.array([-0.7, -0.1, 4.0])),
        )
    ),
    *(
        _row(name, *operands, diff_n=n, rtol=1e-5) for n in (0, 2)
        for name, *operands in (
            ("assoc_legendre_p", np.array([[1], [3]]), np.array([[1], [-2]]), 0.8 * unit(3)),
            ("assoc_legendre_p", 3, 2, complexes(2)), ("assoc_legendre_p_all", 3, 2, 0.8 * unit(3)),
        )
    ),
    _row("assoc_legendre_p", 3, 1, 2.0 + _P, branch_cut=3, norm=True), _row("legendre_p_all", 3, 0.3),
    _row("sph_harm_y", np.array([[1], [3]]), np.array([[1], [-2]]), _P, _X), _row("sph_harm_y", 3, 2, 0.3, 0.5),
    _row("sph_harm_y_all", 3, 2, _P, normal(2, 1)), _row("sph_harm_y_all", 2, 1, 0.7, _X),
    _row("sph_harm", np.array([[1], [-2]]), 3, _X, _P), _row("sph_harm", 3, 3, 0.3, 0.5),
    _mended("lqn", 3, unit(3)), _mended("lqn", 2, 2.0 + complexes(2)), _mended("lqmn", 2, 3, unit(3), rtol=1e-5),
    _mended("lqmn", 1, 2, 1.7),
    # polynomials
    *(
        _row(f"eval_{name}", _N, unit(3))
        for name in ("legendre", "chebyt", "chebyu", "chebyc", "chebys", "laguerre", "hermite", "hermitenorm")
    ),
    *(_row(f"eval_sh_{name}", _N, _U) for name in ("legendre", "chebyt", "chebyu")),
    *(_row(f"eval_{name}", n, unit(3)) for name in ("hermite", "hermitenorm", "legendre") for n in (0, 3)),
    *(_row(f"eval_{name}", np.array([[-1], [-3]]), unit(3)) for name in ("legendre", "chebyt", "chebyu")),
    _row("eval_legendre", 2, np.array([-1.0, 1.0])), _row("eval_chebyt", 3, np.array([-1.0, 1.0])),
    _row("eval_gegenbauer", _N, 2, unit(3)), _row("eval_genlaguerre", _N, 2, unit(3)),
    _row("assoc_laguerre", _X, _N), _row("assoc_laguerre", 0.4, 2, 0.5),
    _row("eval_jacobi", _N, 1, 2, unit(3)), _row("eval_sh_jacobi", np.array([0, 1, 3])[:, None], 3, 2, _U),
    _row("lpmv", 1, 2, unit(3)), _row("lpmv", 0, np.array([[0], [3]]), unit(3)),
    # logarithms
    _row("softmax", normal(2, 3)), _row("softmax", normal(2, 3), axis=1), _row("softmax", normal(2, 3, 2), axis=(0, 2)),
    _row("log_softmax", normal(2, 3)), _row("log_softmax", normal(3, 2).T, axis=0),
    _row("logsumexp", normal(2, 3)), _row("logsumexp", normal(2, 3), axis=1), _row("logsumexp", 0.7),
    _row("logsumexp", normal(2, 3, 2), axis=(0, 2), keepdims=True), _row("logsumexp", normal(2, 3), _P),
    _row("logsumexp", normal(3), positive(2, 3), axis=0), _row("logsumexp", normal(2, 3), _P, axis=-1, keepdims=True),
    _row("logsumexp", complexes(2, 2), axis=0),
    *(_row(name, _X, positive(2, 1)) for name in ("xlogy", "xlog1py")), _row("xlogy", 0.4, 0.9),
    _row("xlogy", complexes(2), complexes(2, seed=9)),
    *(_row(name, _P, positive(2, 1)) for name in ("rel_entr", "kl_div", "powm1")), _row("kl_div", 0.4, 0.9),
    _row("kl_div", np.array([0.1, 0.1, 5.0]), np.array([1.0, 0.11, 1.0])), _row("powm1", 0.4, 0.9),
    *(
        _row(name, x, l) for name in ("boxcox", "boxcox1p", "inv_boxcox", "inv_boxcox1p")
        for x, l in ((_P, np.array([[0.0], [0.7], [-0.4]])), (0.6, 0.3))
    ),
    _row("huber", 0.8, np.array([-2.0, -0.3, 0.0, 0.4, 1.7])), _row("huber", positive(2, 1), _X),
    _row("pseudo_huber", 0.8, np.array([-2.0, -0.3, 0.0, 0.4, 1.7])), _row("pseudo_huber", positive(2, 1), _X),
    _row("radian", _X, 0.3, normal(2, 1)),
    # distributions
    _row("owens_t", _X, normal(2, 1)), _row("voigt_profile", _X, 0.7, positive(2, 1)),
    *(_row(name, 3, _P) for name in ("chdtr", "chdtrc", "pdtr", "pdtrc")), _row("chdtri", 3, _U),
    *(_row(name, 2.0, 3, _P) for name in ("gdtr", "gdtrc")), _row("gdtrix", 2.0, 3, _U),
    _row("stdtr", 3, _X), _row("stdtrit", 3, _U), _row("fdtr", 3, 4, _P), _row("fdtrc", 3, 4, _P),
    _row("fdtri", 3, 4, _U),
    *(_row(name, np.array([[0], [2], [4]]), 4, _U) for name in ("bdtr", "bdtrc")),
    *(_row(name, 2, 4, _U) for name in ("nbdtr", "nbdtrc", "nbdtri")),
    _row("bdtri", 2, 4, _U, single=False),  # in single precision, SciPy warns of n as float
    _row("pdtri", 2, _U),
    *(_row("expn", n, _P) for n in (0, 1, 3)), _row("expn", np.array([[0], [2]]), _P),
    *(_row(name, np.array([0.3, 0.7, 0.99, 1.01, 2.0])) for name in ("kolmogorov",)), _row("kolmogi", _U),
    _row("smirnov", np.array([[1], [2], [5]]), _U), _row("smirnovi", 3, _U, single=False),
    _row("chndtr", 3.0 * _P, 3.3, positive(2, 1)), _row("chndtr", 0.3 * _P, 2, 0.7),
    _row("chndtrix", _U, 3.3, 1.2, rtol=1e-5), _row("chndtrinc", 8.0 * _P, 3.3, 0.2, rtol=1e-5),
    _row("ncfdtr", 3.0, 4.0, positive(2, 1), _P, rtol=1e-5),
    *(
        _row(f"{name}{at}", 3.3, a, b, rtol=1e-4, step=1e-4, derivatives=1)  # SciPy's inverses are not accurate
        for name, at, a, b in (("nctdtr", "", normal(2, 1), _X), ("nctdtri", "t", 1.2, _U), ("nctdtri", "nc", 0.3, _P))
    ),
    _row("ncfdtri", 3.0, 4.0, 0.8, _U, rtol=1e-4, step=1e-4, derivatives=1),
    _row("ncfdtrinc", 3.0, 4.0, 0.2, 5.0 * _P, rtol=1e-3, step=1e-3, derivatives=1),
    _row("gdtria", _U, 2.0, positive(2, 1)), _row("nrdtrimn", _U, _P, normal(2, 1)),
    _row("nrdtrisd", -3.0 + normal(2, 1), 0.6 + 0.3 * _U, _X),
    _row("tklmbda", 0.4 * unit(3), np.array([[0.5], [1.3], [-0.4]])), _row("tklmbda", 0.3, 0.2),
    # helpers
    *(case(f"{name}_derivative", x, order=2) for name in ("exprel", "erfcx", "dawsn") for x in (_X, _P * 4.0)),
    *(case(f"{name}_derivative", 1, x, order=2) for name in ("ive", "kve") for x in (_P, 20.0 + 20.0 * _P)),
    *(case(name, x) for name in ("inverse_mills", "mills_gap") for x in (_X, -4.0 * _P)),
    case("psi_growth", positive(2, 1), _P), case("psi_growth", np.array([0.7, 3.0, 50.0]), 0.1),
    *(
        case(name, np.array([0.0, 1e-3, -1.9, 2.1]), order=order)
        for name in ("i0_excess", "j0_defect") for order in (0, 3)
    ),
    *(case("log_normal_moment", k, normal(3)) for k in (-0.6, 7.0)), case("kolmogorov_derivative", 0.8, order=3),
    *(case(f"{name}_slope", np.array([0.0, 1e-9, -0.7, 3.0])) for name in ("i1", "j1")),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: tuple[Any, ...], options: dict[str, Any]) -> None:
    check_rule(primitive, *operands, **options)


_INF, _NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("xlogy", (np.array([0.0, 0.0, 2.0]), np.array([0.0, 2.0, 4.0])), ([-_INF, np.log(2), np.log(4)], [0, 0, 0.5])),
        ("xlogy", (0.0, 0.0), (-_INF, 0.0)),
        ("xlog1py", (np.array([0.0]), np.array([-1.0])), ([-_INF], [0.0])),
        ("entr", (np.array([0.0]),), ([_INF],)),
        ("rel_entr", (np.array([0.0]), np.array([0.0])), ([_NAN], [0.0])),
        ("kl_div", (np.array([0.0]), np.array([2.0])), ([-_INF], [1.0])),
        ("kl_div", (0.0, 2.0), (-_INF, 1.0)),
        ("kl_div", (1.0, 0.0), (_INF, -_INF)),
        ("logit", (0.0,), (_INF,)),
        ("log1p", (-1.0,), (_INF,)),
        ("boxcox", (0.0, 0.5), (_INF, _NAN)),
        ("boxcox", (1.0, 0.0), (1.0, 0.0)),
        ("huber", (1.0, np.array([-1.0, 0.0, 1.0])), (0.0, [-1.0, 0.0, 1.0])),
        ("pseudo_huber", (0.0, np.array([0.0, -2.0])), (2.0, [0.0, 0.0])),
        ("pseudo_huber", (1e200, 1e200), (2 * (2**0.5 - 1) * 1e200 - 1e200 / 2**0.5, 1e200 / 2**0.5)),
        ("logsumexp", (np.array([-_INF, -_INF]),), ([0.0, 0.0],)),
        ("logsumexp", (np.array([-_INF, 0.0]),), ([0.0, 1.0],)),
        ("logsumexp", (np.array([1e308, -1e308]),), ([1.0, 0.0],)),
        ("softmax", (np.array([1e308, -1e308]),), ([0.0, 0.0],)),
        ("gammainc", (1, np.array([0.0])), ([1.0],)),
        ("gammainc", (2, np.array([0.0])), ([0.0],)),
        ("betainc", (1, 1, np.array([0.0, 1.0])), ([1.0, 1.0],)),
        ("jv", (1, np.array([0.0])), ([0.5],)),
        ("jv", (0, np.array([0.0])), ([0.0],)),
        ("i0e", (np.array([0.0]),), ([0.0],)),
        ("i1e", (np.array([0.0]),), ([0.5],)),
        ("spherical_jn", (np.array([0, 1, 2]), 0.0), (1 / 3,)),
        ("beip", (np.array([0.0]),), ([0.5],)),
        ("spence", (np.array([0.0, 1.0]),), ([-_INF, -1.0],)),
        ("comb", (np.array([2.0, -1.0]), 5.0), ([0.0, 0.0], 0.0)),
        ("factorial", (np.array([-3.0, 0.0]),), ([0.0, -np.euler_gamma],)),
        ("rgamma", (np.array([0.0, -1.0, -2.0]),), ([1.0, -1.0, 2.0],)),
        ("bdtr", (4, 4, np.array([0.3])), ([0.0],)),
        ("erfinv", (np.array([1.0]),), ([_INF],)),
        ("kolmogorov", (np.array([-1.0, 0.0, 0.01, 30.0]),), ([0.0, 0.0, 0.0, 0.0],)),
        ("smirnov", (1, np.array([0.0, 0.3, 1.0])), ([-1.0, -1.0, -1.0],)),
        ("smirnov", (3, np.array([0.0, 1.0])), ([-1.0, 0.0],)),
        ("chndtr", (np.array([0.0]), 2, 1.0), ([0.5 * np.exp(-0.5)], 0.0)),
        ("chndtr", (np.array([3.0]), 2, 0.0), ([0.5 * np.exp(-1.5)], -0.75 * np.exp(-1.5))),
        ("tklmbda", (np.array([-3.0, 0.9]), 1.5), ([0.0, 0.0], 0.0)),
        ("it2i0k0", (np.array([0.0]),), ([-_INF],)),
        ("elliprc", (0.0, 1.0), (-_INF, -np.pi / 4)),
        ("elliprf", (1.0, 1.0, 1.0), (-1 / 6, -1 / 6, -1 / 6)),
        ("elliprj", (1.0, 1.0, 1.0, 1.0), (-0.3, -0.3, -0.3, -0.6)),
        ("ellipk", (np.array([1.0]),), ([_INF],)),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hard_points(name: str, operands: Any, expected: Any) -> None:
    found = cotangents(getattr(special, name), *operands)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, np.broadcast_to(want, np.shape(got)), rtol=1e-9, atol=1e-14)


@pytest.mark.skipif(not hasattr(special, "sph_legendre_p"), reason="this version of SciPy lacks it")
def test_spherical_functions_at_the_poles() -> None:
    """The slopes of the orders 1 and 2 at 0, up to the normalisation: DLMF 14.3.4."""
    theta, size = np.array([0.0, np.pi]), np.sqrt(7 / (4 * np.pi) / 12)
    for order in (0, 1, 2, 3):
        slope = tangents(special.sph_legendre_p, (3, order, theta), (None, None, np.ones(2)))[0]
        np.testing.assert_allclose(slope, [-6 * size, 6 * size] if order == 1 else 0.0, atol=1e-14)
    third = tangents(special.sph_legendre_p, (3, 1, theta), (None, None, np.ones(2)), diff_n=2)[2]
    step = np.array([1e-4, -1e-4])
    inner = special.sph_legendre_p(3, 1, theta + step, diff_n=2)[2]
    np.testing.assert_allclose(third, inner / step, rtol=1e-6)


@pytest.mark.parametrize("name", ["ive", "jve", "yve"])
def test_what_is_not_holomorphic_is_refused(name: str) -> None:
    with pytest.raises(MissingRuleError, match="not holomorphic"):
        tangents(getattr(special, name), (1, np.array([1 + 1j])), (None, np.array([1.0 + 0j])))


@pytest.mark.parametrize(
    ("name", "operands", "refused"),
    [("jv", (0.5, 1.0), "`v`"), ("gammainc", (0.5, 1.0), "`a`"), ("betainc", (0.5, 2.0, 0.3), "`a`"),
     ("mathieu_cem", (2, 1.3, 0.4), "`m`"),
     ("stdtr", (2.5, 1.0), "`df`")],
)  # fmt: skip
def test_unknown_derivatives_name_the_operand(name: str, operands: Any, refused: str) -> None:
    with pytest.raises(MissingRuleError, match=refused):
        tangents(getattr(special, name), operands, (1.0, *(None for _ in operands[1:])))


def _selected(x: Any) -> Any:
    safe = np.where(x > 0.0, x, 0.0)
    return np.sum(np.where(x > 0.0, special.entr(safe) + special.xlogy(safe, safe), 0.0))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_masked_zero_meets_no_infinite_slope() -> None:
    x = np.array([-1.0, 0.5])
    np.testing.assert_allclose(tangentc.grad(_selected)(x), [0.0, 0.0], atol=1e-12)


def test_calls_as_they_are_written() -> None:
    x = np.array([0.3, 0.7, 1.2])
    w = np.array([[1.0, 0.5, 0.2], [0.4, 1.1, -0.3]])

    def f(x: Any) -> Any:
        y = np.zeros(x.shape)
        special.erf(x, out=y)
        y[0] = special.logsumexp(x, b=w[0])
        for order in range(2):
            y += special.jn(order, x) * w[1]
        ai, _, bi, _ = special.airy(x)
        y[1:] -= special.expit([x[0], x[1]]) * ai[1:]
        both = special.logsumexp(np.stack([y, bi]), axis=0, b=w[0, :2, None], keepdims=True)
        return np.sum(both * w[1])

    tangentc.check_grads(f, (x,), order=2)


def _stable(x: Any) -> Any:
    return np.sum(special.i0e(x) + special.log_ndtr(x) + special.rgamma(x) + special.psi(x))


def test_a_saved_derivative_carries_its_helpers(tmp_path: Any) -> None:
    gradient, x = tangentc.grad(_stable), np.array([0.3, 50.0])
    expected = gradient(x)
    gradient.save(tmp_path / "saved.py")
    saved: dict[str, Any] = {"__name__": "saved"}
    exec((tmp_path / "saved.py").read_text(encoding="utf-8"), saved)
    np.testing.assert_array_equal(saved["_stable_grad"](x), expected)
