"""The functions of `scipy.special`: ufuncs, but for a few."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from tangentc import numerics_special
from tangentc.kinds.dims import broadcast
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.types import ANY, Array, Const, Kind, Tuple, dtype_of, fresh
from tangentc.primitives.declare import declare, library_function

# Operands in the order of the function's own signature: all of these work entry by entry, with one result.
_ELEMENTWISE = {
    "x": (
        "expit logit log_expit "
        "erf erfc erfcx erfi dawsn wofz erfinv erfcinv ndtr log_ndtr ndtri ndtri_exp "
        "gamma gammaln loggamma rgamma gammasgn "
        "j0 j1 y0 y1 i0 i1 k0 k1 i0e i1e k0e k1e ellipk ellipkm1 ellipe exp1 expi spence "
        "ber bei ker kei berp beip kerp keip wrightomega entr exprel expm1 log1p exp2 exp10 cbrt cosm1 "
        "sindg cosdg tandg cotdg round itstruve0 itmodstruve0 it2struve0 kolmogorov kolmogi zetac"
    ),
    "v z": "jv yv iv kv ive kve jve yve hankel1 hankel1e hankel2 hankel2e hyp0f1",
    "n x": (
        "yn kn eval_legendre eval_chebyt eval_chebyu eval_chebyc eval_chebys eval_laguerre eval_hermite "
        "eval_hermitenorm eval_sh_legendre eval_sh_chebyt eval_sh_chebyu expn"
    ),
    "a x": "gammainc gammaincc", "a y": "gammaincinv gammainccinv",
    "a b": "beta betaln agm", "a b x": "betainc betaincc hyp1f1 hyperu gdtr gdtrc wright_bessel log_wright_bessel",
    "a b y": "betaincinv betainccinv", "a b p": "gdtrix", "a b c z": "hyp2f1",
    "x y": "xlogy xlog1py rel_entr kl_div powm1 elliprc", "delta r": "huber pseudo_huber",
    "x lmbda": "boxcox boxcox1p tklmbda", "y lmbda": "inv_boxcox inv_boxcox1p",
    "z m": "poch", "n k": "binom", "phi m": "ellipkinc ellipeinc",
    "v x": "struve modstruve chdtr chdtrc", "v p": "chdtri", "h a": "owens_t", "x sigma gamma": "voigt_profile",
    "m v x": "lpmv", "n alpha x": "eval_gegenbauer eval_genlaguerre", "n alpha beta x": "eval_jacobi",
    "n p q x": "eval_sh_jacobi", "k m": "pdtr pdtrc", "k y": "pdtri", "k n p": "bdtr bdtrc nbdtr nbdtrc",
    "k n y": "bdtri nbdtri", "df t": "stdtr", "df p": "stdtrit", "dfn dfd x": "fdtr fdtrc", "dfn dfd p": "fdtri",
    "d m s": "radian", "n d": "smirnov", "n p": "smirnovi", "a lmb nu": "besselpoly",
    "x y z": "elliprd elliprf elliprg", "x y z p": "elliprj",
    "x df nc": "chndtr", "p df nc": "chndtrix", "x df p": "chndtrinc", "p b x": "gdtria", "p std x": "nrdtrimn",
    "mn p x": "nrdtrisd", "dfn dfd nc f": "ncfdtr", "dfn dfd nc p": "ncfdtri", "dfn dfd p f": "ncfdtrinc",
    "df nc t": "nctdtr", "df nc p": "nctdtrit", "df p t": "nctdtrinc",
}  # fmt: skip
_SEVERAL = {
    "airy": ("z", 4), "airye": ("z", 4), "ellipj": ("u m", 4), "kelvin": ("x", 4), "fresnel": ("z", 2),
    "sici": ("x", 2), "shichi": ("x", 2), "itj0y0": ("x", 2), "iti0k0": ("x", 2), "itairy": ("x", 4),
    "pbdv": ("v x", 2), "pbvv": ("v x", 2), "pbwa": ("a x", 2), "it2i0k0": ("x", 2), "it2j0y0": ("x", 2),
    "modfresnelp": ("x", 2), "modfresnelm": ("x", 2),
}  # fmt: skip
_WAVES = {
    "mathieu_a": ("m q", 1), "mathieu_b": ("m q", 1), "pro_cv": ("m n c", 1), "obl_cv": ("m n c", 1),
    **{f"mathieu_{name}": ("m q x", 2) for name in ("cem", "sem", "modcem1", "modcem2", "modsem1", "modsem2")},
    **{f"{kind}_{name}": ("m n c x", 2) for kind in ("pro", "obl") for name in ("ang1", "rad1", "rad2")},
    **{f"{kind}_{name}_cv": ("m n c cv x", 2) for kind in ("pro", "obl") for name in ("ang1", "rad1", "rad2")},
}  # fmt: skip
_ALSO = {"jv": ("scipy.special.jn",)}

for _operands, _names in _ELEMENTWISE.items():
    for _name in _names.split():
        library_function(
            f"scipy.special.{_name}", *_operands.split(), also=_ALSO.get(_name, ()), elementwise=True
        )
for _name, (_operands, _results) in _SEVERAL.items():
    library_function(f"scipy.special.{_name}", *_operands.split(), results=_results)


def in_double(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Functions that count in double precision, but for empty arrays and some scalars."""
    dims = broadcast(*(kind.dims for kind in kinds if isinstance(kind, Array) and kind.dims))
    wide = (
        (np.dtype(float), np.dtype(int)) if len(kinds) > 1 else (np.dtype(float),)
    )  # of one, empty ones keep it
    double = all(dtype_of(kind) in wide for kind in kinds)
    if not dims or not double or any(isinstance(kind, Array) and kind.dims is None for kind in kinds):
        return ANY
    return Array(np.dtype(float), dims)


