"""The functions that users ask for, put together from the tangent and adjoint transforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tangentc.analysis.aliasing import aliasing
from tangentc.analysis.regions import regions
from tangentc.errors import DifferentiationError
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Atom, Block, Function, Literal, Parameter, Tree, Var, kind_of
from tangentc.ir.trees import atoms_of, map_tree
from tangentc.kinds.records import class_of_tree
from tangentc.kinds.types import COMPLEX, FLOAT, INT, Array, Const, Dim, Kind, Size, Symbol, can_be_active
from tangentc.kinds.types import Any as AnyKind
from tangentc.transform.adjoint import adjoint
from tangentc.transform.entry import copy_written
from tangentc.transform.headings import FORWARD, REVERSE
from tangentc.transform.split import function_like
from tangentc.transform.tangent import tangent

__all__ = [
    "adjoint_function", "gradient_function", "pullback_function", "tangent_function", "wrt_parameters",
]  # fmt: skip

Argnums = int | str | tuple[int | str, ...]


def wrt_parameters(function: Function, argnums: Argnums) -> list[Tree]:
    """The trees of the differentiated parameters, in the order asked for.

    Raises: DifferentiationError: TC303, no such parameter.
    """
    positional = [p for p in function.parameters if p.kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
    flat: list[Tree] = [p.tree for p in positional]
    star = next((p for p in function.parameters if p.kind == "VAR_POSITIONAL"), None)
    if star is not None:
        flat += list(star.tree)
    by_name = {p.name: p.tree for p in function.parameters if p.kind != "hidden"}
    for parameter in function.parameters:
        if parameter.kind == "VAR_KEYWORD":
            by_name = {**parameter.tree, **by_name}
    found = []
    for argnum in argnums if isinstance(argnums, tuple) else (argnums,):
        if isinstance(argnum, str):
            if argnum not in by_name:
                raise DifferentiationError(
                    "TC303", f"{function.name} has no parameter {argnum!r}", function.span,
                    "its parameters are " + ", ".join(by_name),
                )  # fmt: skip
            found.append(by_name[argnum])
        else:
            if not -len(flat) <= argnum < len(flat):
                raise DifferentiationError(
                    "TC303", f"argnums={argnum}, but {function.name} is called with {len(flat)} positional arguments",
                    function.span, "count the arguments from 0, or give their names",
                )  # fmt: skip
            found.append(flat[argnum])
    return found


def _leaves(trees: Sequence[Tree]) -> list[Var]:
    """The Vars in differentiated parameters that can carry a derivative."""
    found = [a for tree in trees for a in atoms_of(tree) if isinstance(a, Var) and can_be_active(a.kind)]
    return list(dict.fromkeys(found))


def _gradient_tree(trees: Sequence[Tree], bars: dict[Var, Atom], single: bool) -> Tree:
    none = Literal(None)
    results = [map_tree(lambda a: bars.get(a, none) if isinstance(a, Var) else none, tree) for tree in trees]
    return results[0] if single else tuple(results)


def _named_results(function: Function) -> Function:
    """Give a returned temporary a name for the reader."""
    atoms = [a for a in function.body.yields if isinstance(a, Var) and not a.name and a.of is None]
    base = "y" if all(var.name != "y" for var in regions(function).home) else "result"
    for position, value in enumerate(dict.fromkeys(atoms)):
        Builder.name(value, None, "", base if len(set(atoms)) == 1 else f"{base}{position + 1}")
    return function


def tangent_function(function: Function, argnums: Argnums) -> Function:
    """(x, x_dot) -> (y, y_dot): one tangent parameter for each differentiated leaf, after the others."""
    function = _named_results(function)
    trees = wrt_parameters(function, argnums)
    leaves = _leaves(trees)
    seeds = {leaf: Var(leaf.kind, of=leaf, role="dot") for leaf in leaves}
    taken = {p.name for p in function.parameters}
    prepared = copy_written(function)
    callees = dict(function.callees)
    found = tangent(prepared, seeds, callees)
    dots = iter(found.dots)
    dot_tree = map_tree(lambda _: _or_zero(next(dots)), prepared.result)
    parameters = [*(p for p in function.parameters if p.kind != "hidden")]
    parameters += [
        Parameter(_unused(f"{leaf.name}_dot", taken), "seed", seed) for leaf, seed in seeds.items()
    ]
    parameters += [p for p in function.parameters if p.kind == "hidden"]
    doc = f"Tangent of {_origin(function)}, along {_names(function, leaves)}."
    name = f"{function.name}_tangent"
    derived = function_like(function, name, parameters, found.nodes, (prepared.result, dot_tree), doc)
    return replace(derived, callees=callees)


def _or_zero(dot: Atom | None) -> Atom:
    return Literal(0.0) if dot is None else dot


def adjoint_function(function: Function, argnums: Argnums, *, has_aux: bool = False) -> Function:
    """(x, y_bar) -> (y, x_bar): the joint form with a seed for each differentiable output."""
    return _reverse(function, argnums, mode="adjoint", has_aux=has_aux)


def pullback_function(function: Function, argnums: Argnums, *, has_aux: bool = False) -> Function:
    """(x, seed) -> (y, x_bar): the joint form with one seed that is structured as the output."""
    return _reverse(function, argnums, mode="vjp", has_aux=has_aux)


def gradient_function(
    function: Function, argnums: Argnums, *, value: bool, has_aux: bool = False
) -> Function:
    """x -> x_bar, or (y, x_bar), of a function with one output element.

    Raises: DifferentiationError: TC301, the output is no scalar.
    """
    return _reverse(function, argnums, mode="value_and_grad" if value else "grad", has_aux=has_aux)


def _reverse(function: Function, argnums: Argnums, *, mode: str, has_aux: bool) -> Function:
    function = _named_results(function)
    trees = wrt_parameters(function, argnums)
    leaves = _leaves(trees)
    prepared = copy_written(function)
    seeds, seed_parameters = _seeds(prepared, mode, has_aux)
    checked = prepared if mode in ("adjoint", "vjp") else _check_single(prepared, has_aux)
    callees = dict(function.callees)
    found = adjoint(checked, leaves, seeds, callees)
    value_tree, saved = _returned(checked, mode, has_aux)
    bars = dict(zip(leaves, found.bars, strict=True))
    gradient = _gradient_tree(trees, bars, not isinstance(argnums, tuple))
    result = gradient if value_tree is None else (value_tree, gradient)
    nodes = (FORWARD, *found.forward, *saved, REVERSE, *found.reverse)
    parameters = [p for p in function.parameters if p.kind != "hidden"]
    parameters += seed_parameters
    parameters += [p for p in function.parameters if p.kind == "hidden"]
    suffix = "grad" if mode == "grad" else "adjoint"
    doc = f"Adjoint of {_origin(function)}, with respect to {_names(function, leaves)}."
    derived = function_like(function, f"{function.name}_{suffix}", parameters, nodes, result, doc)
    return replace(derived, callees=callees)


def _outputs(function: Function, has_aux: bool) -> Tree:
    """The part of the result that is differentiated.

    Raises: DifferentiationError: TC305, has_aux without a pair; TC307, the function returns None.
    """
    result = function.result
    if has_aux:
        if not (isinstance(result, (tuple, list)) and len(result) == 2):
            raise DifferentiationError(
                "TC305",
                f"has_aux=True, but {function.name} does not return a pair (output, aux)",
                function.span,
            )
        result = result[0]
    if isinstance(result, Literal) and result.value is None:
        raise DifferentiationError(
            "TC307", f"{function.name} returns None, which has no derivative", function.span,
            "return the output, also where it is left in an argument",
        )  # fmt: skip
    return result


def _array_of(output: Tree) -> Tree:
    """The array of an output that stands for one; any other as it is."""
    only = getattr(class_of_tree(output), "__tangentc_array__", None)
    return output if only is None else output[only]


def _seeds(function: Function, mode: str, has_aux: bool) -> tuple[list[Atom | None], list[Parameter]]:
    """A cotangent for each yield: 1.0 for a gradient, a parameter `y_bar` for the adjoint."""
    output = _outputs(function, has_aux)
    taken = {p.name for p in function.parameters}
    if mode == "vjp":
        tree = map_tree(_seed, output)
        pairs = zip(atoms_of(output), atoms_of(tree), strict=True)
        seeds = [seed if can_be_active(_numeric(kind_of(value))) else None for value, seed in pairs]
        rest = len(function.body.yields) - len(seeds)
        return [*seeds, *(None,) * rest], [Parameter(_unused(_seed_name(output), taken), "seed", tree)]
    output = _array_of(output)
    outputs = [a for a in atoms_of(output) if can_be_active(_numeric(kind_of(a)))]
    if mode != "adjoint":
        if len(outputs) != 1 or isinstance(output, (dict, list, tuple)):
            raise DifferentiationError(
                "TC301", f"{function.name} has no single real output, and a gradient needs one", function.span,
                "return one number, or use jvp, vjp or jacobian",
            )  # fmt: skip
        table: dict[Atom, Atom] = {outputs[0]: Literal(1.0)}
        return [table.get(value) for value in function.body.yields], []
    parameters: list[Parameter] = []
    given: list[Atom | None] = []
    wanted = list(outputs)
    for value in function.body.yields:
        if value in wanted and isinstance(value, Var):
            wanted.remove(value)
            name = f"{value.name or 'y'}_bar"
            seen = {p.name for p in parameters}
            name = _unused(name if name not in seen else f"{name}{len(parameters) + 1}", taken)
            seed = Var(value.kind, name)
            scalar = not isinstance(value.kind, Array)
            has_default = scalar and len(outputs) == 1
            parameters.append(Parameter(name, "seed", seed, 1.0 if has_default else None, has_default))
            given.append(seed)
        else:
            given.append(None)
    return given, parameters


def _numeric(kind: Kind) -> Kind:
    if isinstance(kind, Const):
        value: Any = kind.value
        return FLOAT if isinstance(value, float) else COMPLEX if isinstance(value, complex) else INT
    return kind


def _check_single(function: Function, has_aux: bool) -> Function:
    """Refuse outputs with several elements: at compile time where the kind shows it, else when it runs."""
    output = atoms_of(_array_of(_outputs(function, has_aux)))[0]
    kind = kind_of(output)
    if not isinstance(output, Var) or not isinstance(kind, (Array, AnyKind)):
        return function
    if isinstance(kind, Array) and kind.dims is not None:
        if all(size == 1 for size in kind.dims):
            return function
        if any(size in _entry(function) for size in kind.dims):
            raise DifferentiationError(
                "TC301", f"{function.name} returns an array of shape {kind.dims}; a gradient needs one element",
                function.span, "sum the output, or use jacobian, vjp or derivative",
            )  # fmt: skip
    builder = Builder()
    builder.effect("check_single", output)
    body = function.body
    return replace(function, body=Block(body.params, (*body.nodes, *builder.nodes), body.yields))


def _entry(function: Function) -> set[Size]:
    """The sizes of arguments that are known not to be 1."""
    sizes = {size for p in function.body.params if isinstance(p.kind, Array) for size in p.kind.dims or ()}
    entry = (size for size in sizes if isinstance(size, Dim))
    return {size for size in entry if isinstance(size.base, Symbol) and size.base.never_one}


def _returned(function: Function, mode: str, has_aux: bool) -> tuple[Tree | None, list[Any]]:
    """What a gradient returns beside the cotangents: saved before the reverse sweep rewinds it."""
    if mode == "grad" and not has_aux:
        return None, []
    tree = function.result[1] if mode == "grad" else function.result
    aliases = aliasing(function)
    builder = Builder()

    single = len(function.body.yields) == 1

    def keep(value: Atom) -> Atom:
        if isinstance(value, Var) and isinstance(value.kind, Array) and aliases.is_storage(value):
            naming = {"name": "result"} if single else {"of": value, "role": "result"}
            return builder.op("copy", value, kind=value.kind, **naming)
        return value

    return map_tree(keep, tree), builder.nodes


def _seed(value: Atom) -> Var:
    """The cotangent of an output; outputs that are not differentiated have one that nobody reads."""
    if isinstance(value, Var):
        return Var(value.kind, f"{value.name or 'y'}_bar")
    return Var(_numeric(kind_of(value)), "y_bar")


def _unused(name: str, taken: set[str]) -> str:
    """A name for a parameter that the program does not use for one of its own."""
    while name in taken:
        name += "_"
    return name


def _seed_name(output: Tree) -> str:
    return f"{output.name or 'y'}_bar" if isinstance(output, Var) else "result_bar"


def _origin(function: Function) -> str:
    return f"{function.name} ({function.span})" if function.span is not None else function.name


def _names(function: Function, leaves: Sequence[Var]) -> str:
    """The parameters that hold these leaves; a container as a whole."""
    names = []
    for parameter in function.parameters:
        inside = [leaf.name for leaf in leaves if leaf in atoms_of(parameter.tree)]
        names += inside if parameter.kind == "VAR_POSITIONAL" else [parameter.name] if inside else []
    return ", ".join(names) or "nothing"
