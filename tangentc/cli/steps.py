"""`tangentc steps`: the error of differences against the step."""

from __future__ import annotations

import argparse
import sys

from tangentc.cli.common import argnums, picture, program, user_code
from tangentc.highlight import print_table
from tangentc.named import load, values
from tangentc.numeric.steps import METHODS, study

HELP = "show how the error of numerical differences depends on the step"
EXAMPLES = """\
  tangentc steps lecture.py:f --at 2,5                    errors for steps from 1e-1 to 1e-16
  tangentc steps lecture.py:f --at 2,5 --wrt x2 -o steps.png
                                                          along x2, with a picture
  tangentc steps model.py:loss --at data.npz --methods forward,central
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser, at=True)
    parser.add_argument(
        "--methods", type=_methods, default=METHODS, metavar="NAMES", help=f"some of {','.join(METHODS)}"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the picture: FILE.png, .svg or .pdf")


def _methods(text: str) -> tuple[str, ...]:
    found = tuple(word.strip() for word in text.split(","))
    if not set(found) <= set(METHODS):
        raise argparse.ArgumentTypeError(f"{text!r}: the methods are {', '.join(METHODS)}")
    return found


def run(arguments: argparse.Namespace) -> int:
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    wrt = argnums(arguments.wrt) if arguments.wrt else 0
    with user_code():
        found = study(function, args, wrt, methods=arguments.methods, kwargs=kwargs)
    print_table(found.text(), sys.stdout)
    if arguments.output:
        picture(found, arguments.output)
    return 0
