"""The functions of `scipy.special`: ufuncs, but for a few."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc import numerics_special
from tangentc.kinds.dims import broadcast
from tangentc.kinds.probing import elementwise
from tangentc.kinds.types import ANY, Array, Kind, dtype_of
from tangentc.primitives.declare import declare, library_function

# Operands in the order of the function's own signature: all of these work entry by entry, with one result.
_ELEMENTWISE = {
    "x": (
        "expit logit log_expit "
        "erf erfc erfcx erfi dawsn wofz erfinv erfcinv ndtr log_ndtr ndtri ndtri_exp "
        "gamma gammaln loggamma rgamma gammasgn "
        "j0 j1 y0 y1 i0 i1 k0 k1 i0e i1e k0e k1e ellipk ellipkm1 ellipe exp1 expi spence "
        "ber bei ker kei berp beip kerp keip wrightomega entr exprel expm1 log1p exp2 exp10 cbrt cosm1 "
        "sindg cosdg tandg cotdg round itstruve0 itmodstruve0 it2struve0"
    ),
    "v z": "jv yv iv kv ive kve jve yve hankel1 hankel1e hankel2 hankel2e hyp0f1",
    "n x": (
        "yn kn eval_legendre eval_chebyt eval_chebyu eval_chebyc eval_chebys eval_laguerre eval_hermite "
        "eval_hermitenorm eval_sh_legendre eval_sh_chebyt eval_sh_chebyu expn"
    ),
    "a x": "gammainc gammaincc", "a y": "gammaincinv gammainccinv",
    "a b": "beta betaln agm", "a b x": "betainc betaincc hyp1f1 hyperu gdtr gdtrc wright_bessel",
    "a b y": "betaincinv betainccinv", "a b p": "gdtrix", "a b c z": "hyp2f1",
    "x y": "xlogy xlog1py rel_entr kl_div powm1", "delta r": "huber pseudo_huber",
    "x lmbda": "boxcox boxcox1p", "y lmbda": "inv_boxcox inv_boxcox1p",
    "z m": "poch", "n k": "binom", "phi m": "ellipkinc ellipeinc",
    "v x": "struve modstruve chdtr chdtrc", "v p": "chdtri", "h a": "owens_t", "x sigma gamma": "voigt_profile",
    "m v x": "lpmv", "n alpha x": "eval_gegenbauer eval_genlaguerre", "n alpha beta x": "eval_jacobi",
    "n p q x": "eval_sh_jacobi", "k m": "pdtr pdtrc", "k y": "pdtri", "k n p": "bdtr bdtrc nbdtr nbdtrc",
    "k n y": "bdtri nbdtri", "df t": "stdtr", "df p": "stdtrit", "dfn dfd x": "fdtr fdtrc", "dfn dfd p": "fdtri",
    "d m s": "radian",
}  # fmt: skip
_SEVERAL = {
    "airy": ("z", 4), "airye": ("z", 4), "ellipj": ("u m", 4), "kelvin": ("x", 4), "fresnel": ("z", 2),
    "sici": ("x", 2), "shichi": ("x", 2), "itj0y0": ("x", 2), "iti0k0": ("x", 2), "itairy": ("x", 4),
    "pbdv": ("v x", 2), "pbvv": ("v x", 2), "pbwa": ("a x", 2),
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


def multigammaln(a: Any, d: int) -> Any:
    """Where it is defined: a must be above (d - 1) / 2."""
    from scipy import special

    return special.multigammaln(a + d, d)


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

# --- helpers of the rules ---------------------------------------------------------------------------


def _helper(name: str, *operands: str, order: bool = False) -> None:
    function: Any = getattr(numerics_special, name)
    attributes = {"order": 1} if order else {}
    declare(name, function, *operands, attributes=attributes, elementwise=True, callables=(function,))


for _name in ("exprel_derivative", "erfcx_derivative", "dawsn_derivative"):
    _helper(_name, "x", order=True)
for _name in ("ive_derivative", "kve_derivative"):
    _helper(_name, "v", "x", order=True)
for _name in ("inverse_mills", "mills_gap", "rgamma_slope", "j1_slope", "i1_slope"):
    _helper(_name, "x")
_helper("psi_growth", "a", "b")
for _name in ("ellipkinc_slope", "ellipeinc_slope"):
    _helper(_name, "phi", "m")
