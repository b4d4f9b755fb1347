"""`tangentc check`: the derivatives against differences, the modes against each other."""

from __future__ import annotations

import argparse
import inspect

from tangentc.checking import checks
from tangentc.cli.common import argnums, program, user_code
from tangentc.named import load, values
from tangentc.runtime.calls import prepared
from tangentc.runtime.selection import default_argnums

HELP = "compare the derivatives with differences, and reverse with forward mode"
EXAMPLES = """\
  tangentc check lecture.py:f --at 2,5                    the derivatives against differences
  tangentc check model.py:loss --at data.npz --order 2    second derivatives too
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser, at=True)
    parser.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: also second derivatives")
    parser.add_argument("--tolerance", type=float, metavar="R", help="of the relative error")


def run(arguments: argparse.Namespace) -> int:
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    wrt = argnums(arguments.wrt) if arguments.wrt else default_argnums(args, kwargs)
    args, kwargs = prepared(function, wrt, args, kwargs)
    if kwargs:
        bound = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
        args = bound.args
    found = []
    remaining = checks(function, args, order=arguments.order, tolerance=arguments.tolerance)
    while True:
        with user_code():
            check = next(remaining, None)
        if check is None:
            break
        found.append(check)
        print(check)
    wrong = sum(not check.passed for check in found)
    print(f"{len(found)} checks, {wrong} wrong" if wrong else f"{len(found)} checks, all right")
    return 1 if wrong else 0
