"""What no derivative flows through: locally constant results, truth values, positions, text, shapes.

`STRUCTURE` lists what the transforms handle themselves, `UNKNOWN` what could have a rule and has none yet:
an active use of one is a MissingRuleError.
"""

from __future__ import annotations

from tangentc.primitives.core import named
from tangentc.rules.registry import nondifferentiable

STRUCTURE = frozenset({
    "tuple", "list", "dict", "item", "call", "print", "raise", "assert", "check_length", "check_single",
    "tape_new", "tape_push", "tape_pop", "tape_len", "tape_cut", "np.errstate", "isinstance",
    "shadows_new", "shadow_of", "shadow_take", "add_at", "iadd", "isub",
    "zero_items", "add_item", "add_items", "add_parts", "part", "placed",
    "list_append", "list_insert", "list_pop", "set_item", "del_item", "saved_item", "restore_item", "stack_items",
    "copied_items",
})  # fmt: skip

UNKNOWN = frozenset({
    "getattr", "math.sumprod", "np.array_split", "np.split", "tolist",
})  # fmt: skip

_CONSTANT = (
    "floordiv", "np.floor_divide", "round", "int", "bool",
    "np.floor", "np.ceil", "np.trunc", "np.rint", "np.fix", "np.round", "np.spacing",
    "math.floor", "math.ceil", "math.trunc", "math.ulp",
    "np.int64", "np.int32", "np.int16", "np.int8", "np.uint64", "np.uint32", "np.uint16", "np.uint8",
    "np.bool_",
    "np.gcd", "np.lcm", "math.gcd", "math.lcm", "math.isqrt", "math.comb", "math.perm", "math.factorial",
    "and_", "or_", "xor", "lshift", "rshift", "invert", "np.invert", "np.left_shift", "np.right_shift",
    "np.bitwise_and", "np.bitwise_or", "np.bitwise_xor",
    "share", "inside", "stop_gradient",
)  # fmt: skip
_TRUTH = (
    "lt", "le", "gt", "ge", "eq", "ne", "is_", "is_not", "contains", "not_",
    "np.less", "np.less_equal", "np.greater", "np.greater_equal", "np.equal", "np.not_equal",
    "np.logical_and", "np.logical_or", "np.logical_xor", "np.logical_not", "np.all", "np.any",
    "np.isnan", "np.isinf", "np.isfinite", "np.isposinf", "np.isneginf", "np.signbit", "np.isclose",
    "np.allclose", "np.array_equal", "np.shares_memory", "np.may_share_memory", "last_writer",
    "math.isnan", "math.isinf", "math.isfinite", "math.isclose",
)  # fmt: skip
_POSITIONS = (
    "np.argmax", "np.argmin", "np.nanargmax", "np.nanargmin",
    "np.argsort", "np.searchsorted", "np.digitize", "np.nonzero", "np.flatnonzero",
    "np.argwhere", "np.count_nonzero", "np.unravel_index", "sorted_order",
)  # fmt: skip
_FACTS = (
    "shape_of", "shape_if_any", "dim", "ndim", "size", "dtype", "len", "list_len", "has_key", "keys_of", "range",
    "format", "str", "repr",
    "np.zeros", "np.ones", "np.empty", "np.eye", "np.identity", "np.tri",
    "np.zeros_like", "np.ones_like", "np.empty_like", "room",
)  # fmt: skip

nondifferentiable(*(named(name) for name in (*_CONSTANT, *_TRUTH, *_POSITIONS, *_FACTS)))
