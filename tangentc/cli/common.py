"""What the commands share: the program and its arguments, the derivative that is meant, errors of the user's code."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from tangentc import pipeline
from tangentc.errors import TangentcError
from tangentc.frontend.state.requests import Request
from tangentc.named import Misuse, load, values
from tangentc.runtime.calls import prepared
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import Argnums, default_argnums, select
from tangentc.runtime.transformed import floats_for

__all__ = ["VALUE_OPTIONS", "Command", "argnums", "built", "picture", "program", "user_code", "write"]

MODES = {
    "adjoint": "adjoint",
    "tangent": "jvp",
    "grad": "grad",
    "value_and_grad": "value_and_grad",
    "vjp": "vjp",
    "primal": "primal",
}

VALUE_OPTIONS = ("--at", "--wrt")
"""The options whose values may begin with a minus sign."""


class Drawn(Protocol):
    """What draws itself."""

    def save(self, path: Path) -> None: ...


class Command(Protocol):
    """A command is a module of this package; it is called as its file is.

    HELP: one line for the list of commands.  EXAMPLES: lines for the end of its help.
    """

    __name__: str
    HELP: str
    EXAMPLES: str

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the command."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit status."""
        ...


def program(parser: argparse.ArgumentParser, at: bool = False) -> None:
    """The arguments that name a function and what it is called with; `at`: they cannot be left out."""
    parser.add_argument("program", metavar="FILE.py:FUNCTION", help="the function, also MODULE:FUNCTION")
    parser.add_argument("--wrt", metavar="NAMES", help="the arguments to differentiate, as in x1,x2")
    parser.add_argument(
        "--at",
        metavar="VALUES",
        required=at,
        help="the arguments: as in a call, 2,5 or 2,k=5 (np is NumPy, a list is an array), or data.npz",
    )


def argnums(names: str) -> Argnums:
    """`x1,x2` or `0,1`."""
    words = [word.strip() for word in names.split(",")]
    return tuple(int(word) if word.lstrip("-").isdigit() else word for word in words)


def built(arguments: argparse.Namespace) -> pipeline.Built:
    """The derivative that a command asks for, for the kinds of `--at` or for floats."""
    function = load(arguments.program)
    mode = MODES[arguments.mode]
    if not arguments.at:
        kinds, named = floats_for(function)
        wrt = argnums(arguments.wrt) if arguments.wrt else (*range(len(kinds)), *named)
        return pipeline.build(function, kinds, named, Request(mode, function, wrt))
    args, kwargs = values(arguments.at, function)
    wrt = argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    make = partial(pipeline.build, function, request=Request(mode, function, wrt))
    return Promotions().settle(make, args, kwargs, select(wrt, function, args, kwargs))


@contextmanager
def user_code() -> Iterator[None]:
    """An exception of the user's program is the user's: a line, no traceback."""
    try:
        yield
    except TangentcError:
        raise
    except Exception as error:
        notes = "".join(f"\n  {note}" for note in getattr(error, "__notes__", ()))
        raise Misuse(f"the program stops with {type(error).__name__}: {error}{notes}") from error


def write(path: Path, text: str) -> None:
    """Write a file that the user has asked for."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {error.strerror}") from error


def picture(found: Drawn, name: str) -> None:
    """Write the picture that the user has asked for, and say where."""
    path = Path(name)
    try:
        found.save(path)
    except (ImportError, ValueError) as error:  # no Matplotlib; a format that it does not know
        raise Misuse(str(error)) from error
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {error.strerror}") from error
    print(path)