def waves(results: int) -> Any:
    """The kind rule of Mathieu and spheroidal wave functions, some of which never return in single precision."""

    def like(*operands: Any) -> Any:
        single = np.can_cast(np.result_type(*operands), np.float32)
        return np.zeros(np.broadcast(*operands).shape, np.float32 if single else float)[()]

    def rule(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> tuple[Kind, ...]:
        return (elementwise(like, kinds, attrs),) * results

    return rule


def sequences(function: Any) -> Any:
    """The kind rule of functions whose results have one size, which is known where the order is."""

    def rule(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> tuple[Kind, ...]:
        order, x = kinds
        known = isinstance(order, Const)
        found = probe(function, (order if known else Const(2), x), attrs)
        if not isinstance(found, Tuple):
            return ANY, ANY
        size = fresh()
        return tuple(
            kind if known or not isinstance(kind, Array) else Array(kind.dtype, (size,))
            for kind in found.items
        )

    return rule


def multigammaln(a: Any, d: int) -> Any:
    """Where it is defined: a must be above (d - 1) / 2."""
    return special.multigammaln(a + d, d)


for _name, (_operands, _results) in _WAVES.items():
    library_function(
        f"scipy.special.{_name}",
        *_operands.split(),
        results=_results,
        elementwise=_results == 1,
        kind=waves(_results),
    )

# --- functions written in Python --------------------------------------------------------------------

library_function("scipy.special.psi", "x", also=("scipy.special.digamma",), elementwise=True)
library_function("scipy.special.polygamma", "n", "x", elementwise=True)
library_function(
    "scipy.special.multigammaln", "a", attributes={"d": None}, signature="a d!",
    kind=lambda kinds, attrs: elementwise(multigammaln, kinds, attrs),
)  # fmt: skip
library_function("scipy.special.lambertw", "z", attributes={"k": 0, "tol": 1e-8}, elementwise=True)
library_function("scipy.special.softplus", "x", elementwise=True)
library_function("scipy.special.zeta", "x", "q", elementwise=True, signature="x q? -out:None")
library_function(
    "scipy.special.factorial", "n", attributes={"extend": "zero"}, elementwise=True, kind=in_double,
    signature="n -exact:False extend",
)  # fmt: skip
library_function(
    "scipy.special.comb",
    "N",
    "k",
    elementwise=True,
    kind=in_double,
    signature="N k * -exact:False -repetition:False",
)
library_function(
    "scipy.special.perm", "N", "k", elementwise=True, kind=in_double, signature="N k -exact:False"
)
for _name in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"):
    library_function(f"scipy.special.{_name}", "v", "z", attributes={"n": 1}, elementwise=True)
for _name in ("jn", "yn", "in", "kn"):
    library_function(
        f"scipy.special.spherical_{_name}", "n", "z", attributes={"derivative": False}, elementwise=True
    )
for _name in ("softmax", "log_softmax"):
    library_function(f"scipy.special.{_name}", "x", attributes={"axis": None})
library_function(
    "scipy.special.logsumexp", "a", "b=", attributes={"axis": None, "keepdims": False},
    signature="a axis b? keepdims -return_sign:False",
)  # fmt: skip

# Sequences of functions of orders up to a given one, each with its derivative.
for _name, _operands in {"lqn": "n z", "lqmn": "m n z", "riccati_jn": "n x", "riccati_yn": "n x"}.items():
    library_function(f"scipy.special.{_name}", *_operands.split(), results=2)
for _name, _operands in {"lmbda": "v x", "pbdn_seq": "n z", "pbdv_seq": "v x", "pbvv_seq": "v x"}.items():
    library_function(
        f"scipy.special.{_name}", *_operands.split(), results=2, kind=sequences(getattr(special, _name, None))
    )

for _name in ("pro_cv_seq", "obl_cv_seq"):
    library_function(f"scipy.special.{_name}", "m", "n", "c")

# Objects that choose one of several ufuncs by their keywords: SciPy from 1.15 on.
for _name, _operands in {"legendre_p": "n z", "sph_legendre_p": "n m theta"}.items():
    for _all in ("", "_all"):
        library_function(
            f"scipy.special.{_name}{_all}", *_operands.split(), attributes={"diff_n": 0},
            signature=f"{_operands} * diff_n",
        )  # fmt: skip
for _all in ("", "_all"):
    library_function(
        f"scipy.special.assoc_legendre_p{_all}", "n", "m", "z",
        attributes={"branch_cut": 2, "norm": False, "diff_n": 0}, signature="n m z * branch_cut norm diff_n",
    )  # fmt: skip
    library_function(
        f"scipy.special.sph_harm_y{_all}", "n", "m", "theta", "phi", signature="n m theta phi * -diff_n:0"
    )
library_function("scipy.special.sph_harm", "m", "n", "theta", "phi", elementwise=True)
library_function("scipy.special.assoc_laguerre", "x", "n", "k", elementwise=True, signature="x n k?")

# --- helpers of the rules ---------------------------------------------------------------------------


def _helper(name: str, *operands: str, order: int | None = None, kind: Any = None) -> None:
    function: Any = getattr(numerics_special, name)
    attributes = {} if order is None else {"order": order}
    declare(
        name, function, *operands, attributes=attributes, elementwise=True, kind=kind, callables=(function,)
    )


for _name in ("exprel_derivative", "erfcx_derivative", "dawsn_derivative"):
    _helper(_name, "x", order=1)
for _name in ("i0_excess", "j0_defect"):
    _helper(_name, "x", order=0)
for _name in ("ive_derivative", "kve_derivative"):
    _helper(_name, "v", "x", order=1)
for _name in (
    "inverse_mills", "mills_gap", "rgamma_slope", "j1_slope", "i1_slope", "trigamma", "ellipk_slope", "ellipkm1_slope",
    "ellipe_slope",
):  # fmt: skip
    _helper(_name, "x")
_helper("psi_growth", "a", "b")
_helper("kolmogorov_derivative", "x", order=1)
_helper("smirnov_derivative", "n", "d", order=1)
_helper("zeta_derivative", "x", "q", order=1)
_helper("chndtr_density", "x", "df", "nc")
_helper("log_normal_moment", "k", "z")
declare(
    "carlson_integral", numerics_special.carlson_integral, "x", "y", "z", "p",
    attributes={"orders": (0, 0, 0, 1)}, elementwise=True, callables=(numerics_special.carlson_integral,),
)  # fmt: skip
for _name in ("mathieu_a_slope", "mathieu_b_slope"):
    _helper(_name, "m", "q", kind=waves(1))
for _name in ("pro_cv_slope", "obl_cv_slope"):
    _helper(_name, "m", "n", "c", kind=waves(1))
for _name in ("ellipkinc_slope", "ellipeinc_slope"):
    _helper(_name, "phi", "m")
