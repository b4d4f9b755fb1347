"""The command `tangentc`: show, trace, check and compile a function of a file."""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import tangentc
from tangentc import pipeline
from tangentc.catalogue import CATALOGUE
from tangentc.checking import checks
from tangentc.errors import TangentcError
from tangentc.executed import Executed, execute
from tangentc.frontend.state.requests import Request
from tangentc.highlight import print_code, print_table
from tangentc.ir.show import show as show_trace
from tangentc.named import Misuse, load, values
from tangentc.runtime.calls import prepared
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import Argnums, default_argnums, name_of, select
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

EXAMPLES = {
    "show": """\
  tangentc show lecture.py:f                              the adjoint, to read
  tangentc show lecture.py:f --mode tangent --wrt x1      the tangent with respect to x1
  tangentc show package.module:Model.loss --at data.npz   a method of a module, for these arguments
""",
    "trace": """\
  tangentc trace lecture.py:f --at 2,5                    the lecture's tables at (2, 5)
  tangentc trace lecture.py:f --at 2,5 --mode adjoint     the reverse table alone
  tangentc trace lecture.py:f --at 2,x2=5 --limit 20      at most 20 rows for each
""",
    "check": """\
  tangentc check lecture.py:f --at 2,5                    the derivatives against differences
  tangentc check model.py:loss --at data.npz --order 2    second derivatives too
""",
    "compile": """\
  tangentc compile model.py:loss --at data.npz -o loss_adjoint.py
                                                          a file that needs only NumPy
  tangentc compile model.py:loss --at '[1.0, 2.0],3' --mode value_and_grad
""",
    "explain": """\
  tangentc explain TC301                                  what an error means
""",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 on success, 1 for an error of the user or a derivative that differs."""
    arguments = _parser().parse_args(_joined(sys.argv[1:] if argv is None else argv))
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (TangentcError, Misuse) as error:
        print(error if isinstance(error, TangentcError) else f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has seen enough
        with suppress(OSError):  # Python flushes once more at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _joined(words: Sequence[str]) -> list[str]:
    """`--at -1,5` as `--at=-1,5`: the value is no option."""
    found: list[str] = []
    for word in words:
        is_value = word.startswith("-") and not word.startswith("--") and word[1:2] in "0123456789.([+-n"
        if found and found[-1] in ("--at", "--wrt") and is_value:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tangentc",
        description="Derivatives of Python functions, as Python.",
        epilog="examples:\n" + "".join(EXAMPLES.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tangentc {tangentc.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=help,
            description=help[0].upper() + help[1:] + ".",
            epilog="examples:\n" + EXAMPLES[name],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    def program(sub: argparse.ArgumentParser, at: bool = False) -> None:
        sub.add_argument("program", metavar="FILE.py:FUNCTION", help="the function, also MODULE:FUNCTION")
        sub.add_argument("--wrt", metavar="NAMES", help="the arguments to differentiate, as in x1,x2")
        sub.add_argument(
            "--at",
            metavar="VALUES",
            required=at,
            help="the arguments: as in a call, 2,5 or 2,k=5 (np is NumPy, a list is an array), or data.npz",
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
    trace.add_argument("--limit", type=_limit, default=60, metavar="N", help="rows of a table (default: 60)")

    check = command(
        "check", _check, "compare the derivatives with differences, and reverse with forward mode"
    )
    program(check, at=True)
    check.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: also second derivatives")
    check.add_argument("--tolerance", type=float, metavar="R", help="of the relative error")

    compile_ = command("compile", _compile, "write the derivative as a file that needs only NumPy")
    program(compile_)
    compile_.add_argument(
        "--mode", choices=("adjoint", "tangent", "grad", "value_and_grad", "vjp"), default="adjoint"
    )
    compile_.add_argument("-o", "--output", metavar="FILE", help="the file (default: FUNCTION_MODE.py)")

    explain = command("explain", _explain, "say what an error code means")
    explain.add_argument("code", metavar="CODE")
    return parser


def _limit(text: str) -> int:
    """The rows of a table: the first and the last two are always shown."""
    if not text.isdigit() or int(text) < 3:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: 3 or more")
    return int(text)


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
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    # --wrt chooses the direction of the tangent; every real argument is an input of the tables.
    args, kwargs = prepared(function, default_argnums(args, kwargs), args, kwargs)
    wanted: list[str] = []
    if arguments.wrt:
        wrt = _argnums(arguments.wrt)
        args, kwargs = prepared(function, wrt, args, kwargs)
        wanted = [name_of(key, function) for key in select(wrt, function, args, kwargs)]
    executed = _executed(function, args, kwargs)
    for number, table in enumerate(_tables(arguments.mode, executed, wanted)):
        if number:
            print()
        print_table(table.text(arguments.limit), sys.stdout)
    return 0


def _tables(mode: str, executed: Executed, wanted: list[str]) -> list[Table]:
    tables = []
    if mode in ("primal", "all"):
        tables.append(primal_table(executed))
    if mode in ("tangent", "all"):
        wanted = wanted or [entry.argument for entry in executed.inputs[:1]]
        seeds = {entry.number: 1.0 for entry in executed.inputs if entry.argument in wanted}
        tables.append(tangent_table(executed, seeds))
    if mode in ("adjoint", "all"):
        tables.append(adjoint_table(executed))
    return tables


def _executed(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Executed:
    keys = (*range(len(args)), *kwargs)
    lowered = Promotions().settle(partial(pipeline.trace, function), args, kwargs, keys)
    bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    passed = set(bound.arguments)
    bound.apply_defaults()
    hidden = [p for p in lowered.function.parameters if p.kind == "hidden"]
    values = {p.name: captured.place() for p, captured in zip(hidden, lowered.captured, strict=True)}
    with _user_code():
        return execute(lowered.function, {**bound.arguments, **values}, set(bound.arguments) - passed)


@contextmanager
def _user_code() -> Iterator[None]:
    """An exception of the user's program is the user's: a line, no traceback."""
    try:
        yield
    except TangentcError:
        raise
    except Exception as error:
        notes = "".join(f"\n  {note}" for note in getattr(error, "__notes__", ()))
        raise Misuse(f"the program stops with {type(error).__name__}: {error}{notes}") from error


def _check(arguments: argparse.Namespace) -> int:
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    wrt = _argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    if kwargs:
        bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
        args = bound.args
    found = []
    remaining = checks(function, args, order=arguments.order, tolerance=arguments.tolerance)
    while True:
        with _user_code():
            check = next(remaining, None)
        if check is None:
            break
        found.append(check)
        print(check)
    wrong = sum(not check.passed for check in found)
    print(f"{len(found)} checks, {wrong} wrong" if wrong else f"{len(found)} checks, all right")
    return 1 if wrong else 0


def _compile(arguments: argparse.Namespace) -> int:
    built = _built(arguments)
    name = arguments.program.rpartition(":")[2].rpartition(".")[2]
    path = Path(arguments.output or f"{name}_{arguments.mode}.py")
    text = pipeline.standalone(built)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {error.strerror}") from error
    print(path)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    entry = CATALOGUE.get(arguments.code.upper())
    if entry is None:
        raise Misuse(f"there is no error code {arguments.code!r}")
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
    function = load(arguments.program)
    mode = MODES[arguments.mode]
    if not arguments.at:
        kinds, named = floats_for(function)
        wrt = _argnums(arguments.wrt) if arguments.wrt else (*range(len(kinds)), *named)
        return pipeline.build(function, kinds, named, Request(mode, function, wrt))
    args, kwargs = values(arguments.at, function)
    wrt = _argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    make = partial(pipeline.build, function, request=Request(mode, function, wrt))
    return Promotions().settle(make, args, kwargs, select(wrt, function, args, kwargs))


def _argnums(names: str) -> Argnums:
    """`x1,x2` or `0,1`."""
    words = [word.strip() for word in names.split(",")]
    return tuple(int(word) if word.lstrip("-").isdigit() else word for word in words)
