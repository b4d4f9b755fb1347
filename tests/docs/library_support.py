"""What has a derivative, by introspection: the tables of docs/numpy-support.md.

A public name that is in none of the tables below, and has neither a rule nor a meaning of its own to the compiler, is
"unlisted": a new release of a library that adds one makes the test say so.
"""

from __future__ import annotations

import importlib
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import tangentc.frontend.lower  # noqa: F401
import tangentc.rules.table  # noqa: F401
from tangentc.frontend.calls.bound import bound_call_of
from tangentc.frontend.standard.builtins import BUILTINS
from tangentc.primitives.core import find
from tangentc.rules.registry import rule_of

__all__ = ["NAMESPACES", "Entry", "entries", "page"]

NAMESPACES = (
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "scipy.special",
    "scipy.linalg",
    "scipy.fft",
    "scipy.integrate",
    "scipy.optimize",
)

# Names that run as they are; a differentiated value that goes into one is an error (TC202).
PASSIVE = {
    "numpy": """
        array2string array_repr array_str bartlett base_repr binary_repr bitwise_count blackman busday_count
        busday_offset datetime_as_string datetime_data diag_indices einsum_path format_float_positional
        format_float_scientific from_dlpack frombuffer fromfile fromregex fromstring genfromtxt get_include
        get_printoptions getbufsize geterr geterrcall hamming hanning histogram_bin_edges info is_busday
        isdtype isfortran isnat issubdtype kaiser load loadtxt mask_indices mintypecode packbits
        printoptions save savetxt savez savez_compressed set_printoptions setbufsize seterr seterrcall
        show_config show_runtime test tril_indices triu_indices typename unpackbits in1d row_stack disp
        byte_bounds safe_eval deprecate add_newdoc recfromcsv recfromtxt
        """,
    "numpy.linalg": "test",
    "numpy.fft": "test",
    "scipy.special": """
        ai_zeros bei_zeros beip_zeros ber_zeros bernoulli berp_zeros bi_zeros c_roots cg_roots erf_zeros
        euler fresnel_zeros fresnelc_zeros fresnels_zeros geterr h_roots he_roots j_roots jn_zeros
        jnjnp_zeros jnp_zeros jnyn_zeros js_roots kei_zeros keip_zeros kelvin_zeros ker_zeros kerp_zeros
        l_roots la_roots p_roots ps_roots roots_chebyc roots_chebys roots_chebyt roots_chebyu
        roots_gegenbauer roots_genlaguerre roots_hermite roots_hermitenorm roots_jacobi roots_laguerre
        roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_jacobi roots_sh_legendre s_roots seterr
        stirling2 t_roots ts_roots u_roots us_roots y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros diric
        factorial2 factorialk
        """,
    "scipy.linalg": """
        bandwidth find_best_blas_type fiedler fiedler_companion get_blas_funcs get_lapack_funcs hadamard
        helmert hilbert invhilbert invpascal ishermitian issymmetric pascal dft leslie
        """,
    "scipy.fft": """
        fftfreq rfftfreq get_workers next_fast_len prev_fast_len register_backend set_backend
        set_global_backend set_workers skip_backend fhtoffset
        """,
    "scipy.integrate": "lebedev_rule newton_cotes",
    "scipy.optimize": """
        approx_fprime bracket check_grad line_search linprog_verbose_callback rosen_hess rosen_hess_prod show_options
        """,
}

