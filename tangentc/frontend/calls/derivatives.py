"""Derivatives that the program itself takes: `grad(g)(x)` inside a differentiated function.

g is lowered alone, as a function of its arguments; what it reads of its surroundings becomes hidden parameters,
which its own derivative holds constant.  The derivative is then inlined, so that outer derivatives see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import gast
import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.functions.recursion import closed
from tangentc.frontend.standard.builtins import Handler
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.requests import Request
from tangentc.frontend.state.structure import atoms_for, map_tree_vars, map_vars, tree_of, value_of, vars_of
from tangentc.frontend.state.values import (
    Closure,
    Derivative,
    DictValue,
    ListValue,
    Method,
    ObjectValue,
    Partial,
    Pullback,
    Ref,
    Static,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
)
from tangentc.frontend.text.parse import parse
from tangentc.frontend.text.scopes import parameters as parameter_names
from tangentc.ir.copying import free_vars, fresh_copy, substituted
from tangentc.ir.nodes import UNDEF, Atom, Block, Function, Literal, Parameter, Var
from tangentc.ir.trees import atoms_of, unique
from tangentc.kinds.join import widened
from tangentc.kinds.types import Array, Const, Int, can_be_active

__all__ = ["API", "Alone", "call_derivative", "call_pullback", "names_of"]

Args = Sequence[Value]
Kwargs = dict[str, Value]


# --- what users call ------------------------------------------------------------------------------


def _gradient(mode: str) -> Handler:
    def run(context: Context, args: Args, kwargs: Kwargs) -> Value:
        given = dict(zip(("function", "argnums", "has_aux"), args, strict=False)) | kwargs
        function = given.pop("function", None)
        argnums = context.static(given.get("argnums", Literal(0)), "argnums")
        has_aux = bool(context.static(given.get("has_aux", Literal(False)), "has_aux"))
        if function is None:
            return Partial(Static(_marked(mode)), (), dict(given))
        return Derivative(mode, function, tuple(argnums) if isinstance(argnums, list) else argnums, has_aux)

    return run


class _marked:
    """`grad(argnums=1)` waits for its function."""

    def __init__(self, mode: str) -> None:
        self.__tangentc__ = mode


def _derivative(context: Context, args: Args, kwargs: Kwargs) -> Value:
    """derivative(f), which is then called with its arguments."""
    given = dict(zip(("function", "argnums"), args, strict=False)) | kwargs
    argnums = context.static(given.get("argnums", Literal(0)), "argnums")
    return Derivative("derivative", given["function"], argnums)


def _refused(mode: str) -> Handler:
    def run(context: Context, args: Args, kwargs: Kwargs) -> Value:
        return _not_inside(context, mode)

    return run


def _not_inside(context: Context, mode: str) -> NoReturn:
    context.fail(
        "TC101",
        f"{mode} inside a differentiated function is not supported",
        hint="take its products there: jvp, vjp, hvp or grad with their arguments",
    )


def _jvp(context: Context, args: Args, kwargs: Kwargs) -> Value:
    """jvp(f, primals, tangents) -> (y, y_dot)."""
    function, primals, tangents = _paired(context, args, kwargs)
    return _along(context, Derivative("jvp", function), primals, tangents)


def _hvp(context: Context, args: Args, kwargs: Kwargs) -> Value:
    """hvp(f, primals, tangents): the tangent of the gradient."""
    function, primals, tangents = _paired(context, args, kwargs)
    is_bare = not isinstance(args[1] if len(args) > 1 else kwargs["primals"], (TupleValue, ListValue))
    argnums = _given(tangents)
    result = _along(context, Derivative("jvp", Derivative("grad", function, argnums)), primals, tangents)
    if is_undefined(result):
        return UNDEF
    products = dict(zip(argnums, children(children(result)[1]), strict=True))
    entries = tuple(products.get(i, Literal(None)) for i in range(len(primals)))
    return entries[0] if is_bare else TupleValue(entries)


def _paired(context: Context, args: Args, kwargs: Kwargs) -> tuple[Value, Args, Args]:
    given = dict(zip(("function", "primals", "tangents"), args, strict=False)) | kwargs
    if set(given) != {"function", "primals", "tangents"}:
        context.fail("TC115", "a function, primals and tangents are needed here")

    def entries(value: Value) -> Args:
        return value.items if isinstance(value, (TupleValue, ListValue)) else (value,)

    primals, tangents = entries(given["primals"]), entries(given["tangents"])
    if len(primals) != len(tangents):
        context.fail("TC115", f"there are {len(primals)} primals and {len(tangents)} tangents")
    return given["function"], primals, tangents


def _given(tangents: Args) -> tuple[int, ...]:
    return tuple(
        i for i, value in enumerate(tangents) if not (isinstance(value, Literal) and value.value is None)
    )


def _vjp(context: Context, args: Args, kwargs: Kwargs) -> Value:
    """vjp(f, *primals) -> (y, pullback)."""
    function, *primals = args
    has_aux = bool(context.static(kwargs.get("has_aux", Literal(False)), "has_aux"))
    if has_aux:
        context.fail("TC101", "vjp with has_aux inside a differentiated function is not supported")
    argnums = tuple(i for i, value in enumerate(primals) if any(_is_real(leaf) for leaf in _leaves(value)))
    value = apply(context, function, primals, {})
    return TupleValue((value, Pullback(function, tuple(primals), argnums)))


def _leaves(value: Value) -> list[Value]:
    parts = children(value)
    if not parts and not isinstance(value, (TupleValue, ListValue, DictValue, ObjectValue)):
        return [value]
    return [leaf for part in parts for leaf in _leaves(part)]


def _is_real(leaf: Value) -> bool:
    if isinstance(leaf, Var):
        return can_be_active(leaf.kind)
    return isinstance(leaf, Literal) and isinstance(leaf.value, (float, complex))


def _stop_gradient(context: Context, args: Args, _: Kwargs) -> Value:
    (value,) = args
    return map_vars(lambda var: context.op("stop_gradient", var), value)


API: dict[str, Callable[[Context, Args, Kwargs], Value]] = {
    "grad": _gradient("grad"),
    "value_and_grad": _gradient("value_and_grad"),
    "jvp": _jvp,
    "hvp": _hvp,
    "vjp": _vjp,
    "derivative": _derivative,
    "stop_gradient": _stop_gradient,
    **{mode: _refused(mode) for mode in ("jacobian", "jacfwd", "jacrev", "hessian")},
}


# --- taking the derivative --------------------------------------------------------------------------


def call_derivative(context: Context, value: Derivative, args: Args, kwargs: Kwargs) -> Value:
    """`grad(g)(*args, **kwargs)`."""
    if value.mode == "derivative":
        return _elementwise(context, value, args, kwargs)
    if value.mode not in ("grad", "value_and_grad"):
        _not_inside(context, value.mode)
    alone = Alone.of(context, value.function, args, kwargs, value.argnums)
    if alone is None:
        return UNDEF
    return alone.inlined(context, _derive(context, alone.function, value), ())


def _elementwise(context: Context, value: Derivative, args: Args, kwargs: Kwargs) -> Value:
    """`derivative(g)(*args)`: the tangent along all ones."""
    position = value.argnums
    if kwargs or not isinstance(position, int) or not -len(args) <= position < len(args):
        context.fail(
            "TC101",
            "inside a differentiated function, derivative takes positional arguments and one position",
        )
    tangents: list[Value] = [Literal(None)] * len(args)
    tangents[position] = _ones(context, args[position])
    result = _along(context, Derivative("jvp", value.function), args, tangents)
    return UNDEF if is_undefined(result) else children(result)[1]


def _ones(context: Context, value: Value) -> Value:
    """Ones in the structure of a value."""
    parts = children(value)
    if parts:
        return rebuilt(value, tuple(_ones(context, part) for part in parts))
    if isinstance(value, Var) and isinstance(value.kind, Array):
        return apply(context, Static(np.ones_like), (value,), {})
    return Literal(1.0)


def _along(context: Context, value: Derivative, primals: Args, tangents: Args) -> Value:
    argnums = _given(tangents)
    alone = Alone.of(context, value.function, primals, {}, argnums)
    if alone is None:
        return UNDEF
    seeds: list[Atom] = []
    for position in argnums:
        leaves = atoms_of(alone.function.parameters[position].tree)
        given = _leaves(tangents[position])
        if len(leaves) != len(given):
            context.fail(
                "TC115", f"the tangent of argument {position} has another structure than the argument"
            )
        seeds += [
            context.atom(seed) for leaf, seed in zip(leaves, given, strict=True)
            if isinstance(leaf, Var) and can_be_active(leaf.kind)
        ]  # fmt: skip
    derived = _derive(context, alone.function, Derivative("jvp", value.function, argnums))
    return alone.inlined(context, derived, seeds)


def call_pullback(context: Context, value: Pullback, args: Args) -> Value:
    """`pullback(y_bar)`: the cotangents of the primals, None where there is none."""
    (cotangent,) = args
    alone = Alone.of(context, value.function, value.primals, {}, value.argnums)
    if alone is None:
        return UNDEF
    outputs, given = atoms_of(alone.function.result), _leaves(cotangent)
    if len(outputs) != len(given):
        context.fail("TC115", "the cotangent has another structure than the result")
    derived = _derive(context, alone.function, Derivative("adjoint", value.function, value.argnums))
    seeds = [
        context.atom(seed) for output, seed in zip(outputs, given, strict=True)
        if isinstance(output, Var) and can_be_active(output.kind)
    ]  # fmt: skip
    result = alone.inlined(context, derived, seeds)
    bars = dict(zip(value.argnums, children(children(result)[1]), strict=True))
    return TupleValue(tuple(bars.get(i, Literal(None)) for i in range(len(value.primals))))


def _derive(context: Context, function: Function, value: Derivative) -> Function:
    if context.derive is None:
        context.fail("TC101", "a derivative inside the program is not supported here")
    return context.derive(function, Request(value.mode, function.name, value.argnums, value.has_aux))


class Alone:
    """A function of the program lowered by itself, with the operands that its parameters stand for."""

    def __init__(self, function: Function, operands: list[Atom], outer: list[Atom]) -> None:
        self.function = function
        self.operands = operands
        self.outer = outer

    @staticmethod
    def of(context: Context, callee: Value, args: Args, kwargs: Kwargs, argnums: Any) -> Alone | None:
        """Lower `callee` for such arguments; None in a pass that will be repeated."""
        if any(is_undefined(leaf) for value in (*args, *kwargs.values()) for leaf in _leaves(value)):
            return None
        names = _names(context, callee, len(args))
        wanted = argnums if isinstance(argnums, tuple) else (argnums,)
        templates: list[Value] = []
        operands: list[Atom] = []
        parameters: list[Parameter] = []
        for position, (name, value) in enumerate((*zip(names, args, strict=True), *kwargs.items())):
            if position in wanted or position - len(args) in wanted or name in wanted:
                value = _as_float(context, value)
            template = _parameter(context, value, name)
            operands += atoms_for(context, template, value)
            templates.append(template)
            tree = tree_of(context, template) if vars_of(template) else Var(Const(None), name)
            if not vars_of(template):
                operands.append(Literal(None))
            parameters.append(Parameter(name, "POSITIONAL_OR_KEYWORD", tree))
        environment = dict(context.environment)
        with context.alone(), context.builder.nested() as nodes:
            given = [context.own(template) for template in templates]
            result = apply(
                context, callee, given[: len(args)], dict(zip(kwargs, given[len(args) :], strict=True))
            )
            if is_undefined(result):
                context.environment = environment
                return None
            tree = tree_of(context, result)
        own = {value.key for _, value in context.captures.adopted.values() if isinstance(value, Ref)}
        if not own.issuperset(context.changed_cells(environment)):
            context.fail(
                "TC107", "a function whose derivative is taken here changes a list, dict or object of the program",
                hint="return the value instead",
            )  # fmt: skip
        context.environment = environment
        params = [a for p in parameters for a in atoms_of(p.tree) if isinstance(a, Var)]
        body = Block(tuple(params), tuple(nodes), atoms_of(tree))
        function = closed(
            Function(
                names_of(callee),
                tuple(parameters),
                body,
                tree,
                context.builder.span,
                "",
                dict(context.callees),
            )
        )
        outer = free_vars(function.body)
        inner = {var: Var(var.kind, var.name) for var in outer}
        taken = {p.name for p in parameters}
        hidden = []
        for var in outer:
            hidden.append(Parameter(unique(var.name or "v", taken), "hidden", inner[var], origin=var.name))
        body = substituted(function.body, dict(inner))
        body = Block((*params, *inner.values()), body.nodes, body.yields)
        tree = map_tree_vars(function.result, dict(inner))
        function = Function(
            function.name, (*parameters, *hidden), body, tree, function.span, "", function.callees
        )
        return Alone(function, operands, list(outer))

    def inlined(self, context: Context, derived: Function, seeds: Sequence[Atom]) -> Value:
        """The result of the derivative at these operands, its nodes appended."""
        hidden = [p for p in derived.parameters if p.kind == "hidden"]
        plain = [p for p in derived.parameters if p.kind != "hidden"]
        params = [a for p in (*plain, *hidden) for a in atoms_of(p.tree) if isinstance(a, Var)]
        known: dict[Var, Atom] = dict(zip(params, (*self.operands, *seeds, *self.outer), strict=True))
        body = fresh_copy(Block((), derived.body.nodes, derived.body.yields), known)
        context.builder.nodes.extend(body.nodes)
        context.callees.update(derived.callees)
        by = {id(old): new for old, new in zip(derived.body.yields, body.yields, strict=True)}
        return value_of(_replaced(derived.result, by))


def _replaced(tree: Any, by: dict[int, Atom]) -> Any:
    if isinstance(tree, (tuple, list)):
        return type(tree)(_replaced(item, by) for item in tree)
    if isinstance(tree, dict):
        return {key: _replaced(item, by) for key, item in tree.items()}
    return by.get(id(tree), tree)


def _as_float(context: Context, value: Value) -> Value:
    """An int in a differentiated position is meant as a float."""
    match value:
        case Literal(bool()):
            return value
        case Literal(int() as number):
            return Literal(float(number))
        case Var(kind=Int()):
            return context.op("float", value)
    return value


def _parameter(context: Context, value: Value, name: str) -> Value:
    """A template for an argument: numbers become parameters, other constants stay."""
    match value:
        case Var(kind=kind):
            template = Var(kind, name)
            path = context.path_of(value)
            if path is not None:  # as an `axis` it becomes a constant, as the argument itself would
                context.paths[template] = path
            return template
        case Literal(float() | complex() as number):
            return Var(widened(Const(number)), name)
    parts = children(value)
    if not parts or not isinstance(value, (TupleValue, ListValue, DictValue, ObjectValue)):
        return value
    return rebuilt(value, tuple(_parameter(context, part, f"{name}_{i}") for i, part in enumerate(parts)))


def names_of(callee: Value) -> str:
    """A name for a function that is lowered alone."""
    match callee:
        case Closure(name=name):
            return name if name.isidentifier() else "inner"
        case Static(function):
            name = getattr(function, "__name__", "inner")
            return name if name.isidentifier() else "inner"
        case Method(function, _) | Partial(function, _, _) | Derivative(function=function):
            return names_of(function)
    return "inner"


def definition_of(callee: Value) -> gast.FunctionDef | gast.Lambda | None:
    """Where the program defines a function that is called as it is."""
    match callee:
        case Closure(node):
            return node
        case Static(function) if isinstance(getattr(function, "__code__", None), type(_names.__code__)):
            node = parse(function).node
            assert isinstance(node, (gast.FunctionDef, gast.Lambda))
            return node
    return None


def _names(context: Context, callee: Value, count: int) -> list[str]:
    """Names for the positional arguments of a callee."""
    while isinstance(callee, Derivative):
        callee = callee.function
    node = definition_of(callee)
    names = [] if node is None else parameter_names(node)
    spare = (f"x{i + 1}" for i in range(len(names), count))
    taken: set[str] = set()
    return [unique(name, taken) for name in (*names[:count], *spare)]
