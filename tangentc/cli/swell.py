"""`tangentc swell`: how the symbolic derivative of an iteration grows, and how the code of its derivative does not."""

from __future__ import annotations

import argparse

from tangentc.cli.common import picture, user_code
from tangentc.named import Misuse, load

HELP = "measure expression swell: the size of a symbolic derivative against the code of the derivative"
EXAMPLES = """\
  tangentc swell                                          the lecture's logistic map, for n up to 10
  tangentc swell -n 12 -o swell.png                       further, with a picture
  tangentc swell maps.py:newton -n 5 --at 1.5             a function of a number and a count
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "program",
        metavar="FILE.py:FUNCTION",
        nargs="?",
        help="f(x, n), also MODULE:FUNCTION (default: l_1 = x, l_n+1 = 4 l_n (1 - l_n))",
    )
    parser.add_argument("-n", type=_count, default=10, metavar="N", help="the largest n (default: 10)")
    parser.add_argument(
        "--at", type=float, default=0.3, metavar="X", help="where derivatives are evaluated (default: 0.3)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the picture: FILE.png, .svg or .pdf")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count: 1 or more")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    try:
        from tangentc.symbolic import swell
    except ImportError as error:
        raise Misuse(str(error)) from error
    function = load(arguments.program) if arguments.program else None
    with user_code():
        found = swell(function, arguments.n, arguments.at)
    print(found)
    if arguments.output:
        picture(found, arguments.output)
    return 0
