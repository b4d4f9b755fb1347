"""What the table says of a primitive besides its kind: aliasing, reads, spelling, callables."""

from __future__ import annotations

import inspect
import math
import warnings

import numpy as np
import pytest

import tangentc.primitives.table  # noqa: F401
from tangentc import (
    numerics,
    numerics_factors,
    numerics_filters,
    numerics_integrals,
    numerics_interpolation,
    numerics_matrices,
    numerics_sparse,
    numerics_special,
)
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.primitives.core import Alias, Syntax, find, named, register, registered
from tangentc.primitives.infer import infer
from tests.kinds.worlds import World
from tests.primitives.test_infer import FAMILIES, ROWS


def arrays(value):
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, (tuple, list)):
        return [array for item in value for array in arrays(item)]
    return []


def runs(name, seeds=range(3)):
    """(primitive, operands, attributes, result) of every row that works."""
    primitive = named(name)
    for seed in seeds:
        world = World(seed)
        for row, kinds, attrs in ROWS:
            if row != name:
                continue
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    values = [world.value(kind) for kind in kinds]
                    yield primitive, values, attrs, primitive.function(*values, **attrs)
            except Exception:
                continue


@pytest.mark.parametrize("name", FAMILIES)
def test_aliasing_is_as_declared(name):
    if name in ("tuple", "list", "dict"):
        pytest.skip("containers hold references")
    for primitive, values, attrs, result in runs(name):
        sources = arrays(values)
        alias = primitive.alias_of(tuple(kind_of_value(value, Pattern()) for value in values), attrs)
        for made in arrays(result):
            shared = any(np.shares_memory(made, source) for source in sources)
            if alias is Alias.FRESH:
                assert not shared, f"{name} {[np.shape(v) for v in values]} {attrs} is a view"
            if alias is Alias.VIEW and sources and made.size and isinstance(values[0], np.ndarray):
                assert np.shares_memory(made, values[0]), f"{name} {attrs} is no view"


@pytest.mark.parametrize("name", [name for name in FAMILIES if not named(name).reads])
def test_what_does_not_read_its_operand_does_not_depend_on_it(name):
    for primitive, values, attrs, result in runs(name):
        if name in ("is_", "is_not") or not all(isinstance(value, np.ndarray) for value in values):
            continue
        again = primitive.function(
            *(value * 2 + 1 if value.dtype != bool else ~value for value in values), **attrs
        )
        if name != "np.empty_like":
            assert np.array_equal(result, again) or arrays(again) == [] and result == again or name == "len"


def test_syntax_fits_the_operands():
    for primitive in registered():
        variadic = [name for name in primitive.operands if name.startswith("*")]
        assert len(variadic) <= 1 and (not variadic or primitive.operands[-1] == variadic[0])
        match primitive.syntax:
            case Syntax.BINARY:
                assert len(primitive.operands) == 2 and not primitive.attributes
            case Syntax.UNARY | Syntax.ATTRIBUTE:
                assert len(primitive.operands) == 1 and not primitive.attributes
            case Syntax.METHOD:
                assert len(primitive.operands) >= 1
        assert primitive.spelling


@pytest.mark.parametrize("primitive", [p for p in registered() if p.attributes], ids=lambda p: p.name)
def test_an_attribute_that_is_left_out_means_its_default(primitive):
    """An attribute that equals its default is kept nowhere; what must be given has None, which nobody gives."""
    try:
        parameters = inspect.signature(primitive.function).parameters
    except ValueError:  # older versions of NumPy have builtins without one
        return
    for name, default in primitive.attributes.items():
        if name not in parameters:
            assert any(p.kind is p.VAR_KEYWORD for p in parameters.values())
            continue
        own = parameters[name].default
        if own is inspect.Parameter.empty:
            assert default is None
        elif repr(own) != "<no value>":
            assert type(own) is type(default) and own == default


def test_a_dotted_name_spells_the_function():
    for primitive in registered():
        root, _, rest = primitive.name.partition(".")
        if root in ("np", "math") and primitive.name != "np.errstate":  # which `with` enters
            value = {"np": np, "math": math}[root]
            for part in rest.split("."):
                value = getattr(value, part)
            assert find(value) is primitive


def test_plain_function_names_are_builtins_or_numerics():
    for primitive in registered():
        if primitive.syntax is Syntax.CALL and "." not in primitive.name:
            assert (
                hasattr(numerics, primitive.spelling)
                or hasattr(numerics_special, primitive.spelling)
                or hasattr(numerics_factors, primitive.spelling)
                or hasattr(numerics_filters, primitive.spelling)
                or hasattr(numerics_matrices, primitive.spelling)
                or hasattr(numerics_integrals, primitive.spelling)
                or hasattr(numerics_interpolation, primitive.spelling)
                or hasattr(numerics_sparse, primitive.spelling)
                or primitive.spelling in dir(__builtins__)
                or (primitive.spelling in __builtins__)
            )


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        (np.abs, "np.absolute"), (np.conj, "np.conjugate"), (np.concat, "np.concatenate"), (np.amax,
            "np.max"),
        (np.around, "np.round"), (np.true_divide, "np.divide"), (np.mod, "np.remainder"), (np.pow,
            "np.power"),
        (np.asin, "np.arcsin"), (np.atan2, "np.arctan2"), (np.permute_dims, "np.transpose"), (abs, "abs"),
        (np.linalg.matmul, "np.matmul"), (np.shape, "shape_of"), (numerics.stop_gradient, "stop_gradient"),
    ],
)  # fmt: skip
def test_every_spelling_is_found(spelling, name):
    assert find(spelling).name == name
    assert find(spelling) is named(name)


def test_other_names_are_understood():
    assert named("np.abs") is named("np.absolute")
    with pytest.raises(KeyError):
        named("np.nothing")


def test_registering_twice_is_an_error():
    with pytest.raises(ValueError, match="registered twice"):
        register(named("np.sin"))
    assert find([]) is None


def test_effects_have_no_result():
    for name in ("print", "raise", "assert", "tape_push", "add_at", "check_single"):
        assert infer(named(name), (), {}) == ()
