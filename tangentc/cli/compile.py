"""`tangentc compile`: the derivative as a file of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from tangentc import pipeline
from tangentc.cli.common import built, program, write

HELP = "write the derivative as a file that needs only NumPy"
EXAMPLES = """\
  tangentc compile model.py:loss --at data.npz -o loss_adjoint.py
                                                          a file that needs only NumPy
  tangentc compile model.py:loss --at '[1.0, 2.0],3' --mode value_and_grad
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser)
    parser.add_argument(
        "--mode", choices=("adjoint", "tangent", "grad", "value_and_grad", "vjp"), default="adjoint"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the file (default: FUNCTION_MODE.py)")


def run(arguments: argparse.Namespace) -> int:
    found = built(arguments)
    name = arguments.program.rpartition(":")[2].rpartition(".")[2]
    path = Path(arguments.output or f"{name}_{arguments.mode}.py")
    write(path, pipeline.standalone(found))
    print(path)
    return 0
