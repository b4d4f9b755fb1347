"""`tangentc trace`: the tables of a run, with the values of each step."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from tangentc import pipeline
from tangentc.cli.common import argnums, program, user_code
from tangentc.executed import Executed, execute
from tangentc.highlight import print_table
from tangentc.named import load, values
from tangentc.runtime.calls import prepared
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import default_argnums, name_of, select
from tangentc.traces import Table, adjoint_table, primal_table, tangent_table

HELP = "print the tables of a run, with the values of each step"
EXAMPLES = """\
  tangentc trace lecture.py:f --at 2,5                    the lecture's tables at (2, 5)
  tangentc trace lecture.py:f --at 2,5 --mode adjoint     the reverse table alone
  tangentc trace lecture.py:f --at 2,x2=5 --limit 20      at most 20 rows for each
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser, at=True)
    parser.add_argument("--mode", choices=("primal", "tangent", "adjoint", "all"), default="all")
    parser.add_argument("--limit", type=_limit, default=60, metavar="N", help="rows of a table (default: 60)")


def _limit(text: str) -> int:
    """The rows of a table: the first and the last two are always shown."""
    if not text.isdigit() or int(text) < 3:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: 3 or more")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    # --wrt chooses the direction of the tangent; every real argument is an input of the tables.
    args, kwargs = prepared(function, default_argnums(args, kwargs), args, kwargs)
    wanted: list[str] = []
    if arguments.wrt:
        wrt = argnums(arguments.wrt)
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
    with user_code():
        return execute(lowered.function, {**bound.arguments, **values}, set(bound.arguments) - passed)