# Names with a derivative that is not given, and why; by namespace, then by reason.
REFUSED = {
    "numpy": {
        "matrices and polynomials are classes of their own": "asmatrix bmat poly1d",
        "several arrays at once are iterated with np.ndindex instead": "nested_iters",
        "the kind of the result depends on the values": "real_if_close",
        "leading zeros of the remainder are cut off where they are small enough": "polydiv",
        "the edges of the bins depend on the data": "histogram2d histogramdd",
    },
    "scipy.special": {
        "returns an object": "chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm jacobi laguerre "
        "legendre sh_chebyt sh_chebyu sh_jacobi sh_legendre",
        "inverts a distribution in a parameter in which its derivative is not known": """
            bdtrik bdtrin btdtria btdtrib chdtriv chndtridf fdtridfd gdtrib nbdtrik nbdtrin ncfdtridfd
            ncfdtridfn nctdtridf pdtrik stdtridf
            """,
        "neither the derivative nor the equation's constants are functions of SciPy": """
            ellip_harm ellip_harm_2 ellip_normal
            """,
        "coefficients of a series, whose derivatives are no functions of SciPy": """
            mathieu_even_coef mathieu_odd_coef
            """,
    },
    "scipy.linalg": {
        "the matrix does not determine the basis": "cdf2rdf cossin hessenberg null_space ordqz orth qz rsf2csf schur",
        "pivots and scales jump with the values": "ldl matrix_balance",
        "the derivative of the function that is applied is not known to it": "funm",
        "estimated, not computed": "expm_cond",
        "random": "clarkson_woodruff_transform",
        "turns given factors, which are no free variables: use `qr` of the changed matrix": """
            qr_delete qr_insert qr_update
            """,
    },
    "scipy.integrate": {
        "chooses its mesh as it goes": "solve_bvp",
        "random": "qmc_quad",
    },
    "scipy.optimize": {
        "finds a corner, which jumps": "linprog milp",
        "stops near a minimum": "brute direct",
        "searches among permutations": "quadratic_assignment",
    },
}

NOT_YET = {
    "scipy.integrate": "cubature cumtrapz nsum quadrature romberg simps tanhsinh trapz",
    "scipy.optimize": """
        fmin_cobyla fmin_powell fmin_slsqp fmin_tnc isotonic_regression
        """,
}


@dataclass(frozen=True)
class Entry:
    """One public name: its status, and in which arguments it has a derivative or why it has none."""

    name: str
    status: str  # "differentiable", "constant", "program", "solver", "passive", "refused", "not yet", or "unlisted"
    detail: str = ""


def entries(namespace: str) -> Iterator[Entry]:
    """Every public function of a module, in the installed version."""
    module = importlib.import_module(namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are on their way out
        for name in sorted(getattr(module, "__all__", dir(module))):
            found = getattr(module, name, None)
            if not name.startswith("_") and callable(found) and not _is_data(found):
                yield _entry(namespace, name, found)


def _is_data(found: Any) -> bool:
    """Types of numbers, and other classes: nothing to differentiate."""
    if isinstance(found, type):
        return found not in BUILTINS and find(found) is None
    return isinstance(found, types.ModuleType)


def _entry(namespace: str, name: str, function: Any) -> Entry:
    primitive = find(function)
    rule = None if primitive is None else rule_of(primitive)
    if primitive is not None and rule is not None:
        if rule.function is None:
            return Entry(name, "constant")
        moving = [
            operand.lstrip("*")
            for place, operand in enumerate(primitive.operands)
            if f"d{rule.operands[min(place, len(rule.operands) - 1)]}" in rule.tangents
        ]
        return Entry(name, "differentiable", ", ".join(f"`{operand}`" for operand in moving))
    if function in BUILTINS:
        return Entry(name, "program")
    if name in PASSIVE.get(namespace, "").split():
        return Entry(name, "passive")
    for reason, names in REFUSED.get(namespace, {}).items():
        if name in names.split():
            return Entry(name, "refused", reason)
    if bound_call_of(function) is not None:
        return Entry(name, "solver")
    waiting = NOT_YET.get(namespace, "").split()
    return Entry(name, "not yet" if name in waiting or "*" in waiting else "unlisted")


_TITLES = {
    "differentiable": "With a rule, by the arguments in which they have a derivative",
    "program": "Written as what they are made of, so that every argument counts",
    "solver": "With the derivative of what they find ([solvers](solvers.md))",
    "constant": "Locally constant, or no numbers: no derivative flows",
    "passive": "Run as they are; a differentiated value that goes in is an error (TC202)",
    "refused": "Refused with an error",
    "not yet": "Not yet: an error (TC202)",
}


def page(namespace: str) -> str:
    """The tables of one module."""
    found = list(entries(namespace))
    shown = [f"\n## {namespace}\n"]
    for status, title in _TITLES.items():
        chosen = [entry for entry in found if entry.status == status]
        if not chosen:
            continue
        shown.append(f"\n{title} ({len(chosen)}):\n")
        by_detail = sorted(chosen, key=lambda entry: (entry.detail, entry.name))
        for detail, group in groupby(by_detail, key=lambda entry: entry.detail):
            names = ", ".join(f"`{entry.name}`" for entry in group)
            shown.append(f"\n- {detail}: {names}" if detail else f"\n{names}")
        shown.append("\n")
    return "".join(shown)
