"""The command `tangentc`: show, trace, check and compile a function of a file."""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from tangentc import pipeline
from tangentc.catalogue import CATALOGUE
from tangentc.checking import checks
from tangentc.errors import TangentcError
from tangentc.executed import execute
from tangentc.frontend.requests import Request
from tangentc.highlight import print_code, print_table
from tangentc.ir.show import show as show_trace
from tangentc.runtime.calls import prepared
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import Argnums, default_argnums, select
from tangentc.runtime.transformed import floats_for
from tangentc.traces import Table, adjoint_table, primal_table, tangent_table

__all__ = ["main"]

MODES = {
    "adjoint": "adjoint",
    "tangent": "jvp",
    "grad": "grad",
    "value_and_grad": "value_and_grad",
    "vjp": "vjp",
    "primal": "primal",
}

EXAMPLES = """examples:
  tangentc show lecture.py:f                              the adjoint, to read
  tangentc show lecture.py:f --mode tangent --wrt x1      the tangent with respect to x1
  tangentc trace lecture.py:f --at 2,5                    the lecture's tables at (2, 5)
  tangentc trace lecture.py:f --at 2,5 --mode adjoint     the reverse table alone
  tangentc check model.py:loss --at data.npz              the derivatives against differences
  tangentc compile model.py:loss --at data.npz -o loss_grad.py
                                                          a file that needs only NumPy
  tangentc explain TC301                                  what an error means
"""


