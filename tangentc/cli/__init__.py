"""The command `tangentc`: a file of this package for each of its commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import tangentc
from tangentc.cli import check, compile, explain, show, steps, swell, trace
from tangentc.cli.common import VALUE_OPTIONS, Command
from tangentc.errors import TangentcError
from tangentc.named import Misuse

__all__ = ["main"]

COMMANDS: tuple[Command, ...] = (show, trace, check, steps, swell, compile, explain)


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
        if found and found[-1] in VALUE_OPTIONS and is_value:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tangentc",
        description="Derivatives of Python functions, as Python.",
        epilog="examples:\n" + "".join(command.EXAMPLES for command in COMMANDS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tangentc {tangentc.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        sub = commands.add_parser(
            command.__name__.rpartition(".")[2],
            help=command.HELP,
            description=command.HELP[0].upper() + command.HELP[1:] + ".",
            epilog="examples:\n" + command.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.options(sub)
        sub.set_defaults(run=command.run)
    return parser
