"""`tangentc show`: the generated code, to read."""

from __future__ import annotations

import argparse
import sys

from tangentc import pipeline
from tangentc.cli.common import MODES, built, program
from tangentc.highlight import print_code
from tangentc.ir.show import show as show_trace

HELP = "print the generated code"
EXAMPLES = """\
  tangentc show lecture.py:f                              the adjoint, to read
  tangentc show lecture.py:f --mode tangent --wrt x1      the tangent with respect to x1
  tangentc show package.module:Model.loss --at data.npz   a method of a module, for these arguments
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser)
    parser.add_argument("--mode", choices=MODES, default="adjoint", help="which code (default: adjoint)")
    parser.add_argument(
        "--form",
        choices=("folded", "ssa", "trace"),
        default="folded",
        help="folded to read, ssa with one operation a line, trace for the compiler's own form",
    )


def run(arguments: argparse.Namespace) -> int:
    found = built(arguments)
    if arguments.form == "trace":
        print("\n\n".join(show_trace(function) for function in found.functions))
    else:
        header = "" if arguments.at else "# No --at: the parameters are taken as Python floats.\n"
        print_code(header + pipeline.text(found, arguments.form), sys.stdout)
    return 0