class _Misuse(Exception):
    """What the user can put right in the command itself."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 on success, 1 for an error of the user or a derivative that differs."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except (TangentcError, _Misuse) as error:
        print(error if isinstance(error, TangentcError) else f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has seen enough
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tangentc",
        description="Derivatives of Python functions, as Python.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        sub.set_defaults(run=run)
        return sub

    def program(sub: argparse.ArgumentParser, at: bool = False) -> None:
        sub.add_argument("program", metavar="FILE.py:FUNCTION", help="the function to differentiate")
        sub.add_argument("--wrt", metavar="NAMES", help="the arguments to differentiate, as in x1,x2")
        sub.add_argument(
            "--at",
            metavar="VALUES",
            required=at,
            help="the arguments: Python values as in 2,5 (np is NumPy, a list is an array), or data.npz",
        )

    show = command("show", _show, "print the generated code")
    program(show)
    show.add_argument("--mode", choices=MODES, default="adjoint", help="which code (default: adjoint)")
    show.add_argument(
        "--form",
        choices=("folded", "ssa", "trace"),
        default="folded",
        help="folded to read, ssa with one operation a line, trace for the compiler's own form",
    )

    trace = command("trace", _trace, "print the tables of a run, with the values of each step")
    program(trace, at=True)
    trace.add_argument("--mode", choices=("primal", "tangent", "adjoint", "all"), default="all")
    trace.add_argument("--limit", type=int, default=60, metavar="N", help="rows of a table (default: 60)")

    check = command(
        "check", _check, "compare the derivatives with differences, and reverse with forward mode"
    )
    program(check, at=True)
    check.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: also second derivatives")
    check.add_argument("--tolerance", type=float, metavar="R", help="of the relative error")

    compile_ = command("compile", _compile, "write the derivative as a file that needs only NumPy")
    program(compile_)
    compile_.add_argument(
        "--mode", choices=("adjoint", "tangent", "grad", "value_and_grad"), default="adjoint"
    )
    compile_.add_argument("-o", "--output", metavar="FILE", help="the file (default: FUNCTION_MODE.py)")

    explain = command("explain", _explain, "say what an error code means")
    explain.add_argument("code", metavar="CODE")
    return parser


# --- commands ----------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace) -> int:
    built = _built(arguments)
    if arguments.form == "trace":
        print("\n\n".join(show_trace(function) for function in built.functions))
    else:
        header = "" if arguments.at else "# No --at: the parameters are taken as Python floats.\n"
        print_code(header + pipeline.text(built, arguments.form), sys.stdout)
    return 0


def _trace(arguments: argparse.Namespace) -> int:
    function = _load(arguments.program)
    args, kwargs = _values(arguments.at, function)
    # --wrt chooses the direction of the tangent; every real argument is an input of the tables.
    args, kwargs = prepared(function, default_argnums(args, kwargs), args, kwargs)
    if arguments.wrt:
        args, kwargs = prepared(function, _argnums(arguments.wrt), args, kwargs)
    executed = _executed(function, args, kwargs)
    for number, table in enumerate(_tables(arguments, executed)):
        if number:
            print()
        print_table(table.text(arguments.limit), sys.stdout)
    return 0


def _tables(arguments: argparse.Namespace, executed: Any) -> list[Table]:
    tables = []
    if arguments.mode in ("primal", "all"):
        tables.append(primal_table(executed))
    if arguments.mode in ("tangent", "all"):
        wanted = (
            arguments.wrt.split(",")
            if arguments.wrt
            else [executed.inputs[0].name]
            if executed.inputs
            else []
        )
        seeds = {step.number: 1.0 for step in executed.inputs if _belongs(step.name, wanted)}
        tables.append(tangent_table(executed, seeds))
    if arguments.mode in ("adjoint", "all"):
        tables.append(adjoint_table(executed))
    return tables


def _belongs(leaf: str, names: Sequence[str]) -> bool:
    return any(leaf == name or leaf.startswith(f"{name}_") for name in names)


def _executed(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    keys = (*range(len(args)), *kwargs)
    lowered = Promotions().settle(partial(pipeline.trace, function), args, kwargs, keys)
    bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    bound.apply_defaults()
    hidden = [p for p in lowered.function.parameters if p.kind == "hidden"]
    values = {p.name: captured.place() for p, captured in zip(hidden, lowered.captured, strict=True)}
    with _user_code():
        return execute(lowered.function, {**bound.arguments, **values})


@contextmanager
def _user_code() -> Iterator[None]:
    """An exception of the user's program is the user's: a line, no traceback."""
    try:
        yield
    except TangentcError:
        raise
    except Exception as error:
        notes = "".join(f"\n  {note}" for note in getattr(error, "__notes__", ()))
        raise _Misuse(f"the program stops with {type(error).__name__}: {error}{notes}") from error


def _check(arguments: argparse.Namespace) -> int:
    function = _load(arguments.program)
    args, kwargs = _values(arguments.at, function)
    wrt = _argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    if kwargs:
        bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
        args = bound.args
    found = []
    with _user_code():
        for check in checks(function, args, order=arguments.order, tolerance=arguments.tolerance):
            found.append(check)
            print(check)
    wrong = sum(not check.passed for check in found)
    print(f"{len(found)} checks, {wrong} wrong" if wrong else f"{len(found)} checks, all right")
    return 1 if wrong else 0


def _compile(arguments: argparse.Namespace) -> int:
    built = _built(arguments)
    name = arguments.program.rpartition(":")[2].rpartition(".")[2]
    path = Path(arguments.output or f"{name}_{arguments.mode}.py")
    path.write_text(pipeline.standalone(built), encoding="utf-8")
    print(path)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    entry = CATALOGUE.get(arguments.code.upper())
    if entry is None:
        raise _Misuse(f"there is no error code {arguments.code!r}")
    print(f"{arguments.code.upper()}: {entry.title}\n\n{fill(entry.text, 90)}")
    if entry.example:
        print("\nThis raises it:\n")
        print_code(entry.example, sys.stdout)
        print("\nThe fix:\n")
        print_code(entry.fix, sys.stdout)
    return 0


# --- arguments ---------------------------------------------------------------------------------


def _built(arguments: argparse.Namespace) -> pipeline.Built:
    """The derivative that a command asks for, for the kinds of `--at` or for floats."""
    function = _load(arguments.program)
    mode = MODES[arguments.mode]
    if not arguments.at:
        kinds, named = floats_for(function)
        wrt = _argnums(arguments.wrt) if arguments.wrt else (*range(len(kinds)), *named)
        return pipeline.build(function, kinds, named, Request(mode, function, wrt))
    args, kwargs = _values(arguments.at, function)
    wrt = _argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    make = partial(pipeline.build, function, request=Request(mode, function, wrt))
    return Promotions().settle(make, args, kwargs, select(wrt, function, args, kwargs))


def _argnums(names: str) -> Argnums:
    """`x1,x2` or `0,1`."""
    return tuple(int(name) if name.lstrip("-").isdigit() else name for name in names.split(","))


def _load(path: str) -> Callable[..., Any]:
    """The function that FILE.py:FUNCTION names."""
    file, colon, name = path.rpartition(":")
    if not colon or not name:
        raise _Misuse(f"{path!r} is not of the form FILE.py:FUNCTION")
    source = Path(file)
    if not source.is_file():
        raise _Misuse(f"there is no file {file!r}")
    module_name = source.stem if source.stem not in sys.modules else f"{source.stem}_program"
    spec = importlib.util.spec_from_file_location(module_name, source.resolve())
    if spec is None or spec.loader is None:
        raise _Misuse(f"{file!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    sys.path.insert(0, str(source.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _Misuse(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
    value: Any = module
    for part in name.split("."):
        value = getattr(value, part, None)
    if not callable(value):
        functions = [key for key, found in vars(module).items() if inspect.isfunction(found)]
        raise _Misuse(f"{file} has no function {name!r}; it has {', '.join(functions) or 'none'}")
    while hasattr(value, "__tangentc__"):  # a decorated name: its program
        value = value.__wrapped__
    program: Callable[..., Any] = value
    return program


def _values(text: str, function: Callable[..., Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments that `--at` gives: Python values, or the arrays of an .npz file by name."""
    if text.endswith(".npz"):
        try:
            with np.load(text) as file:
                arrays = {name: file[name] for name in file.files}
        except (OSError, ValueError) as error:
            raise _Misuse(f"{text} cannot be read: {error}") from error
        given = {name: array.item() if array.ndim == 0 else array for name, array in arrays.items()}
        known = inspect.signature(function, follow_wrapped=False).parameters
        strange = [name for name in given if name not in known]
        if strange:
            raise _Misuse(f"{text} holds {', '.join(strange)}; the parameters are {', '.join(known)}")
        bound = inspect.signature(function, follow_wrapped=False).bind_partial(**given)
        return bound.args, bound.kwargs
    try:
        values = eval(f"({text},)", {"np": np, "math": math})  # the user's own words
    except Exception as error:
        raise _Misuse(f"--at {text!r} cannot be read: {error}") from error
    return tuple(np.array(value) if isinstance(value, list) else value for value in values), {}
