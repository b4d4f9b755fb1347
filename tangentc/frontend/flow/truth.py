"""When is a value true: a bool if that is known at compile time, else the condition as an operand."""

from __future__ import annotations

from tangentc.frontend.flow.choices import decide
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    Instance,
    ListValue,
    ObjectValue,
    RangeValue,
    Shape,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import Atom, Literal, Var
from tangentc.kinds.types import Bool, Dict, Function, Tuple, is_container

__all__ = ["truth"]


def truth(context: Context, value: Value) -> bool | Atom:
    """What `if value:` decides on."""
    owner, value = value, context.contents(value)
    match value:
        case Literal():
            return value if is_undefined(value) else bool(value.value)
        case Var(kind=Tuple(items)):
            return bool(items)
        case Choice(options=options):
            found = [truth(context, option) for option in options]
            if not all(isinstance(known, bool) for known in found):
                context.fail("TC101", "the truth of one of several objects is not supported")
            holds = dict(zip(map(id, options), found, strict=True))
            return truth(context, decide(context, value, lambda option: Literal(holds[id(option)])))
        case Var(kind=Function()):
            return True
        case Var(kind=kind) if is_container(kind):
            if isinstance(kind, Dict) and kind.cls is not None:
                known = _of_object(context, owner)
                return context.op("is_not", value, Literal(None)) if known is True else known
            return context.op("bool", value)
        case Var(kind=Bool()) if len(context.facts.get(value, ())) == 1:
            return context.facts[value] == {1}
        case Var():
            return value
        case TupleValue(items=items) | ListValue(items=items):
            return bool(items)
        case DictValue(items):
            return bool(items)
        case ObjectValue():
            return _of_object(context, owner)
        case Shape(array):
            return truth(context, context.op("shape_of", array))
        case Static(obj) | Instance(value=obj):
            return bool(obj)
        case RangeValue():
            return truth(context, context.op("len", context.atom(value)))
    if is_callable(value):
        return True
    context.fail("TC101", f"the truth of a {type(value).__name__.lower()} object is not supported")


def _of_object(context: Context, owner: Value) -> bool | Atom:
    """An object that the program made is true unless its class says otherwise."""

    for name in ("__bool__", "__len__"):
        if defines(context, owner, name):
            return truth(context, call_special(context, owner, name))
    return True
